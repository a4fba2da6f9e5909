"""Projects as pages: the list, the room, the agreement, messages, and a hub's own agreement."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from babel.dates import format_date
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.briefs.wording import STAGES
from darsgah.errors import DarsgahError
from darsgah.projects import agreements, messages, milestones, service
from darsgah.projects.api import administrators
from darsgah.projects.schemas import (
    Acceptance,
    MilestoneChange,
    NewAgreementText,
    NewMessage,
    ProjectMove,
    TakingOut,
)
from darsgah.projects.wording import MEANING, MOVES, NEXT, PARTS, STATES
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import Refusal, attempt, refused, typed
from darsgah.ui.language import Language, Languages, Message
from darsgah.ui.templating import Notice, Pages

ROOM = "/projects/{project_id:uuid}"
SAID = {
    "accepted": Message("You accepted the agreement."),
    "moved": Message("Done. Everybody concerned is told."),
    "saved": Message("Saved."),
    "sent": Message("Sent."),
}
"""What just happened, by the word in the address."""


def day_of(language: Language) -> Callable[[date], Markup]:
    """How a day without a time is written in that language."""
    return lambda day: Markup("<bdi>{}</bdi>").format(format_date(day, "d MMMM y", locale=language.locale))


def notices(done: str) -> list[Notice]:
    """The line above the page about what just happened."""
    return [Notice(SAID[done])] if done in SAID else []


@get("/projects", guards=[signed_in])
async def projects_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """One's projects, and those of the hubs that one coordinates."""
    view = await service.projects(session, request.user, after=after)
    day = day_of(pages.language_of(request))
    return pages.respond(
        request, "projects/projects.html", view=view, stages=STAGES, paged=after is not None, day=day
    )


