"""Signing with Ed25519, and reading what is said to be signed.

A credential is a JWT whose payload is the document itself with the claims ``iss``, ``sub``, ``jti``, ``nbf``
and ``exp`` (Open Badges 3.0, 8.2.4.1). A status list is one with the type ``vc+jwt`` (Securing Verifiable
Credentials using JOSE and COSE, 3.1.1): neither can stand in the place of the other.
The header names its key by DID URL and carries the public key as well, for readers that resolve no DID. Here
that second one is never believed: keys come from the platform's own records alone.
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey

ALGORITHM: Final = "EdDSA"
CREDENTIAL_TYPE: Final = "JWT"
LIST_TYPE: Final = "vc+jwt"
_HEADER_NAMES: Final = frozenset({"alg", "typ", "kid", "jwk"})
"""A credential's header has no other (Open Badges 3.0, 8.2.3)."""
LONGEST: Final = 200_000


class _OneAlgorithm(jws.JWSRegistry):
    """``EdDSA`` and no other, whatever a header asks for.

    RFC 9864 would rather name the curve, and the library warns that it does; readers of Open Badges know
    Ed25519 by this name alone, and every key here is one of that curve.
    """

    max_header_length = 2048

    def get_alg(self, name: str) -> Any:  # noqa: ANN401 # the library exports no name for it
        if name != ALGORITHM:
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[name]


_REGISTRY: Final = _OneAlgorithm()


class SigningKey(msgspec.Struct, frozen=True):
    """A key that signs; ``jwk`` holds its private part."""

    kid: str
    issuer: str
    jwk: dict[str, Any]


class Read(msgspec.Struct, frozen=True):
    """What stands in a token, whoever made it."""

    header: dict[str, Any]
    payload: dict[str, Any]


class UnreadableTokenError(ValueError):
    """It is no compact JWS with a JSON object in it."""


def new_jwk() -> dict[str, Any]:
    """A new Ed25519 key with its private part."""
    return dict(OKPKey.generate_key("Ed25519", private=True).as_dict(private=True))


def public_part(jwk: Mapping[str, Any]) -> dict[str, Any]:
    """The key without its private part: kind, curve and point, and nothing else."""
    return {name: str(jwk[name]) for name in ("kty", "crv", "x")}


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """The key's thumbprint (RFC 7638)."""
    return OKPKey.import_key(public_part(jwk)).thumbprint()


def sign(key: SigningKey, payload: Mapping[str, Any], kind: str) -> str:
    """The payload as a compact JWS."""
    header = {"alg": ALGORITHM, "typ": kind, "kid": key.kid, "jwk": public_part(key.jwk)}
    content = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    return jws.serialize_compact(header, content, OKPKey.import_key(key.jwk), registry=_REGISTRY)


def claims(document: Mapping[str, Any], issued_at: datetime, valid_until: datetime | None) -> dict[str, Any]:
    """A credential's document with the JWT's own claims, which repeat it."""
    made = {
        **document,
        "iss": document["issuer"]["id"],
        "sub": document["credentialSubject"]["id"],
        "jti": document["id"],
        "nbf": int(issued_at.timestamp()),
    }
    return made if valid_until is None else {**made, "exp": int(valid_until.timestamp())}


def read(token: str) -> Read:
    """The token's header and payload. Nothing of it is believed yet.

    Raises:
        UnreadableTokenError: it is no compact JWS with a JSON object in it.
    """
    parts = token.split(".")
    if len(parts) != 3 or len(token) > LONGEST or not token.isascii():
        raise UnreadableTokenError
    try:
        header, payload = (msgspec.json.decode(_bytes(part)) for part in parts[:2])
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        raise UnreadableTokenError from error
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise UnreadableTokenError
    return Read(header, payload)


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def has_strict_header(header: Mapping[str, Any], kind: str) -> bool:
    """Whether the header is one of ours: Ed25519, that type, and nothing that changes how it is read."""
    return header.get("alg") == ALGORITHM and header.get("typ") == kind and header.keys() <= _HEADER_NAMES


def is_signed_by(token: str, public_jwk: Mapping[str, Any]) -> bool:
    """Whether that key, which is no secret, signed the token with Ed25519; no other algorithm is tried."""
    try:
        jws.deserialize_compact(token, OKPKey.import_key(dict(public_jwk)), registry=_REGISTRY)
    except (JoseError, ValueError):
        return False
    return True
