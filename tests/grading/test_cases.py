"""Every case folder, graded by us at each level; the machine is looked at before and after each.

The same tests run as an ordinary user in ``sandbox/test_users.py``.
"""

import ast
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from darsgah_grader.feedback import learner_notebook
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assurance, Grade
from tests.grading.cases import Case, Row, all_cases, catalogue, shown_elsewhere
from tests.grading.leftovers import Watch, Weight

CASES = all_cases()
MODES = [Assurance.IN_PROCESS, Assurance.SPLIT]
_LONGEST_NOTEBOOK = 3 * 1024 * 1024
_GROWN_BYTES = 2 * 1024 * 1024
_GROWN = 8
"""Descriptors and threads of warm processes that were started since, and of forks that wait: two for each."""


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A temporary folder for the grader alone, and beside it what a neighbour would have on the machine."""
    folder, before = tmp_path_factory.mktemp("work"), tempfile.tempdir
    neighbour = tmp_path_factory.mktemp("course")
    (neighbour / "gradebook.db").write_text("grades")
    (neighbour / "neighbour.ipynb").write_text("{}")
    folder.chmod(0o755)
    tempfile.tempdir = str(folder)
    yield folder
    tempfile.tempdir = before


@pytest.fixture(scope="module")
def own_grader(places: Path) -> Iterator[Grader]:
    """A grader of these tests' own: what it leaves behind nobody else has left."""
    with Grader() as running:
        yield running


@pytest.fixture(scope="module")
def watch(places: Path) -> Watch:
    """What looks at the machine."""
    return Watch(places)


@pytest.fixture(scope="module")
def first_weight(own_grader: Grader, watch: Watch) -> Weight:
    """What the grader's processes weigh after a few submissions."""
    right = next(case for case in CASES if case.name == "right")
    for _ in range(3):
        own_grader.grade(right.assignment, {"nb": right.submission})
    return watch.weight()


def grade(grader: Grader, case: Case, assurance: Assurance) -> Grade:
    """The case graded in one process or by the rule, after or beside those who come before it."""
    insisted = assurance if assurance is Assurance.IN_PROCESS else None
    first = case.before

    def graded(content: bytes) -> Grade:
        return grader.grade(case.assignment, {"nb": content}, insisted)

    if case.written.get("meanwhile"):
        with ThreadPoolExecutor(len(first)) as pool:
            earlier = [pool.submit(graded, content) for content in first]
            found = graded(case.submission)
            grades = [running.result() for running in earlier]
    else:
        grades = [graded(content) for content in first]
        found = graded(case.submission)
    for other in grades:
        assert all(cell.score == cell.max_score for cell in other.cells), [c.message for c in other.cells]
    if case.written.get("different"):
        assert grades[0].executed["nb"] != found.executed["nb"]
    return found


@pytest.mark.parametrize("assurance", MODES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(
    case: Case, assurance: Assurance, own_grader: Grader, watch: Watch, first_weight: Weight
) -> None:
    with watch.nothing_left():
        found = grade(own_grader, case, assurance)
    wrong = case.differences(found)
    assert not wrong, "\n".join(wrong)
    if found.error is not None:
        assert found.error.message
        assert found.score is None
        return
    levels = {cell.grade_id: cell.assurance for cell in found.cells if cell.assurance is not None}
    assert levels == {
        grade_id: Assurance.IN_PROCESS if grade_id in case.falls_back else assurance for grade_id in levels
    }
    executed = found.executed["nb"]
    assert len(executed) < _LONGEST_NOTEBOOK
    seen = learner_notebook(executed).decode() + "".join(cell.message for cell in found.cells)
    assert [text for text in case.written.get("shown", ()) if text not in executed.decode()] == []
    assert [text for text in case.written.get("never_shown", ()) if text in seen] == []


def test_nothing_grows_with_the_number_of_submissions(watch: Watch, first_weight: Weight) -> None:
    """Runs last in this file: over all cases above."""
    now = watch.weight()
    assert now.descriptors <= first_weight.descriptors + _GROWN
    assert now.threads <= first_weight.threads + _GROWN
    assert {
        pid: size - first_weight.warm[pid]
        for pid, size in now.warm.items()
        if pid in first_weight.warm and size > first_weight.warm[pid] + _GROWN_BYTES
    } == {}
    assert first_weight.warm.keys() & now.warm.keys()


def shows(case: Case, letter: str, assurance: Assurance) -> bool:
    """Whether what a case expects at a level is an outcome of that letter."""
    if letter == "X":
        return case.error is not None
    scores = [cell["score"] for cell in case.expected(assurance).values()]
    told = [
        *case.written.get("flags", ()),
        *(f for c in case.expected(assurance).values() for f in c.get("flags", ())),
    ]
    if letter == "F":
        return bool(told)
    if letter == "Z":
        return 0 in scores and (len(scores) == 1 or any(score != 0 for score in scores))
    return bool(scores)


def test_every_row_of_the_catalogue_has_a_case_with_its_outcome() -> None:
    elsewhere = {row for folder in shown_elsewhere() for row in folder.rows}
    accepted = {row for folder in shown_elsewhere() if folder.accepted for row in folder.rows}
    rows = catalogue()
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert {row.number for row in rows if row.split == "-"} == accepted

    def lacks(row: Row) -> set[str]:
        of_row = [case for case in CASES if row.number in case.rows]
        levels = ((row.split, Assurance.SPLIT), (row.in_process, Assurance.IN_PROCESS))
        return {
            f"{letter} {assurance}"
            for letters, assurance in levels
            for letter in letters
            if not any(shows(case, letter, assurance) for case in of_row)
        }

    assert {row.number: lacks(row) for row in rows if row.number not in elsewhere and lacks(row)} == {}
    assert {number for case in CASES for number in case.rows} <= {row.number for row in rows}


def test_what_is_shown_elsewhere_is_shown_there() -> None:
    root = Path(__file__).parents[2]
    for folder in shown_elsewhere():
        assert bool(folder.test) != bool(folder.accepted), folder.name
        if folder.test:
            path, name = folder.test.split("::")
            defined = {
                node.name
                for node in ast.walk(ast.parse((root / path).read_text()))
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            }
            assert name in defined, folder.name
