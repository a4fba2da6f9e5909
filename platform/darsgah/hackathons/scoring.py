"""What judges do: answer, mark the entries that they were dealt, give one back that they should not judge."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.hackathons import queries, reading
from darsgah.hackathons.errors import JudgingOver, NotInThisPhase
from darsgah.hackathons.models import Hackathon, HackathonEntry, HackathonJudgement
from darsgah.hackathons.schemas import (
    JudgementView,
    Judgeship,
    JudgingView,
    Marks,
    Phase,
)
from darsgah.teams import service as teams
from darsgah.ui.language import Message


async def answer(
    session: AsyncSession, actor: Actor, hackathon_id: UUID, judge_id: UUID, *, accept: bool
) -> None:
    """Say whether one judges a track.

    Raises:
        NotFound: one was not asked.
        NotInThisPhase: it is over.
    """
    row = await reading.found(session, actor, hackathon_id)
    if reading.phase(row) in {Phase.RESULTS, Phase.CANCELLED}:
        raise NotInThisPhase
    judge = await queries.judge(session, judge_id)
    asked = judge is not None and judge.account_id == actor.account_id and judge.hackathon_id == row.id
    if judge is None or not asked or judge.state not in {"asked", "accepted"}:
        raise NotFound
    judge.state = "accepted" if accept else "declined"
    if not accept:
        for judgement in await queries.judgements(session, row.id):
            if judgement.judge_id == judge.id and judgement.scored_at is None:
                judgement.conflict = judgement.conflict or "declined"
    await session.flush()


async def judging(session: AsyncSession, actor: Actor, hackathon_id: UUID) -> JudgingView:
    """What the actor has to judge.

    Raises:
        NotFound: there is no such hackathon, or they were not asked to judge it.
    """
    row = await reading.found(session, actor, hackathon_id, lock=False)
    held = await queries.judgeships(session, actor.account_id, [row.id])
    if not held:
        raise NotFound
    tracks = {track.id: track for track in await reading.tracks(session, row)}
    rows = await queries.own_judgements(session, actor.account_id, row.id)
    return JudgingView(
        tuple(Judgeship(one.id, tracks[one.track_id], one.state) for one in held),
        await _views(session, rows, len(reading.criteria(row))),
    )


async def mark(
    session: AsyncSession, actor: Actor, hackathon_id: UUID, judgement_id: UUID, wanted: Marks
) -> JudgementView:
    """Give marks, or others than before; until results are published they may change.

    Raises:
        NotFound: nothing that the actor was dealt.
        JudgingOver: results are published.
        MalformedInput: not one mark for each criterion.
    """
    row, judgement, entry = await _open(session, actor, hackathon_id, judgement_id)
    criteria = reading.criteria(row)
    if len(wanted.marks) != len(criteria):
        raise MalformedInput(fields={"marks": Message("Give one mark for each criterion.")})
    judgement.marks = {str(number): mark for number, mark in enumerate(wanted.marks)}
    judgement.note, judgement.scored_at, judgement.conflict = wanted.note.strip(), now(), None
    await session.flush()
    return (await _views(session, [(judgement, entry)], len(criteria)))[0]


async def give_back(
    session: AsyncSession, actor: Actor, hackathon_id: UUID, judgement_id: UUID, reason: str
) -> None:
    """Say that one should not judge an entry; organisers deal it to somebody else.

    Raises:
        NotFound, JudgingOver: as for marks.
    """
    _, judgement, _ = await _open(session, actor, hackathon_id, judgement_id)
    judgement.conflict = reason.strip()
    await session.flush()


async def _open(
    session: AsyncSession, actor: Actor, hackathon_id: UUID, judgement_id: UUID
) -> tuple[Hackathon, HackathonJudgement, HackathonEntry]:
    row = await reading.found(session, actor, hackathon_id)
    dealt = await queries.own_judgement(session, actor.account_id, judgement_id)
    if dealt is None or dealt[1].hackathon_id != row.id:
        raise NotFound
    if reading.phase(row) is not Phase.JUDGING:
        raise JudgingOver
    return row, *dealt


async def _views(
    session: AsyncSession, rows: Sequence[tuple[HackathonJudgement, HackathonEntry]], criteria: int
) -> tuple[JudgementView, ...]:
    cards = await teams.cards(session, [entry.team_id for _, entry in rows])
    return tuple(
        JudgementView(
            id=judgement.id,
            track_id=entry.track_id,
            team=cards[entry.team_id].name,
            title=entry.title,
            summary=entry.summary,
            links=tuple(entry.links),
            marks=tuple(judgement.marks[str(one)] for one in range(criteria)) if judgement.marks else None,
            note=judgement.note,
            scored_at=judgement.scored_at,
            conflict=judgement.conflict,
        )
        for judgement, entry in rows
    )
