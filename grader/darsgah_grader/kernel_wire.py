"""How the web process and a host of kernels talk: frames over a stream, once each knows the other.

Standard library only: the web process imports this and nothing of the sandbox. One connection serves one
window of one learner, or one question of an administrator. The link is not encrypted; between machines it
belongs on a private network.

A frame is one byte of kind, four of length, and its content. CONTROL frames (JSON) are what the two processes
say to each other, RELAYED ones what a page says to its kernel and the other way, FILE ones the bytes of a
lab's data file. A page's words travel in RELAYED frames alone, so that no page can say what is the web
process's to say.
"""

import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import secrets
import socket
import struct
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

CONTROL, RELAYED, FILE = b"c", b"r", b"f"
LONGEST_RELAYED: Final = 1024 * 1024
"""Bytes of one message of a page, and of what a cell may be made of."""
_LONGEST: Final = {CONTROL: 4 * 1024 * 1024, RELAYED: 4 * 1024 * 1024, FILE: 256 * 1024 * 1024}
_HEADER: Final = struct.Struct(">cI")
_PURPOSE: Final = b"darsgah kernels"
_GREETING_SECONDS: Final = 5.0
SOCKET: Final = "kernels.sock"
"""Name of the socket in the home folder."""


class WireError(Exception):
    """The other side is not who it has to be, or says what it may not."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the web process asks for when a page opens a kernel.

    Attributes:
        learner, assignment, hub: ids; a learner has one kernel for an assignment.
        lab: its title, for administrators.
        learner_name: as administrators know the learner.
        environment: the name of the lab's environment.
        limits: the grader's limits by name, as the lab sets them.
        files: data files, each ``{"name", "sha256", "size"}``; the host asks for those it does not have.
        session: the kernel that the page had, by its id; empty for a page that takes any.
        after: number of the last event that the page has of it.
    """

    learner: str
    assignment: str
    hub: str
    lab: str
    learner_name: str
    environment: str
    limits: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[Mapping[str, Any]] = ()
    session: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """Where a host listens: a socket's path, or a machine's name and port."""

    path: Path | None = None
    host: str = ""
    port: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """``unix:/path/to/socket`` or ``name:port``; ValueError for anything else."""
        if text.startswith("unix:"):
            return cls(path=Path(text.removeprefix("unix:")))
        host, _, port = text.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError(f"{text!r} is neither unix:/path nor host:port")
        return cls(host=host.strip("[]"), port=int(port))

    def __str__(self) -> str:
        return f"unix:{self.path}" if self.path is not None else f"{self.host}:{self.port}"


def address_for(learner: str, addresses: Sequence[Address]) -> list[Address]:
    """Hosts in the order in which a learner's kernels are looked for (rendezvous hashing).

    Where a host is added or taken away, the other learners' order stays as it was.
    """

    def weight(address: Address) -> bytes:
        return hashlib.sha256(f"{address}\0{learner}".encode()).digest()

    return sorted(addresses, key=weight, reverse=True)


class Link:
    """One end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @property
    def waiting_bytes(self) -> int:
        """What has been sent here and not yet been taken there."""
        return self._writer.transport.get_write_buffer_size()

    def send(self, kind: bytes, content: bytes) -> None:
        """Send a frame; it waits in memory until the other side takes it."""
        self._writer.write(_HEADER.pack(kind, len(content)) + content)

    def say(self, message: Mapping[str, Any]) -> None:
        """Send a CONTROL frame."""
        self.send(CONTROL, json.dumps(message).encode())

    async def drain(self) -> None:
        """Wait while the other side has much to take."""
        await self._writer.drain()

    async def receive(self, *, only: bytes = b"") -> tuple[bytes, bytes] | None:
        """The next frame, or None at the end.

        Args:
            only: the one kind that may come now; a frame of another is not read.

        Raises:
            WireError: what came is no frame, or of another kind.
        """
        try:
            kind, length = _HEADER.unpack(await self._reader.readexactly(_HEADER.size))
            if only and kind != only:
                raise WireError("a frame of a kind that may not come now")
            if length > _LONGEST.get(kind, -1):
                raise WireError("a frame of an unknown kind or too long")
            return kind, await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def control(self) -> dict[str, Any]:
        """The next frame, which has to be CONTROL.

        Raises:
            WireError: it is not, or there is none.
        """
        frame = await self.receive(only=CONTROL)
        if frame is None:
            raise WireError("the other side broke off")
        try:
            message = json.loads(frame[1])
        except (ValueError, RecursionError) as error:
            raise WireError("a message that is not JSON") from error
        if not isinstance(message, dict):
            raise WireError("a message that is no object")
        return message

    def close(self) -> None:
        """Let go; what was sent still goes out."""
        with contextlib.suppress(OSError, RuntimeError):
            self._writer.close()


def _proof(secret: str, nonce: str, side: str) -> str:
    key = hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).digest()
    return hmac.new(key, f"{side}\0{nonce}".encode(), hashlib.sha256).hexdigest()


async def greet(link: Link, secret: str) -> None:
    """The host's side of the handshake: each proves to the other that it knows the secret, which is not sent.

    Raises:
        WireError: the other side does not know it.
    """
    async with _in_time():
        nonce = secrets.token_hex(32)
        link.say({"nonce": nonce})
        answer = await link.control()
        _check(answer, secret, nonce, "web")
        link.say({"proof": _proof(secret, str(answer.get("nonce")), "host")})


async def connect(address: Address, secret: str) -> Link:
    """A link to a host.

    Raises:
        OSError: nobody listens there.
        WireError: whoever listens does not know the secret.
    """
    async with _in_time():
        if address.path is not None:
            reader, writer = await asyncio.open_unix_connection(sock=_connected(address.path))
        else:
            reader, writer = await asyncio.open_connection(address.host, address.port)
    link = Link(reader, writer)
    try:
        async with _in_time():
            nonce = secrets.token_hex(32)
            asked = await link.control()
            link.say({"proof": _proof(secret, str(asked.get("nonce")), "web"), "nonce": nonce})
            _check(await link.control(), secret, nonce, "host")
    except BaseException:
        link.close()
        raise
    return link


def _check(answer: Mapping[str, Any], secret: str, nonce: str, side: str) -> None:
    if not hmac.compare_digest(str(answer.get("proof")).encode(), _proof(secret, nonce, side).encode()):
        raise WireError(f"the {side} does not know the secret")


@contextlib.asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_GREETING_SECONDS):
            yield
    except TimeoutError as error:
        raise WireError("the other side does not answer") from error


@contextlib.contextmanager
def short_path(path: Path) -> Any:  # noqa: ANN401 -- a context manager of a string
    """The path of a socket by its folder's descriptor: addresses of sockets hold 107 bytes and no more."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _connected(path: Path) -> socket.socket:
    end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with short_path(path) as short:
            end.connect(short)
    except BaseException:
        end.close()
        raise
    end.setblocking(False)
    return end


def opening_message(opening: Opening) -> dict[str, Any]:
    """An opening as the CONTROL message that asks for it."""
    return {"ask": "open", **asdict(opening)}


def opening_of(message: Mapping[str, Any]) -> Opening:
    """The opening of such a message.

    Raises:
        WireError: it is none.
    """
    try:
        return Opening(**{name: message[name] for name in Opening.__dataclass_fields__})
    except (KeyError, TypeError) as error:
        raise WireError("an opening that lacks something") from error
