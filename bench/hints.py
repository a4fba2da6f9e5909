"""Time to a hint, alone and with 8 and 32 who ask at once, beside plain sandbox runs of the same answers.

``python -m bench hints``. What is asked about are the wrong answers to the shipped labs that the tests have
as data, in turn through the labs. Hints are made as a worker makes them: as many at once as there are cores,
the others wait in line, which shortens the search for a repair as it does there, and the clock of each runs
from the moment it is asked for. A plain run has the same
cells, the answer and its tests, with nothing looked at; it is measured in the same way right after.

A hint's parts: ``waiting`` in the line; ``sandbox``, its processes and the runs that are observed;
``evidence``, all that is made of notebook, tests and what was seen, by the trusted side; ``detectors``,
``repair`` and ``model``; ``gate``, the trying of an example's code included.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import chain, zip_longest
from itertools import count as counted
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table

from darsgah.hinting.lab_hints import lab_bank
from darsgah.hinting.lab_questions import LabQuestion, lab_questions, reference_submission
from darsgah.hinting.patience import hurried
from darsgah.hinting.tutors import shipped_tutor
from darsgah.lab_assignments import assignment_of
from darsgah_grader.grading import Grader
from darsgah_grader.sandbox.types import CellSource, Job
from darsgah_grader.types import Assignment
from darsgah_labs.format import Lab
from darsgah_labs.lab_folder import load
from darsgah_tutor.engine import Tutor, study, tell
from darsgah_tutor.misconceptions import Bank
from darsgah_tutor.types import Level
from tests.tutor.wrong_answers import WrongAnswer, wrong_answers

PARTS = ("waiting", "sandbox", "evidence", "detectors", "repair", "model", "gate")
_SOURCES = Path(__file__).parents[1] / "labs" / "lab-sources"
Seconds = dict[str, float]
One = TypeVar("One")
Work = Callable[[One, int], Seconds]


@dataclass(frozen=True, slots=True)
class _ReadLab:
    """A lab as a worker keeps it from one hint to the next."""

    lab: Lab
    assignment: Assignment
    bank: Bank


@dataclass(frozen=True, slots=True)
class _Wrong:
    """One wrong answer in a notebook of which all else is right."""

    read: _ReadLab
    question: str
    submission: dict[str, bytes]

    def found(self) -> LabQuestion:
        """The question with what lies around it, as it is found for every hint."""
        alternatives = self.read.lab.alternatives
        (found,) = lab_questions(self.read.assignment, alternatives, self.submission, only=self.question)
        return found


def hints(arguments: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Measure, print; return for ``results.json``."""
    with Grader() as grader:
        wrong = _wrong_answers(grader, arguments.answers)
        tutor = shipped_tutor()
        console.print(
            f"{len(wrong)} wrong answers; the first hint of each environment is not timed", style="dim"
        )
        for one in {each.read.assignment.environment.name: each for each in wrong}.values():
            _hint(grader, tutor, one)
        crowds = {}
        for crowd in arguments.crowds:
            console.print(f"{crowd} at once", style="dim")
            made = _in_crowds(wrong, crowd, lambda one, waiting: _hint(grader, tutor, one, waiting))
            plain = _in_crowds(wrong, crowd, lambda one, _waiting: _plain(grader, one))
            crowds[str(crowd)] = _summary(made) | {"plain": _spread([one["whole"] for one in plain])}
        found = {"answers": len(wrong), "cores": len(os.sched_getaffinity(0)), "crowds": crowds}
    console.print(hint_table(found))
    return found


def _wrong_answers(grader: Grader, count: int) -> list[_Wrong]:
    """So many of them, a lab's first, the next lab's first, and so on."""
    by_lab: dict[str, list[WrongAnswer]] = {}
    for one in wrong_answers():
        by_lab.setdefault(one.lab, []).append(one)
    in_turn = [one for one in chain.from_iterable(zip_longest(*by_lab.values())) if one is not None]

    @cache
    def read(slug: str) -> _ReadLab:
        lab = load(_SOURCES / slug)
        return _ReadLab(lab, assignment_of(lab, grader.environments), lab_bank(lab))

    return [_with_answer(read(one.lab), one) for one in in_turn[:count]]


