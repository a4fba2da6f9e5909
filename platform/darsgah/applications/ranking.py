"""Who applies to a brief, as its mentor and the hub's coordinators see it, and the mentor's order of them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.applications import queries
from darsgah.applications.conditions import Facts, facts, hindrances
from darsgah.applications.errors import MentorRanks, NothingToRank
from darsgah.applications.models import Application
from darsgah.applications.schemas import Applicant, ApplicantGate, Applicants, Ranking, State
from darsgah.briefs import offers
from darsgah.briefs.content import Mode
from darsgah.briefs.errors import NotYours
from darsgah.briefs.gates import Subject, subjects
from darsgah.briefs.lifecycle import Who
from darsgah.briefs.offers import Offer
from darsgah.errors import MalformedInput
from darsgah.grades.shares import is_met
from darsgah.teams import service as teams
from darsgah.teams.schemas import TeamCard
from darsgah.ui.language import Message

READERS = frozenset({Who.MENTOR, Who.COORDINATOR})


async def applicants(session: AsyncSession, actor: Actor, brief_id: UUID) -> Applicants:
    """The open applications to a brief: ranked ones first, then by the time of applying, then the refused.

    Raises:
        NotYours: the actor neither is its mentor nor coordinates it.
    """
    offer, held = await _offer(session, actor, brief_id)
    rows = await _open(session, offer)
    cards = await teams.cards(session, {row.team_id for row in rows})
    rows = [row for row in rows if not cards[row.team_id].ended]
    pairs = [(offer, cards[row.team_id]) for row in rows]
    lacking = await hindrances(session, pairs, capped=False)
    known = await facts(session, pairs)
    named = await subjects(session, offer.gates)
    return Applicants(
        brief_id=offer.id,
        title=offer.title,
        title_ur=offer.title_ur,
        mode=offer.mode,
        capacity=offer.capacity,
        may_rank=Who.MENTOR in held and _ranked(offer),
        applicants=tuple(
            Applicant(
                application_id=row.id,
                team=cards[row.team_id].name,
                solo=cards[row.team_id].solo,
                members=tuple(member.display_name for member in cards[row.team_id].members),
                statement=row.statement,
                opened_at=row.opened_at or row.created_at,
                gates=_gates(offer, cards[row.team_id], known, named),
                eligible=not lacking[offer.id, row.team_id],
                place=row.mentor_place,
                refused=row.refused,
                assigned=row.assigned,
            )
            for row in in_order(rows)
        ),
    )


async def rank(session: AsyncSession, actor: Actor, brief_id: UUID, wanted: Ranking) -> Applicants:
    """Put the applicants of the actor's own brief in order, and say whom they would not take.

    Raises:
        NotYours: the actor neither is its mentor nor coordinates it.
        MentorRanks: the actor coordinates it.
        NothingToRank: teams do not apply to it, or it takes none any more.
        MalformedInput: an application is named twice, or is not open.
    """
    offer, held = await _offer(session, actor, brief_id)
    if Who.MENTOR not in held:
        raise MentorRanks
    if not _ranked(offer):
        raise NothingToRank
    named = [*wanted.ranked, *wanted.refused]
    rows = {
        row.id: row for row in await queries.locked(session, [row.id for row in await _open(session, offer)])
    }
    is_open = {id_ for id_, row in rows.items() if row.state == State.OPEN.value}
    if len(set(named)) != len(named) or not set(named) <= is_open:
        message = Message("Name each application once. A team may have withdrawn one meanwhile.")
        raise MalformedInput(fields={"ranked": message})
    places = {application_id: place for place, application_id in enumerate(wanted.ranked, 1)}
    for application_id in is_open:
        rows[application_id].mentor_place = places.get(application_id)
        rows[application_id].refused = application_id in wanted.refused
    await session.flush()
    return await applicants(session, actor, brief_id)


def in_order(rows: Sequence[Application]) -> list[Application]:
    """Applications as their brief wants them: ranked ones, others in the order they came, refused ones."""
    return sorted(
        rows,
        key=lambda row: (
            row.refused,
            row.mentor_place is None,
            row.mentor_place or 0,
            row.opened_at or row.created_at,
            row.id,
        ),
    )


async def _offer(session: AsyncSession, actor: Actor, brief_id: UUID) -> tuple[Offer, frozenset[Who]]:
    held = await offers.parts_in(session, actor, brief_id)
    if not held & READERS:
        raise NotYours
    return (await offers.offers(session, [brief_id]))[brief_id], held


async def _open(session: AsyncSession, offer: Offer) -> Sequence[Application]:
    """The open applications; none once the brief is no longer on offer."""
    return await queries.to_briefs(session, [offer.id], [State.OPEN]) if offer.pending else ()


def _ranked(offer: Offer) -> bool:
    return offer.mode is Mode.APPLYING and offer.pending


def _gates(
    offer: Offer, team: TeamCard, known: Facts, named: dict[UUID, Subject]
) -> tuple[ApplicantGate, ...]:
    return tuple(
        ApplicantGate(
            title=named[gate.subject_id].title,
            title_ur=named[gate.subject_id].title_ur,
            passed=sum(
                is_met(gate.share, known.reached.get((member.account_id, gate.subject_id)))
                for member in team.members
            ),
            of=len(team.members),
        )
        for gate in offer.gates
        if gate.subject_id in named
    )
