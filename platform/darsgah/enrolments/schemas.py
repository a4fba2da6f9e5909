"""What the enrolments slice takes and shows."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from darsgah.catalog.schemas import CourseVersionView, LabVersionView, ModuleView, PageHeading, PageView


class Window(StrEnum):
    """Where an assignment stands in time."""

    NOT_OPEN = "not_open"
    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Terms:
    """Dates and limits under which a cohort does its labs; seconds, and moments with a zone."""

    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    attempt_limit: int | None = None
    cooldown_seconds: int = 0


@dataclass(frozen=True, slots=True)
class CohortPlan:
    """A cohort to open: one course version in one hub."""

    hub_id: UUID
    course_version_id: UUID
    name: str
    starts_on: date | None = None
    ends_on: date | None = None
    capacity: int | None = None


class CohortView(msgspec.Struct, frozen=True):
    """A cohort as somebody who belongs to it sees it; ``staff`` is true for those who teach or run it."""

    id: UUID
    hub_id: UUID
    hub_name: str
    hub_name_ur: str
    timezone: str
    name: str
    course: CourseVersionView
    starts_on: date | None
    ends_on: date | None
    capacity: int | None
    enrolled: int
    staff: bool
    learner: bool


class TaughtCohorts(msgspec.Struct, frozen=True):
    """Cohorts that somebody teaches or runs, newest first; ``next_after`` goes on, or is None at the end."""

    cohorts: tuple[CohortView, ...]
    next_after: UUID | None


class AssignmentView(msgspec.Struct, frozen=True):
    """A lab as it is given to a cohort."""

    id: UUID
    cohort_id: UUID
    hub_id: UUID
    module_id: UUID
    position: int
    lab: LabVersionView
    opens_at: datetime | None
    due_at: datetime | None
    closes_at: datetime | None
    attempt_limit: int | None
    cooldown_seconds: int
    window: Window


class CohortPage(msgspec.Struct, frozen=True):
    """A cohort with its modules and assignments, in order."""

    cohort: CohortView
    modules: tuple[ModuleView, ...]
    assignments: tuple[AssignmentView, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do in a course: a page to read, or a lab as it is given to the cohort."""

    page: PageHeading | None = None
    assignment: AssignmentView | None = None

    @property
    def id(self) -> UUID | None:
        """The page's or the assignment's."""
        found = self.page or self.assignment
        return found.id if found else None


@dataclass(frozen=True, slots=True)
class ModuleSteps:
    """A module's steps in order; without a module they are labs that the course version has no more."""

    module: ModuleView | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class CoursePage:
    """A page of a cohort's course, with the steps before and after it."""

    cohort: CohortView
    module: ModuleView
    page: PageView
    before: Step | None
    after: Step | None
