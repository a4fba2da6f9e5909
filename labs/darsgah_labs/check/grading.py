"""What the checks ask of whoever grades; the platform fulfils it with the grader in its sandbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from darsgah_labs.format import LabLimits


@dataclass(frozen=True, slots=True)
class CellVerdict:
    """What became of one graded cell.

    Attributes:
        score: points given; None while the cell waits for a human.
        verdict: the grader's word, such as ``passed``, ``failed``, ``timeout``.
        message: what a learner is told.
        apart: whether the test ran apart from the learner's code.
    """

    notebook: str
    grade_id: str
    score: float | None
    max_score: float
    verdict: str
    message: str
    apart: bool

    @property
    def full(self) -> bool:
        """Whether the cell gave all its points, by its verdict where it has none to give."""
        return self.verdict == "passed" or (self.score is not None and 0 < self.max_score <= self.score)


@dataclass(frozen=True, slots=True)
class Graded:
    """One grading.

    Attributes:
        cells: every graded cell, in the lab's order.
        executed: the executed notebooks by name, nbformat JSON with all outputs.
        seconds: spent running the notebooks' own code.
        refusal: why nothing was graded; empty otherwise.
    """

    cells: tuple[CellVerdict, ...]
    executed: Mapping[str, bytes]
    seconds: float
    refusal: str = ""


class Grading(Protocol):
    """Grades for the checks, judges examples as the tutor does, and puts walls around what else runs a lab.

    Called from many threads at once.
    """

    def grade(
        self, sources: Mapping[str, bytes], work: Mapping[str, bytes], limits: LabLimits, *, apart: bool
    ) -> Graded:
        """Grade notebooks against source notebooks of the same names, in the lab's environment.

        Args:
            sources: source notebooks by name.
            work: what a learner hands in, by name.
            limits: what the work may use.
            apart: run each test that can be in a sandbox of its own; all in the learner's process otherwise.
        """
        ...

    def release(self, sources: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """The learner's version of each notebook.

        Raises:
            LabInvalid: a notebook cannot be released.
        """
        ...

    def refusal_of(self, answer: str, example: str) -> str:
        """Why the tutor would not tell learners this example about an answer; empty where it would.

        Args:
            answer: grade_id of the answer.
            example: Markdown, in all languages.
        """
        ...

    def behind_walls(
        self, command: Sequence[str], readable: Sequence[str], memory_bytes: int
    ) -> Sequence[str]:
        """A command that runs another one where it reads what is named alone, writes nothing, reaches nobody.

        Args:
            command: a program by its whole path, and its arguments.
            readable: files and folders, besides the system's libraries.
            memory_bytes: what it may hold.
        """
        ...
