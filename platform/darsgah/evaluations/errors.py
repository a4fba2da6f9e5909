"""Why something about an evaluation is not done. Nothing was changed."""

from darsgah.errors import Conflict


class NotBeingEvaluated(Conflict):
    """This project is not being evaluated: that begins when the final result is submitted."""

    code = "not_being_evaluated"


class AlreadyOpen(Conflict):
    """Both sides can see the evaluations now, so they stay as they are."""

    code = "evaluations_open"


class StillHidden(Conflict):
    """Not both sides have evaluated, and the time is not up."""

    code = "evaluations_hidden"


class NothingEvaluated(Conflict):
    """Neither the mentor nor the hub in their place has evaluated the work."""

    code = "nothing_evaluated"


class ClaimDecided(Conflict):
    """This claim was decided. A team that has more to show makes another one."""

    code = "claim_decided"


class ClaimWaiting(Conflict):
    """A claim of this level waits for a decision, or was confirmed."""

    code = "claim_waiting"


class ClaimsWaiting(Conflict):
    """{count} claims of readiness wait for a decision: decide them first."""

    code = "claims_waiting"


class RubricChanged(Conflict):
    """Somebody else changed this rubric meanwhile. What you typed is still here."""

    code = "rubric_changed"
