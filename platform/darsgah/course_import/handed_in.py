"""The submissions of an nbgrader course, each with the marks that its gradebook has for it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from darsgah.blobs.store import BlobStore
from darsgah.course_import.marks import imported_grade
from darsgah.course_import.report import Kind, Outcome, Report
from darsgah.course_import.steps import Begin
from darsgah.db.columns import now
from darsgah.enrolments.schemas import AssignmentView
from darsgah.grades import service as grades
from darsgah.submissions import imported as submissions
from darsgah_grader.master import MasterNotebook
from darsgah_grader.nbgrader_course import Course, CourseSubmission, read_submissions, submission_count
from darsgah_grader.types import Grade


class SubmissionImport:
    """Records what students handed in, one transaction for each submission with its job and its marks.

    Args:
        accounts: by nbgrader's student id.
        assignments: by nbgrader's name of the assignment, as are ``masters``.
    """

    def __init__(
        self,
        begin: Begin,
        blobs: BlobStore,
        report: Report,
        *,
        course: Course,
        accounts: Mapping[str, UUID],
        assignments: Mapping[str, AssignmentView],
        masters: Mapping[str, tuple[MasterNotebook, ...]],
    ) -> None:
        self._begin = begin
        self._blobs = blobs
        self._report = report
        self._course = course
        self._accounts = accounts
        self._assignments = assignments
        self._masters = masters

    async def run(self, progress: Callable[[int, int], None]) -> None:
        """Record everything that is not recorded yet; what cannot be is named."""
        total = submission_count(self._course)
        done = 0
        seen: set[tuple[str, str]] = set()
        for found in read_submissions(self._course):
            if isinstance(found, str):
                self._report.add(Kind.SUBMISSION, Outcome.LEFT_OUT, found)
                continue
            seen.add((found.student, found.assignment))
            await self._submission(found)
            done += 1
            progress(done, total)
        for student, assignment in sorted(set(self._course.gradebook.marks) - seen):
            text = (
                f"{student}, {assignment}: the gradebook has marks, but there is no submission in the folder"
            )
            self._report.add(Kind.MARKS, Outcome.LEFT_OUT, text)

    async def _submission(self, found: CourseSubmission) -> None:
        name = f"{found.student}, {found.assignment}"
        assignment = self._assignments.get(found.assignment)
        account_id = self._accounts.get(found.student)
        if assignment is None or account_id is None:
            why = "its assignment" if assignment is None else "its student"
            self._report.add(Kind.SUBMISSION, Outcome.LEFT_OUT, f"{name}: {why} was left out")
            return
        notebooks, rest = _of_the_lab(found, assignment)
        own = {file.name for file in assignment.lab.files}  # grading puts the lab's own in their place
        rest += tuple(path for path in found.others if path not in own)
        if not notebooks:
            text = f"{name}: it holds none of the assignment's notebooks"
            self._report.add(Kind.SUBMISSION, Outcome.LEFT_OUT, text)
            return
        received_at = found.submitted_at or now()
        grade = self._grade(found)
        async with self._begin() as session:
            submission_id, is_new = await submissions.record(
                session,
                self._blobs,
                assignment,
                account_id,
                notebooks=notebooks,
                received_at=received_at,
            )
            kept = grade is not None and await grades.record_imported(
                session, submission_id, assignment.hub_id, grade
            )
        outcome = Outcome.NEW if is_new else Outcome.SAME
        self._report.add(Kind.SUBMISSION, outcome, f"{name}: {_when(found, received_at, assignment.due_at)}")
        if is_new and rest:
            shown = _names(rest).encode(errors="backslashreplace").decode()
            text = f"{name}: also handed in, and not brought over: {shown}"
            self._report.add(Kind.SUBMISSION, Outcome.NOTE, text)
        if grade is not None:
            outcome = Outcome.NEW if kept and is_new else Outcome.CHANGED if kept else Outcome.SAME
            self._report.add(Kind.MARKS, outcome, f"{name}: {_marked(grade)}")

    def _grade(self, found: CourseSubmission) -> Grade | None:
        """What the gradebook says, None where it says nothing."""
        where = (found.student, found.assignment)
        remarks = self._course.gradebook.remarks.get(where, ())
        if not found.marks and not remarks:
            return None
        penalty = self._course.gradebook.penalties.get(where, 0.0)
        return imported_grade(found.marks, remarks, penalty, self._masters[found.assignment])


def _of_the_lab(
    found: CourseSubmission, assignment: AssignmentView
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The notebooks by the lab's names, and the names of those it does not have.

    As with work handed in here, the only notebook for a lab of one may have any name.
    """
    expected = [file.name for file in assignment.lab.notebooks]
    if len(expected) == 1 and len(found.notebooks) == 1:
        return {expected[0]: next(iter(found.notebooks.values()))}, ()
    mine = {name: found.notebooks[name] for name in expected if name in found.notebooks}
    return mine, tuple(f"{name}.ipynb" for name in found.notebooks if name not in mine)


def _when(found: CourseSubmission, received_at: datetime, due_at: datetime | None) -> str:
    if found.submitted_at is None:
        return "its time is not known, so it counts as received now"
    late = ", late" if due_at is not None and received_at > due_at else ""
    return f"received {received_at:%Y-%m-%d %H:%M} UTC{late}"


def _marked(grade: Grade) -> str:
    by_hand = sum(bool(cell.flags) for cell in grade.cells)
    comments = sum(bool(cell.message) for cell in grade.cells)
    parts = [f"{grade.score:g} of {grade.max_score:g} points"]
    parts += [f"{by_hand} marked by hand"] if by_hand else []
    parts += [f"{comments} comment{'s' * (comments != 1)}"] if comments else []
    return ", ".join([*parts, *(f"{flag.evidence} off for lateness, kept aside" for flag in grade.flags)])


def _names(files: tuple[str, ...]) -> str:
    return ", ".join(files[:5]) + (f" and {len(files) - 5} more" if len(files) > 5 else "")
