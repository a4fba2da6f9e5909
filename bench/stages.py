"""Where the milliseconds of one grading go: ``python -m bench profile [--lab python] [--mode split]``.

Traces named functions of the host, the warm process, the supervisors and the runners while submissions are
graded one after the other. The tracer is put around them here; the product has no timers of its own. A
traced call costs about three microseconds, so a figure for hundreds of calls is a little too high.

``self`` is a function's time without that of the traced functions it calls; where it says "waits" the process
sleeps meanwhile. What happens in one process while another waits for it appears in both. Places for the next
runs are made ahead, beside the grading: they cost a core, not the grading's own time.
"""

import argparse
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from rich.console import Console
from rich.table import Table

from bench.labs import BenchLab, bench_lab
from bench.tracer import Span, Tracer
from darsgah_grader.grading import Grader
from darsgah_grader.sandbox import process
from darsgah_grader.types import Assurance

HOST: Sequence[tuple[str, str]] = (
    ("pipeline:read_notebook", "parse"),
    ("pipeline:rebuild", "rebuild"),
    ("pipeline:control_plan", "choose controls"),
    ("pipeline:split_jobs", "divide into two jobs"),
    ("pipeline:cell_grades", "score, messages"),
    ("pipeline:executed_notebook", "executed notebook"),
    ("sandbox.berths:Berths.take", "take a place"),
    ("sandbox.zygote:job_message", "write the job"),
    ("sandbox.cgroups:RunGroup.limit", "set the group's limits"),
    ("sandbox.runs:Conduct.run", "conduct the run (waits)"),
    ("sandbox.runs:Conduct._take", "take a message"),
    ("sandbox.berths:Berth.close", "end the run (waits)"),
    ("sandbox.cgroups:RunGroup.kill", "kill the group"),
    ("sandbox.cgroups:RunGroup.remove", "remove the group"),
    ("sandbox.berths:Berths._make", "ahead: make a place"),
    ("sandbox.berths:Berths._make_group", "ahead: make the group"),
    ("sandbox.berths:Berths._fork", "ahead: ask for a fork (waits)"),
    ("sandbox.cgroups:RunGroup.add", "ahead: enter the group (waits)"),
)
GUEST: Sequence[tuple[str, str]] = (
    ("guest.zygote:Zygote._fork", "fork with six namespaces"),
    ("guest.rootfs:mount_proc", "mount /proc"),
    ("guest.zygote:Zygote._prepare", "read the job"),
    ("guest.rootfs:mount_work", "mount the work folder"),
    ("guest.confine:confine_supervisor", "give up rights"),
    ("guest.supervisor:Supervisor.run", "supervise"),
    ("guest.supervisor:Supervisor._start", "fork the runner"),
    ("guest.supervisor:hello", "hear from the runner (waits)"),
    ("guest.supervisor:Supervisor._wanted", "ask for a cell (waits)"),
    ("guest.supervisor:Supervisor._attend", "attend a cell (waits)"),
    ("guest.supervisor:Supervisor._clear", "look for stray processes"),
    ("guest.forwarding:Forwarding.drain", "read the pipes"),
    ("guest.supervisor:Supervisor._make_checkpoint", "checkpoint"),
    ("guest.confine:confine_runner", "put up the walls"),
    ("guest.seccomp:install", "install the filter"),
    ("guest.runner:Runner._run", "run a cell"),
    ("guest.cells:CellRunner._run_answer", "an answer, through IPython"),
    ("guest.cells:CellRunner._run_test", "a test, in-process"),
    ("guest.controls:Controls.broken", "its controls"),
    ("guest.cells:CellRunner._compiled", "compile a test"),
    ("guest.cells:CellRunner.execute", "execute a test"),
    ("guest.cells:CellRunner._show", "write a traceback"),
    ("guest.cells:CellRunner._result", "write a result"),
    ("guest.oddities:ShellWatch.look", "look at the shell"),
    ("guest.runner:Runner._attend", "answer a test (waits)"),
)
_PACKAGE = "darsgah_grader."
_WARM_UP = 4
_TRACED = """import importlib.util
spec = importlib.util.spec_from_file_location("bench_tracer", {path!r})
tracer = importlib.util.module_from_spec(spec)
sys.modules["bench_tracer"] = tracer
spec.loader.exec_module(tracer)
with open("/proc/{pid}/fd/{descriptor}", "r+b") as memory:
    tracer.Tracer(memory.fileno(), {every!r}).install({guest!r})
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """One function's part of a grading: means a submission, milliseconds; faults are minor page faults."""

    where: str
    what: str
    calls: float
    total_ms: float
    self_ms: float
    faults: float


