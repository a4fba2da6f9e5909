"""Changing what organisations and mentors say of themselves, and how mentors stand, for other slices."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.errors import MalformedInput, NotFound
from darsgah.hubs import service as hubs
from darsgah.jobs.queue import JobKind, Queue, enqueue
from darsgah.notices import service as notices
from darsgah.organisations import queries
from darsgah.organisations.errors import ChangedMeanwhile, NameTaken
from darsgah.organisations.lookalikes import name_findings
from darsgah.organisations.models import Mentor, Organisation, Verification
from darsgah.organisations.names import checked_country, checked_website, checked_zone, name_key
from darsgah.organisations.schemas import (
    DecisionView,
    LookedAt,
    MemberRole,
    MemberState,
    MentorChange,
    MentorProfile,
    MentorStanding,
    MentorView,
    OrganisationChange,
    OrganisationList,
    OrganisationProfile,
    OrganisationView,
    VerificationDecision,
    VerificationState,
)
from darsgah.ui.language import Message

VERIFIERS: Final = (Role.HUB_ADMIN, Role.NETWORK_ADMIN)
PAGE: Final = 50
STANDING_CHANGED: Final = JobKind("organisations.standing_changed", Queue.NOTICES)
"""An organisation or a mentor lost or got back what they may do: see ``darsgah.organisations.tasks``."""


def kept_mentor(profile: MentorProfile) -> dict[str, Any]:
    """What a mentor says of themselves, as columns."""
    return {
        "timezone": profile.timezone,
        "country": profile.country,
        "headline": profile.headline.strip(),
        "expertise": profile.expertise.strip(),
        "availability": profile.availability.strip(),
    }


def kept_profile(profile: OrganisationProfile) -> dict[str, Any]:
    """An organisation's words as columns.

    Raises:
        MalformedInput: the website is none.
    """
    return {
        "name": " ".join(profile.name.split()),
        "name_ur": " ".join(profile.name_ur.split()),
        "name_key": name_key(profile.name),
        "country": profile.country,
        "website": checked_website(profile.website),
        "about": profile.about.strip(),
    }


def check_profile(profile: OrganisationProfile) -> None:
    """See that an organisation's words can be kept.

    Raises:
        MalformedInput: a choice is none, the website is none, or the name has no letter.
    """
    checked_country(profile.country)
    checked_website(profile.website)
    if not name_key(profile.name):
        raise MalformedInput(fields={"name": Message("This is needed.")})


async def change_organisation(
    session: AsyncSession, actor: Actor, organisation_id: UUID, change: OrganisationChange
) -> OrganisationView:
    """Change what an organisation says of itself, by an owner.

    With another name, country or website it is not what was verified any more: it waits to be verified again,
    and what needs a verified organisation rests. So does a refused one that says something else.

    Raises:
        NotFound: there is none that the actor owns.
        ChangedMeanwhile, NameTaken, MalformedInput: nothing was changed.
    """
    check_profile(change.profile)
    row = await owned(session, actor, organisation_id)
    if row.version != change.version:
        raise ChangedMeanwhile(version=row.version)
    kept = kept_profile(change.profile)
    another = any(kept[name] != getattr(row, name) for name in ("name", "name_ur", "country", "website"))
    changed = another or kept["about"] != row.about
    key = kept["name_key"]
    there = await queries.organisation_named(session, key)
    if there is not None and there.id != row.id:
        raise NameTaken(fields={"name": NameTaken().message})
    for name, value in kept.items():
        setattr(row, name, value)
    row.version += 1
    if another and row.state == VerificationState.VERIFIED.value:
        row.state = VerificationState.UNVERIFIED.value
        session.add(
            Verification(
                organisation_id=row.id, decision=VerificationDecision.LAPSED.value, by=actor.account_id
            )
        )
        await tell_followers(session, row.id)
    elif changed and row.state == VerificationState.REFUSED.value:
        row.state = VerificationState.UNVERIFIED.value
    if row.state == VerificationState.UNVERIFIED.value and changed:
        await tell_verifiers(session, row, actor.display_name)
    try:
        await session.flush()
    except IntegrityError as error:
        raise NameTaken(fields={"name": NameTaken().message}) from error
    return organisation_view(row)


async def change_mentor(session: AsyncSession, actor: Actor, change: MentorChange) -> MentorView:
    """Change what the actor says of themselves as a mentor.

    Raises:
        NotFound: they are none.
        ChangedMeanwhile: they changed it elsewhere since it was read.
    """
    checked_zone(change.profile.timezone)
    checked_country(change.profile.country)
    row = await queries.mentor(session, actor.account_id, lock=True)
    if row is None:
        raise NotFound
    if row.version != change.version:
        raise ChangedMeanwhile(version=row.version)
    for name, value in kept_mentor(change.profile).items():
        setattr(row, name, value)
    row.version += 1
    await session.flush()
    return (await mentors_by_id(session, [actor.account_id]))[actor.account_id]


async def owned(session: AsyncSession, actor: Actor, organisation_id: UUID) -> Organisation:
    """An organisation that the actor owns, locked.

    Raises:
        NotFound: there is none.
    """
    row = await queries.organisation(session, organisation_id, lock=True)
    if row is None or actor.account_id not in await queries.owners(session, organisation_id):
        raise NotFound
    return row


async def seen_organisation(
    session: AsyncSession, actor: Actor | None, organisation_id: UUID
) -> OrganisationView:
    """An organisation: for anyone when it is verified, else for its people and who verifies it.

    Raises:
        NotFound: there is none that may be seen.
    """
    row = await queries.organisation(session, organisation_id)
    if row is None:
        raise NotFound
    if row.state != VerificationState.VERIFIED.value:
        place = actor and (await queries.places(session, [actor.account_id])).get(actor.account_id)
        inside = place and place.organisation_id == row.id
        if not inside and not verifies(actor, row.hub_id):
            raise NotFound
    verified = await queries.verified_at(session, [row.id])
    return organisation_view(row, verified.get(row.id))


def verifies(actor: Actor | None, hub_id: UUID) -> bool:
    """Whether that person decides about organisations and mentors of the hub."""
    return actor is not None and actor.holds(*VERIFIERS, hub_id=hub_id)


async def verifiers(session: AsyncSession, hub_id: UUID) -> list[UUID]:
    """Whom to tell that something waits: the hub's administrators, or the network's where there is none."""
    own = await hubs.holders(session, hub_id, Role.HUB_ADMIN)
    return own or await hubs.holders(session, None, Role.NETWORK_ADMIN)


async def verified_organisations(session: AsyncSession, after: UUID | None = None) -> OrganisationList:
    """The verified organisations, newest first, ``PAGE`` at a time."""
    rows = await queries.list_organisations(
        session, state=VerificationState.VERIFIED, hub_ids=None, after=after, limit=PAGE + 1
    )
    shown = rows[:PAGE]
    verified = await queries.verified_at(session, [row.id for row in shown])
    views = tuple(organisation_view(row, verified.get(row.id)) for row in shown)
    return OrganisationList(views, shown[-1].id if len(rows) > PAGE else None)


async def standing(session: AsyncSession, account_id: UUID) -> MentorStanding | None:
    """How somebody stands as a mentor now; None for who is none."""
    return (await standings(session, [account_id])).get(account_id)


async def standings(session: AsyncSession, account_ids: Collection[UUID]) -> dict[UUID, MentorStanding]:
    """How these people stand as mentors now; who is none is left out."""
    places = await queries.places(session, account_ids)
    active = {who: row for who, row in places.items() if row.state == MemberState.ACTIVE.value}
    rows = await queries.organisations(session, {row.organisation_id for row in active.values()})
    states = {row.id: VerificationState(row.state) for row in rows}
    found = {}
    for mentor in await queries.mentors(session, account_ids):
        place = active.get(mentor.account_id)
        found[mentor.account_id] = MentorStanding(
            account_id=mentor.account_id,
            organisation_id=place.organisation_id if place else None,
            organisation_state=states[place.organisation_id] if place else None,
            mentor_state=VerificationState(mentor.state),
            role=MemberRole(place.role) if place else None,
            hub_id=mentor.hub_id,
            timezone=mentor.timezone,
        )
    return found


async def may_act_for(session: AsyncSession, actor: Actor, organisation_id: UUID) -> bool:
    """Whether the actor acts for that organisation now: both are verified and they have a place in it."""
    found = await standing(session, actor.account_id)
    return found is not None and found.organisation_id == organisation_id and found.may_act


async def active_mentors(session: AsyncSession, organisation_id: UUID) -> list[MentorStanding]:
    """How each mentor with a place in an organisation stands, owners first."""
    rows = await queries.members(session, organisation_id)
    ids = [row.account_id for row in rows if row.state == MemberState.ACTIVE.value]
    found = await standings(session, ids)
    return [found[one] for one in ids if one in found]


async def organisations_by_id(
    session: AsyncSession, organisation_ids: Collection[UUID]
) -> Mapping[UUID, OrganisationView]:
    """Some organisations in any state, by id; the caller decides who is shown what."""
    verified = await queries.verified_at(session, organisation_ids)
    rows = await queries.organisations(session, organisation_ids)
    return {row.id: organisation_view(row, verified.get(row.id)) for row in rows}


async def organisation_of_name(session: AsyncSession, name: str) -> OrganisationView | None:
    """The organisation with that name as names are compared, unless it was refused; None for nobody."""
    row = await queries.organisation_named(session, name_key(name))
    return organisation_view(row) if row is not None else None


async def mentors_by_id(session: AsyncSession, account_ids: Collection[UUID]) -> Mapping[UUID, MentorView]:
    """Some mentors, by account; the caller decides who is shown what. Addresses are left out."""
    return await mentor_views(session, await queries.mentors(session, account_ids))


async def mentor_views(session: AsyncSession, rows: Collection[Mentor]) -> dict[UUID, MentorView]:
    """Mentors with their names and the organisations they act for or asked to, by account."""
    ids = [row.account_id for row in rows]
    names = await accounts.display_names(session, ids)
    places = await queries.places(session, ids)
    found = await queries.organisations(session, {row.organisation_id for row in places.values()})
    titles = {row.id: row.name for row in found}
    views = {}
    for row in rows:
        place = places.get(row.account_id)
        views[row.account_id] = MentorView(
            account_id=row.account_id,
            name=names.get(row.account_id, ""),
            hub_id=row.hub_id,
            **_kept_of(row),
            state=VerificationState(row.state),
            version=row.version,
            created_at=row.created_at,
            organisation_id=place.organisation_id if place else None,
            organisation_name=titles.get(place.organisation_id, "") if place else "",
        )
    return views


def _kept_of(row: Mentor) -> dict[str, str]:
    names = ("timezone", "country", "headline", "expertise", "availability")
    return {name: getattr(row, name) for name in names}


async def latest_decision(
    session: AsyncSession, *, organisation_id: UUID | None = None, mentor_id: UUID | None = None
) -> DecisionView | None:
    """What was decided last about an organisation or a mentor: who, when, with what looked at."""
    rows = await queries.decisions(session, organisation_id=organisation_id, mentor_id=mentor_id, limit=1)
    return (await decision_views(session, rows))[0] if rows else None


async def decision_views(session: AsyncSession, rows: Collection[Verification]) -> list[DecisionView]:
    """Decisions with the names of who made them."""
    names = await accounts.display_names(session, [row.by for row in rows])
    return [
        DecisionView(
            VerificationDecision(row.decision),
            names.get(row.by, ""),
            row.hub_id,
            tuple(map(LookedAt, row.looked_at)),
            row.note,
            row.at,
        )
        for row in rows
    ]


async def tell_verifiers(session: AsyncSession, row: Organisation, person: str) -> None:
    """Tell who verifies an organisation that it waits, and of another that its name looks like."""
    whom = await verifiers(session, row.hub_id)
    told = {"person": person, "organisation": row.name}
    await notices.tell(session, whom, "organisation_founded", told, f"/hub/organisations/{row.id}")
    others = [one.name for one in await name_findings(session, row) if one.organisation_id is not None]
    if others:
        told = {"organisation": row.name, "other": others[0]}
        await notices.tell(session, whom, "organisation_lookalike", told, f"/hub/organisations/{row.id}")


async def tell_followers(
    session: AsyncSession, organisation_id: UUID, account_id: UUID | None = None
) -> None:
    """Let whatever depends on it learn that an organisation, or one mentor of it, stands otherwise now."""
    await enqueue(
        session,
        STANDING_CHANGED,
        organisation_id=str(organisation_id),
        account_id=str(account_id or ""),
    )


def organisation_view(row: Organisation, verified_at: datetime | None = None) -> OrganisationView:
    """An organisation as it is shown."""
    return OrganisationView(
        id=row.id,
        name=row.name,
        name_ur=row.name_ur,
        country=row.country,
        website=row.website,
        about=row.about,
        state=VerificationState(row.state),
        hub_id=row.hub_id,
        version=row.version,
        created_at=row.created_at,
        verified_at=verified_at,
    )
