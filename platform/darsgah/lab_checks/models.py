"""The table of the lab_checks slice."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column


class LabCheck(Record, table=True):
    """A report on a lab version, or somebody's decision to publish it without one that passes.

    Rows are only ever added. ``report`` is null where nothing was checked before the decision was made,
    ``override_reason`` is empty where no decision was needed, ``checker`` is the version of the checks.
    """

    __tablename__ = "lab_check"
    __table_args__ = (
        sa.Index("ix_lab_check_lab_version_id_made_at", "lab_version_id", "made_at"),
        sa.CheckConstraint("report is not null or override_reason <> ''", name="says_something"),
    )

    id: UUID = id_column()
    lab_version_id: UUID = Field(foreign_key="lab_version.id")
    made_at: datetime = created_at_column()
    checker: int | None = None
    ok: bool | None = None
    mutation_score: float | None = Field(default=None, sa_type=sa.Double)
    report: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    override_reason: str = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": ""})
    override_by: str = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": ""})
