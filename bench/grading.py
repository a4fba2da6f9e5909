"""The same submissions graded by Darsgah in each mode, by nbgrader, by Otter, and by the floor, in one run.

Each round grades all submissions of a lab with the floor, with Darsgah (one after the other, then on all
cores at once) and with ``nbgrader autograde`` in batch; times are medians over rounds. nbgrader's start (its
import) and our warm process's are outside these clocks, and inside those of the command calls.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.floor import Floor, cells_of
from bench.labs import BenchLab, labs_named
from bench.memory import PrivateMemory
from bench.processor import Processor, between
from bench.rivals import Course, median_of, otter_calls, our_call
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assurance, Grade, Verdict

_MODES: Mapping[str, Assurance | None] = {"in-process": Assurance.IN_PROCESS, "split": None}
"""How Darsgah grades; split is the rule, and what part of a lab it was is measured too."""
_CALLS = 3
_WATCHED = 8
"""Submissions during which memory is watched, outside all clocks, because watching takes time itself."""


def measure(names: Sequence[str], submissions: int, rounds: int, console: Console) -> dict[str, Any]:
    """Measure each lab with ``submissions`` notebooks, ``rounds`` times."""
    labs = labs_named(names, submissions)
    with Processor() as processor, Grader() as grader:
        return {
            "submissions": submissions,
            "rounds": rounds,
            "cores": len(os.sched_getaffinity(0)),
            "labs": {lab.name: _lab(lab, rounds, grader, processor, console) for lab in labs},
        }


def _lab(
    lab: BenchLab, rounds: int, grader: Grader, processor: Processor, console: Console
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="darsgah-bench-") as folder:
        place = Path(folder)
        course = Course(lab, place / "course")
        batches: list[float] = []
        floors: list[list[float]] = []
        passed: list[list[bool]] = []
        modes = {name: _Mode(lab, insisted, grader, processor) for name, insisted in _MODES.items()}
        for number in range(rounds):
            console.print(f"{lab.name}, round {number + 1} of {rounds}", style="dim")
            seconds, passed = _floor(lab, course.files)
            floors.append(seconds)
            for mode in modes.values():
                mode.round()
            used = processor.milliseconds()
            batches.append(course.batch() / len(lab.submissions))
            used = between(used, processor.milliseconds(), len(lab.submissions))
        console.print(f"{lab.name}, single commands", style="dim")
        batch, floor = statistics.median(batches), statistics.median(map(statistics.median, floors))
        calls = range(min(_CALLS, len(lab.submissions)))
        return {
            "environment": lab.assignment.environment.name,
            "floor_ms": 1000 * floor,
            "floor_private_mb": _floor_memory(lab, course.files),
            "nbgrader_batch_ms": 1000 * batch,
            "nbgrader_batch_processor_ms": used,
            "nbgrader_call_ms": 1000 * median_of(course.call, calls),
            "otter_call_ms": _milliseconds(otter_calls(lab, place / "otter", calls)),
            "darsgah_call_ms": (
                1000 * median_of(lambda number: our_call(lab, place, number), calls) if lab.folder else None
            ),
            "modes": {name: mode.result(batch, floor, passed) for name, mode in modes.items()},
        }


def _floor_memory(lab: BenchLab, folder: Path) -> float:
    """The most MB that a submission makes its fork's own on the floor."""
    with Floor(lab.assignment.environment.preload, folder) as floor:
        watched = lab.submissions[:_WATCHED]
        return max(floor.private_kilobytes(cells_of(lab.assignment, content)) for content in watched) / 1024


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else 1000 * seconds


def _floor(lab: BenchLab, folder: Path) -> tuple[list[float], list[list[bool]]]:
    """Seconds of each submission on the floor, and which of its tests passed."""
    with Floor(lab.assignment.environment.preload, folder) as floor:
        floor.run([])  # the first fork finds nothing warm
        runs = [floor.run(cells_of(lab.assignment, content)) for content in lab.submissions]
    return [seconds for seconds, _ in runs], [passed for _, passed in runs]


class _Mode:
    """Darsgah grading a lab's submissions; ``assurance`` is what is insisted on, None is the rule."""

    def __init__(
        self, lab: BenchLab, assurance: Assurance | None, grader: Grader, processor: Processor
    ) -> None:
        self._lab, self._assurance, self._grader, self._processor = lab, assurance, grader, processor
        self._used: list[float | None] = []
        self._each: list[float] = []
        self._whole: list[float] = []
        self._parallel: list[float] = []
        self._trusted: list[float] = []
        self._grades: list[Grade] = []
        self._grade(lab.submissions[0])  # starts the warm process, reads the master, plans the split

    def _grade(self, content: bytes) -> Grade:
        return self._grader.grade(self._lab.assignment, {self._lab.master.name: content}, self._assurance)

    def round(self) -> None:
        """Grade all submissions, one after the other and then on all cores."""
        submissions = self._lab.submissions
        used = self._processor.milliseconds()
        began, spent = time.perf_counter(), time.thread_time()
        self._grades = [self._grade(content) for content in submissions]
        self._whole.append((time.perf_counter() - began) / len(submissions))
        self._trusted.append((time.thread_time() - spent) / len(submissions))
        self._used.append(between(used, self._processor.milliseconds(), len(submissions)))
        self._each.append(statistics.median(grade.seconds for grade in self._grades))
        began = time.perf_counter()
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            list(pool.map(self._grade, submissions))
        self._parallel.append(len(submissions) / (time.perf_counter() - began))

    def result(self, batch: float, floor: float, passed: Sequence[Sequence[bool]]) -> Mapping[str, Any]:
        """The medians, against nbgrader's batch and the floor."""
        each, whole = statistics.median(self._each), statistics.median(self._whole)
        with PrivateMemory() as memory:
            for content in self._lab.submissions[:_WATCHED]:
                self._grade(content)
        return {
            "ms": 1000 * whole,
            "median_ms": 1000 * each,
            "code_ms": 1000 * statistics.median(grade.code_seconds for grade in self._grades),
            "processor_ms": self._used[-1] and statistics.median(filter(None, self._used)),
            "trusted_ms": 1000 * statistics.median(self._trusted),
            "per_second": statistics.median(self._parallel),
            "times_faster_than_nbgrader": batch / whole,
            "times_the_floor": each / floor,
            "limit_ms": 1000 * (2 * floor + 0.015),
            "private_mb": max(memory.peaks.values(), default=0) / 1024,
            "graded_split": statistics.mean(grade.assurance is Assurance.SPLIT for grade in self._grades),
            "verdicts_unlike_the_floor": sum(
                _passed(grade) != list(expected) for grade, expected in zip(self._grades, passed, strict=True)
            ),
        }


def _passed(grade: Grade) -> list[bool]:
    """Which of its tests passed, in order."""
    return [cell.verdict is Verdict.PASSED for cell in grade.cells if cell.kind == "autograded"]
