"""Runs jobs in forks of a warm process.

    with Sandbox.start(Environment("python")) as sandbox:
        run = sandbox.run(Job(cells=[CellSource("print(1)")]))

Invariants: a run's first process is in its cgroup, with the job's limits, before it gets the job; when
``run`` returns, the kernel has ended every process of the run, and its mounts, namespaces, cgroup and
work folder are gone; a warm process that died is started again at the next run.
Places in which only tests ran are kept for the same lab's next ones (``berths``).
"""

import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import Self

from darsgah_grader.guest import rootfs
from darsgah_grader.guest.supervisor import JOB
from darsgah_grader.sandbox import work_folders
from darsgah_grader.sandbox.attempts import undisturbed
from darsgah_grader.sandbox.berths import Berth, Berths
from darsgah_grader.sandbox.conversations import ROOM, Conversation
from darsgah_grader.sandbox.job_message import job_message, kernel_message
from darsgah_grader.sandbox.kernel_places import KernelPlace
from darsgah_grader.sandbox.levels import probe
from darsgah_grader.sandbox.meetings import LEARNER, TESTS, Meeting
from darsgah_grader.sandbox.process import WarmProcess
from darsgah_grader.sandbox.runs import Conduct, Meet, nobody
from darsgah_grader.sandbox.types import NOTE_OF_DATA, CellRun, CellSource, Job, Run
from darsgah_grader.sandbox.work_folders import WorkFolder
from darsgah_grader.types import Environment, EnvironmentBroken, Limits, SandboxLevel, SandboxUnavailable


