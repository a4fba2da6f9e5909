"""One idempotency key for two labs at the same moment: one is taken, the other is told, nothing breaks."""

import asyncio

import pytest

from darsgah.blobs.store import memory_blobs
from darsgah.db.session import Database
from darsgah.submissions import service
from darsgah.submissions.errors import KeyReused
from tests.network import build_network, open_cohort, work


async def test_the_second_lab_of_another_cohort_is_refused(database: Database) -> None:
    blobs = memory_blobs()
    async with database.begin() as session:
        network = await build_network(session, blobs)
        learner = network.people["learner"]
        _, other = await open_cohort(
            session, network.hub_id, network.course_version_id, learner, name="Another"
        )

    async def second() -> None:
        async with database.begin() as session:
            await service.hand_in(
                session, blobs, learner, other, {"lab.ipynb": work(2)}, idempotency_key="one key"
            )

    async with database.begin() as session:
        await service.hand_in(
            session,
            blobs,
            learner,
            network.assignment_id,
            {"lab.ipynb": work(1)},
            idempotency_key="one key",
        )
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.5)
        assert not waiting.done()
    with pytest.raises(KeyReused):
        await waiting
