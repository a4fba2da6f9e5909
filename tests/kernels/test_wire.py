"""What is read of those who have not shown yet who they are, and of a host of another release."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from darsgah.access import Actor, Role
from darsgah.kernels import hosts, service
from darsgah.settings import Settings
from darsgah_grader.kernel_wire import CONTROL, FILE, Address, Link, WireError


@asynccontextmanager
async def told(said: bytes) -> AsyncIterator[Link]:
    """A link whose other end has said that."""
    here, there = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=here)
    with there:
        there.sendall(said)
        async with asyncio.timeout(5):
            yield Link(reader, writer)
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("kind", [FILE, b"?"])
async def test_before_the_handshake_only_words_are_read(kind: bytes) -> None:
    async with told(kind + (200 * 1024 * 1024).to_bytes(4, "big")) as link:
        with pytest.raises(WireError):
            await link.control()


async def test_words_are_read() -> None:
    async with told(CONTROL + (2).to_bytes(4, "big") + b"{}") as link:
        assert await link.control() == {}


async def test_a_host_of_another_release_counts_as_away(monkeypatch: pytest.MonkeyPatch) -> None:
    async def reports(_settings: Settings) -> list[tuple[Address, dict[str, object]]]:
        other = {"places": 4, "each": "three", "idle_seconds": 1.0, "waiting": 0, "kernels": []}
        lacking = {"places": 4, "each": 3, "idle_seconds": 1.0, "waiting": 0, "kernels": [{"learner": "x"}]}
        fine = {"places": 4, "each": 3, "idle_seconds": 1.0, "waiting": 0, "kernels": []}
        return [
            (Address(host="a", port=1), other),
            (Address(host="b", port=2), lacking),
            (Address(host="c", port=3), fine),
        ]

    monkeypatch.setattr(hosts, "reports", reports)
    actor = Actor(uuid4(), "Demo", "en", frozenset({(Role.NETWORK_ADMIN, None)}))
    view = await service.kernels(Settings(), actor)
    assert [host.address for host in view.hosts] == ["c:3"]
    assert len(view.away) == 2
