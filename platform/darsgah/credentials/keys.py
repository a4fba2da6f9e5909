"""Keys that sign: made when the first credential is awarded, replaced, marked as compromised, and published.

A key that no longer signs loses its private part. Its public part stays published, so what it signed counts;
only of a compromised one nothing counts any more, and what it signed is signed again by its successor.
"""

import re
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.credentials import queries, tokens
from darsgah.credentials.addresses import Addresses
from darsgah.credentials.errors import KeyIsGone
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.models import IssuerKey
from darsgah.credentials.schemas import IssuerView, KeyState, KeyView
from darsgah.credentials.sealing import seal, unseal
from darsgah.credentials.tokens import SigningKey
from darsgah.db.columns import now
from darsgah.errors import NotFound
from darsgah.hubs import service as hubs
from darsgah.hubs.schemas import HubView

NETWORK: Final = "network"
"""In addresses it stands for the network itself, which issues beside its hubs."""
_AT_ONCE: Final = 500
"""Credentials that are signed again at a time."""
_CODE: Final = re.compile(r"[a-z0-9-]{1,80}", re.ASCII)
logger = structlog.get_logger("darsgah.credentials")


async def issuing_hub(session: AsyncSession, hub_id: UUID | None) -> HubView | None:
    """The hub that issues; None for the network itself.

    Raises:
        NotFound: there is no such hub.
    """
    if hub_id is None:
        return None
    found = (await hubs.hubs_by_id(session, [hub_id])).get(hub_id)
    if found is None:
        raise NotFound
    return found


async def hub_named(session: AsyncSession, code: str) -> HubView:
    """The hub with that code, as it stands in addresses.

    Raises:
        NotFound: there is none.
    """
    if not _CODE.fullmatch(code):
        raise NotFound
    return await hubs.hub_by_code(session, code)


async def signing_key(
    session: AsyncSession, issuing: Issuing, hub: HubView | None
) -> tuple[IssuerKey, SigningKey]:
    """The key that signs for a hub, or for the network; made now if there is none yet.

    Nobody marks it as compromised before the caller's transaction ends: what is signed with it is there by
    then, to be signed again. The caller takes it before any list of revocations.

    Raises:
        KeyLocked: the operator's secret here is not the one that it was sealed under.
    """
    issuer = issuing.addresses.issuer(hub.code if hub else None)
    row = await queries.held_key(session, issuer)
    if row is None:
        await queries.add_key(session, _new_key(issuing, issuer, hub))
        row = await queries.held_key(session, issuer)
        assert row is not None, "added by us or by another"  # noqa: S101 # the unique index says so
        logger.info("issuer_key_made", issuer=issuer, kid=row.kid)
    return row, _opened(issuing, row)


def _new_key(issuing: Issuing, issuer: str, hub: HubView | None) -> IssuerKey:
    jwk = tokens.new_jwk()
    kid = f"{issuer}#{tokens.thumbprint(jwk)}"
    return IssuerKey(
        hub_id=hub.id if hub else None,
        issuer=issuer,
        kid=kid,
        public_jwk=tokens.public_part(jwk),
        sealed=seal(issuing.secret, msgspec.json.encode(jwk), purpose=kid),
    )


def _opened(issuing: Issuing, row: IssuerKey) -> SigningKey:
    jwk = msgspec.json.decode(unseal(issuing.secret, row.sealed or b"", purpose=row.kid), type=dict[str, Any])
    return SigningKey(kid=row.kid, issuer=row.issuer, jwk=jwk)


async def rotate(
    session: AsyncSession, issuing: Issuing, hub: HubView | None, *, by: Actor | None, reason: str
) -> IssuerKey:
    """Have another key sign for an issuer from now on; the one before stays published.

    Args:
        by: who wants it; None for the operator at the command line.
    """
    issuer = issuing.addresses.issuer(hub.code if hub else None)
    await queries.lock_occasion(session, f"key of {issuer}")
    before = await queries.active_key_for_update(session, issuer)
    if before is not None:
        _put_away(before, KeyState.RETIRED, by, reason)
        await session.flush()
    key = _new_key(issuing, issuer, hub)
    session.add(key)
    await session.flush()
    logger.info("issuer_key_rotated", issuer=issuer, kid=key.kid, before=before.kid if before else None)
    return key


