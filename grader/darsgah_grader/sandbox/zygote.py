"""Runs jobs in forks of a warm process.

    with Sandbox.start(Environment("python")) as sandbox:
        run = sandbox.run(Job(cells=[CellSource("print(1)")]))

Invariants: a run's first process is in its cgroup, with the job's limits, before it gets the job; when
``run`` returns, the kernel has ended every process of the run, and its mounts, namespaces, cgroup and
work folder are gone; a warm process that died is started again at the next run.

One fork is kept ready ahead of the next job (its namespaces made, its cgroup entered), because entering a
cgroup waits for the kernel for several milliseconds; it has seen nothing and is used once.
"""

import contextlib
import json
import logging
import os
import select
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from darsgah_grader.guest import rootfs
from darsgah_grader.guest.frames import ProtocolError
from darsgah_grader.sandbox import cgroups, work_folders
from darsgah_grader.sandbox.attempts import undisturbed
from darsgah_grader.sandbox.levels import probe
from darsgah_grader.sandbox.meetings import LEARNER, TESTS, Meeting
from darsgah_grader.sandbox.process import Fork, WarmProcess
from darsgah_grader.sandbox.runs import Conduct, Meet, nobody
from darsgah_grader.sandbox.types import NOTE_OF_DATA, Job, Run
from darsgah_grader.sandbox.work_folders import WorkFolder
from darsgah_grader.types import Environment, EnvironmentBroken, SandboxLevel, SandboxUnavailable

_logger = logging.getLogger(__name__)
_END_SECONDS = 10.0
_WORK_PREFIX = "darsgah-run-"
_FIRST_REDUCED_USER = 1_999_900_001
"""As root the reduced level runs each run as a user of its own, from this number on."""
_MOST_SLOTS = 10_000
_SPARE_OF_PAIRS = 2
"""Berths kept ready once submissions are graded split: one for each side."""


@dataclass(frozen=True, slots=True)
class Berth:
    """A place for one run: process 1, waiting, in its cgroup."""

    fork: Fork
    group: cgroups.RunGroup | None

    @property
    def alive(self) -> bool:
        """Whether process 1 still waits."""
        poll = select.poll()
        poll.register(self.fork.pidfd, select.POLLIN)
        return not poll.poll(0)

    def close(self) -> None:
        """End process 1 and with it every process of the run, wait for the kernel, remove the group."""
        self.fork.channel.close()
        try:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.fork.pidfd, signal.SIGKILL)
            if self.group is not None:
                self.group.kill()
            poll = select.poll()
            poll.register(self.fork.pidfd, select.POLLIN)
            if not poll.poll(_END_SECONDS * 1000):
                _logger.error("a run's first process does not end")
        finally:
            os.close(self.fork.pidfd)
        if self.group is not None:
            self.group.remove()


class Sandbox:
    """The runs of one environment. ``run`` may be called from many threads at once."""

    def __init__(self, environment: Environment, level: SandboxLevel) -> None:
        self.environment = environment
        self.level = level
        self._process = WarmProcess(environment, level)
        self._lock = threading.Lock()
        self._change = threading.Condition()
        self._ready: deque[Berth] = deque()
        self._wanted = False
        self._spare = 1
        self._closed = False
        self._slots: set[int] = set()
        self._cgroups = cgroups.examine()
        self._cgroups_usable = cgroups.prepare(self._cgroups)
        _remove_abandoned_folders()
        self._preparer = threading.Thread(target=self._keep_ready, name="sandbox-berths", daemon=True)

    @classmethod
    def start(cls, environment: Environment, *, level: SandboxLevel | None = None) -> Self:
        """Start the warm process of an environment at the best level here, or at ``level`` and no other.

        Raises SandboxUnavailable where untrusted code may not be run, EnvironmentBroken with what the
        environment said when it does not come up.
        """
        if level is None:
            report = probe()
            level = report.level
            if level is SandboxLevel.NONE:
                raise SandboxUnavailable(
                    "no untrusted code is run on this machine: " + "; ".join(report.reasons)
                )
        if level is SandboxLevel.NONE:
            raise SandboxUnavailable("no untrusted code is run without a sandbox")
        sandbox = cls(environment, level)
        sandbox._process.start()
        sandbox._preparer.start()
        sandbox._want_berth()
        return sandbox

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Process number of the warm process, for those who watch it."""
        return self._process.pid

    def close(self) -> None:
        """End the warm process. Runs that are under way end as if they had died."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        self._preparer.join()
        while self._ready:
            self._ready.popleft().close()
        with self._lock:
            self._process.stop()

    def run_split(self, learner: Job, tests: Job) -> tuple[Run, Run]:
        """Run a learner's cells and the tests of them in a sandbox each, side by side; see ``run``."""
        ran, tested = undisturbed(learner.limits.total_seconds, lambda: self._side_by_side(learner, tests))
        return ran, tested

    def _side_by_side(self, learner: Job, tests: Job) -> tuple[Run, Run]:
        meeting = Meeting()
        self._spare = _SPARE_OF_PAIRS
        with ThreadPoolExecutor(1, thread_name_prefix="sandbox-tests") as beside:
            running = beside.submit(self._run_side, tests, meeting, TESTS)
            ran = self._run_side(learner, meeting, LEARNER)
            return ran, running.result()

    def _run_side(self, job: Job, meeting: Meeting, side: int) -> Run:
        try:
            return self._run_once(job, partial(meeting.arrive, side))
        finally:
            meeting.leave(side)

    def run(self, job: Job) -> Run:
        """Run a job and return what became of each of its cells; a learner's code never makes this raise.

        A run of which a process was killed, the warm process included, is made again, so that the machine's
        trouble is nobody's score.

        Raises EnvironmentBroken when the warm process is gone and cannot be started again, and when the
        machine has no memory left for the run.
        """
        (ran,) = undisturbed(job.limits.total_seconds, lambda: (self._run_once(job),))
        return ran

    def _run_once(self, job: Job, meet: Meet = nobody) -> Run:
        began = time.monotonic()
        slot = self._take_slot()
        folder: WorkFolder | None = None
        try:
            folder = self._make_work_folder(job, slot)
            work = folder.path if folder else rootfs.HOME
            berth = self._take_berth()
            try:
                limited = berth.group is not None and berth.group.limit(
                    job.limits.memory_bytes, job.limits.processes
                )
                conduct = Conduct(
                    berth.fork.channel, job, berth.group.memory_kills if berth.group else lambda: 0, meet
                )
                cells = conduct.run(self._job_message(job, polled=not limited, work=work, slot=slot))
                starved = berth.group is not None and berth.group.killed_for_the_machine()
            finally:
                berth.close()
            notes = (*conduct.notes, *_changes(folder))
        finally:
            with self._change:
                self._slots.discard(slot)
            if folder is not None:
                _remove_folder(folder.path)
        return Run(cells, self.level, time.monotonic() - began, notes, conduct.disturbed, starved)

    # -- places for runs ----------------------------------------------------------------------------------

    def _want_berth(self) -> None:
        with self._change:
            self._wanted = True
            self._change.notify()

    def _keep_ready(self) -> None:
        """The preparer thread: a berth, or one for each side, ahead of the runs that take them."""
        while True:
            with self._change:
                while not self._closed and not self._wanted:
                    self._change.wait()
                if self._closed:
                    return
                if len(self._ready) >= self._spare:
                    self._wanted = False
                    continue
            try:
                berth = self._make_berth()
            except EnvironmentBroken as error:
                _logger.warning("%s", error)  # the next run meets the same and says so to whoever asked
                self._wanted = False
                continue
            with self._change:
                self._ready.append(berth)

    def _take_berth(self) -> Berth:
        with self._change:
            berth = self._ready.popleft() if self._ready else None
        if berth is not None and not berth.alive:
            berth.close()
            berth = None
        if berth is None:
            berth = self._make_berth()
        self._want_berth()
        return berth

    def _make_berth(self) -> Berth:
        group = self._make_group()
        try:
            with self._lock:
                fork = self._fork()
        except BaseException:
            if group is not None:
                group.remove()
            raise
        if group is not None:
            group.add(fork.pid)
        return Berth(fork, group)

    def _make_group(self) -> cgroups.RunGroup | None:
        if not self._cgroups_usable:
            return None
        try:
            return cgroups.RunGroup(self._cgroups)
        except OSError as error:
            _logger.warning("a run goes without a cgroup: %s", error)
            return None

    def _fork(self) -> Fork:
        """A fork of the warm process, which is started again if it is gone."""
        if self._closed:
            raise EnvironmentBroken("this sandbox has been closed")
        if self._process.alive:
            try:
                return self._process.fork()
            except (OSError, ProtocolError):
                _logger.warning("the warm process of %s does not answer", self.environment.name)
        _logger.info("the warm process of %s is started again", self.environment.name)
        self._process.stop()
        self._process.start()
        try:
            return self._process.fork()
        except (OSError, ProtocolError) as error:
            raise EnvironmentBroken(
                f"the environment {self.environment.name} cannot fork: {error}"
            ) from error

    # -- one run ------------------------------------------------------------------------------------------

    def _take_slot(self) -> int:
        with self._change:
            slot = next(number for number in range(len(self._slots) + 1) if number not in self._slots)
            self._slots.add(slot)
            return slot

    def _user(self, slot: int) -> int | None:
        reduced_root = self.level is SandboxLevel.REDUCED and os.geteuid() == 0
        return _FIRST_REDUCED_USER + slot if reduced_root else None

    def _make_work_folder(self, job: Job, slot: int) -> WorkFolder | None:
        """In the reduced level a folder of the machine; otherwise the run mounts its own."""
        if self.level is SandboxLevel.NAMESPACES:
            return None
        try:
            return work_folders.make(f"{_WORK_PREFIX}{os.getpid()}-", job.files, self._user(slot))
        except OSError as error:
            place, why = tempfile.gettempdir(), error.strerror
            raise EnvironmentBroken(f"a run's work folder cannot be made in {place}: {why}") from error

    def _job_message(self, job: Job, *, polled: bool, work: str, slot: int) -> bytes:
        limits = job.limits
        files = dict(job.files) if self.level is SandboxLevel.NAMESPACES else {}
        header = json.dumps(
            {
                "cells": len(job.cells),
                "cell_seconds": limits.cell_seconds,
                "output_bytes": limits.output_bytes,
                "output_count": limits.output_count,
                "files": [[name, len(content)] for name, content in files.items()],
                "walls": {
                    "work": work,
                    "user": self._user(slot),
                    "poll_memory": polled,
                    "memory_bytes": limits.memory_bytes,
                    "work_bytes": limits.work_bytes,
                    "work_inodes": limits.work_inodes,
                    "file_bytes": limits.file_bytes,
                    "processes": limits.processes,
                    "open_files": limits.open_files,
                    "total_seconds": limits.total_seconds,
                },
                "naming": _naming(job),
            }
        ).encode()
        return b"".join((len(header).to_bytes(8, "big"), header, *files.values()))


