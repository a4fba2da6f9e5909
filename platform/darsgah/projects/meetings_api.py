"""Meetings, calendars and GPU hours of projects as JSON."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, public, signed_in
from darsgah.projects import feeds, gpu, meetings
from darsgah.projects.calendar_text import MEDIA_TYPE
from darsgah.projects.feeds import FeedView
from darsgah.projects.gpu import GpuPage, LeaseGrant, LeaseView, MadeToken, NewLease, NewToken
from darsgah.projects.meeting_schemas import Cancelling, Fixing, MeetingPage, MoreTimes, NewMeeting, Suiting
from darsgah.settings import Settings
from darsgah.ui.download import download

ProjectToken = Annotated[str | None, HeaderParameter(name="X-Project-Token", max_length=200)]
"""A token of the project, made on its page: it is no session, and opens nothing but leases."""


@get("/projects/{project_id:uuid}/meetings", guards=[signed_in])
async def list_meetings(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    before: FromQuery[UUID | None] = None,
) -> MeetingPage:
    """The meetings of a project, newest first, with the times that are proposed and whom they suit."""
    return await meetings.meetings(session, request.user, project_id, before=before)


@post("/projects/{project_id:uuid}/meetings", guards=[signed_in])
async def propose_meeting(
    project_id: FromPath[UUID],
    data: JSONBody[NewMeeting],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> MeetingPage:
    """Propose a meeting with some times."""
    await meetings.propose(session, request.user, project_id, data)
    return await meetings.meetings(session, request.user, project_id)


@post("/projects/{project_id:uuid}/meetings/{meeting_id:uuid}/times", guards=[signed_in])
async def propose_times(
    project_id: FromPath[UUID],
    meeting_id: FromPath[UUID],
    data: JSONBody[MoreTimes],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> MeetingPage:
    """Propose other times for a meeting."""
    await meetings.add_times(session, request.user, project_id, meeting_id, data.times)
    return await meetings.meetings(session, request.user, project_id)


@put("/projects/{project_id:uuid}/meetings/{meeting_id:uuid}/answer", guards=[signed_in])
async def answer_meeting(
    project_id: FromPath[UUID],
    meeting_id: FromPath[UUID],
    data: JSONBody[Suiting],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> MeetingPage:
    """Say which of its times suit you."""
    await meetings.say_which_suit(session, request.user, project_id, meeting_id, data)
    return await meetings.meetings(session, request.user, project_id)


@post(
    "/projects/{project_id:uuid}/meetings/{meeting_id:uuid}/fixing",
    guards=[signed_in],
    status_code=HTTPStatus.OK,
)
async def fix_meeting(
    *,
    project_id: FromPath[UUID],
    meeting_id: FromPath[UUID],
    data: JSONBody[Fixing],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> MeetingPage:
    """Give the meeting one of its times, and invite everybody; a second time moves it."""
    await meetings.fix(session, settings, request.user, project_id, meeting_id, fixing=data)
    return await meetings.meetings(session, request.user, project_id)


@post(
    "/projects/{project_id:uuid}/meetings/{meeting_id:uuid}/cancelling",
    guards=[signed_in],
    status_code=HTTPStatus.OK,
)
async def cancel_meeting(
    *,
    project_id: FromPath[UUID],
    meeting_id: FromPath[UUID],
    data: JSONBody[Cancelling],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> MeetingPage:
    """Cancel the meeting; whoever was invited is told in their calendar."""
    await meetings.cancel(session, settings, request.user, project_id, meeting_id, version=data.version)
    return await meetings.meetings(session, request.user, project_id)


@get("/projects/{project_id:uuid}/meetings/{meeting_id:uuid}/invitation", guards=[signed_in])
async def read_invitation(
    project_id: FromPath[UUID],
    meeting_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """Your invitation to a meeting that has a time, as an iCalendar file."""
    content = await meetings.own_invitation(session, settings, request.user, project_id, meeting_id)
    return download("meeting.ics", content, MEDIA_TYPE)


@get("/me/calendar", guards=[signed_in])
async def read_calendar_address(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> FeedView:
    """The secret address of your calendar."""
    return await feeds.own_feed(session, settings, request.user)


@post("/me/calendar", guards=[signed_in], status_code=HTTPStatus.OK)
async def new_calendar_address(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> FeedView:
    """Give your calendar an address, or another one: the one before is no more."""
    return await feeds.new_address(session, settings, request.user)


@delete("/me/calendar", guards=[signed_in])
async def delete_calendar_address(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> None:
    """Take the address of your calendar away."""
    await feeds.no_address(session, request.user)


@get("/projects/{project_id:uuid}/gpu", guards=[signed_in])
async def read_gpu(
    project_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> GpuPage:
    """A project's GPU hours: what it has, what it used, the newest leases, and its tokens."""
    return await gpu.page(session, request.user, project_id)


@post("/projects/{project_id:uuid}/gpu-tokens", guards=[signed_in])
async def make_gpu_token(
    project_id: FromPath[UUID],
    data: JSONBody[NewToken],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> MadeToken:
    """Make a token with which ``darsgah gpu run`` takes leases for the project; it is shown this once."""
    return await gpu.make_token(session, request.user, project_id, data)


@delete("/projects/{project_id:uuid}/gpu-tokens/{token_id:uuid}", guards=[signed_in])
async def withdraw_gpu_token(
    project_id: FromPath[UUID],
    token_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """Withdraw a token; what runs with it ends."""
    await gpu.withdraw_token(session, request.user, project_id, token_id)


# The token in the header is all that counts here: a cookie does nothing, so no other site can use one.
@post("/projects/{project_id:uuid}/gpu-leases", guards=[public], exclude_from_csrf=True)
async def take_gpu_lease(
    project_id: FromPath[UUID],
    data: JSONBody[NewLease],
    session: NamedDependency[AsyncSession],
    token: ProjectToken = None,
) -> LeaseGrant:
    """Begin GPU work, with ``X-Project-Token``; 409 ``gpu_quota_used`` where nothing is left."""
    return await gpu.start(session, token, project_id, data)


@post(
    "/projects/{project_id:uuid}/gpu-leases/{lease_id:uuid}/renewal",
    guards=[public],
    exclude_from_csrf=True,
    status_code=HTTPStatus.OK,
)
async def renew_gpu_lease(
    project_id: FromPath[UUID],
    lease_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    token: ProjectToken = None,
) -> LeaseGrant:
    """Say that the work goes on; where ``granted_seconds`` is 0 the lease is over, and the work is to end."""
    return await gpu.renew(session, token, project_id, lease_id)


@delete(
    "/projects/{project_id:uuid}/gpu-leases/{lease_id:uuid}",
    guards=[public],
    exclude_from_csrf=True,
    status_code=HTTPStatus.OK,
)
async def end_gpu_lease(
    project_id: FromPath[UUID],
    lease_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    token: ProjectToken = None,
) -> LeaseView:
    """Say that the work is over; what was set aside and not used goes back."""
    return await gpu.end(session, token, project_id, lease_id)


@post(
    "/projects/{project_id:uuid}/gpu-leases/{lease_id:uuid}/stop",
    guards=[signed_in],
    status_code=HTTPStatus.OK,
)
async def stop_gpu_lease(
    project_id: FromPath[UUID],
    lease_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> GpuPage:
    """End GPU work of your project that runs; its machine ends it within seconds."""
    await gpu.stop(session, request.user, project_id, lease_id)
    return await gpu.page(session, request.user, project_id)


router = Router(
    path="/",
    route_handlers=[
        list_meetings,
        propose_meeting,
        propose_times,
        answer_meeting,
        fix_meeting,
        cancel_meeting,
        read_invitation,
        read_calendar_address,
        new_calendar_address,
        delete_calendar_address,
        read_gpu,
        make_gpu_token,
        withdraw_gpu_token,
        take_gpu_lease,
        renew_gpu_lease,
        end_gpu_lease,
        stop_gpu_lease,
    ],
    tags=["projects"],
)
