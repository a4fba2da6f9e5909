"""A grader as the operator's settings want it: the environments there are, and how long each stays warm."""

from darsgah.settings import Settings
from darsgah_grader.environments import Environments
from darsgah_grader.grading import Grader
from darsgah_grader.warm_processes import Keeping, machine_share


def environments_of(settings: Settings) -> Environments:
    """The environments that come with Darsgah and those of the operator's folder. Makes no folder."""
    home = settings.home.expanduser().absolute()
    own = settings.environments.expanduser().absolute() if settings.environments else None
    return Environments(own=own, built=home / "environments")


def grader_of(settings: Settings) -> Grader:
    """A grader for one process of the platform; whoever asks for it closes it."""
    keeping = Keeping(
        idle_seconds=settings.warm_idle,
        uses=settings.warm_uses,
        memory_bytes=settings.warm_memory or machine_share(),
        retry_seconds=settings.warm_retry,
    )
    return Grader(environments=environments_of(settings), keeping=keeping)
