"""What a learner's code shows, on its way through process 1 to the host: counted and cut, never parsed."""

import contextlib
import os

from darsgah_grader.guest.capture import DISPLAY, STDERR, STDOUT
from darsgah_grader.guest.frames import Channel

_MESSAGE_COST = 16  # so that a flood of empty messages meets the limit too


class Forwarding:
    """The outputs of one run.

    Attributes:
        host: where they go.
        budget: bytes that the present cell may still show; what comes after them is dropped.
    """

    def __init__(self, host: Channel) -> None:
        self.host = host
        self.budget = 0
        self._pipes: dict[bytes, tuple[int, int]] = {}

    def open(self) -> None:
        """Make the pipes that become descriptors 1 and 2 of what runs a learner's code."""
        for kind in (STDOUT, STDERR):
            read, write = os.pipe2(os.O_CLOEXEC)
            os.set_blocking(read, False)
            self._pipes[kind] = (read, write)

    def close(self) -> None:
        """Let go of the pipes, and of what is still in them."""
        for descriptor in (each for pipe in self._pipes.values() for each in pipe):
            os.close(descriptor)
        self._pipes.clear()

    @property
    def write_ends(self) -> tuple[int, int]:
        """Descriptors for what is written below Python."""
        return self._pipes[STDOUT][1], self._pipes[STDERR][1]

    @property
    def read_ends(self) -> tuple[int, ...]:
        """Descriptors to be polled."""
        return tuple(read for read, _ in self._pipes.values())

    def allow(self, output_bytes: int) -> None:
        """A cell begins that may show so much, with some more for what surrounds it."""
        self.budget = 2 * output_bytes + 65536

    def send(self, kind: bytes, payload: bytes) -> None:
        """Pass output on to the host while the cell's allowance lasts."""
        if self.budget > 0:
            self.budget -= len(payload) + _MESSAGE_COST
            if kind == DISPLAY or self.budget > 0:
                self.host.send(kind, payload if self.budget > 0 else b"")
            else:
                self.host.send(kind, payload[: self.budget])

    def drain(self) -> None:
        """Pass on what was written to descriptors 1 and 2 below Python."""
        for kind, (read, _) in self._pipes.items():
            for _ in range(16):
                with contextlib.suppress(BlockingIOError):
                    if chunk := os.read(read, 65536):
                        self.send(kind, chunk)
                        continue
                break
