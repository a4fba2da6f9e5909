"""What surrounds an answer that is tried: cells, tests, files and limits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from darsgah_grader.sandbox.types import CellSource, Part
from darsgah_grader.trial_plan import TestCode
from darsgah_grader.types import Limits

SLOWER = 20
"""How many times as long as the reference an answer may take where that takes long itself."""
_SETUP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Setting:
    """What an answer to a question is tried in.

    Attributes:
        before: sources of the cells that run before the answer.
        after: of those that run between the answer and its tests.
        tests: in order; a hidden one may use what the visible ones before it have bound.
        reference: a correct answer, for the names that answers bind and the time that checks need.
    """

    before: tuple[str, ...]
    tests: tuple[TestCode, ...]
    reference: str
    after: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)

    def cells(self, sources: Sequence[str]) -> Iterator[CellSource]:
        """Cells around the answer, with the time that a tutor waits for one."""
        seconds = min(self.limits.cell_seconds, _SETUP_SECONDS)
        return (CellSource(source, seconds=seconds) for source in sources)

    def limits_for(self, seconds: float) -> Limits:
        """The lab's limits for a run of so many seconds, of which nothing that is printed is kept."""
        total = min(self.limits.total_seconds, seconds)
        return replace(self.limits, total_seconds=total, output_bytes=1, output_count=1)


def trial_cell(trial: Mapping[str, Any], seconds: float) -> CellSource:
    """A cell that tries something, ended after so many seconds on the wall."""
    return CellSource("", seconds=seconds, part=Part.TRIAL, trial=trial)
