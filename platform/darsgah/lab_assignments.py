"""Joins the lab format with the grader: what `darsgah_labs` reads becomes what `darsgah_grader` grades."""

from dataclasses import replace

from darsgah_grader.environments import Environments
from darsgah_grader.types import Assignment, Limits, Master
from darsgah_labs.format import Lab, LabLimits


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


def limits_of(asked: LabLimits) -> Limits:
    """A lab's limits as the grader wants them; those that a lab cannot set keep the grader's defaults."""
    return replace(
        Limits(),
        cell_seconds=asked.cell_seconds,
        total_seconds=asked.total_seconds,
        memory_bytes=asked.memory_bytes,
        work_bytes=asked.work_bytes,
        file_bytes=asked.work_bytes,
        output_bytes=asked.output_bytes,
        submission_bytes=asked.submission_bytes,
        cells=asked.cells,
    )
