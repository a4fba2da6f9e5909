"""Why something about a unit is not done."""

from darsgah.errors import Conflict, Forbidden, MalformedInput


class UnitChanged(Conflict):
    """Somebody changed this unit meanwhile. Nothing was saved: look at it as it is now, and save again.

    ``details["version"]`` is the present one, 0 where there is no such unit.
    """

    code = "unit_changed"


class UnitRetired(Conflict):
    """This unit is retired: nobody else is found competent in it."""

    code = "unit_retired"


class AssessedMeanwhile(Conflict):
    """Somebody assessed this learner meanwhile. Nothing was written: read it, and decide again."""

    code = "assessed_meanwhile"


class JudgedElsewhere(Conflict):
    """Another hub found this learner competent: only its own assessors take that back."""

    code = "judged_elsewhere"


class KeyUsed(Conflict):
    """This Idempotency-Key was sent with another assessment: take a new one."""

    code = "key_used"


class NotOneself(Forbidden):
    """Nobody assesses themselves: ask a colleague."""

    code = "not_oneself"


class ReasonMissing(MalformedInput):
    """Say why: the reason is kept, and the learner reads it."""

    code = "assessment_reason_missing"
