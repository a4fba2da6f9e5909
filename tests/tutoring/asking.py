"""Asking the platform for a hint, and having the worker's own task make it."""

from collections.abc import Mapping
from typing import Any

import httpx

from darsgah.hinting.tasks import HintTasks
from darsgah_grader.grading import Grader
from tests.network import Platform


async def ask(client: httpx.AsyncClient, url: str, source: str, **more: object) -> Mapping[str, Any]:
    """What the platform answers to who asks."""
    sent = {"notebook": "lab", "cell_id": "double", "source": source, **more}
    answer = await client.post(url, json=sent)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def told(
    platform: Platform, grader: Grader, client: httpx.AsyncClient, url: str, source: str, **more: object
) -> Mapping[str, Any]:
    """Ask, have the worker's task make it, and read it."""
    answer = await ask(client, url, source, **more)
    assert answer["available"], answer
    hint_id = answer["hint"]["id"]
    await HintTasks(platform.database, platform.blobs, grader).give(hint_id)
    return dict((await client.get(f"/api/v1/hints/{hint_id}")).json())
