"""Grading mutants: what decides, what it costs, what the tutor gets of it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from darsgah.hinting.example_judge import example_judge
from darsgah.lab_assignments import assignment_of
from darsgah.lab_checks.checking import SandboxedGrading
from darsgah_grader.grading import Grader
from darsgah_labs.check.findings import Findings
from darsgah_labs.check.grading import Graded
from darsgah_labs.check.mutation_score import graded_mutants
from darsgah_labs.check.questions import cut_downs, questions_of
from darsgah_labs.check.solutions import check_reference
from darsgah_labs.format import Lab, LabLimits
from darsgah_labs.notebook import read_notebook
from tests.labs.checked_lab import Cells, Change, changed_lab
from tests.labs.lab_run import as_notebook
from tests.labs.small_lab import graded

LOOP = """\
def cups_from(litres, cup_ml=200):
    ### BEGIN SOLUTION
    if litres < 0:
        raise ValueError
    left = round(litres * 1000, 3)
    cups = 0
    while left >= cup_ml:
        left -= cup_ml
        cups += 1
    return cups
    ### END SOLUTION"""


@dataclass
class Watched:
    """Grading as it is, counted; the second grading is told of as a failure where ``moody``."""

    inner: SandboxedGrading
    moody: bool = False
    seconds: list[float] = field(default_factory=list)

    def grade(
        self, sources: Mapping[str, bytes], work: Mapping[str, bytes], limits: LabLimits, *, apart: bool
    ) -> Graded:
        """Grade, and keep how long a cell might have run."""
        self.seconds.append(limits.cell_seconds)
        found = self.inner.grade(sources, work, limits, apart=apart)
        if self.moody and len(self.seconds) == 2:
            first = replace(found.cells[0], score=0.0, verdict="failed", message="Not this time.")
            return replace(found, cells=(first, *found.cells[1:]))
        return found

    def release(self, sources: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """As it is."""
        return self.inner.release(sources)

    def refusal_of(self, answer: str, example: str) -> str:
        """As it is."""
        return self.inner.refusal_of(answer, example)

    def behind_walls(
        self, command: Sequence[str], readable: Sequence[str], memory_bytes: int
    ) -> Sequence[str]:
        """As it is."""
        return self.inner.behind_walls(command, readable, memory_bytes)


def grading_of(lab: Lab, grader: Grader, *, moody: bool = False) -> Watched:
    """Grading for a lab, watched."""
    assignment = assignment_of(lab, grader.environments)
    inner = SandboxedGrading(grader, assignment, example_judge(lab, assignment, grader), lambda: None)
    return Watched(inner, moody)


def test_a_test_that_decides_differently_is_named(grader: Grader) -> None:
    lab, findings = changed_lab(Change()), Findings()
    assert not check_reference(lab, grading_of(lab, grader, moody=True), findings)
    assert [problem.code for problem in findings.problems] == ["flaky_test"]
    assert "test-cups-from" in findings.problems[0].message
    assert "1 of 6 times" in findings.problems[0].message


def test_a_caught_mutant_says_which_tests_failed_and_what_a_learner_reads(grader: Grader) -> None:
    lab = changed_lab(Change())
    answer = graded_mutants(lab, grading_of(lab, grader), only="cups-from")[0]
    found = next(each for each in answer.mutants if each.mutant.after == "return int(litres * 1001 / cup_ml)")
    assert [(cell.grade_id, cell.verdict) for cell in found.failed] == [("test-cups-from", "failed")]
    assert "A cup that is nearly full is not full." in found.failed[0].message


def test_a_loop_without_end_costs_about_a_second(grader: Grader) -> None:
    def loop(cells: Cells) -> None:
        cells[3]["source"] = LOOP

    lab = changed_lab(Change(cells=loop))
    lab = replace(lab, limits=replace(lab.limits, cell_seconds=600, total_seconds=3600))
    watched = grading_of(lab, grader)
    began = time.monotonic()
    answer = graded_mutants(lab, watched, only="cups-from")[0]
    assert any(cell.verdict == "timeout" for each in answer.mutants for cell in each.failed)
    assert max(watched.seconds[1:]) < 20
    assert time.monotonic() - began < 60


def test_cells_that_a_question_does_not_need_are_left_out() -> None:
    book = as_notebook(
        [
            graded("code", "import math\n\nBASE = 3", grade_id="given", locked=True),
            graded("code", "slow = sum(range(10**8))", grade_id="example", locked=True),
            graded("code", "def first(n):\n    return n + BASE", grade_id="first", solution=True),
            graded("code", "assert first(1) == 4", grade_id="test-first", grade=True, points=1),
            graded(
                "code", "def second(n):\n    return math.ceil(first(n))", grade_id="second", solution=True
            ),
            graded("code", "assert second(1) == 4", grade_id="test-second", grade=True, points=1),
        ]
    )
    first, second = questions_of(read_notebook(book, "lab", "lab.ipynb"))
    assert list(cut_downs(first)) == [(0, 2, 3), (0, 1, 2, 3), (0, 1, 2, 3)]
    assert list(cut_downs(second)) == [(0, 2, 4, 5), (0, 1, 2, 4, 5), (0, 1, 2, 3, 4, 5)]


def test_what_cells_change_without_naming_it_anew_is_needed_too() -> None:
    book = as_notebook(
        [
            graded("code", "rows = []", grade_id="a", locked=True),
            graded("code", "rows.append(1)", grade_id="b", locked=True),
            graded("code", "rows[0] = 2", grade_id="c", locked=True),
            graded("code", "other = 1", grade_id="d", locked=True),
            graded("code", "def total():\n    return sum(rows)", grade_id="total", solution=True),
            graded("code", "assert total() == 2", grade_id="test-total", grade=True, points=1),
        ]
    )
    (question,) = questions_of(read_notebook(book, "lab", "lab.ipynb"))
    assert next(cut_downs(question)) == (0, 1, 2, 4, 5)
