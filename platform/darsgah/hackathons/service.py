"""What organisers do: set a hackathon up, publish it, ask judges, deal entries, publish results, call it off.

Every act locks the hackathon first, so that two organisers act one after the other.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.db.columns import now
from darsgah.errors import Forbidden, MalformedInput, NotFound
from darsgah.hackathons import queries, reading
from darsgah.hackathons.errors import (
    Competing,
    HackathonChanged,
    NoSuchAccount,
    NothingToRank,
    NotInThisPhase,
    ScoresMissing,
)
from darsgah.hackathons.judging import Score, deal, worths
from darsgah.hackathons.models import (
    Hackathon,
    HackathonEntry,
    HackathonJudge,
    HackathonJudgement,
    HackathonTrack,
)
from darsgah.hackathons.schemas import (
    Dealt,
    HackathonChange,
    HackathonPlan,
    HackathonView,
    JudgeRequest,
    JudgeView,
    Phase,
)
from darsgah.jobs.queue import JobKind, enqueue
from darsgah.notices import service as notices
from darsgah.teams import service as teams
from darsgah.ui.language import Message

AWARD: Final = JobKind("hackathons.award")
FIXED: Final = ("hub_id", "team_least", "team_most")
"""What stays once it is published, beside tracks and criteria."""
NEEDED: Final = ("name", "about", "rules")
MOMENTS: Final = ("sign_up_until", "starts_at", "ends_at")
FURTHEST, LONGEST = timedelta(days=2 * 366), timedelta(days=92)
"""How far from today its moments lie, and how long it runs, at most."""


async def create(session: AsyncSession, actor: Actor, plan: HackathonPlan) -> HackathonView:
    """A draft, which its organisers alone see.

    Raises:
        Forbidden: the actor runs no such hub, or not the network.
        MalformedInput: times or sizes that do not fit together.
    """
    may = plan.hub_id in actor.hubs(Role.HUB_ADMIN) if plan.hub_id else False
    if not (may or actor.holds(Role.NETWORK_ADMIN)):
        raise Forbidden
    _check(plan)
    row = Hackathon(**_columns(plan), created_by=actor.account_id)
    session.add(row)
    await session.flush()
    _add_tracks(session, row, plan)
    await session.flush()
    return await reading.view(session, actor, row.id)


async def change(
    session: AsyncSession, actor: Actor, hackathon_id: UUID, wanted: HackathonChange
) -> HackathonView:
    """Change what may still change; teams that take part are told.

    Raises:
        NotFound, HackathonChanged, MalformedInput, NotInThisPhase: as they say.
    """
    phases = (Phase.DRAFT, Phase.ANNOUNCED, Phase.RUNNING)
    row = await reading.organised(session, actor, hackathon_id, *phases)
    if wanted.version != row.version:
        raise HackathonChanged(version=row.version)
    _check(wanted)
    present = await queries.tracks(session, [row.id])
    if row.state == "draft":
        if wanted.hub_id != row.hub_id:
            raise MalformedInput(fields={"hub_id": Message("This stays as it is.")})
        for track in present:
            await session.delete(track)
        await session.flush()
        _add_tracks(session, row, wanted)
    else:
        _require_fixed(row, present, wanted)
    for name, value in _columns(wanted).items():
        setattr(row, name, value)
    row.version += 1
    await session.flush()
    if row.state == "published":
        await _tell_teams(session, row, "hackathon_changed")
    return await reading.view(session, actor, row.id)


async def publish(session: AsyncSession, actor: Actor, hackathon_id: UUID) -> HackathonView:
    """Show it to everybody and take teams.

    Raises:
        NotFound, NotInThisPhase: as they say.
        MalformedInput: it would be over already.
    """
    row = await reading.organised(session, actor, hackathon_id, Phase.DRAFT)
    if row.sign_up_until <= now():
        raise MalformedInput(fields={"sign_up_until": Message("This is over already.")})
    row.state, row.published_at = "published", now()
    row.version += 1
    await session.flush()
    return await reading.view(session, actor, row.id)


async def cancel(session: AsyncSession, actor: Actor, hackathon_id: UUID, reason: str) -> HackathonView:
    """Call it off; teams are told why.

    Raises:
        NotFound, NotInThisPhase: as they say; one with results cannot be called off.
    """
    phases = (Phase.DRAFT, Phase.ANNOUNCED, Phase.RUNNING, Phase.JUDGING)
    row = await reading.organised(session, actor, hackathon_id, *phases)
    row.state, row.cancelled_reason = "cancelled", reason.strip()
    row.version += 1
    await session.flush()
    await _tell_teams(session, row, "hackathon_cancelled", reason=row.cancelled_reason)
    return await reading.view(session, actor, row.id)


async def exclude(
    session: AsyncSession, actor: Actor, hackathon_id: UUID, entry_id: UUID, reason: str
) -> None:
    """Leave an entry out, for a reason that its team is told.

    Raises:
        NotFound, NotInThisPhase: as they say.
    """
    phases = (Phase.ANNOUNCED, Phase.RUNNING, Phase.JUDGING)
    row = await reading.organised(session, actor, hackathon_id, *phases)
    entry = await queries.entry(session, row.id, entry_id)
    if entry is None or entry.withdrawn_at is not None:
        raise NotFound
    entry.withdrawn_at, entry.excluded_reason = now(), reason.strip()
    await session.flush()
    card = await teams.card(session, entry.team_id)
    told = {"hackathon": row.name, "reason": entry.excluded_reason}
    await notices.tell(session, card.account_ids, "hackathon_excluded", told, _link(row))


async def ask_judge(
    session: AsyncSession, actor: Actor, hackathon_id: UUID, wanted: JudgeRequest
) -> tuple[JudgeView, ...]:
    """Ask somebody to judge a track; asking again whoever declined or was taken out is possible.

    Raises:
        NotFound, NotInThisPhase, MalformedInput: as they say.
        NoSuchAccount: nobody has that address.
        Competing: they take part.
    """
    phases = (Phase.DRAFT, Phase.ANNOUNCED, Phase.RUNNING, Phase.JUDGING)
    row = await reading.organised(session, actor, hackathon_id, *phases)
    if wanted.track_id not in {track.id for track in await queries.tracks(session, [row.id])}:
        raise MalformedInput(fields={"track_id": Message("This is not one of the choices.")})
    account = await accounts.account_named(session, wanted.email)
    if account is None:
        raise NoSuchAccount
    entries = [one for one in await queries.entries(session, row.id) if one.withdrawn_at is None]
    cards = await teams.cards(session, [one.team_id for one in entries])
    makers = {UUID(one) for entry in entries for one in entry.members}
    if account.id in makers.union(*(card.account_ids for card in cards.values())):
        raise Competing
    judges = await queries.judges(session, row.id)
    asked = next(
        (one for one in judges if (one.track_id, one.account_id) == (wanted.track_id, account.id)), None
    )
    if asked is None:
        asked = HackathonJudge(
            hackathon_id=row.id, track_id=wanted.track_id, account_id=account.id, asked_by=actor.account_id
        )
        session.add(asked)
    elif asked.state in {"declined", "removed"}:
        asked.state, asked.asked_by, asked.asked_at = "asked", actor.account_id, now()
    await session.flush()
    told = {"person": actor.display_name, "hackathon": row.name}
    await notices.tell(session, [account.id], "hackathon_judge_asked", told, f"{_link(row)}/judging")
    return (await reading.organising(session, actor, row.id)).judges


async def take_out_judge(session: AsyncSession, actor: Actor, hackathon_id: UUID, judge_id: UUID) -> None:
    """Have somebody judge no more. Marks they gave no longer count, and their entries can be dealt again.

    Raises:
        NotFound, NotInThisPhase: as they say.
    """
    phases = (Phase.DRAFT, Phase.ANNOUNCED, Phase.RUNNING, Phase.JUDGING)
    row = await reading.organised(session, actor, hackathon_id, *phases)
    judge = await queries.judge(session, judge_id)
    if judge is None or judge.hackathon_id != row.id:
        raise NotFound
    judge.state = "removed"
    for judgement in await queries.judgements(session, row.id):
        if judgement.judge_id == judge.id and judgement.conflict is None:
            judgement.conflict = "removed"
    await session.flush()


async def deal_entries(session: AsyncSession, actor: Actor, hackathon_id: UUID) -> Dealt:
    """Give every entry that was handed in to as many judges of its track as it lacks; others stay as dealt.

    Raises:
        NotFound: the actor does not organise it.
        NotInThisPhase: the deadline is not over, or results are out.
    """
    row = await reading.organised(session, actor, hackathon_id, Phase.JUDGING)
    entries = list(await _handed_in(session, row))
    judges = [one for one in await queries.judges(session, row.id) if one.state == "accepted"]
    judgements = await queries.judgements(session, row.id)
    barred = {(one.entry_id, one.judge_id) for one in judgements if one.conflict is not None}
    standing = [(one.entry_id, one.judge_id) for one in judgements if one.conflict is None]
    makers = {entry.id: {UUID(one) for one in entry.members} for entry in entries}
    accounts_of = {judge.id: judge.account_id for judge in judges}

    def may(entry: UUID, judge: UUID) -> bool:
        return (entry, judge) not in barred and accounts_of[judge] not in makers[entry]

    added, lacking = 0, 0
    for track in await queries.tracks(session, [row.id]):
        pairs, short = deal(
            [entry.id for entry in entries if entry.track_id == track.id],
            [judge.id for judge in judges if judge.track_id == track.id],
            each=row.judges_each,
            may=may,
            dealt=standing,
        )
        session.add_all(HackathonJudgement(entry_id=entry, judge_id=judge) for entry, judge in pairs)
        added, lacking = added + len(pairs), lacking + len(short)
    await session.flush()
    if added:
        told = {"hackathon": row.name}
        who = {judge.account_id for judge in judges}
        await notices.tell(session, who, "hackathon_entries_dealt", told, f"{_link(row)}/judging")
    return Dealt(added, lacking)


async def publish_results(session: AsyncSession, actor: Actor, hackathon_id: UUID) -> HackathonView:
    """Rank every track and show all results at one moment; those who took part are told, and awarded.

    Raises:
        NotFound, NotInThisPhase: as they say.
        NothingToRank: nobody handed anything in.
        ScoresMissing: an entry has too few judges' marks.
    """
    row = await reading.organised(session, actor, hackathon_id, Phase.JUDGING)
    entries = {one.id: one for one in await _handed_in(session, row)}
    if not entries:
        raise NothingToRank
    judgements = [one for one in await queries.judgements(session, row.id) if reading.counts(one)]
    short = [entry for entry in entries if sum(one.entry_id == entry for one in judgements) < row.judges_each]
    if short:
        raise ScoresMissing(count=len(short))
    weights = [one.weight for one in reading.criteria(row)]
    for track in {entry.track_id for entry in entries.values()}:
        scores = [
            Score(one.entry_id, one.judge_id, _score(one, weights))
            for one in judgements
            if one.entry_id in entries and entries[one.entry_id].track_id == track
        ]
        for worth in worths(scores):
            entry = entries[worth.entry_id]
            entry.place, entry.score = worth.place, worth.value
            entry.mean, entry.judges = worth.mean, worth.judges
    row.results_at = now()
    row.version += 1
    await session.flush()
    await enqueue(session, AWARD, hackathon_id=str(row.id))
    await _tell_teams(session, row, "hackathon_results")
    return await reading.view(session, actor, row.id)


def _score(judgement: HackathonJudgement, weights: list[int]) -> float:
    """The mean of a judge's marks by weight; marks are kept by the criterion's number."""
    marks = judgement.marks or {}
    return sum(weight * marks[str(number)] for number, weight in enumerate(weights)) / sum(weights)


async def _handed_in(session: AsyncSession, row: Hackathon) -> list[HackathonEntry]:
    return [
        one
        for one in await queries.entries(session, row.id)
        if one.submitted_at is not None and one.withdrawn_at is None
    ]


async def _tell_teams(session: AsyncSession, row: Hackathon, kind: str, **values: str) -> None:
    """Tell whoever takes part."""
    entries = [one for one in await queries.entries(session, row.id) if one.withdrawn_at is None]
    cards = await teams.cards(session, [one.team_id for one in entries])
    who: set[UUID] = {UUID(one) for entry in entries for one in entry.members}
    who = who.union(*(card.account_ids for card in cards.values()))
    await notices.tell(session, who, kind, {"hackathon": row.name} | values, _link(row))


def _link(row: Hackathon) -> str:
    return f"/hackathons/{row.id}"


def _columns(plan: HackathonPlan) -> dict[str, Any]:
    return {
        "hub_id": plan.hub_id,
        "name": plan.name.strip(),
        "name_ur": plan.name_ur.strip(),
        "about": plan.about.strip(),
        "rules": plan.rules.strip(),
        "sign_up_until": plan.sign_up_until,
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
        "team_least": plan.team_least,
        "team_most": plan.team_most,
        "judges_each": plan.judges_each,
        "criteria": msgspec.to_builtins(plan.criteria),
    }


def _add_tracks(session: AsyncSession, row: Hackathon, plan: HackathonPlan) -> None:
    session.add_all(
        HackathonTrack(
            hackathon_id=row.id, position=number, name=track.name.strip(), name_ur=track.name_ur.strip()
        )
        for number, track in enumerate(plan.tracks)
    )


def _check(plan: HackathonPlan) -> None:
    """See that times carry a zone and follow each other, and that names and sizes fit.

    Raises:
        MalformedInput: names the fields at fault.
    """
    needed = {name: Message("This is needed.") for name in NEEDED if not getattr(plan, name).strip()}
    fields = needed | _wrong_times(plan)
    for name, named in (("tracks", plan.tracks), ("criteria", plan.criteria)):
        if any("|" in one.name + one.name_ur for one in named):
            fields[name] = Message("Write it without |, which stands between the parts.")
    if plan.team_most < plan.team_least:
        fields["team_most"] = Message("This is less than the least.")
    if fields:
        raise MalformedInput(fields=fields)


def _wrong_times(plan: HackathonPlan) -> dict[str, Message]:
    """What is wrong with the times, by field."""
    zoneless = [name for name in MOMENTS if getattr(plan, name).tzinfo is None]
    if zoneless:
        return {name: Message("Give a time with its zone.") for name in zoneless}
    far = [name for name in MOMENTS if abs(getattr(plan, name) - now()) > FURTHEST]
    if far:
        return {name: Message("Choose a time within two years.") for name in far}
    fields = {}
    if plan.ends_at <= plan.starts_at:
        fields["ends_at"] = Message("This lies before the start.")
    elif plan.ends_at - plan.starts_at > LONGEST:
        fields["ends_at"] = Message("A hackathon lasts {count} days at most.", count=LONGEST.days)
    elif plan.sign_up_until > plan.ends_at:
        fields["sign_up_until"] = Message("This lies after the end.")
    return fields


def _require_fixed(row: Hackathon, present: Any, wanted: HackathonChange) -> None:  # noqa: ANN401 # rows
    """See that what teams signed up to stays.

    Raises:
        NotInThisPhase: it would not.
    """
    same = all(getattr(row, name) == getattr(wanted, name) for name in FIXED)
    same = same and [track.name for track in present] == [track.name.strip() for track in wanted.tracks]
    same = same and row.criteria == msgspec.to_builtins(wanted.criteria)
    if not same:
        raise NotInThisPhase(
            "Teams can sign up already: hub, tracks, criteria and the size of teams stay as they are."
        )
    if wanted.ends_at < row.ends_at:
        raise MalformedInput(fields={"ends_at": Message("The deadline can only be put off.")})
