"""Whether a learner's code can be contained: the level, control groups, and every environment tried."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from darsgah.commands.diagnosis.findings import Check, Finding, State, Value, in_bytes
from darsgah_grader.environments import Environments
from darsgah_grader.sandbox import cgroups, levels
from darsgah_grader.sandbox.levels import LevelReport
from darsgah_grader.sandbox.types import CellSource, Job, Outcome
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Environment, EnvironmentBroken, GraderError, Limits, SandboxLevel
from darsgah_grader.warm_processes import resident_bytes

_AT_ONCE = 2
"""Environments tried at once: each takes a core to start, and its memory."""
_SYSCTL = "sudo sysctl -w "
_CELL = """import importlib, os, sys
for name in {modules!r}:
    sys.modules.pop(name, None)  # it may have come with the warm process
    importlib.import_module(name)
if not os.path.exists(sys.executable):
    raise FileNotFoundError(sys.executable)
sum(range(1000))
"""
_DELEGATE = "sudo systemctl edit darsgah  # [Service] Delegate=yes, as in docs/operations.md"
_OPEN_ENVIRONMENT = "rm -rf .venv && make setup  # as the user who runs Darsgah, with a Python they may read"


@dataclass(frozen=True, slots=True)
class Trial:
    """One environment, started warm and given a notebook of one cell.

    Attributes:
        start_seconds: until it was warm.
        run_seconds: for the second notebook; the first one pays for what is done once.
        memory_bytes: what the warm process holds.
        fault: why it did not work; empty when it did.
        own: it is the operator's, and did not come with Darsgah.
        changed: it was built of other requirements than it declares now.
    """

    environment: str
    start_seconds: float = 0.0
    run_seconds: float = 0.0
    memory_bytes: int = 0
    fault: str = ""
    own: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True)
class SandboxFacts:
    """The level report, why a group could not be made although it seemed so, and the environments tried.

    Below the reduced level none is tried: the sandbox refuses to start.
    """

    report: LevelReport
    group_fault: str
    trials: tuple[Trial, ...]


def look(environments: Environments) -> SandboxFacts:
    """Probe, make and remove one group, and start every environment, all of them side by side."""
    report = levels.probe()
    fault = _group_fault(report)
    trials: tuple[Trial, ...] = ()
    if report.level is not SandboxLevel.NONE:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            trials = tuple(
                pool.map(lambda name: examine(environments, name, report.level), environments.folders())
            )
    return SandboxFacts(report, fault, trials)


def _group_fault(report: LevelReport) -> str:
    """Make a group as a run does, limit and remove it; what stood in the way."""
    if not report.cgroups.usable:
        return ""
    if not cgroups.prepare(report.cgroups):
        return "the controllers memory and pids cannot be handed on"
    limits = Limits()
    try:
        group = cgroups.RunGroup(report.cgroups)
    except OSError as error:
        return f"no group can be made: {error.strerror}"
    limited = group.limit(limits.memory_bytes, limits.processes)
    group.remove()
    return "" if limited else "the kernel does not take the limits"


def examine(environments: Environments, name: str, level: SandboxLevel) -> Trial:
    """Try the environment of that name, and see whether it is what its folder declares."""
    own = not environments.ships(name)
    try:
        trial = try_environment(environments.named(name), level)
        return replace(trial, own=own, changed=not trial.fault and environments.changed(name))
    except EnvironmentBroken as error:
        return Trial(name, own=own, fault=_outline(str(error)))


def try_environment(environment: Environment, level: SandboxLevel) -> Trial:
    """Start it at that level, run one cell twice, stop it."""
    job = Job(cells=[CellSource(_CELL.format(modules=environment.late))])
    began = time.monotonic()
    try:
        with Sandbox.start(environment, level=level) as sandbox:
            start_seconds = time.monotonic() - began
            memory = resident_bytes(sandbox.pid)
            sandbox.run(job)
            run = sandbox.run(job)
    except (GraderError, OSError) as error:
        return Trial(environment.name, fault=_outline(str(error)))
    cell = run.cells[0]
    if cell.outcome is not Outcome.OK or cell.partial != 499500:
        said = f"{cell.error_name}: {cell.error_value}" if cell.error_name else "; ".join(run.notes)
        return Trial(
            environment.name, fault=f"a cell that imports and adds ended with {cell.outcome}: {said}"
        )
    return Trial(environment.name, start_seconds, run.seconds, memory)


def _outline(message: str) -> str:
    """A message that ends in a traceback, with the traceback's last line alone."""
    before, traceback, after = message.strip().partition("Traceback (most recent call last):")
    return before + after.splitlines()[-1].strip() if traceback else " ".join(before.split())


