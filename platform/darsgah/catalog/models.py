"""Tables of the catalog slice.

A course or a lab belongs to one hub, or to the whole network when its hub is null. Versions are numbered from
1; a trigger refuses every change to a published version of either.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column, moment_column


class Course(Record, table=True):
    """What is taught, over all its versions."""

    __tablename__ = "course"
    __table_args__ = (sa.UniqueConstraint("hub_id", "slug", postgresql_nulls_not_distinct=True),)

    id: UUID = id_column()
    hub_id: UUID | None = Field(default=None, foreign_key="hub.id")
    slug: str = Field(sa_type=sa.Text)
    created_at: datetime = created_at_column()


class CourseVersion(Record, table=True):
    """A course as it was at one time; cohorts run a version, not a course."""

    __tablename__ = "course_version"
    __table_args__ = (sa.UniqueConstraint("course_id", "number"),)

    id: UUID = id_column()
    course_id: UUID = Field(foreign_key="course.id")
    number: int
    title: str = Field(sa_type=sa.Text)
    title_ur: str = Field(default="", sa_type=sa.Text)
    summary: str = Field(default="", sa_type=sa.Text)
    summary_ur: str = Field(default="", sa_type=sa.Text)
    created_at: datetime = created_at_column()
    published_at: datetime | None = moment_column(nullable=True)


class Module(Record, table=True):
    """A part of a course version, in order."""

    __tablename__ = "module"
    __table_args__ = (sa.UniqueConstraint("course_version_id", "position"),)

    id: UUID = id_column()
    course_version_id: UUID = Field(foreign_key="course_version.id")
    position: int
    title: str = Field(sa_type=sa.Text)
    title_ur: str = Field(default="", sa_type=sa.Text)


class Lab(Record, table=True):
    """A lab over all its versions; ``units`` are the codes of qualification units that its newest names."""

    __tablename__ = "lab"
    __table_args__ = (sa.UniqueConstraint("hub_id", "slug", postgresql_nulls_not_distinct=True),)

    id: UUID = id_column()
    hub_id: UUID | None = Field(default=None, foreign_key="hub.id")
    slug: str = Field(sa_type=sa.Text)
    units: list[str] = Field(default_factory=list, sa_type=JSONB, sa_column_kwargs={"server_default": "[]"})
    created_at: datetime = created_at_column()


class LabVersion(Record, table=True):
    """A lab as it was at one time: what it is made of, by content, and what grading it may use.

    ``sources``, ``releases``, ``files`` and ``authored`` are lists of ``{"name", "sha256", "size"}``;
    ``limits`` holds the grader's limits by name, in seconds and bytes.
    """

    __tablename__ = "lab_version"
    __table_args__ = (sa.UniqueConstraint("lab_id", "number"),)

    id: UUID = id_column()
    lab_id: UUID = Field(foreign_key="lab.id")
    number: int
    digest: str = Field(sa_type=sa.Text)
    title: str = Field(sa_type=sa.Text)
    title_ur: str = Field(default="", sa_type=sa.Text)
    summary: str = Field(default="", sa_type=sa.Text)
    summary_ur: str = Field(default="", sa_type=sa.Text)
    level: str = Field(default="", sa_type=sa.Text)
    minutes: int | None = Field(default=None)
    runtime: str = Field(sa_type=sa.Text)
    environment: str = Field(sa_type=sa.Text)
    points: float = Field(sa_type=sa.Double)
    skills: list[str] = Field(default_factory=list, sa_type=JSONB)
    limits: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    sources: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    releases: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    files: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    authored: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=JSONB, sa_column_kwargs={"server_default": "[]"}
    )
    created_at: datetime = created_at_column()
    published_at: datetime | None = moment_column(nullable=True)


class ModuleLab(Record, table=True):
    """A lab's place in a module."""

    __tablename__ = "module_lab"
    __table_args__ = (sa.UniqueConstraint("module_id", "position"),)

    id: UUID = id_column()
    module_id: UUID = Field(foreign_key="module.id")
    lab_version_id: UUID = Field(foreign_key="lab_version.id", index=True)
    position: int


class Page(Record, table=True):
    """Something to read in a module; its place is counted together with the places of the module's labs.

    ``body`` is Markdown without the title; ``minutes`` is how long it takes to read.
    """

    __tablename__ = "page"
    __table_args__ = (sa.UniqueConstraint("module_id", "position"),)

    id: UUID = id_column()
    module_id: UUID = Field(foreign_key="module.id")
    position: int
    title: str = Field(sa_type=sa.Text)
    title_ur: str = Field(default="", sa_type=sa.Text)
    body: str = Field(sa_type=sa.Text)
    body_ur: str = Field(default="", sa_type=sa.Text)
    minutes: int
