"""Hints in other words: by a registered `darsgah tutor serve`, killed and drained; and read on the way."""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from darsgah.db.columns import new_id
from darsgah.hinting.rephrasers import Rephrasers
from darsgah.hinting.tasks import HintTasks
from darsgah.settings import Settings
from darsgah.tutor_nodes.models import TutorNode
from darsgah.tutoring import service as tutoring
from darsgah.tutoring.schemas import MadeHint
from darsgah_grader.grading import Grader
from darsgah_tutor.parts import Passage
from tests.kernels.conftest import serving
from tests.network import Platform, open_cohort
from tests.tutor.causal.servers import process
from tests.tutor.causal.tiny import qwen2_saying
from tests.tutor_nodes.test_who import CARD, PLACE, made, state

WRONG = "def double(n):\n    return n + 2"
RIGHT = "def double(n):\n    return 2 * n"
SAID = "Look at the line once more and ask what it does."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that says one sentence, whatever it is asked."""
    return qwen2_saying(tmp_path_factory.mktemp("causal") / "Tiny-Tutor", SAID)


@pytest.fixture
async def asking(platform: Platform) -> str:
    """Where ``learner`` asks, in a cohort of its own, after a hint of level 0."""
    network, learner = platform.network, platform.network.people["learner"]
    async with platform.database.begin() as session:
        _, assignment_id = await open_cohort(
            session, network.hub_id, network.course_version_id, learner, name=f"Nodes {new_id()}"
        )
    url = f"/api/v1/assignments/{assignment_id}/hints"
    async with platform.program("learner") as client:
        hint_id = await ask(client, url, source=RIGHT, level=0)
        async with platform.database.begin() as session:
            await tutoring.record(session, UUID(hint_id), MadeHint({"en": "Look."}))
    return url


async def ask(client: httpx.AsyncClient, url: str, *, source: str = WRONG, level: int = 1) -> str:
    """Ask for a hint; its id."""
    asked = {"notebook": "lab", "cell_id": "double", "source": source, "level": level}
    answer = await client.post(url, json=asked)
    assert answer.json()["available"], answer.text
    return str(answer.json()["hint"]["id"])


async def told(tasks: HintTasks, client: httpx.AsyncClient, url: str) -> str:
    """What the worker's task makes of asking."""
    hint_id = await ask(client, url)
    await tasks.give(hint_id)
    hint = (await client.get(f"/api/v1/hints/{hint_id}")).json()
    assert (hint["state"], hint["level"], hint["withheld"]) == ("given", 1, False)
    return str(hint["text"])


async def until(ready: Callable[[], Awaitable[bool]]) -> None:
    """Wait, a minute at most."""
    async with asyncio.timeout(60):
        while not await ready():  # noqa: ASYNC110 # another process has no event for it
            await asyncio.sleep(0.05)


async def test_a_hubs_own_node_is_asked_first(platform: Platform) -> None:
    network = platform.network
    hubs = (network.other_hub_id, None, network.hub_id)
    bearers = []
    for hub_id in hubs:
        _, bearer = await made(platform, "network_admin", hub_id=hub_id and str(hub_id))
        bearers.append(bearer)
        async with platform.client(headers=bearer) as node:
            card = {**CARD, "url": f"http://127.0.0.1:9/{hub_id}"}
            assert (await node.post(PLACE, json=card)).status_code == 200
    rephrasers = Rephrasers(platform.settings)
    await rephrasers.read_nodes(platform.database)
    for hub_id in (network.hub_id, network.other_hub_id):
        first, *others = rephrasers._watch.in_order(str(hub_id))
        assert (first[0].hub, len(others)) == (str(hub_id), 2)
    for bearer in bearers:
        async with platform.client(headers=bearer) as node:
            assert (await node.delete(PLACE)).status_code == 204


