"""What browsers know an account by: values that are the account's alone and tell nothing of it."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Annotated, Final
from uuid import UUID

from litestar.params import HeaderParameter

from darsgah.access import Actor
from darsgah.errors import Conflict
from darsgah.settings import Settings

ACCOUNT_HEADER: Final = "Darsgah-Account"
"""On every page: whose it is, so that the service worker never shows it to anybody else."""
NOBODY: Final = "none"
WorkOf = Annotated[str, HeaderParameter(name="X-Account", max_length=64, required=False)]
"""Sent with work by a page: whose it is."""


class OtherAccount(Conflict):
    """Somebody else is signed in in this browser now. Nothing was saved: sign in again yourself."""

    code = "other_account"


def require_own_work(account: str, actor: Actor, settings: Settings) -> None:
    """A page tells whose work it holds: after another sign-in in the same browser it is not taken for theirs.

    Raises:
        OtherAccount: the session is not that account's.
    """
    if account and account != account_key(settings.cookie_key, actor.account_id):
        raise OtherAccount


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
