"""The warm processes of all environments: started when they are needed, ended when they are not.

    with WarmProcesses() as pool, pool.using(environment) as sandbox:
        run = sandbox.run(job)

Each environment has one, which all threads share. It is started by the first that asks while the others wait,
is ended when nothing has used it for a while, and is replaced after so many uses: the addresses of one
process's memory are the same in all its forks, so they should not stay the same for ever.

All together keep to a budget of memory. Before one more is started, those that nothing uses are ended, the
longest unused first. Where all are in use the newcomer waits: for a few seconds while others come and go, and
then nobody passes it. One that needs more than the whole budget is started when it is alone, with a warning.

An environment that does not start is not tried again at once: what was wrong is told to all who ask, for a
minute at first and longer each time. It costs the others no more than the one thread that tries.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Environment, EnvironmentBroken, SandboxLevel

_logger = logging.getLogger(__name__)
_UNKNOWN_BYTES = 100 * 1024 * 1024
"""What an environment is taken to need before it was started once; the shipped ones take 50 and 110 MB."""
_SOON = 10.0
"""A start that fails within so many seconds is tried a second time: its process may have been killed."""
_PATIENCE = 5.0
"""Seconds that one who waits for room lets others pass that need none."""
_LONGEST_PAUSE = 1800.0


def machine_share() -> int:
    """A quarter of this machine's memory, in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4


def resident_bytes(pid: int | None) -> int:
    """What a process holds in memory, shared pages included; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:")), 0)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long warm processes are kept.

    Attributes:
        idle_seconds: without use until one is ended; what runs is use, however long it takes.
        uses: gradings after which one is replaced.
        memory_bytes: the budget for all of them.
        retry_seconds: before an environment that did not start is tried again; doubled each time.
    """

    idle_seconds: float = 600.0
    uses: int = 2000
    memory_bytes: int = field(default_factory=machine_share)
    retry_seconds: float = 60.0


