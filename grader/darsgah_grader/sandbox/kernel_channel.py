"""The channel to one kernel's process 1 in an event loop: nothing here ever waits for the other side."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from darsgah_grader.guest.frames import CHUNK, Channel, Message, ProtocolError

_AT_ONCE = 64


class KernelChannel:
    """Takes over a channel.

    Args:
        channel: to process 1.
        take: is called with each message.
        ended: is called once when the other side is gone or has said what it may not; nothing comes after it.
    """

    def __init__(self, channel: Channel, take: Callable[[Message], None], ended: Callable[[], None]) -> None:
        self._channel = channel
        self._take = take
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._packets: deque[bytes] = deque()
        self._open = True
        channel.socket.setblocking(False)
        self._loop.add_reader(channel.fileno(), self._read)

    def send(self, kind: bytes, payload: bytes = b"") -> None:
        """Send a message, now or when there is room for it; nothing happens once the other side is gone."""
        if not self._open:
            return
        view = memoryview(payload)
        while True:
            chunk, view = view[:CHUNK], view[CHUNK:]
            self._packets.append(kind + (b"+" if view else b".") + chunk)
            if not view:
                break
        self._write()

    def close(self) -> None:
        """Take and send no more; the channel itself is its place's to close."""
        if self._open:
            self._open = False
            self._loop.remove_reader(self._channel.fileno())
            self._loop.remove_writer(self._channel.fileno())

    def _write(self) -> None:
        try:
            while self._packets:
                self._channel.socket.send(self._packets[0])
                self._packets.popleft()
            self._loop.remove_writer(self._channel.fileno())
        except BlockingIOError:
            self._loop.add_writer(self._channel.fileno(), self._write)
        except OSError:
            self._packets.clear()  # it has gone; reading tells

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            for _ in range(_AT_ONCE):
                try:
                    message = self._channel.receive(wait=False)
                except BlockingIOError:
                    return
                except (OSError, ProtocolError):
                    message = None
                if message is None:
                    self.close()
                    self._ended()
                    return
                self._take(message)
                if not self._open:
                    return
