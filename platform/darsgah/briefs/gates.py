"""Gates: what who applies must have, and how far somebody is: asked anew, never kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.briefs import queries
from darsgah.briefs.content import Gate, GateRule
from darsgah.briefs.schemas import GateView
from darsgah.catalog import service as catalog
from darsgah.enrolments.hub_learners import lab_links
from darsgah.grades.shares import best_shares, is_met
from darsgah.units import service as units


@dataclass(frozen=True, slots=True)
class Subject:
    """What a gate asks for: a lab, or a unit, which has a page under its code."""

    title: str
    title_ur: str
    unit_code: str = ""


async def subjects(session: AsyncSession, gates: Collection[Gate]) -> dict[UUID, Subject]:
    """The labs and units of these gates, by id; units that are retired too."""
    labs = await catalog.newest_of_labs(session, _labs(gates))
    found = {lab_id: Subject(view.title, view.title_ur) for lab_id, view in labs.items()}
    for unit_id, unit in (await units.titles(session, _units(gates))).items():
        found[unit_id] = Subject(unit.title, unit.title_ur, unit.code)
    return found


async def reached(
    session: AsyncSession, account_ids: Collection[UUID], gates: Collection[Gate]
) -> dict[tuple[UUID, UUID], float]:
    """How far each person is, by account and subject: the best share of a lab, 1 for a unit that they hold.

    Who has no grade in a lab, or does not hold a unit, is left out.
    """
    found = await best_shares(session, account_ids, _labs(gates))
    held = await units.held(session, account_ids, _units(gates))
    return found | dict.fromkeys(held, 1.0)


async def gate_views(
    session: AsyncSession, actor: Actor, brief_ids: Collection[UUID]
) -> dict[UUID, tuple[GateView, ...]]:
    """The gates of some briefs, with what the actor has reached and where they go on with each."""
    rows = await queries.gates(session, brief_ids)
    every = {gate for gates in rows.values() for gate in gates}
    named = await subjects(session, every)
    found = await reached(session, [actor.account_id], every)
    links = await lab_links(session, actor, _labs(every))
    links |= {key: f"/units/{one.unit_code}" for key, one in named.items() if one.unit_code}
    return {
        brief_id: tuple(
            GateView(
                lab_id=gate.lab_id,
                unit_id=gate.unit_id,
                title=named[gate.subject_id].title,
                title_ur=named[gate.subject_id].title_ur,
                share=gate.share,
                reached=found.get((actor.account_id, gate.subject_id)),
                met=is_met(gate.share, found.get((actor.account_id, gate.subject_id))),
                link=links.get(gate.subject_id),
            )
            for gate in gates
        )
        for brief_id, gates in rows.items()
    }


async def missing(
    session: AsyncSession, brief_id: UUID, account_ids: Collection[UUID]
) -> dict[UUID, frozenset[UUID]]:
    """The labs and units that each of these people lacks, by account; empty for who meets all gates."""
    gates = (await queries.gates(session, [brief_id])).get(brief_id, ())
    found = await reached(session, account_ids, gates)
    return {
        account_id: frozenset(
            gate.subject_id
            for gate in gates
            if not is_met(gate.share, found.get((account_id, gate.subject_id)))
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


async def unknown(session: AsyncSession, hub_id: UUID, gates: Collection[Gate]) -> set[UUID]:
    """The labs of these gates that neither the network nor the hub has, and units that are no more."""
    labs, wanted = _labs(gates), _units(gates)
    known = {view.lab_id for view in await catalog.labs_for_hub(session, hub_id)} if labs else set()
    open_units = {unit.id for unit in (await units.titles(session, wanted)).values() if not unit.retired}
    return (labs - known) | (wanted - open_units)


def _labs(gates: Collection[Gate]) -> set[UUID]:
    return {gate.lab_id for gate in gates if gate.lab_id is not None}


def _units(gates: Collection[Gate]) -> set[UUID]:
    return {gate.unit_id for gate in gates if gate.unit_id is not None}
