"""How private keys are kept: AES-256-GCM, under a key that is derived from the operator's secret.

A sealed key is a version byte, 16 bytes of salt, 12 of nonce, and the ciphertext with its tag. The salt goes
into HKDF-SHA-256 (RFC 5869), so every sealed key has an encryption key of its own; what the key is for is
authenticated with it, so that one key cannot be put in another's place.
"""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from darsgah.credentials.errors import KeyLocked

_VERSION: Final = b"\x01"
_SALT: Final = 16
_NONCE: Final = 12


def seal(secret: str, plain: bytes, *, purpose: str) -> bytes:
    """The bytes, sealed under the secret.

    Args:
        purpose: what they are for; only who says the same opens them.
    """
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    return _VERSION + salt + nonce + _cipher(secret, salt).encrypt(nonce, plain, purpose.encode())


def unseal(secret: str, sealed: bytes, *, purpose: str) -> bytes:
    """What was sealed.

    Raises:
        KeyLocked: it was sealed under another secret or for another purpose, or it was altered.
    """
    head = len(_VERSION)
    salt, nonce = sealed[head : head + _SALT], sealed[head + _SALT : head + _SALT + _NONCE]
    if sealed[:head] != _VERSION or len(nonce) != _NONCE:
        raise KeyLocked
    try:
        return _cipher(secret, salt).decrypt(nonce, sealed[head + _SALT + _NONCE :], purpose.encode())
    except InvalidTag as error:
        raise KeyLocked from error


def _cipher(secret: str, salt: bytes) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"darsgah issuer key 1")
    return AESGCM(derived.derive(secret.encode()))
