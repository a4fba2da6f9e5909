"""Why somebody is not in a team. Nothing was changed."""

from darsgah.errors import Conflict, Forbidden, NotFound


class TeamFull(Conflict):
    """This team has {most} members, and a team has no more."""

    code = "team_full"


class TeamClosed(Conflict):
    """This team has begun its work and takes nobody in any more."""

    code = "team_closed"


class TooManyTeams(Conflict):
    """You are in {most} teams already: leave one that you need no more, then try again."""

    code = "too_many_teams"


class TooManyInvitations(Conflict):
    """{most} invitations of this team wait for an answer: withdraw one first, or send the team's link."""

    code = "too_many_invitations"


class LinkOver(NotFound):
    """This link is not good any more: ask somebody of the team for a new one."""

    code = "link_over"


class TeamAtWork(Conflict):
    """This team has begun its work: who leaves it leaves by themselves, or your hub takes them out."""

    code = "team_at_work"


class NotYoursToTakeOut(Forbidden):
    """Only who has been in the team longest takes somebody out of it."""

    code = "not_yours_to_take_out"
