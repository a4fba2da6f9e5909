"""All SQL of the hubs slice."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.access import Role
from darsgah.db.columns import new_id
from darsgah.hubs.models import Hub, RoleGrant


async def all_hubs(session: AsyncSession) -> Sequence[Hub]:
    """Every hub, open ones first, then by city and name: a hundred rows, not a page's worth of thousands."""
    statement = select(Hub).order_by(
        sa.case((col(Hub.state) == "open", 0), (col(Hub.state) == "planned", 1), else_=2),
        col(Hub.province),
        col(Hub.city),
        col(Hub.name),
    )
    return (await session.execute(statement)).scalars().all()


async def hubs_by_id(session: AsyncSession, hub_ids: Collection[UUID]) -> Sequence[Hub]:
    """The hubs with those ids."""
    return (await session.execute(select(Hub).where(col(Hub.id).in_(hub_ids)))).scalars().all()


async def hub_by_code(session: AsyncSession, code: str) -> Hub | None:
    """The hub with that code."""
    return (await session.execute(select(Hub).where(Hub.code == code))).scalar_one_or_none()


async def upsert_hubs(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Insert hubs that are new by their code; of the others update names and places, never the state."""
    statement = insert(Hub).values([{"id": new_id(), **row} for row in rows])
    kept = ("name", "name_ur", "city", "province", "timezone")
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["code"], set_={name: getattr(statement.excluded, name) for name in kept}
        )
    )


async def grants(session: AsyncSession, account_id: UUID) -> frozenset[tuple[Role, UUID | None]]:
    """Pairs of role and hub that the account holds."""
    rows = await session.execute(
        select(col(RoleGrant.role), col(RoleGrant.hub_id)).where(RoleGrant.account_id == account_id)
    )
    return frozenset((Role(role), hub_id) for role, hub_id in rows)


async def add_grant(session: AsyncSession, account_id: UUID, role: Role, hub_id: UUID | None) -> None:
    """Grant a role; granting it twice changes nothing."""
    await session.execute(
        insert(RoleGrant)
        .values(id=new_id(), account_id=account_id, role=role.value, hub_id=hub_id)
        .on_conflict_do_nothing(index_elements=["account_id", "role", "hub_id"])
    )


async def holders(session: AsyncSession, hub_id: UUID | None, roles: Collection[Role]) -> Sequence[UUID]:
    """The accounts that hold one of the roles in a hub, or network-wide without one."""
    statement = (
        select(col(RoleGrant.account_id))
        .distinct()
        .where(
            col(RoleGrant.hub_id).is_not_distinct_from(hub_id),
            col(RoleGrant.role).in_([role.value for role in roles]),
        )
    )
    return (await session.execute(statement)).scalars().all()
