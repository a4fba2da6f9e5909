"""What can be done with credentials: award one, show it, take it back, decide who sees it."""

import secrets
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.credentials import queries, tokens
from darsgah.credentials.addresses import Addresses
from darsgah.credentials.document import Words, document
from darsgah.credentials.errors import AlreadyRevoked, ClaimsTooMuch, RevokedBefore
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.keys import issuing_hub, signing_key
from darsgah.credentials.models import Achievement, Credential
from darsgah.credentials.schemas import (
    AchievementPlan,
    AchievementView,
    Alignment,
    Award,
    CredentialsPage,
    CredentialView,
    Evidence,
    Kind,
    Recipient,
    Result,
)
from darsgah.credentials.status_lists import mark_changed, take_place
from darsgah.credentials.wording import claims_too_much
from darsgah.db.columns import new_id, now
from darsgah.errors import NotFound
from darsgah.hubs import service as hubs
from darsgah.hubs.schemas import HubView
from darsgah.notices import service as notices
from darsgah.ui.language import Message

PAGE: Final = 50
NETWORK_NAME: Final = "Darsgah"
logger = structlog.get_logger("darsgah.credentials")


async def award(session: AsyncSession, issuing: Issuing, wanted: Award) -> UUID:
    """Award an achievement to somebody: it is described and signed in the caller's transaction.

    Doing it again for the same person, achievement and reference changes nothing and returns the same id.
    Nobody but its owner sees it until the owner makes it public.

    Raises:
        NotFound: there is no such account or hub.
        RevokedBefore: one for the same occasion was revoked, and ``again`` does not say that it is meant.
        ClaimsTooMuch: an alignment says that a body has confirmed something.
        KeyLocked: the issuer's key cannot be opened here.
    """
    plan = wanted.achievement
    for alignment in plan.alignments:
        if claims_too_much(f"{alignment.name} {alignment.framework} {alignment.description}"):
            raise ClaimsTooMuch(fields={"alignments": Message("It may only describe.")})
    occasion = f"{wanted.account_id} {plan.kind} {plan.subject} {wanted.reference}"
    await queries.lock_occasion(session, occasion)
    before = await queries.awarded(session, [wanted.account_id], plan.kind, plan.subject, wanted.reference)
    counting = next((row for row in before if row.revoked_at is None), None)
    if counting is not None:
        return counting.id
    if before and not wanted.again:
        raise RevokedBefore
    row = await _issued(session, issuing, wanted)
    issuer = str(tokens.read(row.jwt).payload["issuer"]["name"])
    said = {"achievement": plan.name, "issuer": issuer}
    await notices.tell(session, [row.account_id], "credential_awarded", said, f"/credentials/{row.id}")
    logger.info("credential_awarded", credential=str(row.id), kind=plan.kind.value, subject=plan.subject)
    return row.id


async def _issued(session: AsyncSession, issuing: Issuing, wanted: Award) -> Credential:
    plan = wanted.achievement
    account = await accounts.profile(session, wanted.account_id)
    hub = await issuing_hub(session, wanted.hub_id)
    key_row, key = await signing_key(session, issuing, hub)
    achievement = await _described(session, wanted.hub_id, plan)
    status_list, place = await take_place(session, key.issuer, wanted.hub_id)
    credential_id, issued_at = new_id(), now().replace(microsecond=0)
    valid_until = wanted.valid_until.replace(microsecond=0) if wanted.valid_until else None
    words = Words(
        credential_id=credential_id,
        achievement_id=achievement.id,
        achievement=plan,
        version=achievement.version,
        issuer=key.issuer,
        issuer_name=hub.name if hub else NETWORK_NAME,
        issuer_code=hub.code if hub else None,
        recipient=Recipient(account.display_name, account.email, secrets.token_urlsafe(12)),
        issued_at=issued_at,
        valid_until=valid_until,
        evidence=wanted.evidence,
        results=wanted.results,
        trl=wanted.trl,
        status=(status_list.id, place),
    )
    claims = tokens.claims(document(words, issuing.addresses), issued_at, valid_until)
    row = Credential(
        id=credential_id,
        hub_id=wanted.hub_id,
        account_id=wanted.account_id,
        achievement_id=achievement.id,
        kind=plan.kind.value,
        subject=plan.subject,
        reference=wanted.reference,
        recipient_name=account.display_name,
        key_id=key_row.id,
        status_list_id=status_list.id,
        status_index=place,
        jwt=tokens.sign(key, claims, tokens.CREDENTIAL_TYPE),
        issued_at=issued_at,
        valid_until=valid_until,
        awarded_by=wanted.awarded_by,
        evidence=msgspec.to_builtins(list(wanted.evidence)),
        results=msgspec.to_builtins(list(wanted.results)),
        trl=wanted.trl,
    )
    session.add(row)
    await session.flush()
    return row


