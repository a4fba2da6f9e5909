"""All SQL of the teams slice."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.teams.models import Team, TeamInvitation, TeamMember


async def team(session: AsyncSession, team_id: UUID, *, lock: bool = False) -> Team | None:
    """The team with that id; ``lock`` has whoever else would change it wait for this transaction's end."""
    statement = select(Team).where(Team.id == team_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def teams(session: AsyncSession, team_ids: Collection[UUID]) -> Sequence[Team]:
    """The teams with those ids, in no order."""
    return (await session.execute(select(Team).where(col(Team.id).in_(team_ids)))).scalars().all()


async def by_token(session: AsyncSession, token: str) -> Team | None:
    """The team whose link has that token."""
    return (await session.execute(select(Team).where(Team.link_token == token))).scalar_one_or_none()


async def teams_of(session: AsyncSession, account_id: UUID, *, solo: bool) -> Sequence[Team]:
    """The teams that somebody is in, the newest first: those of several, or the one that is they alone."""
    statement = (
        select(Team)
        .join(TeamMember, col(TeamMember.team_id) == col(Team.id))
        .where(
            TeamMember.account_id == account_id,
            col(TeamMember.left_at).is_(None),
            col(Team.solo).is_(solo),
        )
        .order_by(col(Team.id).desc())
    )
    return (await session.execute(statement)).scalars().all()


async def team_ids_of(session: AsyncSession, account_ids: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Account and team, for every team that one of these people is in."""
    statement = select(col(TeamMember.account_id), col(TeamMember.team_id)).where(
        col(TeamMember.account_id).in_(account_ids), col(TeamMember.left_at).is_(None)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def present(session: AsyncSession, team_ids: Collection[UUID]) -> Sequence[TeamMember]:
    """Who is in those teams, those longest in them first."""
    statement = (
        select(TeamMember)
        .where(col(TeamMember.team_id).in_(team_ids), col(TeamMember.left_at).is_(None))
        .order_by(col(TeamMember.joined_at), col(TeamMember.id))
    )
    return (await session.execute(statement)).scalars().all()


async def stay(session: AsyncSession, team_id: UUID, account_id: UUID) -> TeamMember | None:
    """Somebody's present stay in a team."""
    statement = select(TeamMember).where(
        TeamMember.team_id == team_id, TeamMember.account_id == account_id, col(TeamMember.left_at).is_(None)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def waiting_of_teams(session: AsyncSession, team_ids: Collection[UUID]) -> Sequence[TeamInvitation]:
    """The invitations of those teams that wait for an answer, oldest first."""
    statement = (
        select(TeamInvitation)
        .where(col(TeamInvitation.team_id).in_(team_ids), TeamInvitation.state == "waiting")
        .order_by(col(TeamInvitation.id))
    )
    return (await session.execute(statement)).scalars().all()


async def waiting_for(session: AsyncSession, email: str) -> Sequence[tuple[TeamInvitation, Team]]:
    """The invitations to an address that wait for an answer, newest first."""
    statement = (
        select(TeamInvitation, Team)
        .join(Team, col(Team.id) == col(TeamInvitation.team_id))
        .where(TeamInvitation.email == email, TeamInvitation.state == "waiting")
        .order_by(col(TeamInvitation.id).desc())
        .limit(100)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def invitation(session: AsyncSession, invitation_id: UUID) -> TeamInvitation | None:
    """An invitation that waits for an answer."""
    statement = select(TeamInvitation).where(
        TeamInvitation.id == invitation_id, TeamInvitation.state == "waiting"
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def answer_waiting(
    session: AsyncSession, team_id: UUID, email: str | None, state: str, moment: datetime
) -> None:
    """Answer what waits in a team: for one address, or for all without one."""
    statement = sa.update(TeamInvitation).where(
        col(TeamInvitation.team_id) == team_id, col(TeamInvitation.state) == "waiting"
    )
    if email is not None:
        statement = statement.where(col(TeamInvitation.email) == email)
    await session.execute(statement.values(state=state, answered_at=moment))
