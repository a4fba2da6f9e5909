"""The events of one kernel, numbered, so that a page that was away is told what it missed, in order."""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Final

KEPT_BYTES: Final = 3 * 1024 * 1024
"""What is kept for pages that are away; the oldest goes first. More than one cell may show."""


class EventLog:
    """Numbers begin with 1."""

    def __init__(self) -> None:
        self._events: deque[tuple[int, bytes]] = deque()
        self._bytes = 0
        self.last = 0

    def add(self, event: Mapping[str, Any]) -> bytes:
        """Give the event the next number (``seq``); the JSON that is sent of it."""
        self.last += 1
        encoded = json.dumps({"seq": self.last, **event}).encode()
        self._events.append((self.last, encoded))
        self._bytes += len(encoded)
        while self._bytes > KEPT_BYTES:
            self._bytes -= len(self._events.popleft()[1])
        return encoded

    def has_all_after(self, seq: int) -> bool:
        """Whether every event after that one is still kept."""
        return seq >= self.last or (bool(self._events) and self._events[0][0] <= seq + 1)

    def after(self, seq: int) -> Iterator[bytes]:
        """Those that are kept of the events after that one, in order."""
        return (encoded for number, encoded in self._events if number > seq)
