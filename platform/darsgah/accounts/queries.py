"""All SQL of the accounts slice."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.accounts.models import Account, AccountSession, SignInFailure


async def account_by_email(session: AsyncSession, email: str) -> Account | None:
    """The account with that address, written in lower case."""
    return (await session.execute(select(Account).where(Account.email == email))).scalar_one_or_none()


async def account_by_id(session: AsyncSession, account_id: UUID) -> Account | None:
    """The account with that id."""
    return await session.get(Account, account_id)


async def display_names(session: AsyncSession, account_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names of the accounts, by id."""
    rows = await session.execute(
        select(col(Account.id), col(Account.display_name)).where(col(Account.id).in_(account_ids))
    )
    return {row.id: row.display_name for row in rows}


async def contacts(session: AsyncSession, account_ids: Collection[UUID]) -> Sequence[Account]:
    """The accounts that are active, of these."""
    statement = select(Account).where(col(Account.id).in_(account_ids), col(Account.is_active).is_(True))
    return (await session.execute(statement)).scalars().all()


async def live_session(
    session: AsyncSession, token_hash: bytes, now: datetime
) -> tuple[AccountSession, Account] | None:
    """The unexpired session of an active account with that token."""
    statement = (
        select(AccountSession, Account)
        .join(Account, col(Account.id) == col(AccountSession.account_id))
        .where(
            AccountSession.token_hash == token_hash,
            AccountSession.expires_at > now,
            col(Account.is_active).is_(True),
        )
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1])


async def extend_session(
    session: AsyncSession, token_hash: bytes, now: datetime, expires_at: datetime
) -> None:
    """Note that a session was used, and push its end."""
    await session.execute(
        sa.update(AccountSession)
        .where(col(AccountSession.token_hash) == token_hash)
        .values(seen_at=now, expires_at=expires_at)
    )


async def end_session(session: AsyncSession, token_hash: bytes) -> None:
    """Forget one session."""
    await session.execute(sa.delete(AccountSession).where(col(AccountSession.token_hash) == token_hash))


async def end_other_sessions(session: AsyncSession, account_id: UUID, keep: bytes) -> None:
    """Forget every session of the account but one."""
    await session.execute(
        sa.delete(AccountSession).where(
            col(AccountSession.account_id) == account_id, col(AccountSession.token_hash) != keep
        )
    )


async def delete_expired(session: AsyncSession, now: datetime, failures_before: datetime) -> None:
    """Forget ended sessions and failures that no longer count."""
    await session.execute(sa.delete(AccountSession).where(col(AccountSession.expires_at) <= now))
    await session.execute(sa.delete(SignInFailure).where(col(SignInFailure.failed_at) < failures_before))


async def oldest_counted_failure(
    session: AsyncSession, subject: bytes, since: datetime, limit: int
) -> datetime | None:
    """When the oldest of the last ``limit`` failures of a subject was, or None when there are fewer."""
    recent = (
        select(col(SignInFailure.failed_at))
        .where(SignInFailure.subject == subject, col(SignInFailure.failed_at) >= since)
        .order_by(col(SignInFailure.failed_at).desc())
        .offset(limit - 1)
        .limit(1)
    )
    return (await session.execute(recent)).scalar_one_or_none()


async def forget_failures(session: AsyncSession, subject: bytes) -> None:
    """A good sign-in clears what was counted against the account."""
    await session.execute(sa.delete(SignInFailure).where(col(SignInFailure.subject) == subject))
