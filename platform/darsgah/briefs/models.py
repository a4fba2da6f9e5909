"""Tables of the briefs slice. Histories, reviews, approvals and rounds are only ever added."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlmodel import Field

from darsgah.briefs.lifecycle import ENDED, FIRST, OPEN, Lane, Stage
from darsgah.db.columns import Record, created_at_column, id_column, moment_column

_STAGES = ", ".join(f"'{stage}'" for stage in Stage)
_OPEN = ", ".join(f"'{stage}'" for stage in Stage if stage in OPEN)
_ENDED = ", ".join(f"'{stage}'" for stage in Stage if stage in ENDED)
SEARCHED = "brief_words(title, title_ur, skills, problem, deliverables)"
"""What is found by words: the migration that made the function says how, Urdu included."""


class Brief(Record, table=True):
    """A piece of work that a mentor's organisation offers to teams.

    What the mentor writes is ``darsgah.briefs.schemas.BriefContent``, whose fields are columns here under the
    same names; any may be missing until the brief is checked. ``resume_stage`` is where a pause leads back
    to. ``round`` counts how often it was submitted. ``mentor_id`` is null while a coordinator's brief waits
    for somebody to accept it; ``invitation`` is the SHA-256 of the token in the link that asks them.
    """

    __tablename__ = "brief"
    __table_args__ = (
        sa.CheckConstraint(f"stage in ({_STAGES})", name="stage"),
        sa.CheckConstraint(f"resume_stage in ({_STAGES})", name="resume_stage"),
        sa.Index("ix_brief_hub_id_id", "hub_id", "id"),
        sa.Index("ix_brief_mentor_id_id", "mentor_id", "id"),
        sa.Index("ix_brief_hub_id_stage_id", "hub_id", "stage", "id"),
        sa.Index("ix_brief_stage_id", "stage", "id"),
        sa.Index("ix_brief_open", "published_at", "id", postgresql_where=sa.text(f"stage in ({_OPEN})")),
        sa.Index("ix_brief_search", "search", postgresql_using="gin"),
    )

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    mentor_id: UUID | None = Field(default=None, foreign_key="account.id")
    created_by: UUID = Field(foreign_key="account.id")
    invitation: bytes | None = Field(default=None, sa_type=sa.LargeBinary, unique=True)
    created_at: datetime = created_at_column()
    changed_at: datetime = created_at_column()
    stage: str = Field(default=FIRST[Lane.BRIEF].value, sa_type=sa.Text)
    resume_stage: str | None = Field(default=None, sa_type=sa.Text)
    version: int = 1
    round: int = 0
    published_at: datetime | None = moment_column(nullable=True)

    title: str = Field(default="", sa_type=sa.Text)
    title_ur: str = Field(default="", sa_type=sa.Text)
    problem: str = Field(default="", sa_type=sa.Text)
    deliverables: str = Field(default="", sa_type=sa.Text)
    skills: list[str] = Field(default_factory=list, sa_type=JSONB)
    data_kind: str = Field(default="", sa_type=sa.Text)
    data: str = Field(default="", sa_type=sa.Text)
    data_licence: str = Field(default="", sa_type=sa.Text)
    hours_total: int | None = None
    hours_week: int | None = None
    milestones: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    team_least: int | None = None
    team_most: int | None = None
    capacity: int | None = None
    mode: str = Field(default="", sa_type=sa.Text)
    gate_rule: str = Field(default="all", sa_type=sa.Text)
    place: str = Field(default="", sa_type=sa.Text)
    apply_until: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    mentor_hours_week: int | None = None
    availability: str = Field(default="", sa_type=sa.Text)
    ip_choice: str = Field(default="", sa_type=sa.Text)
    ai_policy: str = Field(default="", sa_type=sa.Text)
    ai_policy_note: str = Field(default="", sa_type=sa.Text)
    gpu_hours: int | None = None
    gpu_need: str = Field(default="", sa_type=sa.Text)
    trl_in: int | None = None
    trl_target: int | None = None
    search: Any = Field(
        default=None, sa_column=sa.Column(TSVECTOR, sa.Computed(SEARCHED, persisted=True), nullable=True)
    )


class BriefGate(Record, table=True):
    """A lab that who applies must have passed with ``share`` of its points, or a unit that they must hold."""

    __tablename__ = "brief_gate"
    __table_args__ = (
        sa.UniqueConstraint("brief_id", "lab_id"),
        sa.UniqueConstraint("brief_id", "unit_id"),
        sa.CheckConstraint("share > 0 and share <= 1", name="share"),
        sa.CheckConstraint("(lab_id is null) <> (unit_id is null)", name="subject"),
    )

    id: UUID = id_column()
    brief_id: UUID = Field(foreign_key="brief.id")
    lab_id: UUID | None = Field(default=None, foreign_key="lab.id")
    unit_id: UUID | None = Field(default=None, foreign_key="unit.id")
    share: float = Field(sa_type=sa.Double)


class BriefRound(Record, table=True):
    """A brief as it was handed in: ``content`` is its ``BriefContent``, ``findings`` what was found in it."""

    __tablename__ = "brief_round"

    brief_id: UUID = Field(foreign_key="brief.id", primary_key=True)
    number: int = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_type=JSONB)
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    submitted_by: UUID = Field(foreign_key="account.id")
    submitted_at: datetime = created_at_column()


class BriefReview(Record, table=True):
    """What one coordinator thinks of a brief in one round; whoever changes their mind writes over it."""

    __tablename__ = "brief_review"
    __table_args__ = (
        sa.UniqueConstraint("brief_id", "round", "reviewer_id"),
        sa.CheckConstraint(
            "relevance between 1 and 5 and clarity between 1 and 5 and mentorship between 1 and 5",
            name="scores",
        ),
    )

    id: UUID = id_column()
    brief_id: UUID = Field(foreign_key="brief.id")
    round: int
    reviewer_id: UUID = Field(foreign_key="account.id")
    relevance: int
    clarity: int
    mentorship: int
    note: str = Field(default="", sa_type=sa.Text)
    at: datetime = moment_column()


class BriefApproval(Record, table=True):
    """One of the four approvals of a brief in one round.

    Those of the organisation and of the mentor are their verifications, written down as they stand when the
    brief is published; ``by_id`` is then null.
    """

    __tablename__ = "brief_approval"
    __table_args__ = (
        sa.UniqueConstraint("brief_id", "round", "kind"),
        sa.CheckConstraint("kind in ('organisation', 'mentor', 'brief', 'hub')", name="kind"),
    )

    id: UUID = id_column()
    brief_id: UUID = Field(foreign_key="brief.id")
    round: int
    kind: str = Field(sa_type=sa.Text)
    by_id: UUID | None = Field(default=None, foreign_key="account.id")
    at: datetime = moment_column()


class BriefMove(Record, table=True):
    """A line of history: of a project where it names one, else of the brief.

    A trigger keeps lines as they are. ``by_id`` is null for what the platform did by itself, ``from_stage``
    in the first line.
    """

    __tablename__ = "brief_move"
    __table_args__ = (
        sa.Index("ix_brief_move_brief_id_id", "brief_id", "id"),
        sa.Index("ix_brief_move_project_id_id", "project_id", "id"),
    )

    id: UUID = id_column()
    brief_id: UUID = Field(foreign_key="brief.id")
    project_id: UUID | None = Field(default=None, foreign_key="project.id")
    name: str = Field(sa_type=sa.Text)
    from_stage: str | None = Field(default=None, sa_type=sa.Text)
    to_stage: str = Field(sa_type=sa.Text)
    by_id: UUID | None = Field(default=None, foreign_key="account.id")
    at: datetime = moment_column()
    reason: str = Field(default="", sa_type=sa.Text)


class Project(Record, table=True):
    """What one team makes of a brief. A trigger keeps the team and the dates as they were at the match."""

    __tablename__ = "project"
    __table_args__ = (
        sa.UniqueConstraint("brief_id", "team_id"),
        sa.CheckConstraint(f"stage in ({_STAGES})", name="stage"),
        sa.CheckConstraint(f"resume_stage in ({_STAGES})", name="resume_stage"),
        sa.Index("ix_project_hub_id_id", "hub_id", "id"),
        sa.Index("ix_project_running", "id", postgresql_where=sa.text(f"stage not in ({_ENDED})")),
    )

    id: UUID = id_column()
    brief_id: UUID = Field(foreign_key="brief.id")
    hub_id: UUID = Field(foreign_key="hub.id")
    team_id: UUID = Field(foreign_key="team.id", index=True)
    stage: str = Field(default=FIRST[Lane.PROJECT].value, sa_type=sa.Text)
    resume_stage: str | None = Field(default=None, sa_type=sa.Text)
    version: int = 1
    matched_at: datetime = moment_column()
    starts_on: date
    ends_on: date


class BriefThreshold(Record, table=True):
    """What a hub asks of a review before it approves a brief; hubs without a row ask the usual."""

    __tablename__ = "brief_threshold"
    __table_args__ = (
        sa.CheckConstraint("mean between 1 and 5", name="mean"),
        sa.CheckConstraint("least between 1 and 5", name="least"),
    )

    hub_id: UUID = Field(foreign_key="hub.id", primary_key=True)
    mean: float = Field(sa_type=sa.Double)
    least: int
    changed_by: UUID = Field(foreign_key="account.id")
    changed_at: datetime = moment_column()
