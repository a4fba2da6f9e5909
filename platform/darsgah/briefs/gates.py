"""Gates: labs that who applies must have passed, and how far somebody is: asked anew, never kept."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.briefs import queries
from darsgah.briefs.content import Gate, GateRule
from darsgah.briefs.schemas import GateView
from darsgah.catalog import service as catalog
from darsgah.enrolments import service as enrolments
from darsgah.grades.shares import best_shares

CLOSE_ENOUGH = 1e-9
"""Shares are quotients of points: this much less is the same."""


async def gate_views(
    session: AsyncSession, actor: Actor, brief_ids: Collection[UUID]
) -> dict[UUID, tuple[GateView, ...]]:
    """The gates of some briefs, with what the actor has reached and where the lab is in their courses."""
    rows = await queries.gates(session, brief_ids)
    lab_ids = {gate.lab_id for gates in rows.values() for gate in gates}
    labs = await catalog.newest_of_labs(session, lab_ids)
    reached = await best_shares(session, [actor.account_id], lab_ids)
    links = await _links(session, actor, lab_ids) if lab_ids else {}
    views = {}
    for brief_id, gates in rows.items():
        views[brief_id] = tuple(
            GateView(
                lab_id=gate.lab_id,
                title=labs[gate.lab_id].title,
                title_ur=labs[gate.lab_id].title_ur,
                share=gate.share,
                reached=reached.get((actor.account_id, gate.lab_id)),
                met=is_met(gate.share, reached.get((actor.account_id, gate.lab_id))),
                link=links.get(gate.lab_id),
            )
            for gate in gates
        )
    return views


async def missing(
    session: AsyncSession, brief_id: UUID, account_ids: Collection[UUID]
) -> dict[UUID, frozenset[UUID]]:
    """The labs whose gates each of these people has not passed yet, by account; empty for who meets all."""
    gates = (await queries.gates(session, [brief_id])).get(brief_id, [])
    reached = await best_shares(session, account_ids, {gate.lab_id for gate in gates})
    return {
        account_id: frozenset(
            gate.lab_id for gate in gates if not is_met(gate.share, reached.get((account_id, gate.lab_id)))
        )
        for account_id in account_ids
    }


def passes(rule: GateRule, lacking: Mapping[UUID, frozenset[UUID]]) -> bool:
    """Whether a team passes, by what each of it lacks: each person all gates, or each gate one person."""
    if not lacking:
        return False
    if rule is GateRule.ALL:
        return not any(lacking.values())
    return not frozenset.intersection(*lacking.values())


def is_met(share: float, reached: float | None) -> bool:
    """Whether what was reached is as much as is asked for."""
    return reached is not None and reached >= share - CLOSE_ENOUGH


async def unknown_labs(session: AsyncSession, hub_id: UUID, gates: Collection[Gate]) -> set[UUID]:
    """The labs of these gates that neither the network nor the hub has."""
    wanted = {gate.lab_id for gate in gates}
    if not wanted:
        return set()
    return wanted - {view.lab_id for view in await catalog.labs_for_hub(session, hub_id)}


async def _links(session: AsyncSession, actor: Actor, lab_ids: Collection[UUID]) -> dict[UUID, str]:
    """Where a learner does each lab; their newest course first."""
    if not actor.holds(Role.LEARNER):
        return {}
    cohorts = await enrolments.learning_cohorts(session, actor)
    found: dict[UUID, str] = {}
    for view in await enrolments.assignments_of(session, [cohort.id for cohort in cohorts]):
        if view.lab.lab_id in lab_ids:
            found[view.lab.lab_id] = f"/assignments/{view.id}"
    return found
