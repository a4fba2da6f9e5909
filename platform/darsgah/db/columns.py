"""What every table shares: the metadata with its naming rule, identifiers and moments."""

import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, MetaData, func
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Record(SQLModel):
    """The class that tables derive from: ``class Course(Record, table=True)``.

    It carries the metadata, so that every constraint has a name that a migration can drop.
    """

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)


def new_id() -> UUID:
    """A UUID of version 7: unique without asking the database, and in order, so that indexes stay dense."""
    return uuid7()


def now() -> datetime.datetime:
    """This moment, in UTC and aware of it."""
    return datetime.datetime.now(datetime.UTC)


# The columns below return Any, as SQLModel's Field does: each stands for a value of the attribute's own type.


def id_column() -> Any:  # noqa: ANN401 # see above
    """The primary key, known before the row is written.

    Write ``id: UUID = id_column()``.
    """
    return Field(default_factory=new_id, primary_key=True)


def created_at_column() -> Any:  # noqa: ANN401 # see above
    """When the row was made; the database fills it in for rows that don't come through the model.

    Write ``created_at: datetime = created_at_column()``.
    """
    return Field(
        default_factory=now,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": func.now(), "nullable": False},
    )


def moment_column(*, nullable: bool = False, index: bool = False) -> Any:  # noqa: ANN401 # see above
    """A point in time, with its zone. One that may be missing starts as None; one that may not must be given.

    Write ``due_at: datetime | None = moment_column(nullable=True)``.
    """
    kwargs: dict[str, Any] = {"default": None} if nullable else {}
    return Field(
        **kwargs,
        index=index,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"nullable": nullable},
    )
