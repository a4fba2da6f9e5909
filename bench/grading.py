"""The same submissions graded by ``nbgrader autograde`` in batch and by Darsgah, in one run.

The lab has 20 cells, eight of them tests. The submissions are mixed: right, one answer wrong, one raising,
one that takes a fifth of a second, unchanged release versions. Each round grades all of them with each of the
two; nbgrader's start (its import) and our warm process's start are outside both clocks. Darsgah is measured
twice: one after the other, which is what the ratio and the overhead come from, and on all cores at once.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from darsgah_grader.authoring import release
from darsgah_grader.environments import environment_named
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assignment, Grade, Master

_QUESTIONS = (
    ("mean", "return sum(values) / len(values)", "mean([1, 2, 6]) == 3", "mean([5]) == 5"),
    ("largest", "return max(values)", "largest([1, 7, 2]) == 7", "largest([-3, -1]) == -1"),
    (
        "evens",
        "return [value for value in values if value % 2 == 0]",
        "evens([1, 2]) == [2]",
        "evens([3]) == []",
    ),
    ("spread", "return max(values) - min(values)", "spread([1, 7, 2]) == 6", "spread([4]) == 0"),
)
_VARIANTS = ("right", "wrong", "raising", "slow", "unchanged")


def _cell(kind: str, source: str, **flags: object) -> dict[str, Any]:
    metadata = (
        {"grade": False, "solution": False, "locked": False, "schema_version": 3, **flags} if flags else None
    )
    cell: dict[str, Any] = {
        "cell_type": kind,
        "source": source,
        "metadata": {"nbgrader": metadata} if metadata else {},
    }
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _notebook(bodies: Sequence[str]) -> bytes:
    """The lab with these function bodies as answers: 20 cells."""
    cells: list[dict[str, Any]] = []
    for (name, _, visible, more), body in zip(_QUESTIONS, bodies, strict=True):
        cells += [
            _cell("markdown", f"## The function {name}"),
            _cell("code", f"def {name}(values):\n    {body}", grade_id=name, solution=True),
            _cell("code", f"{name}([4, 2, 9])"),
            _cell("code", f"assert {visible}", grade_id=f"{name}_1", grade=True, locked=True, points=1),
            _cell("code", f"assert {more}", grade_id=f"{name}_2", grade=True, locked=True, points=1),
        ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 4, "metadata": {"kernelspec": kernel}, "cells": cells}
    ).encode()


def _submissions(master: Master, count: int) -> list[bytes]:
    """The variants in turn; each spoils another question."""
    solved = [body for _, body, _, _ in _QUESTIONS]
    made = []
    for number in range(count):
        variant, question = _VARIANTS[number % len(_VARIANTS)], number // len(_VARIANTS) % len(_QUESTIONS)
        bodies = list(solved)
        if variant == "unchanged":
            made.append(release(master))
            continue
        bodies[question] = {
            "right": bodies[question],
            "wrong": "return None",
            "raising": "raise ValueError(values)",
            "slow": f"__import__('time').sleep(0.07); {bodies[question]}",
        }[variant]
        made.append(_notebook(bodies))
    return made


def measure(submissions: int, rounds: int, console: Console) -> dict[str, Any]:
    """Grade ``submissions`` notebooks ``rounds`` times with each; times are medians over rounds."""
    master = Master("lab", _notebook([body for _, body, _, _ in _QUESTIONS]))
    assignment = Assignment((master,), environment_named("python"))
    handed_in = _submissions(master, submissions)
    theirs: list[float] = []
    ours: list[float] = []
    parallel: list[float] = []
    beyond: list[float] = []
    own: list[float] = []
    cores = len(os.sched_getaffinity(0))
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="darsgah-bench-") as folder, Grader() as grader:
        grader.sandbox(assignment.environment)
        warm_start = time.perf_counter() - started
        course = _course(Path(folder), master, handed_in)
        for number in range(rounds):
            console.print(f"Grading, round {number + 1} of {rounds}: nbgrader, then Darsgah", style="dim")
            theirs.append(_autograde(course, "autograde"))
            grades, seconds = _in_turn(grader, assignment, handed_in)
            ours.append(seconds)
            beyond.append(statistics.median(grade.seconds - grade.code_seconds for grade in grades))
            own.append(statistics.mean(grade.code_seconds for grade in grades))
            parallel.append(_at_once(grader, assignment, handed_in, cores))
    each_theirs = statistics.median(theirs) / submissions
    each_ours = statistics.median(ours) / submissions
    return {
        "submissions": submissions,
        "rounds": rounds,
        "cores": cores,
        "sandbox": grades[0].sandbox.value,
        "nbgrader_seconds_per_submission": each_theirs,
        "darsgah_seconds_per_submission": each_ours,
        "ratio_per_submission": each_theirs / each_ours,
        "own_code_seconds_per_submission": statistics.median(own),
        "ratio_beyond_own_code": (each_theirs - statistics.median(own))
        / (each_ours - statistics.median(own)),
        "darsgah_submissions_per_second_per_core": submissions / statistics.median(parallel) / cores,
        "darsgah_ms_beyond_own_code": 1000 * statistics.median(beyond),
        "darsgah_warm_start_seconds": warm_start,
    }


def _course(folder: Path, master: Master, submissions: Sequence[bytes]) -> Path:
    source = folder / "source" / "lab"
    source.mkdir(parents=True)
    (source / "lab.ipynb").write_bytes(master.content)
    for number, content in enumerate(submissions):
        place = folder / "submitted" / f"learner{number:04}" / "lab"
        place.mkdir(parents=True)
        (place / "lab.ipynb").write_bytes(content)
    _autograde(folder, "generate")
    return folder


def _autograde(course: Path, step: str) -> float:
    """Seconds of one step of nbgrader over the whole class, its start left out."""
    program = [sys.executable, "-m", "bench.autograde", str(course), "lab", step]
    ran = subprocess.run(  # noqa: S603 - the project's own program with the project's own arguments
        program, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise RuntimeError(f"nbgrader could not {step}: {ran.stderr[-2000:]}")
    return float(ran.stdout.splitlines()[-1])


def _in_turn(
    grader: Grader, assignment: Assignment, submissions: Sequence[bytes]
) -> tuple[list[Grade], float]:
    started = time.perf_counter()
    grades = [grader.grade(assignment, {"lab": content}) for content in submissions]
    return grades, time.perf_counter() - started


def _at_once(grader: Grader, assignment: Assignment, submissions: Sequence[bytes], cores: int) -> float:
    """Seconds for all of them on every core; sleeping answers hold a worker, as in a real queue."""
    started = time.perf_counter()
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(lambda content: grader.grade(assignment, {"lab": content}), submissions))
    return time.perf_counter() - started


def table(found: dict[str, Any]) -> Table:
    """The result as people read it."""
    shown = Table(
        title=f"Grading {found['submissions']} submissions, medians of {found['rounds']} rounds",
        title_justify="left",
    )
    shown.add_column("Measure")
    shown.add_column("Result", justify="right")
    for label, value in (
        (
            "nbgrader autograde, batch: seconds a submission",
            f"{found['nbgrader_seconds_per_submission']:.3f}",
        ),
        (
            "Darsgah, one after the other: seconds a submission",
            f"{found['darsgah_seconds_per_submission']:.3f}",
        ),
        ("Times faster", f"{found['ratio_per_submission']:.1f}"),
        (
            "The notebooks' own code, in both: seconds a submission",
            f"{found['own_code_seconds_per_submission']:.3f}",
        ),
        ("Times faster, the notebooks' own code left out", f"{found['ratio_beyond_own_code']:.1f}"),
        ("Darsgah: submissions a second and core", f"{found['darsgah_submissions_per_second_per_core']:.1f}"),
        ("Darsgah: ms beyond the notebook's own run time", f"{found['darsgah_ms_beyond_own_code']:.1f}"),
        ("Darsgah: start of the warm process, seconds", f"{found['darsgah_warm_start_seconds']:.2f}"),
        (f"Cores; sandbox {found['sandbox']}", str(found["cores"])),
    ):
        shown.add_row(label, value)
    return shown
