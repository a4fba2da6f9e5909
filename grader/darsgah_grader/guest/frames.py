"""How host, supervisor and runner talk: typed messages over a UNIX socket that keeps message boundaries.

A message is one byte of kind and a payload. It travels as packets of one kind byte, one byte that says
whether more follows, and at most CHUNK bytes, so a writer that dies or is interrupted between two packets
leaves the stream readable: a packet of another kind drops what was unfinished. The receiver sets the
longest message it takes; a longer one is a ProtocolError, and whoever sent it is done with. So is a stream of
messages that are begun and never ended, which would keep the receiver from everything else.
"""

import os
import socket
from array import array
from dataclasses import dataclass

CHUNK = 64 * 1024
_MORE = b"+"
_LAST = b"."
_MOST_DROPPED = 16
"""Messages begun and not ended, one after the other: an honest writer is interrupted once in a while."""


class ProtocolError(Exception):
    """The other side sent what no honest one would."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ``descriptors`` are new ones that came with it and belong to the receiver."""

    kind: bytes
    payload: bytes
    descriptors: tuple[int, ...] = ()


class Channel:
    """One end of such a socket; ``longest`` is the largest payload taken, in bytes."""

    def __init__(self, end: socket.socket, longest: int) -> None:
        self.socket = end
        self._longest = longest
        self._kind = b""
        self._parts: list[bytes] = []
        self._size = 0
        self._descriptors: list[int] = []
        self._dropped = 0

    @classmethod
    def pair(cls) -> tuple[socket.socket, socket.socket]:
        """Two connected ends, not inherited by what is executed."""
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def fileno(self) -> int:
        """For poll."""
        return self.socket.fileno()

    def close(self) -> None:
        """Let go of this end; the other side reads the end of the stream."""
        self.socket.close()

    def send(self, kind: bytes, payload: bytes = b"", descriptors: tuple[int, ...] = ()) -> None:
        """Send one message, waiting while the other side is full; descriptors go with its first packet."""
        view = memoryview(payload)
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", descriptors))] if descriptors else []
        while True:
            chunk, view = view[:CHUNK], view[CHUNK:]
            self.socket.sendmsg([kind + (_MORE if view else _LAST), chunk], ancillary)
            if not view:
                return
            ancillary = []

    def receive(self, wait: bool = True) -> Message | None:
        """The next message, or None at the end of the stream; BlockingIOError when none is there to be had.

        ``wait=False`` never waits; what has arrived of an unfinished message is kept for the next call.
        """
        while True:
            packet, descriptors = self._packet(0 if wait else socket.MSG_DONTWAIT)
            if not packet:
                return None
            if packet[:1] != self._kind:
                self._drop_unfinished()
                self._kind = packet[:1]
            if packet[1:2] != _LAST and len(packet) != CHUNK + 2:
                raise ProtocolError("a packet that is neither full nor the last")
            self._parts.append(packet[2:])
            self._size += len(packet) - 2
            self._descriptors += descriptors
            if self._size > self._longest:
                raise ProtocolError("a message longer than allowed")
            if packet[1:2] == _LAST:
                return self._complete()

    def _drop_unfinished(self) -> None:
        if self._parts:
            self._dropped += 1
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._parts, self._size, self._descriptors = [], 0, []
        if self._dropped > _MOST_DROPPED:
            raise ProtocolError("messages that never end")

    def _packet(self, how: int) -> tuple[bytes, list[int]]:
        """One packet, with the descriptor that it may have brought."""
        descriptors: list[int] = []
        packet, ancillary, flags, _ = self.socket.recvmsg(
            CHUNK + 2, socket.CMSG_SPACE(4), how | socket.MSG_CMSG_CLOEXEC
        )
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                descriptors += array("i", data[: len(data) - len(data) % 4])
        if flags & socket.MSG_TRUNC or len(packet) == 1:
            raise ProtocolError("a packet of impossible size")
        return packet, descriptors

    def _complete(self) -> Message:
        message = Message(self._kind, b"".join(self._parts), tuple(self._descriptors))
        self._kind, self._parts, self._size, self._descriptors, self._dropped = b"", [], 0, [], 0
        return message
