"""All SQL of the workspaces slice. A draft is found by its learner's account, so nobody sees another's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from darsgah.db.columns import new_id
from darsgah.workspaces.content import Content
from darsgah.workspaces.models import Draft, DraftVersion
from darsgah.workspaces.schemas import SavedDraft


@dataclass(frozen=True, slots=True)
class Place:
    """Where a draft belongs."""

    account_id: UUID
    assignment_id: UUID
    notebook: str


@dataclass(frozen=True, slots=True)
class HeldDraft:
    """A draft that is locked until the transaction ends."""

    id: UUID
    client: str
    begun_at: datetime
    saved: SavedDraft


@dataclass(frozen=True, slots=True)
class Save:
    """What a window saves, and when."""

    content: Content
    client: str
    at: datetime


_SAVED = (col(Draft.version), col(Draft.saved_at), col(Draft.size), col(Draft.sha256))
_KEPT = (
    col(DraftVersion.number),
    col(DraftVersion.saved_at),
    col(DraftVersion.size),
    col(DraftVersion.sha256),
)
"""The columns of a `SavedDraft`, in its order: content is read only where it is asked for."""


def _at(place: Place) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(Draft.account_id) == place.account_id,
        col(Draft.assignment_id) == place.assignment_id,
        col(Draft.notebook) == place.notebook,
    )


async def drafts(session: AsyncSession, account_id: UUID, assignment_id: UUID) -> dict[str, SavedDraft]:
    """Somebody's drafts for an assignment, by the notebook's name."""
    statement = (
        sa.select(col(Draft.notebook), *_SAVED)
        .where(col(Draft.account_id) == account_id, col(Draft.assignment_id) == assignment_id)
        .order_by(col(Draft.notebook))
    )
    return {row[0]: SavedDraft(*row[1:]) for row in await session.execute(statement)}


async def newest(session: AsyncSession, place: Place) -> tuple[int, datetime, bytes] | None:
    """Number, moment and packed content of a draft's newest version."""
    statement = sa.select(col(Draft.version), col(Draft.saved_at), col(Draft.content)).where(_at(place))
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


async def held(session: AsyncSession, place: Place) -> HeldDraft | None:
    """The draft, locked, so that its versions come one by one."""
    statement = (
        sa.select(col(Draft.id), col(Draft.client), col(Draft.begun_at), *_SAVED)
        .where(_at(place))
        .with_for_update()
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else HeldDraft(row[0], row[1], row[2], SavedDraft(*row[3:]))


async def begin(session: AsyncSession, place: Place, hub_id: UUID, save: Save) -> bool:
    """Write a draft's first version; False when somebody has just done so, which is waited for."""
    statement = (
        insert(Draft)
        .values(
            id=new_id(),
            hub_id=hub_id,
            account_id=place.account_id,
            assignment_id=place.assignment_id,
            notebook=place.notebook,
            version=1,
            client=save.client,
            begun_at=save.at,
            saved_at=save.at,
            size=save.content.size,
            sha256=save.content.sha256,
            content=save.content.packed,
        )
        .on_conflict_do_nothing()
        .returning(col(Draft.id))
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def replace(session: AsyncSession, draft_id: UUID, save: Save, *, begun_at: datetime) -> int:
    """Put another content in a held draft's place; returns its version's number."""
    statement = (
        sa.update(Draft)
        .where(col(Draft.id) == draft_id)
        .values(
            version=col(Draft.version) + 1,
            client=save.client,
            begun_at=begun_at,
            saved_at=save.at,
            size=save.content.size,
            sha256=save.content.sha256,
            content=save.content.packed,
        )
        .returning(col(Draft.version))
    )
    return int((await session.execute(statement)).scalar_one())


async def keep(session: AsyncSession, draft_id: UUID) -> None:
    """Lay the newest version of a held draft among its earlier ones, without its content leaving here."""
    present = sa.select(col(Draft.id), *_SAVED, col(Draft.content)).where(col(Draft.id) == draft_id)
    names = ["draft_id", "number", "saved_at", "size", "sha256", "content"]
    await session.execute(sa.insert(DraftVersion).from_select(names, present))


async def drop(session: AsyncSession, draft_id: UUID, numbers: Sequence[int]) -> None:
    """Let earlier versions go."""
    await session.execute(
        sa.delete(DraftVersion).where(
            col(DraftVersion.draft_id) == draft_id, col(DraftVersion.number).in_(numbers)
        )
    )


async def earlier(session: AsyncSession, draft_id: UUID) -> list[SavedDraft]:
    """A draft's earlier versions, newest first."""
    statement = (
        sa.select(*_KEPT)
        .where(col(DraftVersion.draft_id) == draft_id)
        .order_by(col(DraftVersion.number).desc())
    )
    return [SavedDraft(*row) for row in await session.execute(statement)]


async def versions(session: AsyncSession, place: Place) -> list[SavedDraft]:
    """Every version of a draft that is kept, newest first."""
    statement = sa.select(col(Draft.id), *_SAVED).where(_at(place))
    row = (await session.execute(statement)).one_or_none()
    return [] if row is None else [SavedDraft(*row[1:]), *await earlier(session, row[0])]


async def version(session: AsyncSession, place: Place, number: int) -> tuple[datetime, bytes] | None:
    """Moment and packed content of one version, the newest included."""
    present = sa.select(col(Draft.saved_at), col(Draft.content)).where(
        _at(place), col(Draft.version) == number
    )
    kept = (
        sa.select(col(DraftVersion.saved_at), col(DraftVersion.content))
        .join(Draft, col(Draft.id) == col(DraftVersion.draft_id))
        .where(_at(place), col(DraftVersion.number) == number)
    )
    row = (await session.execute(present.union_all(kept))).one_or_none()
    return None if row is None else (row[0], row[1])
