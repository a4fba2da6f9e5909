"""Between a page's WebSocket and its kernel's host: words are passed on as they are, and bounded.

Whether the page may still have the kernel is asked again while it is open. Why it may not is said with a code
of closing (4000 and the status that HTTP has for it), because a browser shows a page nothing else.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

from litestar import WebSocket
from litestar.exceptions import WebSocketDisconnect

from darsgah.blobs.store import BlobStore
from darsgah.catalog.schemas import GradingMaterial
from darsgah.errors import DarsgahError
from darsgah.jobs.ending import end
from darsgah_grader.kernel_wire import (
    FILE,
    LONGEST_RELAYED,
    RELAYED,
    Link,
    Opening,
    WireError,
    opening_message,
)

ASK_AGAIN_SECONDS: Final = 60.0
TOO_LARGE: Final = 4413
HOST_AWAY: Final = 4503
OVER: Final = 4410
Socket = WebSocket[Any, Any, Any]


class _Over(Exception):  # noqa: N818 - says what is so
    """The page is to be closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def open_kernel(link: Link, opening: Opening, material: GradingMaterial, blobs: BlobStore) -> None:
    """Ask a host for a kernel; what it lacks of the lab's data files is sent.

    Raises:
        WireError: the host breaks off.
        BlobMissing, BlobCorrupt, BlobStoreAway: a data file cannot be read.
    """
    link.say(opening_message(opening))
    known = {file.sha256 for file in material.files}
    answer = await link.control()
    for sha256 in answer.get("files", ()):
        if sha256 not in known:
            raise WireError("the host asks for a file of another lab")
        link.send(FILE, await blobs.get(sha256))
        await link.drain()


async def relay(
    socket: Socket,
    link: Link,
    still_may: Callable[[], Awaitable[None]],
    stays: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    """Pass words on until one side is gone; the socket is closed then, with the reason.

    Args:
        still_may: is asked now and then; raises why the page may no longer have the kernel.
        stays: lasts as long as the page may stay beside others; raises why it may no longer.
    """
    tasks = [
        asyncio.create_task(work)
        for work in (_from_page(socket, link), _from_host(socket, link), _ask_again(still_may), stays())
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    except _Over as over:
        await socket.close(over.code, over.reason)
    except DarsgahError as error:
        await socket.close(4000 + error.status, error.code)
    except WireError:
        await socket.close(HOST_AWAY, "kernels_away")
    finally:
        await end(tasks)


async def _from_page(socket: Socket, link: Link) -> None:
    while True:
        try:
            text = await socket.receive_text()
        except WebSocketDisconnect:
            return
        content = text.encode("utf-8", "replace")
        if len(content) > LONGEST_RELAYED:
            raise _Over(TOO_LARGE, "too_large")
        link.send(RELAYED, content)
        await link.drain()


async def _from_host(socket: Socket, link: Link) -> None:
    while (frame := await link.receive()) is not None:
        if frame[0] != RELAYED:
            raise WireError("a frame that is not for a page")
        await socket.send_text(frame[1].decode())
        if frame[1].startswith(b'{"type": "ended"'):
            raise _Over(OVER, str(json.loads(frame[1])["reason"]))
    raise _Over(HOST_AWAY, "kernels_away")


async def _ask_again(still_may: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(ASK_AGAIN_SECONDS)
        await still_may()
