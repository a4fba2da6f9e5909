"""Why a hint is not asked for. The learner's work stays as it is."""

from darsgah.errors import Conflict, Forbidden


class HintsForLearners(Forbidden):
    """Only learners of this cohort ask for hints on its labs."""

    code = "hints_for_learners"


class LevelNotYet(Conflict):
    """Hints come in order: ask for the one before this first."""

    code = "level_not_yet"


class NotAnswered(Conflict):
    """This hint is still being made."""

    code = "not_answered"


class WordsChanged(Conflict):
    """Somebody changed these words meanwhile, and nothing was overwritten. Compare them, then save again.

    ``details["version"]`` is the number of the words that are there now.
    """

    code = "words_changed"
