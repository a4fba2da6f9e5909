"""Tables of the organisations slice."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column, moment_column

_STATES = "state in ('unverified', 'verified', 'refused', 'suspended')"


class Organisation(Record, table=True):
    """A company, an institute or an office that mentors act for.

    ``name_key`` is the name as it is compared (``darsgah.organisations.names``): two organisations that are
    not refused never share it. ``hub_id`` is the hub whose administrators verify it. ``version`` counts
    changes of the row, for two people who act at once.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        sa.CheckConstraint(_STATES, name="state"),
        sa.Index(
            "uq_organisation_name_key",
            "name_key",
            unique=True,
            postgresql_where=sa.text("state <> 'refused'"),
        ),
        sa.Index("ix_organisation_hub_id_state", "hub_id", "state"),
    )

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    name: str = Field(sa_type=sa.Text)
    name_ur: str = Field(default="", sa_type=sa.Text)
    name_key: str = Field(sa_type=sa.Text)
    country: str = Field(sa_type=sa.Text)
    website: str = Field(default="", sa_type=sa.Text)
    about: str = Field(default="", sa_type=sa.Text)
    state: str = Field(default="unverified", sa_type=sa.Text)
    version: int = 1
    founded_by: UUID = Field(foreign_key="account.id")
    created_at: datetime = created_at_column()


class OrganisationMember(Record, table=True):
    """A person's place in an organisation; at most one active or asked-for place for a person.

    ``state``: asked (named at sign-up, an owner has yet to say yes), active, removed (by an owner, an
    administrator or themselves; declined asking counts as such).
    """

    __tablename__ = "organisation_member"
    __table_args__ = (
        sa.CheckConstraint("role in ('owner', 'mentor')", name="role"),
        sa.CheckConstraint("state in ('asked', 'active', 'removed')", name="state"),
        sa.Index(
            "uq_organisation_member_account_id",
            "account_id",
            unique=True,
            postgresql_where=sa.text("state <> 'removed'"),
        ),
    )

    organisation_id: UUID = Field(foreign_key="organisation.id", primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", primary_key=True)
    role: str = Field(default="mentor", sa_type=sa.Text)
    state: str = Field(default="asked", sa_type=sa.Text)
    changed_at: datetime = created_at_column()
    changed_by: UUID | None = Field(default=None, foreign_key="account.id")


class OrganisationInvitation(Record, table=True):
    """A link with which the account of ``email`` may join, once; of its secret, only the SHA-256 is kept.

    ``account_id`` is the account with that address when it was made, which may accept without the link and is
    told so. Whether there is one is shown to nobody else.
    """

    __tablename__ = "organisation_invitation"

    id: UUID = id_column()
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    email: str = Field(sa_type=sa.Text)
    account_id: UUID | None = Field(default=None, foreign_key="account.id", index=True)
    secret_hash: bytes = Field(sa_type=sa.LargeBinary, unique=True)
    made_by: UUID = Field(foreign_key="account.id")
    made_at: datetime = created_at_column()
    expires_at: datetime = moment_column()
    ended_at: datetime | None = moment_column(nullable=True)
    accepted_by: UUID | None = Field(default=None, foreign_key="account.id")


class Mentor(Record, table=True):
    """What a person says of themselves as a mentor, and whether they were verified.

    ``timezone`` is an IANA name; ``hub_id`` is the hub whose administrators verify them.
    """

    __tablename__ = "mentor"
    __table_args__ = (
        sa.CheckConstraint(_STATES, name="state"),
        sa.Index("ix_mentor_hub_id_state", "hub_id", "state"),
    )

    account_id: UUID = Field(foreign_key="account.id", primary_key=True)
    hub_id: UUID = Field(foreign_key="hub.id")
    timezone: str = Field(sa_type=sa.Text)
    country: str = Field(sa_type=sa.Text)
    headline: str = Field(default="", sa_type=sa.Text)
    expertise: str = Field(default="", sa_type=sa.Text)
    availability: str = Field(default="", sa_type=sa.Text)
    state: str = Field(default="unverified", sa_type=sa.Text)
    version: int = 1
    created_at: datetime = created_at_column()


class Verification(Record, table=True):
    """One decision about an organisation or about a mentor. Rows are only added: the database refuses others.

    Exactly one of ``organisation_id`` and ``mentor_id`` is set. ``decision`` is verified, refused, suspended,
    or lapsed: then a verified organisation changed what it was verified for, and ``by`` is who changed it.
    ``hub_id`` is the hub that decided, null for the network. ``looked_at`` names what was looked at.
    """

    __tablename__ = "verification"
    __table_args__ = (
        sa.CheckConstraint("(organisation_id is null) <> (mentor_id is null)", name="subject"),
        sa.CheckConstraint("decision in ('verified', 'refused', 'suspended', 'lapsed')", name="decision"),
    )

    id: UUID = id_column()
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    mentor_id: UUID | None = Field(default=None, foreign_key="mentor.account_id", index=True)
    decision: str = Field(sa_type=sa.Text)
    by: UUID = Field(foreign_key="account.id")
    hub_id: UUID | None = Field(default=None, foreign_key="hub.id")
    looked_at: list[str] = Field(default_factory=list, sa_type=JSONB)
    note: str = Field(default="", sa_type=sa.Text)
    at: datetime = created_at_column()
