"""A project's meetings and one's calendar as pages."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, public, signed_in
from darsgah.errors import DarsgahError, MalformedInput
from darsgah.projects import feeds, meetings, service
from darsgah.projects.calendar_text import MEDIA_TYPE
from darsgah.projects.errors import TimeNotProposed
from darsgah.projects.meeting_schemas import Cancelling, Fixing, Minutes, NewMeeting, Suiting
from darsgah.projects.meetings import in_zone
from darsgah.projects.pages import ROOM, notices
from darsgah.projects.schemas import Line, Title
from darsgah.settings import Settings
from darsgah.ui import formats
from darsgah.ui.download import download
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import Refusal, attempt, refused, typed
from darsgah.ui.language import Languages, Message
from darsgah.ui.templating import Pages

MEETING = f"{ROOM}/meetings/{{meeting_id:uuid}}"
TIMES: Final = ("time_1", "time_2", "time_3")
"""The fields for times in the form."""


class MeetingForm(msgspec.Struct, frozen=True):
    """The form of a meeting to propose, its times aside."""

    title: Title
    minutes: Minutes = 30
    place: Line = ""


class ZoneForm(msgspec.Struct, frozen=True):
    """In whose zone the times of a form are written."""

    zone: Annotated[str, msgspec.Meta(pattern="^(hub|mentor)$")] = "hub"


@get(f"{ROOM}/meetings", guards=[signed_in])
async def meetings_page(
    *,
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    before: FromQuery[UUID | None] = None,
    done: FromQuery[str] = "",
) -> Response[str]:
    """The meetings of a project, their times in the hub's zone and in the mentor's."""
    return await _meetings(request, session, pages, project_id, before=before, done=done)


@post(f"{ROOM}/meetings", guards=[signed_in])
async def propose_meeting(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Propose a meeting."""
    values = await typed(request)
    try:
        form = read_form({key: value for key, value in values.items() if value}, MeetingForm)
        times = await _times(session, request.user, project_id, values)
        new = NewMeeting(form.title, times, form.minutes, form.place)
        await attempt(session, meetings.propose(session, request.user, project_id, new))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _meetings(request, session, pages, project_id, refusal=refusal)
    return _back(project_id)


