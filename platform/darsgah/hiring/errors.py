"""Why something about a profile or a conversation is not done."""

from darsgah.errors import Conflict, MalformedInput, TooMany


class ProfileChanged(Conflict):
    """You changed your profile elsewhere meanwhile. Nothing was saved: look at it as it is now."""

    code = "profile_changed"


class NoSuchOrganisation(MalformedInput):
    """No organisation here has this name: one that is not here sees nothing either."""

    code = "no_such_organisation"


class OrganisationBarred(Conflict):
    """You hide from this organisation, so it would not read you. Let it see your profile again first."""

    code = "organisation_barred"


class WaitForAnswer(TooMany):
    """You wrote several times without an answer: wait until they answer."""

    code = "wait_for_answer"