async def compromise(
    session: AsyncSession, issuing: Issuing, key_id: UUID, *, by: Actor | None, reason: str
) -> int:
    """Say that a key is in other hands: nothing that it signed is believed any more.

    What the platform itself signed with it is signed again, with the key of now: the same credentials with
    the same numbers. Their owners send the new file.

    Returns:
        How many credentials were signed again.

    Raises:
        NotFound: there is no such key.
        KeyIsGone: it was marked before.
    """
    row = await queries.key_for_update(session, key_id)
    if row is None:
        raise NotFound
    if row.state == KeyState.COMPROMISED:
        raise KeyIsGone
    hub = await issuing_hub(session, row.hub_id)
    _put_away(row, KeyState.COMPROMISED, by, reason)
    await session.flush()
    fresh, key = await signing_key(session, issuing, hub)
    signed = 0
    while some := await queries.signed_with(session, row.id, _AT_ONCE):
        for credential in some:
            payload = tokens.read(credential.jwt).payload
            credential.jwt = tokens.sign(key, _under(payload, key.issuer), tokens.CREDENTIAL_TYPE)
            credential.key_id = fresh.id
        await session.flush()
        signed += len(some)
    for kept in await queries.lists_signed_with(session, row.id):
        kept.revision += 1
    await session.flush()
    logger.warning("issuer_key_compromised", kid=row.kid, signed_again=signed)
    return signed


def _under(payload: dict[str, Any], issuer: str) -> dict[str, Any]:
    """The same words under the issuer's present name, should the platform have moved meanwhile."""
    return {**payload, "iss": issuer, "issuer": {**payload["issuer"], "id": issuer}}


def _put_away(row: IssuerKey, state: KeyState, by: Actor | None, reason: str) -> None:
    row.state, row.sealed = state.value, None
    row.retired_at, row.retired_by = now(), by.account_id if by else None
    row.reason = reason.strip()


def jwk_of(row: IssuerKey) -> dict[str, Any]:
    """A public key as a JWK (RFC 7517, RFC 8037) with its name and use."""
    return {**row.public_jwk, "kid": row.kid, "use": "sig", "alg": tokens.ALGORITHM}


async def key_set(session: AsyncSession, issuer: str | None = None) -> dict[str, Any]:
    """The public keys of an issuer, or of all, as a JWK Set; ``compromised`` names those that left it."""
    rows = await queries.keys(session, issuer)
    return {
        "keys": [jwk_of(row) for row in rows if row.state != KeyState.COMPROMISED],
        "compromised": [
            {"kid": row.kid, "since": row.retired_at} for row in rows if row.state == KeyState.COMPROMISED
        ],
    }


async def did_document(session: AsyncSession, issuer: str, address: str) -> dict[str, Any]:
    """What the issuer's DID means: its keys, the one that signs first. Compromised ones are not in it.

    Raises:
        NotFound: nobody ever signed under that name.
    """
    rows = [row for row in await queries.keys(session, issuer) if row.state != KeyState.COMPROMISED]
    if not rows:
        raise NotFound
    rows.sort(key=lambda row: row.state != KeyState.ACTIVE)
    methods = [
        {"id": row.kid, "type": "JsonWebKey", "controller": issuer, "publicKeyJwk": row.public_jwk}
        for row in rows
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": issuer,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
        "alsoKnownAs": [address],
    }


async def issuer_view(session: AsyncSession, addresses: Addresses, code: str) -> IssuerView:
    """An issuer with its keys, for anybody; ``network`` is the network itself.

    Raises:
        NotFound: there is no such hub.
    """
    hub = None if code == NETWORK else await hub_named(session, code)
    issuer = addresses.issuer(hub.code if hub else None)
    rows = [(row, None) for row in await queries.keys(session, issuer)]
    return IssuerView(issuer, addresses.profile(hub.code if hub else None), hub, _views(rows))


async def issuers(session: AsyncSession, addresses: Addresses) -> list[IssuerView]:
    """Every issuer that has a key, the network first, for its administrators."""
    by_issuer: dict[str, list[tuple[IssuerKey, int]]] = {}
    for row, signed in await queries.counted_keys(session):
        by_issuer.setdefault(row.issuer, []).append((row, signed))
    hub_ids = {rows[0][0].hub_id for rows in by_issuer.values()} - {None}
    known = await hubs.hubs_by_id(session, [hub_id for hub_id in hub_ids if hub_id is not None])
    views = []
    for issuer, rows in by_issuer.items():
        hub_id = rows[0][0].hub_id
        hub = known.get(hub_id) if hub_id else None
        views.append(IssuerView(issuer, addresses.profile(hub.code if hub else None), hub, _views(rows)))
    return sorted(views, key=lambda view: (view.hub is not None, view.did))


def _views(rows: Sequence[tuple[IssuerKey, int | None]]) -> tuple[KeyView, ...]:
    return tuple(
        KeyView(
            id=row.id,
            kid=row.kid,
            state=KeyState(row.state),
            created_at=row.created_at,
            retired_at=row.retired_at,
            reason=row.reason,
            signed=signed,
        )
        for row, signed in rows
    )
