"""What a brief asks of a team before it applies, and again when it is matched.

Every question is asked anew, of the people who are in the team now: a gate that was passed a minute ago
counts, and so does a member who left.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.applications import queries
from darsgah.applications.errors import DeadlineOver, NotTaking, TeamsAssigned
from darsgah.applications.models import Application
from darsgah.applications.schemas import MOST_AT_ONCE, HindranceView, State
from darsgah.briefs import offers
from darsgah.briefs.content import Gate, GateRule, Mode
from darsgah.briefs.gates import gate_views, reached, subjects
from darsgah.briefs.offers import Offer
from darsgah.db.columns import now
from darsgah.errors import DarsgahError
from darsgah.grades.shares import is_met
from darsgah.hubs import service as hubs
from darsgah.teams import service as teams
from darsgah.teams.schemas import TeamCard
from darsgah.ui.language import Language, Message, translate

Pair = tuple[UUID, UUID]
"""A brief and a team."""


class Lack(StrEnum):
    """What can be missing."""

    EMPTY = "empty"
    SIZE = "size"
    GATE = "gate"
    TWICE = "twice"
    CAP = "cap"


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Something that is missing, in words; ``subject_id`` is the lab or the unit of a gate."""

    lack: Lack
    text: Message
    subject_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of some teams and briefs at one moment.

    Attributes:
        reached: how far each person is with what gates name, as ``darsgah.briefs.gates.reached`` says it.
        titles: of labs and units.
        open_in: the open applications of each person, in whichever team.
        caps: how many of them each hub lets one person have.
    """

    reached: Mapping[tuple[UUID, UUID], float]
    titles: Mapping[UUID, str]
    open_in: Mapping[UUID, Sequence[Application]]
    caps: Mapping[UUID, int]


async def refuse_closed(session: AsyncSession, offer: Offer) -> None:
    """Returns when teams can apply to a brief now.

    Raises:
        NotTaking, TeamsAssigned, DeadlineOver: they cannot.
    """
    if closed := await closed_for(session, offer):
        raise closed


async def closed_for(session: AsyncSession, offer: Offer) -> DarsgahError | None:
    """Why nobody can apply to a brief now; None where teams can."""
    if not offer.taking:
        return NotTaking()
    if offer.mode is Mode.ASSIGNED:
        return TeamsAssigned()
    if await deadline_over(session, offer):
        return DeadlineOver(day=str(offer.apply_until))
    return None


async def deadline_over(session: AsyncSession, offer: Offer) -> bool:
    """Whether the last day for applications has passed, where the brief's hub is."""
    if offer.apply_until is None:
        return False
    hub = (await hubs.hubs_by_id(session, [offer.hub_id]))[offer.hub_id]
    return hub.day(now()) > offer.apply_until


async def hindrances(
    session: AsyncSession, pairs: Collection[tuple[Offer, TeamCard]], *, capped: bool
) -> dict[Pair, tuple[Hindrance, ...]]:
    """What each of these teams lacks for the brief beside it; empty where nothing is missing.

    Args:
        capped: whether more open applications than allowed count. They do when one more is sent.
    """
    if not pairs:
        return {}
    found = await facts(session, pairs)
    return {(offer.id, team.id): tuple(_lacking(offer, team, found, capped=capped)) for offer, team in pairs}


async def facts(session: AsyncSession, pairs: Collection[tuple[Offer, TeamCard]]) -> Facts:
    """What these teams and briefs are judged by."""
    people = frozenset[UUID]().union(*(team.account_ids for _, team in pairs))
    gates = {gate for offer, _ in pairs for gate in offer.gates}
    hub_ids = {offer.hub_id for offer, _ in pairs}
    return Facts(
        reached=await reached(session, people, gates),
        titles={key: one.title for key, one in (await subjects(session, gates)).items()},
        open_in=await _open_in(session, people),
        caps={hub_id: await cap(session, hub_id) for hub_id in hub_ids},
    )


async def cap(session: AsyncSession, hub_id: UUID) -> int:
    """How many open applications a hub lets one person have."""
    row = await queries.cap(session, hub_id)
    return row.most if row else MOST_AT_ONCE


def _without(offer: Offer, team: TeamCard, found: Facts, gate: Gate) -> list[str]:
    """The names of those for whom a team does not pass a gate; empty where it does."""
    without = [
        member.display_name
        for member in team.members
        if not is_met(gate.share, found.reached.get((member.account_id, gate.subject_id)))
    ]
    enough = offer.gate_rule is GateRule.ANY and len(without) < len(team.members)
    return [] if enough else without


