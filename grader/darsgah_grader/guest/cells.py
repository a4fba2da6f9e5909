"""How one cell is run: an answer through IPython, a test through what was there before any learner's code.

A test's verdict is the exception that ended it and nothing a learner can print. It is compiled and
executed by functions taken at import, with a fresh copy of the builtins as they were then, so that
patching the shell, its hooks or its transformers changes nothing about how a test is run. A learner's
``builtins`` module is a copy made for the learner's code alone: patching it reaches neither this module
nor the libraries. What the libraries have become a test cannot know: known-false controls run before and
after it (``controls``), and what the lab's own cells defined is put back before it (``oddities``). What this
cannot prevent: learner code and test share a process, and code that looks for these objects through frames
or the garbage collector finds them (assurance level 1).
"""

import asyncio
import builtins
import linecache
import math
import os
import sys
import traceback
from _json import encode_basestring_ascii, make_encoder
from ast import Expr, Expression, Module, PyCF_ALLOW_TOP_LEVEL_AWAIT, PyCF_ONLY_AST
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from inspect import CO_COROUTINE
from types import CodeType, ModuleType, TracebackType
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from darsgah_grader.guest.between_cells import Interruptions, end_tracing, tracing
from darsgah_grader.guest.controls import Controls
from darsgah_grader.guest.figures import FIRST_FIGURE, Figures
from darsgah_grader.guest.oddities import TRACE_FUNCTION, Keeper, Oddity, ShellWatch, late_threads
from darsgah_grader.guest.shell import GuestShell, describe, error_output
from darsgah_grader.guest.tracebacks import QuickTraceback

_compile, _eval, _dict = compile, eval, dict
_encoder = make_encoder(None, repr, encode_basestring_ascii, None, ": ", ", ", False, False, False)
_LARGEST_PARTIAL = 1e12
_GUEST = os.path.dirname(__file__)  # noqa: PTH120 -- compared with the file names of frames
UNUSABLE = "unusable"
"""Stands for a result that is not exactly a finite int or float."""


@dataclass(slots=True)
class CellOutcome:
    """What became of a cell while it was run, before it is written down for the supervisor.

    Attributes:
        value: of the last expression; None where there is none.
        broken_controls: positions of controls that did not fail as they have to, and what they did.
    """

    value: object = None
    error: BaseException | None = None
    oddities: list[Oddity] = field(default_factory=list)
    broken_controls: list[tuple[int, str]] = field(default_factory=list)


