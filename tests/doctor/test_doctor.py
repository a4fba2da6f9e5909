"""`darsgah doctor` on this very machine: what it prints, exits with and leaves alone."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from rich.console import Console
from typer.testing import CliRunner

from darsgah.cli import application
from darsgah.commands import doctor
from darsgah.commands.diagnosis import configuration, database, sandbox, storage, web
from darsgah.commands.diagnosis.findings import Check, Finding, Group, State
from darsgah.db.embedded import open_database
from darsgah.db.schema import downgrade, upgrade
from darsgah.settings import Settings
from darsgah_grader.environments import Environments
from darsgah_grader.sandbox.levels import probe
from darsgah_grader.types import Environment, SandboxLevel
from tests.database import DatabaseServer


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder that is yet to be made, and no other setting."""
    for name in [name for name in os.environ if name.startswith("DARSGAH_")]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    monkeypatch.setenv("DARSGAH_HOME", str(home))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("DARSGAH_PORT", str(free.getsockname()[1]))
    yield home
    pointer = home / "postgres.folder"
    if pointer.exists():
        shutil.rmtree(pointer.read_text().strip())


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home=home, database_url=None)


def darsgah(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "darsgah", *arguments], capture_output=True, text=True, check=False
    )


def by_check(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {finding["check"]: finding for group in report["groups"] for finding in group["findings"]}


def test_json_has_its_documented_shape_and_nothing_is_made(home: Path) -> None:
    done = darsgah("doctor", "--json")
    assert done.stderr == ""
    report = json.loads(done.stdout)
    msgspec.convert(report, doctor.Report)
    assert done.returncode == (0 if report["ok"] else 1)
    assert [group["name"] for group in report["groups"]] == [
        "settings", "machine", "storage", "database", "web", "sandbox", "kernels", "models",
    ]  # fmt: skip
    found = by_check(report)
    assert report["ok"] == all(finding["state"] != "missing" for finding in found.values())
    for environment in Environments().folders():
        assert found[f"sandbox.environment.{environment}"]["values"]["memory_bytes"] > 1 << 20
    assert found["database.server"]["values"] == {"own": False, "running": False, "made": False}
    assert found["kernels.host"]["state"] == "note"
    assert found["kernels.host"]["values"]["places"] >= 4
    assert found["kernels.trial"]["values"]["start_ms"] > 0
    assert found["model.libraries"]["state"] == "ok"
    assert not home.exists()


def test_for_people_every_line_has_a_word_and_a_shape(home: Path) -> None:
    result = CliRunner().invoke(application, ["doctor"], env={"COLUMNS": "120"})
    assert not home.exists()
    assert result.exit_code in {0, 1}
    lines = [line for line in result.stdout.splitlines() if line.startswith(("  ✓", "  •", "  ▲", "  ✗"))]
    words = {"✓": "ok", "•": "note", "▲": "limited", "✗": "missing"}
    assert len(lines) > 20
    assert all(line.split()[1] == words[line.split()[0]] for line in lines)
    verdict = "can run safely on this machine" if result.exit_code == 0 else "cannot run safely"
    assert verdict in result.stdout


def test_what_is_missing_ends_in_exit_code_1_and_its_mend(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARSGAH_SECRET", "short")
    monkeypatch.setenv("DARSGAH_PORT", "eight thousand")
    monkeypatch.setenv("DARSGAH_DATABASE_URL", "postgresql://somebody:unspoken@127.0.0.1:1/nothing")
    done = darsgah("doctor", "--json")
    assert done.returncode == 1
    found = by_check(json.loads(done.stdout))
    for check in ("settings.values", "settings.secret", "database.server"):
        assert found[check]["state"] == "missing"
        assert found[check]["mend"]
    assert "unspoken" not in done.stdout + done.stderr


def test_a_command_is_never_broken_over_two_lines(capsys: pytest.CaptureFixture[str]) -> None:
    command = "sudo " + "word " * 40
    finding = Finding(Check.PORT, State.MISSING, "taken " * 30, "what it means " * 20, (command,))
    doctor._show(Console(width=60, color_system=None), Group("web", "Web", (finding,)))
    out = capsys.readouterr().out
    assert command.strip() in out
    assert all(len(line) <= 60 for line in out.splitlines() if "sudo" not in line)


def test_a_part_that_breaks_is_unsafe_and_stops_nothing() -> None:
    def broken() -> list[Finding]:
        raise ZeroDivisionError("of a sort")

    group = doctor.Part("web", "Web", "Trying", broken).group()
    assert [finding.name for finding in group.findings] == ["doctor.unchecked.web"]
    assert "ZeroDivisionError: of a sort" in group.findings[0].found
    assert not doctor.safe([group])


def test_the_embedded_database_is_left_at_rest(settings: Settings) -> None:
    with open_database(settings) as handle:
        before = database.look(settings)
        assert before.answer is not None
        assert before.answer.pending
        upgrade(handle.url)
        after = database.look(settings)
        assert after.answer is not None
        assert after.answer.pending == ()
        assert after.answer.encoding == "UTF8"
        assert 0 < after.answer.round_trip_ms < 5000
        assert handle.folder is not None
        data = handle.folder
    log = (data / "server.log").read_bytes()
    resting = database.look(settings)
    assert (resting.made, resting.answer, resting.fault) == (True, None, "")
    assert not (data / "data" / "postmaster.pid").exists()
    assert (data / "server.log").read_bytes() == log


def test_an_embedded_database_that_cannot_start_says_why(settings: Settings) -> None:
    with open_database(settings) as handle:
        assert handle.folder is not None
        version = handle.folder / "data" / "PG_VERSION"
    version.write_text("12\n")
    assert "is PostgreSQL 12" in database.look(settings).fault
    (settings.home / "postgres.password").unlink()
    assert "cannot be read" in database.look(settings).fault


def test_a_server_of_ones_own(server: DatabaseServer, settings: Settings) -> None:
    with server.new_database(migrated=False) as url:
        own = settings.model_copy(update={"database_url": url})
        facts = database.look(own)
        assert facts.own
        assert facts.answer is not None
        everything = facts.answer.pending
        assert everything
        upgrade(url)
        downgrade(url, "-1")
        facts = database.look(own)
        assert facts.answer is not None
        assert facts.answer.pending == everything[-1:]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("UPDATE alembic_version SET version_num = 'r9999'")
        facts = database.look(own)
        assert facts.answer is not None
        assert facts.answer.pending is None


def test_ports(settings: Settings) -> None:
    assert web.look(settings).fault == 0
    with socket.socket() as other:
        other.bind(("127.0.0.1", settings.port))
        other.listen()
        facts = web.look(settings)
    assert facts.fault
    assert not facts.darsgah_answers
    assert facts.free_port not in {0, settings.port}


def test_folders(tmp_path: Path, settings: Settings) -> None:
    facts = storage.look(settings)
    assert facts.home.fault == ""
    assert not facts.home.exists
    assert facts.home.free_bytes > 0
    assert list(tmp_path.iterdir()) == []
    in_memory = storage.examine_folder(Path("/dev/shm"))  # noqa: S108 - a file system that is surely there
    assert in_memory.sync_ms is not None
    (tmp_path / "file").write_text("")
    assert "is no folder" in storage.examine_folder(tmp_path / "file" / "home").fault
    nowhere = storage.StorageFacts(storage.examine_folder(Path("/proc/darsgah")), None, "")
    assert next(storage.findings(nowhere)).state is State.MISSING


def test_a_store_at_an_address_is_asked(settings: Settings) -> None:
    def fault(url: str) -> str:
        return storage.look(settings.model_copy(update={"blobs_url": url})).blobs_fault

    assert fault("memory:///") == ""
    assert "not an address" in fault("nonsense://bucket")


def test_an_environment_is_really_started() -> None:
    level = probe().level
    assert level is not SandboxLevel.NONE
    good = sandbox.try_environment(Environment("python"), level)
    assert good.fault == ""
    assert good.memory_bytes > 1 << 20
    bad = sandbox.try_environment(Environment("python", preload=("a_library_that_is_gone",)), level)
    assert "a_library_that_is_gone" in bad.fault
    assert "Traceback" not in bad.fault


def test_a_file_that_is_missing_inside_the_sandbox_is_found() -> None:
    """A warm process may have all that it began with, and lack what a notebook imports later."""
    level = probe().level
    if level is SandboxLevel.NONE:
        pytest.skip("no sandbox on this machine")
    trial = sandbox.try_environment(Environment("python", late=("json.tool", "json.not_there")), level)
    assert "json.not_there" in trial.fault


def test_wrong_settings_are_replaced_by_their_defaults(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARSGAH_PORT", "99999")
    monkeypatch.setenv("DARSGAH_LOG_LEVEL", "loud")
    monkeypatch.setenv("DARSGAH_DATABSE_URL", "x")
    settings, facts = configuration.read_settings()
    assert (settings.port, settings.log_level, settings.home) == (8000, "info", home)
    assert set(facts.wrong) == {"port", "log_level"}
    assert facts.unknown == ("DARSGAH_DATABSE_URL",)
