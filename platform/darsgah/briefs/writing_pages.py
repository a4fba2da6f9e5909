"""The page on which a brief is written: long, in sections, saved in any state, and nothing typed is lost."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.briefs import reading, service, wording, writing
from darsgah.briefs.api import writers
from darsgah.briefs.content import MOST_GATES, MOST_MILESTONES, BriefContent
from darsgah.briefs.errors import BriefChanged
from darsgah.briefs.forms import (
    SPARE_GATES,
    SPARE_MILESTONES,
    SeenVersion,
    Typed,
    form_values,
    read_brief,
    rows,
)
from darsgah.briefs.gate_choices import gate_choices
from darsgah.briefs.models import Brief
from darsgah.briefs.moving import move_brief
from darsgah.briefs.parts import today_of
from darsgah.briefs.schemas import Change, SavedBrief
from darsgah.ui.form_data import read_form
from darsgah.ui.language import Message
from darsgah.ui.templating import Notice, Pages


@get("/briefs/{brief_id:uuid}/edit", guards=[writers])
async def edit_page(
    *,
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    saved: FromQuery[bool] = False,
) -> Response[str]:
    """The brief's form as it is saved, with what the automatic check would ask for."""
    brief = await writing.writable(session, request.user, brief_id)
    content = await reading.content_of(session, brief)
    notices = [Notice(Message("Saved. You can leave this page and come back whenever you want."))]
    return await _form(
        request,
        session,
        pages,
        brief,
        Typed(content, form_values(content), {}),
        notices=notices if saved else [],
    )


@post("/briefs/{brief_id:uuid}/edit", guards=[writers])
async def save_page(
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Save what can be read, show the rest again as it was typed, and hand in where that was asked for.

    Where somebody else saved meanwhile nothing is written: the page shows both, and a second save decides.
    """
    sent = dict(await request.form())
    language = pages.language_of(request)
    brief = await writing.writable(session, request.user, brief_id)
    before = await reading.content_of(session, brief)
    typed = read_brief(sent, before)
    version = read_form({"version": sent.get("version") or None}, SeenVersion).version
    try:
        saved = await writing.save(session, request.user, brief_id, typed.content, language, version=version)
    except BriefChanged:
        return await _conflict(request, session, pages, brief, typed, before=before, sent=sent)
    if typed.errors:
        return await _form(
            request,
            session,
            pages,
            brief,
            typed,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            notices=[
                Notice(Message("Saved, but for the fields marked below: mend them and save again."), "loss")
            ],
        )
    if sent.get("submit"):
        return await _hand_in(request, session, brief_id, saved)
    return Redirect(f"/briefs/{brief_id}/edit?saved=1", status_code=303)


async def _hand_in(
    request: Request[Actor, str, Any], session: AsyncSession, brief_id: UUID, saved: SavedBrief
) -> Redirect:
    view = await service.view(session, request.user, brief_id)
    move = "submit" if view.stage.value == "draft" else "resubmit"
    await move_brief(session, request.user, brief_id, move, version=saved.version)
    return Redirect(f"/briefs/{brief_id}?done=moved", status_code=303)


async def _conflict(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    brief: Brief,
    typed: Typed,
    *,
    before: BriefContent,
    sent: Mapping[str, Any],
) -> Response[str]:
    """The form as it was typed, and beside it what somebody else saved."""
    raw = {name: value for name, value in sent.items() if isinstance(value, str)}
    theirs = reading.changes(msgspec.to_builtins(typed.content), msgspec.to_builtins(before))
    text = Message(
        "Somebody else saved this brief while you wrote. Nothing of yours is lost: it stands below, and what "
        "they saved beside it. Save again to keep yours."
    )
    return await _form(
        request,
        session,
        pages,
        brief,
        Typed(before, form_values(before) | raw, typed.errors),
        status=HTTPStatus.CONFLICT,
        notices=[Notice(text, "loss")],
        theirs=theirs,
    )


async def _form(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    brief: Brief,
    typed: Typed,
    *,
    status: int = HTTPStatus.OK,
    notices: list[Notice],
    theirs: tuple[Change, ...] = (),
) -> Response[str]:
    language = pages.language_of(request)
    choices = await gate_choices(session, brief.hub_id, typed.content, language)
    titles = {key.partition(":")[2]: title for key, title in (choices.labs | choices.units).items()}
    desk = await service.desk(session, request.user, brief.id, language)
    found: dict[str, list[str]] = {}
    for finding in desk.findings:
        found.setdefault(finding.field, []).append(finding.text)
    return pages.respond(
        request,
        "briefs/edit.html",
        status_code=status,
        zone=desk.brief.hub_timezone,
        notices=notices,
        desk=desk,
        brief=desk.brief,
        values=typed.values,
        errors=typed.errors,
        findings=found,
        choices=choices,
        milestones=rows(typed.values, "milestone", SPARE_MILESTONES, MOST_MILESTONES),
        gates=rows(typed.values, "gate", SPARE_GATES, MOST_GATES),
        theirs=[(one.field, wording.said(one.field, one.after, language, titles)) for one in theirs],
        today=await today_of(session, brief),
        words=wording,
    )


router = Router(path="/", route_handlers=[edit_page, save_page], include_in_schema=False)
