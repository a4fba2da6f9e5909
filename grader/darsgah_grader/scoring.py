"""From what the trusted side saw of a cell to its verdict and points.

Where this departs from nbgrader's ``determine_grade`` is listed, with a case each, in ``docs/grading.md``.
"""

from dataclasses import dataclass

from darsgah_grader.master import MasterCell, Role
from darsgah_grader.notebook import Cell
from darsgah_grader.sandbox.types import CellRun, Outcome
from darsgah_grader.types import Flag, Verdict

_ENDED_BADLY = {
    Outcome.ERROR: Verdict.FAILED,
    Outcome.TIMEOUT: Verdict.TIMEOUT,
    Outcome.MEMORY: Verdict.MEMORY,
    Outcome.DIED: Verdict.DIED,
    Outcome.NOT_RUN: Verdict.NOT_RUN,
}
_MOST_CONTROLS_TOLD = 5


@dataclass(frozen=True, slots=True)
class CellScore:
    """Verdict, points (None while a human has to mark) and what an instructor should look at."""

    verdict: Verdict
    points: float | None
    flags: tuple[Flag, ...] = ()


def score_cell(cell: MasterCell, written: Cell | None, run: CellRun | None) -> CellScore:
    """Score one graded cell that is in the submission.

    Args:
        cell: the master's cell.
        written: the learner's copy of an answer that a human marks.
        run: what became of a test; None counts as not run.
    """
    if cell.role is Role.TASK:
        return CellScore(Verdict.MANUAL, None)
    if cell.role is Role.MANUAL:
        if written is not None and written.source == cell.released:
            return CellScore(Verdict.UNCHANGED, 0.0)
        return CellScore(Verdict.MANUAL, None)
    return _score_test(cell, run)


def _score_test(cell: MasterCell, run: CellRun | None) -> CellScore:
    if run is None:
        return CellScore(Verdict.NOT_RUN, 0.0)
    tampering = _tampering(run)
    if tampering or run.outcome is not Outcome.OK:
        return CellScore(_ENDED_BADLY.get(run.outcome, Verdict.FAILED), 0.0, tampering)
    if not run.has_result:
        return CellScore(Verdict.PASSED, cell.points)
    partial = run.partial
    if isinstance(partial, (str, bool)) or partial is None or not 0 <= partial <= cell.points:
        evidence = (
            f"the test's result has to be a number from 0 to {cell.points:g}, and was {str(partial)[:40]}"
        )
        return CellScore(Verdict.FAILED, 0.0, (Flag("unusable_partial_credit", evidence),))
    if partial == cell.points:
        return CellScore(Verdict.PASSED, cell.points)
    return CellScore(Verdict.PARTIAL if partial else Verdict.FAILED, float(partial))


def _tampering(run: CellRun) -> tuple[Flag, ...]:
    if not run.controls_passed:
        return ()
    return (Flag("tampering", "; ".join(run.controls_passed[:_MOST_CONTROLS_TOLD])),)
