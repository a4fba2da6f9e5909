"""Why something about a profile or a conversation is not done."""

from darsgah.errors import Conflict, TooMany


class ProfileChanged(Conflict):
    """You changed your profile elsewhere meanwhile. Nothing was saved: look at it as it is now."""

    code = "profile_changed"


class WaitForAnswer(TooMany):
    """You wrote several times without an answer: wait until they answer."""

    code = "wait_for_answer"
