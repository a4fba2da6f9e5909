"""What a coordinator is shown of a hub's matching: candidates, the proposal, and why it is as it is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.applications import matching_queries, queries
from darsgah.applications.conditions import cap, hindrance_views
from darsgah.applications.matching import Outcome, explain
from darsgah.applications.matching_schemas import (
    BriefResult,
    Candidate,
    Decision,
    MatchingDesk,
    PastMatching,
    Proposal,
    TeamResult,
    Wish,
)
from darsgah.applications.models import Application, Matching
from darsgah.applications.proposals import COORDINATORS, may_set_cap, require_coordinator
from darsgah.applications.schemas import State
from darsgah.applications.table import BARRED, FIXED, Table, is_open, lay
from darsgah.briefs import offers
from darsgah.briefs.content import Mode
from darsgah.db.columns import now
from darsgah.errors import NotFound
from darsgah.hubs import service as hubs
from darsgah.hubs.schemas import HubView
from darsgah.ui.language import Language

PAST = 10


async def own_hubs(session: AsyncSession, actor: Actor) -> list[HubView]:
    """The hubs that the actor coordinates, by name; all open ones for the network's administrators."""
    if actor.holds(Role.NETWORK_ADMIN):
        found = [hub for hub in await hubs.list_hubs(session) if hub.state == "open"]
    else:
        found = list((await hubs.hubs_by_id(session, actor.hubs(*COORDINATORS))).values())
    return sorted(found, key=lambda hub: hub.name)


async def desk(session: AsyncSession, actor: Actor, hub_id: UUID, language: Language) -> MatchingDesk:
    """What the actor works with in a hub.

    Raises:
        NotFound: the actor does not coordinate it.
    """
    require_coordinator(actor, hub_id)
    hub = (await hubs.hubs_by_id(session, [hub_id])).get(hub_id)
    if hub is None:
        raise NotFound
    row = await matching_queries.proposed(session, hub_id)
    return MatchingDesk(
        hub=hub,
        candidates=await _candidates(session, hub, row),
        proposal=await _proposal(session, row, language) if row else None,
        most=await cap(session, hub_id),
        may_set_most=may_set_cap(actor, hub_id),
        past=await _past(session, hub_id),
    )


async def _candidates(session: AsyncSession, hub: HubView, row: Matching | None) -> tuple[Candidate, ...]:
    """The hub's briefs that can be matched; those whose last day is over are chosen at first."""
    known, today = await offers.offers_of_hub(session, hub.id), hub.day(now())
    counts = await queries.open_counts(session, known.keys())
    found = []
    for offer in known.values():
        in_time = offer.apply_until is not None and today <= offer.apply_until
        found.append(
            Candidate(
                brief_id=offer.id,
                title=offer.title,
                title_ur=offer.title_ur,
                mode=offer.mode,
                capacity=offer.capacity,
                apply_until=offer.apply_until,
                in_time=in_time,
                applications=counts.get(offer.id, 0),
                chosen=str(offer.id) in row.brief_ids if row else not in_time,
            )
        )
    return tuple(found)


async def _proposal(session: AsyncSession, row: Matching, language: Language) -> Proposal:
    pairs = await matching_queries.pairs(session, row.id)
    brief_ids = [UUID(one) for one in row.brief_ids]
    table = await lay(session, brief_ids, pairs)
    names = await accounts.display_names(session, [row.made_by])
    got = {pair.team_id: pair.brief_id for pair in pairs if pair.matched}
    outcomes = explain(table.market(pairs), got)
    ranked = {brief_id: [one.id for one in table.takes(brief_id)] for brief_id in table.offers}
    decided = {pair.application_id: pair.decision for pair in pairs}
    busy = Counter(member.account_id for team_id in got for member in table.teams[team_id].members)
    results = _Reading(table, got, decided, ranked, outcomes, busy, language).results()
    return Proposal(
        id=row.id,
        version=row.version,
        made_by=names.get(row.made_by, ""),
        made_at=row.made_at,
        briefs=tuple(
            BriefResult(
                brief_id=brief_id,
                title=table.offers[brief_id].title,
                title_ur=table.offers[brief_id].title_ur,
                mode=table.offers[brief_id].mode,
                capacity=table.offers[brief_id].capacity,
                on_offer=table.offers[brief_id].taking,
                teams=tuple(result for result in results if result.brief_id == brief_id),
            )
            for brief_id in brief_ids
        ),
        without=tuple(result for result in results if result.brief_id is None),
        unstable=any(Outcome.WOULD_RATHER in wishes.values() for wishes in outcomes.values()),
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """A proposal with what explains it.

    Attributes:
        decided: a person's decisions, by application.
        ranked: the applications that each brief would take, best first.
        busy: in how many teams that get a brief somebody is.
    """

    table: Table
    got: Mapping[UUID, UUID]
    decided: Mapping[UUID, str | None]
    ranked: Mapping[UUID, Sequence[UUID]]
    outcomes: Mapping[UUID, Mapping[UUID, Outcome]]
    busy: Counter[UUID]
    language: Language

    def results(self) -> tuple[TeamResult, ...]:
        """Every team of the proposal, by name."""
        rows = [self.table.applications[application_id] for application_id in self.decided]
        found = [self._result(team_id) for team_id in dict.fromkeys(row.team_id for row in rows)]
        return tuple(sorted(found, key=lambda result: (result.team.casefold(), result.team_id)))

    def _result(self, team_id: UUID) -> TeamResult:
        card = self.table.teams[team_id]
        wants = [row for row in self.table.of_team[team_id] if row.id in self.decided]
        return TeamResult(
            team_id=team_id,
            team=card.name,
            solo=card.solo,
            members=tuple(member.display_name for member in card.members),
            brief_id=self.got.get(team_id),
            wishes=tuple(self._wish(row, place) for place, row in enumerate(wants, 1)),
            also=self._also(team_id),
        )

    def _wish(self, row: Application, place: int) -> Wish:
        offer, takes = self.table.offers[row.brief_id], self.ranked[row.brief_id]
        outcome = self.outcomes.get(row.team_id, {}).get(row.brief_id, Outcome.NOT_RANKED)
        decision = self.decided[row.id]
        lacking = self.table.hindrances[row.brief_id, row.team_id]
        return Wish(
            application_id=row.id,
            brief_id=row.brief_id,
            title=offer.title,
            title_ur=offer.title_ur,
            outcome=outcome if is_open(row) else Outcome.NOT_RANKED,
            place=place,
            ranked=takes.index(row.id) + 1 if row.id in takes else None,
            of=len(takes),
            ranked_by_mentor=offer.mode is Mode.APPLYING and row.mentor_place is not None,
            decision={FIXED: Decision.FIX, BARRED: Decision.BAR}.get(decision or ""),
            refused=row.refused,
            state=State(row.state),
            hindrances=hindrance_views(lacking, self.language, {}),
        )

    def _also(self, team_id: UUID) -> tuple[str, ...]:
        """Who of a team that gets a brief gets one with another team as well."""
        return tuple(
            member.display_name
            for member in self.table.teams[team_id].members
            if team_id in self.got and self.busy[member.account_id] > 1
        )


async def _past(session: AsyncSession, hub_id: UUID) -> tuple[PastMatching, ...]:
    rows = await matching_queries.ended(session, hub_id, PAST)
    names = await accounts.display_names(session, list({row.ended_by for row, _ in rows if row.ended_by}))
    return tuple(
        PastMatching(
            row.id, row.state, count, names.get(row.ended_by, "") if row.ended_by else "", row.ended_at
        )
        for row, count in rows
        if row.ended_at
    )
