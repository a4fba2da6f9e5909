"""What a learner's code tries against tests in another sandbox gains nothing, and costs no other question."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from darsgah_grader.environments import environment_named
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assignment, Assurance, Grade, Limits, Master, Verdict
from tests.grading import notebooks

ATTACKS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("attacks.toml").read_text())


def graded(grader: Grader, attack: dict[str, Any], answer: str) -> Grade:
    def written(source: str) -> bytes:
        given = [notebooks.readonly("given", attack["given"])] if "given" in attack else []
        return notebooks.notebook(
            *given,
            notebooks.answer("solve", source.strip()),
            notebooks.check("test_solve", attack.get("test", "assert solve(2) == 4").strip()),
            notebooks.answer("half", "def half(x):\n    return x / 2"),
            notebooks.check("test_half", "assert half(4) == 2"),
        )

    body = attack.get("reference", "return 2 * x")
    solution = f"def solve(x):\n    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION"
    assignment = Assignment(
        (Master("nb", written(solution)),),
        environment_named(attack.get("environment", "python")),
        Limits(
            cell_seconds=attack.get("cell_seconds", 10),
            total_seconds=40,
            memory_bytes=512 * 1024 * 1024,
            work_bytes=4 * 1024 * 1024,
        ),
        {name: text.encode() for name, text in attack.get("files", {}).items()},
    )
    return grader.grade(assignment, {"nb": written(answer or solution)})


@pytest.mark.parametrize("name", ATTACKS)
def test_attack(name: str, grader: Grader) -> None:
    attack = ATTACKS[name]
    honest = graded(grader, attack, "")
    assert [cell.verdict for cell in honest.cells] == [Verdict.PASSED, Verdict.PASSED]
    attacked = graded(grader, attack, attack["answer"])
    assert attacked.assurance is Assurance.SPLIT
    solve, half = attacked.cells
    assert (solve.score, half.score) == (0, 1)
