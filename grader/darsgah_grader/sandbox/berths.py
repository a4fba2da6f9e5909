"""Places for runs: process 1 of a run, waiting in its cgroup for a job.

One is kept ready ahead of the next job (its namespaces made, its cgroup entered), because entering a cgroup
waits for the kernel for several milliseconds; once submissions are graded split, one for each side.

A place in which a learner's code has run is never used again. One that has only run a lab's tests is kept
for the next submission of that lab: its process 1 has run nothing of them itself, forks a fresh process
for each job and empties the work folder before. That saves half of what a second sandbox costs.
"""

import contextlib
import logging
import os
import select
import signal
import threading
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from darsgah_grader.guest.frames import ProtocolError
from darsgah_grader.sandbox import cgroups
from darsgah_grader.sandbox.process import Fork, WarmProcess
from darsgah_grader.types import EnvironmentBroken

_logger = logging.getLogger(__name__)
_END_SECONDS = 10.0
_MOST_KEPT: Final = 8
_MOST_USES: Final = 500


@dataclass(slots=True)
class Berth:
    """Process 1 of a run, waiting, in its cgroup; ``limited`` when that has the limits of its job."""

    fork: Fork
    group: cgroups.RunGroup | None
    limited: bool = False
    uses: int = 0

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


class Berths:
    """The places of one warm process, for many threads at once."""

    def __init__(self, name: str, process: WarmProcess) -> None:
        self._name = name
        self._process = process
        self._forking = threading.Lock()
        self._change = threading.Condition()
        self._ready: deque[Berth] = deque()
        self._kept: deque[tuple[Hashable, Berth]] = deque()
        self._wanted = False
        self._spare = 1
        self._closed = False
        self._cgroups = cgroups.examine()
        self._cgroups_usable = cgroups.prepare(self._cgroups)
        self._preparer = threading.Thread(target=self._keep_ready, name="sandbox-berths", daemon=True)

    def start(self) -> None:
        """Begin to keep one ready."""
        self._preparer.start()
        self._want()

    def close(self) -> None:
        """End all that are not in use, and make no more."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        self._preparer.join()
        while self._ready:
            self._ready.popleft().close()
        while self._kept:
            self._kept.popleft()[1].close()
        with self._forking:
            self._process.stop()

    def expect_pairs(self) -> None:
        """From now on two are taken at a time."""
        self._spare = 2

    def take(self) -> Berth:
        """One that nothing has run in."""
        with self._change:
            berth = self._ready.popleft() if self._ready else None
        if berth is not None and not berth.alive:
            berth.close()
            berth = None
        if berth is None:
            berth = self._make()
        self._want()
        return berth

    def take_kept(self, kind: Hashable) -> Berth | None:
        """One that was kept under this name, if there is one."""
        while True:
            with self._change:
                found = next((entry for entry in self._kept if entry[0] == kind), None)
                if found is None:
                    return None
                self._kept.remove(found)
            if found[1].alive:
                return found[1]
            found[1].close()

    def keep(self, kind: Hashable, berth: Berth) -> None:
        """Keep one for the next job of its kind; the one that has waited longest makes room."""
        berth.uses += 1
        surplus: Berth | None = berth
        with self._change:
            if not self._closed and berth.uses < _MOST_USES:
                self._kept.append((kind, berth))
                surplus = self._kept.popleft()[1] if len(self._kept) > _MOST_KEPT else None
        if surplus is not None:
            surplus.close()

    def _want(self) -> None:
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
                berth = self._make()
            except EnvironmentBroken as error:
                _logger.warning("%s", error)  # the next run meets the same and says so to whoever asked
                self._wanted = False
                continue
            with self._change:
                self._ready.append(berth)

    def _make(self) -> Berth:
        group = self._make_group()
        try:
            with self._forking:
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
                _logger.warning("the warm process of %s does not answer", self._name)
        _logger.info("the warm process of %s is started again", self._name)
        self._process.stop()
        self._process.start()
        try:
            return self._process.fork()
        except (OSError, ProtocolError) as error:
            raise EnvironmentBroken(f"the environment {self._name} cannot fork: {error}") from error
