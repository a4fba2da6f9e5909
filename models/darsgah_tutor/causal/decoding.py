"""A model on the processor: one answer at a time, a short queue before it, and never in the way.

Its thread has a low priority (``nice``), which the threads that torch computes with take over, so that
gradings and pages go first. Who comes when the queue is full is told so at once, and has a text without it.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from darsgah_tutor.causal.chat import Chat, Ended, Hear, Load
from darsgah_tutor.causal.errors import CausalError, ModelAway, ModelBusy, ModelSlow
from darsgah_tutor.causal.loading import Loaded
from darsgah_tutor.causal.spelling import Spelling

NICENESS = 10
MAY_WAIT = 4
"""Answers that may wait for the one that is made. Each takes some seconds, and nobody waits longer."""


@dataclass(slots=True)
class _Asked:
    chat: Chat
    prompt: list[int]
    hear: Hear
    deadline: float
    taken_back: threading.Event = field(default_factory=threading.Event)


class ProcessorGenerator:
    """Fulfils ``Generator`` with one thread.

    Attributes:
        name, device: as in ``Generator``.
    """

    def __init__(self, loaded: Loaded, *, threads: int, may_wait: int = MAY_WAIT) -> None:
        """Start the thread.

        Args:
            loaded: a model on the processor.
            threads: how many cores it may compute on.
            may_wait: requests that wait at most.
        """
        self.name, self.device = loaded.name, f"processor, {loaded.precision}, {threads} threads"
        self.fault = ""
        self._loaded, self._threads, self._may_wait = loaded, threads, may_wait
        self._queue: deque[_Asked] = deque()
        self._running: _Asked | None = None
        self._open = True
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="causal model", daemon=True)
        self._thread.start()

    def submit(self, chat: Chat, hear: Hear, *, deadline: float) -> Callable[[], None]:
        """As ``Generator`` says."""
        prompt = self._loaded.prompt(chat)
        asked = _Asked(chat, prompt, hear, deadline)
        with self._changed:
            if not self._open:
                raise ModelAway("The model is being stopped.")
            if self.load().room == 0:
                raise ModelBusy(f"{len(self._queue)} answers wait already for the model on this machine.")
            self._queue.append(asked)
            self._changed.notify_all()
        return asked.taken_back.set

    def load(self) -> Load:
        """As ``Generator`` says."""
        return Load(int(self._running is not None), len(self._queue), 1, self._may_wait)

    def close(self, *, seconds: float) -> None:
        """As ``Generator`` says."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._queue and self._running is None, seconds)
            left = [*self._queue, *([self._running] if self._running else [])]
            for asked in left:
                asked.taken_back.set()
        self._thread.join()

    def _work(self) -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        torch.set_num_threads(self._threads)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or not self._open)
                if not self._queue:
                    return
                asked = self._running = self._queue.popleft()
            last = self._answer(asked)
            with self._changed:
                self._running = None
                self._changed.notify_all()
            asked.hear(last)

    def _answer(self, asked: _Asked) -> Ended | CausalError:
        """Make one answer; what it ends with is told when there is room again."""
        try:
            return self._generate(asked)
        except CausalError as error:
            return error
        except (RuntimeError, ValueError, TypeError, IndexError, MemoryError) as error:
            return ModelAway(f"The model failed: {error}.")

    @torch.inference_mode()
    def _generate(self, asked: _Asked) -> Ended:
        loaded = self._loaded
        follower = _Follower(asked, Spelling(loaded.tokenizer, asked.prompt), loaded.ends)
        prompt = torch.tensor([asked.prompt])
        follower.check()
        loaded.model.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            generation_config=loaded.greedy(asked.chat.max_tokens),
            streamer=follower,
        )
        return follower.ended()


class _Follower:
    """Stands where transformers puts a streamer: given each token, it stops an answer nobody waits for."""

    def __init__(self, asked: _Asked, spelling: Spelling, ends: tuple[int, ...]) -> None:
        self._asked, self._spelling, self._ends = asked, spelling, ends
        self._tokens = 0
        self._reason_is_end = False
        self._prompt_seen = False

    def check(self) -> None:
        """Stop where the time is over or the question was taken back."""
        if self._asked.taken_back.is_set():
            raise ModelAway("The question was taken back.")
        if time.monotonic() > self._asked.deadline:
            raise ModelSlow("The time for the answer is over.")

    def put(self, tokens: torch.Tensor) -> None:
        """Called with the prompt, then with one token after the other."""
        self.check()
        if not self._prompt_seen:
            self._prompt_seen = True
            return
        self._tokens += 1
        token = int(tokens.reshape(-1)[-1])
        self._reason_is_end = token in self._ends
        if not self._reason_is_end and (piece := self._spelling.add([token])):
            self._asked.hear(piece)

    def end(self) -> None:
        """Called after the last token."""
        if piece := self._spelling.add([], last=True):
            self._asked.hear(piece)

    def ended(self) -> Ended:
        """What the answer cost."""
        return Ended("stop" if self._reason_is_end else "length", len(self._asked.prompt), self._tokens)
