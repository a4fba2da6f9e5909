"""Confirming a proposal: all is asked once more, then projects begin, in one transaction or not at all.

The proposal's row is locked first, then the briefs, the teams and the applications, each in the order of
their ids: applying, sending and confirming, in whichever hub, keep to that order, so that none waits for one
that waits for it. Of two coordinators at once the second waits, and then finds no proposal any more.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.applications import queries
from darsgah.applications.errors import MatchingStale, NobodyMatched
from darsgah.applications.matching_schemas import Confirmed, ConfirmedPair
from darsgah.applications.models import MatchingPair
from darsgah.applications.proposals import current
from darsgah.applications.schemas import LIVE, State
from darsgah.applications.service import note
from darsgah.applications.table import Table, is_open, lay
from darsgah.applications.telling import tell_mentor, tell_team
from darsgah.briefs import moving, offers, project_cards
from darsgah.db.columns import now
from darsgah.teams import service as teams
from darsgah.ui.language import Message


async def confirm(session: AsyncSession, actor: Actor, hub_id: UUID, version: int) -> Confirmed:
    """Let a proposal take effect.

    Projects begin, with their dates frozen; the briefs move to matched; other applications to them are
    declined, other applications of the matched teams lapse, those to briefs that got no team stay open.

    Raises:
        NotFound: the actor does not coordinate the hub.
        NoProposal, MatchingChanged, NobodyMatched: as they say.
        MatchingStale: something stands in the way. Nothing was done.
        MoveNotAllowed, BriefFull: somebody moved a brief at this very moment. Nothing was done.
    """
    row, pairs = await current(session, actor, hub_id, version)
    matched = [pair for pair in pairs if pair.matched]
    if not matched:
        raise NobodyMatched
    await _hold(session, pairs, matched)
    table = await lay(session, [UUID(one) for one in row.brief_ids], pairs)
    if problems := await _problems(session, actor, table, matched):
        raise MatchingStale(fields=problems)
    begun = await _begin(session, actor, table, matched)
    await _answer_others(session, actor, matched)
    row.state, row.ended_by, row.ended_at = "confirmed", actor.account_id, now()
    row.version += 1
    await session.flush()
    return Confirmed(row.id, tuple(begun))


async def _hold(
    session: AsyncSession, pairs: Collection[MatchingPair], matched: Collection[MatchingPair]
) -> None:
    """Lock all that is about to change. With its brief held nobody sends an application to it any more."""
    team_ids, brief_ids = {pair.team_id for pair in matched}, {pair.brief_id for pair in matched}
    await offers.offers(session, brief_ids, lock=True)
    for team_id in sorted(team_ids):
        await teams.card(session, team_id, lock=True)
    ids = {pair.application_id for pair in pairs}
    ids |= {row.id for row in await queries.live_of_teams(session, team_ids)}
    ids |= {row.id for row in await queries.to_briefs(session, brief_ids, LIVE)}
    await queries.locked(session, ids)


async def _problems(
    session: AsyncSession, actor: Actor, table: Table, matched: Collection[MatchingPair]
) -> dict[str, Message]:
    """What stands in the way, by team."""
    stands = await project_cards.mentors_stand(session, {pair.brief_id for pair in matched})
    found: dict[str, Message] = {}
    for pair in matched:
        row, offer = table.applications[pair.application_id], table.offers[pair.brief_id]
        team = table.teams[pair.team_id]
        lacking = table.hindrances[pair.brief_id, pair.team_id]
        if not is_open(row):
            found[team.name] = Message("Its application to {brief} is no longer open.", brief=offer.title)
        elif not offer.taking:
            found[team.name] = Message("The brief {brief} is no longer on offer.", brief=offer.title)
        elif offer.id not in stands:
            text = Message(
                "The organisation or the mentor of {brief} is not verified now.", brief=offer.title
            )
            found[team.name] = text
        elif offer.mentor_id == actor.account_id:
            text = Message("You are the mentor of {brief}: somebody else confirms it.", brief=offer.title)
            found[team.name] = text
        elif actor.account_id in team.account_ids:
            found[team.name] = Message("You are in this team yourself: somebody else confirms it.")
        elif lacking:
            found[team.name] = lacking[0].text
    return found


async def _begin(
    session: AsyncSession, actor: Actor, table: Table, matched: Sequence[MatchingPair]
) -> list[ConfirmedPair]:
    """Begin the projects, brief by brief."""
    begun: list[ConfirmedPair] = []
    for brief_id in sorted({pair.brief_id for pair in matched}):
        for pair in matched:
            if pair.brief_id != brief_id:
                continue
            pair.project_id = await moving.begin_project(session, actor, brief_id, pair.team_id)
            await teams.close(session, pair.team_id)
            note(session, table.applications[pair.application_id], State.ACCEPTED, actor.account_id)
            begun.append(ConfirmedPair(brief_id, pair.team_id, pair.project_id))
            await tell_team(
                session,
                "application_accepted",
                table.offers[brief_id],
                table.teams[pair.team_id],
                f"/projects/{pair.project_id}",
            )
        await moving.move_brief(session, actor, brief_id, "match")
    await session.flush()
    return begun


async def _answer_others(session: AsyncSession, actor: Actor, matched: Collection[MatchingPair]) -> None:
    """Decline what else was sent to these briefs; let lapse what else their teams had going."""
    team_ids, brief_ids = {pair.team_id for pair in matched}, {pair.brief_id for pair in matched}
    theirs = await queries.live_of_teams(session, team_ids)
    to_briefs = await queries.to_briefs(session, brief_ids, LIVE)
    others = [row for row in to_briefs if row.team_id not in team_ids]
    known = await offers.offers(session, {row.brief_id for row in (*theirs, *others)})
    cards = await teams.cards(session, {row.team_id for row in (*theirs, *others)})
    for row in others:
        declined = row.state == State.OPEN.value
        note(
            session, row, State.DECLINED if declined else State.LAPSED, actor.account_id if declined else None
        )
        if declined:
            await tell_team(session, "application_declined", known[row.brief_id], cards[row.team_id])
    for row in theirs:
        if row.state == State.OPEN.value:
            await tell_mentor(session, "application_lapsed", known[row.brief_id], cards[row.team_id])
        note(session, row, State.LAPSED, None)
    await session.flush()