def names(stages: Iterable[tuple[str, str]]) -> list[str]:
    """What a tracer is given."""
    return [_PACKAGE + name for name, _ in stages]


def stages_of(lab: BenchLab, assurance: Assurance | None, rounds: int) -> tuple[float, list[Stage]]:
    """Median milliseconds of a grading, and its stages; every submission is graded ``rounds`` times."""
    descriptor = os.memfd_create("bench-trace")
    os.truncate(descriptor, Tracer.size())
    every = names(HOST) + names(GUEST)
    tracer = Tracer(descriptor, every)
    bootstrap = process._BOOTSTRAP.replace("\nmain(", f"\n{_tracing(descriptor, every)}main(")
    with patch.object(process, "_BOOTSTRAP", bootstrap), Grader() as grader:
        tracer.install(names(HOST))
        name = lab.master.name
        for content in lab.submissions[:_WARM_UP]:
            grader.grade(lab.assignment, {name: content}, assurance)
        began = time.monotonic()
        seconds = [
            grader.grade(lab.assignment, {name: content}, assurance).seconds
            for _ in range(rounds)
            for content in lab.submissions
        ]
        ended = time.monotonic()
    spans = [span for span in tracer.spans() if began <= span.start < ended]
    os.close(descriptor)
    return 1000 * statistics.median(seconds), _summed(spans, len(seconds))


def _tracing(descriptor: int, every: list[str]) -> str:
    path = str(Path(__file__).with_name("tracer.py"))
    return _TRACED.format(path=path, pid=os.getpid(), descriptor=descriptor, every=every, guest=names(GUEST))


def _summed(spans: list[Span], count: int) -> list[Stage]:
    """Spans by name; within one thread of one process a call contains those that lie inside it."""
    own: dict[str, float] = defaultdict(float)
    calls: dict[str, list[Span]] = defaultdict(list)
    threads: dict[tuple[int, int], list[Span]] = defaultdict(list)
    for span in spans:
        threads[span.process, span.thread].append(span)
        calls[span.name].append(span)
    for within in threads.values():
        outer: list[Span] = []
        for span in sorted(within, key=lambda span: (span.start, -span.seconds)):
            while outer and outer[-1].end <= span.start:
                outer.pop()
            if outer:
                own[outer[-1].name] -= span.seconds
            own[span.name] += span.seconds
            outer.append(span)
    return [
        Stage(
            where="host" if (name, what) in HOST else "sandbox",
            what=what,
            calls=len(calls[_PACKAGE + name]) / count,
            total_ms=1000 * sum(span.seconds for span in calls[_PACKAGE + name]) / count,
            self_ms=1000 * own[_PACKAGE + name] / count,
            faults=sum(span.faults for span in calls[_PACKAGE + name]) / count,
        )
        for name, what in (*HOST, *GUEST)
        if calls[_PACKAGE + name]
    ]


def stage_table(title: str, stages: Iterable[Stage]) -> Table:
    """The stages as people read them."""
    shown = Table(title=title, title_justify="left")
    for heading in ("Where", "What"):
        shown.add_column(heading)
    for heading in ("Calls", "ms", "self ms", "Faults"):
        shown.add_column(heading, justify="right")
    for stage in stages:
        figures = (
            f"{stage.calls:.1f}",
            f"{stage.total_ms:.2f}",
            f"{stage.self_ms:.2f}",
            f"{stage.faults:.0f}",
        )
        shown.add_row(stage.where, stage.what, *figures)
    return shown


def profile(arguments: argparse.Namespace, console: Console) -> None:
    """Print the table of one lab in one mode."""
    lab = bench_lab(arguments.lab, arguments.submissions)
    assurance = Assurance.IN_PROCESS if arguments.mode == "in-process" else None
    median, stages = stages_of(lab, assurance, arguments.rounds)
    title = f"{lab.name}, {arguments.mode}: {median:.1f} ms a submission (median), means a submission:"
    console.print(stage_table(title, stages))
