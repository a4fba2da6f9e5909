"""Environments: declared in folders, built of locked requirements, each seeing its own packages alone."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from darsgah.lab_assignments import assignment_of
from darsgah_grader.environments import Environments
from darsgah_grader.environments.building import build, built_digest, interpreter
from darsgah_grader.environments.declaration import read
from darsgah_grader.environments.distributions import borrowed
from darsgah_grader.grading import Grader
from darsgah_grader.sandbox.types import CellRun, CellSource, Job, Outcome
from darsgah_grader.types import AssignmentInvalid, Environment, EnvironmentBroken, SandboxLevel
from darsgah_labs.lab_folder import load
from tests.grading.built_environment import MODULE, declare, lock

ROOT = Path(__file__).parents[2]


def quiet(_said: str) -> None:
    """Nobody listens to what a build says it does."""


@pytest.fixture
def environments(tmp_path: Path) -> Environments:
    """A hub's own folder, empty, and a place to build in."""
    (tmp_path / "own").mkdir()
    return Environments(own=tmp_path / "own", built=tmp_path / "built")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Environments:
    """A hub's environment named tiny, built for real, without network."""
    place = tmp_path_factory.mktemp("tiny")
    environments = Environments(own=place / "own", built=place / "built")
    declare(place / "own", "tiny")
    build(environments.declared("tiny"), environments.built, quiet)
    return environments


def own(environments: Environments) -> Path:
    """The hub's folder."""
    assert environments.own is not None
    return environments.own


def run(grader: Grader, environment: Environment, *sources: str) -> list[CellRun]:
    """What became of the cells in that environment."""
    with grader.using(environment) as sandbox:
        return list(sandbox.run(Job([CellSource(source) for source in sources])).cells)


def shown(cell: CellRun) -> str:
    """The value a cell ends in, or its error."""
    output = cell.outputs[0]
    return str(output["evalue"] if output["output_type"] == "error" else output["data"]["text/plain"])


def test_an_unknown_name_is_told_with_those_there_are(environments: Environments) -> None:
    declare(own(environments), "ours")
    with pytest.raises(AssignmentInvalid, match=r"'r'; a lab may ask for data, ours, plots, python\."):
        environments.named("r")


def test_a_lab_that_names_an_unknown_environment_is_refused(environments: Environments) -> None:
    shipped = next((ROOT / "labs" / "lab-sources").glob("*/lab.toml")).parent
    lab = load(shipped)
    assert assignment_of(lab, environments).environment.name == lab.environment
    folder = own(environments).parent / "lab"
    shutil.copytree(shipped, folder)
    written = (folder / "lab.toml").read_text()
    (folder / "lab.toml").write_text(
        written.replace(f'environment = "{lab.environment}"', 'environment = "moon"')
    )
    with pytest.raises(AssignmentInvalid, match="a lab may ask for data, plots, python"):
        assignment_of(load(folder), environments)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("preload = [", "not TOML"),
        ("\udcff", "not TOML"),
        ('preload = "numpy"', "list of texts"),
        ("preload = [1]", "list of texts"),
        ('preload = ["os; import sys"]', "not the name of a module"),
        ('packages = ["numpy"]', "no key 'packages'"),
        ("requirements = 1", "has to be a text"),
        ('requirements = "../../secret"', "outside its folder"),
        ('python = "python3"', "without requirements"),
    ],
)
def test_a_wrong_declaration_is_told_and_is_its_own_alone(
    environments: Environments, said: str, fault: str
) -> None:
    folder = own(environments) / "wrong"
    folder.mkdir()
    (folder / "environment.toml").write_bytes(said.encode(errors="surrogateescape"))
    with pytest.raises(EnvironmentBroken, match=fault):
        environments.named("wrong")
    assert environments.named("python").name == "python"
    assert list(environments.folders()) == ["data", "plots", "python", "wrong"]


def test_a_folder_that_is_not_there_leaves_the_shipped_ones(tmp_path: Path) -> None:
    assert list(Environments(own=tmp_path / "nowhere").folders()) == ["data", "plots", "python"]


def test_a_hubs_environment_takes_the_place_of_a_shipped_one(environments: Environments) -> None:
    assert environments.ships("python")
    (own(environments) / "python").mkdir()
    (own(environments) / "python" / "environment.toml").write_text(
        'platform = ["ipython"]\npreload = ["json"]'
    )
    assert environments.named("python").preload == ("json",)
    assert not environments.ships("python")


