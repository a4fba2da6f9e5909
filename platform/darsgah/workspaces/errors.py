"""Why a draft is not given or not saved. What was saved before stays as it is."""

from darsgah.errors import Conflict, Forbidden, MalformedInput, TooLarge


class OnlyForLearners(Forbidden):
    """Only learners of this cohort work on its labs here."""

    code = "only_for_learners"


class DraftChanged(Conflict):
    """This notebook was saved elsewhere meanwhile, and nothing was overwritten. Join the two and save again.

    ``details["version"]`` is the number of the version that is there now.
    """

    status = 412
    code = "draft_changed"

    @property
    def headers(self) -> dict[str, str]:
        """The present version as an entity tag too."""
        return {"ETag": f'"{self.details["version"]}"'}


class VersionNotNamed(MalformedInput):
    """Say which version these changes began from: send its ETag in If-Match. Nothing was saved."""

    status = 428
    code = "version_not_named"


class DraftTooLarge(TooLarge):
    """This notebook is larger than the lab takes, and the change was not saved. Clear large outputs first."""

    code = "draft_too_large"


class NotANotebook(MalformedInput):
    """This is not a Jupyter notebook of format 4, and nothing was saved."""

    code = "not_a_notebook"
