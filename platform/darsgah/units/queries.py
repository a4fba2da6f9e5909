"""All SQL of the units slice.

Units are everybody's to read; who is shown how a person stands to them is decided in ``assessing``.
"""

import re
from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.units.models import Unit, UnitAssessment, UnitLab, UnitVersion
from darsgah.units.schemas import CODE, LONGEST_CODE

Row = tuple[Unit, UnitVersion]
"""A unit with its text of now."""
_NOW = select(Unit, UnitVersion).join(
    UnitVersion,
    sa.and_(col(UnitVersion.unit_id) == col(Unit.id), col(UnitVersion.number) == col(Unit.version)),
)


def is_code(text: str) -> bool:
    """Whether a unit can have that code."""
    return len(text) <= LONGEST_CODE and re.fullmatch(CODE, text) is not None and "\n" not in text


async def unit(session: AsyncSession, code: str) -> Row | None:
    """The unit of that code; none for what is no code at all."""
    if not is_code(code):
        return None
    row = (await session.execute(_NOW.where(Unit.code == code))).one_or_none()
    return None if row is None else (row[0], row[1])


async def unit_locked(session: AsyncSession, code: str) -> Row | None:
    """The same, read anew; whoever changes it, or judges by it, comes one after the other.

    The code is locked and not the row, so that two who make the same unit wait for each other too.
    """
    if not is_code(code):
        return None
    name = sa.func.hashtextextended(f"unit {code}", 24)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
    statement = _NOW.where(Unit.code == code).execution_options(populate_existing=True)
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1])


async def units(session: AsyncSession, ids: Collection[UUID]) -> list[Row]:
    """Some units, by code."""
    statement = _NOW.where(col(Unit.id).in_(ids)).order_by(col(Unit.code))
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def listed(
    session: AsyncSession,
    *,
    only: Collection[UUID] | None = None,
    without: Collection[UUID] = (),
    retired: bool = False,
    after: str = "",
    limit: int,
) -> list[Row]:
    """Units by code, from the one after that code on; those of ``only`` whether they are retired or not."""
    statement = _NOW.where(col(Unit.id).not_in(without))
    if is_code(after):
        statement = statement.where(col(Unit.code) > after)
    if only is not None:
        statement = statement.where(col(Unit.id).in_(only))
    elif not retired:
        statement = statement.where(col(Unit.retired_at).is_(None))
    statement = statement.order_by(col(Unit.code)).limit(limit)
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def versions(
    session: AsyncSession, pairs: Collection[tuple[UUID, int]]
) -> dict[tuple[UUID, int], UnitVersion]:
    """Texts of units, by unit and number."""
    keys = sa.tuple_(col(UnitVersion.unit_id), col(UnitVersion.number))
    statement = select(UnitVersion).where(keys.in_(pairs))
    return {(row.unit_id, row.number): row for row in (await session.execute(statement)).scalars()}


async def labs(session: AsyncSession, pairs: Collection[tuple[UUID, int]]) -> dict[UUID, list[UnitLab]]:
    """The labs chosen in these versions, by unit."""
    keys = sa.tuple_(col(UnitLab.unit_id), col(UnitLab.number))
    statement = select(UnitLab).where(keys.in_(pairs)).order_by(col(UnitLab.lab_id))
    found: dict[UUID, list[UnitLab]] = {}
    for row in (await session.execute(statement)).scalars():
        found.setdefault(row.unit_id, []).append(row)
    return found


async def newest(
    session: AsyncSession, account_ids: Collection[UUID], unit_ids: Collection[UUID] | None = None
) -> dict[tuple[UUID, UUID], UnitAssessment]:
    """The assessment that counts, by account and unit; of all units without ``unit_ids``."""
    one_each = (col(UnitAssessment.account_id), col(UnitAssessment.unit_id))
    statement = (
        select(UnitAssessment)
        .where(one_each[0].in_(account_ids))
        .ext(distinct_on(*one_each))
        .order_by(*one_each, col(UnitAssessment.id).desc())
    )
    if unit_ids is not None:
        statement = statement.where(one_each[1].in_(unit_ids))
    return {(row.account_id, row.unit_id): row for row in (await session.execute(statement)).scalars()}


async def history(session: AsyncSession, account_id: UUID, unit_id: UUID) -> Sequence[UnitAssessment]:
    """How somebody was judged in a unit, newest first."""
    statement = (
        select(UnitAssessment)
        .where(UnitAssessment.account_id == account_id, UnitAssessment.unit_id == unit_id)
        .order_by(col(UnitAssessment.id).desc())
    )
    return (await session.execute(statement)).scalars().all()


async def sent_before(session: AsyncSession, assessor_id: UUID, key: str) -> UnitAssessment | None:
    """What an assessor sent under an idempotency key."""
    statement = select(UnitAssessment).where(
        UnitAssessment.assessor_id == assessor_id, UnitAssessment.idempotency_key == key
    )
    return (await session.execute(statement)).scalar_one_or_none()
