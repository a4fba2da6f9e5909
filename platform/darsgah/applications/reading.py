"""From rows to what a team is shown of its applications."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.applications import queries
from darsgah.applications.conditions import gate_links, hindrance_views, hindrances
from darsgah.applications.models import Application
from darsgah.applications.schemas import LIVE, ApplicationView, ChangeView, State
from darsgah.briefs import offers
from darsgah.briefs.offers import Offer
from darsgah.teams import service as teams
from darsgah.ui.language import Language


def standing(row: Application, offer: Offer) -> State:
    """Where an application stands: a live one has lapsed once its brief is no longer on offer."""
    state = State(row.state)
    return State.LAPSED if state in LIVE and not offer.pending else state


async def views(
    session: AsyncSession, actor: Actor, rows: Sequence[Application], language: Language
) -> tuple[ApplicationView, ...]:
    """Applications of the actor's teams, in the order of the rows, with what each lacks now."""
    cards = await teams.cards(session, {row.team_id for row in rows})
    known = await offers.offers(session, {row.brief_id for row in rows})
    live = [row for row in rows if standing(row, known[row.brief_id]) in LIVE]
    lacking = await hindrances(
        session,
        [(known[row.brief_id], cards[row.team_id]) for row in live if row.state == State.DRAFT.value],
        capped=True,
    ) | await hindrances(
        session,
        [(known[row.brief_id], cards[row.team_id]) for row in live if row.state == State.OPEN.value],
        capped=False,
    )
    links = await gate_links(session, actor, {row.brief_id for row in live}) if live else {}
    histories = await _histories(session, [row.id for row in rows])
    return tuple(
        ApplicationView(
            id=row.id,
            brief_id=row.brief_id,
            title=known[row.brief_id].title,
            title_ur=known[row.brief_id].title_ur,
            team_id=row.team_id,
            team=cards[row.team_id].name,
            solo=cards[row.team_id].solo,
            members=tuple(member.display_name for member in cards[row.team_id].members),
            state=standing(row, known[row.brief_id]),
            statement=row.statement,
            place=row.place,
            assigned=row.assigned,
            version=row.version,
            apply_until=known[row.brief_id].apply_until,
            created_at=row.created_at,
            opened_at=row.opened_at,
            hindrances=hindrance_views(lacking.get((row.brief_id, row.team_id), ()), language, links)
            if row in live
            else (),
            history=histories.get(row.id, ()),
        )
        for row in rows
    )


async def _histories(
    session: AsyncSession, application_ids: Sequence[UUID]
) -> Mapping[UUID, tuple[ChangeView, ...]]:
    lines = await queries.changes(session, application_ids)
    names = await accounts.display_names(session, list({line.by_id for line in lines if line.by_id}))
    found: dict[UUID, tuple[ChangeView, ...]] = {}
    for line in lines:
        view = ChangeView(State(line.state), names.get(line.by_id, "") if line.by_id else None, line.at)
        found[line.application_id] = (*found.get(line.application_id, ()), view)
    return found
