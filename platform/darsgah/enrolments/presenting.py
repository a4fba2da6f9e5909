"""From rows of cohorts and assignments to what is shown of them, at a moment and to somebody."""

from datetime import datetime

from darsgah.catalog.schemas import CourseVersionView, LabVersionView
from darsgah.enrolments.models import Assignment, Cohort
from darsgah.enrolments.schemas import AssignmentView, CohortView, Window
from darsgah.hubs.schemas import HubView


def window(
    now: datetime, opens_at: datetime | None, due_at: datetime | None, closes_at: datetime | None
) -> Window:
    """Where an assignment stands at a moment: work is late after ``due_at`` and refused after ``closes_at``.

    Without ``closes_at`` the due date is the end.
    """
    if opens_at is not None and now < opens_at:
        return Window.NOT_OPEN
    end = closes_at or due_at
    if end is not None and now > end:
        return Window.CLOSED
    if due_at is not None and now > due_at:
        return Window.LATE
    return Window.OPEN


def cohort_view(
    cohort: Cohort, course: CourseVersionView, hub: HubView, *, staff: bool, learner: bool
) -> CohortView:
    """A cohort as somebody sees it who staffs it, learns in it, or both."""
    return CohortView(
        id=cohort.id,
        hub_id=cohort.hub_id,
        hub_name=hub.name,
        hub_name_ur=hub.name_ur,
        timezone=hub.timezone,
        name=cohort.name,
        course=course,
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        capacity=cohort.capacity,
        enrolled=cohort.enrolled,
        staff=staff,
        learner=learner,
    )


def assignment_view(row: Assignment, lab: LabVersionView, now: datetime) -> AssignmentView:
    """An assignment as it stands at a moment."""
    return AssignmentView(
        id=row.id,
        cohort_id=row.cohort_id,
        hub_id=row.hub_id,
        module_id=row.module_id,
        position=row.position,
        lab=lab,
        opens_at=row.opens_at,
        due_at=row.due_at,
        closes_at=row.closes_at,
        attempt_limit=row.attempt_limit,
        cooldown_seconds=row.cooldown_seconds,
        window=window(now, row.opens_at, row.due_at, row.closes_at),
    )
