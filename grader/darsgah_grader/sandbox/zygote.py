"""The host's side of a warm process: starts it, has it fork a run per job, puts the run in its cgroup, ends it.

    with Sandbox.start(Environment("python")) as sandbox:
        run = sandbox.run(Job(cells=[CellSource("print(1)")]))

Invariants: a run's first process is in its cgroup before it gets the job; when ``run`` returns, the kernel has
ended every process of the run, and its mounts, namespaces, cgroup and work folder are gone; a warm process that
died is started again at the next run.
"""

import contextlib
import json
import logging
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from darsgah_grader.guest import rootfs
from darsgah_grader.guest.frames import Channel, Message, ProtocolError
from darsgah_grader.guest.zygote import BOOT, BROKEN, MAP, MAPPED, READY, RUN, STARTED
from darsgah_grader.sandbox import cgroups
from darsgah_grader.sandbox.levels import probe
from darsgah_grader.sandbox.runs import Conduct
from darsgah_grader.sandbox.types import Job, Run
from darsgah_grader.types import Environment, EnvironmentBroken, SandboxLevel, SandboxUnavailable

_logger = logging.getLogger(__name__)
_BOOT_SECONDS = 120.0
_FORK_SECONDS = 30.0
_END_SECONDS = 10.0
_LONGEST = 16 * 1024 * 1024
_UNPRIVILEGED = (1_999_900_000, 65534)
"""Users that nobody is, in the order in which they are tried; a container may know only the second."""
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": rootfs.HOME,
    "USER": "learner",
    "LOGNAME": "learner",
    "LANG": "C.UTF-8",
    "TMPDIR": "/tmp",  # noqa: S108 -- the sandbox's own /tmp, inside its work folder
    "SHELL": "/bin/sh",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "NBGRADER_EXECUTION": "autograde",
}


