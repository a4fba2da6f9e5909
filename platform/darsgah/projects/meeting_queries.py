"""All SQL of meetings and of calendars."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.projects.models import CalendarFeed, MeetingAnswer, MeetingTime, ProjectMeeting


async def meetings(
    session: AsyncSession, project_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[ProjectMeeting]:
    """The meetings of a project, newest first."""
    statement = select(ProjectMeeting).where(ProjectMeeting.project_id == project_id)
    if before is not None:
        statement = statement.where(col(ProjectMeeting.id) < before)
    statement = statement.order_by(col(ProjectMeeting.id).desc()).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def meeting(session: AsyncSession, project_id: UUID, meeting_id: UUID) -> ProjectMeeting | None:
    """One meeting of a project, read anew."""
    statement = select(ProjectMeeting).where(
        ProjectMeeting.project_id == project_id, ProjectMeeting.id == meeting_id
    )
    found = await session.execute(statement.execution_options(populate_existing=True))
    return found.scalar_one_or_none()


async def meetings_since(
    session: AsyncSession, project_ids: Collection[UUID], proposer: UUID, since: datetime
) -> Sequence[ProjectMeeting]:
    """Meetings that have or had a time, of some projects or proposed by somebody, from that moment on."""
    statement = select(ProjectMeeting).where(
        sa.or_(col(ProjectMeeting.project_id).in_(project_ids), col(ProjectMeeting.proposed_by) == proposer),
        col(ProjectMeeting.starts_at) >= since,
    )
    return (await session.execute(statement.order_by(col(ProjectMeeting.starts_at)))).scalars().all()


async def times(session: AsyncSession, meeting_ids: Collection[UUID]) -> Sequence[MeetingTime]:
    """The times proposed for some meetings, in order."""
    statement = select(MeetingTime).where(col(MeetingTime.meeting_id).in_(meeting_ids))
    return (await session.execute(statement.order_by(col(MeetingTime.starts_at)))).scalars().all()


async def answers(session: AsyncSession, meeting_ids: Collection[UUID]) -> Sequence[MeetingAnswer]:
    """What people said to the times of some meetings."""
    statement = (
        select(MeetingAnswer)
        .join(MeetingTime, col(MeetingTime.id) == col(MeetingAnswer.time_id))
        .where(col(MeetingTime.meeting_id).in_(meeting_ids))
    )
    found = await session.execute(statement.execution_options(populate_existing=True))
    return found.scalars().all()


async def write_answer(
    session: AsyncSession, time_id: UUID, account_id: UUID, moment: datetime, *, suits: bool
) -> None:
    """Write what somebody says to a time, over what they said before."""
    values = {"time_id": time_id, "account_id": account_id, "suits": suits, "answered_at": moment}
    statement = insert(MeetingAnswer).values(**values)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["time_id", "account_id"], set_={"suits": suits, "answered_at": moment}
        )
    )


async def feed_of(session: AsyncSession, account_id: UUID) -> CalendarFeed | None:
    """Somebody's calendar, if they have made an address for it."""
    statement = select(CalendarFeed).where(CalendarFeed.account_id == account_id)
    found = await session.execute(statement.execution_options(populate_existing=True))
    return found.scalar_one_or_none()


async def feed_with(session: AsyncSession, token: str) -> CalendarFeed | None:
    """The calendar with that secret."""
    return (
        await session.execute(select(CalendarFeed).where(CalendarFeed.token == token))
    ).scalar_one_or_none()


async def write_feed(session: AsyncSession, account_id: UUID, token: str, moment: datetime) -> None:
    """Give somebody's calendar an address; the one before is no more."""
    statement = insert(CalendarFeed).values(account_id=account_id, token=token, made_at=moment)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id"], set_={"token": token, "made_at": moment}
        )
    )


async def delete_feed(session: AsyncSession, account_id: UUID) -> None:
    """Take the address of somebody's calendar away."""
    await session.execute(sa.delete(CalendarFeed).where(col(CalendarFeed.account_id) == account_id))
