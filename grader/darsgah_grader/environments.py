"""The environments labs may ask for by name; each is served by one warm process."""

from collections.abc import Mapping

from darsgah_grader.types import AssignmentInvalid, Environment

ENVIRONMENTS: Mapping[str, Environment] = {
    environment.name: environment
    for environment in (
        Environment("python"),
        Environment("data", preload=("numpy", "pandas")),
    )
}


def environment_named(name: str) -> Environment:
    """The environment of that name.

    Raises:
        AssignmentInvalid: there is none; the message lists those there are.
    """
    try:
        return ENVIRONMENTS[name]
    except KeyError:
        known = ", ".join(sorted(ENVIRONMENTS))
        raise AssignmentInvalid(f"There is no environment {name!r}; a lab may ask for {known}.") from None
