"""Tables of the workspaces slice."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from darsgah.db.columns import Record, id_column, moment_column


class Draft(Record, table=True):
    """A learner's working copy of one notebook of an assignment: its newest version.

    ``content`` is packed as `darsgah.workspaces.content` does it; ``size`` and ``sha256`` are of the bytes
    before that. ``client`` names the window that saved it, or is empty; ``begun_at`` is the first save of the
    stretch of typing that this version has taken in.
    """

    __tablename__ = "draft"
    __table_args__ = (sa.UniqueConstraint("account_id", "assignment_id", "notebook"),)

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    assignment_id: UUID = Field(foreign_key="assignment.id")
    account_id: UUID = Field(foreign_key="account.id")
    notebook: str = Field(sa_type=sa.Text)
    version: int
    client: str = Field(sa_type=sa.Text)
    begun_at: datetime = moment_column()
    saved_at: datetime = moment_column()
    size: int = Field(sa_type=sa.BigInteger)
    sha256: str = Field(sa_type=sa.Text)
    content: bytes


class DraftVersion(Record, table=True):
    """An earlier version of a draft, by its number."""

    __tablename__ = "draft_version"

    draft_id: UUID = Field(foreign_key="draft.id", primary_key=True)
    number: int = Field(primary_key=True)
    saved_at: datetime = moment_column()
    size: int = Field(sa_type=sa.BigInteger)
    sha256: str = Field(sa_type=sa.Text)
    content: bytes
