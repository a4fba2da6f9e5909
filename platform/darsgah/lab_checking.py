"""Joins the lab checks with the grader: what `darsgah_labs.check` asks for, in the sandbox.

Runs nbgrader's preprocessors, so only the command line and the worker import this: never the web process.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from darsgah.lab_assignments import limits_of
from darsgah_grader.authoring import release
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assignment, AssignmentInvalid, Assurance, Master
from darsgah_labs.check.grading import CellVerdict, Graded
from darsgah_labs.check.lab_check import Choice, Progress, check_lab
from darsgah_labs.check.report import LabReport
from darsgah_labs.errors import LabInvalid
from darsgah_labs.format import Lab, LabLimits


@dataclass(frozen=True, slots=True)
class SandboxedGrading:
    """Grades for the checks of one lab, in that lab's environment and beside its files."""

    grader: Grader
    assignment: Assignment

    def grade(
        self, sources: Mapping[str, bytes], work: Mapping[str, bytes], limits: LabLimits, *, apart: bool
    ) -> Graded:
        """Grade; see the protocol.

        Raises:
            SandboxUnavailable, EnvironmentBroken: this machine cannot grade.
        """
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
            raise LabInvalid("", "", str(error), "") from error


def check(
    lab: Lab,
    assignment: Assignment,
    grader: Grader,
    choice: Choice | None = None,
    progress: Progress | None = None,
) -> LabReport:
    """Check a lab in the sandbox.

    Args:
        assignment: the same lab as it is graded, its AUTOTEST lines written out.

    Raises:
        LabInvalid: ``choice`` names a question that there is not, or the lab cannot be released.
        SandboxUnavailable, EnvironmentBroken: this machine cannot grade it.
    """
    written_out = {master.name: master.content for master in assignment.masters}
    return check_lab(
        replace(lab, notebooks=written_out), SandboxedGrading(grader, assignment), choice, progress
    )
