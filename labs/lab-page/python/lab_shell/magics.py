"""The few IPython commands that labs use (``%time``, ``%timeit``), and clear words for the others."""

import ast
import re
import time
import timeit
from collections.abc import Callable
from typing import Any

from lab_shell.outputs import Outputs

CELL_MAGIC = re.compile(r"\s*%%(\w+)[ \t]*(.*)(?:\n|$)")
LINE_MAGIC = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>%|!)(?!=)(?P<rest>.*)$")
QUESTION = re.compile(r"^(?P<indent>[ \t]*)(?:\?+(?P<before>[\w.]+)|(?P<after>[\w.]+)\?+)[ \t]*$")
QUIET = frozenset({"matplotlib", "config", "load_ext", "autoreload", "precision"})
"""Set up what is so here anyway, or does not matter."""
UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
PACKAGES = frozenset({"pip", "conda", "mamba", "micromamba", "uv"})


class NoSuchCommand(RuntimeError):  # noqa: N818 # reads as what happened, in a learner's traceback
    """A command of IPython or of a terminal that a lab in the browser does not have."""

    __module__ = "builtins"


def plain(source: str) -> str:
    """Python for a cell that may hold commands: the same lines in the same places.

    Returns:
        The source itself when it is Python already, or cannot be helped.
    """
    cell = CELL_MAGIC.match(source)
    if cell:
        body = "\n" * source[: cell.end()].count("\n")
        return f"{body}__lab_cell_command__({cell[1]!r}, {cell[2]!r}, {source[cell.end() :]!r})"
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return "\n".join(_plain_line(line) for line in source.split("\n"))
    return source


def _plain_line(line: str) -> str:
    command = LINE_MAGIC.match(line)
    if command:
        if command["mark"] == "!":
            return f"{command['indent']}__lab_terminal__({command['rest'].strip()!r})"
        name, _, rest = command["rest"].partition(" ")
        return f"{command['indent']}__lab_command__({name.lstrip('%')!r}, {rest!r})"
    question = QUESTION.match(line)
    if question:
        return f"{question['indent']}__lab_help__({question['before'] or question['after']!r})"
    return line


class Commands:
    """What the lines made by ``plain`` call.

    Args:
        namespace: the cells' names.
        describe: help on the name at a place in a source.
    """

    def __init__(
        self, namespace: dict[str, Any], outputs: Outputs, describe: Callable[[str, int], str | None]
    ) -> None:
        self._namespace = namespace
        self._outputs = outputs
        self._describe = describe

    def names(self) -> dict[str, Callable[..., object]]:
        """The functions by the names that ``plain`` writes."""
        return {
            "__lab_cell_command__": self.cell,
            "__lab_command__": self.line,
            "__lab_terminal__": self.terminal,
            "__lab_help__": self.help,
        }

    def line(self, name: str, rest: str) -> object:
        """``%name rest``.

        Raises:
            NoSuchCommand: it is none of the few.
        """
        if name in QUIET:
            return None
        if name == "time":
            return self._timed(rest)
        if name == "timeit":
            self._repeated(rest, "pass")
            return None
        if name in PACKAGES:
            self._no_packages(name)
        raise NoSuchCommand(
            f"%{name} is not available in a lab that runs in the browser: use plain Python instead."
        )

    def cell(self, name: str, rest: str, body: str) -> object:
        """``%%name rest`` above the body of a cell.

        Raises:
            NoSuchCommand: it is none of the few.
        """
        if name == "time":
            return self._timed(body)
        if name == "timeit":
            self._repeated(body, rest or "pass")
            return None
        raise NoSuchCommand(
            f"%%{name} is not available in a lab that runs in the browser: use plain Python instead."
        )

    def terminal(self, command: str) -> None:
        """``!command``.

        Raises:
            NoSuchCommand: always, for there is no terminal.
        """
        words = command.split()
        if words and words[0] in PACKAGES:
            self._no_packages(words[0])
        raise NoSuchCommand(
            f"!{command} asks for a terminal, and the browser has none: use plain Python instead."
        )

    def help(self, name: str) -> None:
        """``name?``."""
        found = self._describe(name, len(name))
        self._outputs.text("stdout", (found or f"There is no {name} here.") + "\n")

    def _no_packages(self, tool: str) -> None:
        raise NoSuchCommand(
            f"{tool} cannot install anything here: a lab brings the packages that it needs. "
            "Ask your instructor when one is missing."
        )

    def _timed(self, source: str) -> object:
        begun, processor = time.perf_counter(), time.process_time()
        value = _run(source, self._namespace)
        wall, used = time.perf_counter() - begun, time.process_time() - processor
        self._outputs.text("stdout", f"CPU time: {readable(used)}, wall time: {readable(wall)}\n")
        return value

    def _repeated(self, source: str, setup: str) -> None:
        body = source.strip("\n") or "pass"
        timer = timeit.Timer(body, setup, globals=self._namespace)
        loops, _ = timer.autorange()
        best = min(timer.repeat(repeat=3, number=loops)) / loops
        self._outputs.text("stdout", f"{readable(best)} for one run, the best of 3 times {loops:,} runs\n")


def readable(seconds: float) -> str:
    """A duration with three figures and its unit."""
    for scale, unit in UNITS:
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def _run(source: str, namespace: dict[str, Any]) -> object:
    """Run plain source; the value of its last expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<timed>", "exec"), namespace)  # noqa: S102 # the learner's own cell
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), "<timed>", "eval"), namespace)  # noqa: S307 # as above
    return None
