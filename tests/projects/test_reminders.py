"""Reminders: what is due is told in time, once, to those whom it concerns."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.briefs.lifecycle import Stage
from darsgah.db.columns import now
from darsgah.notices.models import Notice
from darsgah.projects import service
from darsgah.projects.milestones import HandedIn, submit
from darsgah.projects.reminders import remind_of
from darsgah.projects.schemas import ProjectMove
from tests.projects.rooms import LANGUAGES, Match, accept, build_match, open_room


async def told(session: AsyncSession, match: Match, moment: datetime, kind: str) -> list[str]:
    """Whom looking at that moment tells of that kind."""
    await session.execute(sa.text("DELETE FROM notice"))
    await remind_of(session, LANGUAGES, match.id, moment)
    rows = await session.execute(sa.select(Notice.account_id).where(Notice.kind == kind))  # type: ignore[call-overload] # SQLModel's columns
    found = set(rows.scalars())
    return sorted(name for name, who in match.people.items() if who.account_id in found)


async def test_milestones_are_told_of_three_days_and_one_day_before_and_after(session: AsyncSession) -> None:
    match = await build_match(session)
    await open_room(session, match)
    step = (await service.room_view(session, match.amna, match.id)).milestones[0]
    due, kind = step.due_at, "project_milestone_due"
    assert await told(session, match, due - timedelta(days=4), kind) == []
    assert await told(session, match, due - timedelta(days=3), kind) == ["amna", "bilal"]
    assert await told(session, match, due - timedelta(days=2), kind) == []
    assert await told(session, match, due - timedelta(days=1), kind) == ["amna", "bilal"]
    assert await told(session, match, due, kind) == []
    overdue = "project_milestone_overdue"
    assert await told(session, match, due + timedelta(hours=1), overdue) == ["amna", "bilal", "guide"]
    assert await told(session, match, due + timedelta(days=9), overdue) == []


async def test_what_was_handed_in_is_not_asked_for(session: AsyncSession) -> None:
    match = await build_match(session)
    await open_room(session, match)
    step = (await service.room_view(session, match.amna, match.id)).milestones[0]
    await submit(session, match.amna, match.id, step.id, HandedIn((), ("https://example.org",), ""))
    for kind in ("project_milestone_due", "project_milestone_overdue"):
        assert await told(session, match, step.due_at + timedelta(hours=1), kind) == []


async def test_whose_acceptance_is_missing(session: AsyncSession) -> None:
    match, kind = await build_match(session), "project_agreement_waiting"
    await accept(session, match, "amna", "guide")
    assert await told(session, match, now(), kind) == []
    later = now() + timedelta(days=1, minutes=1)
    assert await told(session, match, later, kind) == ["administrator", "bilal"]
    assert await told(session, match, later + timedelta(days=1), kind) == []
    await accept(session, match, "coordinator")
    assert await told(session, match, later + timedelta(days=5), kind) == ["bilal"]


async def test_the_room_opens_when_the_last_who_had_not_accepted_leaves(session: AsyncSession) -> None:
    match = await build_match(session)
    await accept(session, match, "amna", "guide", "coordinator")
    await session.execute(
        sa.text("UPDATE team_member SET left_at = now() WHERE account_id = :who"),
        {"who": match.bilal.account_id},
    )
    await remind_of(session, LANGUAGES, match.id, now())
    assert (await service.room_view(session, match.amna, match.id)).signed_at


async def test_a_project_that_nobody_began_by_its_last_day_has_ended(session: AsyncSession) -> None:
    match = await build_match(session)
    await accept(session, match, "amna", "guide")
    last = (await service.room_view(session, match.amna, match.id)).project.ends_on
    end = datetime.combine(last + timedelta(days=1), time(), ZoneInfo("Asia/Karachi"))
    assert await told(session, match, end - timedelta(minutes=1), "project_expired") == []
    assert await told(session, match, end, "project_expired") == ["administrator", "amna", "bilal", "guide"]
    view = await service.room_view(session, match.amna, match.id)
    assert view.project.stage is Stage.EXPIRED


@pytest.mark.parametrize("days", [1, 3])
async def test_an_evaluation_that_waits(session: AsyncSession, days: int) -> None:
    match, kind = await build_match(session), "project_evaluation_waiting"
    await open_room(session, match)
    for step in (await service.room_view(session, match.amna, match.id)).milestones:
        await submit(session, match.amna, match.id, step.id, HandedIn((), ("https://example.org",), ""))
    version = (await service.room_view(session, match.amna, match.id)).version
    await service.move(session, match.amna, match.id, ProjectMove("submit_final", version))
    expected = ["administrator", "amna", "bilal", "guide"] if days > 2 else []
    assert await told(session, match, now() + timedelta(days=days), kind) == expected
    assert await told(session, match, now() + timedelta(days=days), kind) == []


async def test_a_project_without_its_mentor(session: AsyncSession) -> None:
    match, kind = await build_match(session), "project_without_mentor"
    await open_room(session, match)
    assert await told(session, match, now(), kind) == []
    await session.execute(sa.text("UPDATE organisation SET state = 'suspended'"))
    assert await told(session, match, now(), kind) == ["administrator", "amna", "bilal"]
    assert await told(session, match, now(), kind) == []