def _naming(job: Job) -> dict[str, object] | None:
    naming = job.naming
    if naming is None:
        return None
    return {
        "imports": {name: list(source) for name, source in naming.imports.items()},
        "stars": list(naming.stars),
        "own": sorted(naming.own),
        "answers": sorted(naming.answers),
        "shared": sorted(naming.shared),
    }


def _changes(folder: WorkFolder | None) -> tuple[str, ...]:
    """The notes on data files that the run's code has changed."""
    return tuple(f"{NOTE_OF_DATA}{name} was changed" for name in (folder.changed() if folder else ()))


def _remove_abandoned_folders() -> None:
    """Remove work folders of the reduced level whose host was killed.

    The machine's temporary folder is everybody's: what another user put there under such a name is left.
    """
    for folder in Path(tempfile.gettempdir()).glob(f"{_WORK_PREFIX}*"):
        owner = folder.name.removeprefix(_WORK_PREFIX).split("-")[0]
        with contextlib.suppress(OSError):
            if owner.isdigit() and not Path("/proc", owner).exists() and _is_ours(folder.lstat()):
                _remove_folder(str(folder))


def _is_ours(status: os.stat_result) -> bool:
    """Whether this is a folder, no link to one, of this user or of the users that root makes for runs."""
    ours = status.st_uid == os.geteuid()
    given = os.geteuid() == 0 and _FIRST_REDUCED_USER <= status.st_uid < _FIRST_REDUCED_USER + _MOST_SLOTS
    return stat.S_ISDIR(status.st_mode) and (ours or given)


def _remove_folder(path: str) -> None:
    """Remove a work folder, whatever the learner did to its permissions; links are not followed.

    Nothing outside it is touched. The system's own programs take over where Python gives up: they open
    folders that were locked, and go as deep as anybody can nest them.
    """
    with contextlib.suppress(OSError, RecursionError):
        shutil.rmtree(path)
        return
    for command in (("chmod", "-R", "u+rwx"), ("rm", "-rf")):
        subprocess.run([*command, "--", path], check=False, capture_output=True)  # noqa: S603 -- fixed programs, a folder of ours
    if Path(path).exists():
        _logger.error("a work folder could not be removed: %s", path)
