"""Messages between host, supervisor and runner, from a sender that is interrupted and from one that lies."""

import contextlib
import os
from array import array
from collections.abc import Iterator
from socket import SCM_RIGHTS, SOL_SOCKET

import pytest

from darsgah_grader.guest.frames import CHUNK, Channel, ProtocolError

FULL = bytes(CHUNK)


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    """A sender and a receiver."""
    sender, receiver = (Channel(end, 10 * CHUNK) for end in Channel.pair())
    yield sender, receiver
    sender.close()
    receiver.close()


def test_a_long_message_comes_whole_after_one_that_was_broken_off(ends: tuple[Channel, Channel]) -> None:
    sender, receiver = ends
    sender.socket.send(b"a+" + FULL)
    sender.send(b"b", FULL + b"end")
    message = receiver.receive()
    assert message is not None
    assert (message.kind, message.payload) == (b"b", FULL + b"end")


def test_messages_that_never_end_do_not_hold_the_receiver(ends: tuple[Channel, Channel]) -> None:
    sender, receiver = ends

    def flood() -> None:
        for number in range(1000):
            sender.socket.send((b"a+", b"b+")[number % 2] + FULL)
            with contextlib.suppress(BlockingIOError):
                receiver.receive(wait=False)

    with pytest.raises(ProtocolError, match="never end"):
        flood()


@pytest.mark.parametrize("wait", [True, False])
def test_a_message_is_not_begun_with_nothing(ends: tuple[Channel, Channel], wait: bool) -> None:
    sender, receiver = ends
    sender.socket.send(b"a+")
    with pytest.raises(ProtocolError, match="neither full nor the last"):
        receiver.receive(wait=wait)


def test_descriptors_of_what_was_dropped_are_closed(ends: tuple[Channel, Channel]) -> None:
    sender, receiver = ends
    read, write = os.pipe()
    rights = [(SOL_SOCKET, SCM_RIGHTS, array("i", [write]))]
    sender.socket.sendmsg([b"a+", FULL], rights)
    os.close(write)
    sender.send(b"b")
    assert receiver.receive() is not None
    assert os.read(read, 1) == b""  # nobody holds the other end any more
    os.close(read)