def _with_answer(read: _ReadLab, wrong: WrongAnswer) -> _Wrong:
    submission = {}
    for name, content in reference_submission(read.assignment).items():
        notebook = json.loads(content)
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == wrong.question:
                cell["source"] = wrong.source
        submission[name] = json.dumps(notebook).encode()
    return _Wrong(read, wrong.question, submission)


def _hint(grader: Grader, tutor: Tutor, wrong: _Wrong, waiting: int = 0) -> Seconds:
    """Make a hint that points, while so many others wait; the seconds of its parts and of the whole."""
    tutor = hurried(tutor, waiting, len(os.sched_getaffinity(0)))
    began = time.perf_counter()
    held = wrong.found()
    trials = held.trials(grader)
    opened = time.perf_counter()
    with trials:
        entered = time.perf_counter()
        given = tell(
            tutor, study(tutor, held.question, trials, held.answer, lab=wrong.read.bank), Level.WHERE
        )
        told = time.perf_counter()
    ended = time.perf_counter()
    seconds = {part: given.seconds.get(part, 0.0) for part in PARTS}
    seconds["sandbox"] += entered - opened + ended - told
    seconds["evidence"] = ended - began - sum(seconds.values())
    return seconds | {"whole": ended - began}


def _plain(grader: Grader, wrong: _Wrong) -> Seconds:
    """Run the same cells and the tests, and look at nothing."""
    began = time.perf_counter()
    held = wrong.found()
    cells = [CellSource(source) for source in (*held.before, held.answer, *held.after)]
    cells += [CellSource(test.source, graded=True) for test in held.question.tests]
    with grader.using(wrong.read.assignment.environment) as sandbox:
        sandbox.run(Job(cells, held.files, held.limits))
    return {"whole": time.perf_counter() - began}


def _in_crowds(asked_about: Sequence[One], crowd: int, work: Work[One]) -> list[Seconds]:
    """What each takes where ``crowd`` ask at the same moment, crowd after crowd; waiting counts.

    ``work`` is told how many of them wait when its turn comes.
    """

    def served(one: One, asked: float, begun: Iterator[int], of: int) -> Seconds:
        waited = time.perf_counter() - asked
        seconds = work(one, of - next(begun))
        return seconds | {"waiting": waited, "whole": seconds["whole"] + waited}

    taken: list[Seconds] = []
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for first in range(0, len(asked_about), crowd):
            asked = time.perf_counter()
            together = asked_about[first : first + crowd]
            begun = counted(1)
            asking = [pool.submit(served, one, asked, begun, len(together)) for one in together]
            taken += [each.result() for each in asking]
    return taken


def _summary(taken: Sequence[Seconds]) -> dict[str, Any]:
    return {part: _spread([one[part] for one in taken]) for part in ("whole", *PARTS)}


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds."""
    twentieths = statistics.quantiles(seconds, n=20, method="inclusive") if len(seconds) > 1 else [seconds[0]]
    return {"p50": round(1000 * statistics.median(seconds), 1), "p95": round(1000 * twentieths[-1], 1)}


def hint_table(found: dict[str, Any]) -> Table:
    """Each part and each crowd, p50 and p95; parts of one hint add up, their percentiles don't."""
    shown = Table(
        title=f"Milliseconds to a hint, {found['answers']} wrong answers, {found['cores']} cores (p50 / p95)",
        title_justify="left",
    )
    shown.add_column("Part")
    for crowd in found["crowds"]:
        shown.add_column(f"{crowd} at once", justify="right")
    labels = {"whole": "to the hint", **{part: f"  {part}" for part in PARTS}, "plain": "plain sandbox run"}
    for key, label in labels.items():
        spreads = [crowd[key] for crowd in found["crowds"].values()]
        shown.add_row(label, *(f"{one['p50']:,.0f} / {one['p95']:,.0f}" for one in spreads))
    return shown
