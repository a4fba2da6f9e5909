"""What people are shown of hackathons, and what every act begins with: find one, see where it stands."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.db.columns import now
from darsgah.errors import NotFound
from darsgah.hackathons import queries
from darsgah.hackathons.errors import NotInThisPhase
from darsgah.hackathons.models import Hackathon, HackathonEntry, HackathonJudgement, HackathonTrack
from darsgah.hackathons.schemas import (
    Criterion,
    EntryResult,
    EntryView,
    HackathonCard,
    HackathonsPage,
    HackathonView,
    JudgeView,
    OrganisingView,
    Phase,
    PlaceView,
    TrackResults,
    TrackView,
)
from darsgah.hubs import service as hubs
from darsgah.teams import service as teams
from darsgah.teams.schemas import TeamCard

PAGE = 30


def phase(row: Hackathon) -> Phase:
    """Where a hackathon stands now."""
    moment = now()
    if row.state != "published":
        return Phase(row.state)
    if row.results_at is not None:
        return Phase.RESULTS
    if moment >= row.ends_at:
        return Phase.JUDGING
    return Phase.RUNNING if moment >= row.starts_at else Phase.ANNOUNCED


async def found(
    session: AsyncSession, actor: Actor | None, hackathon_id: UUID, *phases: Phase, lock: bool = True
) -> Hackathon:
    """A hackathon that somebody may see, locked for a change unless said otherwise.

    Args:
        phases: those in which it can be done; any when none is given.

    Raises:
        NotFound: there is none for them.
        NotInThisPhase: it stands elsewhere.
    """
    row = await queries.visible(session, actor, hackathon_id, lock=lock)
    if row is None:
        raise NotFound
    if phases and phase(row) not in phases:
        raise NotInThisPhase
    return row


async def organised(
    session: AsyncSession, actor: Actor, hackathon_id: UUID, *phases: Phase, lock: bool = True
) -> Hackathon:
    """The same of one that somebody runs.

    Raises:
        NotFound, NotInThisPhase: as there; a hackathon that others run is answered like none.
    """
    row = await found(session, actor, hackathon_id, lock=lock)
    if not queries.organises(actor, row):
        raise NotFound
    if phases and phase(row) not in phases:
        raise NotInThisPhase
    return row


async def hackathons(session: AsyncSession, actor: Actor | None, after: UUID | None = None) -> HackathonsPage:
    """Those that somebody may see, the latest first, ``PAGE`` at a time."""
    rows = await queries.page(session, actor, after, PAGE + 1)
    shown = rows[:PAGE]
    ids = [row.id for row in shown]
    counts = await queries.entries_by_track(session, ids)
    taking: dict[UUID, int] = dict.fromkeys(ids, 0)
    for track in await queries.tracks(session, ids):
        taking[track.hackathon_id] += counts.get(track.id, 0)
    places = await hubs.hubs_by_id(session, {row.hub_id for row in shown if row.hub_id})
    cards = tuple(
        HackathonCard(
            id=row.id,
            hub=places.get(row.hub_id) if row.hub_id else None,
            name=row.name,
            name_ur=row.name_ur,
            phase=phase(row),
            sign_up_until=row.sign_up_until,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            teams=taking[row.id],
        )
        for row in shown
    )
    return HackathonsPage(cards, shown[-1].id if len(rows) > PAGE else None)


async def view(session: AsyncSession, actor: Actor | None, hackathon_id: UUID) -> HackathonView:
    """One hackathon, with its results when they are published.

    Raises:
        NotFound: there is none that the actor may see.
    """
    row = await found(session, actor, hackathon_id, lock=False)
    place = await hubs.hubs_by_id(session, [row.hub_id] if row.hub_id else [])
    shown = await tracks(session, row)
    judging = await queries.judgeships(session, actor.account_id, [row.id]) if actor else ()
    return HackathonView(
        id=row.id,
        hub=place.get(row.hub_id) if row.hub_id else None,
        name=row.name,
        name_ur=row.name_ur,
        about=row.about,
        rules=row.rules,
        phase=phase(row),
        now=now(),
        sign_up_until=row.sign_up_until,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        team_least=row.team_least,
        team_most=row.team_most,
        judges_each=row.judges_each,
        tracks=shown,
        criteria=criteria(row),
        cancelled_reason=row.cancelled_reason,
        results_at=row.results_at,
        results=await _results(session, row, shown) if row.results_at else (),
        version=row.version,
        organises=queries.organises(actor, row),
        judges=bool(judging),
    )


async def entry_result(
    session: AsyncSession, actor: Actor | None, hackathon_id: UUID, entry_id: UUID
) -> EntryResult:
    """What was handed in for an entry that has a place.

    Raises:
        NotFound: there is none that the actor may see, or it has no place (yet).
    """
    row = await found(session, actor, hackathon_id, lock=False)
    entry = next((one for one in await queries.entries(session, row.id) if one.id == entry_id), None)
    if entry is None or entry.place is None or row.results_at is None:
        raise NotFound
    ((track_id, place),) = await _places(session, [entry])
    return EntryResult(
        hackathon_id=row.id,
        hackathon=row.name,
        hackathon_ur=row.name_ur,
        track=next(track for track in await tracks(session, row) if track.id == track_id),
        place=place,
        summary=entry.summary,
        links=tuple(entry.links),
    )


async def tracks(session: AsyncSession, row: Hackathon) -> tuple[TrackView, ...]:
    """Its tracks, with how many teams are in each."""
    counts = await queries.entries_by_track(session, [row.id])
    return tuple(track_view(track, counts) for track in await queries.tracks(session, [row.id]))


def track_view(track: HackathonTrack, counts: dict[UUID, int]) -> TrackView:
    """A track as it is shown."""
    return TrackView(track.id, track.name, track.name_ur, counts.get(track.id, 0))


def criteria(row: Hackathon) -> tuple[Criterion, ...]:
    """What its judges mark."""
    return msgspec.convert(row.criteria, tuple[Criterion, ...])


async def organising(session: AsyncSession, actor: Actor, hackathon_id: UUID) -> OrganisingView:
    """Entries and judges, for those who run it.

    Raises:
        NotFound: the actor does not.
    """
    row = await organised(session, actor, hackathon_id, lock=False)
    judgements = await queries.judgements(session, row.id)
    entries = await entry_views(session, await queries.entries(session, row.id), judgements)
    judges = await queries.judges(session, row.id)
    names = await accounts.display_names(session, list({judge.account_id for judge in judges}))
    lacking = sum(
        one.submitted_at is not None and one.withdrawn_at is None and one.dealt < row.judges_each
        for one in entries
    )
    return OrganisingView(
        entries=entries,
        judges=tuple(
            JudgeView(
                id=judge.id,
                track_id=judge.track_id,
                name=names.get(judge.account_id, ""),
                state=judge.state,
                dealt=sum(one.judge_id == judge.id and one.conflict is None for one in judgements),
                judged=sum(one.judge_id == judge.id and counts(one) for one in judgements),
            )
            for judge in judges
        ),
        lacking=lacking,
    )


def counts(judgement: HackathonJudgement) -> bool:
    """Whether marks were given, and not given back."""
    return judgement.scored_at is not None and judgement.conflict is None


async def entry_views(
    session: AsyncSession,
    entries: Sequence[HackathonEntry],
    judgements: Sequence[HackathonJudgement] = (),
) -> tuple[EntryView, ...]:
    """Entries as their team and the organisers see them."""
    cards = await teams.cards(session, [one.team_id for one in entries])
    names = await accounts.display_names(session, list({one.rules_accepted_by for one in entries}))
    made_by = await makers(session, entries)
    return tuple(
        EntryView(
            id=one.id,
            track_id=one.track_id,
            team_id=one.team_id,
            team=cards[one.team_id].name,
            members=_makers(one, cards[one.team_id], made_by),
            title=one.title,
            summary=one.summary,
            links=tuple(one.links),
            accepted_by=names.get(one.rules_accepted_by, ""),
            accepted_at=one.rules_accepted_at,
            submitted_at=one.submitted_at,
            withdrawn_at=one.withdrawn_at,
            excluded_reason=one.excluded_reason,
            version=one.version,
            dealt=sum(other.entry_id == one.id and other.conflict is None for other in judgements),
            judged=sum(other.entry_id == one.id and counts(other) for other in judgements),
        )
        for one in entries
    )


def _makers(entry: HackathonEntry, card: TeamCard, names: Mapping[UUID, str]) -> tuple[str, ...]:
    """Who made it: those in the team when it was handed in, or those in it now."""
    if not entry.members:
        return tuple(member.display_name for member in card.members)
    return tuple(names[UUID(member)] for member in entry.members if UUID(member) in names)


async def makers(session: AsyncSession, entries: Collection[HackathonEntry]) -> dict[UUID, str]:
    """Who made those entries, with their names."""
    ids = [UUID(member) for one in entries for member in one.members]
    return await accounts.display_names(session, list(dict.fromkeys(ids)))


async def ranked_makers(session: AsyncSession, hackathon_id: UUID) -> dict[UUID, list[UUID]]:
    """Who made each ranked entry of a hackathon."""
    entries = await queries.entries(session, hackathon_id)
    return {one.id: [UUID(member) for member in one.members] for one in entries if one.place is not None}


async def _results(
    session: AsyncSession, row: Hackathon, shown: tuple[TrackView, ...]
) -> tuple[TrackResults, ...]:
    entries = [one for one in await queries.entries(session, row.id) if one.place is not None]
    places = await _places(session, sorted(entries, key=lambda entry: (entry.place or 0, entry.id)))
    return tuple(
        TrackResults(track, tuple(place for of, place in places if of == track.id)) for track in shown
    )


async def _places(session: AsyncSession, entries: Sequence[HackathonEntry]) -> list[tuple[UUID, PlaceView]]:
    """Lines of the results, each with the id of its track."""
    cards = await teams.cards(session, [one.team_id for one in entries])
    names = await makers(session, entries)
    return [
        (
            one.track_id,
            PlaceView(
                entry_id=one.id,
                place=one.place or 0,
                team=cards[one.team_id].name,
                members=_makers(one, cards[one.team_id], names),
                title=one.title,
                score=one.score or 0.0,
                mean=one.mean or 0.0,
                judges=one.judges,
            ),
        )
        for one in entries
    ]
