"""Organisations and mentors as JSON."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from litestar import Request, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, public, requires, signed_in
from darsgah.accounts.schemas import AccountView
from darsgah.errors import NotFound
from darsgah.organisations import joining, people, service, verifying
from darsgah.organisations.schemas import (
    AcceptInvitation,
    Answer,
    BecomeMentor,
    MadeOrganisationInvitation,
    MentorCase,
    MentorChange,
    MentorList,
    MentorSignUp,
    MentorView,
    MyMentoring,
    NewDecision,
    NewOrganisationInvitation,
    OrganisationCase,
    OrganisationChange,
    OrganisationList,
    OrganisationProfile,
    OrganisationView,
    PeopleView,
    VerificationState,
)

administrators = requires(*service.VERIFIERS)


@post("/mentors", guards=[public], exclude_from_csrf=True)  # it uses no cookie: there is nothing to forge
async def sign_up_mentor(data: JSONBody[MentorSignUp], session: NamedDependency[AsyncSession]) -> AccountView:
    """Sign up as a mentor, and name or found an organisation; then create a session to get a token."""
    return await joining.sign_up(session, data)


@get("/me/mentor", guards=[signed_in])
async def read_my_mentoring(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> MyMentoring:
    """Yourself as a mentor: whether you are verified, for whom you act, who invites you."""
    found = await people.mine(session, request.user)
    if found is None:
        raise NotFound
    return found


@post("/me/mentor", guards=[signed_in])
async def become_mentor(
    data: JSONBody[BecomeMentor], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> MentorView:
    """Become a mentor with the account that you have."""
    return await joining.become_mentor(session, request.user, data)


@put("/me/mentor", guards=[signed_in])
async def change_my_mentoring(
    data: JSONBody[MentorChange], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> MentorView:
    """Change what you say of yourself as a mentor."""
    return await service.change_mentor(session, request.user, data)


@post("/me/organisation-invitations", guards=[signed_in], status_code=HTTPStatus.OK)
async def accept_link(
    data: JSONBody[AcceptInvitation],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> OrganisationView:
    """Join an organisation with the secret of an invitation's link."""
    organisation_id = await people.accept_link(session, request.user, data.secret)
    return await service.seen_organisation(session, request.user, organisation_id)


