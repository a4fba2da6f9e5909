"""Whether a credential is what it says: for a stranger who holds the file, whether or not its page is public.

Nothing in what is shown is believed before its signature is right under a key of the platform's own records,
which must be a key of the very issuer that the credential names.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.credentials import queries, tokens
from darsgah.credentials.addresses import Addresses
from darsgah.credentials.models import Credential, IssuerKey
from darsgah.credentials.schemas import KeyState
from darsgah.credentials.status_lists import is_set
from darsgah.credentials.tokens import Read, UnreadableTokenError
from darsgah.db.columns import now

SKEW: Final = timedelta(minutes=1)
"""So far clocks may be apart."""


class Finding(StrEnum):
    """What a check found; ``darsgah.credentials.findings`` says each in plain words."""

    VALID = "valid"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    ALTERED = "altered"
    FORGED = "forged"
    KEY_COMPROMISED = "key_compromised"
    NOT_ON_RECORD = "not_on_record"
    UNKNOWN_ISSUER = "unknown_issuer"
    OTHER_PLATFORM = "other_platform"
    NOT_A_CREDENTIAL = "not_a_credential"
    UNREADABLE = "unreadable"
    LIST_TOO_OLD = "list_too_old"
    LIST_WRONG = "list_wrong"


class Facts(msgspec.Struct, frozen=True):
    """What the credential says, when its signature is right.

    Attributes:
        page: its public page; empty while its owner keeps it to themselves.
    """

    name: str
    recipient: str
    issuer_name: str
    issued_at: datetime
    valid_until: datetime | None
    revoked_at: datetime | None
    page: str


class Verdict(msgspec.Struct, frozen=True):
    """What was found; ``issuer`` is who the credential says that it is from, believed or not."""

    finding: Finding
    valid: bool
    issuer: str = ""
    facts: Facts | None = None


def _verdict(finding: Finding, issuer: str = "", facts: Facts | None = None) -> Verdict:
    return Verdict(finding, finding is Finding.VALID, issuer, facts)


async def verify(  # noqa: PLR0911 # each return is one thing that can be wrong, in the order it is seen
    session: AsyncSession,
    addresses: Addresses,
    text: str,
    kept_list: str = "",
    *,
    moment: datetime | None = None,
) -> Verdict:
    """What there is to say about a credential.

    Args:
        text: the JWT.
        kept_list: a list of revocations that somebody kept, as a JWT; the platform's own records count too.
        moment: the time of the check; now if it is not given.
    """
    moment = moment or now()
    try:
        token = tokens.read(text)
    except UnreadableTokenError:
        return _verdict(Finding.UNREADABLE)
    if not _is_badge(token.payload) and not _is_badge(token.payload.get("vc")):
        return _verdict(Finding.NOT_A_CREDENTIAL)
    issuer = _plain(token.payload.get("iss"))
    if issuer is None:
        return _verdict(Finding.FORGED)
    if not await queries.has_issuer(session, issuer):
        foreign = not addresses.is_ours(issuer)
        return _verdict(Finding.OTHER_PLATFORM if foreign else Finding.UNKNOWN_ISSUER, issuer)
    row = await _on_record(session, token.payload)
    key = await _key_of(session, token, issuer, tokens.CREDENTIAL_TYPE)
    if key is None:
        return _verdict(Finding.FORGED, issuer)
    if not tokens.is_signed_by(text, key.public_jwk):
        copied = row is not None and _is_copied_from(text, row.jwt)
        return _verdict(Finding.ALTERED if copied else Finding.FORGED, issuer)
    if not _repeats_itself(token.payload):
        return _verdict(Finding.FORGED, issuer)
    finding = _of_records(token.payload, key, row, moment)
    if finding is None and kept_list:
        finding = await _of_list(session, kept_list, token.payload, issuer, moment)
    return _verdict(finding or Finding.VALID, issuer, _facts(token.payload, row, addresses))


def _plain(value: object) -> str | None:
    """A name that may be looked up: a short line of printable ASCII."""
    if isinstance(value, str) and len(value) <= 500 and value.isascii() and value.isprintable():
        return value
    return None


def _types(document: Mapping[str, Any]) -> set[str]:
    named = document.get("type")
    return {one for one in (named if isinstance(named, list) else [named]) if isinstance(one, str)}


def _is_badge(document: object) -> bool:
    return isinstance(document, dict) and bool(
        _types(document) & {"OpenBadgeCredential", "AchievementCredential"}
    )


async def _key_of(session: AsyncSession, token: Read, issuer: str, kind: str) -> IssuerKey | None:
    """The key that the token names, if the issuer ever had it and the header asks for nothing else."""
    kid = _plain(token.header.get("kid"))
    if kid is None or not tokens.has_strict_header(token.header, kind):
        return None
    key = await queries.key_by_kid(session, kid)
    return key if key is not None and key.issuer == issuer else None


async def _on_record(session: AsyncSession, payload: Mapping[str, Any]) -> Credential | None:
    """The credential of that number, if the platform gave it out."""
    try:
        credential_id = UUID(str(payload.get("jti")).rpartition("/")[2])
    except ValueError:
        return None
    return await queries.by_id(session, credential_id)


def _is_copied_from(text: str, original: str) -> bool:
    """Whether a token began as that one: half of its signature is still there, or it merely lost all of it.

    No other key makes such a signature, so whoever signed something themselves is told from who changed ours.
    """
    shown, genuine = text.rpartition("."), original.rpartition(".")
    if not shown[2]:
        return text.split(".")[1] == original.split(".")[1]
    half = len(genuine[2]) // 2
    return shown[2][:half] == genuine[2][:half] or shown[2][-half:] == genuine[2][-half:]


def _repeats_itself(payload: Mapping[str, Any]) -> bool:
    """Whether the JWT's claims say what the document says (Open Badges 3.0, 8.2.6.1)."""
    issuer, subject = payload.get("issuer"), payload.get("credentialSubject")
    if not isinstance(issuer, dict) or not isinstance(subject, dict):
        return False
    same = (payload["iss"], payload.get("sub"), payload.get("jti")) == (
        issuer.get("id"),
        subject.get("id"),
        payload.get("id"),
    )
    times = [("validFrom", "nbf")]
    if "validUntil" in payload or "exp" in payload:
        times.append(("validUntil", "exp"))
    said = [(_moment(payload.get(name)), _time(payload, claim)) for name, claim in times]
    return same and all(written is not None and written == counted for written, counted in said)


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _time(payload: Mapping[str, Any], claim: str) -> datetime | None:
    value = payload.get(claim)
    if not isinstance(value, int) or not 0 <= value < 2**35:
        return None
    return datetime.fromtimestamp(value, UTC)


