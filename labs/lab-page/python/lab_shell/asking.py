"""``input()``, ``getpass`` and ``time.sleep`` in a worker: the page answers, and can stop them."""

import builtins
import getpass
import io
import sys
import time
from collections.abc import Callable
from typing import Protocol

from lab_shell.outputs import Outputs


class Page(Protocol):
    """What the page does for a running cell."""

    def ask(self, prompt: str, password: bool) -> str | None:  # called across languages
        """A line from the learner; None when they gave up or stopped the cell."""

    def sleep(self, seconds: float) -> bool:
        """Wait without work; True when the cell was stopped meanwhile."""


HIDDEN = "········"
"""What stands for a password that was typed, however long it is."""

NOT_HERE = (
    "input() cannot ask here: the browser does not let Python wait for an answer on this page. "
    'Write the value into the cell instead, for example name = "Ayesha".'
)


class AskingUnavailable(RuntimeError):  # noqa: N818 # reads as what happened, in a learner's traceback
    """``input()`` where the browser gives the page no way to wait for an answer."""

    __module__ = "builtins"


def connect(outputs: Outputs, page: Page, *, waits: bool) -> None:
    """Let the program's questions go to the page, once, by the shell.

    Args:
        waits: whether the page can answer and stop a running cell at all (it is cross-origin isolated).
    """

    def ask(prompt: object, *, password: bool) -> str:
        outputs.flush()
        if not waits:
            raise AskingUnavailable(NOT_HERE)
        answer = page.ask(str(prompt), password)
        if answer is None:
            raise KeyboardInterrupt
        line = str(answer)
        outputs.text("stdout", f"{prompt}{HIDDEN if password else line}\n")
        return line

    def asked(prompt: object = "", /) -> str:
        """Ask the learner for a line of text."""
        return ask(prompt, password=False)

    def asked_secretly(prompt: str = "Password: ", stream: object = None, **_options: object) -> str:
        """Ask the learner for a line that nobody sees."""
        return ask(prompt, password=True)

    asked.__name__ = asked.__qualname__ = "input"
    builtins.input = asked
    getpass.getpass = asked_secretly
    sys.stdin = _Lines(lambda: ask("", password=False))
    if waits:
        time.sleep = _sleeping(outputs, page)  # type: ignore[assignment] # numbers of other kinds become floats


def _sleeping(outputs: Outputs, page: Page) -> Callable[[float], None]:
    def sleep(seconds: float, /) -> None:
        """Delay execution for a number of seconds."""
        if seconds < 0:
            message = "sleep length must be non-negative"
            raise ValueError(message)
        outputs.flush()
        if page.sleep(float(seconds)):
            raise KeyboardInterrupt

    return sleep


class _Lines(io.TextIOBase):
    """``sys.stdin``: each line is asked for."""

    def __init__(self, line: Callable[[], str]) -> None:
        self._line = line

    def readable(self) -> bool:
        return True

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override] # typeshed's files take None as well
        line = self._line() + "\n"
        return line if size < 0 else line[:size]

    def read(self, size: int | None = -1, /) -> str:
        return self.readline(-1 if size is None else size)
