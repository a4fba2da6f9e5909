"""A link of known width between a browser and the server: counts bytes and requests, and slows them down.

It sits on the wire, so what workers and a service worker fetch is counted like everything else.
"""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

REQUEST = re.compile(rb"^(GET|POST|PUT|HEAD|DELETE) \S+ HTTP/1\.1\r\n", re.MULTILINE)
PIECE = 16 * 1024


@dataclass
class Link:
    """What went over the link since ``reset``; ``bits_per_second`` 0 does not slow it down."""

    target: int
    port: int = 0
    bits_per_second: float = 0.0
    round_trip: float = 0.0
    requests: int = 0
    received: int = 0
    _free_at: float = field(default=0.0, repr=False)

    @property
    def url(self) -> str:
        """Where a browser reaches the server through the link."""
        return f"http://127.0.0.1:{self.port}"

    def reset(self) -> None:
        """Begin to count anew."""
        self.requests = self.received = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on, both ways, until either side ends it."""
        try:
            to_server, from_server = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        up = asyncio.create_task(self._up(reader, from_server))
        down = asyncio.create_task(self._down(to_server, writer))
        await asyncio.wait([up, down], return_when=asyncio.FIRST_COMPLETED)
        for task in (up, down):
            task.cancel()
        for end in (writer, from_server):
            with suppress(OSError):
                end.close()

    async def _up(self, reader: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        while piece := await reader.read(PIECE):
            self.requests += len(REQUEST.findall(piece))
            if self.round_trip:
                await asyncio.sleep(self.round_trip)
            server.write(piece)
            await server.drain()

    async def _down(self, server: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await server.read(PIECE):
            self.received += len(piece)
            await self._wait_for_room(len(piece))
            writer.write(piece)
            await writer.drain()

    async def _wait_for_room(self, size: int) -> None:
        """All connections share the link's width."""
        if not self.bits_per_second:
            return
        now = asyncio.get_running_loop().time()
        begins = max(now, self._free_at)
        self._free_at = begins + size * 8 / self.bits_per_second
        await asyncio.sleep(self._free_at - now)


@contextmanager
def link_to(target: int) -> Iterator[Link]:
    """A link to a port of this machine, served by a thread of its own until the block ends."""
    link = Link(target)
    loop = asyncio.new_event_loop()
    begun = threading.Event()

    async def run() -> None:
        server = await asyncio.start_server(link.serve, "127.0.0.1", 0)
        link.port = server.sockets[0].getsockname()[1]
        begun.set()
        async with server:
            await server.serve_forever()

    def work() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(serving)

    serving = loop.create_task(run())
    thread = threading.Thread(target=work, name="link", daemon=True)
    thread.start()
    begun.wait()
    try:
        yield link
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join()
        loop.close()
