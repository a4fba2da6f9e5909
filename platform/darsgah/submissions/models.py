"""Tables of the submissions slice."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from darsgah.db.columns import Record, id_column, moment_column


class Submission(Record, table=True):
    """One attempt at an assignment.

    ``notebooks`` lists ``{"name", "sha256", "size"}`` of the bytes handed in. ``sha256`` and ``size`` are the
    receipt: of the bytes of the one notebook, or of the canonical JSON of ``notebooks`` where there are
    several. ``score`` and ``max_score`` repeat the current grading run's, for lists; ``job`` is the number of
    its grading job.
    """

    __tablename__ = "submission"
    __table_args__ = (
        sa.UniqueConstraint("assignment_id", "account_id", "attempt"),
        sa.UniqueConstraint("account_id", "idempotency_key"),
        sa.CheckConstraint(
            "state in ('received', 'queued', 'grading', 'graded', 'rejected', 'needs_review')", name="state"
        ),
        sa.Index("ix_submission_cohort_id_id", "cohort_id", "id"),
        sa.Index("ix_submission_account_id_id", "account_id", "id"),
    )

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    cohort_id: UUID = Field(foreign_key="cohort.id")
    assignment_id: UUID = Field(foreign_key="assignment.id")
    account_id: UUID = Field(foreign_key="account.id")
    attempt: int
    state: str = Field(sa_type=sa.Text)
    received_at: datetime = moment_column()
    late: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("false")})
    notebooks: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    sha256: str = Field(sa_type=sa.Text)
    size: int = Field(sa_type=sa.BigInteger)
    idempotency_key: str | None = Field(default=None, sa_type=sa.Text)
    job: int | None = Field(default=None, sa_type=sa.BigInteger)
    current_run_id: UUID | None = None
    score: float | None = Field(default=None, sa_type=sa.Double)
    max_score: float | None = Field(default=None, sa_type=sa.Double)
    flagged: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("false")})
