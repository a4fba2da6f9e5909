"""A speaker that is left alone for a while after it failed, so that not every hint waits for it in vain."""

import random
import threading
import time
from collections.abc import Iterator

from darsgah_tutor.causal.chat import Chat, Speaker
from darsgah_tutor.causal.errors import ModelAway, ModelSlow

LONGEST_REST = 60.0


class RestingSpeaker:
    """Fulfils ``Speaker`` with another that has no health to ask for: an operator's URL, or a slow processor.

    The rest doubles with each failure in a row, from a second to a minute.
    """

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0

    @property
    def name(self) -> str:
        """The other's."""
        return self._speaker.name

    def say(self, chat: Chat, *, deadline: float) -> Iterator[str]:
        """The other's answer.

        Raises:
            CausalError: the other's, or ``ModelAway`` at once while it rests.
        """
        if time.monotonic() < self._until:
            raise ModelAway(f"{self.name} failed a moment ago and is left alone.")
        try:
            yield from self._speaker.say(chat, deadline=deadline)
        except (ModelAway, ModelSlow):
            with self._lock:
                self._failures += 1
                rest = min(LONGEST_REST, 2.0 ** (self._failures - 1)) * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
                self._until = time.monotonic() + rest
            raise
        with self._lock:
            self._failures = 0
