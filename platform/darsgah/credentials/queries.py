"""All SQL of the credentials slice, and who may see which credential."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.access import NETWORK_ROLES, Actor, Role
from darsgah.credentials.models import Achievement, CompletionRule, Credential, IssuerKey, StatusList

STAFF = (Role.INSTRUCTOR, Role.HUB_ADMIN)
"""Roles in a hub that see what the hub issued."""


def issued_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Credentials of the actor's hubs, or all for network roles."""
    if actor.holds(*NETWORK_ROLES):
        return sa.true()
    hubs = actor.hubs(*STAFF)
    return col(Credential.hub_id).in_(hubs) if hubs else sa.false()


def revocable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Credentials that the actor may revoke: an administrator's of its hub, or of the network."""
    if actor.holds(Role.NETWORK_ADMIN):
        return sa.true()
    hubs = actor.hubs(Role.HUB_ADMIN)
    return col(Credential.hub_id).in_(hubs) if hubs else sa.false()


def visible_to(actor: Actor | None) -> sa.ColumnElement[bool]:
    """Credentials that somebody may open: public ones, their own, and those that their hubs issued."""
    public = col(Credential.public).is_(True)
    if actor is None:
        return public
    return sa.or_(public, col(Credential.account_id) == actor.account_id, issued_by(actor))


async def visible(session: AsyncSession, actor: Actor | None, credential_id: UUID) -> Credential | None:
    """One credential that the actor may open; None stands for somebody who is signed out."""
    statement = select(Credential).where(Credential.id == credential_id, visible_to(actor))
    return (await session.execute(statement)).scalar_one_or_none()


async def by_id(session: AsyncSession, credential_id: UUID) -> Credential | None:
    """One credential, whoever asks: for verifying, where its JWT is already there."""
    return await session.get(Credential, credential_id)


async def own_for_update(session: AsyncSession, actor: Actor, credential_id: UUID) -> Credential | None:
    """One of the actor's own, locked."""
    statement = select(Credential).where(
        Credential.id == credential_id, Credential.account_id == actor.account_id
    )
    return (await session.execute(statement.with_for_update())).scalar_one_or_none()


async def revocable_for_update(session: AsyncSession, actor: Actor, credential_id: UUID) -> Credential | None:
    """One that the actor may revoke, locked."""
    statement = select(Credential).where(Credential.id == credential_id, revocable_by(actor))
    return (await session.execute(statement.with_for_update())).scalar_one_or_none()


async def for_update(session: AsyncSession, credential_id: UUID) -> Credential | None:
    """One credential, whoever asks, locked."""
    statement = select(Credential).where(Credential.id == credential_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def counting(session: AsyncSession, ids: Collection[UUID]) -> Sequence[UUID]:
    """Which of these are not revoked."""
    statement = select(col(Credential.id)).where(
        col(Credential.id).in_(ids), col(Credential.revoked_at).is_(None)
    )
    return (await session.execute(statement)).scalars().all()


async def own(session: AsyncSession, actor: Actor, *, after: UUID | None, limit: int) -> Sequence[Credential]:
    """The actor's own, newest first."""
    return await _page(session, col(Credential.account_id) == actor.account_id, after=after, limit=limit)


async def issued(
    session: AsyncSession, actor: Actor, *, after: UUID | None, limit: int
) -> Sequence[Credential]:
    """What the actor's hubs issued, newest first."""
    return await _page(session, issued_by(actor), after=after, limit=limit)


async def _page(
    session: AsyncSession, chosen: sa.ColumnElement[bool], *, after: UUID | None, limit: int
) -> Sequence[Credential]:
    statement = select(Credential).where(chosen).order_by(col(Credential.id).desc()).limit(limit)
    if after is not None:
        statement = statement.where(col(Credential.id) < after)
    return (await session.execute(statement)).scalars().all()


async def awarded(
    session: AsyncSession, account_ids: Collection[UUID], kind: str, subject: str, reference: str
) -> Sequence[Credential]:
    """What these people were awarded for one occasion, the revoked too, newest first."""
    statement = (
        select(Credential)
        .where(
            col(Credential.account_id).in_(account_ids),
            Credential.kind == kind,
            Credential.subject == subject,
            Credential.reference == reference,
        )
        .order_by(col(Credential.id).desc())
    )
    return (await session.execute(statement)).scalars().all()


async def achievements(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Achievement]:
    """Some achievements, by id."""
    statement = select(Achievement).where(col(Achievement.id).in_(ids))
    return {row.id: row for row in (await session.execute(statement)).scalars()}


async def achievement_versions(session: AsyncSession, kind: str, subject: str) -> Sequence[Achievement]:
    """Every description that something which can be earned ever had, newest first."""
    statement = (
        select(Achievement)
        .where(Achievement.kind == kind, Achievement.subject == subject)
        .order_by(col(Achievement.version).desc())
    )
    return (await session.execute(statement)).scalars().all()


async def lock_occasion(session: AsyncSession, name: str) -> None:
    """Hold a name until the transaction ends, so that two who do the same do it one after the other."""
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 7))))


