"""Decisions about organisations and mentors, by administrators of their hub or of the network."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.errors import Forbidden, MalformedInput, NotFound
from darsgah.hubs import service as hubs
from darsgah.notices import service as notices
from darsgah.organisations import queries
from darsgah.organisations.errors import ChangedMeanwhile, NameTaken, NoReason, NothingLookedAt, NotNow
from darsgah.organisations.lookalikes import name_findings
from darsgah.organisations.models import Mentor, Organisation, Verification
from darsgah.organisations.schemas import (
    LookedAt,
    MentorCase,
    MentorList,
    MentorView,
    NewDecision,
    OrganisationCase,
    OrganisationList,
    OrganisationView,
    VerificationDecision,
    VerificationState,
)
from darsgah.organisations.service import (
    PAGE,
    decision_views,
    mentor_views,
    organisation_view,
    tell_followers,
    verifies,
)
from darsgah.ui.language import Message

FROM: Final[Mapping[VerificationDecision, frozenset[VerificationState]]] = {
    VerificationDecision.VERIFIED: frozenset(
        {VerificationState.UNVERIFIED, VerificationState.REFUSED, VerificationState.SUSPENDED}
    ),
    VerificationDecision.REFUSED: frozenset({VerificationState.UNVERIFIED, VerificationState.SUSPENDED}),
    VerificationDecision.SUSPENDED: frozenset({VerificationState.VERIFIED}),
}
"""Out of which states each decision leads; LAPSED is nobody's to decide."""
HISTORY: Final = 50


class OwnCase(Forbidden):
    """Nobody decides about themselves or their own organisation: ask another administrator."""

    code = "own_case"


def hubs_of(actor: Actor) -> Collection[UUID] | None:
    """The hubs whose organisations and mentors the actor decides about; None for all."""
    return None if actor.holds(Role.NETWORK_ADMIN) else actor.hubs(Role.HUB_ADMIN)


async def organisations(
    session: AsyncSession, actor: Actor, state: VerificationState | None = None, after: UUID | None = None
) -> OrganisationList:
    """The organisations that the actor decides about, newest first, ``PAGE`` at a time."""
    rows = await queries.list_organisations(
        session, state=state, hub_ids=hubs_of(actor), after=after, limit=PAGE + 1
    )
    shown = rows[:PAGE]
    verified = await queries.verified_at(session, [row.id for row in shown])
    views = tuple(organisation_view(row, verified.get(row.id)) for row in shown)
    return OrganisationList(views, shown[-1].id if len(rows) > PAGE else None)


async def mentors(
    session: AsyncSession, actor: Actor, state: VerificationState | None = None, after: UUID | None = None
) -> MentorList:
    """The mentors that the actor decides about, with their addresses, newest first, ``PAGE`` at a time."""
    rows = await queries.list_mentors(
        session, state=state, hub_ids=hubs_of(actor), after=after, limit=PAGE + 1
    )
    shown = rows[:PAGE]
    views = await _with_addresses(session, shown)
    return MentorList(tuple(views), shown[-1].account_id if len(rows) > PAGE else None)


async def _with_addresses(session: AsyncSession, rows: Collection[Mentor]) -> list[MentorView]:
    views = await mentor_views(session, rows)
    written = await accounts.contacts(session, list(views))
    return [
        msgspec.structs.replace(views[row.account_id], email=written[row.account_id].email)
        if row.account_id in written
        else views[row.account_id]
        for row in rows
    ]


async def organisation(session: AsyncSession, actor: Actor, organisation_id: UUID) -> OrganisationCase:
    """One organisation, and what was decided about it, newest first.

    Raises:
        NotFound: there is none that the actor decides about.
    """
    row = await _organisation(session, actor, organisation_id)
    rows = await queries.decisions(session, organisation_id=row.id, limit=HISTORY)
    findings = await name_findings(session, row)
    return OrganisationCase(organisation_view(row), tuple(await decision_views(session, rows)), findings)


async def mentor(session: AsyncSession, actor: Actor, account_id: UUID) -> MentorCase:
    """One mentor, and what was decided about them, newest first.

    Raises:
        NotFound: there is none that the actor decides about.
    """
    row = await _mentor(session, actor, account_id)
    rows = await queries.decisions(session, mentor_id=account_id, limit=HISTORY)
    (view,) = await _with_addresses(session, [row])
    return MentorCase(view, tuple(await decision_views(session, rows)))


