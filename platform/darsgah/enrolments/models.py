"""Tables of the enrolments slice."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column, moment_column


class Cohort(Record, table=True):
    """A group that takes one course version in one hub. ``enrolled`` is kept by the service that enrols."""

    __tablename__ = "cohort"
    __table_args__ = (
        sa.CheckConstraint("capacity is null or enrolled <= capacity", name="capacity"),
        sa.Index("ix_cohort_hub_id_id", "hub_id", "id"),
    )

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    course_version_id: UUID = Field(foreign_key="course_version.id", index=True)
    name: str = Field(sa_type=sa.Text)
    starts_on: date | None = None
    ends_on: date | None = None
    capacity: int | None = None
    enrolled: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = created_at_column()


class Enrolment(Record, table=True):
    """Somebody's place in a cohort."""

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.UniqueConstraint("cohort_id", "account_id"),
        sa.CheckConstraint("state in ('active', 'left')", name="state"),
    )

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    cohort_id: UUID = Field(foreign_key="cohort.id")
    account_id: UUID = Field(foreign_key="account.id", index=True)
    state: str = Field(default="active", sa_type=sa.Text)
    created_at: datetime = created_at_column()


class Assignment(Record, table=True):
    """A lab given to a cohort.

    Work handed in after ``due_at`` is late, after ``closes_at`` (or ``due_at``, where that is null) it is
    refused. ``attempt_limit`` null means any number; ``cooldown_seconds`` lie between two attempts.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        sa.UniqueConstraint("cohort_id", "position"),
        sa.CheckConstraint(
            "closes_at is null or due_at is null or closes_at >= due_at", name="closes_after_due"
        ),
    )

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    cohort_id: UUID = Field(foreign_key="cohort.id")
    lab_version_id: UUID = Field(foreign_key="lab_version.id", index=True)
    module_id: UUID = Field(foreign_key="module.id")
    position: int
    opens_at: datetime | None = moment_column(nullable=True)
    due_at: datetime | None = moment_column(nullable=True)
    closes_at: datetime | None = moment_column(nullable=True)
    attempt_limit: int | None = None
    cooldown_seconds: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
