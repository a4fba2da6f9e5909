"""What browsers know an account by: values that are the account's alone and tell nothing of it."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final
from uuid import UUID

ACCOUNT_HEADER: Final = "Darsgah-Account"
"""On every page: whose it is, so that the service worker never shows it to anybody else."""
NOBODY: Final = "none"


def account_key(key: str, account_id: UUID) -> str:
    """The name of an account in a browser: opaque, and stable as long as the platform's key is."""
    return derived(key, b"lab-key:", account_id)


def derived(key: str, purpose: bytes, account_id: UUID) -> str:
    """A value that is the account's for this purpose, 32 bytes in base64url.

    Args:
        key: the platform's own.
    """
    digest = hmac.digest(key.encode(), purpose + account_id.bytes, sha256)
    return urlsafe_b64encode(digest).decode().rstrip("=")
