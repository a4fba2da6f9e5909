"""Why something about a credential is not done."""

from darsgah.errors import Conflict, MalformedInput, ServiceUnavailable


class KeyLocked(ServiceUnavailable):
    """The key that signs cannot be opened here: DARSGAH_CREDENTIAL_KEY is not the one it was kept under."""

    code = "key_locked"


class AlreadyRevoked(Conflict):
    """This credential is revoked already. Nothing was changed."""

    code = "already_revoked"


class RevokedBefore(Conflict):
    """This person had this credential, and it was revoked: whoever awards it again must say so."""

    code = "revoked_before"


class NotInCohort(MalformedInput):
    """This person has no place in the cohort."""

    code = "not_in_cohort"


class RuleChanged(Conflict):
    """Somebody else changed the rule meanwhile. Look at it as it is now, and save again."""

    code = "rule_changed"


class ClaimsTooMuch(MalformedInput):
    """An alignment only describes: it may not say that a body has confirmed it."""

    code = "claims_too_much"


class KeyIsGone(Conflict):
    """This key was marked before. Nothing was changed."""

    code = "key_is_gone"
