"""Blobs: kept whole or not at all, checked when read, and clear about a full disk."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from darsgah.blobs.store import (
    BlobCorrupt,
    BlobMissing,
    BlobStore,
    BlobStoreAway,
    BlobStoreFull,
    memory_blobs,
    open_blobs,
)
from darsgah.errors import SettingsInvalid
from darsgah.settings import Settings

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a folder"


@pytest.fixture(params=["default", "url", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "memory":
        return memory_blobs()
    url = (tmp_path / "a folder").as_uri() if request.param == "url" else None
    return open_blobs(Settings(home=tmp_path / "home", blobs_url=url))


async def test_what_was_put_can_be_had(blobs: BlobStore) -> None:
    blob = await blobs.put(b"abc")
    assert (blob.sha256, blob.size) == (ABC, 3)
    assert await blobs.get(ABC) == b"abc"
    assert await blobs.put(b"abc") == blob
    empty = await blobs.put(b"")
    assert await blobs.get(empty.sha256) == b""


async def test_many_at_once(blobs: BlobStore) -> None:
    contents = [bytes([number % 7]) * 100_000 for number in range(60)]
    kept = await asyncio.gather(*map(blobs.put, contents))
    assert await asyncio.gather(*(blobs.get(blob.sha256) for blob in kept)) == contents


@pytest.mark.parametrize("sha256", [ABC, "", "../../../etc/passwd", ABC.upper(), "x" * 64])
async def test_what_was_not_put_is_missing(blobs: BlobStore, sha256: str) -> None:
    with pytest.raises(BlobMissing):
        await blobs.get(sha256)


async def test_a_folder_holds_it_once_under_its_hash(folder: Path) -> None:
    blobs = open_blobs(Settings(blobs_url=folder.as_uri()))
    for _ in range(3):
        await blobs.put(b"abc")
    assert files(folder) == [folder / "sha256" / "ba" / "78" / ABC]


async def test_damage_is_seen_and_mended_by_putting_it_again(folder: Path) -> None:
    blobs = open_blobs(Settings(blobs_url=folder.as_uri()))
    await blobs.put(b"abc")
    (folder / "sha256" / "ba" / "78" / ABC).write_bytes(b"abd")
    with pytest.raises(BlobCorrupt):
        await blobs.get(ABC)
    await blobs.put(b"abc")
    assert await blobs.get(ABC) == b"abc"


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("mounting a tiny disk needs root; the limit on file sizes below stands in for it")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "darsgah-test", disk], check=True)
    yield disk
    subprocess.run(["umount", disk], check=True)


async def test_a_full_disk_is_said_clearly_and_leaves_nothing_half_written(tiny_disk: Path) -> None:
    blobs = open_blobs(Settings(blobs_url=tiny_disk.as_uri()))
    kept = await blobs.put(b"k" * 500_000)
    before = files(tiny_disk)
    with pytest.raises(BlobStoreFull, match="Nothing was recorded") as caught:
        await blobs.put(b"x" * 900_000)
    assert caught.value.status == 507
    assert files(tiny_disk) == before
    assert await blobs.get(kept.sha256) == b"k" * 500_000
    assert await blobs.get((await blobs.put(b"small")).sha256) == b"small"


def test_a_limit_on_file_sizes_is_a_full_disk_too(folder: Path) -> None:
    code = """
import asyncio, resource, sys
from darsgah.blobs.store import BlobStoreFull, open_blobs
from darsgah.settings import Settings

async def main():
    blobs = open_blobs(Settings(blobs_url=sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    await blobs.put(b"fits")
    try:
        await blobs.put(b"x" * 200_000)
    except BlobStoreFull as error:
        print(error.message)

asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code, folder.as_uri()], capture_output=True, text=True, check=True, timeout=60
    )
    assert "There is no room left" in done.stdout
    assert len(files(folder)) == 1


async def test_a_folder_that_is_no_folder_any_more_is_away(folder: Path) -> None:
    blobs = open_blobs(Settings(blobs_url=folder.as_uri()))
    (folder / "sha256").write_text("in the way")
    with pytest.raises(BlobStoreAway):
        await blobs.put(b"abc")


async def test_a_bucket_that_does_not_answer_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the same code as a real bucket: only nobody listens at the address."""
    for name, value in {
        "ACCESS_KEY_ID": "none",
        "SECRET_ACCESS_KEY": "none",
        "ENDPOINT": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    blobs = open_blobs(Settings(blobs_url="s3://bucket/prefix"))
    with pytest.raises(BlobStoreAway):
        await asyncio.wait_for(blobs.put(b"abc"), 60)


@pytest.mark.parametrize("url", ["gopher://host/folder", "nonsense", "file:///proc/no/folder"])
def test_an_address_that_holds_no_files(url: str) -> None:
    with pytest.raises(SettingsInvalid):
        open_blobs(Settings(blobs_url=url))


@pytest.mark.parametrize("own_folder", [False, True])
async def test_what_people_handed_in_is_for_nobody_else_on_this_machine(
    tmp_path: Path, own_folder: bool
) -> None:
    home, chosen = tmp_path / "home", tmp_path / "chosen"
    settings = Settings(home=home, blobs_url=chosen.as_uri() if own_folder else None)
    await open_blobs(settings).put(b"abc")
    top = chosen if own_folder else home
    found = {path: path.stat().st_mode & 0o777 for path in (top, *top.rglob("*"))}
    assert set(found.values()) == {0o700, 0o600}
    assert all(mode == (0o600 if path.is_file() else 0o700) for path, mode in found.items())


def test_the_permissions_of_a_folder_that_was_there_are_its_makers(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    asyncio.run(open_blobs(Settings(blobs_url=tmp_path.as_uri())).put(b"abc"))
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert [file.stat().st_mode & 0o777 for file in files(tmp_path)] == [0o600]
