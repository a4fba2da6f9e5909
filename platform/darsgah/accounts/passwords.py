"""Hashing and checking of passwords with argon2id (RFC 9106), off the event loop.

Each hash takes 64 MiB and tens of milliseconds by design, so at most as many as there are cores run at once:
a rush at the sign-in page queues here instead of exhausting memory.
"""

import asyncio
import os
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

HASHER = PasswordHasher()
NO_PASSWORD = "!"  # noqa: S105 # the mark of none, as in shadow(5)
"""In the place of a hash: this account has no password yet, and nobody can sign in to it."""


@cache
def _slots(_: asyncio.AbstractEventLoop) -> asyncio.Semaphore:
    return asyncio.Semaphore(len(os.sched_getaffinity(0)))


async def hash_password(password: str) -> str:
    """The argon2id hash of a password, in PHC string format."""
    async with _slots(asyncio.get_running_loop()):
        return await asyncio.to_thread(HASHER.hash, password)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


async def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash.

    Without a hash (no such account) the same work is done for nothing, so that the time of the answer does
    not tell which addresses have accounts.
    """
    async with _slots(asyncio.get_running_loop()):
        if password_hash is None:
            await asyncio.to_thread(HASHER.hash, password)
            return False
        return await asyncio.to_thread(_matches, password_hash, password)


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)
