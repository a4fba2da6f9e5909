"""The credentials that somebody made public, for the slices above to list; each has its page."""

from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.credentials.models import Achievement, Credential

MOST = 100


class CredentialCard(msgspec.Struct, frozen=True):
    """A public credential in a line; its page is ``/credentials/{id}``."""

    id: UUID
    name: str
    name_ur: str
    skills: tuple[str, ...]
    trl: int | None
    issued_at: datetime


async def public_cards(session: AsyncSession, account_id: UUID) -> tuple[CredentialCard, ...]:
    """Somebody's public credentials that count, newest first, ``MOST`` at most."""
    statement = (
        select(Credential, Achievement)
        .join(Achievement, col(Achievement.id) == col(Credential.achievement_id))
        .where(
            Credential.account_id == account_id,
            col(Credential.public).is_(True),
            col(Credential.revoked_at).is_(None),
            sa.or_(col(Credential.valid_until).is_(None), col(Credential.valid_until) > sa.func.now()),
        )
        .order_by(col(Credential.id).desc())
        .limit(MOST)
    )
    return tuple(
        CredentialCard(
            row.id, described.name, described.name_ur, tuple(described.skills), row.trl, row.issued_at
        )
        for row, described in await session.execute(statement)
    )
