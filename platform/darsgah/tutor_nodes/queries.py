"""All SQL about the tutor's nodes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.tutor_nodes.models import TutorNode


async def by_token(session: AsyncSession, token_hash: bytes) -> TutorNode | None:
    """The node with that token."""
    statement = select(TutorNode).where(TutorNode.token_hash == token_hash).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def renewed_since(session: AsyncSession, moment: datetime) -> Sequence[TutorNode]:
    """The nodes that said so since then and have not left."""
    statement = select(TutorNode).where(col(TutorNode.renewed_at) >= moment, col(TutorNode.left_at).is_(None))
    return (await session.execute(statement)).scalars().all()


async def of_hubs(session: AsyncSession, hub_ids: Collection[UUID] | None) -> Sequence[TutorNode]:
    """The nodes of some hubs, or all there are, the whole network's included."""
    statement = select(TutorNode).order_by(col(TutorNode.hub_id).nulls_first(), col(TutorNode.id))
    if hub_ids is not None:
        statement = statement.where(col(TutorNode.hub_id).in_(hub_ids))
    return (await session.execute(statement)).scalars().all()


async def delete(session: AsyncSession, node_id: UUID, hub_ids: Collection[UUID] | None) -> TutorNode | None:
    """Delete a node of some hubs, or of any; returns what it was."""
    statement = sa.delete(TutorNode).where(col(TutorNode.id) == node_id)
    if hub_ids is not None:
        statement = statement.where(col(TutorNode.hub_id).in_(hub_ids))
    return (await session.execute(statement.returning(TutorNode))).scalar_one_or_none()


async def note(session: AsyncSession, node_ids: Collection[UUID], moment: datetime, *, answers: bool) -> None:
    """Keep that these answered a worker, or did not."""
    moments = {"answered_at": moment} if answers else {"unanswered_at": moment}
    await session.execute(sa.update(TutorNode).where(col(TutorNode.id).in_(node_ids)).values(**moments))
