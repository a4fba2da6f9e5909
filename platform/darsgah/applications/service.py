"""What a team does with its applications: write one, send it, withdraw it, put them in order.

Any member acts for the team. Every change locks the application's row; whoever begins or sends one holds the
brief before, then the team, as ``darsgah.applications.confirming`` does, so that nothing comes to a brief
that is matched at this moment. Sending one also has all others of the same people wait, so that nobody gets
past the cap by sending two at once. A team that one is not in, and a brief that one may not read, are
answered like none.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.applications import queries
from darsgah.applications.conditions import closed_for, gate_links, hindrance_views, hindrances, refuse_closed
from darsgah.applications.errors import AlreadyApplied, ApplicationChanged, ApplicationOver, NotEligible
from darsgah.applications.models import Application, ApplicationChange
from darsgah.applications.reading import views
from darsgah.applications.schemas import (
    LIVE,
    ApplicationView,
    ApplyOption,
    ApplyView,
    NewApplication,
    OwnApplications,
    State,
    StatementChange,
    TeamApplications,
    TeamOrder,
)
from darsgah.applications.telling import tell_mentor, tell_others
from darsgah.briefs import moving
from darsgah.briefs import offers as briefs
from darsgah.briefs.content import Mode
from darsgah.briefs.lifecycle import Stage
from darsgah.briefs.offers import Offer
from darsgah.db.columns import now
from darsgah.errors import Forbidden, MalformedInput, NotFound
from darsgah.teams import service as teams
from darsgah.teams.schemas import Member, Purpose, TeamCard
from darsgah.ui.language import Language, Message, explain

PAGE = 50


async def apply_view(session: AsyncSession, actor: Actor, brief_id: UUID, language: Language) -> ApplyView:
    """How the actor could come to a brief, with each of their teams and alone, and what is in the way.

    Raises:
        NotFound: the actor may not read such a brief.
        Forbidden: the actor learns in no hub.
    """
    offer = await _readable(session, actor, brief_id)
    closed = await closed_for(session, offer)
    cards = await _own_cards(session, actor)
    hub_id = _hub_of(actor, offer)
    alone = next((card for card in cards if card.solo and card.hub_id == hub_id), _alone(actor, hub_id))
    able = [*(card for card in cards if not card.solo), alone]
    lacking = await hindrances(session, [(offer, card) for card in able], capped=True)
    links = await gate_links(session, actor, [brief_id])
    live = await queries.live_of_teams(session, [card.id for card in able])
    applied = {row.team_id: row.id for row in live if row.brief_id == brief_id}
    options = tuple(
        ApplyOption(
            team_id=None if card.solo else card.id,
            name=card.name,
            members=tuple(member.display_name for member in card.members),
            hindrances=hindrance_views(lacking[brief_id, card.id], language, links),
            application_id=applied.get(card.id),
        )
        for card in able
    )
    return ApplyView(
        brief_id=offer.id,
        title=offer.title,
        title_ur=offer.title_ur,
        mode=offer.mode,
        team_least=offer.team_least,
        team_most=offer.team_most,
        gated=bool(offer.gates),
        gate_rule=offer.gate_rule,
        apply_until=offer.apply_until,
        closed=explain(closed, language) if closed else "",
        options=options,
    )


async def apply(
    session: AsyncSession, actor: Actor, brief_id: UUID, new: NewApplication, language: Language
) -> ApplicationView:
    """Begin an application, as a draft or sent at once.

    Raises:
        NotFound: the actor may not read such a brief, or is in no such team.
        Forbidden: the actor learns in no hub.
        NotTaking, TeamsAssigned, DeadlineOver, AlreadyApplied: it cannot be begun.
        NotEligible, MalformedInput: it cannot be sent; nothing was kept.
    """
    await _readable(session, actor, brief_id)
    offer = (await briefs.offers(session, [brief_id], lock=True))[brief_id]
    await refuse_closed(session, offer)
    card = await _team_for(session, actor, offer, new.team_id)
    if await queries.live_to(session, brief_id, card.id) is not None:
        raise AlreadyApplied
    if new.send:
        await _require_sendable(session, offer, card, new.statement)
    row = Application(
        hub_id=offer.hub_id,
        brief_id=offer.id,
        team_id=card.id,
        state=State.DRAFT.value,
        statement=new.statement.strip(),
        place=await queries.last_place(session, card.id) + 1,
    )
    session.add(row)
    await session.flush()
    note(session, row, State.DRAFT, actor.account_id)
    if new.send:
        await _send(session, actor, row, offer, card)
    await session.flush()
    return (await views(session, actor, [row], language))[0]


async def application(
    session: AsyncSession, actor: Actor, application_id: UUID, language: Language
) -> ApplicationView:
    """An application of one of the actor's teams.

    Raises:
        NotFound: there is none.
    """
    row = await _own(session, actor, application_id)
    return (await views(session, actor, [row], language))[0]


async def own_applications(
    session: AsyncSession, actor: Actor, language: Language, *, after: UUID | None = None
) -> OwnApplications:
    """What the actor's teams apply to, in each team's order, and what came of the rest, newest first."""
    team_ids = await _own_team_ids(session, actor)
    live = await views(session, actor, await queries.live_of_teams(session, team_ids), language)
    by_team: dict[UUID, list[ApplicationView]] = {}
    for view in live:
        if view.state in LIVE:
            by_team.setdefault(view.team_id, []).append(view)
    rows = await queries.of_teams(session, team_ids, after=after, limit=PAGE + 1)
    past = [view for view in await views(session, actor, rows[:PAGE], language) if view.state not in LIVE]
    return OwnApplications(
        live=tuple(
            TeamApplications(team_id, found[0].team, found[0].solo, tuple(found))
            for team_id, found in by_team.items()
        ),
        past=tuple(past),
        next_after=rows[PAGE - 1].id if len(rows) > PAGE else None,
    )


async def change(
    session: AsyncSession, actor: Actor, application_id: UUID, wanted: StatementChange, language: Language
) -> ApplicationView:
    """Write a draft's statement anew.

    Raises:
        NotFound, ApplicationChanged: as they say.
        ApplicationOver: it was sent, or is at an end.
    """
    row = await _own(session, actor, application_id, version=wanted.version)
    if row.state != State.DRAFT.value:
        raise ApplicationOver
    row.statement, row.version = wanted.statement.strip(), row.version + 1
    await session.flush()
    return (await views(session, actor, [row], language))[0]


async def send(
    session: AsyncSession, actor: Actor, application_id: UUID, version: int, language: Language
) -> ApplicationView:
    """Send a draft.

    Raises:
        NotFound, ApplicationChanged: as they say.
        ApplicationOver: it is no draft.
        NotTaking, DeadlineOver, NotEligible, MalformedInput: it stays a draft.
    """
    row = await _own(session, actor, application_id)
    offer = (await briefs.offers(session, [row.brief_id], lock=True))[row.brief_id]
    card = await teams.card(session, row.team_id, lock=True)
    row = await _own(session, actor, application_id, version=version)
    if row.state != State.DRAFT.value:
        raise ApplicationOver
    await refuse_closed(session, offer)
    await _require_sendable(session, offer, card, row.statement)
    await _send(session, actor, row, offer, card)
    return (await views(session, actor, [row], language))[0]


async def withdraw(
    session: AsyncSession, actor: Actor, application_id: UUID, version: int, language: Language
) -> ApplicationView:
    """Withdraw a draft or an open application.

    Raises:
        NotFound, ApplicationChanged: as they say.
        ApplicationOver: it is at an end already.
    """
    row = await _own(session, actor, application_id, version=version)
    offer = (await briefs.offers(session, [row.brief_id]))[row.brief_id]
    if State(row.state) not in LIVE:
        raise ApplicationOver
    card = await teams.card(session, row.team_id)
    if row.state == State.OPEN.value:
        await tell_mentor(session, "application_withdrawn", offer, card)
        await tell_others(session, "application_taken_back", offer, card, actor.account_id)
    note(session, row, State.WITHDRAWN, actor.account_id)
    await session.flush()
    return (await views(session, actor, [row], language))[0]


async def order(
    session: AsyncSession, actor: Actor, team_id: UUID, wanted: TeamOrder, language: Language
) -> OwnApplications:
    """Put a team's live applications in order, the most wanted first.

    Raises:
        NotFound: the actor is in no such team.
        MalformedInput: the order names not exactly the team's live applications.
    """
    if team_id not in await _own_team_ids(session, actor):
        raise NotFound
    rows = {row.id: row for row in await queries.live_of_teams(session, [team_id], lock=True)}
    known = await briefs.offers(session, {row.brief_id for row in rows.values()})
    shown = {row.id for row in rows.values() if known[row.brief_id].pending}
    ids = wanted.application_ids
    if len(set(ids)) != len(ids) or set(ids) != shown:
        message = Message("Name each application once. Somebody may have sent or withdrawn one meanwhile.")
        raise MalformedInput(fields={"application_ids": message})
    for place, application_id in enumerate(ids, 1):
        rows[application_id].place = place
    await session.flush()
    return await own_applications(session, actor, language)


def note(session: AsyncSession, row: Application, state: State, by: UUID | None) -> None:
    """Bring an application to a state, with the line of history; a null ``by`` is what followed by itself."""
    row.state = state.value
    row.version = (row.version or 0) + (state is not State.DRAFT)
    session.add(ApplicationChange(application_id=row.id, state=state.value, by_id=by, at=now()))


async def _send(session: AsyncSession, actor: Actor, row: Application, offer: Offer, card: TeamCard) -> None:
    """Make a draft an open application; the brief moves on with its first one."""
    row.opened_at = now()
    note(session, row, State.OPEN, actor.account_id)
    await session.flush()
    if offer.stage is Stage.PUBLISHED:
        await moving.move_brief(session, None, offer.id, "open_applications")
    await tell_mentor(session, "application_sent", offer, card)
    await tell_others(session, "application_sent_for_you", offer, card, actor.account_id)


async def _require_sendable(session: AsyncSession, offer: Offer, card: TeamCard, statement: str) -> None:
    """Returns when the team may send it, with nobody of it sending another meanwhile.

    Raises:
        MalformedInput: the brief asks for a statement, and there is none.
        NotEligible: something is missing.
    """
    if offer.mode is Mode.APPLYING and not statement.strip():
        raise MalformedInput(fields={"statement": Message("Say why your team is right for this brief.")})
    await queries.one_at_a_time(session, [f"applications of {one}" for one in card.account_ids])
    lacking = (await hindrances(session, [(offer, card)], capped=True))[offer.id, card.id]
    if lacking:
        fields = {f"{one.lack}-{number}": one.text for number, one in enumerate(lacking, 1)}
        raise NotEligible(fields=fields)


async def _own(
    session: AsyncSession, actor: Actor, application_id: UUID, *, version: int | None = None
) -> Application:
    """An application of the actor's teams; to be changed where it names a version, and then locked."""
    row = await queries.application(session, application_id, lock=version is not None)
    if row is None or row.team_id not in await _own_team_ids(session, actor):
        raise NotFound
    if version is not None and version != row.version:
        raise ApplicationChanged(version=row.version)
    return row


