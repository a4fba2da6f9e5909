"""Every judgement, over facts made up for it: no machine has to be broken to see what doctor would say."""

import errno
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from darsgah.commands.diagnosis import (
    configuration,
    database,
    kernels,
    machine,
    models,
    sandbox,
    storage,
    tutor_model,
    web,
)
from darsgah.commands.diagnosis.configuration import SettingsFacts
from darsgah.commands.diagnosis.database import Answer, DatabaseFacts
from darsgah.commands.diagnosis.findings import TITLES, Check, Finding, State
from darsgah.commands.diagnosis.kernels import HostFacts, KernelFacts
from darsgah.commands.diagnosis.machine import MachineFacts
from darsgah.commands.diagnosis.models import ModelFacts
from darsgah.commands.diagnosis.sandbox import SandboxFacts, Trial
from darsgah.commands.diagnosis.storage import FolderFacts, StorageFacts
from darsgah.commands.diagnosis.tutor_model import TutorModelFacts
from darsgah.commands.diagnosis.web import WebFacts
from darsgah.settings import Settings
from darsgah_grader.sandbox.cgroups import CgroupReport
from darsgah_grader.sandbox.levels import LevelReport, Mechanism
from darsgah_grader.types import SandboxLevel
from darsgah_tutor.devices import Accelerator, Engine, NvidiaHardware, Processor

GIB = 1 << 30
PROCESSOR = Processor("A processor", threads=4, memory_bytes=8 * GIB, instructions=("avx2",))
MACHINE = MachineFacts(
    system="Debian 12",
    distribution="debian",
    python=(3, 11, 7),
    cores=4,
    processor=PROCESSOR,
    available_bytes=6 * GIB,
    open_files=1024,
    most_open_files=524288,
    now=datetime(2027, 3, 1, tzinfo=UTC),
    encoding="utf-8",
    chromium=True,
    at_once=4,
)
LEVEL = LevelReport(
    SandboxLevel.NAMESPACES,
    (Mechanism("user namespace", True), Mechanism("seccomp", True)),
    (),
    CgroupReport(2, usable=True, detail="version 2", remedy=""),
)
SWITCH = "sudo sysctl -w kernel.unprivileged_userns_clone=1"
LOCKED = (Mechanism("user namespace", False, "no", SWITCH), Mechanism("net namespace", False, "no", SWITCH))
SANDBOX = SandboxFacts(LEVEL, "", (Trial("python", 0.5, 0.02, 30 << 20),))
UNDELEGATED = CgroupReport(2, usable=False, detail="not delegated", remedy="systemd-run --user --scope ...")
FOLDER = FolderFacts(Path("/srv/darsgah"), True, "", 50 * GIB, 10**6, 1.0)
STORAGE = StorageFacts(FOLDER, FOLDER, "")
ANSWER = Answer(180001, "UTF8", 0.3, 0.0, may_create=True, pending=())
DATABASE = DatabaseFacts(own=True, where="darsgah on db.example.org", answer=ANSWER)
WEB = WebFacts("127.0.0.1", 8000)
HOST = HostFacts(
    "unix:/srv/darsgah/kernels.sock", True, True, 3, 1, 30 << 20, places=60, each=3, idle_seconds=1200.0
)
KERNELS = KernelFacts((HOST,), start_seconds=0.02)
SETTINGS = SettingsFacts(2, {}, (), None)
MODELS = ModelFacts(
    PROCESSOR, NvidiaHardware(0, ""), Engine("2.13.0+cpu", "5.23.0", "cpu"), distribution="ubuntu"
)


def level(kind: SandboxLevel) -> SandboxFacts:
    return SandboxFacts(replace(LEVEL, level=kind, mechanisms=LOCKED, reasons=("they are off",)), "", ())


def folder(**changes: Any) -> list[Finding]:  # noqa: ANN401 - fields of the facts
    return list(storage.findings(replace(STORAGE, home=replace(FOLDER, **changes))))


def answer(**changes: Any) -> list[Finding]:  # noqa: ANN401 - fields of the facts
    return list(database.findings(replace(DATABASE, answer=replace(ANSWER, **changes))))


def engine(**changes: Any) -> list[Finding]:  # noqa: ANN401 - fields of the facts
    return list(models.findings(replace(MODELS, engine=replace(MODELS.engine, **changes))))


def one(findings: Iterable[Finding], check: Check) -> Finding:
    return next(finding for finding in findings if finding.check is check)