@post("/me/organisation-invitations/{invitation_id:uuid}", guards=[signed_in], status_code=204)
async def answer_invitation(
    invitation_id: FromPath[UUID],
    data: JSONBody[Answer],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """Accept or decline an invitation that you were told of."""
    await people.answer_invitation(session, request.user, invitation_id, accept=data.accept)


@get("/organisations", guards=[public])
async def list_organisations(
    session: NamedDependency[AsyncSession], after: FromQuery[UUID | None] = None
) -> OrganisationList:
    """The verified organisations, newest first, 50 at a time."""
    return await service.verified_organisations(session, after)


@post("/organisations", guards=[signed_in])
async def name_organisation(
    data: JSONBody[OrganisationProfile],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> OrganisationView:
    """Name the organisation that you act for: one that is there is asked, another is founded."""
    return await joining.name_organisation(session, request.user, data)


@get("/organisations/{organisation_id:uuid}", guards=[public])
async def read_organisation(
    organisation_id: FromPath[UUID],
    request: Request[Actor | None, str | None, Any],
    session: NamedDependency[AsyncSession],
) -> OrganisationView:
    """One organisation; before it is verified, for its people and its verifiers alone."""
    return await service.seen_organisation(session, request.user, organisation_id)


@put("/organisations/{organisation_id:uuid}", guards=[signed_in])
async def change_organisation(
    organisation_id: FromPath[UUID],
    data: JSONBody[OrganisationChange],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> OrganisationView:
    """Change your organisation. With another name, country or website it is to be verified again."""
    return await service.change_organisation(session, request.user, organisation_id, data)


@get("/organisations/{organisation_id:uuid}/people", guards=[signed_in])
async def list_people(
    organisation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> PeopleView:
    """Who acts for an organisation, for its own people and its verifiers."""
    return await people.people(session, request.user, organisation_id)


@post("/organisations/{organisation_id:uuid}/people/{mentor_id:uuid}", guards=[signed_in], status_code=204)
async def answer_asking(
    organisation_id: FromPath[UUID],
    mentor_id: FromPath[UUID],
    data: JSONBody[Answer],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """Say yes or no to somebody who named your organisation."""
    await people.answer_asking(session, request.user, organisation_id, mentor_id, accept=data.accept)


@delete("/organisations/{organisation_id:uuid}/people/{mentor_id:uuid}", guards=[signed_in])
async def remove_person(
    organisation_id: FromPath[UUID],
    mentor_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """Somebody acts for your organisation no more; with your own id you leave it."""
    await people.remove(session, request.user, organisation_id, mentor_id)


@put("/organisations/{organisation_id:uuid}/owners/{mentor_id:uuid}", guards=[signed_in], status_code=204)
async def make_owner(
    organisation_id: FromPath[UUID],
    mentor_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """Make one of its people an owner."""
    await people.make_owner(session, request.user, organisation_id, mentor_id)


@post("/organisations/{organisation_id:uuid}/invitations", guards=[signed_in])
async def invite(
    organisation_id: FromPath[UUID],
    data: JSONBody[NewOrganisationInvitation],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> MadeOrganisationInvitation:
    """Invite a colleague. The link is in this answer and nowhere else."""
    return await people.invite(session, request.user, organisation_id, data)


@delete("/organisations/{organisation_id:uuid}/invitations/{invitation_id:uuid}", guards=[signed_in])
async def withdraw_invitation(
    organisation_id: FromPath[UUID],
    invitation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """Withdraw an invitation that waits."""
    await people.withdraw_invitation(session, request.user, organisation_id, invitation_id)


@get("/hub/organisations", guards=[administrators])
async def list_organisation_cases(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    standing: FromQuery[VerificationState | None] = None,
    after: FromQuery[UUID | None] = None,
) -> OrganisationList:
    """The organisations that you decide about, newest first, 50 at a time."""
    return await verifying.organisations(session, request.user, standing, after)


@get("/hub/organisations/{organisation_id:uuid}", guards=[administrators])
async def read_organisation_case(
    organisation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> OrganisationCase:
    """One of them, with what was decided about it."""
    return await verifying.organisation(session, request.user, organisation_id)


@post("/hub/organisations/{organisation_id:uuid}/decisions", guards=[administrators])
async def decide_organisation(
    organisation_id: FromPath[UUID],
    data: JSONBody[NewDecision],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> OrganisationView:
    """Verify, refuse or suspend an organisation."""
    return await verifying.decide_organisation(session, request.user, organisation_id, data)


@get("/hub/mentors", guards=[administrators])
async def list_mentor_cases(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    standing: FromQuery[VerificationState | None] = None,
    after: FromQuery[UUID | None] = None,
) -> MentorList:
    """The mentors that you decide about, newest first, 50 at a time."""
    return await verifying.mentors(session, request.user, standing, after)


@get("/hub/mentors/{mentor_id:uuid}", guards=[administrators])
async def read_mentor_case(
    mentor_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> MentorCase:
    """One of them, with what was decided about them."""
    return await verifying.mentor(session, request.user, mentor_id)


@post("/hub/mentors/{mentor_id:uuid}/decisions", guards=[administrators])
async def decide_mentor(
    mentor_id: FromPath[UUID],
    data: JSONBody[NewDecision],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> MentorView:
    """Verify, refuse or suspend a mentor."""
    return await verifying.decide_mentor(session, request.user, mentor_id, data)


router = Router(
    path="/",
    route_handlers=[
        sign_up_mentor,
        read_my_mentoring,
        become_mentor,
        change_my_mentoring,
        accept_link,
        answer_invitation,
        list_organisations,
        name_organisation,
        read_organisation,
        change_organisation,
        list_people,
        answer_asking,
        remove_person,
        make_owner,
        invite,
        withdraw_invitation,
        list_organisation_cases,
        read_organisation_case,
        decide_organisation,
        list_mentor_cases,
        read_mentor_case,
        decide_mentor,
    ],
    tags=["organisations"],
)
