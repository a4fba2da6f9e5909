"""A hub's proposal of who gets which brief: made, edited by hand, made anew around that, discarded.

One coordinator at a time: making one locks the hub's name, everything else the proposal's row, and whoever
names another version than the present one is told so. Nothing here changes an application or a brief.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.applications import matching_queries, queries
from darsgah.applications.errors import (
    ApplicationOver,
    MatchingChanged,
    NoProposal,
    NotEligible,
    NotTaking,
    PlacesTaken,
)
from darsgah.applications.matching import match
from darsgah.applications.matching_schemas import Assignment, Decision, Edit
from darsgah.applications.models import Application, ApplicationCap, Matching, MatchingPair
from darsgah.applications.schemas import Cap, State
from darsgah.applications.service import note
from darsgah.applications.table import BARRED, FIXED, Table, is_open, lay
from darsgah.briefs import offers
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.hubs import service as hubs
from darsgah.teams import service as teams
from darsgah.ui.language import Message

COORDINATORS = (Role.INSTRUCTOR, Role.HUB_ADMIN, Role.NETWORK_ADMIN)


async def propose(
    session: AsyncSession, actor: Actor, hub_id: UUID, brief_ids: Collection[UUID], version: int | None
) -> Matching:
    """Propose who gets these briefs, or propose anew around what was decided by hand.

    Raises:
        NotFound: the actor does not coordinate the hub.
        MalformedInput: no brief is named, or one that the hub cannot match now.
        MatchingChanged: there is a proposal of another version.
    """
    require_coordinator(actor, hub_id)
    await queries.one_at_a_time(session, [f"matching of {hub_id}"])
    row = await matching_queries.proposed(session, hub_id, lock=True)
    if (row.version if row else None) != version:
        raise await _changed(session, hub_id, row)
    known = await offers.offers_of_hub(session, hub_id)
    chosen = sorted(set(brief_ids))
    if not chosen or not set(chosen) <= known.keys():
        raise MalformedInput(
            fields={"brief_ids": Message("Choose briefs of the hub that can be matched now.")}
        )
    if row is None:
        # Versions go on from one proposal to the next: who has seen an ended one never confirms another.
        last = await matching_queries.latest_version(session, hub_id)
        row = Matching(hub_id=hub_id, version=last or 0, brief_ids=[], made_by=actor.account_id)
        session.add(row)
        await session.flush()
    before = await matching_queries.pairs(session, row.id)
    table = await lay(session, chosen, [])
    kept = {pair.application_id: pair.decision for pair in _kept(before, table)}
    row.brief_ids = [str(one) for one in chosen]
    row.made_by, row.made_at = actor.account_id, now()
    await _write(session, row, table, kept)
    return row


async def edit(session: AsyncSession, actor: Actor, hub_id: UUID, wanted: Edit) -> Matching:
    """Decide about one application by hand; all other pairs stay as they are.

    Raises:
        NotFound: the actor does not coordinate the hub, or the proposal has no such application.
        NoProposal, MatchingChanged: as they say.
        ApplicationOver, NotTaking: the application, or the brief, is not open any more.
        NotEligible: the team lacks something that the brief asks for.
        PlacesTaken: the brief has no place left.
    """
    row, pairs = await current(session, actor, hub_id, wanted.version)
    pair = next((one for one in pairs if one.application_id == wanted.application_id), None)
    if pair is None:
        raise NotFound
    if wanted.decision is Decision.FIX:
        await _fix(session, row, pairs, pair)
    elif wanted.decision is Decision.BAR:
        pair.matched, pair.decision = False, BARRED
    else:
        pair.decision = None
    row.version += 1
    await session.flush()
    return row


async def assign(session: AsyncSession, actor: Actor, hub_id: UUID, wanted: Assignment) -> Matching:
    """Put a team of the hub's learners together and give it a brief of the proposal.

    Raises:
        NotFound: the actor does not coordinate the hub, or the proposal has no such brief.
        NoProposal, MatchingChanged, PlacesTaken, NotEligible: as they say.
        MalformedInput: an address is no learner's of the hub, or the name is blank.
    """
    row, pairs = await current(session, actor, hub_id, wanted.version)
    if str(wanted.brief_id) not in row.brief_ids:
        raise NotFound
    people = await _learners(session, hub_id, wanted.emails)
    team_id = await teams.assemble(session, hub_id, wanted.name, people, by=actor.account_id)
    application = Application(
        hub_id=hub_id,
        brief_id=wanted.brief_id,
        team_id=team_id,
        state=State.OPEN.value,
        assigned=True,
        place=1,
        opened_at=now(),
    )
    session.add(application)
    await session.flush()
    note(session, application, State.OPEN, actor.account_id)
    pair = MatchingPair(
        matching_id=row.id,
        application_id=application.id,
        team_id=team_id,
        brief_id=wanted.brief_id,
        matched=False,
    )
    session.add(pair)
    await session.flush()
    await _fix(session, row, [*pairs, pair], pair)
    row.version += 1
    await session.flush()
    return row


async def discard(session: AsyncSession, actor: Actor, hub_id: UUID, version: int) -> None:
    """End a proposal; nothing comes of it.

    Raises:
        NotFound, NoProposal, MatchingChanged: as they say.
    """
    row, _ = await current(session, actor, hub_id, version)
    row.state, row.ended_by, row.ended_at = "discarded", actor.account_id, now()
    await session.flush()


async def set_cap(session: AsyncSession, actor: Actor, hub_id: UUID, wanted: Cap) -> None:
    """Say how many open applications the hub lets one person have; those that are open stay so.

    Raises:
        NotFound: the actor does not administer the hub.
    """
    if not may_set_cap(actor, hub_id) or hub_id not in await hubs.hubs_by_id(session, [hub_id]):
        raise NotFound
    row = ApplicationCap(hub_id=hub_id, most=wanted.most, changed_by=actor.account_id, changed_at=now())
    await queries.set_cap(session, row)


def may_set_cap(actor: Actor, hub_id: UUID) -> bool:
    """Whether the actor administers the hub."""
    return actor.holds(Role.HUB_ADMIN, hub_id=hub_id)


def require_coordinator(actor: Actor, hub_id: UUID) -> None:
    """Returns when the actor coordinates the hub.

    Raises:
        NotFound: they do not.
    """
    if not actor.holds(*COORDINATORS, hub_id=hub_id):
        raise NotFound


async def current(
    session: AsyncSession, actor: Actor, hub_id: UUID, version: int
) -> tuple[Matching, Sequence[MatchingPair]]:
    """The hub's proposal, locked, when it is the version that the actor saw; and its pairs.

    Raises:
        NotFound: the actor does not coordinate the hub.
        NoProposal, MatchingChanged: as they say.
    """
    require_coordinator(actor, hub_id)
    row = await matching_queries.proposed(session, hub_id, lock=True)
    if row is None:
        raise NoProposal
    if row.version != version:
        raise await _changed(session, hub_id, row)
    return row, await matching_queries.pairs(session, row.id)


async def _changed(session: AsyncSession, hub_id: UUID, row: Matching | None) -> MatchingChanged:
    return MatchingChanged(
        version=row.version if row else await matching_queries.latest_version(session, hub_id)
    )


def _kept(pairs: Collection[MatchingPair], table: Table) -> list[MatchingPair]:
    """The decisions that still hold: about applications that are open, and teams that may have the brief."""
    return [
        pair
        for pair in pairs
        if pair.decision
        and pair.application_id in table.applications
        and (pair.decision == BARRED or not table.hindrances[pair.brief_id, pair.team_id])
    ]


async def _write(session: AsyncSession, row: Matching, table: Table, kept: dict[UUID, str | None]) -> None:
    """Match what lies on the table around what was decided, and write it down."""
    fresh = [
        MatchingPair(
            matching_id=row.id,
            application_id=one.id,
            team_id=one.team_id,
            brief_id=one.brief_id,
            matched=False,
            decision=kept.get(one.id),
        )
        for one in table.applications.values()
    ]
    found = match(table.market(fresh))
    for pair in fresh:
        pair.matched = found.get(pair.team_id) == pair.brief_id
    await matching_queries.replace_pairs(session, row.id, fresh)
    row.version += 1
    await session.flush()


async def _fix(
    session: AsyncSession, row: Matching, pairs: Sequence[MatchingPair], pair: MatchingPair
) -> None:
    """Give a team the brief of this pair, and no other."""
    table = await lay(session, [UUID(one) for one in row.brief_ids], pairs)
    if not is_open(table.applications[pair.application_id]):
        raise ApplicationOver
    if not table.offers[pair.brief_id].taking:
        raise NotTaking
    lacking = table.hindrances.get((pair.brief_id, pair.team_id), ())
    if lacking:
        raise NotEligible(fields={f"{one.lack}-{number}": one.text for number, one in enumerate(lacking, 1)})
    others = [one for one in pairs if one is not pair and one.matched and one.brief_id == pair.brief_id]
    if len(others) >= table.offers[pair.brief_id].capacity:
        raise PlacesTaken
    for one in pairs:
        if one is not pair and one.team_id == pair.team_id:
            one.matched = False
            one.decision = None if one.decision == FIXED else one.decision
    await session.flush()  # a team is matched once, at any moment
    pair.matched, pair.decision = True, FIXED


async def _learners(session: AsyncSession, hub_id: UUID, emails: Sequence[str]) -> list[UUID]:
    """The accounts with these addresses, each once, in their order.

    Raises:
        MalformedInput: names the first that is no learner's of the hub.
    """
    found: list[UUID] = []
    for email in emails:
        account = await accounts.account_named(session, email)
        if account is None or (Role.LEARNER, hub_id) not in await hubs.grants(session, account.id):
            message = Message("No learner of this hub has the address {email}.", email=email.strip())
            raise MalformedInput(fields={"emails": message})
        if account.id not in found:
            found.append(account.id)
    return found
