"""Trying answers in the learner's process: one with everything that can be seen of it, or many quickly.

What is told here comes out of a process in which a learner's code runs, which may have changed any of it:
it says something about the answer to its own author, and is never a grade. A process that is handed hidden
tests is asked for no more than whether they passed; who asks sees to that (``darsgah_grader.trials``).
"""

import _signal  # type: ignore[import-not-found] # what signal wraps in ten times slower enumerations
import ast
import copy
import random
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from time import monotonic, process_time
from types import CodeType
from typing import Any

from darsgah_grader.guest.cells import CellRunner, encoded
from darsgah_grader.guest.line_marks import MARKS, lines_marked, with_marks
from darsgah_grader.guest.shell import GuestShell, describe

ANSWER_FILE, TEST_FILE = "<answer>", "<test>"
NOTED = "__noted__"
"""The name by which a test's rewritten comparisons hand over both sides (``darsgah_grader.comparisons``)."""

_setitimer, _signal_signal, _IGNORED = _signal.setitimer, _signal.signal, _signal.SIG_IGN
_TIMERS = ((_signal.ITIMER_PROF, int(_signal.SIGPROF), 1.0), (_signal.ITIMER_REAL, int(_signal.SIGALRM), 4.0))
"""Each timer with its signal and what the seconds are multiplied by: processor time, so that a busy machine
is nobody's endless loop, and for what waits instead of computing, the clock on the wall."""
_AWAITS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_AGAIN = 0.05
"""Seconds after which the alarm rings again in code that has caught it."""
_TO_DESCRIBE = 0.2
_AFTER_A_TIMEOUT = 0.1
_SHORTEST_PROGRAM, _LONGEST_PROGRAM = 0.02, 2.0
_LONGEST = 240
_MOST_SHOWN = 80
_MOST_FRAMES = 40
_COPIED = frozenset(
    {
        *("list", "dict", "set", "bytearray", "deque", "defaultdict", "Counter", "OrderedDict"),
        *("ndarray", "DataFrame", "Series", "Generator", "RandomState", "Random"),
    }
)
"""Names of the types of variables that a program may change where they are."""


class TimeUp(BaseException):
    """The time of a check or a program is over."""


class Notes:
    """What the comparisons of a test were given: texts of arguments at once, the two sides when asked."""

    def __init__(self) -> None:
        self.last = -1
        self._parts: dict[str, Any] = {}

    def begin(self, site: int) -> None:
        """The comparison ``site`` begins, or with -1 another check."""
        if site != self.last or "got" in self._parts:
            self.last, self._parts = site, {}

    def __call__(self, site: int, part: str, value: object) -> object:
        """Remember a part of the comparison ``site`` and give it back; arguments may change in the call."""
        self._parts[part] = value if part in {"got", "expected"} else shown(value)
        return value

    def told(self) -> dict[str, str]:
        """The parts of the last comparison as texts; runs a learner's ``__repr__``."""
        return {
            part: shown(value) if part in {"got", "expected"} else value
            for part, value in islice(self._parts.items(), 20)
        }


def shown(value: Any) -> str:  # noqa: ANN401 -- it is sliced and gone through by its type
    """The repr of a value, cut; long lists and texts are cut before they are written out."""
    kind = type(value)
    if kind in {list, tuple, str, bytes} and len(value) > _LONGEST:
        return repr(value[:_MOST_SHOWN] if kind in {list, tuple} else value[:_LONGEST])[:_LONGEST]
    if kind in {dict, set, frozenset} and len(value) > _MOST_SHOWN:
        kept = islice(value.items(), _MOST_SHOWN) if kind is dict else islice(value, _MOST_SHOWN)
        return repr(kind(kept))[:_LONGEST]
    return repr(value)[: _LONGEST + 1]


