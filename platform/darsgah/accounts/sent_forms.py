"""The form that somebody sent last: the same one, sent again, leads where it led and changes nothing.

Only the last is known: who goes back to a page after another form, and sends the first once more, means it.
"""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from darsgah.accounts.models import SentForm

REMEMBERED = timedelta(days=1)
"""How long a form is known again; a browser that lost its link asks to send it again well before."""


async def location_of(session: AsyncSession, account_id: UUID, digest: bytes) -> str | None:
    """Where this form led when it was somebody's last, or None.

    One that is being carried out at this moment is waited for.
    """
    lock = int.from_bytes(digest[:8], signed=True)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))
    statement = sa.select(col(SentForm.location)).where(
        col(SentForm.account_id) == account_id, col(SentForm.digest) == digest
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def remember(session: AsyncSession, account_id: UUID, digest: bytes, location: str) -> None:
    """Keep where a form led, in the transaction that carries it out; those before it are known no more."""
    await session.execute(sa.delete(SentForm).where(col(SentForm.account_id) == account_id))
    session.add(SentForm(account_id=account_id, digest=digest, location=location))
    await session.flush()


async def forget(session: AsyncSession, now: datetime) -> None:
    """Housekeeping: forms are known again for a day."""
    await session.execute(sa.delete(SentForm).where(col(SentForm.created_at) < now - REMEMBERED))
