"""Tables of the accounts slice."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column, moment_column


class Account(Record, table=True):
    """A person who can sign in. The address is kept in lower case and is unique in the network.

    ``no_ai`` is the wish for hints that only say what the tests saw, ``no_mail`` the wish for no letters.
    """

    __tablename__ = "account"

    id: UUID = id_column()
    email: str = Field(sa_type=sa.Text, unique=True)
    display_name: str = Field(sa_type=sa.Text)
    password_hash: str = Field(sa_type=sa.Text)
    language: str = Field(default="en", sa_type=sa.Text)
    no_ai: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("false")})
    no_mail: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("false")})
    is_active: bool = Field(default=True, sa_column_kwargs={"server_default": sa.text("true")})
    created_at: datetime = created_at_column()


class AccountSession(Record, table=True):
    """A signed-in browser or program; the token itself is never stored, only its SHA-256."""

    __tablename__ = "account_session"

    token_hash: bytes = Field(primary_key=True, sa_type=sa.LargeBinary)
    account_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    created_at: datetime = created_at_column()
    seen_at: datetime = created_at_column()
    expires_at: datetime = moment_column(index=True)


class SentForm(Record, table=True):
    """The form of a person that was carried out last, by a digest of all that was in it, and where it led."""

    __tablename__ = "sent_form"

    account_id: UUID = Field(primary_key=True, foreign_key="account.id", ondelete="CASCADE")
    digest: bytes = Field(primary_key=True, sa_type=sa.LargeBinary)
    location: str = Field(sa_type=sa.Text)
    created_at: datetime = created_at_column()


class SignInFailure(Record, table=True):
    """One failed sign-in, counted against the account tried and against the address it came from."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (sa.Index("ix_sign_in_failure_subject_failed_at", "subject", "failed_at"),)

    id: UUID = id_column()
    subject: bytes = Field(sa_type=sa.LargeBinary)
    failed_at: datetime = created_at_column()