def test_a_good_machine_has_nothing_to_mend() -> None:
    found = [
        *machine.findings(MACHINE),
        *sandbox.findings(SANDBOX),
        *storage.findings(STORAGE),
        *database.findings(DATABASE),
        *web.findings(WEB),
        *kernels.findings(KERNELS),
        *configuration.findings(SETTINGS),
        *models.findings(MODELS),
    ]
    assert {finding.state for finding in found} == {State.OK, State.NOTE}
    assert [finding.name for finding in found if finding.mend] == []
    assert len({finding.name for finding in found}) == len(found)
    assert all(finding.found and finding.meaning for finding in found)


MACHINES = [
    ({"python": (3, 10, 4)}, Check.PYTHON, State.MISSING, "apt-get install python3.11"),
    ({"python": (3, 14, 0)}, Check.PYTHON, State.MISSING, "make setup PYTHON=python3.11"),
    ({"at_once": 8}, Check.CORES, State.LIMITED, "DARSGAH_WORKER_CONCURRENCY=4"),
    (
        {"processor": replace(PROCESSOR, memory_bytes=3 * GIB)},
        Check.MEMORY,
        State.LIMITED,
        "DARSGAH_WORKER_CONCURRENCY=2",
    ),
    ({"processor": replace(PROCESSOR, memory_bytes=GIB)}, Check.MEMORY, State.LIMITED, "mkswap"),
    ({"open_files": 512}, Check.OPEN_FILES, State.LIMITED, "ulimit -n 65536"),
    ({"open_files": 64, "most_open_files": 64}, Check.OPEN_FILES, State.MISSING, "LimitNOFILE"),
    ({"now": datetime(1970, 1, 1, tzinfo=UTC)}, Check.CLOCK, State.MISSING, "timedatectl set-ntp true"),
    ({"encoding": "latin-1"}, Check.TEXT, State.LIMITED, "export LANG=C.UTF-8"),
    ({"chromium": False}, Check.CHROMIUM, State.NOTE, "apt-get install chromium"),
]


@pytest.mark.parametrize(("change", "check", "state", "mend"), MACHINES)
def test_machine(change: dict[str, Any], check: Check, state: State, mend: str) -> None:
    finding = one(machine.findings(replace(MACHINE, **change)), check)
    assert finding.state is state
    assert mend in "\n".join(finding.mend)


@pytest.mark.parametrize(
    ("kind", "state"), [(SandboxLevel.REDUCED, State.LIMITED), (SandboxLevel.NONE, State.MISSING)]
)
def test_a_lower_level_says_why_and_which_switch_to_turn_once(kind: SandboxLevel, state: State) -> None:
    finding = one(sandbox.findings(level(kind)), Check.LEVEL)
    assert finding.state is state
    assert "they are off" in finding.found
    kept = "echo kernel.unprivileged_userns_clone=1 | sudo tee /etc/sysctl.d/60-darsgah.conf"
    assert finding.mend == (SWITCH, kept)
    assert finding.values["user namespace"] is False


def test_kernels_say_how_many_run_and_of_how_many() -> None:
    finding = one(kernels.findings(KERNELS), Check.KERNEL_HOST)
    assert "3 of 60 kernels run, 1 wait" in finding.found
    assert "3 of one learner" in finding.meaning
    assert "20 minutes" in finding.meaning
    assert finding.values["running"] == 3


@pytest.mark.parametrize(
    ("facts", "state", "mend"),
    [
        (KernelFacts((replace(HOST, answers=False),)), State.NOTE, ""),
        (KernelFacts((replace(HOST, answers=False),), served=True), State.LIMITED, "darsgah kernels"),
        (
            KernelFacts((HostFacts("10.0.0.5:7070", beside=False),)),
            State.LIMITED,
            "darsgah kernels --listen 10.0.0.5:7070",
        ),
        (KernelFacts((), "no address"), State.LIMITED, "unset DARSGAH_KERNELS"),
    ],
)
def test_kernels_whose_host_is_away(facts: KernelFacts, state: State, mend: str) -> None:
    finding = one(kernels.findings(facts), Check.KERNEL_HOST)
    assert finding.state is state
    assert mend in "\n".join(finding.mend)


def test_a_kernel_that_does_not_start_is_told() -> None:
    facts = KernelFacts((HOST,), start_seconds=1.0, trial_fault="its process ended")
    finding = one(kernels.findings(facts), Check.KERNEL_TRIAL)
    assert (finding.state, finding.found) == (State.LIMITED, "its process ended")


def test_cgroups_that_are_not_delegated_or_fail_when_tried() -> None:
    refused = SandboxFacts(replace(LEVEL, cgroups=UNDELEGATED), "", ())
    finding = one(sandbox.findings(refused), Check.CGROUPS)
    assert finding.state is State.LIMITED
    assert finding.mend[0].startswith("systemd-run")
    assert "Delegate=yes" in finding.mend[1]
    failing = one(sandbox.findings(replace(SANDBOX, group_fault="no group can be made")), Check.CGROUPS)
    assert failing.state is State.LIMITED
    assert "no group can be made" in failing.found
    assert failing.values["usable"] is False


