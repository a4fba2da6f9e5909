"""The environments that labs may ask for by name.

Read in this order: ``declaration`` (what a folder says of its environment), ``catalogue`` (all there are on
this machine), ``distributions`` (what is borrowed of the platform's own packages), ``building`` (a virtual
environment from locked requirements).
"""

from darsgah_grader.environments.catalogue import Environments, environment_named

__all__ = ["Environments", "environment_named"]
