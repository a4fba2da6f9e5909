"""How one cell is run: an answer through IPython, a test through what was there before any learner's code.

A test's verdict is the exception that ended it and nothing a learner can print. It is compiled and
executed by functions taken at import, with a fresh copy of the builtins as they were then, so that
patching the shell, its hooks or its transformers changes nothing about how a test is run. A learner's
``builtins`` module is a copy made for the learner's code alone: patching it reaches neither this module
nor the libraries. What this cannot prevent: learner code and test share a process, and code that looks
for these objects through frames or the garbage collector finds them (assurance level 1).
"""

import ast
import asyncio
import builtins
import inspect
import json
import linecache
import math
import sys
import traceback
from types import CodeType, ModuleType, TracebackType
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.ultratb import FormattedTB

from darsgah_grader.guest.shell import GuestShell, describe, error_output

_compile, _eval, _dict = compile, eval, dict
_LARGEST_PARTIAL = 1e12
UNUSABLE = "unusable"
"""Stands for a result that is not exactly a finite int or float."""


class CellRunner:
    """Runs cells in a shell. Made in the warm process, before any learner code, used in the forks."""

    def __init__(self, shell: GuestShell) -> None:
        self._shell = shell
        self._builtins = _dict(vars(builtins))
        self._builtins["get_ipython"] = shell.get_ipython
        self._transformer = TransformerManager()  # type: ignore[no-untyped-call] # IPython has no type here
        self._display = shell.display_formatter
        self._tracebacks = FormattedTB(  # type: ignore[no-untyped-call] # IPython has no type here
            mode="Context", theme_name="nocolor", tb_offset=0
        )
        self._encode = json.JSONEncoder().encode
        self._structured = self._tracebacks.structured_traceback

    def run(self, source: str, graded: bool, index: int) -> bytes:
        """Run one cell and return the result message; outputs have gone to the shell's capture."""
        self._shell.capture.begin()
        try:
            value, error = self._run_graded(source, index) if graded else self._run_answer(source)
            if error is not None and not self._shell.capture.error_shown:
                self._show(error)
            result = self._result(value, error, _test_name(index) if graded else "")
        except BaseException as outside:  # noqa: BLE001 -- raised by a hook of the learner's around the cell
            result = self._result(None, outside)
        self._shell.capture.flush()
        return result

    def _run_answer(self, source: str) -> tuple[Any, BaseException | None]:
        outcome = self._shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call] # IPython has no type here
        return outcome.result, outcome.error_before_exec or outcome.error_in_exec

    def _run_graded(self, source: str, index: int) -> tuple[Any, BaseException | None]:
        namespace = self._shell.user_ns
        name = _test_name(index)
        before = namespace.get("__builtins__")
        namespace["__builtins__"] = _dict(self._builtins)
        value = None
        try:
            body, last = self._compiled(source, name)
            self._execute(body, namespace)
            if last is not None:
                value = self._execute(last, namespace)
        except BaseException as error:  # noqa: BLE001 -- the exception is the verdict, whichever it is
            self._forget_own_frames(error)
            self._show(error, name, source)
            return None, error
        finally:
            namespace["__builtins__"] = before
        if value is not None and self._display is not None and not source.rstrip().endswith(";"):
            data, _ = self._display.format(value)  # type: ignore[no-untyped-call] # IPython has no type here
            self._shell.displayhook.write_format_data(data)
        return value, None

    def _compiled(self, source: str, name: str) -> tuple[CodeType, CodeType | None]:
        """The code of a cell and that of its last expression, if it ends in one."""
        try:
            tree = _compile(source, name, "exec", ast.PyCF_ONLY_AST)
        except SyntaxError:
            tree = _compile(self._transformer.transform_cell(source), name, "exec", ast.PyCF_ONLY_AST)
        assert isinstance(tree, ast.Module)  # noqa: S101 -- what "exec" gives; tells the type checker
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            final = tree.body.pop()
            assert isinstance(final, ast.Expr)  # noqa: S101 -- checked above; pop loses the type
            last = _compile(ast.Expression(final.value), name, "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        return _compile(tree, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), last

    @staticmethod
    def _execute(code: CodeType, namespace: dict[str, Any]) -> object:
        if code.co_flags & inspect.CO_COROUTINE:
            return asyncio.run(_eval(code, namespace))
        return _eval(code, namespace)

    @staticmethod
    def _forget_own_frames(error: BaseException) -> None:
        """Start the traceback at the test's first frame."""
        frame: TracebackType | None = error.__traceback__
        while frame is not None and frame.tb_frame.f_code.co_filename == __file__:
            frame = frame.tb_next
        error.__traceback__ = frame

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

    def _result(self, value: object, error: BaseException | None, test: str = "") -> bytes:
        name, text = describe(type(error), error) if error is not None else ("", "")
        return self._encode(
            {
                "ok": error is None,
                "ename": name,
                "evalue": text,
                "line": _line_in(test, error),
                "has_result": value is not None,
                "partial": _partial(value),
            }
        ).encode()


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


def give_own_builtins(shell: GuestShell) -> None:
    """Let ``import builtins`` and the names of a notebook's code mean a copy of the real module."""
    own = ModuleType("builtins", builtins.__doc__)
    vars(own).update(vars(builtins))
    vars(own)["get_ipython"] = shell.get_ipython
    sys.modules["builtins"] = own
    shell.user_ns["__builtins__"] = own
    shell.user_ns["__builtin__"] = own


def warm(runner: CellRunner, shell: GuestShell) -> None:
    """Run what every submission runs once, an exception with its traceback above all, and leave no trace."""
    names = set(shell.user_ns)
    for graded in (False, True):
        runner.run("print(sum(range(3)))\n[1, {'a': 2.5}]", graded, 0)
        runner.run("def broken():\n    return 1 / 0\nbroken()", graded, 0)
        runner.run("assert 1 == 2, 'warm'", graded, 0)
    runner.run("this is not Python", graded=False, index=0)
    for name in set(shell.user_ns) - names:
        del shell.user_ns[name]
    shell.reset(new_session=True)  # type: ignore[no-untyped-call] # IPython has no type here
    give_own_builtins(shell)
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        if hasattr(sys, name):
            delattr(sys, name)
