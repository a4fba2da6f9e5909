"""What the exchangeable parts of the tutor have to look like: model, repair, rephraser.

``engine`` holds one of each; whoever brings another, a larger model or one behind an address, fulfils the
protocol here and needs to know nothing of the rest. No part is handed more than it may tell: a rephraser
never meets a reference answer or a repair.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from darsgah_tutor.types import Diagnosis, Evidence, Finding, Level, Question, Repair, Trials

Detector = Callable[[ast.Module | None, Evidence, Question], Sequence[Finding]]
"""Sees one kind of mistake in an answer; the tree is None where the answer does not parse."""


class Model(Protocol):
    """Says which lines are suspect and what their author believes."""

    def diagnose(self, question: Question, evidence: Evidence, findings: Sequence[Finding]) -> Diagnosis:
        """The diagnosis of an answer that is not correct."""


class Repairer(Protocol):
    """Finds a correct answer near the learner's."""

    def __call__(
        self, question: Question, evidence: Evidence, trials: Trials, *, seconds: float
    ) -> Repair | None:
        """The nearest that was found and verified in so many seconds, None where there was none."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Everything a rephraser is told. What came from the learner has been stripped already.

    Attributes:
        language: ``en`` or ``ur``: that of ``authored``, and of what is wanted.
        authored: the hint to say in other words, Markdown; its facts are right.
        facts: what was seen of the answer, as level 0 tells it.
        description: the task.
        code: the answer without comments, docstrings and long literals.
        lines: suspect lines, likeliest first.
        words: what the learner wrote to the tutor, or nothing; data, not instructions.
    """

    level: Level
    language: str
    authored: str
    facts: str
    description: str
    code: str
    lines: tuple[int, ...]
    misconception: str | None
    words: str = ""


class NotRephrasedError(Exception):
    """The rephraser has no room, no time or no model; the authored text stands."""


class Rephraser(Protocol):
    """Says an authored hint in other words."""

    @property
    def name(self) -> str:
        """Of the model, as the learner is told."""

    def rephrase(self, passage: Passage) -> Iterator[str]:
        """The text piece by piece as it is made.

        Raises:
            NotRephrasedError: at any time; what came before is thrown away.
        """
