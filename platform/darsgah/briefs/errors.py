"""Why something about a brief or a project is not done."""

from darsgah.errors import Conflict, MalformedInput, NotFound


class NotYours(NotFound):
    """There is no such brief, or it is none of yours."""

    code = "no_such_brief"


class MoveNotAllowed(Conflict):
    """This step is not open now, or it is somebody else's to make. Nothing was changed."""

    code = "move_not_allowed"


class ReasonMissing(MalformedInput):
    """Say why: the reason is kept in the history, and the others read it."""

    code = "reason_missing"


class BriefChanged(Conflict):
    """Somebody changed this meanwhile. Look at it as it is now and decide again; nothing of it was changed.

    ``details["version"]`` is the present one.
    """

    code = "brief_changed"


class NotWritable(Conflict):
    """The text is fixed now: a brief is changed while it is a draft, or when changes are asked for."""

    code = "not_writable"


class ThresholdNotMet(Conflict):
    """The review's scores are below what the hub asks for: ask for changes, or have it reviewed again."""

    code = "threshold_not_met"


class NotReviewed(Conflict):
    """Nobody has reviewed this round yet: score it on relevance, clarity and mentorship first."""

    code = "not_reviewed"


class ApprovalsMissing(Conflict):
    """A brief is published when organisation, mentor, brief and hub are all approved: one is still missing.

    ``details["missing"]`` names those that are.
    """

    code = "approvals_missing"


class OrganisationNotVerified(Conflict):
    """The organisation or the mentor is not verified at present: their hub decides about that first."""

    code = "not_verified"


class ProjectsRunning(Conflict):
    """Projects of this brief are still running: it closes by itself when all are at an end."""

    code = "projects_running"


class NoTeams(Conflict):
    """No team was matched with this brief: a match needs one at least."""

    code = "no_teams"


class InvitationUsed(Conflict):
    """This brief has a mentor already: whoever accepts first has it."""

    code = "invitation_used"


class NoMentor(Conflict):
    """Only a mentor who acts for an organisation accepts a brief: sign up as one, and open the link again."""

    code = "no_mentor"


class BriefFull(Conflict):
    """This brief has as many teams as it takes."""

    code = "brief_full"