@get(ROOM, guards=[signed_in])
async def room_page(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """A project's room."""
    return await _room(request, session, pages, project_id, done=done)


@post(f"{ROOM}/moves", guards=[signed_in])
async def move_project(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Move the project's stage."""
    values = await typed(request)
    try:
        await attempt(
            session, service.move(session, request.user, project_id, read_form(values, ProjectMove))
        )
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _room(request, session, pages, project_id, refusal=refusal)
    return Redirect(f"/projects/{project_id}?done=moved", status_code=303)


@post(f"{ROOM}/taking-out", guards=[signed_in])
async def take_out(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Take somebody out of the team."""
    values = await typed(request)
    try:
        wanted = read_form(values, TakingOut)
        await attempt(session, service.take_out(session, request.user, project_id, wanted))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _room(request, session, pages, project_id, refusal=refusal)
    return Redirect(f"/projects/{project_id}?done=saved", status_code=303)


@post(f"{ROOM}/milestones", guards=[signed_in])
async def add_milestone(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Add a milestone."""
    values = await typed(request)
    try:
        wanted = read_form({key: value for key, value in values.items() if value}, MilestoneChange)
        await attempt(session, milestones.change(session, request.user, project_id, None, wanted))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _room(request, session, pages, project_id, refusal=refusal)
    return Redirect(f"/projects/{project_id}?done=saved", status_code=303)


async def _room(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    project_id: UUID,
    *,
    done: str = "",
    refusal: Refusal | None = None,
) -> Response[str]:
    view = await service.room_view(session, request.user, project_id)
    return pages.respond(
        request,
        "projects/room.html",
        status_code=refusal.status if refusal else 200,
        zone=view.timezone,
        notices=notices(done),
        view=view,
        stages=STAGES,
        moves=MOVES,
        meaning=MEANING,
        next=NEXT,
        parts=PARTS,
        states=STATES,
        day=day_of(pages.language_of(request)),
        form=refusal or Refusal(),
    )


@get(f"{ROOM}/agreement", guards=[signed_in])
async def agreement_page(
    *,
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    languages: NamedDependency[Languages],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """The agreement: its words, who has accepted them, and the button."""
    return await _agreement(request, session, languages, pages, project_id, done=done)


@post(f"{ROOM}/agreement", guards=[signed_in])
async def accept_agreement(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    languages: NamedDependency[Languages],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Accept it; where its words have changed since, they are shown again."""
    values = await typed(request)
    try:
        sent = read_form(values, Acceptance)
        await attempt(session, agreements.accept(session, languages, request.user, project_id, sent.sha256))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _agreement(request, session, languages, pages, project_id, refusal=refusal)
    return Redirect(f"/projects/{project_id}/agreement?done=accepted", status_code=303)


async def _agreement(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    languages: Languages,
    pages: Pages,
    project_id: UUID,
    *,
    done: str = "",
    refusal: Refusal | None = None,
) -> Response[str]:
    room = await service.room_view(session, request.user, project_id)
    return pages.respond(
        request,
        "projects/agreement.html",
        status_code=refusal.status if refusal else 200,
        zone=room.timezone,
        notices=notices(done),
        room=room,
        view=await agreements.agreement(session, languages, request.user, project_id),
        parts=PARTS,
        form=refusal or Refusal(),
    )


@get(f"{ROOM}/messages", guards=[signed_in])
async def messages_page(
    *,
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    before: FromQuery[UUID | None] = None,
    done: FromQuery[str] = "",
) -> Response[str]:
    """What was written in the room, newest first."""
    return await _messages(request, session, pages, project_id, before=before, done=done)


@post(f"{ROOM}/messages", guards=[signed_in])
async def send_message(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Write to everybody in the room."""
    values = await typed(request)
    try:
        form = read_form(values, NewMessage)
        await attempt(session, messages.send(session, request.user, project_id, form.body))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _messages(request, session, pages, project_id, refusal=refusal)
    return Redirect(f"/projects/{project_id}/messages?done=sent", status_code=303)


async def _messages(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    project_id: UUID,
    *,
    before: UUID | None = None,
    done: str = "",
    refusal: Refusal | None = None,
) -> Response[str]:
    room = await service.room_view(session, request.user, project_id)
    return pages.respond(
        request,
        "projects/messages.html",
        status_code=refusal.status if refusal else 200,
        zone=room.timezone,
        notices=notices(done),
        room=room,
        view=await messages.messages(session, request.user, project_id, before=before),
        paged=before is not None,
        parts=PARTS,
        form=refusal or Refusal(),
    )


@get("/hub/agreements", guards=[administrators])
async def hub_agreements_page(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession], pages: NamedDependency[Pages]
) -> Response[str]:
    """The agreements of the hubs that one administers."""
    found = await agreements.hub_agreements(session, request.user)
    return pages.respond(request, "projects/hub_agreements.html", found=found)


@get("/hub/agreements/{hub_id:uuid}", guards=[administrators])
async def hub_agreement_page(
    hub_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """A hub's agreement to change, and its earlier versions."""
    return await _hub_agreement(request, session, pages, hub_id, done=done)


@post("/hub/agreements/{hub_id:uuid}", guards=[administrators])
async def change_hub_agreement(
    hub_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Add a version of a hub's agreement."""
    values = await typed(request)
    try:
        wanted = read_form(values, NewAgreementText)
        await attempt(session, agreements.change_text(session, request.user, hub_id, wanted))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _hub_agreement(request, session, pages, hub_id, refusal=refusal)
    return Redirect(f"/hub/agreements/{hub_id}?done=saved", status_code=303)


async def _hub_agreement(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    hub_id: UUID,
    *,
    done: str = "",
    refusal: Refusal | None = None,
) -> Response[str]:
    return pages.respond(
        request,
        "projects/hub_agreement.html",
        status_code=refusal.status if refusal else 200,
        notices=notices(done),
        view=await agreements.hub_agreement(session, request.user, hub_id),
        form=refusal or Refusal(),
    )


router = Router(
    path="/",
    route_handlers=[
        projects_page,
        room_page,
        move_project,
        take_out,
        add_milestone,
        agreement_page,
        accept_agreement,
        messages_page,
        send_message,
        hub_agreements_page,
        hub_agreement_page,
        change_hub_agreement,
    ],
    include_in_schema=False,
)
