"""Tables of the tutor's nodes."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column, moment_column


class TutorNode(Record, table=True):
    """A place for a node, made with its token, and what the node with that token says of itself.

    Of the token that the platform gave, only the SHA-256 is kept. ``secret`` is what the node wants of
    whoever asks it: workers send it, so it is kept as it is, as long as the node is there, and nobody is
    shown it. ``hub_id`` is null for a node of the whole network. ``answered_at`` and ``unanswered_at`` are a
    worker's last words about it.
    """

    __tablename__ = "tutor_node"

    id: UUID = id_column()
    hub_id: UUID | None = Field(default=None, foreign_key="hub.id", index=True)
    label: str = Field(sa_type=sa.Text)
    token_hash: bytes = Field(sa_type=sa.LargeBinary, unique=True)
    made_at: datetime = created_at_column()
    name: str = Field(default="", sa_type=sa.Text)
    url: str = Field(default="", sa_type=sa.Text)
    secret: str = Field(default="", sa_type=sa.Text)
    model: str = Field(default="", sa_type=sa.Text)
    device: str = Field(default="", sa_type=sa.Text)
    places: int = 0
    version: str = Field(default="", sa_type=sa.Text)
    renewed_at: datetime | None = moment_column(nullable=True)
    left_at: datetime | None = moment_column(nullable=True)
    answered_at: datetime | None = moment_column(nullable=True)
    unanswered_at: datetime | None = moment_column(nullable=True)
