"""What nbgrader's gradebook says of one submission, as a grade that can be kept beside the one made here.

Marks by hand, extra credit and comments are in it: the first two as the cell's score with a flag that says
how it came about, a comment as the cell's message. Nothing of it was run here, so it claims no isolation.
"""

import math
from collections.abc import Iterable, Sequence

from darsgah_grader.master import MasterCell, MasterNotebook, Role
from darsgah_grader.nbgrader_gradebook import CellMark, Remark
from darsgah_grader.types import Assurance, CellGrade, Flag, Grade, SandboxLevel, Verdict

BY_HAND = "nbgrader_by_hand"
"""The flag of a cell whose score is not that of its tests: its evidence lists what nbgrader added up."""
PENALTY = "nbgrader_late_penalty"
"""The flag of a grade from which nbgrader takes points for lateness; they are not taken off its score."""

_KINDS = {Role.MANUAL: "manual", Role.TASK: "task"}


def imported_grade(
    marks: Sequence[CellMark],
    remarks: Sequence[Remark],
    penalty: float,
    masters: Iterable[MasterNotebook],
) -> Grade:
    """The grade that nbgrader shows, cell by cell in its order, then the remarks on cells without points."""
    known = {(master.name, cell.grade_id): cell for master in masters for cell in master.cells}
    graded = tuple(_cell(mark, known.get((mark.notebook, mark.grade_id))) for mark in marks)
    return Grade(
        score=math.fsum(cell.score or 0.0 for cell in graded),
        max_score=math.fsum(cell.max_score for cell in graded),
        assurance=Assurance.IN_PROCESS,
        sandbox=SandboxLevel.NONE,
        cells=(*graded, *map(_remark, remarks)),
        flags=(Flag(PENALTY, f"{penalty:g} points"),) if penalty else (),
    )


def _cell(mark: CellMark, cell: MasterCell | None) -> CellGrade:
    """A mark; ``cell`` is None where the source has no such cell any more, and its most is then its score."""
    waits = mark.waits_for_human and mark.manual is None and mark.auto is None
    score = None if waits else mark.score
    most = cell.points if cell is not None else max(mark.score, 0.0)
    by_hand = mark.manual is not None or bool(mark.extra_credit)
    return CellGrade(
        notebook=_clean(mark.notebook),
        grade_id=_clean(mark.grade_id),
        title=(cell.title if cell is not None else "") or _clean(mark.grade_id),
        kind=_KINDS.get(cell.role, "autograded") if cell is not None else "autograded",
        score=score,
        max_score=most,
        verdict=_verdict(score, most),
        message=_clean(mark.comment),
        flags=(Flag(BY_HAND, _evidence(mark)),) if by_hand else (),
    )


def _remark(remark: Remark) -> CellGrade:
    return CellGrade(
        notebook=_clean(remark.notebook),
        grade_id=_clean(remark.grade_id),
        title=_clean(remark.grade_id),
        kind="comment",
        score=0.0,
        max_score=0.0,
        verdict=Verdict.MANUAL,
        message=_clean(remark.text),
    )


def _verdict(score: float | None, most: float) -> Verdict:
    if score is None:
        return Verdict.MANUAL
    if score >= most:
        return Verdict.PASSED
    return Verdict.PARTIAL if score > 0 else Verdict.FAILED


def _evidence(mark: CellMark) -> str:
    parts = {"tests": mark.auto, "by hand": mark.manual, "extra credit": mark.extra_credit or None}
    return ", ".join(f"{name} {points:g}" for name, points in parts.items() if points is not None)


def _clean(text: str) -> str:
    """The text without the one character that PostgreSQL cannot keep."""
    return text.replace("\x00", "")
