"""`darsgah db upgrade`, on the embedded database and on a server of one's own."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from darsgah.commands.database import database_commands
from darsgah.db.schema import pending
from tests.database import DatabaseServer


def test_it_upgrades_a_server_of_ones_own(server: DatabaseServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with server.new_database(migrated=False) as url:
        monkeypatch.setenv("DARSGAH_DATABASE_URL", url)
        run = CliRunner().invoke
        assert "Would apply" in run(database_commands, ["upgrade", "--dry-run"]).stdout
        assert pending(url)
        done = run(database_commands, ["upgrade"])
        assert done.exit_code == 0
        assert "Applied to" in done.stdout
        assert "0001" in done.stdout
        assert pending(url) == []
        assert "Up to date" in run(database_commands, ["upgrade"]).stdout


def test_it_makes_the_embedded_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.delenv("DARSGAH_DATABASE_URL", raising=False)
    monkeypatch.setenv("DARSGAH_HOME", str(home))
    done = CliRunner().invoke(database_commands, ["upgrade"])
    assert done.exit_code == 0
    assert "Applied to the embedded database" in done.stdout
    pointer = home / "postgres.folder"
    if pointer.exists():
        shutil.rmtree(pointer.read_text().strip())


def test_what_is_wrong_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARSGAH_DATABASE_URL", "postgresql://user:secret@127.0.0.1:1/name")
    done = CliRunner().invoke(database_commands, ["upgrade"])
    assert done.exit_code == 1
    assert "does not answer" in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr
