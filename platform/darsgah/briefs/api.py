"""Briefs as JSON: what the pages show and do."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role, requires
from darsgah.briefs import finding, reviewing, service, writing
from darsgah.briefs.content import BriefContent
from darsgah.briefs.errors import BriefChanged
from darsgah.briefs.lifecycle import Stage
from darsgah.briefs.moving import Standing, move_brief
from darsgah.briefs.queries import COORDINATORS, FINDERS
from darsgah.briefs.schemas import (
    ApprovalForm,
    BriefDesk,
    BriefHeadings,
    BriefView,
    FoundBriefs,
    InvitedBrief,
    Level,
    MadeInvitation,
    MoveRequest,
    NamedMentor,
    NewBrief,
    NewInvitation,
    ReviewForm,
    Rounds,
    SavedBrief,
    Threshold,
    Wanted,
    WeekHours,
)
from darsgah.ui.templating import Pages

finders = requires(*FINDERS)
readers = requires(*FINDERS, Role.MENTOR)
mentors = requires(Role.MENTOR)
writers = requires(Role.MENTOR, *COORDINATORS, Role.NETWORK_ADMIN)
staff = requires(*service.READERS)
coordinators = requires(*COORDINATORS, Role.NETWORK_ADMIN)
administrators = requires(Role.HUB_ADMIN, Role.NETWORK_ADMIN)
desk_readers = requires(Role.MENTOR, *service.READERS)
"""Rules by role; whose brief it is decides the service."""
IfMatch = Annotated[str, HeaderParameter(name="If-Match", max_length=200, required=False)]


@get("/briefs", guards=[finders])
async def find_briefs(
    *,
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    words: FromQuery[str] = "",
    skill: FromQuery[str] = "",
    hub_id: FromQuery[UUID | None] = None,
    remote: FromQuery[bool] = False,
    trl: FromQuery[Level | None] = None,
    hours: FromQuery[WeekHours | None] = None,
    after: FromQuery[UUID | None] = None,
) -> FoundBriefs:
    """Open briefs, newest first, 20 at a time, with the gates that you meet and those that you do not.

    ``words`` are looked for in English and Urdu; ``trl`` is a level that the work passes through, ``hours``
    the most in a week.
    """
    wanted = Wanted(words[:200], skill[:60], hub_id, remote, trl, hours)
    return await finding.find(session, request.user, wanted, after=after)


@post("/briefs", guards=[writers])
async def begin_brief(
    data: JSONBody[NewBrief], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Standing:
    """Begin a brief: your own as a mentor, or one for a mentor to accept as a coordinator of the hub."""
    return await writing.begin(session, request.user, data)


@get("/briefs/{brief_id:uuid}", guards=[readers])
async def read_brief(
    brief_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Response[BriefView]:
    """One brief, with its version as ETag."""
    view = await service.view(session, request.user, brief_id)
    return Response(view, headers={"ETag": f'"{view.version}"'})


@put("/briefs/{brief_id:uuid}", guards=[writers])
async def save_brief(
    *,
    brief_id: FromPath[UUID],
    data: JSONBody[BriefContent],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    if_match: IfMatch = "",
) -> Response[SavedBrief]:
    """Save the whole text, as incomplete as it is, naming in ``If-Match`` the version that you began from.

    The answer says what the automatic check would ask for.
    """
    saved = await writing.save(
        session, request.user, brief_id, data, pages.language_of(request), version=_version(if_match)
    )
    return Response(saved, headers={"ETag": f'"{saved.version}"'})


@get("/briefs/{brief_id:uuid}/desk", guards=[desk_readers])
async def read_desk(
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> BriefDesk:
    """A brief with its history, approvals, findings and what you may do now, for its mentor and its hub."""
    return await service.desk(session, request.user, brief_id, pages.language_of(request))


@get("/briefs/{brief_id:uuid}/rounds", guards=[desk_readers])
async def read_rounds(
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Rounds:
    """Each time that it was handed in: what changed since, what the check found, how it was scored."""
    return await service.rounds(session, request.user, brief_id, pages.language_of(request))


@post("/briefs/{brief_id:uuid}/moves", guards=[writers], status_code=HTTPStatus.OK)
async def make_move(
    brief_id: FromPath[UUID],
    data: JSONBody[MoveRequest],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Standing:
    """Make a move of the brief's life: `submit`, `request_changes`, `publish`, `pause` and so on.

    The moves that are open to you are in the brief's desk; others are refused with 409.
    """
    return await move_brief(
        session, request.user, brief_id, data.move, reason=data.reason, version=data.version
    )


@put("/briefs/{brief_id:uuid}/review", guards=[coordinators], status_code=HTTPStatus.NO_CONTENT)
async def review_brief(
    *,
    brief_id: FromPath[UUID],
    data: JSONBody[ReviewForm],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    if_match: IfMatch = "",
) -> None:
    """Score a brief that is in review on relevance, clarity and mentorship, 1 to 5."""
    await reviewing.review(session, request.user, brief_id, data, version=_version(if_match))


@post("/briefs/{brief_id:uuid}/approvals", guards=[coordinators], status_code=HTTPStatus.NO_CONTENT)
async def approve_brief(
    *,
    brief_id: FromPath[UUID],
    data: JSONBody[ApprovalForm],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    if_match: IfMatch = "",
) -> None:
    """Give or take back the approval of the `brief` by its review, or of the `hub` by its administrators."""
    await reviewing.approve(session, request.user, brief_id, data, version=_version(if_match))


@put("/briefs/{brief_id:uuid}/mentor", guards=[writers])
async def name_mentor(
    brief_id: FromPath[UUID],
    data: JSONBody[NamedMentor],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Standing:
    """Name another mentor of the same organisation."""
    return await writing.name_mentor(session, request.user, brief_id, data.account_id, version=data.version)


@post("/briefs/{brief_id:uuid}/invitation", guards=[coordinators])
async def invite_mentor(
    brief_id: FromPath[UUID],
    data: JSONBody[NewInvitation],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> MadeInvitation:
    """Make the link with which a mentor accepts a brief that you wrote; the one before works no more."""
    return await writing.invite(session, request.user, brief_id, data.mentor_id)


@get("/brief-invitations/{token:str}", guards=[mentors])
async def read_invitation(
    token: FromPath[str], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> InvitedBrief:
    """The brief that waits for you to accept it."""
    return await service.invited(session, request.user, token)


@post("/brief-invitations/{token:str}", guards=[mentors], status_code=HTTPStatus.OK)
async def accept_invitation(
    token: FromPath[str], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Standing:
    """Accept it: it is yours from now on, for the organisation that you act for."""
    return await writing.accept(session, request.user, token)


@get("/mentor/briefs", guards=[mentors])
async def list_own(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    after: FromQuery[UUID | None] = None,
) -> BriefHeadings:
    """Your briefs as a mentor, newest first, 50 at a time."""
    return await service.own_briefs(session, request.user, after=after)


@get("/hub/briefs", guards=[staff])
async def list_hubs(
    *,
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    stage: FromQuery[Stage | None] = None,
    after: FromQuery[UUID | None] = None,
) -> BriefHeadings:
    """The briefs of the hubs that you look after, newest first, 50 at a time."""
    return await service.hub_briefs(session, request.user, stage, after=after)


@get("/hubs/{hub_id:uuid}/brief-threshold", guards=[staff])
async def read_threshold(
    hub_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Threshold:
    """What a hub asks of a review before a brief is approved."""
    return await reviewing.read_threshold(session, request.user, hub_id)


@put("/hubs/{hub_id:uuid}/brief-threshold", guards=[administrators])
async def change_threshold(
    hub_id: FromPath[UUID],
    data: JSONBody[Threshold],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Threshold:
    """Set it: the mean of all scores, and the least of each."""
    return await reviewing.change_threshold(session, request.user, hub_id, data)


def _version(if_match: str) -> int | None:
    """The version that the header names; None without one.

    Raises:
        BriefChanged: it names something that is no version of ours, so it is not the present one.
    """
    if not if_match:
        return None
    named = if_match.strip().removeprefix("W/").strip('"')
    if not (named.isascii() and named.isdigit() and len(named) < 10):
        raise BriefChanged(version=None)
    return int(named)


router = Router(
    path="/",
    route_handlers=[
        find_briefs,
        begin_brief,
        read_brief,
        save_brief,
        read_desk,
        read_rounds,
        make_move,
        review_brief,
        approve_brief,
        name_mentor,
        invite_mentor,
        read_invitation,
        accept_invitation,
        list_own,
        list_hubs,
        read_threshold,
        change_threshold,
    ],
    tags=["briefs"],
)
