"""A file that a row owns: its name in the row's world, and the content that the blob store keeps for it."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from darsgah.blobs.store import BlobStore


class StoredFile(msgspec.Struct, frozen=True):
    """``name`` as the owner calls it, ``sha256`` in lower-case hex, ``size`` in bytes."""

    name: str
    sha256: str
    size: int


def to_rows(files: Sequence[StoredFile]) -> list[dict[str, Any]]:
    """The files as a JSON column keeps them."""
    return [msgspec.structs.asdict(file) for file in files]


def from_rows(rows: list[dict[str, Any]]) -> tuple[StoredFile, ...]:
    """The files that a JSON column holds."""
    return msgspec.convert(tuple(rows), tuple[StoredFile, ...])


def described(contents: Mapping[str, bytes]) -> tuple[StoredFile, ...]:
    """What ``store`` returns for these contents, without keeping them."""
    return tuple(
        StoredFile(name, hashlib.sha256(content).hexdigest(), len(content))
        for name, content in contents.items()
    )


async def store(blobs: BlobStore, contents: Mapping[str, bytes]) -> tuple[StoredFile, ...]:
    """Keep the contents, by name, in the order given."""
    stored = []
    for name, content in contents.items():
        blob = await blobs.put(content)
        stored.append(StoredFile(name=name, sha256=blob.sha256, size=blob.size))
    return tuple(stored)