class Sandbox:
    """A warm process of one environment and the runs forked from it. ``run`` may be called from many threads."""

    def __init__(self, environment: Environment, level: SandboxLevel) -> None:
        self.environment = environment
        self.level = level
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: Channel | None = None
        self._closed = False
        self._slots: set[int] = set()
        self._cgroups = cgroups.examine()
        self._cgroups_usable = cgroups.prepare(self._cgroups)

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
        with sandbox._lock:
            sandbox._boot()
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
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the warm process. Runs that are under way end as if they had died."""
        with self._lock:
            self._closed = True
            self._stop()

    def run(self, job: Job) -> Run:
        """Run a job and return what became of each of its cells; a learner's code never makes this raise.

        Raises EnvironmentBroken when the warm process is gone and cannot be started again.
        """
        began = time.monotonic()
        group = self._make_group(job)
        slot = self._take_slot()
        work = self._make_work_folder(job, slot)
        try:
            channel, pidfd, pid = self._fork()
            try:
                if group is not None:
                    group.add(pid)
                conduct = Conduct(channel, job, group.memory_kills if group else lambda: 0)
                cells = conduct.run(self._job_message(job, polled=group is None, work=work, slot=slot))
            finally:
                channel.close()
                self._finish(pidfd, group)
        finally:
            with self._lock:
                self._slots.discard(slot)
            if group is not None:
                group.remove()
            if work != rootfs.HOME:
                _remove_folder(work)
        return Run(cells, self.level, time.monotonic() - began, tuple(conduct.notes))

    # -- the warm process ---------------------------------------------------------------------------------

    def _boot(self) -> None:
        ours, theirs = Channel.pair()
        control = Channel(ours, _LONGEST)
        with tempfile.TemporaryFile() as said:
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 -- this interpreter, the project's own module
                    [sys.executable, "-I", "-B", "-m", "darsgah_grader.guest.zygote", str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    env=_ENVIRONMENT,
                    cwd="/",
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
            self._control = control
            ours.settimeout(_BOOT_SECONDS)
            try:
                self._greet(control)
            except (OSError, ProtocolError, EnvironmentBroken) as error:
                self._stop()
                said.seek(0)
                printed = said.read(8000).decode("utf-8", "replace").strip()
                name = self.environment.name
                raise EnvironmentBroken(
                    f"the environment {name} does not start: {error}\n{printed}".strip()
                ) from None

    def _greet(self, control: Channel) -> None:
        boot = {
            "preload": list(self.environment.preload),
            "namespaces": self.level is SandboxLevel.NAMESPACES,
            "root": os.geteuid() == 0,
            "visible": rootfs.outermost([sys.prefix, sys.base_prefix]),
        }
        control.send(BOOT, json.dumps(boot).encode())
        while True:
            message = control.receive()
            if message is None:
                raise EnvironmentBroken("its process ended at once")
            if message.kind == READY:
                return
            if message.kind == BROKEN:
                raise EnvironmentBroken(message.payload.decode("utf-8", "replace"))
            if message.kind == MAP and self._process is not None:
                _map_unprivileged(self._process.pid)
                control.send(MAPPED)

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            self._process.wait()
            self._process = None

    def _fork(self) -> tuple[Channel, int, int]:
        """A fresh run: the channel to its first process, and that process."""
        with self._lock:
            if self._closed:
                raise EnvironmentBroken("this sandbox has been closed")
            if self._process is None or self._process.poll() is not None:
                self._stop()
                self._boot()
            try:
                return self._ask_for_run()
            except (OSError, ProtocolError):
                _logger.warning("the warm process of %s is gone and is started again", self.environment.name)
                self._stop()
                self._boot()
            try:
                return self._ask_for_run()
            except (OSError, ProtocolError) as error:
                raise EnvironmentBroken(
                    f"the environment {self.environment.name} cannot fork: {error}"
                ) from error

    def _ask_for_run(self) -> tuple[Channel, int, int]:
        control = self._control
        if control is None:
            raise ProtocolError("there is no warm process")
        ours, theirs = Channel.pair()
        with theirs:
            control.socket.settimeout(_FORK_SECONDS)
            try:
                control.send(RUN, b"", (theirs.fileno(),))
                answer = control.receive()
            except BaseException:
                ours.close()
                raise
        if answer is None or answer.kind != STARTED or len(answer.descriptors) != 1:
            ours.close()
            raise ProtocolError(_reason(answer))
        return Channel(ours, _LONGEST), answer.descriptors[0], int(answer.payload)

    # -- one run ------------------------------------------------------------------------------------------

    def _make_group(self, job: Job) -> cgroups.RunGroup | None:
        if not self._cgroups_usable:
            return None
        try:
            return cgroups.RunGroup(self._cgroups, job.limits.memory_bytes, job.limits.processes)
        except OSError as error:
            _logger.warning("a run goes without a cgroup: %s", error)
            return None

    def _take_slot(self) -> int:
        with self._lock:
            slot = next(number for number in range(len(self._slots) + 1) if number not in self._slots)
            self._slots.add(slot)
            return slot

    def _user(self, slot: int) -> int | None:
        reduced_root = self.level is SandboxLevel.REDUCED and os.geteuid() == 0
        return _UNPRIVILEGED[0] + 1 + slot if reduced_root else None

    def _make_work_folder(self, job: Job, slot: int) -> str:
        """In the reduced level a folder of the machine; otherwise the run mounts its own."""
        if self.level is SandboxLevel.NAMESPACES:
            return rootfs.HOME
        work = Path(tempfile.mkdtemp(prefix="darsgah-"))
        for name, content in job.files.items():
            target = work / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(0o444)
        user = self._user(slot)
        if user is not None:
            os.chown(work, user, user)
        return str(work)

    def _job_message(self, job: Job, *, polled: bool, work: str, slot: int) -> bytes:
        limits = job.limits
        files = dict(job.files) if self.level is SandboxLevel.NAMESPACES else {}
        header = json.dumps(
            {
                "cells": len(job.cells),
                "cell_seconds": limits.cell_seconds,
                "output_bytes": limits.output_bytes,
                "output_count": limits.output_count,
                "work_bytes": limits.work_bytes,
                "work_inodes": limits.work_inodes,
                "files": [[name, len(content)] for name, content in files.items()],
                "walls": {
                    "work": work,
                    "user": self._user(slot),
                    "poll_memory": polled,
                    "memory_bytes": limits.memory_bytes,
                    "file_bytes": limits.file_bytes,
                    "processes": limits.processes,
                    "open_files": limits.open_files,
                    "total_seconds": limits.total_seconds,
                },
            }
        ).encode()
        return b"".join((len(header).to_bytes(8, "big"), header, *files.values()))

    def _finish(self, pidfd: int, group: cgroups.RunGroup | None) -> None:
        """End the run's first process and with it all others, and wait until the kernel is done."""
        try:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            if group is not None:
                group.kill()
            poll = select.poll()
            poll.register(pidfd, select.POLLIN)
            if not poll.poll(_END_SECONDS * 1000):
                _logger.error("a run's first process does not end")
        finally:
            os.close(pidfd)


def _reason(answer: Message | None) -> str:
    if answer is None:
        return "the warm process has ended"
    if answer.kind == BROKEN:
        return answer.payload.decode("utf-8", "replace")
    return "an answer that no warm process gives"


def _map_unprivileged(pid: int) -> None:
    """Map the learner's user and group of a new user namespace to ones that nobody has."""
    for user in _UNPRIVILEGED:
        try:
            Path(f"/proc/{pid}/gid_map").write_text(f"{rootfs.LEARNER} {user} 1")
            Path(f"/proc/{pid}/uid_map").write_text(f"{rootfs.LEARNER} {user} 1")
        except OSError as error:
            problem = error
        else:
            return
    raise EnvironmentBroken(f"no unprivileged user can be mapped: {problem}")


def _remove_folder(path: str) -> None:
    """Remove a work folder, whatever the learner did to its permissions; links are not followed."""

    def unlock(_function: object, name: str, _error: object) -> None:
        with contextlib.suppress(OSError):
            Path(name).parent.chmod(0o700)
            Path(name).unlink() if not Path(name).is_dir() else shutil.rmtree(name)

    with contextlib.suppress(OSError):
        shutil.rmtree(path, onerror=unlock)
