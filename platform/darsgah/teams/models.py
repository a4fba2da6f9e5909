"""Tables of the teams slice."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column, moment_column


class Team(Record, table=True):
    """Learners who do something together; ``hub_id`` is the hub that looks after them.

    ``solo`` is somebody who works alone: nobody can be asked into such a team, and it is not listed.
    ``link_token`` is the secret in the team's link, kept as it is, since each member may read it again; null
    where there is no link. ``closed_at`` is when the team began a project: from then on nobody comes in.
    ``ended_at`` is when the last member left.
    """

    __tablename__ = "team"
    __table_args__ = (sa.CheckConstraint("purpose in ('brief', 'hackathon')", name="purpose"),)

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id", index=True)
    name: str = Field(sa_type=sa.Text)
    purpose: str = Field(sa_type=sa.Text)
    solo: bool = False
    created_by: UUID = Field(foreign_key="account.id")
    created_at: datetime = created_at_column()
    link_token: str | None = Field(default=None, sa_type=sa.Text, unique=True)
    closed_at: datetime | None = moment_column(nullable=True)
    ended_at: datetime | None = moment_column(nullable=True)


class TeamMember(Record, table=True):
    """Somebody's stay in a team; who leaves and comes again has two rows. ``left_at`` null is being in it."""

    __tablename__ = "team_member"
    __table_args__ = (
        sa.Index(
            "uq_team_member_present", "team_id", "account_id", unique=True,
            postgresql_where=sa.text("left_at is null"),
        ),
        sa.Index("ix_team_member_account_id", "account_id"),
    )  # fmt: skip

    id: UUID = id_column()
    team_id: UUID = Field(foreign_key="team.id")
    account_id: UUID = Field(foreign_key="account.id")
    joined_at: datetime = created_at_column()
    left_at: datetime | None = moment_column(nullable=True)


class TeamInvitation(Record, table=True):
    """An e-mail address that a member asked into the team, whether it has an account or not.

    It is bound to the address, so that nothing tells the team who has an account.
    """

    __tablename__ = "team_invitation"
    __table_args__ = (
        sa.CheckConstraint("state in ('waiting', 'accepted', 'declined', 'withdrawn')", name="state"),
        sa.Index(
            "uq_team_invitation_waiting", "team_id", "email", unique=True,
            postgresql_where=sa.text("state = 'waiting'"),
        ),
        sa.Index("ix_team_invitation_email", "email"),
    )  # fmt: skip

    id: UUID = id_column()
    team_id: UUID = Field(foreign_key="team.id")
    email: str = Field(sa_type=sa.Text)
    invited_by: UUID = Field(foreign_key="account.id")
    invited_at: datetime = created_at_column()
    state: str = Field(default="waiting", sa_type=sa.Text)
    answered_at: datetime | None = moment_column(nullable=True)
