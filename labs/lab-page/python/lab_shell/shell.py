"""The shell itself: runs the cells of a notebook one after another in one namespace."""

import ast
import asyncio
import builtins
import inspect
import json
import os
import sys
from collections.abc import Callable
from types import CodeType, ModuleType
from typing import Any

from lab_shell import asking, display_objects, ipython_names, names
from lab_shell.failures import cell_name, remember, traceback_of
from lab_shell.magics import Commands, plain
from lab_shell.outputs import Outputs, Send, TextStream
from lab_shell.representations import bundle_of

AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
RECURSION = 1000


class Shell:
    """A namespace and the way its cells run.

    Args:
        send: takes what a cell shows, one message as JSON at a time (``lab_shell.outputs.Outputs``).
        page: what the page does for a running cell.
        waits: whether the page can answer and stop a running cell.
    """

    def __init__(self, send: Send, page: asking.Page, *, waits: bool) -> None:
        self._outputs = Outputs(send)
        self._task: asyncio.Task[Any] | None = None
        module = ModuleType("__main__")
        module.__builtins__ = builtins  # type: ignore[attr-defined] # as the interpreter's own main module
        sys.modules["__main__"] = module
        self._namespace = vars(module)
        commands = Commands(self._namespace, self._outputs, self._describe)
        self._namespace.update(commands.names())
        display_objects.connect(self._outputs)
        asking.connect(self._outputs, page, waits=waits)
        ipython_names.install(commands)
        os.environ["MPLBACKEND"] = "module://lab_shell.figures"
        sys.stdout = TextStream(self._outputs, "stdout")
        sys.stderr = TextStream(self._outputs, "stderr")
        sys.setrecursionlimit(RECURSION)

    async def run(self, source: str, count: int) -> str:
        """Run one cell; ``count`` is its number in brackets.

        Returns:
            ``ok``, or ``error`` after the error was shown like every other output.
        """
        self._outputs.begin()
        self._task = asyncio.current_task()
        try:
            try:
                await self._run(source, count)
                self._show_figures()
            finally:
                self._task = None
        except asyncio.CancelledError:
            self._show_error(KeyboardInterrupt("the cell was stopped"), stopped=True)
            return "error"
        except KeyboardInterrupt as error:
            self._show_error(error, stopped=True)
            return "error"
        except SystemExit as error:
            self._show_error(error, stopped=False)
            return "error"
        except BaseException as error:  # noqa: BLE001 # a learner's code may raise anything
            self._show_error(error, stopped=False)
            return "error"
        else:
            return "ok"
        finally:
            self._outputs.end()

    def stop(self) -> None:
        """Stop a cell that waits in an ``await``; one that computes is stopped by the worker's signal."""
        if self._task is not None:
            self._task.cancel()

    @staticmethod
    def plain(source: str) -> str:
        """The cell as plain Python, from which its imports are read."""
        return plain(source)

    def complete(self, prefix: str) -> str:
        """What may follow the prefix: JSON of the length replaced and the matches with their types."""
        replaced, matches = names.completions(self._namespace, prefix)
        listed = [{"text": text, "type": kind} for text, kind in matches]
        return json.dumps({"replaced": replaced, "matches": listed})

    def inspect(self, source: str, cursor: int) -> str | None:
        """Help on the name at the cursor."""
        return self._describe(source, cursor)

    def _describe(self, source: str, cursor: int) -> str | None:
        return names.describe(self._namespace, source, cursor)

    async def _run(self, source: str, count: int) -> None:
        remember(count, source)
        python = plain(source)
        tree = ast.parse(python, cell_name(count))
        last: ast.expr | None = None
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            last = tree.body[-1].value
            tree.body.pop()
        compiled = compile(tree, cell_name(count), "exec", flags=AWAIT, dont_inherit=True)
        value = None
        if last is not None:
            shown = compile(ast.Expression(last), cell_name(count), "eval", flags=AWAIT, dont_inherit=True)
            await self._evaluate(compiled)
            value = await self._evaluate(shown)
        else:
            await self._evaluate(compiled)
        if value is not None and not _silenced(python):
            self._show_result(value, count)

    async def _evaluate(self, code: CodeType) -> Any:  # noqa: ANN401 # any value of the learner's
        value = eval(code, self._namespace)  # noqa: S307 # the learner's own cell, in their own browser
        if code.co_flags & inspect.CO_COROUTINE:
            return await value
        return value

    def _show_result(self, value: object, count: int) -> None:
        self._namespace["_"] = value
        data, metadata = bundle_of(value)
        self._outputs.show(
            {"output_type": "execute_result", "execution_count": count, "data": data, "metadata": metadata}
        )

    def _show_figures(self) -> None:
        """Figures that the cell left open are shown, as in Jupyter."""
        figures = sys.modules.get("lab_shell.figures")
        if figures is not None:
            show: Callable[[], None] = figures.show
            show()

    def _show_error(self, error: BaseException, *, stopped: bool) -> None:
        try:
            message = str(error)
        except Exception:  # noqa: BLE001 # the learner's own __str__
            message = ""
        lines = traceback_of(error)
        self._outputs.show(
            {
                "output_type": "error",
                "ename": type(error).__name__,
                "evalue": message or ("the cell was stopped" if stopped else ""),
                "traceback": lines,
            }
        )


def _silenced(source: str) -> bool:
    """Whether the last line ends in a semicolon, which hides the value."""
    text = source.rstrip()
    if not text.endswith(";"):
        return False
    # A semicolon in a comment or a string is no sign: without it the source would not be the same program.
    try:
        return ast.dump(ast.parse(text)) == ast.dump(ast.parse(text[:-1]))
    except (SyntaxError, ValueError):
        return False
