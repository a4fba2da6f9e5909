"""Tables of the units slice. Texts of units and assessments are only ever added: a trigger refuses more."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column, moment_column


class Unit(Record, table=True):
    """Something that people can be found competent in; ``version`` is the number of its text of now.

    Who holds a retired one goes on holding it; nobody else is found competent in it.
    """

    __tablename__ = "unit"

    id: UUID = id_column()
    code: str = Field(sa_type=sa.Text, unique=True)
    version: int = 1
    created_at: datetime = created_at_column()
    retired_at: datetime | None = moment_column(nullable=True)


class UnitVersion(Record, table=True):
    """A unit as it was described at one time: the fields of ``darsgah.units.schemas.UnitContent``.

    ``criteria`` lists ``{"text", "text_ur"}``. ``share`` is what is asked of labs that name the unit
    themselves.
    """

    __tablename__ = "unit_version"
    __table_args__ = (sa.CheckConstraint("share > 0 and share <= 1", name="share"),)

    unit_id: UUID = Field(foreign_key="unit.id", primary_key=True)
    number: int = Field(primary_key=True)
    title: str = Field(sa_type=sa.Text)
    title_ur: str = Field(default="", sa_type=sa.Text)
    criteria: list[dict[str, Any]] = Field(sa_type=JSONB)
    knowledge: str = Field(default="", sa_type=sa.Text)
    tools: str = Field(default="", sa_type=sa.Text)
    credits: float | None = Field(default=None, sa_type=sa.Double)
    level: str = Field(default="", sa_type=sa.Text)
    framework: str = Field(default="", sa_type=sa.Text)
    framework_version: str = Field(default="", sa_type=sa.Text)
    framework_url: str = Field(default="", sa_type=sa.Text)
    share: float = Field(sa_type=sa.Double)
    changed_by: UUID = Field(foreign_key="account.id")
    changed_at: datetime = moment_column()


class UnitLab(Record, table=True):
    """A lab that was chosen as evidence in one version of a unit; ``share`` is of its points."""

    __tablename__ = "unit_lab"
    __table_args__ = (
        sa.ForeignKeyConstraint(["unit_id", "number"], ["unit_version.unit_id", "unit_version.number"]),
        sa.CheckConstraint("share > 0 and share <= 1", name="share"),
    )

    unit_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    lab_id: UUID = Field(foreign_key="lab.id", primary_key=True)
    share: float = Field(sa_type=sa.Double)


class UnitAssessment(Record, table=True):
    """How somebody was judged, by the version ``number`` of a unit; the newest of an account counts.

    ``met`` has a yes or no for each criterion of that version, in its order. ``labs`` are the labs as they
    stood, ``{"lab_id", "title", "share", "reached"}``. ``reason`` says why a competence is taken back, or why
    somebody was judged whose labs were not all passed (``prior_learning``).
    """

    __tablename__ = "unit_assessment"
    __table_args__ = (
        sa.ForeignKeyConstraint(["unit_id", "number"], ["unit_version.unit_id", "unit_version.number"]),
        sa.CheckConstraint("outcome in ('competent', 'not_yet')", name="outcome"),
        sa.UniqueConstraint("assessor_id", "idempotency_key"),
        sa.Index("ix_unit_assessment_account_id_unit_id_id", "account_id", "unit_id", "id"),
        sa.Index("ix_unit_assessment_unit_id_hub_id_id", "unit_id", "hub_id", "id"),
    )

    id: UUID = id_column()
    unit_id: UUID
    number: int
    account_id: UUID = Field(foreign_key="account.id")
    hub_id: UUID = Field(foreign_key="hub.id")
    assessor_id: UUID = Field(foreign_key="account.id")
    outcome: str = Field(sa_type=sa.Text)
    met: list[bool] = Field(sa_type=JSONB)
    note: str = Field(sa_type=sa.Text)
    reason: str = Field(default="", sa_type=sa.Text)
    prior_learning: bool = False
    labs: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    credential_id: UUID | None = Field(default=None, foreign_key="credential.id")
    idempotency_key: str | None = Field(default=None, sa_type=sa.Text)
    at: datetime = moment_column()
