"""Many programs tried against the checks of a question, some thousand a second where they are small.

All share a process that is set up once. Each begins with copies of the same variables, and an endless one is
stopped; one that is out to do so can spoil what is said of the others. So this is for programs that a search
has made, and never for a grade.
"""

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from darsgah_grader.sandbox.conversations import Conversation, ConversationOverError
from darsgah_grader.sandbox.types import Job
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.trial_plan import PlannedCheck
from darsgah_grader.trial_setting import SLOWER, Setting, trial_cell

_AT_ONCE = 100
"""Programs of one cell; where one of them ends the process, the others are tried again one by one."""
_TOTAL_SECONDS = 120.0
_HARD_STOP = 0.5
_PREPARED_WITHIN = 20.0

Passed = tuple[bool, ...]


class ProgramTrials:
    """Made by ``Trial.programs``. Opens its process when the first programs come."""

    def __init__(self, sandbox: Sandbox, setting: Setting, checks: Sequence[PlannedCheck]) -> None:
        self._sandbox = sandbox
        self._setting = setting
        self._checks = checks
        self._conversation: Conversation | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        if self._conversation is not None:
            self._conversation.close()
            self._conversation = None

    def passed(
        self, sources: Sequence[str], *, seconds: float, gate: int | None = None
    ) -> list[Passed | None]:
        """Which checks each program passes; None for those that there was no time for.

        Args:
            seconds: for all of them, the cells before the answer included where these have not been run yet.
                One program may take 20 times as long as the reference.
            gate: the number of a check that is asked first: a program that fails it is given up and counts as
                failing all. It is asked again in its place, so that where the reference does not bear that
                there is no gate.

        Raises:
            EnvironmentBroken: the sandbox's warm process is gone and cannot be started again.
        """
        until = time.monotonic() + seconds
        results: dict[int, Passed | None] = {}
        waiting = [range(at, min(at + _AT_ONCE, len(sources))) for at in range(0, len(sources), _AT_ONCE)]
        while waiting and (left := until - time.monotonic()) > 0:
            numbers = waiting.pop(0)
            told = self._asked([sources[at] for at in numbers], left, gate)
            if told is not None:
                results.update(zip(numbers, told, strict=True))
            elif len(numbers) == 1:
                results[numbers[0]] = (False,) * len(self._checks)  # it ends the process that it runs in
            else:
                waiting[:0] = [range(at, at + 1) for at in numbers]
        return [results.get(at) for at in range(len(sources))]

    def _asked(self, programs: Sequence[str], seconds: float, gate: int | None) -> list[Passed | None] | None:
        """What becomes of some programs; None where one has ended the process."""
        if self._conversation is None:
            self._conversation = self._opened()
        trial = {"programs": programs, "seconds": seconds, "gate": gate}
        cell = trial_cell(trial, seconds + _HARD_STOP)
        try:
            run = self._conversation.run(cell, seconds)
        except ConversationOverError:
            self.close()
            return None
        told = run.seen.get("passed") if isinstance(run.seen, dict) else None
        if not isinstance(told, list) or len(told) != len(programs):
            return None
        return [
            tuple(value is True for value in vector)
            if isinstance(vector, list) and len(vector) == len(self._checks)
            else None
            for vector in told
        ]

    def _opened(self) -> Conversation:
        setting = self._setting
        prepared = {
            "reference": setting.reference,
            "slower": SLOWER,
            "checks": [check.plain for check in self._checks],
            "after": setting.after,
        }
        cells = [*setting.cells(setting.before), trial_cell({"prepared": prepared}, _PREPARED_WITHIN)]
        job = Job(cells, setting.files, setting.limits_for(_TOTAL_SECONDS))
        return self._sandbox.converse(job, trial_cell({"programs": [], "seconds": 0.0, "gate": None}, 1.0))
