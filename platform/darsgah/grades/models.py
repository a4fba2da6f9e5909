"""Tables of the grades slice. Runs are only ever added; the submission names the current one."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column


class GradingRun(Record, table=True):
    """One grading of one submission.

    ``flags`` lists ``{"name", "evidence"}``; ``executed`` lists ``{"name", "sha256", "size"}`` of the
    executed notebooks, hidden tests included; ``seconds`` is the whole grading, ``code_seconds`` the
    notebook's own code.
    """

    __tablename__ = "grading_run"
    __table_args__ = (sa.UniqueConstraint("submission_id", "number"),)

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    submission_id: UUID = Field(foreign_key="submission.id")
    number: int
    created_at: datetime = created_at_column()
    assurance: str = Field(sa_type=sa.Text)
    sandbox: str = Field(sa_type=sa.Text)
    engine: str = Field(sa_type=sa.Text)
    score: float | None = Field(default=None, sa_type=sa.Double)
    max_score: float = Field(sa_type=sa.Double)
    seconds: float = Field(sa_type=sa.Double)
    code_seconds: float = Field(sa_type=sa.Double)
    flags: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    executed: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    error_code: str | None = Field(default=None, sa_type=sa.Text)
    error_message: str | None = Field(default=None, sa_type=sa.Text)


class CellGradeRow(Record, table=True):
    """The grade of one graded cell in a run.

    ``score`` is null while the cell waits for a human; ``assurance`` where no test was run.
    """

    __tablename__ = "cell_grade"

    run_id: UUID = Field(foreign_key="grading_run.id", primary_key=True)
    position: int = Field(primary_key=True)
    notebook: str = Field(sa_type=sa.Text)
    grade_id: str = Field(sa_type=sa.Text)
    title: str = Field(sa_type=sa.Text)
    kind: str = Field(sa_type=sa.Text)
    score: float | None = Field(default=None, sa_type=sa.Double)
    max_score: float = Field(sa_type=sa.Double)
    verdict: str = Field(sa_type=sa.Text)
    hidden: bool = False
    message: str = Field(default="", sa_type=sa.Text)
    assurance: str | None = Field(default=None, sa_type=sa.Text)
    flags: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
