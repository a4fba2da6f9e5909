"""Joins the lab checks with the grader: what `darsgah_labs.check` asks for, in the sandbox.

Runs nbgrader's preprocessors, so only the command line and the worker import this: never the web process.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from darsgah.lab_checks.limits import limits_of
from darsgah_grader.authoring import release
from darsgah_grader.grading import Grader
from darsgah_grader.sandbox.walled_program import behind_walls
from darsgah_grader.types import Assignment, AssignmentInvalid, Assurance, Master
from darsgah_labs.check.grading import CellVerdict, Graded
from darsgah_labs.check.lab_check import Choice, Progress, check_lab
from darsgah_labs.check.report import LabReport
from darsgah_labs.errors import LabInvalid
from darsgah_labs.format import Lab, LabLimits

Judge = Callable[[str, str], str]
"""Says of an answer and an example about it why the tutor would not tell it; empty where it would."""
JudgeOf = Callable[[Lab, Assignment, Grader], Judge]
"""Makes one for a lab: ``darsgah.hinting.example_judge``, which stands above this slice."""


@dataclass(frozen=True, slots=True)
class SandboxedGrading:
    """Grades for the checks of one lab, in that lab's environment and beside its files.

    ``give_way`` is called before each grading, and returns when nothing more urgent is to be done.
    """

    grader: Grader
    assignment: Assignment
    judge: Judge
    give_way: Callable[[], None]

    def grade(
        self, sources: Mapping[str, bytes], work: Mapping[str, bytes], limits: LabLimits, *, apart: bool
    ) -> Graded:
        """Grade; see the protocol.

        Raises:
            SandboxUnavailable, EnvironmentBroken: this machine cannot grade.
        """
        self.give_way()
        masters = tuple(Master(name, content) for name, content in sources.items())
        assignment = replace(self.assignment, masters=masters, limits=limits_of(limits))
        assurance = None if apart else Assurance.IN_PROCESS
        try:
            grade = self.grader.grade(assignment, work, assurance)
        except AssignmentInvalid as error:
            return Graded((), {}, 0.0, str(error))
        cells = tuple(
            CellVerdict(
                notebook=cell.notebook,
                grade_id=cell.grade_id,
                score=cell.score,
                max_score=cell.max_score,
                verdict=cell.verdict.value,
                message=cell.message,
                apart=cell.assurance is Assurance.SPLIT,
            )
            for cell in grade.cells
        )
        return Graded(cells, grade.executed, grade.code_seconds, grade.error.message if grade.error else "")

    def release(self, sources: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """The learners' versions; see the protocol."""
        try:
            return {name: release(Master(name, content)) for name, content in sources.items()}
        except AssignmentInvalid as error:
            raise LabInvalid("", "", str(error), "Mend it.") from error

    def refusal_of(self, answer: str, example: str) -> str:
        """As the tutor's gate judges it; see the protocol."""
        self.give_way()
        return self.judge(answer, example)

    def behind_walls(
        self, command: Sequence[str], readable: Sequence[str], memory_bytes: int
    ) -> Sequence[str]:
        """The command behind the sandbox's walls; see the protocol."""
        return behind_walls(command, readable, memory_bytes)


def _at_once() -> None:
    """For a check that nothing is waiting for."""


def check(
    lab: Lab,
    assignment: Assignment,
    grader: Grader,
    judge_of: JudgeOf,
    *,
    choice: Choice | None = None,
    progress: Progress | None = None,
    give_way: Callable[[], None] = _at_once,
) -> LabReport:
    """Check a lab in the sandbox.

    Args:
        assignment: the same lab as it is graded, its AUTOTEST lines written out.
        give_way: called before each of the check's many gradings; returns when it may go on.

    Raises:
        LabInvalid: ``choice`` names a question that there is not, or the lab cannot be released.
        SandboxUnavailable, EnvironmentBroken: this machine cannot grade it.
    """
    written_out = {master.name: master.content for master in assignment.masters}
    grading = SandboxedGrading(grader, assignment, judge_of(lab, assignment, grader), give_way)
    return check_lab(replace(lab, notebooks=written_out), grading, choice, progress)