class CellRunner:
    """Runs cells in a shell. Made in the warm process, before any learner code, used in the forks."""

    def __init__(self, shell: GuestShell) -> None:
        self._shell = shell
        self.trusted_builtins = _dict(vars(builtins))
        self.trusted_builtins["get_ipython"] = shell.get_ipython
        self._transformer = TransformerManager()  # type: ignore[no-untyped-call] # IPython has no type here
        self._display = shell.display_formatter
        self._tracebacks = QuickTraceback(shell.compile)
        self._structured = self._tracebacks.structured_traceback
        self.interruptions = Interruptions()
        self._keeper = Keeper()
        self.figures = Figures(shell)
        self.watch = ShellWatch(shell)

    def run(self, cell: Mapping[str, Any], index: int) -> bytes:
        """Run one cell and return the result message; outputs have gone to the shell's capture.

        Args:
            cell: ``source``; ``graded`` for a test, with its ``controls``; ``lab`` for a read-only cell of
                the lab; ``keeps``, the names of the lab's helpers that a cell of the lab defines, and
                ``needs``, of those that a test uses.
            index: its place in the run.
        """
        self._shell.capture.begin()
        graded: bool = cell["graded"]
        name = _test_name(index) if graded else ""
        outcome = CellOutcome()
        self.interruptions.resume()
        try:
            if graded:
                self._run_test(cell, index, outcome)
            elif cell.get("lab") and self.watch.changed:
                self._run_trusted(cell["source"], index, outcome)
            else:
                outcome.value, outcome.error = self._run_answer(cell["source"])
            self.interruptions.suspend()
            self._keeper.keep(cell.get("keeps", []), self._shell.user_ns)
            self._keeper.give_back(self._shell.user_ns)
            if not graded:
                outcome.oddities = self.watch.look()
            if outcome.error is not None and not self._shell.capture.error_shown:
                self._show(outcome.error)
            result = self._result(outcome, name)
            self.figures.show()
        except BaseException as outside:  # noqa: BLE001 -- raised by a hook of the learner's around the cell
            self.interruptions.suspend()
            result = self._result(CellOutcome(error=outside))
        self._shell.capture.flush()
        return result

    def _run_answer(self, source: str) -> tuple[Any, BaseException | None]:
        outcome = self._shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call] # IPython has no type here
        return outcome.result, outcome.error_before_exec or outcome.error_in_exec

    def _run_test(self, cell: Mapping[str, Any], index: int, outcome: CellOutcome) -> None:
        """Run a test with its controls around it, the lab's helpers put back."""
        namespace = self._shell.user_ns
        controls = Controls(cell.get("controls", ()), _test_name(index), self.execute)
        capture = self._shell.capture
        end_tracing()
        oddities = late_threads(self._shell) + self._keeper.restore(cell.get("needs", []), namespace)
        capture.muted = True
        before = controls.broken(namespace, costly=False)
        capture.muted = False
        self._run_trusted(cell["source"], index, outcome)
        if tracing():
            end_tracing()
            oddities.append((TRACE_FUNCTION, f"set when test {index + 1} ended"))
        outcome.oddities = oddities
        capture.flush()
        capture.muted = True
        after = controls.broken(namespace) if outcome.error is None else []
        capture.muted = False
        outcome.broken_controls = before + after

    def _run_trusted(self, source: str, index: int, outcome: CellOutcome) -> None:
        """Run a cell of the lab's through nothing that a learner's code can have changed."""
        namespace = self._shell.user_ns
        name = _test_name(index)
        before = namespace.get("__builtins__")
        namespace["__builtins__"] = _dict(self.trusted_builtins)
        try:
            body, last = self._compiled(source, name)
            self.execute(body, namespace)
            if last is not None:
                outcome.value = self.execute(last, namespace)
        except BaseException as error:  # noqa: BLE001 -- the exception is the verdict, whichever it is
            self._forget_own_frames(error)
            self._show(error, name, source)
            outcome.value, outcome.error = None, error
            return
        finally:
            namespace["__builtins__"] = before
        value = outcome.value
        if value is not None and self._display is not None and not source.rstrip().endswith(";"):
            data, _ = self._display.format(value)  # type: ignore[no-untyped-call] # IPython has no type here
            self._shell.displayhook.write_format_data(data)

    def parsed(self, source: str, name: str) -> Module:
        """The syntax tree of a cell, IPython's own syntax turned into Python; lines are as in the source."""
        try:
            tree = _compile(source, name, "exec", PyCF_ONLY_AST)
        except SyntaxError:
            dropped = source[: len(source) - len(source.lstrip())].count("\n")  # blank lines at the beginning
            plain = "\n" * dropped + self._transformer.transform_cell(source)
            tree = _compile(plain, name, "exec", PyCF_ONLY_AST)
        assert isinstance(tree, Module)  # noqa: S101 -- what "exec" gives; tells the type checker
        return tree

    def _compiled(self, source: str, name: str) -> tuple[CodeType, CodeType | None]:
        """The code of a cell and that of its last expression, if it ends in one."""
        tree = self.parsed(source, name)
        last = None
        if tree.body and isinstance(tree.body[-1], Expr):
            final = tree.body.pop()
            assert isinstance(final, Expr)  # noqa: S101 -- checked above; pop loses the type
            last = _compile(Expression(final.value), name, "eval", PyCF_ALLOW_TOP_LEVEL_AWAIT)
        return _compile(tree, name, "exec", PyCF_ALLOW_TOP_LEVEL_AWAIT), last

    @staticmethod
    def execute(code: CodeType, namespace: dict[str, Any]) -> object:
        """Execute what was compiled, to its end where it awaits; the value of an expression."""
        if code.co_flags & CO_COROUTINE:
            return _run_to_the_end(_eval(code, namespace))
        return _eval(code, namespace)

    @staticmethod
    def _forget_own_frames(error: BaseException) -> None:
        """Leave in the traceback the test's frames and those of what it called, and none of this package."""
        frames = []
        frame: TracebackType | None = error.__traceback__
        while frame is not None:
            if not frame.tb_frame.f_code.co_filename.startswith(_GUEST):
                frames.append(frame)
            frame = frame.tb_next
        kept: TracebackType | None = None
        for frame in reversed(frames):
            kept = TracebackType(kept, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
        error.__traceback__ = kept

    def _show(self, error: BaseException, name: str = "", source: str = "") -> None:
        """Show an exception; the source of a test is known to the traceback only while it is written."""
        if name:
            lines = source.splitlines(keepends=True)
            linecache.cache[name] = (len(source), None, lines, name)
        try:
            text = self._structured(type(error), error, error.__traceback__)
        except BaseException:  # noqa: BLE001 -- a learner's class can break any formatter; the verdict stands
            text = traceback.format_exception_only(type(error), None)
        finally:
            linecache.cache.pop(name, None)
        self._shell.capture.display(error_output(type(error), error, text))
        self._shell.capture.error_shown = True

    def _result(self, outcome: CellOutcome, test: str = "") -> bytes:
        error = outcome.error
        name, text = describe(type(error), error) if error is not None else ("", "")
        return encoded(
            {
                "ok": error is None,
                "ename": name,
                "evalue": text,
                "line": _line_in(test, error),
                "has_result": outcome.value is not None,
                "partial": _partial(outcome.value),
                "controls": outcome.broken_controls,
                "oddities": outcome.oddities,
            }
        )


def encoded(result: dict[str, object]) -> bytes:
    """JSON, by the encoder below Python's own, of which no part can be exchanged."""
    return "".join(_encoder(result, 0)).encode()


def _run_to_the_end(test: Coroutine[Any, Any, object]) -> object:
    """The value of a test that awaits; an event loop that a learner has replaced cannot leave its end out."""
    ended: list[object] = []

    async def whole() -> None:
        ended.append(await test)

    asyncio.run(whole())
    if not ended:
        raise RuntimeError("the event loop did not run the test to its end")
    return ended[0]


def _test_name(index: int) -> str:
    """The file name that the code of a test has in tracebacks."""
    return f"<test {index + 1}>"


def _line_in(test: str, error: BaseException | None) -> int:
    """The line of the test that was running when the exception was raised, 0 where there is none.

    The outermost one: inner entries may be a helper of the test that a hidden line called, or what a learner
    put into the exception's traceback.
    """
    frame = error.__traceback__ if error is not None else None
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == test:
            return frame.tb_lineno
        frame = frame.tb_next
    return 0


def _partial(value: object) -> int | float | str | None:
    """A value that may be partial credit, exactly as it is; the types are compared, never asked."""
    if value is None:
        return None
    if type(value) is int and -_LARGEST_PARTIAL < value < _LARGEST_PARTIAL:
        return value
    if type(value) is float and math.isfinite(value):
        return value
    return UNUSABLE


def give_own_builtins(shell: GuestShell) -> ModuleType:
    """Let ``import builtins`` and the names of a notebook's code mean a copy of the real module."""
    own = ModuleType("builtins", builtins.__doc__)
    vars(own).update(vars(builtins))
    vars(own)["get_ipython"] = shell.get_ipython
    sys.modules["builtins"] = own
    shell.user_ns["__builtins__"] = own
    shell.user_ns["__builtin__"] = own
    return own


_USUAL = (
    "print(sum(range(3)))\n[1, {'a': 2.5}]",
    "def broken():\n    return 1 / 0\nbroken()",
    "assert 1 == 2, 'warm'",
)
_USUAL_CONTROL = {"ways": [["None", "assert 1 == 2"]], "raises": "AssertionError"}


def warm(runner: CellRunner, shell: GuestShell) -> None:
    """Run what every submission runs once, an exception with its traceback above all, and leave no trace."""
    names = set(shell.user_ns)
    for graded in (False, True):
        for source in _USUAL:
            runner.run({"source": source, "graded": graded, "controls": [_USUAL_CONTROL]}, 0)
    runner.run({"source": "this is not Python", "graded": False}, 0)
    if runner.figures.ready:
        runner.run({"source": FIRST_FIGURE, "graded": False}, 0)
    for name in set(shell.user_ns) - names:
        del shell.user_ns[name]
    shell.reset(new_session=True)  # type: ignore[no-untyped-call] # IPython has no type here
    runner.watch.begin(give_own_builtins(shell))
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        if hasattr(sys, name):
            delattr(sys, name)
