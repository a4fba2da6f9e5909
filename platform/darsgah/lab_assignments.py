"""Joins the lab format with the grader: what `darsgah_labs` reads becomes what `darsgah_grader` grades."""

from darsgah.lab_checks.limits import limits_of
from darsgah_grader.environments import Environments
from darsgah_grader.types import Assignment, Master
from darsgah_labs.format import Lab


def assignment_of(lab: Lab, environments: Environments) -> Assignment:
    """The lab as the grader wants it.

    Raises:
        AssignmentInvalid: it asks for an environment that there is not; the message lists those there are.
        EnvironmentBroken: that environment is not declared right.
    """
    return Assignment(
        masters=tuple(Master(name, content) for name, content in lab.notebooks.items()),
        environment=environments.named(lab.environment),
        limits=limits_of(lab.limits),
        files=lab.files,
    )