def _of_records(
    payload: Mapping[str, Any], key: IssuerKey, row: Credential | None, moment: datetime
) -> Finding | None:
    """What the key's state, the dates and the records say against it; None where they say nothing."""
    starts, ends = _time(payload, "nbf"), _time(payload, "exp")
    against = (
        (Finding.KEY_COMPROMISED, key.state == KeyState.COMPROMISED),
        (Finding.NOT_ON_RECORD, row is None),
        (Finding.REVOKED, row is not None and row.revoked_at is not None),
        (Finding.NOT_YET, starts is None or starts > moment + SKEW),
        (Finding.EXPIRED, ends is not None and ends <= moment),
    )
    return next((finding for finding, found in against if found), None)


async def _of_list(
    session: AsyncSession, text: str, payload: Mapping[str, Any], issuer: str, moment: datetime
) -> Finding | None:
    """What a kept list says against the credential; None where it says nothing."""
    entry = payload.get("credentialStatus")
    try:
        token = tokens.read(text)
    except UnreadableTokenError:
        return Finding.LIST_WRONG
    key = await _key_of(session, token, issuer, tokens.LIST_TYPE)
    signed = (
        key is not None and key.state != KeyState.COMPROMISED and tokens.is_signed_by(text, key.public_jwk)
    )
    if not signed or not isinstance(entry, dict):
        return Finding.LIST_WRONG
    return _of_signed_list(token.payload, entry, moment)


def _of_signed_list(said: Mapping[str, Any], entry: Mapping[str, Any], moment: datetime) -> Finding | None:
    starts, ends = _time(said, "nbf"), _time(said, "exp")
    subject, place = said.get("credentialSubject"), str(entry.get("statusListIndex"))
    if said.get("id") != entry.get("statusListCredential") or not isinstance(subject, dict):
        return Finding.LIST_WRONG
    if starts is None or ends is None or starts > moment + SKEW:
        return Finding.LIST_WRONG
    if ends <= moment:
        return Finding.LIST_TOO_OLD
    found = is_set(subject, int(place)) if place.isascii() and place.isdigit() else None
    return Finding.LIST_WRONG if found is None else Finding.REVOKED if found else None


def _facts(payload: Mapping[str, Any], row: Credential | None, addresses: Addresses) -> Facts | None:
    starts = _time(payload, "nbf")
    if starts is None:
        return None
    subject = payload["credentialSubject"]
    names = [
        one.get("identityHash", "")
        for one in subject.get("identifier", ())
        if isinstance(one, dict) and one.get("identityType") == "name"
    ]
    return Facts(
        name=str(payload.get("name", "")),
        recipient=str(names[0]) if names else "",
        issuer_name=str(payload["issuer"].get("name", "")),
        issued_at=starts,
        valid_until=_time(payload, "exp"),
        revoked_at=row.revoked_at if row else None,
        page=addresses.credential(row.id) if row and row.public else "",
    )