async def test_a_node_says_hints_until_it_is_killed_and_again_until_it_drains(
    platform: Platform, grader: Grader, asking: str, folder: Path, tmp_path: Path
) -> None:
    node_id, bearer = await made(platform)
    rephrasers = Rephrasers(platform.settings)
    tasks = HintTasks(platform.database, platform.blobs, grader, rephrasers=rephrasers)
    hub_id = platform.network.hub_id

    async def registered() -> bool:
        await rephrasers.read_nodes(platform.database)
        return rephrasers.rephraser(hub_id) is not None

    async def being_asked() -> bool:
        return any(known.asked for known in rephrasers._watch._known.values())

    async with serving(platform.app) as address, platform.program("learner") as client:
        authored = await told(tasks, client, asking)
        options = ("--device", "cpu", "--platform", address)
        token = bearer["Authorization"].removeprefix("Bearer ")
        with process(folder, tmp_path / "one", *options, DARSGAH_NODE_TOKEN=token) as (_, started):
            await until(registered)
            assert await told(tasks, client, asking) == SAID
            started.send_signal(signal.SIGSTOP)
            telling = asyncio.create_task(told(tasks, client, asking))
            await until(being_asked)
            started.kill()
            assert await telling == authored
            assert await told(tasks, client, asking) == authored
            await rephrasers.read_nodes(platform.database)
            assert await state(platform, node_id) == "unreached"
        async with platform.database.begin() as session:
            await session.execute(sa.update(TutorNode).values(renewed_at=None))
        await rephrasers.read_nodes(platform.database)
        with process(folder, tmp_path / "two", *options, DARSGAH_NODE_TOKEN=token) as (_, started):
            await until(registered)
            assert await state(platform, node_id) == "ready"
            assert await told(tasks, client, asking) == SAID
            started.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(started.wait, 30) == 0
        assert await state(platform, node_id) == "left"
        await rephrasers.read_nodes(platform.database)
        assert rephrasers.rephraser(hub_id) is None
        assert await told(tasks, client, asking) == authored


async def test_a_workers_own_model_says_hints_or_is_refused(
    platform: Platform, grader: Grader, asking: str, folder: Path
) -> None:
    said = []
    for model in (str(folder), str(folder / "none"), "http://127.0.0.1:9/v1"):
        settings = Settings(home=platform.settings.home, tutor_model=model)
        with Rephrasers(settings) as rephrasers, capture_logs() as logs:
            await rephrasers.open_own()
            assert [line["event"] for line in logs] == [
                "tutor_model_refused" if model.endswith("none") else "tutor_model_ready"
            ]
            tasks = HintTasks(platform.database, platform.blobs, grader, rephrasers=rephrasers)
            async with platform.program("learner") as client:
                said.append(await told(tasks, client, asking))
    assert said[0] == SAID
    assert said[1] == said[2] != SAID


class InTwoParts:
    """A rephraser that says the second sentence when it is let."""

    name = "in two parts"

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def rephrase(self, passage: Passage) -> Iterator[str]:
        """Two sentences."""
        yield SAID
        assert self.go_on.wait(60)
        yield " Then say it aloud."


async def test_a_learner_reads_what_there_is_before_it_is_whole(
    platform: Platform, grader: Grader, asking: str
) -> None:
    speaker = InTwoParts()
    rephrasers = cast("Rephrasers", SimpleNamespace(rephraser=lambda _: speaker))
    tasks = HintTasks(platform.database, platform.blobs, grader, rephrasers=rephrasers)
    async with platform.program("learner") as client, platform.browser("learner") as page:
        hint_id = await ask(client, asking)
        following = asyncio.create_task(client.get(f"/api/v1/hints/{hint_id}/events"))
        telling = asyncio.create_task(tasks.give(hint_id))

        async def begun() -> bool:
            hint = (await client.get(f"/api/v1/hints/{hint_id}")).json()
            return (hint["state"], hint["text"]) == ("waiting", SAID)

        await until(begun)
        assert SAID in (await page.get(f"/hints/{hint_id}")).text
        speaker.go_on.set()
        await telling
        events = (await following).text
        before, _, whole = events.partition("event: hint")
        assert before.rpartition("event: waiting")[2].count(SAID) == 1
        assert f"{SAID} Then say it aloud." in whole
