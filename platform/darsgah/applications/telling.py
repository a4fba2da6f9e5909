"""Who is told what about applications (``darsgah.notices.kinds``)."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.briefs.offers import Offer
from darsgah.notices import service as notices
from darsgah.teams.schemas import TeamCard


async def tell_mentor(session: AsyncSession, kind: str, offer: Offer, team: TeamCard) -> None:
    """Tell a brief's mentor about a team."""
    if offer.mentor_id is not None and offer.mentor_id not in team.account_ids:
        values = {"team": team.name, "brief": offer.title}
        await notices.tell(session, [offer.mentor_id], kind, values, f"/briefs/{offer.id}/applicants")


async def tell_team(
    session: AsyncSession, kind: str, offer: Offer, team: TeamCard, link: str = "/applications"
) -> None:
    """Tell everybody who is in a team what came of its application."""
    values = {"team": team.name, "brief": offer.title}
    await notices.tell(session, team.account_ids, kind, values, link)


async def tell_others(session: AsyncSession, kind: str, offer: Offer, team: TeamCard, actor_id: UUID) -> None:
    """Tell everybody in a team but the one who did it."""
    values = {"team": team.name, "brief": offer.title}
    await notices.tell(session, team.account_ids - {actor_id}, kind, values, "/applications")