class TriedAnswers:
    """One in each process that answers are tried in."""

    def __init__(self, shell: GuestShell, cells: CellRunner) -> None:
        self._shell = shell
        self._cells = cells
        self._notes = Notes()
        self._marks = bytearray(1)
        self._armed = False
        self._ran = False
        self._lost = 0.0
        self._missing: set[str] = set()
        self._after: list[CodeType] = []
        self._checks: list[CodeType] = []
        self._base: dict[str, Any] = {}
        self._randomness: list[tuple[Callable[[Any], None], Any]] = []
        self._each = _SHORTEST_PROGRAM
        self._reference = ""
        self._gates: dict[int, bool] = {}

    def run(self, trial: dict[str, Any]) -> bytes:
        """Do what is asked (``answer``, ``check``, ``prepared`` or ``programs``) and tell what was seen."""
        self._shell.capture.begin()
        self._shell.capture.muted = True
        self._cells.interruptions.resume()
        seen: dict[str, Any] = {}
        if "answer" in trial:
            seen = self._answer(trial["answer"], trial["seconds"])
        elif "check" in trial:
            seen = self._check(trial["check"], trial["seconds"], trial["patience"])
        elif "prepared" in trial:
            self._prepare(trial["prepared"])
        else:
            seen = {"passed": list(self._programs(trial["programs"], trial["seconds"], trial["gate"]))}
        self._cells.interruptions.suspend()
        return encoded({"ok": True, "seen": seen})

    # -- one answer, observed -------------------------------------------------------------------------------

    def _answer(self, source: str, seconds: float) -> dict[str, Any]:
        """Run the answer with marks in the notebook's namespace."""
        namespace = self._shell.user_ns
        self._marks = bytearray(source.count("\n") + 3)
        namespace[MARKS], namespace[NOTED] = self._marks, self._notes
        self._ran, self._lost, self._missing = False, 0.0, set()
        codes: list[CodeType] = []
        error = self._timed(seconds, lambda: codes.append(self._marked_code(source)))
        if error is not None:
            raised = self._raised(error)
            if not isinstance(error, SyntaxError):  # nested deeper than the compiler goes, or not text
                raised = {"name": "SyntaxError", "message": str(error) or "nested too deeply", "trace": []}
            return {"ended": "syntax", "raised": raised}
        error = self._timed(seconds, lambda: self._cells.execute(codes[0], namespace))
        self._ran = error is None
        ended = "ran" if error is None else "timeout" if isinstance(error, TimeUp) else "error"
        return {"ended": ended, "raised": self._raised(error), "lines": lines_marked(self._marks)}

    def _marked_code(self, source: str) -> CodeType:
        tree = self._cells.parsed(source, ANSWER_FILE)
        plain: CodeType = compile(
            tree, ANSWER_FILE, "exec", _AWAITS
        )  # the marks must not be what is wrong with it
        try:
            marked: CodeType = compile(with_marks(tree), ANSWER_FILE, "exec", _AWAITS)
        except (SyntaxError, RecursionError):
            return plain
        return marked

    def _check(self, check: dict[str, Any], seconds: float, patience: float) -> dict[str, Any]:
        """Run the statements of one check, the last of which decides; None when there is no time for it."""
        if not self._ran or self._lost > patience or not self._missing.isdisjoint(check["needs"]):
            return {"passed": None}
        if self._lost:
            seconds = min(seconds, _AFTER_A_TIMEOUT)
        self._marks[:] = bytes(len(self._marks))
        self._notes.begin(-1)
        began = monotonic()
        error = self._timed(seconds, lambda: self._steps(check["steps"]))
        if isinstance(error, TimeUp):
            self._lost += monotonic() - began
        seen: dict[str, Any] = {"passed": error is None, "lines": lines_marked(self._marks)}
        if error is not None:
            seen["raised"] = self._raised(error)
            site, parts = self._notes.last, []
            if self._timed(_TO_DESCRIBE, lambda: parts.append(self._notes.told())) is None:
                seen["site"], seen["noted"] = site, parts[0]
        return seen

    def _steps(self, steps: list[tuple[str, list[str]]]) -> None:
        """Run the statements of a check; what one binds is missing from when it is begun until it is done."""
        self._missing.update(*(binds for _, binds in steps))
        for step, binds in steps:
            self._execute_test(self._test_code(step))
            self._missing.difference_update(binds)

    def _test_code(self, source: str) -> CodeType:
        code: CodeType = compile(self._cells.parsed(source, TEST_FILE), TEST_FILE, "exec", _AWAITS)
        return code

    def _execute_test(self, code: CodeType) -> None:
        """Run a statement of a test with the builtins as they were before any learner's code."""
        namespace = self._shell.user_ns
        before = namespace.get("__builtins__")
        namespace["__builtins__"] = dict(self._cells.trusted_builtins)
        try:
            self._cells.execute(code, namespace)
        finally:
            namespace["__builtins__"] = before

    def _raised(self, error: BaseException | None) -> dict[str, Any] | None:
        """An exception in plain values; a learner's class that is asked for them may do anything."""
        if error is None:
            return None
        told: dict[str, Any] = {"name": "Exception", "message": "", "trace": []}
        self._timed(_TO_DESCRIBE, lambda: told.update(_described(error)))
        return told

    # -- many programs --------------------------------------------------------------------------------------

    def _prepare(self, trial: dict[str, Any]) -> None:
        """Compile what every program is followed by, keep the variables, and time the reference."""
        self._after = [self._test_code(source) for source in trial["after"]]
        self._checks = [self._test_code(source) for source in trial["checks"]]
        self._base, self._randomness = dict(self._shell.user_ns), _random_states()
        self._reference, self._gates = trial["reference"], {}
        began = process_time()
        self._timed(_LONGEST_PROGRAM, lambda: self._program(self._reference, [], None))
        slowest = trial["slower"] * (process_time() - began)
        self._each = min(max(_SHORTEST_PROGRAM, slowest), _LONGEST_PROGRAM)
        self._begin_anew()

    def _programs(self, sources: list[str], seconds: float, gate: int | None) -> Iterator[list[bool] | None]:
        """Which checks each program passes, as long as there is time."""
        until = monotonic() + seconds
        if gate is not None and not self._is_gate(gate):
            gate = None
        for source in sources:
            left = until - monotonic()
            if left <= 0:
                yield None
                continue
            passed: list[bool] = []
            self._timed(min(self._each, left), lambda: self._program(source, passed, gate))  # noqa: B023 -- called before the loop goes on
            yield passed + [False] * (len(self._checks) - len(passed))
            self._begin_anew()

    def _is_gate(self, number: int) -> bool:
        """The reference passes everything with this check asked first; found out once."""
        if number not in self._gates:
            passed: list[bool] = []
            self._timed(_LONGEST_PROGRAM, lambda: self._program(self._reference, passed, number))
            self._gates[number] = len(passed) == len(self._checks) and all(passed)
            self._begin_anew()
        return self._gates[number]

    def _begin_anew(self) -> None:
        """Give the notebook what it had before a program; its functions keep the namespace that they know."""
        namespace = self._shell.user_ns
        namespace.clear()
        namespace.update(self._base)
        for restore, state in self._randomness:
            restore(state)
        figures = sys.modules.get("matplotlib.pyplot")
        if figures is not None:
            figures.close("all")

    def _program(self, source: str, passed: list[bool], gate: int | None) -> None:
        """Run one program and its checks; ends early with the exception of the program, gate or alarm."""
        namespace, base = self._shell.user_ns, self._base
        code = compile(self._cells.parsed(source, ANSWER_FILE), ANSWER_FILE, "exec", _AWAITS)
        for name in _names([code, *self._checks]) & base.keys():
            if type(base[name]).__name__ in _COPIED:
                namespace[name] = copy.deepcopy(base[name])
        self._cells.execute(code, namespace)
        for between in self._after:
            self._cells.execute(between, namespace)
        if gate is not None:
            self._execute_test(self._checks[gate])
        for check in self._checks:
            try:
                self._execute_test(check)
            except TimeUp:
                raise
            except BaseException:  # noqa: BLE001 -- whichever it is, the check is not passed
                passed.append(False)
            else:
                passed.append(True)

    # -- time -----------------------------------------------------------------------------------------------

    def _ring(self, _number: int, _frame: object) -> None:
        if self._armed:
            raise TimeUp

    def _timed(self, seconds: float, work: Callable[[], object]) -> BaseException | None:
        """Do something for so many seconds of processor time; the exception that ended it.

        Most of C code is not interrupted; then the sandbox's own clock ends the process.
        """
        try:
            try:
                for _, number, _ in _TIMERS:
                    _signal_signal(number, self._ring)
                self._armed = True
                for timer, _, times in _TIMERS:
                    _setitimer(timer, seconds * times, _AGAIN)
                work()
            finally:
                self._armed = False
        except BaseException as error:  # noqa: BLE001 -- how it ended is what is asked
            return error
        else:
            return None
        finally:
            for timer, number, _ in _TIMERS:
                _setitimer(timer, 0)
                _signal_signal(number, _IGNORED)


