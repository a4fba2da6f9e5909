"""What the web process finds at a host's address: a connection is one page of a kernel, or one question."""

import asyncio
import contextlib
import hashlib
import json
import logging
import socket
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from darsgah_grader.kernel_wire import (
    FILE,
    LONGEST_RELAYED,
    RELAYED,
    Address,
    Link,
    Opening,
    WireError,
    greet,
    opening_of,
    short_path,
)
from darsgah_grader.sandbox.kernel_host import Held, KernelHost, Refused
from darsgah_grader.sandbox.kernels import Kernel

_logger = logging.getLogger(__name__)
_MOST_UNREAD: Final = 8 * 1024 * 1024
_KEPT_FILES: Final = 256 * 1024 * 1024
_MOST_UNHEARD: Final = 1000
_MOST_UNHEARD_BYTES: Final = 8 * 1024 * 1024
_LOOK_SECONDS: Final = 0.2
"""In which kernels say what they use."""


class _Files:
    """Data files of labs by their SHA-256, for the kernels to come; the longest unused makes room."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0

    def get(self, sha256: str) -> bytes | None:
        content = self._kept.get(sha256)
        if content is not None:
            self._kept.move_to_end(sha256)
        return content

    def add(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 not in self._kept:
            self._kept[sha256] = content
            self._size += len(content)
            while self._size > _KEPT_FILES and len(self._kept) > 1:
                self._size -= len(self._kept.popitem(last=False)[1])
        return sha256


class _Page:
    """A page at the other end of a link; one that does not read is let go, and may come back."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def tell(self, encoded: bytes) -> None:
        if self._link.waiting_bytes > _MOST_UNREAD:
            self._link.close()
        else:
            self._link.send(RELAYED, encoded)

    def say(self, message: Mapping[str, Any]) -> None:
        self.tell(json.dumps(message).encode())


class _Said:
    """What a page has said while its kernel was not there yet to hear it."""

    def __init__(self) -> None:
        self._messages: asyncio.Queue[bytes] = asyncio.Queue()
        self._bytes = 0

    @property
    def full(self) -> bool:
        """Whether it is more than a page says."""
        return self._messages.qsize() >= _MOST_UNHEARD or self._bytes > _MOST_UNHEARD_BYTES

    def add(self, content: bytes) -> None:
        self._bytes += len(content)
        self._messages.put_nowait(content)

    async def next(self) -> bytes:
        content = await self._messages.get()
        self._bytes -= len(content)
        return content


