"""What every table shares: the metadata with its naming rule, identifiers, moments, and named choices."""

import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Enum, MetaData, func
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
    """A UUID of version 7: unique without asking the database, and in order of creation, so indexes stay dense."""
    return uuid7()


def now() -> datetime.datetime:
    """This moment, in UTC and aware of it."""
    return datetime.datetime.now(datetime.UTC)


def id_column() -> Any:
    """``id: UUID = id_column()``: the primary key, known before the row is written."""
    return Field(default_factory=new_id, primary_key=True)


def created_at_column(*, index: bool = False) -> Any:
    """``created_at: datetime = created_at_column()``: when the row was made; the database fills it in otherwise."""
    return Field(
        default_factory=now,
        index=index,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": func.now(), "nullable": False},
    )


def moment_column(*, nullable: bool = False, index: bool = False) -> Any:
    """A point in time, stored with its zone: ``due_at: datetime | None = moment_column(nullable=True)``.

    One that may be missing starts as None; one that may not must be given.
    """
    kwargs: dict[str, Any] = {"default": None} if nullable else {}
    return Field(
        **kwargs,
        index=index,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"nullable": nullable},
    )


def choice_type(kind: type[StrEnum]) -> Enum:
    """The column type of an enumeration: its values as text under a check constraint named after the class.

    Text, because PostgreSQL's own enumeration types can't lose a value in a migration.
    """
    return Enum(
        kind,
        name=kind.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def choice_column(kind: type[StrEnum], *, default: StrEnum | None = None, index: bool = False) -> Any:
    """``state: State = choice_column(State, default=State.RECEIVED)``; without a default it must be given."""
    kwargs: dict[str, Any] = {} if default is None else {"default": default}
    return Field(**kwargs, index=index, sa_type=choice_type(kind), sa_column_kwargs={"nullable": False})
