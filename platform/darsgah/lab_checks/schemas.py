"""What the lab_checks slice shows: to staff alone, since survivors of the mutants show a lab's solutions."""

from datetime import datetime
from enum import StrEnum

import msgspec

from darsgah.catalog.schemas import LabVersionView
from darsgah_labs.check.report import LabReport


class CheckState(StrEnum):
    """Where a lab version stands."""

    PASSED = "passed"
    FAILED = "failed"
    WAITING = "waiting"
    UNCHECKED = "unchecked"


class Override(msgspec.Struct, frozen=True):
    """Why a lab was published without a report that passes, and by whom."""

    reason: str
    by: str
    at: datetime


class CheckSummary(msgspec.Struct, frozen=True):
    """What is known of a lab version without its report.

    Attributes:
        checked_at, mutation_score: of the newest report; None without one.
    """

    state: CheckState
    checked_at: datetime | None
    mutation_score: float | None
    override: Override | None


class LabLine(msgspec.Struct, frozen=True):
    """A line of the list of labs that somebody teaches."""

    lab: LabVersionView
    check: CheckSummary


class CheckView(msgspec.Struct, frozen=True):
    """A lab version with its newest report.

    Attributes:
        under_way: a worker has been asked for another report.
    """

    lab: LabVersionView
    check: CheckSummary
    report: LabReport | None
    under_way: bool