async def _own_team_ids(session: AsyncSession, actor: Actor) -> frozenset[UUID]:
    return (await teams.team_ids_of(session, [actor.account_id])).get(actor.account_id, frozenset())


async def _own_cards(session: AsyncSession, actor: Actor) -> Sequence[TeamCard]:
    """The actor's teams for briefs, by name; themselves alone among them where they applied so before."""
    cards: Collection[TeamCard] = (await teams.cards(session, await _own_team_ids(session, actor))).values()
    own = [card for card in cards if card.purpose is Purpose.BRIEF]
    return sorted(own, key=lambda card: card.name.casefold())


async def _readable(session: AsyncSession, actor: Actor, brief_id: UUID) -> Offer:
    if not actor.holds(Role.LEARNER):
        raise Forbidden
    return await briefs.readable_offer(session, actor, await _own_team_ids(session, actor), brief_id)


async def _team_for(session: AsyncSession, actor: Actor, offer: Offer, team_id: UUID | None) -> TeamCard:
    """The team that applies, locked, so that nobody comes or leaves meanwhile."""
    if team_id is None:
        hub_id = _hub_of(actor, offer)
        await queries.one_at_a_time(session, [f"team of {actor.account_id} alone"])
        alone = await teams.solo_team(session, actor.account_id, hub_id, Purpose.BRIEF)
        return await teams.card(session, alone, lock=True)
    card = await teams.card(session, team_id, lock=True)
    if actor.account_id not in card.account_ids or card.purpose is not Purpose.BRIEF:
        raise NotFound
    return card


def _hub_of(actor: Actor, offer: Offer) -> UUID:
    """The hub in which somebody applies alone: the brief's where they learn in it, else one of theirs."""
    own = actor.hubs(Role.LEARNER)
    return offer.hub_id if offer.hub_id in own else min(own)


def _alone(actor: Actor, hub_id: UUID) -> TeamCard:
    """The actor as a team of one, for the questions that are asked of a team; no row need be there yet."""
    member = Member(actor.account_id, actor.display_name, now())
    return TeamCard(
        id=actor.account_id,
        hub_id=hub_id,
        name=actor.display_name,
        purpose=Purpose.BRIEF,
        solo=True,
        closed=False,
        ended=False,
        members=(member,),
    )