def test_an_environment_that_does_not_start_is_missing() -> None:
    facts = replace(SANDBOX, trials=(Trial("data", fault="No module named 'pandas'"),))
    finding = one(sandbox.findings(facts), Check.ENVIRONMENT)
    assert (finding.state, finding.name) == (State.MISSING, "sandbox.environment.data")
    assert "pandas" in finding.found
    assert finding.mend == ("make setup",)
    unreadable = replace(SANDBOX, trials=(Trial("data", fault="[Errno 13] Permission denied: '/root'"),))
    assert "as the user who runs Darsgah" in one(sandbox.findings(unreadable), Check.ENVIRONMENT).mend[0]


@pytest.mark.parametrize(
    ("change", "state", "mend"),
    [
        ({"fault": "/srv cannot be written by this user"}, State.MISSING, "sudo install -d"),
        ({"free_bytes": 10 << 20}, State.MISSING, "du -xh"),
        ({"free_inodes": 0}, State.MISSING, "du -xh"),
        ({"free_bytes": GIB}, State.LIMITED, "DARSGAH_HOME="),
        ({"free_inodes": 100}, State.LIMITED, "DARSGAH_HOME="),
        ({"free_inodes": -1, "sync_ms": None}, State.OK, ""),
    ],
)
def test_home(change: dict[str, Any], state: State, mend: str) -> None:
    finding = one(folder(**change), Check.HOME)
    assert finding.state is state
    assert mend in "\n".join(finding.mend)


def test_a_store_that_does_not_answer_is_missing() -> None:
    away = one(storage.findings(StorageFacts(FOLDER, None, "no answer within 8 seconds")), Check.BLOBS)
    assert away.state is State.MISSING
    assert one(storage.findings(StorageFacts(FOLDER, None, "")), Check.BLOBS).state is State.OK


@pytest.mark.parametrize(
    ("change", "check", "state", "mend"),
    [
        ({"pending": ("r0002",)}, Check.TABLES, State.LIMITED, "darsgah db upgrade"),
        ({"pending": ("r0002",), "may_create": False}, Check.TABLES, State.MISSING, "GRANT CREATE"),
        ({"pending": None}, Check.TABLES, State.MISSING, "make setup"),
        ({"encoding": "SQL_ASCII"}, Check.SERVER, State.MISSING, "--encoding=UTF8"),
        ({"round_trip_ms": 80.0}, Check.ROUND_TRIP, State.LIMITED, ""),
        ({"ahead_seconds": -90.0}, Check.DATABASE_CLOCK, State.LIMITED, "set-ntp"),
    ],
)
def test_database(change: dict[str, Any], check: Check, state: State, mend: str) -> None:
    finding = one(answer(**change), check)
    assert finding.state is state
    assert mend in "\n".join(finding.mend)


def test_a_database_that_is_away_or_at_rest() -> None:
    away = list(database.findings(DatabaseFacts(own=True, where="", fault="does not answer")))
    assert [(finding.check, finding.state) for finding in away] == [(Check.SERVER, State.MISSING)]
    assert "pg_isready" in away[0].mend[0]
    for made, said in ((True, "its data are there"), (False, "no data yet")):
        (resting,) = database.findings(DatabaseFacts(own=False, where="embedded", made=made))
        assert resting.state is State.OK
        assert said in resting.found


@pytest.mark.parametrize(
    ("facts", "check", "state", "mend"),
    [
        (
            replace(WEB, fault=errno.EADDRINUSE, free_port=8003),
            Check.PORT,
            State.MISSING,
            "DARSGAH_PORT=8003",
        ),
        (replace(WEB, fault=errno.EADDRINUSE, darsgah_answers=True), Check.PORT, State.OK, ""),
        (
            replace(WEB, port=80, fault=errno.EACCES),
            Check.PORT,
            State.MISSING,
            "ip_unprivileged_port_start=80",
        ),
        (replace(WEB, fault=errno.EADDRNOTAVAIL), Check.PORT, State.MISSING, "DARSGAH_HOST=127.0.0.1"),
        (replace(WEB, fault=errno.EIO, fault_text="broken"), Check.PORT, State.MISSING, "unset"),
        (replace(WEB, exposed=True), Check.ADDRESS, State.LIMITED, "DARSGAH_PUBLIC_URL=https"),
        (replace(WEB, https=True), Check.ADDRESS, State.LIMITED, "DARSGAH_TRUSTED_PROXIES=1"),
        (replace(WEB, https=True, trusted_proxies=1), Check.ADDRESS, State.OK, ""),
        (replace(WEB, assets=False), Check.ASSETS, State.MISSING, "make setup"),
    ],
)
def test_web(facts: WebFacts, check: Check, state: State, mend: str) -> None:
    finding = one(web.findings(facts), check)
    assert finding.state is state
    assert mend in "\n".join(finding.mend)


