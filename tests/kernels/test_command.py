"""`darsgah kernels` as a process: who may connect to it, and that nothing is left however it ends."""

import asyncio
import json
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from darsgah_grader.kernel_wire import (
    RELAYED,
    SOCKET,
    Address,
    Link,
    Opening,
    WireError,
    address_for,
    connect,
    opening_message,
)
from tests.grading.sandbox.machine import descendants, groups
from tests.journeys.demo_site import free_port

_SECRET = "a secret of the tests, long enough for it"
_SECONDS = 30.0


@dataclass
class Started:
    """The process and where it listens."""

    process: asyncio.subprocess.Process
    address: Address

    async def connected(self, secret: str = _SECRET) -> Link:
        """A link, once it listens."""
        async with asyncio.timeout(_SECONDS):
            while True:
                try:
                    return await connect(self.address, secret)
                except OSError:
                    await asyncio.sleep(0.05)

    async def kernel(self) -> Link:
        """A link to a kernel that runs a cell for ever and has started a process."""
        link = await self.connected()
        opening = Opening("learner", "lab", "hub", "Lab", "Learner", "python")
        link.say(opening_message(opening))
        assert await link.control() == {"files": []}
        code = "import subprocess\nsubprocess.Popen(['sleep', '60'])\nprint('begun')\nwhile True: pass"
        link.send(
            RELAYED, json.dumps({"type": "execute_request", "id": "e", "cell": "c", "code": code}).encode()
        )
        async with asyncio.timeout(_SECONDS):
            while True:
                frame = await link.receive()
                assert frame is not None
                if json.loads(frame[1])["type"] == "stream":
                    return link


@asynccontextmanager
async def started(home: Path, *arguments: str, address: Address | None = None) -> AsyncIterator[Started]:
    """The command; it is ended at the end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "darsgah", "kernels", *arguments),
        env={**os.environ, "DARSGAH_HOME": str(home), "DARSGAH_SECRET": _SECRET},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield Started(process, address or Address(path=home / SOCKET))
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def _all_gone(pids: set[int]) -> bool:
    for _ in range(600):
        if not any(map(_exists, pids)):
            return True
        await asyncio.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_nothing_is_left_when_it_ends(tmp_path: Path, number: signal.Signals) -> None:
    home = tmp_path / ("a long name of a folder " * 5)  # longer than an address of a socket can be
    async with started(home) as command:
        link = await command.kernel()
        below = descendants(command.process.pid)
        assert len(below) >= 4  # the warm process, process 1, the kernel, what its cell started
        command.process.send_signal(number)
        assert await command.process.wait() == (0 if number is not signal.SIGKILL else -number)
        assert await _all_gone(below)
        link.close()
        if number is not signal.SIGKILL:
            assert not (home / SOCKET).exists()
            assert not groups(command.process.pid)
    async with started(home) as again:  # in the place of one that was killed, too
        (await again.kernel()).close()


async def test_the_socket_is_for_this_user_alone(tmp_path: Path) -> None:
    async with started(tmp_path) as command:
        (await command.connected()).close()
        status = (tmp_path / SOCKET).stat()
        assert stat.S_ISSOCK(status.st_mode)
        assert stat.S_IMODE(status.st_mode) == 0o600


async def test_a_second_host_does_not_take_the_place_of_the_first(tmp_path: Path) -> None:
    async with started(tmp_path) as command:
        link = await command.kernel()
        async with started(tmp_path) as second:
            assert await second.process.wait() == 1
        other = await command.connected()
        other.say({"ask": "list"})
        assert len((await other.control())["kernels"]) == 1
        for each in (link, other):
            each.close()


async def test_over_a_network_both_sides_prove_that_they_know_the_secret(tmp_path: Path) -> None:
    port = free_port()
    address = Address.parse(f"127.0.0.1:{port}")
    async with started(tmp_path, "--listen", str(address), address=address) as command:
        (await command.kernel()).close()
        with pytest.raises(WireError):
            await command.connected("another secret, just as long as that")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        link = Link(reader, writer)
        await link.control()
        link.say({"ask": "list"})
        assert await link.receive() is None
        link.close()


async def test_whoever_does_not_know_the_secret_is_no_host(tmp_path: Path) -> None:
    async def pretend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(reader, writer)
        link.say({"nonce": "00"})
        answer = await link.control()
        link.say({"proof": answer["proof"]})  # the web's own proof, sent back
        await link.receive()
        link.close()

    port = free_port()
    server = await asyncio.start_server(pretend, "127.0.0.1", port)
    async with server:
        with pytest.raises(WireError, match="does not know the secret"):
            await connect(Address(host="127.0.0.1", port=port), _SECRET)


@pytest.mark.parametrize("wrong", ["nowhere", "host:", "host:99999", ":80", ""])
async def test_a_wrong_address_is_told(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        Address.parse(wrong)
    async with started(tmp_path, "--listen", wrong) as command:
        assert await command.process.wait() == 1


def test_a_learner_stays_where_they_are_when_another_machine_is_added() -> None:
    three = [Address(host=f"10.0.0.{number}", port=7070) for number in (1, 2, 3)]
    learners = [f"learner-{number}" for number in range(600)]
    before = {learner: address_for(learner, three[:2])[0] for learner in learners}
    after = {learner: address_for(learner, three)[0] for learner in learners}
    moved = [learner for learner in learners if before[learner] != after[learner]]
    assert all(after[learner] == three[2] for learner in moved)
    assert 120 < len(moved) < 280
    assert {str(address) for address in after.values()} == {"10.0.0.1:7070", "10.0.0.2:7070", "10.0.0.3:7070"}
    assert address_for("learner-1", three) == address_for("learner-1", three[::-1])
