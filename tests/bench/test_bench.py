"""The benchmarks measure what they say: the same cells, the same verdicts, functions that are there."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from bench.floor import Floor, cells_of
from bench.labs import VARIANTS, BenchLab, bench_lab
from bench.otter_assignment import test_file as otter_test_file
from bench.report import table
from bench.stages import GUEST, HOST, stages_of
from darsgah_grader.grading import Grader
from darsgah_grader.master import Role, read_master
from darsgah_grader.regions import without_hidden_tests
from darsgah_grader.types import Assurance, Verdict
from tests.grading.notebooks import answer, check, notebook

_ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def lab() -> BenchLab:
    """The lab in plain Python, two turns of the variants."""
    return bench_lab("python", 2 * len(VARIANTS))


def test_submissions_are_the_same_ones_every_time(lab: BenchLab) -> None:
    assert bench_lab("python", len(lab.submissions)).submissions == lab.submissions
    assert len(set(lab.submissions)) == len(lab.submissions) - 2  # right and unchanged come twice
    assert lab.variants == VARIANTS * 2


@pytest.mark.parametrize("name", ["python", "frames"])
def test_the_floor_and_the_grader_come_to_the_same_verdicts(name: str, tmp_path: Path) -> None:
    lab = bench_lab(name, len(VARIANTS))
    with Grader() as grader, Floor(lab.assignment.environment.preload, tmp_path) as floor:
        for content in lab.submissions:
            seconds, passed = floor.run(cells_of(lab.assignment, content))
            grade = grader.grade(lab.assignment, {lab.master.name: content}, Assurance.IN_PROCESS)
            assert 0 < seconds < 30
            assert passed == [
                cell.verdict is Verdict.PASSED for cell in grade.cells if cell.kind == "autograded"
            ]


def test_every_traced_function_is_there_and_is_seen(lab: BenchLab) -> None:
    median, stages = stages_of(lab, Assurance.IN_PROCESS, rounds=1)
    assert median > 0
    seen = {stage.what for stage in stages}
    only_sometimes = {"checkpoint", "divide into two jobs", "answer a test (waits)"}
    assert {what for _, what in (*HOST, *GUEST)} - only_sometimes <= seen


def test_tests_for_otter_hold_every_statement_of_ours(lab: BenchLab) -> None:
    tests = [cell for cell in read_master(lab.master).cells if cell.role is Role.TEST]
    assert len(tests) == 6
    for cell in tests:
        made: dict[str, object] = {}
        exec(otter_test_file(cell), made)  # noqa: S102 - what the benchmark writes is a module
        assert isinstance(made["test"], dict)
        visible, hidden = made["test"]["suites"][0]["cases"]
        assert (visible["hidden"], hidden["hidden"]) == (False, True)
        shown = ast.parse(without_hidden_tests(cell.source))
        assert visible["code"].count(">>> ") == len(shown.body)
        assert hidden["code"].count(">>> ") == len(ast.parse(cell.source).body)


def test_the_table_has_a_line_for_every_figure() -> None:
    mode = dict.fromkeys(
        (
            *("ms", "median_ms", "code_ms", "trusted_ms", "per_second", "times_faster_than_nbgrader"),
            *("times_the_floor", "limit_ms", "private_mb", "graded_split", "processor_ms"),
        ),
        12.5,
    )
    figures = dict.fromkeys(
        (
            *(
                "floor_ms",
                "floor_private_mb",
                "nbgrader_batch_processor_ms",
                "nbgrader_batch_ms",
                "nbgrader_call_ms",
            ),
            *("otter_call_ms", "darsgah_call_ms"),
        ),
        1234.5,
    )
    modes = {name: {**mode, "verdicts_unlike_the_floor": 0} for name in ("in-process", "split")}
    labs = {"python": {**figures, "otter_call_ms": None, "modes": modes}}
    shown = table({"submissions": 100, "rounds": 3, "cores": 2, "labs": labs})
    assert shown.row_count == 7 + 2 * len(mode) + 1


def test_grading_renders_no_page() -> None:
    """Feedback is made when somebody looks at it: nothing that writes HTML is even loaded to grade."""
    lab = notebook(answer("f", "def f(): return 1\nf()"), check("t", "assert f() == 1", 2)).decode()
    command = [sys.executable, "-c", _GRADES, lab]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "2.0 []"


_GRADES = """
import sys
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assignment, Environment, Master
lab = Assignment((Master("nb", sys.argv[1].encode()),), Environment("python"))
with Grader() as grader:
    score = grader.grade(lab, {"nb": lab.masters[0].content}).score
writers = {"nbconvert", "nbgrader", "jinja2", "bleach", "markdown_it", "mistune", "darsgah_grader.feedback"}
print(score, sorted(writers & set(sys.modules)))
"""