@post(f"{MEETING}/times", guards=[signed_in])
async def propose_times(
    project_id: FromPath[UUID],
    meeting_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Propose other times for a meeting."""
    values = await typed(request)
    try:
        times = await _times(session, request.user, project_id, values)
        await attempt(session, meetings.add_times(session, request.user, project_id, meeting_id, times))
    except DarsgahError as error:
        refusal = refused(error, values | {"meeting": str(meeting_id)}, pages.language_of(request))
        return await _meetings(request, session, pages, project_id, refusal=refusal)
    return _back(project_id)


@post(f"{MEETING}/answer", guards=[signed_in])
async def answer_meeting(
    project_id: FromPath[UUID],
    meeting_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Say which times suit one."""
    values = await typed(request)
    try:
        ticked = [item for item in (await request.form()).getall("time", []) if isinstance(item, str)]
        suiting = _read(ticked)
        await attempt(
            session, meetings.say_which_suit(session, request.user, project_id, meeting_id, suiting)
        )
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _meetings(request, session, pages, project_id, refusal=refusal)
    return _back(project_id)


@post(f"{MEETING}/fixing", guards=[signed_in])
async def fix_meeting(
    *,
    project_id: FromPath[UUID],
    meeting_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Give a meeting its time, and invite everybody."""
    values = await typed(request)
    try:
        fixing = read_form(values, Fixing)
        await attempt(
            session, meetings.fix(session, settings, request.user, project_id, meeting_id, fixing=fixing)
        )
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _meetings(request, session, pages, project_id, refusal=refusal)
    return _back(project_id)


@post(f"{MEETING}/cancelling", guards=[signed_in])
async def cancel_meeting(
    *,
    project_id: FromPath[UUID],
    meeting_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Cancel a meeting."""
    values = await typed(request)
    try:
        version = read_form(values, Cancelling).version
        await attempt(
            session,
            meetings.cancel(session, settings, request.user, project_id, meeting_id, version=version),
        )
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _meetings(request, session, pages, project_id, refusal=refusal)
    return _back(project_id)


@get(f"{MEETING}/invitation", guards=[signed_in])
async def invitation_file(
    project_id: FromPath[UUID],
    meeting_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """One's invitation to a meeting, to be saved."""
    content = await meetings.own_invitation(session, settings, request.user, project_id, meeting_id)
    return download("meeting.ics", content, MEDIA_TYPE)


@get("/calendar", guards=[signed_in])
async def calendar_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """The secret address of one's calendar, and what to do with it."""
    feed = await feeds.own_feed(session, settings, request.user)
    return pages.respond(request, "projects/calendar.html", feed=feed)


@post("/calendar", guards=[signed_in])
async def new_calendar_address(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> Redirect:
    """Give one's calendar an address, or another one."""
    await feeds.new_address(session, settings, request.user)
    return Redirect("/calendar", status_code=303)


@post("/calendar/delete", guards=[signed_in])
async def delete_calendar_address(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Redirect:
    """Take the address of one's calendar away."""
    await feeds.no_address(session, request.user)
    return Redirect("/calendar", status_code=303)


@get(feeds.PATH, guards=[public])
async def calendar_file(
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    languages: NamedDependency[Languages],
    key: FromQuery[str] = "",
) -> Response[bytes]:
    """The calendar with that secret, for programs that subscribe to it."""
    content = await feeds.calendar(session, settings, languages, key)
    return download("darsgah.ics", content, MEDIA_TYPE)


async def _times(
    session: AsyncSession, actor: Actor, project_id: UUID, values: dict[str, str]
) -> tuple[datetime, ...]:
    """The times of a form, in the zone that it names."""
    chosen = read_form(values, ZoneForm).zone
    view = await meetings.meetings(session, actor, project_id)
    zone = view.mentor_zone if chosen == "mentor" else view.hub_zone
    found = tuple(in_zone(values[name], zone) for name in TIMES if values.get(name, "").strip())
    if not found:
        raise MalformedInput(fields={"times": Message("Propose at least one time.")})
    return found


def _read(ticked: Sequence[str]) -> Suiting:
    try:
        return msgspec.convert({"times": list(ticked)}, Suiting)
    except msgspec.ValidationError as error:
        raise TimeNotProposed from error


async def _meetings(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    project_id: UUID,
    *,
    before: UUID | None = None,
    done: str = "",
    refusal: Refusal | None = None,
) -> Response[str]:
    view = await meetings.meetings(session, request.user, project_id, before=before)
    return pages.respond(
        request,
        "projects/meetings.html",
        status_code=refusal.status if refusal else 200,
        zone=view.hub_zone,
        notices=notices(done),
        room=await service.room_view(session, request.user, project_id),
        view=view,
        there=_in(view.mentor_zone, pages, request),
        paged=before is not None,
        fields=TIMES,
        form=refusal or Refusal(),
    )


def _in(zone: str, pages: Pages, request: Request[Actor, str, Any]) -> Callable[[datetime], Markup]:
    """How a time is written in another zone than the page's."""
    locale, place = pages.language_of(request).locale, ZoneInfo(zone)
    return lambda moment: formats.absolute(moment, locale=locale, zone=place)


def _back(project_id: UUID) -> Redirect:
    return Redirect(f"/projects/{project_id}/meetings?done=saved", status_code=303)


router = Router(
    path="/",
    route_handlers=[
        meetings_page,
        propose_meeting,
        propose_times,
        answer_meeting,
        fix_meeting,
        cancel_meeting,
        invitation_file,
        calendar_page,
        new_calendar_address,
        delete_calendar_address,
        calendar_file,
    ],
    include_in_schema=False,
)
