"""Which labs give evidence for units, and how far people are with them: asked anew each time, never kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import LabVersionView
from darsgah.credentials import service as credentials
from darsgah.enrolments.hub_learners import lab_links
from darsgah.grades.shares import best_shares, is_met
from darsgah.units import queries
from darsgah.units.models import UnitAssessment
from darsgah.units.queries import Row
from darsgah.units.schemas import LabEvidence, Outcome, State


@dataclass(frozen=True, slots=True)
class Needed:
    """A lab and the share of its points that a unit asks for; ``named``: the lab names the unit itself."""

    lab_id: UUID
    share: float
    named: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of some people and units at one moment.

    Attributes:
        needed: by unit.
        labs: the newest version of each lab.
        reached: the best share, by account and lab.
        newest: the assessment that counts, by account and unit.
        counting: the credentials of those that are not revoked.
        links: where the reader does each lab.
    """

    needed: Mapping[UUID, Sequence[Needed]]
    labs: Mapping[UUID, LabVersionView]
    reached: Mapping[tuple[UUID, UUID], float]
    newest: Mapping[tuple[UUID, UUID], UnitAssessment]
    counting: frozenset[UUID]
    links: Mapping[UUID, str]

    def of(self, account_id: UUID, unit_id: UUID) -> tuple[LabEvidence, ...]:
        """How far somebody is with each lab of a unit."""
        return tuple(
            LabEvidence(
                lab_id=one.lab_id,
                title=self.labs[one.lab_id].title,
                title_ur=self.labs[one.lab_id].title_ur,
                share=one.share,
                reached=self.reached.get((account_id, one.lab_id)),
                passed=is_met(one.share, self.reached.get((account_id, one.lab_id))),
                named=one.named,
                link=self.links.get(one.lab_id),
            )
            for one in self.needed.get(unit_id, ())
            if one.lab_id in self.labs
        )

    def holds(self, account_id: UUID, unit_id: UUID) -> bool:
        """Whether somebody was found competent, and the credential of it counts."""
        last = self.newest.get((account_id, unit_id))
        return last is not None and last.credential_id in self.counting

    def state(self, account_id: UUID, unit_id: UUID) -> State:
        """How somebody stands; who has no lab to pass waits for nobody."""
        if self.holds(account_id, unit_id):
            return State.HELD
        if (account_id, unit_id) in self.newest:
            return State.NOT_YET
        labs = self.of(account_id, unit_id)
        return State.READY if labs and all(lab.passed for lab in labs) else State.OPEN


async def gather(
    session: AsyncSession, rows: Sequence[Row], account_ids: Collection[UUID], reader: Actor | None = None
) -> Evidence:
    """What is known of these people and units.

    Args:
        reader: whose links to the labs are wanted; None wants none.
    """
    needed = await _needed(session, rows)
    lab_ids = {one.lab_id for labs in needed.values() for one in labs}
    newest = await queries.newest(session, account_ids, [unit.id for unit, _ in rows])
    return Evidence(
        needed=needed,
        labs=await catalog.newest_of_labs(session, lab_ids) if lab_ids else {},
        reached=await best_shares(session, account_ids, lab_ids),
        newest=newest,
        counting=await _counting(session, newest.values()),
        links=await lab_links(session, reader, lab_ids) if reader else {},
    )


async def held(
    session: AsyncSession, account_ids: Collection[UUID], unit_ids: Collection[UUID] | None = None
) -> frozenset[tuple[UUID, UUID]]:
    """Who holds which of these units, or of all: pairs of account and unit."""
    if not account_ids or (unit_ids is not None and not unit_ids):
        return frozenset()
    newest = await queries.newest(session, account_ids, unit_ids)
    counting = await _counting(session, newest.values())
    return frozenset(pair for pair, row in newest.items() if row.credential_id in counting)


async def _counting(session: AsyncSession, rows: Collection[UnitAssessment]) -> frozenset[UUID]:
    awarded = {
        row.credential_id
        for row in rows
        if row.credential_id is not None and row.outcome == Outcome.COMPETENT.value
    }
    return await credentials.counting(session, awarded) if awarded else frozenset()


async def _needed(session: AsyncSession, rows: Sequence[Row]) -> dict[UUID, list[Needed]]:
    """The labs that were chosen, and those of the network that name a unit and were not."""
    chosen = await queries.labs(session, [(unit.id, text.number) for unit, text in rows])
    naming = await catalog.labs_naming(session, [unit.code for unit, _ in rows])
    found: dict[UUID, list[Needed]] = {}
    for unit, text in rows:
        named = naming.get(unit.code, ())
        own = [Needed(row.lab_id, row.share, row.lab_id in named) for row in chosen.get(unit.id, ())]
        others = set(named) - {one.lab_id for one in own}
        found[unit.id] = own + [Needed(lab_id, text.share, named=True) for lab_id in sorted(others)]
    return found