async def active_key_for_update(session: AsyncSession, issuer: str) -> IssuerKey | None:
    """The key that signs for an issuer now, locked: nobody signs with it until the transaction ends."""
    statement = select(IssuerKey).where(IssuerKey.issuer == issuer, IssuerKey.state == "active")
    return (await session.execute(statement.with_for_update())).scalar_one_or_none()


async def held_key(session: AsyncSession, issuer: str) -> IssuerKey | None:
    """The same for signing: it is neither replaced nor marked before the transaction ends."""
    statement = select(IssuerKey).where(IssuerKey.issuer == issuer, IssuerKey.state == "active")
    statement = statement.with_for_update(read=True).execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def add_key(session: AsyncSession, key: IssuerKey) -> None:
    """Add an active key unless another transaction has added one for the issuer meanwhile."""
    values = key.model_dump()
    await session.execute(insert(IssuerKey).values(**values).on_conflict_do_nothing())


async def key_for_update(session: AsyncSession, key_id: UUID) -> IssuerKey | None:
    """One key, locked."""
    statement = select(IssuerKey).where(IssuerKey.id == key_id).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def key_by_kid(session: AsyncSession, kid: str) -> IssuerKey | None:
    """The key of that name, in whichever state."""
    return (await session.execute(select(IssuerKey).where(IssuerKey.kid == kid))).scalar_one_or_none()


async def keys(session: AsyncSession, issuer: str | None = None) -> Sequence[IssuerKey]:
    """The keys of an issuer, or all, newest first."""
    statement = select(IssuerKey).order_by(col(IssuerKey.id).desc())
    if issuer is not None:
        statement = statement.where(IssuerKey.issuer == issuer)
    return (await session.execute(statement)).scalars().all()


async def counted_keys(session: AsyncSession, issuer: str | None = None) -> Sequence[tuple[IssuerKey, int]]:
    """The same, each with how many credentials it signed: that takes the longer the more there are."""
    signed = (
        select(sa.func.count())
        .where(col(Credential.key_id) == col(IssuerKey.id))
        .correlate(IssuerKey)
        .scalar_subquery()
    )
    statement = select(IssuerKey, signed).order_by(col(IssuerKey.id).desc())
    if issuer is not None:
        statement = statement.where(IssuerKey.issuer == issuer)
    return [(key, count) for key, count in await session.execute(statement)]


async def has_issuer(session: AsyncSession, issuer: str) -> bool:
    """Whether anybody ever signed under that name here."""
    statement = select(col(IssuerKey.id)).where(IssuerKey.issuer == issuer).limit(1)
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def signed_with(session: AsyncSession, key_id: UUID, limit: int) -> Sequence[Credential]:
    """Some of the credentials that a key signed, locked."""
    statement = select(Credential).where(Credential.key_id == key_id).order_by(col(Credential.id))
    return (await session.execute(statement.limit(limit).with_for_update())).scalars().all()


async def newest_list(session: AsyncSession, issuer: str) -> StatusList | None:
    """The issuer's newest list, locked."""
    statement = (
        select(StatusList)
        .where(StatusList.issuer == issuer)
        .order_by(col(StatusList.number).desc())
        .limit(1)
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def status_list(session: AsyncSession, list_id: UUID, *, lock: bool = False) -> StatusList | None:
    """One list."""
    statement = select(StatusList).where(StatusList.id == list_id)
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()


async def lists_signed_with(session: AsyncSession, key_id: UUID) -> Sequence[StatusList]:
    """The lists whose cached form a key signed, locked."""
    statement = select(StatusList).where(StatusList.key_id == key_id).with_for_update()
    return (await session.execute(statement)).scalars().all()


async def place_is_free(session: AsyncSession, list_id: UUID, index: int) -> bool:
    """Whether nobody has that place of a list."""
    statement = select(col(Credential.id)).where(
        Credential.status_list_id == list_id, Credential.status_index == index
    )
    return (await session.execute(statement)).scalar_one_or_none() is None


async def revoked_places(session: AsyncSession, list_id: UUID) -> Sequence[int]:
    """The places of a list whose credential is revoked."""
    statement = select(col(Credential.status_index)).where(
        Credential.status_list_id == list_id, col(Credential.revoked_at).is_not(None)
    )
    return (await session.execute(statement)).scalars().all()


async def rule(session: AsyncSession, cohort_id: UUID, *, lock: bool = False) -> CompletionRule | None:
    """A cohort's own rule."""
    statement = select(CompletionRule).where(CompletionRule.cohort_id == cohort_id)
    return (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()
