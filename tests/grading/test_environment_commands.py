"""`darsgah environment`, and what doctor says of a hub's own environments."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from darsgah.cli import application
from darsgah.commands.diagnosis import sandbox
from darsgah.commands.diagnosis.findings import State
from darsgah.grading_setup import grader_of
from darsgah.settings import Settings
from darsgah_grader.environments import Environments
from darsgah_grader.sandbox.levels import probe
from darsgah_grader.warm_processes import Keeping, machine_share
from tests.grading.built_environment import declare


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the settings name, with an environment tiny that is not built."""
    monkeypatch.setenv("DARSGAH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DARSGAH_ENVIRONMENTS", str(tmp_path / "own"))
    monkeypatch.setenv("COLUMNS", "300")
    declare(tmp_path / "own", "tiny")
    return tmp_path / "own"


def invoke(*arguments: str) -> Result:
    """Run `darsgah environment`."""
    return CliRunner().invoke(application, ["environment", *arguments])


def test_list_build_and_check(own: Path, tmp_path: Path) -> None:
    listed = invoke("list")
    assert listed.exit_code == 0
    assert "not built" in listed.stdout
    assert not (tmp_path / "home").exists()  # to look makes nothing
    early = invoke("check", "tiny")
    assert (early.exit_code, early.stdout) == (1, "")
    assert "darsgah environment build tiny" in early.stderr
    built = invoke("build", "tiny")
    assert built.exit_code == 0, built.stderr
    assert "tiny works: warm in" in built.stdout
    assert "Imported beforehand: hub_numbers." in built.stdout
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
    assert "not built" not in invoke("list").stdout
    declare(own, "tiny", "ANSWER = 7\n")
    assert "changed since" in invoke("list").stdout
    assert "have changed since" in invoke("check", "tiny").stdout


def test_what_cannot_be_done_is_said_in_a_line(own: Path) -> None:
    (own / "wrong").mkdir()
    (own / "wrong" / "environment.toml").write_text("preload = 1")
    for arguments, code, said in (
        (("check", "moon"), 2, "a lab may ask for data, plots, python, tiny, wrong"),
        (("build", "moon"), 2, "a lab may ask for"),
        (("build", "data"), 1, "nothing to build"),
        (("build", "wrong"), 1, "list of texts"),
        (("check", "wrong"), 1, "list of texts"),
    ):
        ran = invoke(*arguments)
        assert (ran.exit_code, ran.stdout) == (code, "")
        assert said in ran.stderr
        assert "Traceback" not in ran.stderr
    listed = invoke("list")
    assert listed.exit_code == 0
    assert "list of texts" in listed.stdout


def test_doctor_tells_of_each(own: Path) -> None:
    environments = Environments(own=own, built=own.parent / "home" / "environments")
    level = probe().level
    trials = {name: sandbox.examine(environments, name, level) for name in ("python", "tiny")}
    assert trials["python"].fault == ""
    assert not trials["python"].own
    assert "environment build tiny" in trials["tiny"].fault
    finding = sandbox._environment(trials["tiny"])
    assert (finding.state, finding.name) == (State.LIMITED, "sandbox.environment.tiny")
    assert finding.mend == ("darsgah environment build tiny",)
    assert invoke("build", "tiny").exit_code == 0
    declare(own, "tiny", "ANSWER = 8\n")
    changed = sandbox._environment(sandbox.examine(environments, "tiny", level))
    assert changed.state is State.LIMITED
    assert "changed since" in changed.found


def test_the_settings_reach_the_pool(own: Path) -> None:
    settings = Settings(
        environments=own, warm_idle=5.0, warm_uses=7, warm_memory=10**9, warm_retry=3.0, home=own.parent
    )
    with grader_of(settings) as grader:
        assert list(grader.environments.folders()) == ["data", "plots", "python", "tiny"]
        assert grader.keeping == Keeping(5.0, 7, 10**9, 3.0)
    with grader_of(settings.model_copy(update={"warm_memory": 0})) as grader:
        assert grader.keeping.memory_bytes == machine_share()
