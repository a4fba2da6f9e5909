"""Answers to one question tried in the sandbox: what a tutor wants to know, and a grade does not need.

    with grader.using(environment) as sandbox:
        seen = Trial(setting).observe(sandbox, source)

Invariant: what a learner may be shown was told by a process that never met a hidden test. Hidden tests run
in a sandbox of their own, after the visible ones' or, where the two cannot reach each other, beside it; of
what that one tells, only whether a check passed, the kind of exception and lines of the answer are taken, and
names of exceptions only from a list: a learner's own class could be named after what it has read.
"""

import builtins
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from darsgah_grader.program_trials import ProgramTrials
from darsgah_grader.sandbox.outputs import clean_text
from darsgah_grader.sandbox.types import CellRun, Job, Outcome
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.trial_plan import PlannedCheck, bound_names, planned
from darsgah_grader.trial_setting import SLOWER, Setting, trial_cell
from darsgah_grader.types import SandboxLevel

_LONGEST_VALUE = 200
_LONGEST_MESSAGE = 500
_MOST_FRAMES = 40
_HARD_STOP = 0.3
_ON_THE_WALL = 4
"""How many seconds on the wall go to a second of processor time (``guest.trials``)."""
"""Seconds by which the sandbox's own clock comes after the one in the learner's process."""
_CHECK_SECONDS = 0.5
"""What the answer, and each check, may take, where the reference does not take long itself."""
_PATIENCE = 0.8
"""Seconds of checks that never end, after which the others are not tried."""
_TOTAL_SECONDS = 20.0
_LIBRARY_ERRORS = frozenset(
    {
        "LinAlgError",
        "AxisError",
        "ParserError",
        "EmptyDataError",
        "MergeError",
        "JSONDecodeError",
        "OutOfBoundsDatetime",
    }
)
KNOWN_ERRORS = _LIBRARY_ERRORS | {
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}
"""Names of exceptions that may be told of a hidden test; any other is called ``Exception``."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception; ``trace`` has the lines of the answer that it left, outermost first."""

    name: str
    message: str
    trace: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TriedCheck:
    """What became of one check; texts are empty where the test is hidden.

    Attributes:
        plan: the check.
        passed: None where it was not reached.
        failure: what ended it other than the comparison itself.
        lines: lines of the answer that ran.
    """

    plan: PlannedCheck
    passed: bool | None
    call: str = ""
    expected: str = ""
    got: str = ""
    message: str = ""
    failure: Failure | None = None
    lines: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen of an answer; ``ended`` is one of ran, syntax, error, timeout, memory and died."""

    ended: str
    checks: tuple[TriedCheck, ...]
    failure: Failure | None
    seconds: float


class Trial:
    """Tries answers to one question; the plan of its checks is made once. Threads may share one."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self.checks = tuple(
            planned(setting.tests, bound_names(setting.reference), (*setting.before, *setting.after))
        )
        self._hidden = [not setting.tests[check.test].visible for check in self.checks]
        self._patient: float | None = None

    def programs(self, sandbox: Sandbox) -> ProgramTrials:
        """For trying many programs; whoever asks for it closes it, before the sandbox."""
        return ProgramTrials(sandbox, self._setting, self.checks)

    def observe(self, sandbox: Sandbox, source: str) -> Observation:
        """Everything that can be seen of an answer; a learner's code never makes this raise.

        Raises:
            EnvironmentBroken: the sandbox's warm process is gone and cannot be started again.
        """
        began = time.monotonic()
        seen = self._observed(sandbox, source, _CHECK_SECONDS)
        if _was_late(seen) and (patient := self._patient_seconds(sandbox)) > _CHECK_SECONDS:
            seen = self._observed(sandbox, source, patient)
        return replace(seen, seconds=time.monotonic() - began)

    def _patient_seconds(self, sandbox: Sandbox) -> float:
        """What a check may take where the reference takes long too; found out when it matters, once."""
        if self._patient is None:
            longest = self._setting.limits.cell_seconds
            everything = range(len(self.checks))
            answer, checks = self._watched_run(sandbox, self._setting.reference, everything, longest)
            slowest = max(run.seconds for run in (answer, *checks.values()))
            self._patient = min(longest, SLOWER * slowest)
        return self._patient

    def _observed(self, sandbox: Sandbox, source: str, seconds: float) -> Observation:
        visible = [at for at, hidden in enumerate(self._hidden) if not hidden]
        everything = list(range(len(self.checks)))
        if len(visible) == len(everything):
            answer, checks = self._watched_run(sandbox, source, visible, seconds)
        elif sandbox.level is SandboxLevel.NAMESPACES:
            with ThreadPoolExecutor(1, thread_name_prefix="hidden-tests") as beside:
                running = beside.submit(self._watched_run, sandbox, source, everything, seconds)
                answer, checks = self._watched_run(sandbox, source, visible, seconds)
                _, all_checks = running.result()
        else:
            answer, checks = self._watched_run(sandbox, source, visible, seconds)
            _, all_checks = self._watched_run(sandbox, source, everything, seconds)
        ended, failure = _ending(answer)
        tried = []
        for at, plan in enumerate(self.checks):
            if ended != "ran":
                tried.append(TriedCheck(plan, None))
            elif self._hidden[at]:
                tried.append(_hidden_check(plan, all_checks[at]))
            else:
                tried.append(_visible_check(plan, checks[at]))
        return Observation(ended, tuple(tried), failure, 0.0)

    def _watched_run(
        self, sandbox: Sandbox, source: str, chosen: Sequence[int], seconds: float
    ) -> tuple[CellRun, dict[int, CellRun]]:
        """Run the answer and some checks; how each ended."""
        setting = self._setting
        cells = [
            *setting.cells(setting.before),
            trial_cell({"answer": source, "seconds": seconds}, _on_the_wall(seconds)),
            *setting.cells(setting.after),
        ]
        first = len(cells)
        cells += [
            trial_cell(
                {"check": _message(self.checks[at]), "seconds": seconds, "patience": max(_PATIENCE, seconds)},
                _on_the_wall(seconds),
            )
            for at in chosen
        ]
        job = Job(cells, setting.files, setting.limits_for(_TOTAL_SECONDS), patience=_PATIENCE)
        run = sandbox.run(job)
        answer = run.cells[len(setting.before)]
        return answer, dict(zip(chosen, run.cells[first:], strict=True))


