"""Tasks that run beside others, and how they are ended."""

import asyncio
from collections.abc import Collection
from typing import Any

AGAIN = 0.5
"""Seconds after which a task that goes on is cancelled once more."""


async def end(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait until all have ended, whatever came of them.

    Before Python 3.12 ``asyncio.wait_for`` loses a cancellation that comes when what it waits for is just
    there (https://github.com/python/cpython/issues/86296), and psycopg waits by it. A task that has lost one
    would run for ever, and whoever waits for its end with it.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=AGAIN)
    await asyncio.gather(*tasks, return_exceptions=True)