def _described(error: BaseException) -> dict[str, Any]:
    """Name and text of an exception, and the lines of the answer that its traceback goes through."""
    name, message = describe(type(error), error)
    trace: list[int] = []
    step = error.__traceback__
    while step is not None:
        line = step.tb_lineno
        if step.tb_frame.f_code.co_filename == ANSWER_FILE and trace[-1:] != [line]:
            trace.append(line)
        step = step.tb_next
    if isinstance(error, SyntaxError) and error.filename == ANSWER_FILE:
        name, message, trace = type(error).__name__, error.msg, [error.lineno or 1]
    if len(trace) > _MOST_FRAMES:
        trace = trace[: _MOST_FRAMES // 2] + trace[-_MOST_FRAMES // 2 :]
    compared = isinstance(error, AssertionError) and not trace
    return {"name": name, "message": message, "trace": trace, "compared": compared}


def _names(codes: list[CodeType]) -> set[str]:
    """The names that code looks up, the functions in it included."""
    names: set[str] = set()
    while codes:
        code = codes.pop()
        names.update(code.co_names)
        codes.extend(constant for constant in code.co_consts if isinstance(constant, CodeType))
    return names


def _random_states() -> list[tuple[Callable[[Any], None], Any]]:
    """What gives the generators of random numbers the state that they have now."""
    states: list[tuple[Callable[[Any], None], Any]] = [(random.setstate, random.getstate())]
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        states.append((numpy.random.set_state, numpy.random.get_state()))
    return states