def hindrance_views(
    found: Collection[Hindrance], language: Language, links: Mapping[UUID, str | None]
) -> tuple[HindranceView, ...]:
    """What is missing in the reader's language; ``links`` are the reader's own to labs and units."""
    return tuple(
        HindranceView(
            one.lack.value,
            translate(one.text, language),
            links.get(one.subject_id) if one.subject_id else None,
        )
        for one in found
    )


def _lacking(offer: Offer, team: TeamCard, found: Facts, *, capped: bool) -> list[Hindrance]:
    if not team.members:
        return [Hindrance(Lack.EMPTY, Message("Nobody is in this team any more."))]
    lacks = [*_size(offer, team), *_gates(offer, team, found), *_twice(offer, team, found)]
    return [*lacks, *_cap(offer, team, found)] if capped else lacks


def _size(offer: Offer, team: TeamCard) -> list[Hindrance]:
    size = len(team.members)
    if offer.team_least <= size <= offer.team_most:
        return []
    if offer.team_least == offer.team_most:
        text = Message(
            "This brief wants teams of {most}; this one has {size}.", most=offer.team_most, size=size
        )
    else:
        text = Message(
            "This brief wants teams of {least} to {most}; this one has {size}.",
            least=offer.team_least,
            most=offer.team_most,
            size=size,
        )
    return [Hindrance(Lack.SIZE, text)]


def _gates(offer: Offer, team: TeamCard, found: Facts) -> list[Hindrance]:
    lacks = []
    for gate in offer.gates:
        without = _without(offer, team, found, gate)
        if without:
            lacks.append(Hindrance(Lack.GATE, _lack(gate, without, found), gate.subject_id))
    return lacks


def _lack(gate: Gate, without: Sequence[str], found: Facts) -> Message:
    people, title = ", ".join(without), found.titles.get(gate.subject_id, "?")
    if gate.unit_id is not None:
        return Message("{people}: not yet competent in the unit {unit}.", people=people, unit=title)
    share = round(100 * gate.share)
    return Message(
        "{people}: not yet {share} % of the points in the lab {lab}.", people=people, share=share, lab=title
    )


def _twice(offer: Offer, team: TeamCard, found: Facts) -> list[Hindrance]:
    """Members who stand in another team's application to the brief that was sent before this team's."""
    own = next(
        (
            _sent(row)
            for member in team.members
            for row in found.open_in.get(member.account_id, ())
            if row.team_id == team.id and row.brief_id == offer.id
        ),
        None,
    )
    both = [
        member.display_name
        for member in team.members
        if any(
            row.brief_id == offer.id and row.team_id != team.id and (own is None or _sent(row) < own)
            for row in found.open_in.get(member.account_id, ())
        )
    ]
    if not both:
        return []
    text = Message("{people}: applies to this brief with another team already.", people=", ".join(both))
    return [Hindrance(Lack.TWICE, text)]


def _cap(offer: Offer, team: TeamCard, found: Facts) -> list[Hindrance]:
    most = found.caps[offer.hub_id]
    full = [
        member.display_name
        for member in team.members
        if sum(_counts(row, offer, team) for row in found.open_in.get(member.account_id, ())) >= most
    ]
    if not full:
        return []
    text = Message(
        "{people}: {most} open applications at a time are allowed, and that many are open. "
        "Withdraw one, or wait for an answer.",
        people=", ".join(full),
        most=most,
    )
    return [Hindrance(Lack.CAP, text)]


def _counts(row: Application, offer: Offer, team: TeamCard) -> bool:
    """Whether an application counts beside this team's to the brief; what the hub assigned does not."""
    own = row.brief_id == offer.id and row.team_id == team.id
    return not own and not row.assigned


def _sent(row: Application) -> tuple[datetime, UUID]:
    return row.opened_at or row.created_at, row.id


async def _open_in(
    session: AsyncSession, account_ids: Collection[UUID]
) -> dict[UUID, tuple[Application, ...]]:
    """The open applications that each person stands in, to briefs that are still on offer."""
    of_people = await teams.team_ids_of(session, account_ids)
    rows = await queries.live_of_teams(session, frozenset[UUID]().union(*of_people.values()))
    known = await offers.offers(session, {row.brief_id for row in rows})
    by_team: dict[UUID, list[Application]] = {}
    for row in rows:
        if row.state == State.OPEN.value and known[row.brief_id].pending:
            by_team.setdefault(row.team_id, []).append(row)
    return {
        account_id: tuple(row for team_id in team_ids for row in by_team.get(team_id, ()))
        for account_id, team_ids in of_people.items()
    }


async def gate_links(
    session: AsyncSession, actor: Actor, brief_ids: Collection[UUID]
) -> dict[UUID, str | None]:
    """Where the actor goes on with the labs and units that these briefs' gates name."""
    views = await gate_views(session, actor, brief_ids)
    return {gate.subject_id: gate.link for gates in views.values() for gate in gates}
