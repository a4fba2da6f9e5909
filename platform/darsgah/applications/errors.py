"""Why a team does not apply, and why a matching is not changed or confirmed. Nothing was changed."""

from darsgah.errors import Conflict, Forbidden


class NotTaking(Conflict):
    """This brief takes no applications now."""

    code = "not_taking"


class DeadlineOver(Conflict):
    """Applications to this brief were taken until {day}."""

    code = "deadline_over"


class TeamsAssigned(Conflict):
    """The hub assigns teams to this brief: nobody applies to it."""

    code = "teams_assigned"


class AlreadyApplied(Conflict):
    """This team has an application to this brief already: see your applications."""

    code = "already_applied"


class NotEligible(Conflict):
    """Something that the brief asks for is missing, so the application was not sent.

    ``details["fields"]`` says what, each in words.
    """

    code = "not_eligible"


class ApplicationChanged(Conflict):
    """Somebody of the team changed this application meanwhile: look at it as it is now, then decide again.

    ``details["version"]`` is the present one.
    """

    code = "application_changed"


class ApplicationOver(Conflict):
    """This application is at an end, or was sent: it cannot be changed like this any more."""

    code = "application_over"


class MentorRanks(Forbidden):
    """The mentor of the brief ranks those who apply to it."""

    code = "mentor_ranks"


class NothingToRank(Conflict):
    """This brief's applicants are not ranked, or not any more."""

    code = "nothing_to_rank"


class NoProposal(Conflict):
    """There is no proposal now: it was confirmed or discarded, or nobody has made one yet."""

    code = "no_proposal"


class MatchingChanged(Conflict):
    """Somebody changed the proposal meanwhile. Look at it as it is now and decide again: nothing was done.

    ``details["version"]`` is the present one.
    """

    code = "matching_changed"


class MatchingStale(Conflict):
    """Something stands in the way, so nothing was confirmed: see to it, or propose the rest anew.

    ``details["fields"]`` says for each team what.
    """

    code = "matching_stale"


class NobodyMatched(Conflict):
    """No team has a brief in this proposal, so there is nothing to confirm."""

    code = "nobody_matched"


class PlacesTaken(Conflict):
    """That brief has as many teams as it takes: take one out first."""

    code = "places_taken"
