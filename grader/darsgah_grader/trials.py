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
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from darsgah_grader.sandbox.outputs import clean_text
from darsgah_grader.sandbox.types import CellRun, CellSource, Job, Outcome, Part
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.trial_plan import PlannedCheck, TestCode, bound_names, planned
from darsgah_grader.types import Limits, SandboxLevel

_LONGEST_VALUE = 200
_LONGEST_MESSAGE = 500
_MOST_FRAMES = 40
_HARD_STOP = 0.5
"""Seconds by which the sandbox's own clock comes after the one in the learner's process."""
_PATIENCE = 1.6
"""Seconds of checks that never end, after which the others are not tried."""
_TOTAL_SECONDS = 20.0
_SETUP_SECONDS = 10.0
_AT_ONCE = 100
"""Programs that share a process; one that ends it costs the others of its batch another run."""
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
class Setting:
    """What an answer to a question is tried in.

    Attributes:
        before: sources of the cells that run before the answer.
        after: of those that run between the answer and its tests.
        tests: in order; a hidden one may use what the visible ones before it have bound.
        reference: a correct answer, for the names that answers bind and the time that checks need.
        check_seconds: what one check may take.
    """

    before: tuple[str, ...]
    tests: tuple[TestCode, ...]
    reference: str
    after: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    check_seconds: float = 1.0


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

    # -- observing ------------------------------------------------------------------------------------------

    def observe(self, sandbox: Sandbox, source: str) -> Observation:
        """Everything that can be seen of an answer; a learner's code never makes this raise.

        Raises:
            EnvironmentBroken: the sandbox's warm process is gone and cannot be started again.
        """
        began = time.monotonic()
        visible = [at for at, hidden in enumerate(self._hidden) if not hidden]
        everything = list(range(len(self.checks)))
        if len(visible) == len(everything):
            answer, checks = self._watched_run(sandbox, source, visible)
        elif sandbox.level is SandboxLevel.NAMESPACES:
            with ThreadPoolExecutor(1, thread_name_prefix="hidden-tests") as beside:
                running = beside.submit(self._watched_run, sandbox, source, everything)
                answer, checks = self._watched_run(sandbox, source, visible)
                _, all_checks = running.result()
        else:
            answer, checks = self._watched_run(sandbox, source, visible)
            _, all_checks = self._watched_run(sandbox, source, everything)
        ended, failure = _ending(answer)
        tried = []
        for at, plan in enumerate(self.checks):
            if ended != "ran":
                tried.append(TriedCheck(plan, None))
            elif self._hidden[at]:
                tried.append(_hidden_check(plan, all_checks[at]))
            else:
                tried.append(_visible_check(plan, checks[at]))
        return Observation(ended, tuple(tried), failure, time.monotonic() - began)

    def _watched_run(
        self, sandbox: Sandbox, source: str, chosen: Sequence[int]
    ) -> tuple[CellRun, dict[int, CellRun]]:
        """Run the answer and some checks; how each ended."""
        seconds = self._setting.check_seconds
        cells = [
            *self._cells(self._setting.before),
            _trial_cell({"answer": source, "seconds": seconds}, seconds),
            *self._cells(self._setting.after),
        ]
        first = len(cells)
        cells += [
            _trial_cell(
                {"check": _message(self.checks[at]), "seconds": seconds, "patience": _PATIENCE}, seconds
            )
            for at in chosen
        ]
        run = sandbox.run(Job(cells, self._setting.files, self._limits(_TOTAL_SECONDS)))
        answer = run.cells[len(self._setting.before)]
        return answer, dict(zip(chosen, run.cells[first:], strict=True))

    def _cells(self, sources: Sequence[str]) -> Iterator[CellSource]:
        seconds = min(self._setting.limits.cell_seconds, _SETUP_SECONDS)
        return (CellSource(source, seconds=seconds) for source in sources)

    def _limits(self, seconds: float) -> Limits:
        limits = self._setting.limits
        return replace(
            limits, total_seconds=min(limits.total_seconds, seconds), output_bytes=1, output_count=1
        )

    # -- many programs --------------------------------------------------------------------------------------

    def passed(
        self, sandbox: Sandbox, sources: Sequence[str], *, seconds: float, each: float = 0.25
    ) -> list[tuple[bool, ...] | None]:
        """Which checks each program passes; None for those that there was no time for.

        Programs share processes, and begin with copies of the same variables: one that is out to do so can
        spoil what is said of the others.

        Args:
            seconds: for all of them, the cells before the answer included.
            each: what one program may take with all its checks.
        """
        until = time.monotonic() + seconds
        results: dict[int, tuple[bool, ...] | None] = {}
        waiting = [range(at, min(at + _AT_ONCE, len(sources))) for at in range(0, len(sources), _AT_ONCE)]
        while waiting and time.monotonic() < until:
            batches = self._batches(sandbox, sources, waiting, until - time.monotonic(), each)
            waiting = []
            for numbers, told in batches:
                if told is not None:
                    results.update(zip(numbers, told, strict=True))
                elif len(numbers) == 1:
                    results[numbers[0]] = (False,) * len(self.checks)  # it ends the process that it runs in
                else:
                    waiting += [range(at, at + 1) for at in numbers]
        return [results.get(at) for at in range(len(sources))]

    def _batches(
        self, sandbox: Sandbox, sources: Sequence[str], batches: Sequence[range], seconds: float, each: float
    ) -> Iterator[tuple[range, list[tuple[bool, ...] | None] | None]]:
        """Run batches of programs, a cell for each; None for a batch that ended its process."""
        setting = self._setting
        cells = [*self._cells(setting.before)]
        first = len(cells)
        trial = {"each": each, "checks": [check.plain for check in self.checks], "after": setting.after}
        for numbers in batches:
            programs = [sources[at] for at in numbers]
            message = {**trial, "programs": programs, "seconds": seconds}
            cells.append(_trial_cell(message, min(seconds, each * len(programs))))
        run = sandbox.run(Job(cells, setting.files, self._limits(seconds + _HARD_STOP)))
        for numbers, cell in zip(batches, run.cells[first:], strict=True):
            if cell.outcome is Outcome.NOT_RUN:
                yield numbers, [None] * len(numbers)
            else:
                yield numbers, self._vectors(cell.seen, len(numbers))

    def _vectors(self, seen: object, count: int) -> list[tuple[bool, ...] | None] | None:
        """What a batch told, checked."""
        told = seen.get("passed") if isinstance(seen, dict) else None
        if not isinstance(told, list) or len(told) != count:
            return None
        return [
            tuple(value is True for value in vector)
            if isinstance(vector, list) and len(vector) == len(self.checks)
            else None
            for vector in told
        ]


def _trial_cell(trial: Mapping[str, Any], seconds: float) -> CellSource:
    return CellSource("", seconds=seconds + _HARD_STOP, part=Part.TRIAL, trial=trial)


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
    if failure is not None and failure.name == "MemoryError":
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
