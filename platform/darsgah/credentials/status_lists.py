"""Which credentials are revoked, as Bitstring Status Lists (W3C, v1.0) that anybody may read.

A list has so many places that reading it tells nobody whose credential is looked up, and a credential's place
is drawn at random. What is served is a JWT that is made again when something changes, and before it ages out:
whoever is shown an older copy sees when it was made and until when it may be believed.
"""

import base64
import gzip
import secrets
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.credentials import queries, tokens
from darsgah.credentials.document import VC, instant
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.keys import issuing_hub, signing_key
from darsgah.credentials.models import IssuerKey, StatusList
from darsgah.credentials.tokens import SigningKey
from darsgah.db.columns import now
from darsgah.errors import NotFound

SIZE: Final = 131_072
"""Places in a list: as few as the specification allows, 16 KiB before it is packed."""
LIFETIME: Final = timedelta(hours=24)
"""So long a copy may be believed: after a revocation nobody can be misled for longer with an older one."""
RENEW_BEFORE: Final = timedelta(hours=12)
"""What is served has at least so long to live, so a hub that is cut off for a night can still verify."""
TTL: Final = timedelta(minutes=5)
"""Readers are asked to read again after so long."""
LARGEST: Final = 1024 * 1024
"""Bytes that a list of somebody else's may unpack to."""


async def take_place(session: AsyncSession, issuer: str, hub_id: UUID | None) -> tuple[StatusList, int]:
    """A place for a new credential, drawn at random; a list that is half full is followed by a new one."""
    await queries.lock_occasion(session, f"status list of {issuer}")
    kept = await queries.newest_list(session, issuer)
    if kept is None or kept.taken * 2 >= kept.size:
        number = 1 if kept is None else kept.number + 1
        kept = StatusList(hub_id=hub_id, issuer=issuer, number=number, size=SIZE)
        session.add(kept)
        await session.flush()
    while True:
        index = secrets.randbelow(kept.size)
        if await queries.place_is_free(session, kept.id, index):
            kept.taken += 1
            return kept, index


async def mark_changed(session: AsyncSession, list_id: UUID) -> None:
    """Have a list made again when it is read next, because a credential in it was revoked."""
    kept = await queries.status_list(session, list_id, lock=True)
    if kept is not None:
        kept.revision += 1


async def current(session: AsyncSession, issuing: Issuing, list_id: UUID) -> str:
    """The list as a JWT: the one made before, while nothing has changed and it is not old.

    Raises:
        NotFound: there is no such list.
    """
    kept = await queries.status_list(session, list_id)
    if kept is None:
        raise NotFound
    if _is_fresh(kept):
        return kept.jwt
    row, key = await signing_key(session, issuing, await issuing_hub(session, kept.hub_id))
    kept = await queries.status_list(session, list_id, lock=True)
    if kept is None:
        raise NotFound
    await session.refresh(kept)
    if not _is_fresh(kept):
        await _sign(session, issuing, kept, row, key)
    return kept.jwt


def _is_fresh(kept: StatusList) -> bool:
    if kept.signed_at is None or kept.signed_revision != kept.revision:
        return False
    return kept.signed_at + LIFETIME - RENEW_BEFORE > now()


async def _sign(
    session: AsyncSession, issuing: Issuing, kept: StatusList, row: IssuerKey, key: SigningKey
) -> None:
    moment = now().replace(microsecond=0)
    payload = _payload(
        issuing.addresses.status_list(kept.id),
        key.issuer,
        encoded(await queries.revoked_places(session, kept.id), kept.size),
        moment,
    )
    kept.jwt = tokens.sign(key, payload, tokens.LIST_TYPE)
    kept.key_id, kept.signed_at, kept.signed_revision = row.id, moment, kept.revision
    await session.flush()


def _payload(address: str, issuer: str, places: str, moment: datetime) -> dict[str, Any]:
    until = moment + LIFETIME
    return {
        "@context": [VC],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": instant(moment),
        "validUntil": instant(until),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": places,
            "ttl": int(TTL.total_seconds() * 1000),
        },
        "iss": issuer,
        "sub": f"{address}#list",
        "jti": address,
        "nbf": int(moment.timestamp()),
        "exp": int(until.timestamp()),
    }


def encoded(places: Iterable[int], size: int) -> str:
    """The list's bits, the first place in the first byte's highest bit, packed as multibase base64url."""
    bits = bytearray(size // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def is_set(subject: Mapping[str, Any], place: int) -> bool | None:
    """Whether a place is set in what a list says; None where the list does not have it or cannot be read."""
    text = subject.get("encodedList")
    if not isinstance(text, str) or not text.startswith("u"):
        return None
    try:
        packed = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
        unpacker = zlib.decompressobj(wbits=31)
        bits = unpacker.decompress(packed, LARGEST)
    except (ValueError, zlib.error):
        return None
    if unpacker.unconsumed_tail or not 0 <= place < len(bits) * 8:
        return None
    return bool(bits[place // 8] & 0x80 >> place % 8)