@dataclass(slots=True, eq=False)
class _Warm:
    """A running one; ``leaving`` takes no more work and is ended by the last that uses it."""

    environment: Environment
    sandbox: Sandbox
    size: int
    used_at: float
    users: int = 0
    uses: int = 0
    leaving: bool = False


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why an environment did not start, how often in a row, and when it may be tried again."""

    message: str
    failures: int
    until: float


class WarmProcesses:
    """The pool. Threads may share it.

    Args:
        level: the isolation to insist on; None takes the best the machine offers.
        keeping: how long they are kept.
        interactive: they are for kernels, and have imported what these need beyond gradings.
    """

    def __init__(
        self,
        level: SandboxLevel | None = None,
        keeping: Keeping | None = None,
        *,
        interactive: bool = False,
    ) -> None:
        self._level = level
        self._interactive = interactive
        self._keeping = keeping or Keeping()
        self._change = threading.Condition()
        self._running: dict[Environment, _Warm] = {}
        self._leaving: list[_Warm] = []
        self._starting: dict[Environment, int] = {}
        self._sizes: dict[Environment, int] = {}
        self._faults: dict[Environment, _Fault] = {}
        self._queue: dict[Environment, float] = {}
        self._closed = False
        self._retiring: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def running(self) -> tuple[Environment, ...]:
        """The environments that are warm now."""
        with self._change:
            return tuple(self._running)

    @contextmanager
    def using(self, environment: Environment) -> Iterator[Sandbox]:
        """The sandbox of that environment, which stays as long as this lasts.

        Not to be nested in one thread: another environment may be waiting for this one to end.

        Raises:
            EnvironmentBroken: it does not start, or did not start a short while ago.
            SandboxUnavailable: no level of isolation is reached here.
        """
        warm = self._take(environment)
        try:
            yield warm.sandbox
        except EnvironmentBroken:
            with self._change:
                self._let_go(warm)  # it lost its process and got no other: the next start will show
            raise
        finally:
            self._give_back(warm)

    def close(self) -> None:
        """End all of them. Runs that are under way end as if they had died."""
        with self._change:
            self._closed = True
            ending = [*self._running.values(), *self._leaving]
            self._running.clear()
            self._leaving.clear()
            self._change.notify_all()
        for warm in ending:
            warm.sandbox.close()
        if self._retiring is not None:
            self._retiring.join()

    # -- taking and giving back -----------------------------------------------------------------------------

    def _take(self, environment: Environment) -> _Warm:
        with self._change:
            try:
                while (admitted := self._admit(environment)) is None:
                    self._change.wait(_PATIENCE)
            except BaseException:
                self._queue.pop(environment, None)  # others who wait for the same line up anew
                self._change.notify_all()
                raise
        return admitted if isinstance(admitted, _Warm) else self._start(environment, admitted)

    def _admit(self, environment: Environment) -> _Warm | list[_Warm] | None:
        """The one that runs; or those to be ended before it is started; or None: it has to wait."""
        if self._closed:
            raise EnvironmentBroken("the warm processes have been ended")
        warm = self._running.get(environment)
        if warm is not None:
            return self._use(warm) if self._may_pass(environment) else None
        self._refuse_while_broken(environment)
        if environment in self._starting:
            return None
        self._queue.setdefault(environment, time.monotonic())
        ending = self._room_for(environment) if self._first(environment) else None
        if ending is not None:
            del self._queue[environment]
            self._starting[environment] = self._expected(environment)
            self._change.notify_all()
        return ending

    def _use(self, warm: _Warm) -> _Warm:
        warm.users += 1
        warm.uses += 1
        if warm.uses >= self._keeping.uses:
            self._let_go(warm)
        return warm

    def _let_go(self, warm: _Warm) -> None:
        if self._running.get(warm.environment) is warm:
            del self._running[warm.environment]
            self._leaving.append(warm)
            warm.leaving = True

    def _give_back(self, warm: _Warm) -> None:
        with self._change:
            warm.users -= 1
            warm.used_at = time.monotonic()
            over = warm.leaving and warm.users == 0 and warm in self._leaving
            self._change.notify_all()
        if over:
            self._end([warm])

    def _end(self, ending: list[_Warm]) -> None:
        """End those, which take no more work; their memory is free for others only then."""
        for warm in ending:
            warm.sandbox.close()
        with self._change:
            self._leaving = [warm for warm in self._leaving if warm not in ending]
            self._change.notify_all()

    # -- whose turn it is -----------------------------------------------------------------------------------

    def _may_pass(self, environment: Environment) -> bool:
        """Whether one who needs no room may go on: not when another has waited long for room."""
        deadline = time.monotonic() - _PATIENCE
        return all(since > deadline for other, since in self._queue.items() if other != environment)

    def _first(self, environment: Environment) -> bool:
        return next(iter(self._queue)) == environment

    # -- room -----------------------------------------------------------------------------------------------

    def _expected(self, environment: Environment) -> int:
        return self._sizes.get(environment, _UNKNOWN_BYTES)

    def _held(self) -> int:
        return sum(warm.size for warm in (*self._running.values(), *self._leaving)) + sum(
            self._starting.values()
        )

    def _room_for(self, environment: Environment) -> list[_Warm] | None:
        """Those to be ended so that it fits, taken out already; None when it has to wait."""
        budget = self._keeping.memory_bytes
        wanted, held = self._expected(environment), self._held()
        ending: list[_Warm] = []
        for warm in self._unused():
            if held + wanted <= budget:
                break
            ending.append(warm)
            held -= warm.size
        if held + wanted > budget and held > 0:
            return None
        if wanted > budget:
            _logger.warning(
                "the environment %s needs %d MB, more than the %d MB for all of them: it is started alone",
                environment.name,
                wanted // 1_000_000,
                budget // 1_000_000,
            )
        for warm in ending:
            self._let_go(warm)
        return ending

    def _unused(self) -> list[_Warm]:
        """Those that nothing uses, the longest unused first."""
        return sorted(
            (warm for warm in self._running.values() if warm.users == 0), key=lambda warm: warm.used_at
        )

    # -- starting -------------------------------------------------------------------------------------------

    def _refuse_while_broken(self, environment: Environment) -> None:
        fault = self._faults.get(environment)
        if fault and (time.monotonic() < fault.until or environment in self._starting):
            raise EnvironmentBroken(fault.message)

    def _start(self, environment: Environment, ending: list[_Warm]) -> _Warm:
        try:
            self._end(ending)
            sandbox = self._started(environment)
        except BaseException as error:
            with self._change:
                del self._starting[environment]
                if isinstance(error, EnvironmentBroken):
                    self._remember(environment, error)
                self._change.notify_all()
            raise
        return self._welcome(environment, sandbox)

    def _started(self, environment: Environment) -> Sandbox:
        began = time.monotonic()
        try:
            return Sandbox.start(environment, level=self._level, interactive=self._interactive)
        except EnvironmentBroken:
            if time.monotonic() - began > _SOON:
                raise
        return Sandbox.start(environment, level=self._level, interactive=self._interactive)

    def _remember(self, environment: Environment, error: EnvironmentBroken) -> None:
        before = self._faults.get(environment)
        failures = before.failures + 1 if before else 1
        pause = min(self._keeping.retry_seconds * 2 ** min(failures - 1, 16), _LONGEST_PAUSE)
        self._faults[environment] = _Fault(str(error), failures, time.monotonic() + pause)

    def _welcome(self, environment: Environment, sandbox: Sandbox) -> _Warm:
        size = resident_bytes(sandbox.pid)
        warm = _Warm(environment, sandbox, size, time.monotonic())
        with self._change:
            del self._starting[environment]
            self._faults.pop(environment, None)
            self._sizes[environment] = size
            closed = self._closed
            if not closed:
                self._running[environment] = warm
                self._use(warm)
                self._watch()
            excess = self._excess()
            self._change.notify_all()
        if closed:
            sandbox.close()
            raise EnvironmentBroken("the warm processes have been ended")
        self._end(excess)
        return warm

    def _excess(self) -> list[_Warm]:
        """Those that nothing uses and that are too many, now that the newcomer's size is known."""
        ending: list[_Warm] = []
        for warm in self._unused():
            if self._held() - sum(one.size for one in ending) <= self._keeping.memory_bytes:
                break
            ending.append(warm)
        for warm in ending:
            self._let_go(warm)
        return ending

    # -- what nothing uses ----------------------------------------------------------------------------------

    def _watch(self) -> None:
        if self._retiring is None:
            self._retiring = threading.Thread(target=self._retire_idle, name="warm-processes", daemon=True)
            self._retiring.start()

    def _retire_idle(self) -> None:
        """The watching thread: ends what has not been used for long."""
        while True:
            with self._change:
                if self._closed:
                    return
                moment, idle = time.monotonic(), self._keeping.idle_seconds
                unused = self._unused()
                ending = [warm for warm in unused if warm.used_at + idle <= moment]
                if not ending:
                    self._change.wait(unused[0].used_at + idle - moment if unused else None)
                    continue
                for warm in ending:
                    self._let_go(warm)
            self._end(ending)
