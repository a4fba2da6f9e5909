"""Tasks that run beside others end, though a cancellation was lost."""

import asyncio
from contextlib import suppress

from darsgah.jobs.ending import end


async def _loses_one() -> None:
    """What Python 3.11 makes of a cancellation that comes with a result."""
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(60)
    await asyncio.sleep(60)


async def _breaks() -> None:
    raise ValueError


async def test_all_have_ended_also_who_lost_a_cancellation() -> None:
    tasks = [asyncio.create_task(work()) for work in (_loses_one, _breaks)]
    await asyncio.sleep(0)
    async with asyncio.timeout(20):
        await end(tasks)
    assert [task.done() for task in tasks] == [True, True]


async def test_nothing_to_end() -> None:
    await end([])
