"""What the slices above know of a brief that teams come to: when, how many, which gates, and who decides."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.briefs import queries
from darsgah.briefs.content import Gate, GateRule, Mode
from darsgah.briefs.errors import NotYours
from darsgah.briefs.lifecycle import OPEN, Stage, Who
from darsgah.briefs.models import Brief
from darsgah.briefs.parts import parts


@dataclass(frozen=True, slots=True)
class Offer:
    """A brief as something that a team may get; the caller decides who is shown what.

    Attributes:
        capacity: how many teams it takes.
        apply_until: the last day for applications, in the hub's zone; None is no last day.
        mentor_id: whom it names, whether they are verified or not.
    """

    id: UUID
    hub_id: UUID
    stage: Stage
    title: str
    title_ur: str
    mode: Mode
    capacity: int
    team_least: int
    team_most: int
    gate_rule: GateRule
    gates: tuple[Gate, ...]
    apply_until: date | None
    mentor_id: UUID | None

    @property
    def taking(self) -> bool:
        """Whether it is in a stage in which teams come to it."""
        return self.stage in OPEN

    @property
    def pending(self) -> bool:
        """Whether teams may still get it: now, or after a pause."""
        return self.taking or self.stage is Stage.PAUSED


@dataclass(frozen=True, slots=True)
class Described:
    """The skills that a brief names, and what is to be delivered in Markdown."""

    skills: tuple[str, ...]
    deliverables: str


async def offers(
    session: AsyncSession, brief_ids: Collection[UUID], *, lock: bool = False
) -> dict[UUID, Offer]:
    """Some briefs, whoever asks, by id; with ``lock`` they stay as they are until this transaction ends."""
    return await _offers(session, await queries.briefs(session, brief_ids, lock=lock))


async def described(session: AsyncSession, brief_id: UUID) -> Described:
    """What a brief asks for; the caller has seen that there is one, and decides who is shown it."""
    row = await queries.brief(session, brief_id)
    return Described(tuple(row.skills), row.deliverables) if row else Described((), "")


async def offers_of_hub(session: AsyncSession, hub_id: UUID) -> dict[UUID, Offer]:
    """The briefs of a hub that teams can be matched with now, oldest first."""
    return await _offers(session, await queries.open_of_hub(session, hub_id))


async def readable_offer(
    session: AsyncSession, actor: Actor, team_ids: Collection[UUID], brief_id: UUID
) -> Offer:
    """One brief that the actor may read.

    Args:
        team_ids: the actor's teams.

    Raises:
        NotYours: there is none.
    """
    row = await queries.visible(session, actor, team_ids, brief_id)
    if row is None:
        raise NotYours
    return (await _offers(session, [row]))[brief_id]


async def parts_in(session: AsyncSession, actor: Actor, brief_id: UUID) -> frozenset[Who]:
    """What the actor is to a brief; nothing where there is none."""
    row = await queries.brief(session, brief_id)
    return await parts(session, actor, row) if row else frozenset()


async def _offers(session: AsyncSession, rows: Sequence[Brief]) -> dict[UUID, Offer]:
    gates = await queries.gates(session, [row.id for row in rows])
    return {
        row.id: Offer(
            id=row.id,
            hub_id=row.hub_id,
            stage=Stage(row.stage),
            title=row.title,
            title_ur=row.title_ur,
            mode=Mode(row.mode),
            capacity=row.capacity or 1,
            team_least=row.team_least or 1,
            team_most=row.team_most or row.team_least or 1,
            gate_rule=GateRule(row.gate_rule),
            gates=gates.get(row.id, ()),
            apply_until=row.apply_until,
            mentor_id=row.mentor_id,
        )
        for row in rows
    }
