"""Tables of the hiring slice."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column


class HiringProfile(Record, table=True):
    """What a learner lets verified organisations see; nothing while ``is_open`` is false, as it begins.

    Its id is its own, so that nobody learns an account's. ``projects`` are those that the learner shows.
    """

    __tablename__ = "hiring_profile"
    __table_args__ = (sa.Index("ix_hiring_profile_open", "id", postgresql_where=sa.text("is_open")),)

    id: UUID = id_column()
    account_id: UUID = Field(foreign_key="account.id", unique=True)
    is_open: bool = False
    headline: str = Field(default="", sa_type=sa.Text)
    about: str = Field(default="", sa_type=sa.Text)
    skills: list[str] = Field(default_factory=list, sa_type=JSONB)
    projects: list[str] = Field(default_factory=list, sa_type=JSONB)
    version: int = 0
    changed_at: datetime = created_at_column()


class HiringView(Record, table=True):
    """That somebody of an organisation saw a profile. Rows are only added: the database refuses others."""

    __tablename__ = "hiring_view"
    __table_args__ = (sa.Index("ix_hiring_view_profile_id_id", "profile_id", "id"),)

    id: UUID = id_column()
    profile_id: UUID = Field(foreign_key="hiring_profile.id")
    organisation_id: UUID = Field(foreign_key="organisation.id")
    viewer_id: UUID = Field(foreign_key="account.id")
    at: datetime = created_at_column()


class HiringBar(Record, table=True):
    """That a learner hides from an organisation, or no more: the last row counts. Rows are only added."""

    __tablename__ = "hiring_bar"
    __table_args__ = (
        sa.Index("ix_hiring_bar_profile_id_organisation_id_id", "profile_id", "organisation_id", "id"),
    )

    id: UUID = id_column()
    profile_id: UUID = Field(foreign_key="hiring_profile.id")
    organisation_id: UUID = Field(foreign_key="organisation.id")
    barred: bool
    at: datetime = created_at_column()


class HiringMessage(Record, table=True):
    """One message between a learner and an organisation. Rows are only added.

    A conversation is a profile and an organisation: everybody who acts for it reads it.
    """

    __tablename__ = "hiring_message"
    __table_args__ = (
        sa.Index("ix_hiring_message_profile_id_organisation_id_id", "profile_id", "organisation_id", "id"),
        sa.Index("ix_hiring_message_organisation_id_id", "organisation_id", "id"),
    )

    id: UUID = id_column()
    profile_id: UUID = Field(foreign_key="hiring_profile.id")
    organisation_id: UUID = Field(foreign_key="organisation.id")
    author_id: UUID = Field(foreign_key="account.id")
    by_learner: bool
    body: str = Field(sa_type=sa.Text)
    sent_at: datetime = created_at_column()