class KernelServer:
    """Serves a host at one address; ``secret`` is what the web process proves that it knows."""

    def __init__(self, host: KernelHost, secret: str) -> None:
        self._host = host
        self._secret = secret
        self._files = _Files()
        self._links: set[asyncio.Task[Any]] = set()

    async def serve(self, address: Address, stop: asyncio.Event) -> None:
        """Listen until ``stop``; a socket's file is for this user alone, and is gone afterwards.

        Raises:
            OSError: the address is taken, or cannot be listened on.
        """
        if address.path is not None:
            listening = _listen_privately(address.path)
            server = await asyncio.start_unix_server(self._connected, sock=listening)
        else:
            server = await asyncio.start_server(self._connected, address.host, address.port)
        house = asyncio.create_task(self._host.keep_house())
        _logger.info("kernels are served at %s", address)
        try:
            await stop.wait()
        finally:
            server.close()
            house.cancel()
            if address.path is not None:
                address.path.unlink(missing_ok=True)
            await self._host.close()
            for link in self._links:
                link.cancel()
            await asyncio.gather(house, *self._links, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 -- a coroutine runs in one; tells the type checker
        self._links.add(task)
        link = Link(reader, writer)
        try:
            await greet(link, self._secret)
            await self._answer(link, await link.control())
        except WireError as error:
            _logger.warning("a link to the kernels was refused: %s", error)
        except OSError:
            pass  # the other side went away
        except Exception:
            _logger.exception("a link to the kernels ended")
        finally:
            self._links.discard(task)
            link.close()

    async def _answer(self, link: Link, asked: Mapping[str, Any]) -> None:
        if asked.get("ask") == "open":
            await self._page(link, opening_of(asked))
        elif asked.get("ask") == "list":
            for held in self._host.held:
                held.kernel.look()
            await asyncio.sleep(_LOOK_SECONDS)
            link.say(self._report())
        elif asked.get("ask") == "stop":
            stopped = self._host.stop(str(asked.get("learner")), str(asked.get("assignment")))
            link.say({"stopped": stopped})
        await link.drain()

    # -- pages ----------------------------------------------------------------------------------------------

    async def _page(self, link: Link, opening: Opening) -> None:
        """Serve a page until it is gone; what it says before its kernel is there waits for it."""
        page = _Page(link)
        # Without a session a new kernel may have to be started, also in the place of one that is just ending.
        files = await self._files_of(link, replace(opening, files=()) if opening.session else opening)
        said = _Said()
        listening = asyncio.create_task(self._listen(link, said))
        serving = asyncio.create_task(self._serve_page(page, opening, files, said))
        try:
            await asyncio.wait({listening, serving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            listening.cancel()
            serving.cancel()
            await asyncio.gather(listening, serving, return_exceptions=True)

    @staticmethod
    async def _listen(link: Link, said: _Said) -> None:
        """What the page says, until it is gone or says more than a page does."""
        while not said.full and (frame := await link.receive()) is not None:
            if frame[0] == RELAYED and len(frame[1]) <= LONGEST_RELAYED:
                said.add(frame[1])

    async def _serve_page(
        self, page: _Page, opening: Opening, files: Mapping[str, bytes], said: _Said
    ) -> None:
        try:
            kernel = await self._host.open(
                opening, files, lambda position: page.say({"type": "queue", "position": position})
            )
        except Refused as refused:
            page.say({"type": "ended", "reason": refused.reason})
            return
        idle = self._host.bounds.idle_seconds
        page.say({"type": "limits", "memory_bytes": kernel.limits.memory_bytes, "idle_seconds": idle})
        kernel.attach(page, opening.session, opening.after)
        hearing = asyncio.create_task(self._hear_all(kernel, page, said))
        try:
            await kernel.gone.wait()
        finally:
            hearing.cancel()
            kernel.detach(page)

    async def _hear_all(self, kernel: Kernel, page: _Page, said: _Said) -> None:
        while True:
            self._hear(kernel, page, await said.next())

    async def _files_of(self, link: Link, opening: Opening) -> dict[str, bytes]:
        """The lab's data files by name; those that are not here yet are asked for."""
        wanted = {str(file["name"]): str(file["sha256"]) for file in opening.files}
        contents = {sha256: self._files.get(sha256) for sha256 in sorted(set(wanted.values()))}
        lacking = [sha256 for sha256, content in contents.items() if content is None]
        link.say({"files": lacking})
        for sha256 in lacking:
            frame = await link.receive()
            if frame is None or frame[0] != FILE or self._files.add(frame[1]) != sha256:
                raise WireError("a data file that was not asked for")
            contents[sha256] = frame[1]
        return {name: contents[sha256] or b"" for name, sha256 in wanted.items()}

    @staticmethod
    def _hear(kernel: Kernel, page: _Page, content: bytes) -> None:
        with contextlib.suppress(ValueError, RecursionError):
            message = json.loads(content)
            if isinstance(message, dict):
                kernel.hear(page, message)

    # -- administrators -------------------------------------------------------------------------------------

    def _report(self) -> dict[str, Any]:
        """Who has a kernel, and what all of them may use."""
        return {
            "places": self._host.bounds.places,
            "each": self._host.bounds.each,
            "idle_seconds": self._host.bounds.idle_seconds,
            "waiting": self._host.waiting,
            "kernels": [_row(held) for held in self._host.held],
        }


def _row(held: Held) -> dict[str, Any]:
    opening, kernel = held.opening, held.kernel
    return {
        "learner": opening.learner,
        "assignment": opening.assignment,
        "hub": opening.hub,
        "lab": opening.lab,
        "learner_name": opening.learner_name,
        "environment": opening.environment,
        "state": str(kernel.state),
        "watched": kernel.watched,
        "memory_bytes": kernel.usage.memory_bytes,
        "memory_limit_bytes": kernel.limits.memory_bytes,
        "cpu_seconds": kernel.usage.cpu_seconds,
        "processes": kernel.usage.processes,
        "idle_seconds": round(held.idle_seconds, 1),
        "age_seconds": round(time.monotonic() - held.since, 1),
    }


def _listen_privately(path: Path) -> socket.socket:
    """A listening socket whose file nobody else may use; one that a killed host left is replaced."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with short_path(path) as short:
            if not _answers(short):
                path.unlink(missing_ok=True)
            listening.bind(short)  # fails where another host listens
            path.chmod(0o600)
        listening.listen(1024)
    except BaseException:
        listening.close()
        raise
    listening.setblocking(False)
    return listening


def _answers(path: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        try:
            trial.connect(path)
        except OSError:
            return False
        return True
