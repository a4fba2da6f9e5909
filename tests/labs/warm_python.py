"""Runs notebooks' cells in forks of one process that has the labs' packages, each fork as a new Python.

A line of the standard input is a job, ``{"folder", "cells": [[place, source], ...]}``; the line that answers
it is a list of ``[place, error]``, the error null where there was none. Warnings count as errors.
"""

import contextlib
import importlib
import io
import json
import os
import signal
import sys
import warnings
from typing import Any

PACKAGES = ("numpy", "pandas", "matplotlib.pyplot")
SECONDS = 120


def run(cells: list[tuple[int, str]]) -> list[tuple[int, str | None]]:
    """Run the cells from the top, in one namespace."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    outcomes: list[tuple[int, str | None]] = []
    for place, source in cells:
        error = None
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(source, f"cell-{place}", "exec"), namespace)  # noqa: S102 - a lab's own cells
        except BaseException as raised:  # noqa: BLE001 - a lab's cell may raise anything
            error = f"{type(raised).__name__}: {raised}"
        outcomes.append((place, error))
    return outcomes


def run_in_fork(folder: str, cells: list[tuple[int, str]]) -> str:
    """The outcomes as JSON; empty when the process did not end by itself."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.alarm(SECONDS)
        os.chdir(folder)
        warnings.simplefilter("error")
        if numpy := sys.modules.get("numpy"):
            numpy.random.seed()  # a new Python has random numbers of its own
        with os.fdopen(write, "w") as answer:
            json.dump(run(cells), answer)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        told = answer.read()
    os.waitpid(pid, 0)
    return told


def main() -> None:
    """Do jobs until there are no more."""
    for name in PACKAGES:
        importlib.import_module(name)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a lab writes past Python is no answer
    for line in sys.stdin:
        answers.write(run_in_fork(**json.loads(line)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