async def decide_organisation(
    session: AsyncSession, actor: Actor, organisation_id: UUID, new: NewDecision
) -> OrganisationView:
    """Verify, refuse or suspend an organisation; its owners are told, with the reason.

    Raises:
        NotFound: there is none that the actor decides about.
        OwnCase: the actor belongs to it.
        ChangedMeanwhile, NotNow: it is not as it was read, or not in a state for this decision.
        NoReason, NothingLookedAt: something is missing.
    """
    row = await _organisation(session, actor, organisation_id, lock=True)
    place = (await queries.places(session, [actor.account_id])).get(actor.account_id)
    if place is not None and place.organisation_id == row.id:
        raise OwnCase
    _check(new, row)
    there = await queries.organisation_named(session, row.name_key)
    if there is not None and there.id != row.id:
        raise NameTaken
    session.add(_record(actor, new, row.hub_id, organisation_id=row.id))
    await _move(session, row, new)
    await tell_followers(session, row.id)
    owners = await queries.owners(session, row.id)
    told = {**await _told(session, row.hub_id, new), "organisation": row.name}
    link = f"/organisations/{row.id}"
    await notices.tell(session, owners, f"organisation_{new.decision.value}", told, link)
    return organisation_view(row)


async def decide_mentor(
    session: AsyncSession, actor: Actor, account_id: UUID, new: NewDecision
) -> MentorView:
    """Verify, refuse or suspend a mentor, who is told, with the reason.

    Raises:
        NotFound: there is none that the actor decides about.
        OwnCase: the actor is that mentor.
        ChangedMeanwhile, NotNow: they are not as they were read, or not in a state for this decision.
        NoReason, NothingLookedAt: something is missing.
    """
    row = await _mentor(session, actor, account_id, lock=True)
    if account_id == actor.account_id:
        raise OwnCase
    _check(new, row)
    session.add(_record(actor, new, row.hub_id, mentor_id=account_id))
    await _move(session, row, new)
    place = (await queries.places(session, [account_id])).get(account_id)
    if place is not None:
        await tell_followers(session, place.organisation_id, account_id)
    told = await _told(session, row.hub_id, new)
    await notices.tell(session, [account_id], f"mentor_{new.decision.value}", told, "/mentors/me")
    (view,) = await _with_addresses(session, [row])
    return view


async def waiting(session: AsyncSession, actor: Actor) -> tuple[int, int]:
    """How many organisations and how many mentors wait for the actor's decision."""
    return await queries.waiting(session, hubs_of(actor))


async def _organisation(
    session: AsyncSession, actor: Actor, organisation_id: UUID, *, lock: bool = False
) -> Organisation:
    row = await queries.organisation(session, organisation_id, lock=lock)
    if row is None or not verifies(actor, row.hub_id):
        raise NotFound
    return row


async def _mentor(session: AsyncSession, actor: Actor, account_id: UUID, *, lock: bool = False) -> Mentor:
    row = await queries.mentor(session, account_id, lock=lock)
    if row is None or not verifies(actor, row.hub_id):
        raise NotFound
    return row


def _check(new: NewDecision, row: Organisation | Mentor) -> None:
    if VerificationState(row.state) not in FROM.get(new.decision, frozenset()):
        raise NotNow
    if row.version != new.version:
        raise ChangedMeanwhile(version=row.version)
    if new.decision is not VerificationDecision.VERIFIED:
        if not new.note.strip():
            raise NoReason(fields={"note": NoReason().message})
        return
    if not new.looked_at:
        raise NothingLookedAt(fields={"looked_at": NothingLookedAt().message})
    if LookedAt.OTHER in new.looked_at and not new.note.strip():
        raise MalformedInput(fields={"note": Message("Say what else was looked at.")})


def _record(
    actor: Actor,
    new: NewDecision,
    hub_id: UUID,
    *,
    organisation_id: UUID | None = None,
    mentor_id: UUID | None = None,
) -> Verification:
    """The row of a decision; it is the network's where the actor decides as its administrator alone."""
    return Verification(
        organisation_id=organisation_id,
        mentor_id=mentor_id,
        decision=new.decision.value,
        by=actor.account_id,
        hub_id=hub_id if hub_id in actor.hubs(Role.HUB_ADMIN) else None,
        looked_at=sorted({one.value for one in new.looked_at}),
        note=new.note.strip(),
    )


async def _move(session: AsyncSession, row: Organisation | Mentor, new: NewDecision) -> None:
    row.state = new.decision.value
    row.version += 1
    await session.flush()


async def _told(session: AsyncSession, hub_id: UUID, new: NewDecision) -> dict[str, str]:
    """Where it was decided, and why."""
    found = (await hubs.hubs_by_id(session, [hub_id]))[hub_id]
    return {"hub": found.name, "reason": new.note.strip()}
