"""A GPU node tells the platform that it is there, and again in regular intervals, and when it goes.

The contract, JSON over HTTP(S), with the node's token (made by an administrator of the hub, who thereby says
to which hub the node belongs) as ``Authorization: Bearer``:

``POST /api/v1/tutor/nodes`` registers, renews and changes; the same token is the same node::

    {"name": "gpu-1", "url": "http://10.0.0.5:8100", "token": "what /v1 of the node wants as bearer token",
     "model": "Qwen2.5-Coder-1.5B-Instruct", "device": "NVIDIA L4, bfloat16", "places": 64,
     "version": "0.5.0"}

    200 {"id": "...", "renew_seconds": 30.0}

A node that was not renewed for three such intervals is listed no more. 401: the token is not known, or was
withdrawn; 422: the body is not as above, or the address cannot be reached by others. Both are told to the
operator and tried again, since an administrator may mend them.

``DELETE /api/v1/tutor/nodes`` takes the token's node off the list; 204, also where it was not on it. It is
sent when the node begins to drain, so that nobody is sent to it any more while it finishes what it has.

The platform being away is no reason to stop serving: who knows the node goes on asking it.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import httpx
import msgspec

_ROUTE = "/api/v1/tutor/nodes"
_PATIENCE = 10.0
_LAST_PATIENCE = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


class NodeCard(msgspec.Struct, frozen=True):
    """What a node says of itself.

    Attributes:
        url: at which the platform's workers reach it.
        token: what it wants of them.
        places: answers it makes at once.
    """

    name: str
    url: str
    token: str
    model: str
    device: str
    places: int
    version: str


class Registered(msgspec.Struct, frozen=True):
    """The platform's answer."""

    id: str
    renew_seconds: float = 30.0


class _Problem(msgspec.Struct, frozen=True):
    """Why the platform refuses."""

    detail: str
    fields: dict[str, str] = {}


async def stay_registered(
    platform: str, token: str, card: NodeCard, stop: asyncio.Event, tell: Callable[[str], None]
) -> None:
    """Register, renew until ``stop`` is set, then take the node off the list. Never raises for the network.

    Args:
        platform: its address.
        token: the node's.
        card: what is told.
        stop: set when the node begins to drain.
        tell: is given a sentence when something has changed: registered, refused, away.
    """
    url = platform.rstrip("/") + _ROUTE
    headers = {"Authorization": f"Bearer {token}"}
    said = ""
    pause = FIRST_PAUSE
    async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=_PATIENCE) as client:
        while not stop.is_set():
            sentence, renew = await _register(client, url, card)
            if sentence != said:
                tell(sentence)
                said = sentence
            pause = min(LONGEST_PAUSE, pause * 2) if renew is None else FIRST_PAUSE
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause if renew is None else renew)
        with suppress(httpx.HTTPError, httpx.InvalidURL):
            await client.delete(url, timeout=_LAST_PATIENCE)


async def _register(client: httpx.AsyncClient, url: str, card: NodeCard) -> tuple[str, float | None]:
    """A sentence about how it went, and after how many seconds to renew; None where it failed."""
    try:
        response = await client.post(url, json=msgspec.to_builtins(card))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return (
            f"The platform cannot be reached at {url} ({error}); serving goes on, and it is tried again.",
            None,
        )
    if response.status_code == httpx.codes.UNAUTHORIZED:
        return "The platform does not know this node's token: make a new one and set it.", None
    if not response.is_success:
        return f"The platform refuses this node ({response.status_code}): {_reason(response)}", None
    try:
        registered = msgspec.json.decode(response.content, type=Registered)
    except msgspec.MsgspecError:
        return f"What answers at {url} is no platform.", None
    return f"Registered with the platform as {registered.id}.", max(1.0, registered.renew_seconds)


def _reason(response: httpx.Response) -> str:
    """What the platform says is wrong: its problem details (RFC 9457), or the beginning of what came."""
    try:
        problem = msgspec.json.decode(response.content, type=_Problem)
    except msgspec.MsgspecError:
        return response.text[:300]
    return " ".join([problem.detail, *(f"{name}: {wrong}." for name, wrong in problem.fields.items())])