async def _described(session: AsyncSession, hub_id: UUID | None, plan: AchievementPlan) -> Achievement:
    """The achievement as it is described now: the version with these words, or a new one."""
    await queries.lock_occasion(session, f"achievement {plan.kind} {plan.subject}")
    said = {
        "name": plan.name,
        "name_ur": plan.name_ur,
        "description": plan.description,
        "criteria": plan.criteria,
        "skills": list(plan.skills),
        "alignments": msgspec.to_builtins(list(plan.alignments)),
        "hub_id": hub_id,
    }
    versions = await queries.achievement_versions(session, plan.kind, plan.subject)
    for before in versions:
        if all(getattr(before, name) == value for name, value in said.items()):
            return before
    row = Achievement(kind=plan.kind.value, subject=plan.subject, version=len(versions) + 1, **said)
    session.add(row)
    await session.flush()
    return row


async def revoke(session: AsyncSession, actor: Actor, credential_id: UUID, reason: str) -> None:
    """Take a credential back: its page, its check and the list of revocations say so from now on.

    Raises:
        NotFound: there is none that the actor may revoke.
        AlreadyRevoked: somebody did it before.
    """
    row = await queries.revocable_for_update(session, actor, credential_id)
    if row is None:
        raise NotFound
    if row.revoked_at is not None:
        raise AlreadyRevoked
    await _take_back(session, row, actor.account_id, reason)


async def take_back(session: AsyncSession, credential_id: UUID, *, by: UUID, reason: str) -> None:
    """Revoke a credential for a slice above, which has seen that it may; one that was revoked stays so.

    Raises:
        NotFound: there is no such credential.
    """
    row = await queries.for_update(session, credential_id)
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        await _take_back(session, row, by, reason)


async def _take_back(session: AsyncSession, row: Credential, by: UUID, reason: str) -> None:
    row.revoked_at, row.revoked_by, row.revoked_reason = now(), by, reason.strip() or "-"
    await session.flush()
    await mark_changed(session, row.status_list_id)
    payload = tokens.read(row.jwt).payload
    said = {"achievement": payload["name"], "issuer": payload["issuer"]["name"], "reason": row.revoked_reason}
    await notices.tell(session, [row.account_id], "credential_revoked", said, f"/credentials/{row.id}")
    logger.info("credential_revoked", credential=str(row.id), by=str(by))


