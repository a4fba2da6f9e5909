"""The worker as a whole, beyond what its tasks and its queue are tried for."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from darsgah import worker
from darsgah.briefs.errors import MoveNotAllowed
from darsgah.briefs.models import Brief
from darsgah.db.columns import now
from darsgah.db.session import Database
from darsgah.jobs.ending import end
from darsgah.settings import Settings
from darsgah.worker import NoSandbox, run_worker
from darsgah_grader.sandbox.cgroups import CgroupReport
from darsgah_grader.sandbox.levels import LevelReport
from darsgah_grader.types import SandboxLevel
from tests.projects.rooms import build_match

BEFORE = now().date() - timedelta(days=2)


def test_where_nothing_can_be_contained_no_job_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Submissions wait for a worker that can; this one would fail each of them until it is given up."""
    report = LevelReport(SandboxLevel.NONE, (), ("there is no Landlock",), CgroupReport(0, False, "", ""))
    monkeypatch.setattr(worker, "probe", lambda: report)
    with pytest.raises(NoSandbox, match=r"no Landlock.*doctor"):
        run_worker(Settings(home=tmp_path), "postgresql://nobody@127.0.0.1:1/nowhere")


async def test_once_an_hour_the_worker_looks_after_briefs_and_projects(database: Database) -> None:
    """What is due is done by the chores themselves, not only by what they call."""
    async with database.begin() as session:
        match = await build_match(session, starts_on=BEFORE, ends_on=BEFORE)
        late = Brief(
            hub_id=match.hub_id, created_by=match.guide.account_id, stage="published", ends_on=BEFORE
        )
        session.add(late)
    for chore in worker.chores(database, measures=True).values():
        await chore()
    async with database.begin() as session:
        stage = await session.scalar(sa.text("SELECT stage FROM project"))
        brief = await session.get(Brief, late.id)
    assert stage == "expired", "reminders are looked for"
    assert brief
    assert brief.stage == "expired"


async def test_a_chore_that_fails_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "HOUSEKEEPING_SECONDS", 0.001)
    tried: list[int] = []
    again = asyncio.Event()

    async def chore() -> None:
        tried.append(1)
        if len(tried) > 1:
            again.set()
        raise MoveNotAllowed

    doing = asyncio.create_task(worker.hourly("a chore", chore))
    async with asyncio.timeout(10):
        await again.wait()
    await end([doing])