class Sandbox:
    """The runs of one environment. ``run`` may be called from many threads at once."""

    def __init__(self, environment: Environment, level: SandboxLevel, *, interactive: bool = False) -> None:
        self.environment = environment
        self.level = level
        self._process = WarmProcess(environment, level, interactive=interactive)
        self._berths = Berths(environment.name, self._process)
        self._slots: set[int] = set()
        self._slots_lock = threading.Lock()
        work_folders.remove_abandoned()

    @classmethod
    def start(
        cls, environment: Environment, *, level: SandboxLevel | None = None, interactive: bool = False
    ) -> Self:
        """Start the warm process of an environment at the best level here, or at ``level`` and no other.

        One that is ``interactive`` has also imported what kernels need beyond gradings.

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
        sandbox = cls(environment, level, interactive=interactive)
        sandbox._process.start()
        sandbox._berths.start()
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
        self._berths.close()

    def open_kernel(self, files: Mapping[str, bytes], limits: Limits, *, nice: int) -> KernelPlace:
        """A place in which an interactive kernel starts; whoever has it closes it, before this sandbox.

        Args:
            files: data files, as a job's.
            limits: as a job's; ``total_seconds`` bounds the processor time of its whole life.
            nice: how far its priority lies below that of gradings, 0 to 19.

        Raises:
            EnvironmentBroken: the warm process is gone and cannot be started again.
        """
        return self._open(files, limits, partial(kernel_message, limits, nice=nice))

    def converse(self, job: Job, idle: CellSource) -> Conversation:
        """A run that more cells are given to, one after the other; whoever has it closes it.

        ``idle`` is a cell that does nothing (``Conversation``).

        Raises:
            EnvironmentBroken: the warm process is gone and cannot be started again.
        """
        place = self._open(job.files, job.limits, partial(job_message, job, more=ROOM))
        return Conversation(place.channel, job, place.close, idle)

    def _open(self, files: Mapping[str, bytes], limits: Limits, message: Callable[..., bytes]) -> KernelPlace:
        """A place of its own, to which ``message``, given files and walls, has been sent."""
        slot = self._take_slot()
        folder, berth = None, None
        try:
            folder = self._make_work_folder(files, slot)
            berth = self._berths.take()
            if berth.group is not None:
                berth.limited = berth.group.limit(limits.memory_bytes, limits.processes)
            opening = message(
                files if folder is None else {},
                polled=not berth.limited,
                work=folder.path if folder else rootfs.HOME,
                user=self._user(slot),
            )
            berth.fork.channel.send(JOB, opening)
        except BaseException as error:
            self._let_go(slot, folder, berth)
            if isinstance(error, OSError):
                raise EnvironmentBroken(f"a process does not start: {error}") from error
            raise
        return KernelPlace(berth, partial(self._let_go, slot, folder, berth))

    def _let_go(self, slot: int, folder: WorkFolder | None, berth: Berth | None = None) -> None:
        if berth is not None:
            berth.close()
        with self._slots_lock:
            self._slots.discard(slot)
        if folder is not None:
            work_folders.remove(folder.path)

    def run_split(self, learner: Job, tests: Job) -> tuple[Run, Run]:
        """Run a learner's cells and the tests of them in a sandbox each, side by side; see ``run``."""
        ran, tested = undisturbed(learner.limits.total_seconds, lambda: self._side_by_side(learner, tests))
        return ran, tested

    def _side_by_side(self, learner: Job, tests: Job) -> tuple[Run, Run]:
        meeting = Meeting()
        self._berths.expect_pairs()
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
            folder = self._make_work_folder(job.files, slot)
            conduct, cells, starved = self._conducted(job, meet, folder, slot)
            notes = (*conduct.notes, *_changes(folder))
        finally:
            self._let_go(slot, folder)
        return Run(cells, self.level, time.monotonic() - began, notes, conduct.disturbed, starved)

    def _conducted(
        self, job: Job, meet: Meet, folder: WorkFolder | None, slot: int
    ) -> tuple[Conduct, tuple[CellRun, ...], bool]:
        """Run a job in a place of its own, or tests in one that has run only tests of the same lab."""
        kind = self._kind(job)
        berth = self._berths.take_kept(kind) if kind is not None else None
        files = job.files if berth is None and folder is None else {}
        if berth is None:
            berth = self._berths.take()
        keeping = False
        try:
            if berth.group is not None and not berth.limited:
                berth.limited = berth.group.limit(job.limits.memory_bytes, job.limits.processes)
            message = job_message(
                job,
                files,
                polled=not berth.limited,
                work=folder.path if folder else rootfs.HOME,
                user=self._user(slot),
            )
            conduct = Conduct(
                berth.fork.channel, job, berth.group.memory_kills if berth.group else lambda: 0, meet
            )
            cells = conduct.run(message)
            starved = berth.group is not None and berth.group.killed_for_the_machine()
            keeping = kind is not None and conduct.undisturbed and not starved
        finally:
            if keeping:
                self._berths.keep(kind, berth)
            else:
                berth.close()
        return conduct, cells, starved

    def _kind(self, job: Job) -> Hashable | None:
        """What the place of a run of tests is used for again; None for one in which learners' code runs."""
        if job.naming is None or self.level is not SandboxLevel.NAMESPACES:
            return None
        digest = hashlib.sha256()
        for name, content in sorted(job.files.items()):
            digest.update(f"{len(name)} {len(content)} {name}".encode())
            digest.update(content)
        return job.limits, digest.digest()

    def _take_slot(self) -> int:
        with self._slots_lock:
            slot = next(number for number in range(len(self._slots) + 1) if number not in self._slots)
            self._slots.add(slot)
            return slot

    def _user(self, slot: int) -> int | None:
        reduced_root = self.level is SandboxLevel.REDUCED and os.geteuid() == 0
        return work_folders.FIRST_USER + slot if reduced_root else None

    def _make_work_folder(self, files: Mapping[str, bytes], slot: int) -> WorkFolder | None:
        """In the reduced level a folder of the machine; otherwise the run mounts its own."""
        if self.level is SandboxLevel.NAMESPACES:
            return None
        try:
            return work_folders.make(f"{work_folders.PREFIX}{os.getpid()}-", files, self._user(slot))
        except OSError as error:
            place, why = tempfile.gettempdir(), error.strerror
            raise EnvironmentBroken(f"a run's work folder cannot be made in {place}: {why}") from error


def _changes(folder: WorkFolder | None) -> tuple[str, ...]:
    """The notes on data files that the run's code has changed."""
    return tuple(f"{NOTE_OF_DATA}{name} was changed" for name in (folder.changed() if folder else ()))
