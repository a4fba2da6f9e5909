"""Why something about a hackathon cannot be done. Nothing was changed."""

from darsgah.errors import Conflict, Forbidden, MalformedInput


class HackathonChanged(Conflict):
    """Somebody else changed this meanwhile. What you typed is still here: compare both, then save again."""

    code = "hackathon_changed"


class NotInThisPhase(Conflict):
    """The hackathon is not at the point where this can be done."""

    code = "not_in_this_phase"


class SignUpClosed(Conflict):
    """Teams can no longer sign up for this hackathon."""

    code = "sign_up_closed"


class DeadlinePassed(Conflict):
    """The deadline is over: it was {when} by the server's clock. What you handed in before counts."""

    code = "hackathon_deadline_passed"


class NotYetBegun(Conflict):
    """The hackathon has not begun: entries are taken from its start on."""

    code = "not_yet_begun"


class TeamTooSmall(Conflict):
    """A team has at least {least} members here."""

    code = "team_too_small"


class TeamTooLarge(Conflict):
    """A team has at most {most} members here."""

    code = "team_too_large"


class AlreadyIn(Conflict):
    """Somebody of the team takes part with another team already."""

    code = "already_in"


class JudgesHere(Conflict):
    """Somebody of the team judges this hackathon, or is asked to, and cannot take part."""

    code = "judges_here"


class RulesNotAccepted(MalformedInput):
    """Accept the rules for your team first."""

    code = "rules_not_accepted"


class EntryIncomplete(Conflict):
    """Give the entry a title and say what it is before you hand it in."""

    code = "entry_incomplete"


class ScoresMissing(Conflict):
    """{count} entries have not been judged by as many judges as the hackathon asks for."""

    code = "scores_missing"


class NothingToRank(Conflict):
    """No entry was handed in, so there are no results to publish."""

    code = "no_entries"


class NoSuchAccount(Conflict):
    """No account has this address: ask them to sign up first."""

    code = "judge_without_account"


class Competing(Conflict):
    """This person takes part, and cannot judge."""

    code = "competing"


class JudgingOver(Forbidden):
    """The results are published: scores stay as they are."""

    code = "judging_over"