def test_what_is_borrowed_is_what_the_package_needs_and_no_more() -> None:
    (names,) = borrowed(("ipython", "pandas")).values()
    assert {"IPython", "traitlets", "pandas", "numpy", "dateutil", "numpy.libs"} <= set(names)
    assert not {"litestar", "sqlalchemy", "pytest", "nbgrader", "darsgah_grader", ".."} & set(names)
    with pytest.raises(EnvironmentBroken, match="does not have the package no-such-package"):
        borrowed(("no-such-package",))


def test_a_learners_code_sees_its_environments_packages_and_no_others(
    grader: Grader, tiny: Environments
) -> None:
    absent = ("litestar", "sqlmodel", "psycopg", "nbgrader", "darsgah", "darsgah_grader.pipeline")
    tries = [f"import {name}" for name in absent]
    for name, has, lacks in (
        ("python", "json", "numpy"),
        ("data", "pandas", MODULE),
        ("tiny", MODULE, "numpy"),
    ):
        cells = run(grader, tiny.named(name), f"import {has}", f"import {lacks}", *tries)
        assert [cell.outcome for cell in cells] == [Outcome.OK, *[Outcome.ERROR] * (len(tries) + 1)]
    built = interpreter(tiny.built, "tiny").parents[1]
    (hidden,) = run(grader, tiny.named("python"), f"import os\nos.path.exists({str(built)!r})")
    assert shown(hidden) == "False"
    folder = Path(os.path.realpath(ROOT / "grader"))
    (hidden,) = run(grader, tiny.named("tiny"), f"import os\nos.path.exists({str(folder)!r})")
    assert shown(hidden) == "False"


def test_a_built_environment_runs_in_its_own_interpreter(grader: Grader, tiny: Environments) -> None:
    environment = tiny.named("tiny")
    where, value, preloaded, again = run(
        grader,
        environment,
        "import sys\nsys.prefix",
        f"import {MODULE}\n{MODULE}.ANSWER",
        f"{MODULE!r} in sys.modules",
        f"import subprocess\nsubprocess.check_output([sys.executable, '-c', 'import {MODULE}; print(1)'])",
    )
    assert shown(where) == repr(str(interpreter(tiny.built, "tiny").parents[1]))
    assert (shown(value), shown(preloaded)) == ("42", "True")
    assert shown(again) == repr(b"1\n")


def test_the_reduced_level_shows_the_same(tiny: Environments) -> None:
    """As root its runs are other users, whom a folder for root alone keeps out: that is told at the start."""
    with Grader(SandboxLevel.REDUCED, environments=tiny) as grader:
        if os.geteuid() == 0:
            with pytest.raises(EnvironmentBroken, match="not readable for ordinary users"):
                run(grader, tiny.named("tiny"), "1")
            return
        cells = run(grader, tiny.named("tiny"), f"import {MODULE}", "import litestar", "import pandas")
        assert [cell.outcome for cell in cells] == [Outcome.OK, Outcome.ERROR, Outcome.ERROR]
        cells = run(grader, tiny.named("data"), "import pandas, numpy.testing", "import litestar")
        assert [cell.outcome for cell in cells] == [Outcome.OK, Outcome.ERROR]


def test_one_that_is_not_built_says_how(environments: Environments) -> None:
    declare(own(environments), "tiny")
    with (
        Grader(environments=environments) as grader,
        pytest.raises(EnvironmentBroken, match="darsgah environment build tiny"),
        grader.using(environments.named("tiny")),
    ):
        pass


def test_a_rebuilt_one_is_used_at_once_and_the_old_stays_for_those_who_run(
    environments: Environments,
) -> None:
    declare(own(environments), "tiny")
    with Grader(environments=environments) as grader:
        first = build(environments.declared("tiny"), environments.built, quiet)
        assert not environments.changed("tiny")
        with grader.using(environments.named("tiny")) as sandbox:
            declare(own(environments), "tiny", "ANSWER = 43\n")
            assert environments.changed("tiny")
            second = build(environments.declared("tiny"), environments.built, quiet)
            (cell,) = sandbox.run(Job([CellSource(f"import {MODULE}\n{MODULE}.ANSWER")])).cells
            assert shown(cell) == "42"
            (cell,) = run(grader, environments.named("tiny"), f"import {MODULE}\n{MODULE}.ANSWER")
            assert shown(cell) == "43"
    assert not environments.changed("tiny")
    assert first.exists()
    third = build(environments.declared("tiny"), environments.built, quiet)
    assert [folder.exists() for folder in (first, second, third)] == [False, True, True]


