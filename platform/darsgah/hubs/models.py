"""Tables of the hubs slice."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column


class Hub(Record, table=True):
    """A centre of the network. ``code`` is short, stable and part of addresses."""

    __tablename__ = "hub"
    __table_args__ = (sa.CheckConstraint("state in ('open', 'planned', 'closed')", name="state"),)

    id: UUID = id_column()
    code: str = Field(sa_type=sa.Text, unique=True)
    name: str = Field(sa_type=sa.Text)
    name_ur: str = Field(sa_type=sa.Text)
    city: str = Field(sa_type=sa.Text)
    province: str = Field(sa_type=sa.Text)
    timezone: str = Field(default="Asia/Karachi", sa_type=sa.Text)
    state: str = Field(sa_type=sa.Text)
    created_at: datetime = created_at_column()


class RoleGrant(Record, table=True):
    """A role that an account holds: in one hub, or network-wide when the hub is null."""

    __tablename__ = "role_grant"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "role", "hub_id", postgresql_nulls_not_distinct=True),
        sa.CheckConstraint("(hub_id is null) = (role in ('network_admin', 'auditor'))", name="scope"),
        sa.CheckConstraint(
            "role in ('learner', 'instructor', 'mentor', 'hub_admin', 'network_admin', 'auditor')",
            name="role",
        ),
    )

    id: UUID = id_column()
    account_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    role: str = Field(sa_type=sa.Text)
    hub_id: UUID | None = Field(default=None, foreign_key="hub.id", ondelete="CASCADE")
    created_at: datetime = created_at_column()
