"""Tables of the evaluations slice."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column, moment_column


class EvaluationRubric(Record, table=True):
    """A version of what a hub has one side mark; a hub without one uses what comes with Darsgah.

    ``criteria`` are the struct ``Criterion`` of ``darsgah.evaluations.schemas``.
    """

    __tablename__ = "evaluation_rubric"
    __table_args__ = (
        sa.UniqueConstraint("hub_id", "side", "number"),
        sa.CheckConstraint("side in ('mentor', 'team')", name="side"),
    )

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    side: str = Field(sa_type=sa.Text)
    number: int
    criteria: list[dict[str, Any]] = Field(sa_type=JSONB)
    made_by: UUID = Field(foreign_key="account.id")
    made_at: datetime = created_at_column()


class EvaluationRound(Record, table=True):
    """The evaluation of one final submission; a new one begins when the final work was sent again.

    The criteria are as they were when it began. ``revealed_at`` is set once both sides are in; after
    ``due_at`` what is in is open as well. ``trl`` is the highest level confirmed when the round was.
    """

    __tablename__ = "evaluation_round"
    __table_args__ = (sa.UniqueConstraint("project_id", "opened_at"),)

    id: UUID = id_column()
    project_id: UUID = Field(foreign_key="project.id")
    hub_id: UUID = Field(foreign_key="hub.id")
    opened_at: datetime = moment_column()
    due_at: datetime = moment_column()
    mentor_criteria: list[dict[str, Any]] = Field(sa_type=JSONB)
    team_criteria: list[dict[str, Any]] = Field(sa_type=JSONB)
    revealed_at: datetime | None = moment_column(nullable=True)
    confirmed_by: UUID | None = Field(default=None, foreign_key="account.id")
    confirmed_at: datetime | None = moment_column(nullable=True)
    note: str = Field(default="", sa_type=sa.Text)
    trl: int | None = None


class Evaluation(Record, table=True):
    """What one person gave in a round: marks from 1 to 5 in the order of their side's criteria.

    Of a work's evaluations the one that ``counts`` is marked when that is settled: of the mentor who stands
    then, else of the hub in their place.
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "account_id"),
        sa.CheckConstraint("side in ('mentor', 'team')", name="side"),
    )

    id: UUID = id_column()
    round_id: UUID = Field(foreign_key="evaluation_round.id")
    account_id: UUID = Field(foreign_key="account.id")
    side: str = Field(sa_type=sa.Text)
    marks: list[int] = Field(sa_type=JSONB)
    comment: str = Field(default="", sa_type=sa.Text)
    submitted_at: datetime = moment_column()
    counts: bool = False


class TrlClaim(Record, table=True):
    """A technology readiness level that a team says it has reached, what shows it, what was decided."""

    __tablename__ = "trl_claim"
    __table_args__ = (
        sa.CheckConstraint("level between 1 and 9", name="level"),
        sa.CheckConstraint("(decided_at is null) = (confirmed is null)", name="decided"),
        sa.Index("ix_trl_claim_project_id_id", "project_id", "id"),
    )

    id: UUID = id_column()
    project_id: UUID = Field(foreign_key="project.id")
    level: int
    statement: str = Field(sa_type=sa.Text)
    links: list[str] = Field(sa_type=JSONB)
    by_id: UUID = Field(foreign_key="account.id")
    at: datetime = moment_column()
    confirmed: bool | None = None
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = moment_column(nullable=True)
    note: str = Field(default="", sa_type=sa.Text)
