"""The attacks of ``attacks.toml`` as notebooks: an attacked question, ``solve``, one honest, ``half``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from darsgah_grader.environments import environment_named
from darsgah_grader.types import Assignment, Limits, Master
from tests.grading import notebooks


@dataclass(frozen=True)
class Attack:
    """One attack; ``attacks.toml`` says what may be written in it."""

    name: str
    written: Mapping[str, Any] = field(repr=False)

    @property
    def row(self) -> int | None:
        """The row of the catalogue that it shows, where it may run without a sandbox under a time limit."""
        row: int | None = self.written.get("safe_outside")
        return row

    @property
    def assignment(self) -> Assignment:
        """The lab."""
        return Assignment(
            (Master("nb", self._notebook(self._solution)),),
            environment_named(self.written.get("environment", "python")),
            Limits(
                cell_seconds=self.written.get("cell_seconds", 10),
                total_seconds=40,
                memory_bytes=512 * 1024 * 1024,
                work_bytes=4 * 1024 * 1024,
            ),
            {name: text.encode() for name, text in self.written.get("files", {}).items()},
        )

    @property
    def honest(self) -> bytes:
        """The right answers."""
        return self._notebook(self._solution)

    @property
    def submission(self) -> bytes:
        """What the attacker hands in."""
        return self._notebook(self.written["answer"])

    @property
    def _solution(self) -> str:
        body = self.written.get("reference", "return 2 * x")
        return f"def solve(x):\n    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION"

    def _notebook(self, answer: str) -> bytes:
        given = [notebooks.readonly("given", self.written["given"])] if "given" in self.written else []
        return notebooks.notebook(
            *given,
            notebooks.answer("solve", answer.strip()),
            notebooks.check("test_solve", self.written.get("test", "assert solve(2) == 4").strip()),
            notebooks.answer("half", "def half(x):\n    return x / 2"),
            notebooks.check("test_half", "assert half(4) == 2"),
        )


def all_attacks() -> list[Attack]:
    """Every attack, in the order of the file."""
    written = tomllib.loads(Path(__file__).with_name("attacks.toml").read_text(encoding="utf-8"))
    return [Attack(name, attack) for name, attack in written.items()]
