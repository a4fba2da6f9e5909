"""Why something in a project's room is not done. Nothing was changed."""

from darsgah.errors import Conflict, Forbidden, MalformedInput, NotFound, TooLarge


class RoomLocked(Conflict):
    """This project opens when everybody has accepted the agreement: the team, the mentor and the hub."""

    code = "agreement_missing"


class NotAcceptedByYou(Conflict):
    """Read and accept the agreement of this project first; then this is open to you."""

    code = "agreement_not_accepted"


class AgreementChanged(Conflict):
    """The agreement has changed since you opened it. Read it as it is now, then accept it."""

    code = "agreement_changed"


class AgreementSigned(Conflict):
    """Everybody has accepted this agreement: it stays as it is."""

    code = "agreement_signed"


class RoomAtRest(Conflict):
    """This project rests or has ended: what is here is kept and can be read, and nothing is added."""

    code = "project_at_rest"


class NotYourPart(Forbidden):
    """In this project, that is somebody else's to do."""

    code = "not_your_part"


class LastOfTeam(Conflict):
    """Nobody else is in this team. Cancel the project instead."""

    code = "last_of_team"


class MilestonesOpen(Conflict):
    """Before the final submission, something is handed in for every milestone. Still open: {milestones}."""

    code = "milestones_open"


class SubmittedTooOften(Conflict):
    """Something was handed in {most} times for this milestone. Write to your mentor before more is taken."""

    code = "submitted_too_often"


class NothingToDecide(Conflict):
    """There is nothing handed in that waits for a decision here."""

    code = "nothing_to_decide"


class ChangedInBetween(Conflict):
    """Somebody changed this meanwhile. Look at it as it is now, then decide again."""

    code = "project_changed"


class TimeNotProposed(MalformedInput):
    """That time is not proposed for this meeting. Nothing was saved: choose among its own times."""

    code = "time_not_proposed"


class FileRefused(MalformedInput):
    """This file cannot be taken. Nothing was handed in."""

    code = "file_refused"


class FilesTooLarge(TooLarge):
    """{name} is larger than one file may be. Hand in a link to it or a smaller file; nothing is kept."""

    code = "file_too_large"


class DayOutside(MalformedInput):
    """A milestone is due between the project's first day and its last."""

    code = "day_outside"


class GpuTokenUnknown(NotFound):
    """No project has this token for GPU work, or it was withdrawn. Make one on the project's page."""

    code = "gpu_token_unknown"


class GpuQuotaUsed(Conflict):
    """This project's GPU hours are used up. Its coordinator or mentor can say how to go on without."""

    code = "gpu_quota_used"


class GpuNotNow(Conflict):
    """GPU work runs while the project does: from the signed agreement to the final submission."""

    code = "gpu_not_now"


class GpuLeaseOver(Conflict):
    """This lease has ended ({ending}). End the work that it was for."""

    code = "gpu_lease_over"
