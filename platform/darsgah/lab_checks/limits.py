"""A lab's limits, as its author wrote them, for the grader."""

from dataclasses import replace

from darsgah_grader.types import Limits
from darsgah_labs.format import LabLimits


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
