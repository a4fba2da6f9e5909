"""The floor: a notebook's cells run by plain ``exec`` in a fork of a warm process, with no isolation at all.

As honest a floor as there is for grading in Python: IPython and the environment's packages are imported,
each submission is one ``os.fork``, its cells and tests share one namespace, a test has passed when it raised
nothing, and the verdicts come back over a pipe. No parsing, no limits, no capture, no shell: what is printed
goes to /dev/null. The clock runs from before the fork until the child has been waited for.

``python -m bench.floor MODULE...`` reads lines ``{"cells": [[source, graded], ...], "weigh": false}`` and
answers each with a line ``{"seconds": ..., "passed": [...], "private_kb": ...}``; weighing takes time, so a
submission is timed or weighed.
"""

import gc
import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from bench.memory import kilobytes
from darsgah_grader.intake import read_notebook
from darsgah_grader.master import Role, read_master
from darsgah_grader.rebuild import rebuild
from darsgah_grader.types import Assignment

Cells = list[tuple[str, bool]]


def cells_of(assignment: Assignment, submission: bytes) -> Cells:
    """The code cells that grading this submission runs, each with whether it is a test."""
    (master,) = map(read_master, assignment.masters)
    placed = rebuild(master, read_notebook(submission, assignment.limits)).cells
    running = [cell for cell in placed if cell.runs]
    return [(cell.source, cell.marked is not None and cell.marked.role is Role.TEST) for cell in running]


class Floor:
    """The warm process of the floor, working in ``folder``, where the lab's data files lie."""

    def __init__(self, preload: Sequence[str], folder: Path) -> None:
        root = str(Path(__file__).parents[1])
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": root}
        self._process = subprocess.Popen(  # noqa: S603 - the project's own program
            [sys.executable, "-B", "-m", "bench.floor", *preload],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env=environment,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def run(self, cells: Cells) -> tuple[float, list[bool]]:
        """Seconds of one submission, and which of its tests passed."""
        answer = self._asked(cells, weigh=False)
        return answer["seconds"], answer["passed"]

    def private_kilobytes(self, cells: Cells) -> int:
        """Memory that running these cells makes a fork's own, at its end."""
        kilobytes: int = self._asked(cells, weigh=True)["private_kb"]
        return kilobytes

    def _asked(self, cells: Cells, *, weigh: bool) -> dict[str, Any]:
        assert self._process.stdin is not None  # noqa: S101 - asked for above; tells the type checker
        assert self._process.stdout is not None  # noqa: S101 - as above
        self._process.stdin.write(json.dumps({"cells": cells, "weigh": weigh}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def _child(cells: Cells, weigh: bool, pipe: int) -> NoReturn:
    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - ends with the process
    namespace: dict[str, Any] = {"__name__": "__main__"}
    passed = []
    for source, graded in cells:
        try:
            exec(compile(source, "<cell>", "exec"), namespace)  # noqa: S102 - the floor is this
        except BaseException:  # noqa: BLE001 - whatever a cell raises
            ended = False
        else:
            ended = True
        if graded:
            passed.append(ended)
    private = kilobytes(os.getpid()) if weigh else 0
    os.write(pipe, json.dumps({"passed": passed, "private_kb": private}).encode())
    os._exit(0)


def _run(cells: Cells, weigh: bool) -> dict[str, Any]:
    began = time.perf_counter()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _child(cells, weigh, writing)
    os.close(writing)
    told = b""
    while chunk := os.read(reading, 65536):
        told += chunk
    os.close(reading)
    os.waitpid(pid, 0)
    return {"seconds": time.perf_counter() - began, **json.loads(told)}


def main() -> None:
    """Import, then serve."""
    for module in ("IPython.core.interactiveshell", *sys.argv[1:]):
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        sys.stdout.write(json.dumps(_run(asked["cells"], asked["weigh"])) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
