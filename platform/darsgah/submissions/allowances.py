"""What a learner may still hand in: the window of the assignment, its attempts, and the pause between two."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from darsgah.enrolments.schemas import AssignmentView, Window
from darsgah.enrolments.service import LabNotOpen
from darsgah.submissions.errors import CoolingDown, DeadlinePassed, NoAttemptsLeft
from darsgah.submissions.models import Submission
from darsgah.submissions.schemas import Allowance, State


def allowance(assignment: AssignmentView, attempts: Sequence[Submission], now: datetime) -> Allowance:
    """What may still be handed in, given the attempts so far (newest first); rejected ones do not count."""
    counted = [row for row in attempts if row.state != State.REJECTED]
    left = None if assignment.attempt_limit is None else max(0, assignment.attempt_limit - len(counted))
    next_at = None
    if counted and assignment.cooldown_seconds:
        over = counted[0].received_at + timedelta(seconds=assignment.cooldown_seconds)
        next_at = over if over > now else None
    refusal = ""
    if assignment.window is Window.NOT_OPEN:
        refusal = LabNotOpen.code
    elif assignment.window is Window.CLOSED:
        refusal = DeadlinePassed.code
    elif left == 0:
        refusal = NoAttemptsLeft.code
    elif next_at is not None:
        refusal = CoolingDown.code
    return Allowance(attempts_used=len(counted), attempts_left=left, next_at=next_at, refusal=refusal)


def refuse(verdict: Allowance, now: datetime) -> None:
    """Let it pass, or say why not.

    Raises:
        LabNotOpen, DeadlinePassed, NoAttemptsLeft, CoolingDown: nothing may be handed in now.
    """
    for error in (LabNotOpen, DeadlinePassed, NoAttemptsLeft):
        if verdict.refusal == error.code:
            raise error
    if verdict.next_at is not None and verdict.refusal == CoolingDown.code:
        raise CoolingDown(retry_after=max(1, int((verdict.next_at - now).total_seconds()) + 1))
