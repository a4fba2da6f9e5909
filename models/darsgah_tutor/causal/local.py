"""A model of this process as a speaker: a bridge from its thread to whoever waits for an answer."""

import queue
import time
from collections.abc import Iterator

from darsgah_tutor.causal.chat import Chat, Ended, Generator
from darsgah_tutor.causal.errors import CausalError, ModelSlow


class LocalSpeaker:
    """Fulfils ``Speaker`` with a generator."""

    def __init__(self, generator: Generator) -> None:
        self.name = generator.name
        self._generator = generator

    def say(self, chat: Chat, *, deadline: float) -> Iterator[str]:
        """The answer piece by piece.

        Raises:
            CausalError: what the generator says, or ``ModelSlow`` at the deadline.
        """
        heard: queue.SimpleQueue[str | Ended | CausalError] = queue.SimpleQueue()
        take_back = self._generator.submit(chat, heard.put, deadline=deadline)
        try:
            while True:
                told = heard.get(timeout=max(0.0, deadline - time.monotonic()))
                if isinstance(told, CausalError):
                    raise told
                if isinstance(told, Ended):
                    return
                yield told
        except queue.Empty as error:
            raise ModelSlow("The time for the answer is over.") from error
        finally:
            take_back()
