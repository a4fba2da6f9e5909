"""Every kind of test that is graded split: a right answer passes, a wrong one does not."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from darsgah_grader.environments import environment_named
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assignment, Assurance, CellGrade, Limits, Master
from tests.grading import notebooks

KINDS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text())


def graded(grader: Grader, kind: dict[str, Any], answer: str, assurance: Assurance | None) -> CellGrade:
    def written(source: str) -> bytes:
        given = [notebooks.readonly("given", kind["given"])] if "given" in kind else []
        test = notebooks.check("test", kind["test"].strip())
        return notebooks.notebook(*given, notebooks.answer("answer", source.strip()), test)

    solution = f"### BEGIN SOLUTION\n{kind['answer'].strip()}\n### END SOLUTION"
    assignment = Assignment(
        (Master("nb", written(solution)),),
        environment_named(kind.get("environment", "python")),
        Limits(cell_seconds=20),
    )
    (cell,) = grader.grade(assignment, {"nb": written(answer)}, assurance).cells
    return cell


@pytest.mark.parametrize("name", KINDS)
def test_kind(name: str, grader: Grader) -> None:
    kind = KINDS[name]
    for assurance in (None, Assurance.IN_PROCESS):
        right = graded(grader, kind, kind["answer"], assurance)
        assert (right.score, right.message) == (1, "")
        if "other" in kind:
            assert graded(grader, kind, kind["other"], assurance).score == 1
        wrong = graded(grader, kind, kind["wrong"], assurance)
        if assurance is None:
            expected = Assurance.IN_PROCESS if kind.get("alone") else Assurance.SPLIT
            assert (right.assurance, wrong.assurance) == (expected, expected)
            assert wrong.score is not None
            assert wrong.score < 1
