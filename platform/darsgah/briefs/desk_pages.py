"""One brief as pages: what learners read, and for its mentor and its hub where it stands and what is next."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.briefs import reviewing, service, wording, writing
from darsgah.briefs.api import coordinators, desk_readers, readers, writers
from darsgah.briefs.forms import ChosenMentor, SeenVersion
from darsgah.briefs.moving import move_brief
from darsgah.briefs.schemas import ApprovalForm, Change, MoveRequest, ReviewForm
from darsgah.errors import DarsgahError, NotFound
from darsgah.settings import Settings
from darsgah.ui.form_data import read_form
from darsgah.ui.language import Message, explain
from darsgah.ui.templating import Notice, Pages

DONE: Mapping[str, Message] = {
    "saved": Message("Saved."),
    "moved": Message("Done: the history below has it."),
    "reviewed": Message("Your review is kept."),
    "approved": Message("The approvals are as you set them."),
    "accepted": Message("It is your brief now."),
    "named": Message("The brief has another mentor now."),
}
"""What a page says about what was just done, by the ``done`` of its address."""


@get("/briefs/{brief_id:uuid}", guards=[readers])
async def brief_page(
    *,
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """A brief: what learners read, and for its mentor and hub where it stands and what is next."""
    return await _brief_page(request, session, pages, brief_id, done=done)


@get("/briefs/{brief_id:uuid}/rounds", guards=[desk_readers])
async def rounds_page(
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """What changed from round to round, side by side."""
    language = pages.language_of(request)
    found = await service.rounds(session, request.user, brief_id, language)
    view = await service.view(session, request.user, brief_id)
    titles = await service.gate_titles(session, found)

    def sides(change: Change) -> tuple[list[wording.Piece], list[wording.Piece]]:
        before, after = (
            wording.said(change.field, value, language, titles) for value in (change.before, change.after)
        )
        return wording.compared(before, after)

    return pages.respond(
        request,
        "briefs/rounds.html",
        zone=view.hub_timezone,
        brief=view,
        rounds=found.rounds,
        sides=sides,
        words=wording,
    )


@post("/briefs/{brief_id:uuid}/moves", guards=[writers])
async def make_move(
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Make a move; one that is refused is said on the page as it is now, with the reason kept."""
    typed = {name: value for name, value in (await request.form()).items() if value != ""}
    try:
        form = read_form(typed, MoveRequest)
        async with session.begin_nested():
            await move_brief(
                session, request.user, brief_id, form.move, reason=form.reason, version=form.version
            )
    except DarsgahError as error:
        return await _refused(request, session, pages, brief_id, error, typed=typed)
    if not await service.has_desk(session, request.user, brief_id):
        return Redirect("/briefs", status_code=303)
    return Redirect(f"/briefs/{brief_id}?done=moved", status_code=303)


@post("/briefs/{brief_id:uuid}/review", guards=[coordinators])
async def review_brief(
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Keep a coordinator's scores."""
    typed = dict(await request.form())
    try:
        form = read_form(typed, ReviewForm)
        version = read_form(typed, SeenVersion).version
        async with session.begin_nested():
            await reviewing.review(session, request.user, brief_id, form, version=version)
    except DarsgahError as error:
        return await _refused(request, session, pages, brief_id, error, typed=typed)
    return Redirect(f"/briefs/{brief_id}?done=reviewed", status_code=303)


@post("/briefs/{brief_id:uuid}/approvals", guards=[coordinators])
async def approve_brief(
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Give an approval or take it back."""
    typed = dict(await request.form())
    try:
        form = read_form(typed, ApprovalForm)
        version = read_form(typed, SeenVersion).version
        async with session.begin_nested():
            await reviewing.approve(session, request.user, brief_id, form, version=version)
    except DarsgahError as error:
        return await _refused(request, session, pages, brief_id, error, typed=typed)
    return Redirect(f"/briefs/{brief_id}?done=approved", status_code=303)


@post("/briefs/{brief_id:uuid}/mentor", guards=[writers])
async def name_mentor(
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Hand the brief to another mentor of the organisation."""
    typed = dict(await request.form())
    try:
        chosen = read_form(typed, ChosenMentor)
        async with session.begin_nested():
            await writing.name_mentor(session, request.user, brief_id, chosen.account_id)
    except DarsgahError as error:
        return await _refused(request, session, pages, brief_id, error, typed=typed)
    if not await service.has_desk(session, request.user, brief_id):
        return Redirect("/mentor/briefs", status_code=303)
    return Redirect(f"/briefs/{brief_id}?done=named", status_code=303)


@post("/briefs/{brief_id:uuid}/invitation", guards=[coordinators], status_code=200)
async def invite_mentor(
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Make the link for a mentor and show it: there is no second time."""
    try:
        async with session.begin_nested():
            made = await writing.invite(session, request.user, brief_id, None)
    except DarsgahError as error:
        return await _refused(request, session, pages, brief_id, error, typed={})
    return await _brief_page(request, session, pages, brief_id, made=made.link)


async def _refused(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    brief_id: UUID,
    error: DarsgahError,
    *,
    typed: Mapping[str, Any],
) -> Response[str]:
    """The brief as it is now, with what went wrong, and what was typed.

    Raises:
        NotFound: it is none of the actor's.
    """
    if isinstance(error, NotFound) or not await service.has_desk(session, request.user, brief_id):
        raise error
    return await _brief_page(request, session, pages, brief_id, refused=(error, typed))


async def _brief_page(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    brief_id: UUID,
    *,
    done: str = "",
    made: str = "",
    refused: tuple[DarsgahError, Mapping[str, Any]] | None = None,
) -> Response[str]:
    language = pages.language_of(request)
    error, typed = refused or (None, {})
    notices = [Notice(DONE[done])] if done in DONE else []
    if error is not None:
        notices = [Notice(explain(error, language), kind="loss")]
    if not await service.has_desk(session, request.user, brief_id):
        view = await service.view(session, request.user, brief_id)
        return pages.respond(request, "briefs/brief.html", zone=view.hub_timezone, brief=view, words=wording)
    desk = await service.desk(session, request.user, brief_id, language)
    settings: Settings = request.app.state.settings
    base = (settings.public_url or str(request.base_url)).rstrip("/")
    return pages.respond(
        request,
        "briefs/desk.html",
        status_code=error.status if error else 200,
        zone=desk.brief.hub_timezone,
        notices=notices,
        desk=desk,
        brief=desk.brief,
        made=base + made if made else "",
        typed={name: value for name, value in typed.items() if isinstance(value, str)},
        errors=dict(error.details.get("fields", {})) if error else {},
        words=wording,
    )


router = Router(
    path="/",
    route_handlers=[
        brief_page,
        rounds_page,
        make_move,
        review_brief,
        approve_brief,
        name_mentor,
        invite_mentor,
    ],
    include_in_schema=False,
)
