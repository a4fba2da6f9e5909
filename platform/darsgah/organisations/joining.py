"""Becoming a mentor, with a new account or one's own, and naming or founding the organisation to act for."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.accounts.schemas import AccountView, SignUp
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.hubs import service as hubs
from darsgah.notices import service as notices
from darsgah.organisations import queries
from darsgah.organisations.errors import ActsElsewhere, MentorAlready, NameTaken
from darsgah.organisations.models import Mentor, Organisation, OrganisationMember
from darsgah.organisations.names import checked_country, checked_website, checked_zone, name_key
from darsgah.organisations.schemas import (
    BecomeMentor,
    MemberRole,
    MemberState,
    MentorSignUp,
    MentorView,
    OrganisationProfile,
    OrganisationView,
)
from darsgah.organisations.service import (
    check_profile,
    kept_mentor,
    kept_profile,
    mentors_by_id,
    organisation_view,
    organisations_by_id,
    tell_verifiers,
    verifiers,
)
from darsgah.ui.language import Message


async def sign_up(session: AsyncSession, form: MentorSignUp) -> AccountView:
    """Make an account that is a mentor's.

    Raises:
        EmailTaken, MalformedInput, NameTaken: nothing was made, once the caller's transaction is rolled back.
    """
    _checked(form.mentor)
    asked = SignUp(form.email, form.password, form.display_name, language=form.language)
    account = await accounts.create_account(session, asked)
    await _become(session, account.id, account.display_name, form.mentor)
    return account


async def become_mentor(session: AsyncSession, actor: Actor, form: BecomeMentor) -> MentorView:
    """Make the actor a mentor of a hub, who waits to be verified there.

    Raises:
        MentorAlready: they are one.
        MalformedInput: the hub is not open, or a choice is none.
    """
    _checked(form)
    if await queries.mentor(session, actor.account_id) is not None:
        raise MentorAlready
    return await _become(session, actor.account_id, actor.display_name, form)


def _checked(form: BecomeMentor) -> None:
    checked_zone(form.profile.timezone)
    checked_country(form.profile.country)
    if form.organisation_country:
        checked_country(form.organisation_country, "organisation_country")
    checked_website(form.organisation_website, "organisation_website")


async def _become(
    session: AsyncSession, account_id: UUID, display_name: str, form: BecomeMentor
) -> MentorView:
    hub = next((hub for hub in await hubs.list_hubs(session) if hub.code == form.hub), None)
    if hub is None or hub.state != "open":
        raise MalformedInput(fields={"hub": Message("Choose one of the open hubs.")})
    await hubs.grant(session, account_id, Role.MENTOR, hub.id)
    row = Mentor(account_id=account_id, hub_id=hub.id, **kept_mentor(form.profile))
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        raise MentorAlready from error
    named = await _named(session, account_id, display_name, hub.id, form)
    told = {"person": display_name, "organisation": named}
    await notices.tell(session, await verifiers(session, hub.id), "mentor_signed_up", told, "/hub/mentors")
    return (await mentors_by_id(session, [account_id]))[account_id]


async def _named(
    session: AsyncSession, account_id: UUID, display_name: str, hub_id: UUID, form: BecomeMentor
) -> str:
    """Ask the owners of the organisation that was named, or found it; returns its name."""
    place = (await queries.places(session, [account_id])).get(account_id)
    if place is not None:
        return (await organisations_by_id(session, [place.organisation_id]))[place.organisation_id].name
    if not name_key(form.organisation):
        raise MalformedInput(fields={"organisation": Message("This is needed.")})
    profile = OrganisationProfile(
        name=form.organisation,
        country=form.organisation_country or form.profile.country,
        name_ur=form.organisation_name_ur,
        website=form.organisation_website,
        about=form.organisation_about,
    )
    return (await _asked_or_founded(session, account_id, display_name, hub_id, profile)).name


async def name_organisation(
    session: AsyncSession, actor: Actor, profile: OrganisationProfile
) -> OrganisationView:
    """Name the organisation that a mentor acts for: one that is there is asked, another is founded.

    Raises:
        NotFound: the actor is no mentor.
        ActsElsewhere: they act for one, or have asked to.
        MalformedInput: a choice is none.
    """
    mentor = await queries.mentor(session, actor.account_id, lock=True)  # a form that is sent twice
    if mentor is None:
        raise NotFound
    if actor.account_id in await queries.places(session, [actor.account_id]):
        raise ActsElsewhere
    check_profile(profile)
    row = await _asked_or_founded(session, actor.account_id, actor.display_name, mentor.hub_id, profile)
    return organisation_view(row)


async def _asked_or_founded(
    session: AsyncSession, account_id: UUID, display_name: str, hub_id: UUID, profile: OrganisationProfile
) -> Organisation:
    there = await queries.organisation_named(session, name_key(profile.name))
    if there is None:
        return await _found(session, account_id, display_name, hub_id, profile)
    member = await queries.member(session, there.id, account_id, lock=True)
    if member is None:
        session.add(OrganisationMember(organisation_id=there.id, account_id=account_id))
    else:
        member.state, member.changed_at, member.changed_by = MemberState.ASKED.value, now(), account_id
    await session.flush()
    told = {"person": display_name, "organisation": there.name}
    whom, link = await queries.owners(session, there.id), f"/organisations/{there.id}/people"
    whom = whom or await verifiers(session, there.hub_id)
    await notices.tell(session, whom, "organisation_wants_to_join", told, link)
    return there


async def _found(
    session: AsyncSession, account_id: UUID, display_name: str, hub_id: UUID, profile: OrganisationProfile
) -> Organisation:
    row = Organisation(hub_id=hub_id, founded_by=account_id, **kept_profile(profile))
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:  # somebody founded it in the same moment
        raise NameTaken(fields={"organisation": NameTaken().message}) from error
    session.add(
        OrganisationMember(
            organisation_id=row.id,
            account_id=account_id,
            role=MemberRole.OWNER.value,
            state=MemberState.ACTIVE.value,
            changed_by=account_id,
        )
    )
    await session.flush()
    await tell_verifiers(session, row, display_name)
    return row
