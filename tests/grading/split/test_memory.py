"""What one test leaves in memory, on either side, is not for the next one to carry."""

from collections.abc import Iterator

import pytest

from darsgah_grader.environments import environment_named
from darsgah_grader.grading import Grader
from darsgah_grader.sandbox.types import CellSource, Job, Naming, Outcome, Part
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Limits

LIMITS = Limits(cell_seconds=10, total_seconds=60, memory_bytes=512 * 1024 * 1024)
FUNCTION = "kept = []\ndef f(size):\n    kept.append(bytearray(size << 20))\n    return len(kept)"


@pytest.fixture
def sandbox(grader: Grader) -> Iterator[Sandbox]:
    """The sandbox of plain Python that the folder's tests share."""
    with grader.using(environment_named("python")) as used:
        yield used


def outcomes(sandbox: Sandbox, *tests: str) -> list[Outcome]:
    """How tests end one after the other."""
    numbers = range(1, len(tests) + 1)
    learner = [CellSource(FUNCTION), *(CellSource("", part=Part.ATTEND, test=number) for number in numbers)]
    testing = [
        CellSource(test, graded=True, part=Part.TEST, test=number, reaches=frozenset())
        for number, test in zip(numbers, tests, strict=True)
    ]
    naming = Naming(answers=frozenset({"f", "kept"}))
    ran, tested = sandbox.run_split(Job(learner, limits=LIMITS), Job(testing, limits=LIMITS, naming=naming))
    assert all(cell.outcome is Outcome.OK for cell in ran.cells)
    return [cell.outcome for cell in tested.cells]


def test_what_a_test_has_kept(sandbox: Sandbox) -> None:
    keeping = "held = bytearray(300 << 20)"
    assert outcomes(sandbox, keeping, f"more = 1\n{keeping}", "assert f(0) == 1") == [Outcome.OK] * 3


def test_what_the_learners_code_has_kept(sandbox: Sandbox) -> None:
    assert (
        outcomes(sandbox, "assert f(300) == 1", "assert f(300) == 1", "assert f(0) == 1") == [Outcome.OK] * 3
    )


def test_what_is_little_stays(sandbox: Sandbox) -> None:
    assert (
        outcomes(sandbox, "assert f(1) == 1", "held = f(1)", "assert f(1) == 3 and held == 2")
        == [Outcome.OK] * 3
    )
