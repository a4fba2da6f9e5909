"""What goes wrong with causal models.

CausalError
├── FolderRefused     the folder holds no model that is run here; its message says why and what to do
├── RequestRefused    this request can never be answered: too long, or malformed
├── ModelBusy         as many wait already as may wait
├── ModelSlow         the time for the answer is over
└── ModelAway         not reachable, stopping, or lost with its GPU
"""


class CausalError(Exception):
    """The model gave no answer; the message is a sentence for the operator."""


class FolderRefused(CausalError):  # noqa: N818 - says what is wrong
    """The folder is not loaded. Nothing of it was run."""


class RequestRefused(CausalError):  # noqa: N818 - says what is wrong
    """No model of this kind answers the request, however often it is asked."""


class ModelBusy(CausalError):  # noqa: N818 - says what is wrong
    """There is no room now; another may have some."""


class ModelSlow(CausalError):  # noqa: N818 - says what is wrong
    """Time ran out before the answer was whole."""


class ModelAway(CausalError):  # noqa: N818 - says what is wrong
    """The model cannot be asked; ``lost`` where it will not come back without a new process."""

    def __init__(self, message: str, *, lost: bool = False) -> None:
        super().__init__(message)
        self.lost = lost
