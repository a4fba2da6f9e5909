"""Tables of the applications slice."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column, moment_column

_LIVE = "state in ('draft', 'open')"


class Application(Record, table=True):
    """A team that wants a brief. ``hub_id`` is the brief's hub; somebody alone is a team of one.

    ``place`` is where it stands in the team's own order, 1 for what they want most. ``mentor_place``
    is where the mentor put it, and null as long as they have not said; ``refused`` is the mentor saying no.
    ``assigned`` is a team that the hub put there, without asking for it.
    """

    __tablename__ = "application"
    __table_args__ = (
        sa.CheckConstraint(
            "state in ('draft', 'open', 'withdrawn', 'accepted', 'declined', 'lapsed')", name="state"
        ),
        sa.Index("uq_application_live", "brief_id", "team_id", unique=True, postgresql_where=sa.text(_LIVE)),
        sa.Index("ix_application_brief_id_state", "brief_id", "state"),
        sa.Index("ix_application_team_id", "team_id"),
    )

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    brief_id: UUID = Field(foreign_key="brief.id")
    team_id: UUID = Field(foreign_key="team.id")
    state: str = Field(sa_type=sa.Text)
    statement: str = Field(default="", sa_type=sa.Text)
    assigned: bool = False
    place: int
    mentor_place: int | None = None
    refused: bool = False
    version: int = 1
    created_at: datetime = created_at_column()
    opened_at: datetime | None = moment_column(nullable=True)


class ApplicationChange(Record, table=True):
    """A line of an application's history, only ever added; ``by_id`` is null for what followed by itself."""

    __tablename__ = "application_change"

    id: UUID = id_column()
    application_id: UUID = Field(foreign_key="application.id", index=True)
    state: str = Field(sa_type=sa.Text)
    by_id: UUID | None = Field(default=None, foreign_key="account.id")
    at: datetime = created_at_column()


class ApplicationCap(Record, table=True):
    """How many open applications a hub lets one person have; hubs without a row let them have three."""

    __tablename__ = "application_cap"
    __table_args__ = (sa.CheckConstraint("most between 1 and 50", name="most"),)

    hub_id: UUID = Field(foreign_key="hub.id", primary_key=True)
    most: int
    changed_by: UUID = Field(foreign_key="account.id")
    changed_at: datetime = created_at_column()


class Matching(Record, table=True):
    """A proposal of who gets which of some briefs of a hub, until a person confirms or discards it.

    A hub has one proposal at a time. Every change counts ``version`` up; whoever changes or confirms names
    the version that they saw. ``brief_ids`` are the briefs that it is about.
    """

    __tablename__ = "matching"
    __table_args__ = (
        sa.CheckConstraint("state in ('proposed', 'confirmed', 'discarded')", name="state"),
        sa.Index(
            "uq_matching_proposed", "hub_id", unique=True, postgresql_where=sa.text("state = 'proposed'")
        ),
        sa.Index("ix_matching_hub_id_id", "hub_id", "id"),
    )

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    state: str = Field(default="proposed", sa_type=sa.Text)
    version: int = 1
    brief_ids: list[Any] = Field(sa_type=JSONB)
    made_by: UUID = Field(foreign_key="account.id")
    made_at: datetime = created_at_column()
    ended_by: UUID | None = Field(default=None, foreign_key="account.id")
    ended_at: datetime | None = moment_column(nullable=True)


class MatchingPair(Record, table=True):
    """What a matching makes of one application.

    ``decision`` is a person's: ``fixed`` pairs stay when the rest is proposed anew, ``barred`` ones are never
    made; null leaves it to the proposal. ``project_id`` is what came of it.
    """

    __tablename__ = "matching_pair"
    __table_args__ = (
        sa.CheckConstraint("decision in ('fixed', 'barred')", name="decision"),
        sa.Index(
            "uq_matching_pair_matched", "matching_id", "team_id", unique=True,
            postgresql_where=sa.text("matched"),
        ),
    )  # fmt: skip

    matching_id: UUID = Field(foreign_key="matching.id", primary_key=True)
    application_id: UUID = Field(foreign_key="application.id", primary_key=True)
    team_id: UUID = Field(foreign_key="team.id")
    brief_id: UUID = Field(foreign_key="brief.id")
    matched: bool
    decision: str | None = Field(default=None, sa_type=sa.Text)
    project_id: UUID | None = Field(default=None, foreign_key="project.id")
