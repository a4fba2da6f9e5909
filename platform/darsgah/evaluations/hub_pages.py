"""Hubs' rubrics and disputes as pages. A refused form comes back with what was typed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.briefs.wording import STAGES
from darsgah.errors import DarsgahError
from darsgah.evaluations import disputes, rubric_form, rubrics
from darsgah.evaluations.api import administrators, coordinators
from darsgah.evaluations.pages import LEVELS, SIDES
from darsgah.evaluations.schemas import Outcome, RubricView, Side
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import Refusal, attempt, refused, typed
from darsgah.ui.language import Message
from darsgah.ui.templating import Notice, Pages

SAID: Mapping[str, Message] = {
    "saved": Message("Saved."),
    "settled": Message("Both sides were told what you decided."),
}


@get("/hub/rubrics/{hub_id:uuid}/{side:str}", guards=[administrators])
async def rubric_page(
    *,
    hub_id: FromPath[UUID],
    side: FromPath[Side],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """What a side marks in a hub, to read and change."""
    view = await rubrics.read(session, request.user, hub_id, side)
    return _rubric(request, pages, view, done=done)


@post("/hub/rubrics/{hub_id:uuid}/{side:str}", guards=[administrators])
async def change_rubric(
    hub_id: FromPath[UUID],
    side: FromPath[Side],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Write another version of it."""
    values = await typed(request)
    try:
        new = rubric_form.read(values)
        await attempt(session, rubrics.change(session, request.user, hub_id, side, new))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        view = await rubrics.read(session, request.user, hub_id, side)
        return _rubric(request, pages, view, refusal=refusal)
    return Redirect(f"/hub/rubrics/{hub_id}/{side}?done=saved", status_code=303)


@get("/hub/disputes", guards=[coordinators])
async def disputes_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
    done: FromQuery[str] = "",
) -> Response[str]:
    """The disputes of one's hubs."""
    shown = await disputes.disputes(session, request.user, after)
    return pages.respond(request, "evaluations/disputes.html", notices=_said(done), shown=shown, after=after)


@get("/hub/disputes/{project_id:uuid}", guards=[coordinators])
async def dispute_page(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """One dispute with its evidence."""
    return await _dispute(request, session, pages, project_id)


@post("/hub/disputes/{project_id:uuid}", guards=[coordinators])
async def decide_dispute(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Have the project go on, or cancel it."""
    values = await typed(request)
    try:
        wanted = read_form(values, Outcome)
        await attempt(session, disputes.decide(session, request.user, project_id, wanted))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _dispute(request, session, pages, project_id, refusal=refusal)
    return Redirect("/hub/disputes?done=settled", status_code=303)


async def _dispute(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    project_id: UUID,
    *,
    refusal: Refusal | None = None,
) -> Response[str]:
    view = await disputes.dispute(session, request.user, project_id)
    form = refusal or Refusal()
    return pages.respond(
        request,
        "evaluations/dispute.html",
        status_code=form.status,
        zone=view.timezone,
        view=view,
        form=form,
        levels=LEVELS,
        stages=STAGES,
        sides=SIDES,
    )


def _rubric(
    request: Request[Actor, str, Any],
    pages: Pages,
    view: RubricView,
    *,
    done: str = "",
    refusal: Refusal | None = None,
) -> Response[str]:
    form = refusal or Refusal()
    return pages.respond(
        request,
        "evaluations/rubric.html",
        status_code=form.status,
        notices=_said(done),
        view=view,
        values=form.values or rubric_form.written(view.criteria),
        rows=rubric_form.ROWS,
        form=form,
        sides=SIDES,
    )


def _said(done: str) -> list[Notice]:
    return [Notice(SAID[done])] if done in SAID else []


router = Router(
    path="/",
    route_handlers=[rubric_page, change_rubric, disputes_page, dispute_page, decide_dispute],
    include_in_schema=False,
)
