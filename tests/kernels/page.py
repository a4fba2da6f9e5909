"""A page with a kernel, without a browser: says what the lab page says, and remembers what it is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

SECONDS = 30.0
Event = dict[str, Any]


class Page:
    """One open page. Events of cells are kept by the id of their execution, in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self.heard: list[Event] = []
        self.session = ""
        self.last = 0
        self.closed: tuple[int, str] | None = None

    async def hear(self) -> Event | None:
        """The next message; None at the end, of which ``closed`` then tells."""
        try:
            async with asyncio.timeout(SECONDS):
                message: Event = json.loads(await self._socket.recv())
        except ConnectionClosed as over:
            self.closed = (over.rcvd.code, over.rcvd.reason) if over.rcvd else (1006, "")
            return None
        self.heard.append(message)
        self.last = max(self.last, message.get("seq", 0))
        self.session = message.get("session", self.session)
        return message

    async def until(self, kind: str, **fields: object) -> Event:
        """The next message of that type whose fields are these."""
        while (message := await self.hear()) is not None:
            if message["type"] == kind and all(message.get(name) == value for name, value in fields.items()):
                return message
        raise AssertionError(f"no {kind} came before the end: {self.closed}, {self.heard[-5:]}")

    async def end(self) -> tuple[int, str]:
        """How the page was closed by the server."""
        while await self.hear() is not None:
            pass
        assert self.closed is not None
        return self.closed

    async def say(self, kind: str, **fields: object) -> None:
        """Send a message."""
        await self._socket.send(json.dumps({"type": kind, **fields}))

    async def send_raw(self, text: str) -> None:
        """Send anything."""
        await self._socket.send(text)

    async def begin(self, code: str, cell: str = "cell") -> str:
        """Have a cell run; the id of its execution."""
        self._number += 1
        name = f"{id(self)}-{self._number}"
        await self.say("execute_request", id=name, cell=cell, code=code)
        return name

    async def run(self, code: str, cell: str = "cell") -> Event:
        """Run a cell to its end; its ``execute_reply``."""
        return await self.until("execute_reply", id=await self.begin(code, cell))

    async def value(self, code: str) -> str:
        """What a cell ends in, as text; the name of its error; or what it printed."""
        reply = await self.run(code)
        shown = self.of(reply["id"])
        for event in reversed(shown):
            if event["type"] == "error":
                return str(event["ename"])
            if event["type"] == "execute_result":
                return str(event["data"]["text/plain"])
        return self.printed(reply["id"]).strip()

    def of(self, execution: str) -> list[Event]:
        """The events of one execution so far."""
        return [event for event in self.heard if event.get("id") == execution]

    def printed(self, execution: str) -> str:
        """What one execution has printed so far."""
        return "".join(event["text"] for event in self.of(execution) if event["type"] == "stream")

    async def close(self) -> None:
        """Close it, as when a browser's tab is closed."""
        await self._socket.close()

    def break_off(self) -> None:
        """Lose the link without a word."""
        self._socket.transport.abort()

    @classmethod
    @asynccontextmanager
    async def opened(cls, address: str, headers: dict[str, str]) -> AsyncIterator[Self]:
        """A page at that address; it is closed at the end."""
        async with connect(address, additional_headers=headers, max_size=None, proxy=None) as socket:
            yield cls(socket)