def test_settings() -> None:
    found = list(
        configuration.findings(
            SettingsFacts(1, {"port": "Input should be a number"}, ("DARSGAH_PROT", "DARSGAH_XYZZY"), 5)
        )
    )
    assert [(finding.check, finding.state) for finding in found] == [
        (Check.SETTINGS, State.MISSING),
        (Check.SETTING_NAMES, State.LIMITED),
        (Check.SECRET, State.MISSING),
    ]
    assert found[0].mend == ("unset DARSGAH_PORT",)
    assert found[1].mend == (
        'export DARSGAH_PORT="$DARSGAH_PROT" && unset DARSGAH_PROT',
        "unset DARSGAH_XYZZY",
    )


GPU = Accelerator("A GPU", 16 * GIB, "8.6", bf16=True)
CUDA = Engine("2.13.0", "5.23.0", "cuda 12.8")


@pytest.mark.parametrize(
    ("facts", "check", "state", "words"),
    [
        (MODELS, Check.ACCELERATOR, State.NOTE, "Models run on the processor"),
        (replace(MODELS, hardware=NvidiaHardware(1, "")), Check.ACCELERATOR, State.LIMITED, "ubuntu-drivers"),
        (
            replace(MODELS, hardware=NvidiaHardware(1, "570.8")),
            Check.ACCELERATOR,
            State.LIMITED,
            "torch==2.13.0 ",
        ),
        (
            replace(MODELS, hardware=NvidiaHardware(2, "340"), engine=CUDA),
            Check.ACCELERATOR,
            State.LIMITED,
            "too old",
        ),
        (replace(MODELS, engine=replace(CUDA, accelerators=(GPU,))), Check.ACCELERATOR, State.OK, "bfloat16"),
        (
            replace(MODELS, engine=replace(CUDA, accelerators=(replace(GPU, fault="no kernel image"),))),
            Check.ACCELERATOR,
            State.LIMITED,
            "no kernel image",
        ),
        (replace(MODELS, engine=Engine(None, None)), Check.LIBRARIES, State.LIMITED, "make setup"),
        (replace(MODELS, engine=replace(CUDA, fault="SIGILL")), Check.LIBRARIES, State.LIMITED, "SIGILL"),
        (
            replace(MODELS, processor=replace(PROCESSOR, instructions=())),
            Check.PROCESSOR,
            State.LIMITED,
            "AVX2",
        ),
    ],
)
def test_models(facts: ModelFacts, check: Check, state: State, words: str) -> None:
    finding = one(models.findings(facts), check)
    assert finding.state is state
    assert words in "\n".join((finding.found, finding.meaning, *finding.mend))


@pytest.mark.parametrize(
    ("facts", "state", "words"),
    [
        (
            TutorModelFacts("/m/Tiny", ("Tiny",), needs_bytes=10, free_bytes=20),
            State.OK,
            "Tiny, from /m/Tiny",
        ),
        (TutorModelFacts("/m/Tiny", ("Tiny",), needs_bytes=20, free_bytes=10), State.LIMITED, "are free"),
        (TutorModelFacts("/m/none", fault="There is no folder"), State.LIMITED, "no folder"),
        (TutorModelFacts("https://m", ("a", "b"), wanted="b"), State.OK, "b, from"),
        (TutorModelFacts("https://m", ("a", "b"), wanted="c"), State.LIMITED, "There are: a, b"),
    ],
)
def test_a_language_model_for_hints(facts: TutorModelFacts, state: State, words: str) -> None:
    (finding,) = tutor_model.findings(facts)
    assert finding.state is state
    assert words in finding.found


def test_a_language_model_is_looked_at_and_not_loaded(tmp_path: Path) -> None:
    assert tutor_model.look(Settings(home=tmp_path)) is None
    for named, fault in (
        (str(tmp_path / "none"), "There is no folder"),
        ("http://127.0.0.1:9", "does not say"),
    ):
        facts = tutor_model.look(Settings(home=tmp_path, tutor_model=named))
        assert facts is not None
        assert fault in facts.fault


def test_nothing_that_a_model_lacks_makes_the_platform_unsafe() -> None:
    assert all(finding.state is not State.MISSING for finding in engine(torch=None, fault="gone"))


def test_every_check_has_a_title() -> None:
    assert set(TITLES) == set(Check)
