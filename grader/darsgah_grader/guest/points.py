"""A process that can run cells, as the process that keeps it sees it, and what it says when it listens."""

import os
import time
from dataclasses import dataclass

from darsgah_grader.guest.capture import DISPLAY, STDERR, STDOUT
from darsgah_grader.guest.frames import Channel, Message, ProtocolError
from darsgah_grader.guest.runner import HELLO

HANDSHAKE = 5.0
"""Seconds for a process to answer that listens, or to take a message."""
LONGEST_FRAME = 8 * 1024 * 1024


@dataclass(slots=True)
class Point:
    """A process that can run the cells from ``index`` on: the runner, or a checkpoint of it."""

    index: int
    pid: int
    pidfd: int
    channel: Channel

    def close(self) -> None:
        """Let go of it; a resting checkpoint ends when its socket closes."""
        self.channel.close()
        os.close(self.pidfd)


def hello(channel: Channel) -> Message | None:
    """What a process says when it listens, or when it has made a copy of itself; None when it does not."""
    ending = time.monotonic() + HANDSHAKE
    try:
        while (left := ending - time.monotonic()) > 0:
            channel.socket.settimeout(left)
            message = channel.receive()
            if message is not None and message.kind in {STDOUT, STDERR, DISPLAY}:
                continue  # of a thread, between two cells
            if message is not None and message.kind == HELLO and message.payload[:10].isdigit():
                return message
            break
    except (OSError, ProtocolError):
        pass
    finally:
        channel.socket.settimeout(None)
    return None
