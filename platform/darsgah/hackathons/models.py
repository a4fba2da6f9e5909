"""Tables of the hackathons slice."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column, moment_column


class Hackathon(Record, table=True):
    """One hackathon: of a hub, or of the whole network when the hub is null.

    ``criteria`` are the struct ``Criterion`` of ``darsgah.hackathons.schemas``. Where it stands follows from
    ``state``, the times and ``results_at`` (``schemas.phase``).
    """

    __tablename__ = "hackathon"
    __table_args__ = (
        sa.CheckConstraint("state in ('draft', 'published', 'cancelled')", name="state"),
        sa.CheckConstraint("sign_up_until <= ends_at and starts_at < ends_at", name="times"),
        sa.CheckConstraint("team_least between 1 and team_most", name="team"),
        sa.CheckConstraint("judges_each between 1 and 9", name="judges_each"),
        sa.Index("ix_hackathon_hub_id_id", "hub_id", "id"),
    )

    id: UUID = id_column()
    hub_id: UUID | None = Field(default=None, foreign_key="hub.id")
    name: str = Field(sa_type=sa.Text)
    name_ur: str = Field(default="", sa_type=sa.Text)
    about: str = Field(default="", sa_type=sa.Text)
    rules: str = Field(default="", sa_type=sa.Text)
    sign_up_until: datetime = moment_column()
    starts_at: datetime = moment_column()
    ends_at: datetime = moment_column()
    team_least: int
    team_most: int
    judges_each: int
    criteria: list[dict[str, Any]] = Field(sa_type=JSONB)
    state: str = Field(default="draft", sa_type=sa.Text)
    cancelled_reason: str = Field(default="", sa_type=sa.Text)
    published_at: datetime | None = moment_column(nullable=True)
    results_at: datetime | None = moment_column(nullable=True)
    version: int = 1
    created_by: UUID = Field(foreign_key="account.id")
    created_at: datetime = created_at_column()


class HackathonTrack(Record, table=True):
    """One of a hackathon's tracks; entries compete within one."""

    __tablename__ = "hackathon_track"
    __table_args__ = (sa.UniqueConstraint("hackathon_id", "position"),)

    id: UUID = id_column()
    hackathon_id: UUID = Field(foreign_key="hackathon.id")
    position: int
    name: str = Field(sa_type=sa.Text)
    name_ur: str = Field(default="", sa_type=sa.Text)


class HackathonEntry(Record, table=True):
    """A team that takes part, and what it hands in.

    ``members`` are the accounts of the team when it was last handed in: they are who made it. ``place``,
    ``score``, ``mean`` and ``judges`` are written when results are published.
    """

    __tablename__ = "hackathon_entry"
    __table_args__ = (
        sa.UniqueConstraint("hackathon_id", "team_id"),
        sa.CheckConstraint("(place is null) = (score is null)", name="place"),
    )

    id: UUID = id_column()
    hackathon_id: UUID = Field(foreign_key="hackathon.id")
    track_id: UUID = Field(foreign_key="hackathon_track.id", index=True)
    team_id: UUID = Field(foreign_key="team.id", index=True)
    title: str = Field(default="", sa_type=sa.Text)
    summary: str = Field(default="", sa_type=sa.Text)
    links: list[str] = Field(default_factory=list, sa_type=JSONB)
    rules_accepted_by: UUID = Field(foreign_key="account.id")
    rules_accepted_at: datetime = moment_column()
    submitted_at: datetime | None = moment_column(nullable=True)
    members: list[str] = Field(default_factory=list, sa_type=JSONB)
    withdrawn_at: datetime | None = moment_column(nullable=True)
    excluded_reason: str = Field(default="", sa_type=sa.Text)
    version: int = 1
    created_at: datetime = created_at_column()
    place: int | None = None
    score: float | None = Field(default=None, sa_type=sa.Double)
    mean: float | None = Field(default=None, sa_type=sa.Double)
    judges: int = 0


class HackathonJudge(Record, table=True):
    """Somebody asked to judge a track; the judges of a track are a group."""

    __tablename__ = "hackathon_judge"
    __table_args__ = (
        sa.UniqueConstraint("track_id", "account_id"),
        sa.CheckConstraint("state in ('asked', 'accepted', 'declined', 'removed')", name="state"),
    )

    id: UUID = id_column()
    hackathon_id: UUID = Field(foreign_key="hackathon.id", index=True)
    track_id: UUID = Field(foreign_key="hackathon_track.id")
    account_id: UUID = Field(foreign_key="account.id", index=True)
    state: str = Field(default="asked", sa_type=sa.Text)
    asked_by: UUID = Field(foreign_key="account.id")
    asked_at: datetime = created_at_column()


class HackathonJudgement(Record, table=True):
    """An entry that a judge sees, and what they gave it: marks by criterion, from 1 to 5.

    One with a ``conflict`` was given back by the judge and counts for nothing.
    """

    __tablename__ = "hackathon_judgement"
    __table_args__ = (
        sa.UniqueConstraint("entry_id", "judge_id"),
        sa.CheckConstraint("scored_at is null or marks is not null", name="marks"),
    )

    id: UUID = id_column()
    entry_id: UUID = Field(foreign_key="hackathon_entry.id")
    judge_id: UUID = Field(foreign_key="hackathon_judge.id", index=True)
    marks: dict[str, int] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    note: str = Field(default="", sa_type=sa.Text)
    scored_at: datetime | None = moment_column(nullable=True)
    conflict: str | None = Field(default=None, sa_type=sa.Text)
    dealt_at: datetime = created_at_column()
