"""Why something about an organisation or a mentor is not done."""

from darsgah.errors import Conflict, Forbidden, MalformedInput


class ChangedMeanwhile(Conflict):
    """Somebody else changed this meanwhile. Nothing was saved: look at it as it is now, and decide again."""

    code = "changed_meanwhile"


class MentorAlready(Conflict):
    """This account is a mentor's already: what it says of you can be changed on its page."""

    code = "mentor_already"


class ActsElsewhere(Conflict):
    """This person acts for another organisation, or has asked to: they leave it first."""

    code = "acts_elsewhere"


class InvitationOver(Conflict):
    """This invitation was used, withdrawn, or is too old: ask the organisation for another."""

    code = "invitation_over"


class InvitationForAnother(Forbidden):
    """This invitation is for another address than your account's: sign in with the account that has it."""

    code = "invitation_for_another"


class LastOwner(Conflict):
    """An organisation needs an owner: make somebody else one first."""

    code = "last_owner"


class NameTaken(Conflict):
    """There is an organisation with this name already."""

    code = "name_taken"


class NotNow(Conflict):
    """That does not fit with how things stand now: look at the page again."""

    code = "not_now"


class NoReason(MalformedInput):
    """Say why: it is told to the people concerned."""

    code = "no_reason"


class NothingLookedAt(MalformedInput):
    """Say what was looked at: a verification without it is worth nothing."""

    code = "nothing_looked_at"
