"""A model on a GPU: many answers at once, each token of all of them in one step (continuous batching).

Requests join and leave the running batch between two tokens, so a newcomer waits for none of the others to
end. The batching itself is transformers' ``ContinuousBatchingManager``; here stand the bounded queue before
it, the way back of each answer to whoever asked, and what happens when the GPU is lost: every answer that was
being made fails at once, and ``fault`` says why, since a process that lost its GPU does not get it back.

It also runs on a processor, slowly, which is how it is tried where there is no GPU.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import torch

from darsgah_tutor.causal.chat import Chat, Ended, Hear, Load, Message
from darsgah_tutor.causal.errors import CausalError, ModelAway, ModelBusy, ModelSlow
from darsgah_tutor.causal.loading import Loaded
from darsgah_tutor.causal.spelling import Spelling
from darsgah_tutor.offline import stay_offline

PLACES = 64
"""Answers made at once. A batch costs hardly more than one answer as long as the GPU waits for its memory."""
MAY_WAIT = 64
TYPICAL_CHAT = 1024
"""Tokens for which memory is kept for each place. Where all are longer, some wait until others are done."""
_PAGE = 64
"""Tokens for which memory is given out at a time."""
STALL_SECONDS = 30.0
"""A GPU that makes no token for so long, while it has something to do, hangs."""
_TICK = 0.05
"""Seconds between two looks at deadlines while no token comes."""


@dataclass(slots=True)
class _Answer:
    chat: Chat
    prompt: list[int]
    hear: Hear
    deadline: float
    spelling: Spelling
    seen: int = 0
    taken_back: threading.Event = field(default_factory=threading.Event)


class BatchGenerator:
    """Fulfils ``Generator`` with a manager's thread that computes and one that hands answers out.

    Attributes:
        name, device, fault: as in ``Generator``.
    """

    def __init__(self, loaded: Loaded, *, places: int = PLACES, may_wait: int = MAY_WAIT) -> None:
        """Keep memory for ``places`` chats, and start.

        Raises:
            ModelAway: the memory does not suffice, or the GPU fails at once.
        """
        stay_offline()
        from transformers import ContinuousBatchingConfig  # noqa: PLC0415 - offline first

        self.name, self.device = loaded.name, f"{_device_name(loaded.device)}, {loaded.precision}"
        self.fault = ""
        self._loaded, self._places, self._may_wait = loaded, places, may_wait
        self._answers: dict[str, _Answer] = {}
        self._numbers = count(1)
        self._open = True
        self._changed = threading.Condition()
        batching = ContinuousBatchingConfig(
            page_size=_PAGE,
            num_blocks=math.ceil((places * TYPICAL_CHAT + loaded.longest) / _PAGE),
            max_batch_tokens=max(places, 2048),
            max_requests_per_batch=places,
            auto_switch_to_flash=False,  # it was chosen when the model was loaded, without the network
        )
        self._manager: Any = loaded.model.init_continuous_batching(loaded.greedy(), batching)
        self._manager.start()
        self._thread = threading.Thread(target=self._hand_out, name="causal answers", daemon=True)
        self._thread.start()
        self._warm_up()

    def submit(self, chat: Chat, hear: Hear, *, deadline: float) -> Callable[[], None]:
        """As ``Generator`` says."""
        prompt = self._loaded.prompt(chat)
        answer = _Answer(chat, prompt, hear, deadline, Spelling(self._loaded.tokenizer, prompt))
        with self._changed:
            if self.fault or not self._open:
                raise ModelAway(self.fault or "The model is being stopped.", lost=bool(self.fault))
            if self.load().room == 0:
                raise ModelBusy(f"{len(self._answers)} answers are being made or wait already.")
            number = f"answer {next(self._numbers)}"
            self._answers[number] = answer
        self._manager.add_request(prompt, number, max_new_tokens=chat.max_tokens, streaming=True)
        return answer.taken_back.set

    def load(self) -> Load:
        """As ``Generator`` says."""
        taken = len(self._answers)
        running = min(taken, self._places)
        return Load(running, taken - running, self._places, self._may_wait)

    def close(self, *, seconds: float) -> None:
        """As ``Generator`` says."""
        with self._changed:
            self._open = False
            self._changed.wait_for(lambda: not self._answers, seconds)
        self._manager.stop(block=True, timeout=10, hard_stop=bool(self._answers))
        self._thread.join()

    def _warm_up(self) -> None:
        """One short answer: kernels are loaded, and a GPU that does not compute is found early."""
        done = threading.Event()
        failed: list[CausalError] = []

        def hear(told: str | Ended | CausalError) -> None:
            if isinstance(told, CausalError):
                failed.append(told)
            if not isinstance(told, str):
                done.set()

        self.submit(Chat((Message("user", "Hello"),), 2), hear, deadline=time.monotonic() + 300)
        done.wait()
        if failed:
            self.close(seconds=0)
            raise failed[0]

    def _hand_out(self) -> None:
        """Bring what the manager has made to whoever asked, until the manager ends."""
        active = time.monotonic()
        while True:
            output = self._manager.get_result(timeout=_TICK)
            if output is not None:
                self._take(output)
            elif not self._manager.is_running():
                break
            if output is not None or not self._answers:
                active = time.monotonic()
            if time.monotonic() - active > STALL_SECONDS:
                self.fault = f"The model on {self.device} hangs: no token for {STALL_SECONDS:.0f} seconds."
                break
            self._end_late_ones()
        error = self._manager.background_thread_status.fatal_error
        if error is not None:
            self.fault = f"The model on {self.device} failed: {error}"
        with self._changed:
            left, self._answers = dict(self._answers), {}
            self._changed.notify_all()
        for answer in left.values():
            answer.hear(ModelAway(self.fault or "The model was stopped.", lost=bool(self.fault)))

    def _take(self, output: Any) -> None:  # noqa: ANN401 - transformers' own, from a module without a promise
        answer = self._answers.get(output.request_id)
        if answer is None:  # its time was over
            return
        tokens = output.generated_tokens
        ended = bool(tokens) and tokens[-1] in self._loaded.ends
        fresh = tokens[answer.seen : len(tokens) - int(ended)]
        answer.seen = len(tokens)
        finished = output.is_finished()
        if piece := answer.spelling.add(fresh, last=finished):
            answer.hear(piece)
        if finished and output.error is None:
            cost = Ended("stop" if ended else "length", len(answer.prompt), len(tokens))
            self._end(output.request_id, cost)
        elif finished and self._manager.background_thread_status.fatal_error is None:
            self._end(output.request_id, ModelAway(f"The answer failed: {output.error}"))

    def _end_late_ones(self) -> None:
        now = time.monotonic()
        for number, answer in list(self._answers.items()):
            if answer.taken_back.is_set() or now > answer.deadline:
                self._manager.cancel_request(number)
                self._end(number, ModelSlow("The time for the answer is over."))

    def _end(self, number: str, last: Ended | CausalError) -> None:
        with self._changed:
            answer = self._answers.pop(number)
            self._changed.notify_all()
        answer.hear(last)


def _device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "processor"
