"""Who watches a kernel, and what they are told: each event once, in order, also after they were away."""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from darsgah_grader.sandbox.kernel_log import EventLog


class Watcher(Protocol):
    """A page that is open."""

    def tell(self, encoded: bytes) -> None:
        """Send it a message, which is JSON."""


class Audience:
    """The pages that are open, and the events of the kernel so far."""

    def __init__(self) -> None:
        self._log = EventLog()
        self._watchers: set[Watcher] = set()

    @property
    def present(self) -> bool:
        """Whether a page is open."""
        return bool(self._watchers)

    @property
    def next_event(self) -> int:
        """The number that the next event gets."""
        return self._log.last + 1

    def join(self, watcher: Watcher, greeting: Mapping[str, Any], after: int) -> None:
        """Greet a page, tell it the events after that one, and from now on every event.

        The greeting says as ``complete`` whether all of them are still known.
        """
        self._watchers.add(watcher)
        self.tell(watcher, {**greeting, "complete": self._log.has_all_after(after)})
        for encoded in self._log.after(after):
            watcher.tell(encoded)
        self.tell(watcher, {"type": "caught_up", "seq": self._log.last})

    def leave(self, watcher: Watcher) -> None:
        """The page is closed, or away."""
        self._watchers.discard(watcher)

    def announce(self, event: Mapping[str, Any]) -> None:
        """Tell every page an event, and keep it for those that are away."""
        encoded = self._log.add(event)
        for watcher in list(self._watchers):
            watcher.tell(encoded)

    def tell_all(self, message: Mapping[str, Any]) -> None:
        """Tell every page what is of no use to those that are away."""
        for watcher in list(self._watchers):
            self.tell(watcher, message)

    @staticmethod
    def tell(watcher: Watcher, message: Mapping[str, Any]) -> None:
        """Tell one page."""
        watcher.tell(json.dumps(message).encode())