def test_a_build_that_fails_says_what_and_leaves_the_one_before(environments: Environments) -> None:
    folder = declare(own(environments), "tiny")
    build(environments.declared("tiny"), environments.built, quiet)
    before = built_digest(environments.built, "tiny")
    lock(folder, "0" * 64)
    with pytest.raises(EnvironmentBroken, match=r"(?s)tiny was not built: the packages cannot.*DO NOT MATCH"):
        build(environments.declared("tiny"), environments.built, quiet)
    (folder / "requirements.txt").write_text(f"--no-index\n--find-links wheels\n{MODULE}==1.0\n")
    with pytest.raises(EnvironmentBroken, match="hashes"):
        build(environments.declared("tiny"), environments.built, quiet)
    (folder / "requirements.txt").unlink()
    with pytest.raises(EnvironmentBroken, match="cannot be read: No such file"):
        build(environments.declared("tiny"), environments.built, quiet)
    assert built_digest(environments.built, "tiny") == before
    left = [place.name for place in environments.built.iterdir() if not place.name.startswith(".")]
    assert sorted(left) == ["tiny", "tiny.1"]


def test_without_network_that_is_what_is_said(
    environments: Environments, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = declare(own(environments), "far")
    (folder / "requirements.txt").write_text(
        f"--index-url http://127.0.0.1:9/simple\n{MODULE}==1.0 --hash=sha256:{'0' * 64}\n"
    )
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(EnvironmentBroken, match="package index cannot be reached"):
        build(environments.declared("far"), environments.built, quiet)


def test_one_without_ipython_is_not_built(environments: Environments) -> None:
    declare(own(environments), "bare", declaration='requirements = "requirements.txt"\n')
    with pytest.raises(EnvironmentBroken, match="add ipython to the requirements"):
        build(environments.declared("bare"), environments.built, quiet)
    assert built_digest(environments.built, "bare") is None


def test_an_interpreter_that_is_not_there_is_named(environments: Environments) -> None:
    said = 'requirements = "requirements.txt"\nplatform = ["ipython"]\npython = "python2.1"\n'
    declare(own(environments), "old", declaration=said)
    with pytest.raises(EnvironmentBroken, match=r"no interpreter python2\.1"):
        build(environments.declared("old"), environments.built, quiet)


def test_a_python_of_another_version_cannot_borrow(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = SimpleNamespace(executable=sys.executable, version_info=(3, 99, 0))
    monkeypatch.setattr("darsgah_grader.sandbox.process.sys", platform)
    other = Environment("other", python=sys.executable)
    with (
        pytest.raises(EnvironmentBroken, match=r"platform's Python 3\.99, and is built"),
        grader.using(other),
    ):
        pass


def test_a_build_that_was_killed_is_removed_by_the_next(environments: Environments) -> None:
    declare(own(environments), "tiny")
    program = """
import sys
from pathlib import Path
from darsgah_grader.environments import building, declaration
declared = declaration.read(Path(sys.argv[1]))
building.build(declared, Path(sys.argv[2]), lambda said: print(said, flush=True))
"""
    command = [sys.executable, "-c", program, str(own(environments) / "tiny"), str(environments.built)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as building:
        assert building.stdout is not None
        assert "virtual environment" in building.stdout.readline()
        time.sleep(0.05)
        with pytest.raises(EnvironmentBroken, match="being built at this moment"):
            build(environments.declared("tiny"), environments.built, quiet)
        os.killpg(building.pid, signal.SIGKILL)
    assert built_digest(environments.built, "tiny") is None
    built = build(read(own(environments) / "tiny"), environments.built, quiet)
    assert sorted(place.name for place in environments.built.glob("tiny*")) == ["tiny", built.name]
    assert built_digest(environments.built, "tiny") is not None
