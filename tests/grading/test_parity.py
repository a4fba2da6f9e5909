"""Our scores against those of the real nbgrader: on every notebook that nbgrader brings, and on every case.

nbgrader runs once, in a process of its own, over one course that holds them all (see ``nbgrader_batch``).
"""

import fcntl
import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from darsgah_grader.grading import Grader
from darsgah_grader.nbgrader_course import read_course
from darsgah_grader.types import Grade
from tests.grading.cases import all_cases
from tests.grading.packaged import CELL_SECONDS, LIMITS, Pair, packaged_pairs

pytestmark = pytest.mark.timeout(600)

ROOT = Path(__file__).parents[2]
GIVEN_UP = {
    "submitted-answer-cell-type-changed/preprocessors-submitted-unchanged": "answer_turned_markdown",
    "submitted-grade-cell-type-changed/preprocessors-submitted-unchanged": "test_turned_raw",
    "downloaded/docs-ps1": "old_schema",
}
"""What nbgrader itself brings and does not grade, with the case that shows why."""

Scores = Mapping[tuple[str, str], float | None]


def case_pairs() -> list[Pair]:
    """The cases as pairs: each is a student of that name, who shares the assignment of the same source."""
    sources = {case.name: case.assignment.masters[0].content for case in all_cases()}
    return [
        Pair(
            assignment=f"case-{hashlib.sha256(sources[case.name]).hexdigest()[:12]}",
            student=case.name,
            masters={"nb": sources[case.name]},
            submission={"nb": case.submission},
            files={},
            beside=case.beside,
            limits=replace(LIMITS, cell_seconds=case.limits.cell_seconds),
        )
        for case in all_cases()
        if case.nbgrader is not None
    ]


def write_course(course: Path, pairs: list[Pair]) -> None:
    """Lay the pairs out as a course of nbgrader."""
    for pair in pairs:
        source = course / "source" / pair.assignment
        place = course / "submitted" / pair.student / pair.assignment
        for folder, notebooks in ((source, pair.masters), (place, pair.submission)):
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in notebooks.items():
                (folder / f"{name}.ipynb").write_bytes(content)
        for name, content in pair.files.items():
            (source / name).write_bytes(content)
        for name, text in pair.beside.items():
            (place / name).write_text(text)


def _work(pairs: list[Pair]) -> float:
    """About how long nbgrader takes for them: of the cases some run to a limit."""
    return sum(1.5 if pair.assignment.startswith("case-") else 1.0 for pair in pairs)


def run_nbgrader(courses: list[Path], pairs: list[Pair]) -> None:
    """Deal the assignments out to the courses, as evenly as may be, and grade these at the same time."""
    dealt: list[list[Pair]] = [[] for _ in courses]
    for name, _ in Counter(pair.assignment for pair in pairs).most_common():
        min(dealt, key=_work).extend(pair for pair in pairs if pair.assignment == name)
    for course, mine in zip(courses, dealt, strict=True):
        write_course(course, mine)
    program = [sys.executable, "-m", "tests.grading.nbgrader_batch"]
    with ExitStack() as running:
        batches = [
            running.enter_context(
                subprocess.Popen(
                    [*program, str(course), str(CELL_SECONDS)],
                    cwd=ROOT,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            for course in courses
        ]
        assert [batch.wait() for batch in batches] == [0] * len(courses)
    (courses[-1] / "done").touch()


@pytest.fixture(scope="session")
def nbgraders(grader: Grader, run_folder: Path) -> tuple[list[Pair], Mapping[str, Scores | None]]:
    """All pairs, and nbgrader's scores for each as ``student/assignment``; None where it gives up."""
    pairs = [*packaged_pairs(grader), *case_pairs()]
    courses = [run_folder / f"parity-{number}" for number in range(2)]
    with (run_folder / "parity.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several test processes one runs nbgrader
        if not (courses[-1] / "done").exists():
            run_nbgrader(courses, pairs)
    marks = {key: found for course in courses for key, found in read_course(course).gradebook.marks.items()}
    failed = {key for course in courses for key in json.loads((course / "failed.json").read_text())}
    scores: dict[str, Scores | None] = {}
    for pair in pairs:
        key = f"{pair.student}/{pair.assignment}"
        found = marks.get((pair.student, pair.assignment), ())
        scores[key] = None if key in failed else {(mark.notebook, mark.grade_id): mark.auto for mark in found}
    assert not [name for name in failed if name.startswith("source/")]
    return pairs, scores


def graded(grader: Grader, pair: Pair) -> Grade:
    """The pair graded by us."""
    return grader.grade(pair.lab, pair.submission)


def our_scores(grade: Grade) -> Scores | None:
    """Our scores in the form of nbgrader's; a missing notebook's manual cells count 0 there as here."""
    if grade.error is not None:
        return None
    return {(cell.notebook, cell.grade_id): cell.score for cell in grade.cells}


def test_scores_are_nbgraders_on_all_that_nbgrader_brings(
    grader: Grader, nbgraders: tuple[list[Pair], Mapping[str, Scores | None]]
) -> None:
    pairs, scores = nbgraders
    packaged = [pair for pair in pairs if not pair.assignment.startswith("case-")]
    ours = {f"{pair.student}/{pair.assignment}": our_scores(graded(grader, pair)) for pair in packaged}
    assert len(ours) > 50
    assert {
        key: found for key, found in ours.items() if scores[key] is not None and found != scores[key]
    } == {}
    assert {key for key in ours if scores[key] is None} == GIVEN_UP.keys()
    cases = {case.name: case.nbgrader for case in all_cases()}
    assert {cases[name] for name in GIVEN_UP.values()} == {"fails"}


def test_cases_say_what_nbgrader_does(nbgraders: tuple[list[Pair], Mapping[str, Scores | None]]) -> None:
    _, scores = nbgraders
    said = {case.name: case.nbgrader for case in all_cases() if case.nbgrader is not None}
    place = {pair.student: f"{pair.student}/{pair.assignment}" for pair in case_pairs()}
    found = {
        name: "fails"
        if (marks := scores[place[name]]) is None
        else {grade_id: score for (_, grade_id), score in marks.items()}
        for name in said
    }
    assert found == said


def test_every_deviation_is_documented_and_nothing_else() -> None:
    table = (ROOT / "docs" / "grading.md").read_text().split("<!-- deviations -->")[1]
    table = table.split("<!-- end of deviations -->")[0]
    documented = re.findall(r"^\| `([a-z_, `]+)` \|", table, re.MULTILINE)
    names = [name for row in documented for name in re.findall(r"[a-z_]+", row)]
    assert sorted(names) == sorted(case.name for case in all_cases() if case.deviates)
