"""What teams do: sign up, write what they hand in, hand it in before the deadline, withdraw.

Every act locks the hackathon first. The deadline is the server's clock at that moment, for everybody.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.hackathons import queries, reading
from darsgah.hackathons.errors import (
    AlreadyIn,
    DeadlinePassed,
    EntryIncomplete,
    HackathonChanged,
    JudgesHere,
    NotYetBegun,
    RulesNotAccepted,
    SignUpClosed,
    TeamTooLarge,
    TeamTooSmall,
)
from darsgah.hackathons.models import Hackathon, HackathonEntry
from darsgah.hackathons.schemas import EntryChange, EntryView, Phase, SignUp
from darsgah.teams import service as teams
from darsgah.teams.schemas import Purpose, TeamCard
from darsgah.ui.language import Message


async def sign_up(session: AsyncSession, actor: Actor, hackathon_id: UUID, wanted: SignUp) -> EntryView:
    """Have a team of the actor's take part.

    A team that withdrew may come back while sign-up is open.

    Raises:
        NotFound: no such hackathon, or the actor is not in the team.
        SignUpClosed: too late, or it is over.
        RulesNotAccepted, TeamTooSmall, TeamTooLarge, AlreadyIn, JudgesHere, MalformedInput: as they say.
    """
    row = await reading.found(session, actor, hackathon_id)
    if reading.phase(row) not in {Phase.ANNOUNCED, Phase.RUNNING} or now() >= row.sign_up_until:
        raise SignUpClosed
    await teams.own_team(session, actor, wanted.team_id, lock=True)
    card = await teams.card(session, wanted.team_id)
    if not wanted.accept_rules:
        raise RulesNotAccepted(fields={"accept_rules": Message("Accept the rules for your team first.")})
    _require_size(row, card)
    if wanted.track_id not in {track.id for track in await queries.tracks(session, [row.id])}:
        raise MalformedInput(fields={"track_id": Message("This is not one of the choices.")})
    if card.purpose is not Purpose.HACKATHON:
        raise MalformedInput(fields={"team_id": Message("Choose a team that is for a hackathon.")})
    await _refuse_twice(session, row, card)
    entry = await queries.entry_of_team(session, row.id, card.id)
    if entry is None:
        entry = HackathonEntry(
            hackathon_id=row.id,
            track_id=wanted.track_id,
            team_id=card.id,
            rules_accepted_by=actor.account_id,
            rules_accepted_at=now(),
        )
        session.add(entry)
    elif entry.excluded_reason:
        raise SignUpClosed
    else:
        entry.track_id, entry.withdrawn_at = wanted.track_id, None
        entry.rules_accepted_by, entry.rules_accepted_at = actor.account_id, now()
    await session.flush()
    return (await reading.entry_views(session, [entry]))[0]


async def own_entries(session: AsyncSession, actor: Actor, hackathon_id: UUID) -> tuple[EntryView, ...]:
    """The entries of the actor's teams that take part.

    Raises:
        NotFound: there is no such hackathon.
    """
    row = await reading.found(session, actor, hackathon_id, lock=False)
    return await reading.entry_views(session, await _own(session, actor, row))


async def change(
    session: AsyncSession, actor: Actor, hackathon_id: UUID, entry_id: UUID, wanted: EntryChange
) -> EntryView:
    """Write what is handed in. What was handed in before stays so, in its new form.

    Raises:
        NotFound: no entry of the actor's.
        DeadlinePassed: nothing can be changed any more.
        HackathonChanged: somebody of the team saved meanwhile.
    """
    row, entry = await _open_entry(session, actor, hackathon_id, entry_id)
    if wanted.version != entry.version:
        raise HackathonChanged(version=entry.version)
    entry.title, entry.summary = wanted.title.strip(), wanted.summary.strip()
    entry.links = [link for link in wanted.links if link]
    entry.version += 1
    if entry.submitted_at is not None:
        await _hand_in(session, row, entry)
    await session.flush()
    return (await reading.entry_views(session, [entry]))[0]


async def submit(session: AsyncSession, actor: Actor, hackathon_id: UUID, entry_id: UUID) -> EntryView:
    """Hand the entry in as it is; doing so again only sets the moment anew.

    Raises:
        NotFound, DeadlinePassed: as for a change.
        NotYetBegun: the hackathon has not started.
        EntryIncomplete, TeamTooSmall, TeamTooLarge, AlreadyIn, JudgesHere: as they say.
    """
    row, entry = await _open_entry(session, actor, hackathon_id, entry_id)
    await _hand_in(session, row, entry)
    await session.flush()
    return (await reading.entry_views(session, [entry]))[0]


async def withdraw(session: AsyncSession, actor: Actor, hackathon_id: UUID, entry_id: UUID) -> None:
    """Take part no more; possible until the deadline.

    Raises:
        NotFound, DeadlinePassed: as for a change.
    """
    _, entry = await _open_entry(session, actor, hackathon_id, entry_id)
    entry.withdrawn_at, entry.submitted_at, entry.members = now(), None, []
    entry.version += 1
    await session.flush()


async def _hand_in(session: AsyncSession, row: Hackathon, entry: HackathonEntry) -> None:
    if now() < row.starts_at:
        raise NotYetBegun
    if not entry.title or not entry.summary:
        raise EntryIncomplete
    card = await teams.card(session, entry.team_id, lock=True)
    _require_size(row, card)
    await _refuse_twice(session, row, card, own=entry)  # people come into teams after sign-up
    entry.submitted_at, entry.members = now(), sorted(str(one) for one in card.account_ids)


def _require_size(row: Hackathon, card: TeamCard) -> None:
    if len(card.members) < row.team_least:
        raise TeamTooSmall(least=row.team_least)
    if len(card.members) > row.team_most:
        raise TeamTooLarge(most=row.team_most)


async def _refuse_twice(
    session: AsyncSession, row: Hackathon, card: TeamCard, *, own: HackathonEntry | None = None
) -> None:
    """Returns when nobody of the team takes part with another, or judges; ``own`` is the team's entry."""
    entries = await queries.entries(session, row.id)
    others = [one for one in entries if one.withdrawn_at is None and one is not own]
    if any(one.team_id == card.id for one in others):
        raise AlreadyIn
    taking = await teams.cards(session, [one.team_id for one in others])
    judging = {
        judge.account_id
        for judge in await queries.judges(session, row.id)
        if judge.state in {"asked", "accepted"}
    }
    if judging & card.account_ids:
        raise JudgesHere
    if any(other.account_ids & card.account_ids for other in taking.values()):
        raise AlreadyIn


async def _own(session: AsyncSession, actor: Actor, row: Hackathon) -> list[HackathonEntry]:
    own = await teams.own_teams(session, actor)
    return list(await queries.entries_of_teams(session, row.id, [team.id for team in own]))


async def _open_entry(
    session: AsyncSession, actor: Actor, hackathon_id: UUID, entry_id: UUID
) -> tuple[Hackathon, HackathonEntry]:
    row = await reading.found(session, actor, hackathon_id)
    entry = next((one for one in await _own(session, actor, row) if one.id == entry_id), None)
    if entry is None:
        raise NotFound
    if reading.phase(row) not in {Phase.ANNOUNCED, Phase.RUNNING}:
        raise DeadlinePassed(when=row.ends_at.strftime("%Y-%m-%d %H:%M UTC"))
    return row, entry