def findings(facts: SandboxFacts) -> Iterator[Finding]:
    """What the facts mean."""
    yield _level(facts.report)
    yield _cgroups(facts)
    for trial in facts.trials:
        yield _environment(trial)


def _level(report: LevelReport) -> Finding:
    values: dict[str, Value] = {"level": report.level.value}
    values |= {mechanism.name: mechanism.available for mechanism in report.mechanisms}
    reasons = "; ".join(report.reasons)
    remedies = dict.fromkeys(
        mechanism.remedy
        for mechanism in report.mechanisms
        if mechanism.remedy and not mechanism.available and mechanism.name != "cgroups"
    )
    mend = tuple(line for remedy in remedies for line in _lasting(remedy))
    match report.level:
        case SandboxLevel.NAMESPACES:
            return Finding(
                Check.LEVEL,
                State.OK,
                "namespaces, the best level",
                "Learners' code sees no network, no files of this machine and no other process.",
                values=values,
            )
        case SandboxLevel.REDUCED:
            return Finding(
                Check.LEVEL,
                State.LIMITED,
                f"reduced: {reasons}",
                "Learners' code is held by Landlock, system call filters and limits; it can see that other "
                "processes exist. Every grade says so.",
                mend,
                values=values,
            )
        case _:
            return Finding(
                Check.LEVEL,
                State.MISSING,
                f"none: {reasons}",
                "No submission is graded here: learners' code would not be contained. Web server and "
                "database may run; put the worker on another machine.",
                mend,
                values=values,
            )


def _lasting(remedy: str) -> tuple[str, ...]:
    """A kernel switch set now is forgotten at the next start: with it, the line that keeps it."""
    if not remedy.startswith(_SYSCTL):
        return (remedy,)
    switch = remedy.removeprefix(_SYSCTL)
    return (remedy, f"echo {switch} | sudo tee /etc/sysctl.d/60-darsgah.conf")


def _cgroups(facts: SandboxFacts) -> Finding:
    report = facts.report.cgroups
    values: dict[str, Value] = {"version": report.version, "usable": report.usable and not facts.group_fault}
    if report.usable and not facts.group_fault:
        return Finding(
            Check.CGROUPS,
            State.OK,
            report.detail,
            "The kernel limits memory and processes of each submission as a whole.",
            values=values,
        )
    said = f"{report.detail}, but {facts.group_fault}" if facts.group_fault else report.detail
    mend = tuple(line for line in (report.remedy, _DELEGATE if report.version == 2 else "") if line)
    return Finding(
        Check.CGROUPS,
        State.LIMITED,
        said,
        "Memory of a submission is measured instead of limited: one that grows fast may press on the others "
        "for a moment before it is ended.",
        mend,
        values=values,
    )


def _mending(trial: Trial) -> tuple[str, ...]:
    if trial.own:
        return (f"darsgah environment build {trial.environment}",)
    closed = "not readable" in trial.fault or "Permission denied" in trial.fault
    return (_OPEN_ENVIRONMENT if closed else "make setup",)


def _environment(trial: Trial) -> Finding:
    if trial.fault:
        return Finding(
            Check.ENVIRONMENT,
            State.LIMITED if trial.own else State.MISSING,
            trial.fault,
            f"Labs that ask for {trial.environment} cannot be graded on this machine.",
            _mending(trial),
            subject=trial.environment,
        )
    if trial.changed:
        return Finding(
            Check.ENVIRONMENT,
            State.LIMITED,
            "it works, but its requirements have changed since it was built",
            f"Labs that ask for {trial.environment} are graded with the packages of before.",
            (f"darsgah environment build {trial.environment}",),
            subject=trial.environment,
        )
    return Finding(
        Check.ENVIRONMENT,
        State.OK,
        f"warm in {trial.start_seconds:.1f} s, a notebook in {trial.run_seconds * 1000:.0f} ms, "
        f"{in_bytes(trial.memory_bytes)}",
        "A notebook of one cell was really run in it.",
        subject=trial.environment,
        values={
            "start_seconds": round(trial.start_seconds, 3),
            "run_ms": round(trial.run_seconds * 1000, 1),
            "memory_bytes": trial.memory_bytes,
        },
    )
