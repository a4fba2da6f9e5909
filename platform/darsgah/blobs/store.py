"""Bytes kept under their own SHA-256: a local folder, S3 or anything else obstore speaks to.

A blob is written before the row that names it, so a row never points at nothing; a blob without a row does no
harm. Writing the same bytes again is safe and mends a damaged copy.
"""

import asyncio
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from darsgah.errors import DarsgahError, NotFound, ServiceUnavailable, SettingsInvalid
from darsgah.settings import Settings

_SHA256 = re.compile(r"[0-9a-f]{64}")
# How obstore words what the system said: no space (28), over quota (122), over the size allowed (27).
_FULL = re.compile(r"\(os error (?:28|122|27)\)")

# A person waits for the answer: obstore's own three minutes of retries are too long.
_RETRY_TIME = timedelta(seconds=15)


class BlobStoreFull(DarsgahError):  # noqa: N818 - says what is wrong
    """There is no room left to keep your file. Nothing was recorded: try again later."""

    status = 507
    code = "storage_full"


class BlobStoreAway(ServiceUnavailable):
    """The place where files are kept does not answer. Nothing was recorded: try again shortly."""

    code = "storage_away"


class BlobMissing(NotFound):
    """The file is not where it was kept. The operator can restore it from a backup."""

    code = "blob_missing"


class BlobCorrupt(DarsgahError):  # noqa: N818 - says what is wrong
    """The file is damaged where it is kept. The operator can restore it from a backup."""

    code = "blob_corrupt"


@dataclass(frozen=True)
class Blob:
    """What was kept: ``sha256`` in lower-case hex, ``size`` in bytes."""

    sha256: str
    size: int


class BlobStore:
    """A content-addressed store.

    Args:
        store: where the objects go; ``open_blobs`` makes it from the settings.
        folder: the local folder behind it, if it is one: what is written there is forced to the disk, and
            is for this user alone, since it is people's work.
    """

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    async def put(self, content: bytes) -> Blob:
        """Keeps the bytes. On return they survive a power cut.

        Raises:
            BlobStoreFull, BlobStoreAway: nothing was kept, not in part either.
        """
        blob = Blob(hashlib.sha256(content).hexdigest(), len(content))
        file = self._folder / _address(blob.sha256) if self._folder else None
        with _store_errors():
            if self._folder and file:
                await asyncio.to_thread(_make_private_folders, self._folder, file.parent)
            await obstore.put_async(self._store, _address(blob.sha256), content, use_multipart=False)
            if self._folder and file:
                await asyncio.to_thread(_force_to_disk, self._folder, file)
        return blob

    async def get(self, sha256: str) -> bytes:
        """The bytes, checked against their hash.

        Raises:
            BlobMissing: there are none of that hash.
            BlobCorrupt: they are not what was kept.
            BlobStoreAway: the store does not answer.
        """
        if not _SHA256.fullmatch(sha256):
            raise BlobMissing
        with _store_errors():
            try:
                content = bytes(await (await obstore.get_async(self._store, _address(sha256))).bytes_async())
            except FileNotFoundError as error:
                raise BlobMissing(sha256=sha256) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise BlobCorrupt(sha256=sha256)
        return content


def blobs_folder(settings: Settings) -> Path | None:
    """The local folder where files are kept; None where they are kept elsewhere. It is not made here."""
    url = settings.blobs_url
    if not url:
        return settings.home.expanduser().absolute() / "blobs"
    return Path(unquote(urlsplit(url).path)) if url.startswith("file:") else None


def open_blobs(settings: Settings) -> BlobStore:
    """The store of these settings; a local folder is made on first use, for this user alone.

    Raises:
        SettingsInvalid: the address is of no known kind, or the folder cannot be made.
    """
    folder = blobs_folder(settings)
    if folder is None:
        try:
            return BlobStore(
                from_url(
                    settings.blobs_url or "",
                    client_options={"connect_timeout": "5s", "timeout": "30s"},
                    retry_config={"max_retries": 3, "retry_timeout": _RETRY_TIME},
                )
            )
        except (BaseError, ValueError) as error:
            raise SettingsInvalid(
                f"DARSGAH_BLOBS_URL is not an address for files ({_first_line(error)}): "
                "write it as file:///folder or s3://bucket/prefix."
            ) from error
    try:
        if not settings.blobs_url:
            folder = settings.home_folder / "blobs"  # with the home folder, which may not be there either
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return BlobStore(LocalStore(prefix=folder), folder)
    except (OSError, BaseError, ValueError) as error:
        raise SettingsInvalid(
            f"The folder for files {folder} cannot be used: {_first_line(error)}"
        ) from error


def memory_blobs() -> BlobStore:
    """A store that forgets everything with the process, for tests and trials."""
    return BlobStore(MemoryStore())


def _address(sha256: str) -> str:
    """Two levels of 256 folders, so that none grows beyond what a folder holds well."""
    return f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _make_private_folders(top: Path, folder: Path) -> None:
    """The missing folders from the top down to this one; obstore would let everyone read them."""
    missing = []
    while folder != top and not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)


def _force_to_disk(top: Path, file: Path) -> None:
    """The file, then each folder up to the top, whose entry for a new child must last as well."""
    file.chmod(0o600)
    folder = file
    while folder != top.parent:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        folder = folder.parent


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        full = f"(os error {error.errno})" if isinstance(error, OSError) and error.errno else str(error)
        if _FULL.search(full):
            raise BlobStoreFull from error
        raise BlobStoreAway from error


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
