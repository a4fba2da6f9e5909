"""Joins the lab format with the grader: what `darsgah_labs` reads becomes what `darsgah_grader` grades."""

from dataclasses import replace

from darsgah_grader.environments import environment_named
from darsgah_grader.types import Assignment, Limits, Master
from darsgah_labs.format import Lab


def assignment_of(lab: Lab) -> Assignment:
    """The lab as the grader wants it; limits that a lab cannot set keep the grader's defaults.

    Raises:
        AssignmentInvalid: the lab asks for an environment that there is not.
    """
    asked = lab.limits
    return Assignment(
        masters=tuple(Master(name, content) for name, content in lab.notebooks.items()),
        environment=environment_named(lab.environment),
        limits=replace(
            Limits(),
            cell_seconds=asked.cell_seconds,
            total_seconds=asked.total_seconds,
            memory_bytes=asked.memory_bytes,
            work_bytes=asked.work_bytes,
            file_bytes=asked.work_bytes,
            output_bytes=asked.output_bytes,
            submission_bytes=asked.submission_bytes,
            cells=asked.cells,
        ),
        files=lab.files,
    )
