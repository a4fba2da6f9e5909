"""Tables of the notices slice."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column, moment_column


class Notice(Record, table=True):
    """One thing that one person is told. The words are made when it is read, in the reader's language.

    ``telling_id`` is the same for everybody who is told by one call: their letters are one job. ``kind`` is a
    name of ``darsgah.notices.kinds``, ``details`` fills its places. ``calendar`` is an iCalendar object that
    goes with the letter. ``mail_refused`` is why there is no letter although one was due.
    """

    __tablename__ = "notice"
    __table_args__ = (
        sa.Index("ix_notice_unread", "account_id", postgresql_where=sa.text("read_at is null")),
        sa.Index("ix_notice_account_id_id", "account_id", "id"),
    )

    id: UUID = id_column()
    telling_id: UUID = Field(index=True)
    account_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE")
    kind: str = Field(sa_type=sa.Text)
    details: dict[str, str] = Field(sa_type=JSONB)
    link: str = Field(sa_type=sa.Text)
    calendar: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    created_at: datetime = created_at_column()
    read_at: datetime | None = moment_column(nullable=True)
    mailed_at: datetime | None = moment_column(nullable=True)
    mail_refused: str = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": ""})
