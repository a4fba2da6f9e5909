"""The command: what it says and exits with, wrong use above all."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from darsgah.commands.importing import import_commands
from tests.database import DatabaseServer
from tests.importing.conftest import HUB


@pytest.fixture
def url(server: DatabaseServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty migrated database that the command finds in its settings."""
    with server.new_database() as url:
        monkeypatch.setenv("DARSGAH_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("DARSGAH_DATABASE_URL", url)
        yield url


def _import(*arguments: object) -> Result:
    return CliRunner().invoke(import_commands, ["nbgrader", *map(str, arguments)])


def test_import_and_again(url: str, school: Path) -> None:
    first = _import(school, "--hub", HUB)
    assert first.exit_code == 0, first.output
    assert "cohort      new        Imported from nbgrader, in Karachi Saddar" in first.stdout
    assert "  submissions: 2 new\n" in first.stdout
    assert "nobody can sign in" in first.stdout
    assert "grading run called nbgrader" in first.stdout
    rehearsed = _import(school, "--hub", HUB, "--dry-run")
    assert "submission  unchanged  bitdiddle, ps1: received 2015-02-02 22:58 UTC, late" in rehearsed.stdout
    assert "nothing was written" in rehearsed.stdout
    again = _import(school, "--hub", HUB)
    assert again.exit_code == 0
    assert "  submissions: 2 unchanged\n" in again.stdout
    assert "nobody can sign in" not in again.stdout


def test_dry_run_in_an_empty_database_says_what_is_missing(url: str, example: Path) -> None:
    result = _import(example, "--hub", HUB, "--dry-run")
    assert result.exit_code == 1
    assert "a dry run makes none" in result.stderr


def test_dry_run_before_the_tables_are_made(
    server: DatabaseServer, example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server.new_database(migrated=False) as url:
        monkeypatch.setenv("DARSGAH_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("DARSGAH_DATABASE_URL", url)
        result = _import(example, "--hub", HUB, "--dry-run")
    assert result.exit_code == 1
    assert "darsgah db upgrade" in result.stderr


@pytest.mark.parametrize("arguments", [(), ("--hub", "nowhere")])
def test_an_unknown_hub_lists_the_codes(url: str, example: Path, arguments: tuple[str, ...]) -> None:
    result = _import(example, *arguments)
    assert result.exit_code == 2
    assert f"  {HUB} " in result.stderr
    assert "Karachi Saddar" in result.stderr
    assert "not open yet:" in result.stderr


def test_wrong_use(example: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "source").symlink_to(example / "source")
    for arguments, words in (
        ((tmp_path / "nothing",), "is not a folder"),
        ((example / "source" / "ps1" / "problem1.ipynb",), "is not a folder"),
        ((empty,), "holds no assignments"),
        ((linked,), "is a link"),
        ((example, "--course", "My Course"), "as 'my-course'"),
        ((example, "--cohort", " "), "name of one line"),
    ):
        result = _import(*arguments)
        assert result.exit_code == 2, result.output
        assert words in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_a_locked_gradebook(school: Path) -> None:
    holder = sqlite3.connect(school / "gradebook.db", isolation_level=None)
    try:
        holder.execute("BEGIN EXCLUSIVE")
        result = _import(school, "--hub", HUB)
    finally:
        holder.close()
    assert result.exit_code == 1
    assert "locked" in result.stderr
    assert "nothing was imported" in result.stderr


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + bytes(4080)])
def test_a_broken_gradebook(example: Path, content: bytes) -> None:
    (example / "gradebook.db").write_bytes(content)
    result = _import(example, "--hub", HUB)
    assert result.exit_code == 1
    assert "cannot be read as nbgrader's gradebook" in result.stderr


def test_a_database_that_is_away(example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARSGAH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DARSGAH_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    result = _import(example, "--hub", HUB)
    assert result.exit_code == 1
    assert "does not answer" in result.stderr
    assert "Traceback" not in result.output


def test_names_that_cannot_be_written_are_left_out_and_named(url: str, example: Path) -> None:
    (example / "source" / "ps2").rename(example / "source" / os.fsdecode(b"ps\xff"))
    (example / "submitted" / "hacker" / "ps1").rename(
        example / "submitted" / "hacker" / os.fsdecode(b"ps\xff")
    )
    (example / "source" / "ps1" / "\x1b[2J.csv").write_text("1")
    result = _import(example, "--hub", HUB)
    assert result.exit_code == 0, result.output
    assert "ps\\udcff" in result.stdout
    assert "  labs: 2 left out, 1 new\n" in result.stdout
    assert "  submissions: 1 left out, 1 new\n" in result.stdout
    assert "\x1b" not in result.stdout
    unwritable = example.rename(example.with_name(os.fsdecode(b"course\xff")))
    refused = _import(unwritable, "--hub", HUB)
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
