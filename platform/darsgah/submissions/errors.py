"""Why a submission is not taken. Nothing is recorded, and the learner's file stays where it is."""

from darsgah.errors import Conflict, Forbidden, MalformedInput, TooMany


class NotEnrolled(Forbidden):
    """Only learners of this cohort can hand in work for it."""

    code = "not_enrolled"


class DeadlinePassed(Conflict):
    """The deadline of this lab has passed, so nothing was recorded. Your instructor can give an extension."""

    code = "deadline_passed"


class NoAttemptsLeft(Conflict):
    """You have used every attempt at this lab. Your earlier results are kept."""

    code = "no_attempts_left"


class CoolingDown(TooMany):
    """There is a pause between two attempts at this lab: try again when it is over."""

    code = "cooling_down"


class NotebookRefused(MalformedInput):
    """This file cannot be graded; nothing was recorded."""

    code = "notebook_refused"


class KeyReused(Conflict):
    """This idempotency key was used for another submission: send a new key with new work."""

    code = "idempotency_key_reused"