def _was_late(seen: Observation) -> bool:
    failures = [seen.failure, *(check.failure for check in seen.checks)]
    return seen.ended == "timeout" or any(one is not None and one.name == "TimeoutError" for one in failures)


def _on_the_wall(seconds: float) -> float:
    """When the sandbox's own clock ends a check that may take so many seconds of processor time."""
    return _ON_THE_WALL * seconds + _HARD_STOP


def _message(check: PlannedCheck) -> dict[str, Any]:
    return {"steps": check.steps, "needs": sorted(check.needs)}


def _ending(answer: CellRun) -> tuple[str, Failure | None]:
    """How the answer's own run ended."""
    seen = answer.seen if isinstance(answer.seen, dict) else {}
    ended = seen.get("ended")
    if answer.outcome in {Outcome.TIMEOUT, Outcome.MEMORY, Outcome.DIED}:
        return answer.outcome.value, None
    if ended not in {"ran", "syntax", "error", "timeout"}:
        return ("timeout" if answer.outcome is Outcome.NOT_RUN else "died"), None
    failure = _failure(seen.get("raised"))
    if ended == "error" and failure is not None and failure.name == "MemoryError":
        return "memory", failure
    return str(ended), failure if ended != "timeout" else _timed_out(failure)


def _visible_check(plan: PlannedCheck, run: CellRun) -> TriedCheck:
    """A check of a test that the learner can read, from a process that met no other."""
    seen = run.seen if isinstance(run.seen, dict) else {}
    passed, failure = _verdict(run, seen)
    if passed is not False:
        return TriedCheck(plan, passed, lines=_lines(seen.get("lines")), call=plan.call)
    told = seen.get("noted")
    noted = {
        str(part)[:20]: cut(clean_text(value, _LONGEST_VALUE + 1))
        for part, value in (told.items() if isinstance(told, dict) else ())
    }
    number = seen.get("site")
    site = plan.sites[number] if type(number) is int and 0 <= number < len(plan.sites) else None
    call = site.call_text(noted) if site is not None else ""
    raised = seen.get("raised")
    compared = isinstance(raised, dict) and raised.get("compared") is True
    return TriedCheck(
        plan,
        passed=False,
        call=cut(call or plan.call),
        expected=cut(site.expected_text(noted)) if site is not None else "",
        got=noted.get("got", ""),
        message=failure.message if compared and failure is not None else "",
        failure=None if compared else failure,
        lines=_lines(seen.get("lines")),
    )


def _hidden_check(plan: PlannedCheck, run: CellRun) -> TriedCheck:
    """A check of a hidden test: no text of what its process told is kept."""
    seen = run.seen if isinstance(run.seen, dict) else {}
    passed, failure = _verdict(run, seen)
    raised = seen.get("raised")
    if failure is not None and not (isinstance(raised, dict) and raised.get("compared") is True):
        name = failure.name if failure.name in KNOWN_ERRORS else "Exception"
        failure = Failure(name, "", failure.trace)
    else:
        failure = None
    return TriedCheck(plan, passed, failure=failure, lines=_lines(seen.get("lines")))


def _verdict(run: CellRun, seen: Mapping[str, Any]) -> tuple[bool | None, Failure | None]:
    """Whether a check passed, and what ended it; a process that ended in it has not passed it."""
    if run.outcome is Outcome.NOT_RUN:
        return None, None
    if run.outcome is Outcome.TIMEOUT:
        return False, Failure("TimeoutError", "", ())
    if run.outcome is Outcome.MEMORY:
        return False, Failure("MemoryError", "", ())
    if run.outcome is Outcome.DIED or "passed" not in seen:
        return False, Failure("SystemExit", "", ())
    passed = seen["passed"]
    failure = _failure(seen.get("raised"))
    if failure is not None and failure.name == "TimeUp":
        failure = _timed_out(failure)
    return (passed if passed is None else passed is True), failure


def _timed_out(failure: Failure | None) -> Failure:
    return Failure("TimeoutError", "", failure.trace if failure is not None else ())


def _failure(told: object) -> Failure | None:
    if not isinstance(told, dict):
        return None
    trace = told.get("trace")
    lines = [line for line in trace[:_MOST_FRAMES] if _is_line(line)] if isinstance(trace, list) else []
    return Failure(
        clean_text(told.get("name"), 80), clean_text(told.get("message"), _LONGEST_MESSAGE), tuple(lines)
    )


def _lines(told: object) -> frozenset[int]:
    return frozenset(line for line in told if _is_line(line)) if isinstance(told, list) else frozenset()


def _is_line(value: object) -> bool:
    return type(value) is int and 0 < value < 100_000


def cut(text: str) -> str:
    """A value's text, no longer than a person reads."""
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
