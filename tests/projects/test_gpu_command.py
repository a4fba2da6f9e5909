"""`darsgah gpu run` against the real platform: work begins with a lease and ends with it."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
import uvicorn

from darsgah.projects import gpu
from darsgah.projects.gpu import NewToken
from tests.network import Platform
from tests.projects.rooms import Match, build_match, open_room


@pytest.fixture(scope="module")
async def site(platform: Platform) -> AsyncIterator[tuple[str, Match, str]]:
    """The platform's address, a project at work on it with an hour, and a token of it."""
    async with platform.database.begin() as session:
        match = await build_match(session)
        await open_room(session, match)
        token = (await gpu.make_token(session, match.amna, match.id, NewToken("gpu-1"))).token
    server = uvicorn.Server(
        uvicorn.Config(platform.app, port=0, log_config=None, access_log=False, lifespan="off")
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 # the server offers no event
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", match, token
    server.should_exit = True
    with suppress(asyncio.CancelledError):
        await serving


async def run(
    site: tuple[str, Match, str], *command: str, token: str = ""
) -> subprocess.CompletedProcess[str]:
    address, match, own = site
    arguments = ["gpu", "run", "--platform", address, "--project", str(match.id), "--", *command]
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "darsgah", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"DARSGAH_PROJECT_TOKEN": token or own},
    )


async def test_work_has_a_lease_and_says_when_it_is_over(
    platform: Platform, site: tuple[str, Match, str]
) -> None:
    done = await run(site, "sh", "-c", "echo worked; exit 7")
    assert (done.returncode, done.stdout) == (7, "worked\n"), done.stderr
    async with platform.database.begin() as session:
        rows = (await session.execute(sa.text("SELECT ended, billed_seconds FROM gpu_lease"))).all()
    ((ended, billed),) = rows
    assert ended == "done"
    assert 0 <= billed < 30


async def test_without_a_lease_nothing_is_started(site: tuple[str, Match, str], tmp_path: Path) -> None:
    done = await run(site, "touch", str(tmp_path / "ran"), token="dgp_wrong")
    assert done.returncode == 3
    assert "token" in done.stderr
    assert not (tmp_path / "ran").exists()


async def test_the_whole_group_ends_with_the_hours(
    platform: Platform, site: tuple[str, Match, str], tmp_path: Path
) -> None:
    async with platform.database.begin() as session:
        await session.execute(sa.text("UPDATE gpu_lease SET billed_seconds = 3597"))
    child = tmp_path / "child"
    begun = time.monotonic()
    done = await run(site, "sh", "-c", f"sleep 100 & echo $! > {child}; sleep 100")
    assert done.returncode == 4, done.stderr
    assert "hours are used up" in done.stderr
    assert time.monotonic() - begun < 40
    assert not _runs(child)
    again = await run(site, "true")
    assert again.returncode == 3


def _runs(child: Path) -> bool:
    """Whether it is more than a line in the table of processes that nobody has read yet."""
    stat = Path(f"/proc/{child.read_text().strip()}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"
