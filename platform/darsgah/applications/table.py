"""What lies on the table when teams and briefs are matched: who wants whom, and what a person decided."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.applications import queries
from darsgah.applications.conditions import Hindrance, Pair, hindrances
from darsgah.applications.matching import Market
from darsgah.applications.models import Application, MatchingPair
from darsgah.applications.ranking import in_order
from darsgah.applications.schemas import State
from darsgah.briefs import offers
from darsgah.briefs.content import Mode
from darsgah.briefs.offers import Offer
from darsgah.teams import service as teams
from darsgah.teams.schemas import TeamCard

FIXED, BARRED = "fixed", "barred"


@dataclass(frozen=True, slots=True)
class Table:
    """Briefs, and the applications to them.

    Attributes:
        applications: open ones, and those that pairs name whatever became of them.
        of_team: the same by team, in its order; ``to_brief`` by brief.
        hindrances: what is missing now, by brief and team.
    """

    offers: Mapping[UUID, Offer]
    applications: Mapping[UUID, Application]
    of_team: Mapping[UUID, Sequence[Application]]
    to_brief: Mapping[UUID, Sequence[Application]]
    teams: Mapping[UUID, TeamCard]
    hindrances: Mapping[Pair, tuple[Hindrance, ...]]

    def takes(self, brief_id: UUID) -> list[Application]:
        """The applications that a brief would take, best first: open, nothing missing, not refused."""
        rows = [
            row
            for row in self.to_brief.get(brief_id, ())
            if is_open(row) and not self.hindrances[brief_id, row.team_id]
        ]
        offer = self.offers[brief_id]
        if not offer.taking:
            return []
        if offer.mode is Mode.ASSIGNED:
            rows = [row for row in rows if row.assigned]
        if offer.mode is Mode.APPLYING:
            return [row for row in in_order(rows) if not row.refused]
        return sorted(rows, key=lambda row: (row.opened_at or row.created_at, row.id))

    def market(self, pairs: Collection[MatchingPair]) -> Market[UUID, UUID]:
        """The same for the matching, with what a person decided about these pairs."""
        wishes = {
            team_id: [row.brief_id for row in rows if is_open(row)] for team_id, rows in self.of_team.items()
        }
        return Market(
            wishes={team_id: wanted for team_id, wanted in wishes.items() if wanted},
            rankings={brief_id: [row.team_id for row in self.takes(brief_id)] for brief_id in self.offers},
            capacities={brief_id: offer.capacity for brief_id, offer in self.offers.items()},
            fixed={pair.team_id: pair.brief_id for pair in pairs if pair.decision == FIXED},
            barred=[(pair.team_id, pair.brief_id) for pair in pairs if pair.decision == BARRED],
        )


async def lay(session: AsyncSession, brief_ids: Collection[UUID], pairs: Sequence[MatchingPair]) -> Table:
    """What there is to these briefs now, and to the applications that these pairs name."""
    known = await offers.offers(session, brief_ids)
    rows = {row.id: row for row in await queries.to_briefs(session, brief_ids, [State.OPEN])}
    gone = {pair.application_id for pair in pairs} - rows.keys()
    rows |= {row.id: row for row in await queries.applications(session, gone)}
    cards = await teams.cards(session, {row.team_id for row in rows.values()})
    asked = [(known[row.brief_id], cards[row.team_id]) for row in rows.values() if row.brief_id in known]
    lacking = await hindrances(session, asked, capped=False)
    of_team: dict[UUID, list[Application]] = {}
    to_brief: dict[UUID, list[Application]] = {}
    for row in sorted(rows.values(), key=lambda row: (row.place, row.id)):
        of_team.setdefault(row.team_id, []).append(row)
        to_brief.setdefault(row.brief_id, []).append(row)
    return Table(known, rows, of_team, to_brief, cards, lacking)


def is_open(row: Application) -> bool:
    """Whether an application waits for an answer."""
    return row.state == State.OPEN.value
