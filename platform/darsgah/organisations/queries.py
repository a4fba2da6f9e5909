"""All SQL of the organisations slice."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.organisations.models import (
    Mentor,
    Organisation,
    OrganisationInvitation,
    OrganisationMember,
    Verification,
)
from darsgah.organisations.schemas import MemberRole, MemberState, VerificationDecision, VerificationState


async def organisation(
    session: AsyncSession, organisation_id: UUID, *, lock: bool = False
) -> Organisation | None:
    """One organisation; locked until the transaction ends where it is about to be changed."""
    statement = select(Organisation).where(Organisation.id == organisation_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def organisation_named(session: AsyncSession, key: str) -> Organisation | None:
    """The organisation with that name, unless it was refused."""
    statement = select(Organisation).where(
        Organisation.name_key == key, col(Organisation.state) != VerificationState.REFUSED.value
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def names_as_long(
    session: AsyncSession, organisation_id: UUID, length: int, spread: int
) -> list[tuple[UUID, str, str]]:
    """Id, name and Urdu name of other organisations that are not refused, with names of about that length."""
    of_name, of_urdu = (sa.func.length(col(name)) for name in (Organisation.name, Organisation.name_ur))
    statement = select(col(Organisation.id), col(Organisation.name), col(Organisation.name_ur)).where(
        col(Organisation.id) != organisation_id,
        col(Organisation.state) != VerificationState.REFUSED.value,
        sa.or_(*(one.between(length - spread, length + spread) for one in (of_name, of_urdu))),
    )
    found = await session.execute(statement.order_by(col(Organisation.id)))
    return [(other_id, name, name_ur) for other_id, name, name_ur in found]


async def organisations(session: AsyncSession, ids: Collection[UUID]) -> Sequence[Organisation]:
    """The organisations with those ids."""
    return (await session.execute(select(Organisation).where(col(Organisation.id).in_(ids)))).scalars().all()


async def list_organisations(
    session: AsyncSession,
    *,
    state: VerificationState | None,
    hub_ids: Collection[UUID] | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Organisation]:
    """Organisations of a state or of any, of some hubs or of all, newest first."""
    statement = select(Organisation)
    if state is not None:
        statement = statement.where(Organisation.state == state.value)
    if hub_ids is not None:
        statement = statement.where(col(Organisation.hub_id).in_(hub_ids))
    if after is not None:
        statement = statement.where(col(Organisation.id) < after)
    return (
        (await session.execute(statement.order_by(col(Organisation.id).desc()).limit(limit))).scalars().all()
    )


async def mentor(session: AsyncSession, account_id: UUID, *, lock: bool = False) -> Mentor | None:
    """One mentor; locked until the transaction ends where they are about to be changed."""
    statement = select(Mentor).where(Mentor.account_id == account_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def mentors(session: AsyncSession, account_ids: Collection[UUID]) -> Sequence[Mentor]:
    """The mentors with those accounts."""
    return (
        (await session.execute(select(Mentor).where(col(Mentor.account_id).in_(account_ids)))).scalars().all()
    )


async def list_mentors(
    session: AsyncSession,
    *,
    state: VerificationState | None,
    hub_ids: Collection[UUID] | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Mentor]:
    """Mentors of a state or of any, of some hubs or of all, newest accounts first."""
    statement = select(Mentor)
    if state is not None:
        statement = statement.where(Mentor.state == state.value)
    if hub_ids is not None:
        statement = statement.where(col(Mentor.hub_id).in_(hub_ids))
    if after is not None:
        statement = statement.where(col(Mentor.account_id) < after)
    statement = statement.order_by(col(Mentor.account_id).desc()).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def member(
    session: AsyncSession, organisation_id: UUID, account_id: UUID, *, lock: bool = False
) -> OrganisationMember | None:
    """Somebody's place in an organisation, also one that is over."""
    statement = select(OrganisationMember).where(
        OrganisationMember.organisation_id == organisation_id, OrganisationMember.account_id == account_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def places(session: AsyncSession, account_ids: Collection[UUID]) -> dict[UUID, OrganisationMember]:
    """The one place that each of these people has now or has asked for."""
    statement = select(OrganisationMember).where(
        col(OrganisationMember.account_id).in_(account_ids),
        col(OrganisationMember.state) != MemberState.REMOVED.value,
    )
    return {row.account_id: row for row in (await session.execute(statement)).scalars()}


async def members(session: AsyncSession, organisation_id: UUID) -> Sequence[OrganisationMember]:
    """Everybody who has a place in an organisation or has asked for one, owners first."""
    statement = (
        select(OrganisationMember)
        .where(
            OrganisationMember.organisation_id == organisation_id,
            col(OrganisationMember.state) != MemberState.REMOVED.value,
        )
        .order_by(col(OrganisationMember.role).desc(), col(OrganisationMember.changed_at))
    )
    return (await session.execute(statement)).scalars().all()


async def owners(session: AsyncSession, organisation_id: UUID) -> list[UUID]:
    """The accounts of an organisation's owners."""
    found = await session.execute(
        select(col(OrganisationMember.account_id)).where(
            OrganisationMember.organisation_id == organisation_id,
            OrganisationMember.state == MemberState.ACTIVE.value,
            OrganisationMember.role == MemberRole.OWNER.value,
        )
    )
    return list(found.scalars())


async def invitations(
    session: AsyncSession,
    moment: datetime,
    *,
    organisation_id: UUID | None = None,
    account_id: UUID | None = None,
) -> Sequence[OrganisationInvitation]:
    """The invitations of an organisation, or to somebody, that wait, newest first."""
    statement = select(OrganisationInvitation).where(
        col(OrganisationInvitation.ended_at).is_(None), col(OrganisationInvitation.expires_at) > moment
    )
    if organisation_id is not None:
        statement = statement.where(OrganisationInvitation.organisation_id == organisation_id)
    if account_id is not None:
        statement = statement.where(OrganisationInvitation.account_id == account_id)
    statement = statement.order_by(col(OrganisationInvitation.id).desc())
    return (await session.execute(statement)).scalars().all()


async def invitation(session: AsyncSession, invitation_id: UUID) -> OrganisationInvitation | None:
    """One invitation, locked."""
    statement = select(OrganisationInvitation).where(OrganisationInvitation.id == invitation_id)
    return (await session.execute(statement.with_for_update())).scalar_one_or_none()


async def invitation_with(session: AsyncSession, secret_hash: bytes) -> OrganisationInvitation | None:
    """The invitation with that secret, locked."""
    statement = select(OrganisationInvitation).where(OrganisationInvitation.secret_hash == secret_hash)
    return (await session.execute(statement.with_for_update())).scalar_one_or_none()


async def decisions(
    session: AsyncSession, *, organisation_id: UUID | None = None, mentor_id: UUID | None = None, limit: int
) -> Sequence[Verification]:
    """What was decided about an organisation or a mentor, newest first."""
    statement = select(Verification)
    if organisation_id is not None:
        statement = statement.where(Verification.organisation_id == organisation_id)
    else:
        statement = statement.where(Verification.mentor_id == mentor_id)
    return (
        (await session.execute(statement.order_by(col(Verification.id).desc()).limit(limit))).scalars().all()
    )


async def verified_at(session: AsyncSession, organisation_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these organisations was last verified."""
    found = await session.execute(
        select(col(Verification.organisation_id), sa.func.max(col(Verification.at)))
        .where(
            col(Verification.organisation_id).in_(organisation_ids),
            Verification.decision == VerificationDecision.VERIFIED.value,
        )
        .group_by(col(Verification.organisation_id))
    )
    return {organisation_id: at for organisation_id, at in found if organisation_id is not None}


async def waiting(session: AsyncSession, hub_ids: Collection[UUID] | None) -> tuple[int, int]:
    """How many organisations and how many mentors wait for a decision, of some hubs or of all."""
    counts: list[Any] = []
    for table in (Organisation, Mentor):
        statement = (
            select(sa.func.count())
            .select_from(table)
            .where(table.state == VerificationState.UNVERIFIED.value)
        )
        if hub_ids is not None:
            statement = statement.where(col(table.hub_id).in_(hub_ids))
        counts.append((await session.execute(statement)).scalar_one())
    return counts[0], counts[1]
