"""What reaches for the machine or for others, at the reduced level: more is denied, nothing is found."""

from collections.abc import Iterator

import pytest

from darsgah_grader.grading import Grader
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Assurance, SandboxLevel
from tests.grading.cases import Case, all_cases, catalogue

_PARTS = {row.number for row in catalogue() if row.part in {"escape", "information"}}
CASES = [case for case in all_cases() if _PARTS.intersection(case.rows)]


@pytest.fixture(scope="module")
def reduced_grader(reduced: Sandbox) -> Iterator[Grader]:
    """A grader of the reduced level; ``reduced`` says whether it is to be had here."""
    assert reduced.level is SandboxLevel.REDUCED
    with Grader(SandboxLevel.REDUCED) as running:
        yield running


@pytest.mark.parametrize("insisted", [Assurance.IN_PROCESS, None])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_reduced_level_gives_nothing_away(
    reduced_grader: Grader, case: Case, insisted: Assurance | None
) -> None:
    for content in case.before:
        reduced_grader.grade(case.assignment, {"nb": content}, insisted)
    found = reduced_grader.grade(case.assignment, {"nb": case.submission}, insisted)
    assert found.sandbox is SandboxLevel.REDUCED
    messages = [cell.message for cell in found.cells]
    assert not any("AssertionError: [" in message for message in messages), messages
    assert found.cells[-1].score == found.cells[-1].max_score, messages