async def counting(session: AsyncSession, ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these credentials are not revoked, whoever asks."""
    return frozenset(await queries.counting(session, ids))


async def make_public(session: AsyncSession, actor: Actor, credential_id: UUID, *, public: bool) -> None:
    """Let anybody open a credential's page, or nobody else any more.

    Raises:
        NotFound: the actor has none with that id.
    """
    row = await queries.own_for_update(session, actor, credential_id)
    if row is None:
        raise NotFound
    row.public = public
    await session.flush()


async def credential(
    session: AsyncSession, addresses: Addresses, actor: Actor | None, credential_id: UUID
) -> tuple[CredentialView, str]:
    """A credential with its JWT, for whoever may open its page; None stands for somebody signed out.

    Raises:
        NotFound: there is none, or its owner keeps it to themselves.
    """
    row = await queries.visible(session, actor, credential_id)
    if row is None:
        raise NotFound
    return (await _views(session, addresses, actor, [row]))[0], row.jwt


async def own_credentials(
    session: AsyncSession, addresses: Addresses, actor: Actor, *, after: UUID | None = None
) -> CredentialsPage:
    """The actor's own, newest first; ``after`` is the last id seen."""
    rows = await queries.own(session, actor, after=after, limit=PAGE + 1)
    return await _paged(session, addresses, actor, rows)


async def issued_credentials(
    session: AsyncSession, addresses: Addresses, actor: Actor, *, after: UUID | None = None
) -> CredentialsPage:
    """What the actor's hubs issued, newest first; ``after`` is the last id seen."""
    rows = await queries.issued(session, actor, after=after, limit=PAGE + 1)
    return await _paged(session, addresses, actor, rows)


async def achievement(session: AsyncSession, achievement_id: UUID) -> AchievementView:
    """Something that can be earned, for anybody.

    Raises:
        NotFound: there is none with that id.
    """
    found = (await queries.achievements(session, [achievement_id])).get(achievement_id)
    if found is None:
        raise NotFound
    known = await hubs.hubs_by_id(session, [found.hub_id]) if found.hub_id else {}
    return _achievement_view(found, known.get(found.hub_id) if found.hub_id else None)


async def _paged(
    session: AsyncSession, addresses: Addresses, actor: Actor, rows: Sequence[Credential]
) -> CredentialsPage:
    shown = rows[:PAGE]
    views = await _views(session, addresses, actor, shown)
    return CredentialsPage(tuple(views), shown[-1].id if len(rows) > PAGE else None)


async def _views(
    session: AsyncSession, addresses: Addresses, actor: Actor | None, rows: Sequence[Credential]
) -> list[CredentialView]:
    achievements = await queries.achievements(session, {row.achievement_id for row in rows})
    known = await hubs.hubs_by_id(session, {row.hub_id for row in rows if row.hub_id is not None})
    return [
        _view(
            row,
            achievements[row.achievement_id],
            known.get(row.hub_id) if row.hub_id else None,
            addresses,
            actor,
        )
        for row in rows
    ]


def _achievement_view(row: Achievement, hub: HubView | None) -> AchievementView:
    return AchievementView(
        id=row.id,
        kind=Kind(row.kind),
        version=row.version,
        name=row.name,
        name_ur=row.name_ur,
        description=row.description,
        criteria=row.criteria,
        skills=tuple(row.skills),
        alignments=msgspec.convert(tuple(row.alignments), tuple[Alignment, ...]),
        hub=hub,
    )


def _view(
    row: Credential, described: Achievement, hub: HubView | None, addresses: Addresses, actor: Actor | None
) -> CredentialView:
    own = actor is not None and actor.account_id == row.account_id
    staff = actor is not None and _is_staff(actor, row)
    return CredentialView(
        id=row.id,
        address=addresses.credential(row.id),
        achievement=_achievement_view(described, hub),
        recipient=row.recipient_name,
        hub=hub,
        issuer=str(tokens.read(row.jwt).payload["iss"]),
        issued_at=row.issued_at,
        valid_until=row.valid_until,
        evidence=msgspec.convert(tuple(row.evidence), tuple[Evidence, ...]),
        results=msgspec.convert(tuple(row.results), tuple[Result, ...]),
        trl=row.trl,
        public=row.public,
        revoked_at=row.revoked_at,
        revoked_reason=row.revoked_reason if own or staff else "",
        own=own,
        may_revoke=actor is not None and _may_revoke(actor, row),
    )


def _is_staff(actor: Actor, row: Credential) -> bool:
    if row.hub_id is None:
        return actor.holds(Role.NETWORK_ADMIN, Role.AUDITOR)
    return actor.holds(*queries.STAFF, Role.NETWORK_ADMIN, Role.AUDITOR, hub_id=row.hub_id)


def _may_revoke(actor: Actor, row: Credential) -> bool:
    if row.revoked_at is not None:
        return False
    if row.hub_id is None:
        return actor.holds(Role.NETWORK_ADMIN)
    return actor.holds(Role.HUB_ADMIN, Role.NETWORK_ADMIN, hub_id=row.hub_id)
