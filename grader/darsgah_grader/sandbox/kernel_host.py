"""All kernels of one machine: who has one, who waits for one, and which is ended so that others have theirs.

A learner has one kernel for an assignment, and a bounded number in all. When the machine's places are taken,
a newcomer waits; whoever has fewest kernels goes first, and among them whoever has waited longest. For those
who wait the kernel that has been idle longest is ended, once it has been idle for a while. Kernels that
nobody uses are ended in any case.

Starting and ending one waits for the machine, so threads do that; all the rest happens in the event loop.
"""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any, Final

from darsgah_grader.environments import Environments
from darsgah_grader.kernel_wire import Opening
from darsgah_grader.sandbox.kernel_places import KernelPlace
from darsgah_grader.sandbox.kernels import Kernel, State
from darsgah_grader.types import Environment, GraderError, Limits
from darsgah_grader.warm_processes import WarmProcesses

_logger = logging.getLogger(__name__)
_LIFE_SECONDS: Final = 24 * 3600.0
_OUTPUT_BYTES: Final = 1024 * 1024
_OUTPUT_COUNT: Final = 1000
_NICE: Final = 5
_STARTERS: Final = 8
_START_SECONDS: Final = 90.0

Key = tuple[str, str]
"""Learner and assignment."""


class Refused(Exception):  # noqa: N818 - says what is wrong
    """No kernel is to be had; ``reason`` is one of ``KernelTrouble``."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the kernels of one machine may take.

    Attributes:
        places: kernels at once.
        each: kernels of one learner.
        idle_seconds: after which an unused kernel is ended.
        spare_seconds: the same while somebody waits for its place.
        cell_seconds: after which a cell is stopped.
        look_seconds: between two looks for what nobody uses.
    """

    places: int
    each: int = 3
    idle_seconds: float = 1200.0
    spare_seconds: float = 60.0
    cell_seconds: float = 3600.0
    look_seconds: float = 5.0


@dataclass(slots=True, eq=False)
class Held:
    """A kernel and whose it is.

    Attributes:
        close: gives its place up and waits until that is free.
        over: is set when it is.
        since: when it was opened, in seconds since 1970.
    """

    opening: Opening
    kernel: Kernel
    close: Callable[[], None]
    over: asyncio.Event = field(default_factory=asyncio.Event)
    since: float = field(default_factory=time.monotonic)

    @property
    def idle_seconds(self) -> float:
        """Since anybody used it; 0 while it runs a cell."""
        return 0.0 if self.kernel.busy else time.monotonic() - self.kernel.touched


@dataclass(slots=True, eq=False)
class _Waiting:
    """Somebody in the queue."""

    key: Key
    turn: asyncio.Event = field(default_factory=asyncio.Event)


class _Starting:
    """A kernel that is being started, for as many pages as ask for it; without any it is given up."""

    def __init__(self, work: Coroutine[Any, Any, Kernel]) -> None:
        self.task = asyncio.create_task(work)
        self._pages: list[Callable[[int], None]] = []
        self._position = 0

    def tell(self, position: int) -> None:
        """Tell the pages their place in the queue, when it is another; 0 is none."""
        if position != self._position:
            self._position = position
            for told in self._pages:
                told(position)

    async def wait(self, told: Callable[[int], None]) -> Kernel:
        """The kernel, once it is there."""
        self._pages.append(told)
        if self._position:
            told(self._position)
        try:
            return await asyncio.shield(self.task)
        except asyncio.CancelledError:
            if self._pages == [told]:
                self.task.cancel()
            raise
        finally:
            self._pages.remove(told)


class KernelHost:
    """The kernels of one machine.

    Args:
        environments: those that labs may name.
        warm: the warm processes that kernels are forked from, started with ``interactive``.
        bounds: what may be taken.
    """

    def __init__(self, environments: Environments, warm: WarmProcesses, bounds: Bounds) -> None:
        self.bounds = bounds
        self._environments = environments
        self.warm = warm
        self._held: dict[Key, Held] = {}
        self._starting: dict[Key, _Starting] = {}
        self._queue: list[_Waiting] = []
        self._promised = 0
        self._ending: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(_STARTERS, thread_name_prefix="kernels")
        self._closing = ThreadPoolExecutor(_STARTERS, thread_name_prefix="kernels-closing")

    @property
    def held(self) -> tuple[Held, ...]:
        """The kernels there are."""
        return tuple(self._held.values())

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return len(self._queue)

    # -- opening --------------------------------------------------------------------------------------------

    async def open(self, opening: Opening, files: Mapping[str, bytes], told: Callable[[int], None]) -> Kernel:
        """The learner's kernel for the assignment: the one there is, or a new one.

        Args:
            opening: whose and for what.
            files: the lab's data files by name.
            told: is called with a place in the queue, from 1, and with 0 when the waiting is over.

        Raises:
            Refused: there is no room for this learner, or it does not start.
        """
        key = (opening.learner, opening.assignment)
        present = self._held.get(key)
        while present is not None and present.kernel.state is State.GONE:
            await present.over.wait()
            present = self._held.get(key)
        if present is not None:
            return present.kernel
        if opening.session:
            raise Refused("ended")  # the page goes on with a kernel that is no more
        starting = self._starting.get(key)
        if starting is None:
            starting = self._starting[key] = _Starting(self._open(key, opening, files))
            starting.task.add_done_callback(lambda _: self._starting.pop(key, None))
        return await starting.wait(told)

    async def _open(self, key: Key, opening: Opening, files: Mapping[str, bytes]) -> Kernel:
        self._room_for(key)
        await self._turn(key)
        try:
            environment = self._environments.named(opening.environment)
            limits = _limits(opening.limits)
            place, close = await self._started(environment, files, limits)
            kernel = Kernel(place, limits, self.bounds.cell_seconds)
            held = self._held[key] = Held(opening, kernel, close)
        except (GraderError, TimeoutError) as error:
            _logger.warning("a kernel of %s does not start: %s", opening.environment, error)
            raise Refused("failed", str(error)) from error
        finally:
            self._promised -= 1
            self._admit()
        self._watch(key, held)
        return kernel

    async def _started(
        self, environment: Environment, files: Mapping[str, bytes], limits: Limits
    ) -> tuple[KernelPlace, Callable[[], None]]:
        """A place, made in a thread; one that comes too late, or for nobody, is given up at once."""
        making = self._threads.submit(self._start, environment, files, limits)
        try:
            async with asyncio.timeout(_START_SECONDS):
                return await asyncio.shield(asyncio.wrap_future(making))
        except BaseException:
            making.add_done_callback(_give_up)
            raise

    def _start(
        self, environment: Environment, files: Mapping[str, bytes], limits: Limits
    ) -> tuple[KernelPlace, Callable[[], None]]:
        """In a thread: the warm process, which stays as long as the kernel, and a fork of it."""
        with ExitStack() as stack:
            sandbox = stack.enter_context(self.warm.using(environment))
            place = sandbox.open_kernel(files, limits, nice=_NICE)
            stack.callback(place.close)
            return place, stack.pop_all().close

    def _watch(self, key: Key, held: Held) -> None:
        """Free the place once the kernel is over, whoever ended it."""

        async def over() -> None:
            await held.kernel.gone.wait()
            try:
                await asyncio.get_running_loop().run_in_executor(self._closing, held.close)
            finally:
                self._held.pop(key, None)
                held.over.set()
                self._admit()

        task = asyncio.create_task(over())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    # -- room -----------------------------------------------------------------------------------------------

    def _room_for(self, key: Key) -> None:
        """End the learner's own longest unused kernel when they have as many as they may.

        Those that they asked for before this one and that are still being started count too.
        """
        own = [
            held
            for (learner, _), held in self._held.items()
            if learner == key[0] and held.kernel.state is not State.GONE
        ]
        starting = [other for other in self._starting if other[0] == key[0]]
        if len(own) + starting.index(key) < self.bounds.each:
            return
        unused = [held for held in own if not held.kernel.busy]
        if not unused:
            raise Refused("full", "each of your kernels runs a cell")
        longest = max(unused, key=lambda held: held.idle_seconds)
        longest.kernel.end("idle")

    async def _turn(self, key: Key) -> None:
        """Wait for a place, which is then promised to whoever comes back from here."""
        waiting = _Waiting(key)
        self._queue.append(waiting)
        self._admit()
        try:
            await waiting.turn.wait()
        except BaseException:
            if waiting.turn.is_set():
                self._promised -= 1
            else:
                self._queue.remove(waiting)
            self._admit()
            raise

    def _admit(self) -> None:
        """Promise free places to those whose turn it is, and tell the others where they stand."""
        has = Counter(learner for learner, _ in self._held)
        self._queue.sort(key=lambda waiting: has[waiting.key[0]])  # stable: the longest waiting first
        while self._queue and len(self._held) + self._promised < self.bounds.places:
            self._promised += 1
            admitted = self._queue.pop(0)
            admitted.turn.set()
            self._starting[admitted.key].tell(0)
        for position, waiting in enumerate(self._queue, 1):
            self._starting[waiting.key].tell(position)
        if self._queue:
            self._make_room()

    def _make_room(self) -> None:
        """End what has been idle longest, one for each who waits, where it has been idle for a while."""
        leaving = sum(held.kernel.state is State.GONE for held in self._held.values())
        idle = sorted(
            (held for held in self._held.values() if held.kernel.state is not State.GONE),
            key=lambda held: -held.idle_seconds,
        )
        for held in idle[: max(0, len(self._queue) - leaving)]:
            if held.idle_seconds >= self.bounds.spare_seconds:
                held.kernel.end("idle")

    # -- keeping house --------------------------------------------------------------------------------------

    async def keep_house(self) -> None:
        """End what nobody uses, make room for who waits, look at what runs; for ever."""
        while True:
            await asyncio.sleep(self.bounds.look_seconds)
            for held in self.held:
                if held.idle_seconds >= self.bounds.idle_seconds:
                    held.kernel.end("idle")
                elif held.kernel.busy and held.kernel.watched:
                    held.kernel.look()
            self._admit()

    def stop(self, learner: str, assignment: str) -> bool:
        """End one kernel for an administrator; False when there is none."""
        held = self._held.get((learner, assignment))
        if held is None:
            return False
        held.kernel.end("ended")
        return True

    async def close(self) -> None:
        """End all kernels and their warm processes."""
        starting = [each.task for each in self._starting.values()]
        for task in starting:
            task.cancel()
        await asyncio.gather(*starting, return_exceptions=True)
        for held in self.held:
            held.kernel.end("ended")
        await asyncio.gather(*self._ending, return_exceptions=True)
        await asyncio.get_running_loop().run_in_executor(self._closing, self.warm.close)
        for threads in (self._threads, self._closing):
            threads.shutdown(wait=False, cancel_futures=True)


def _give_up(making: Future[tuple[KernelPlace, Callable[[], None]]]) -> None:
    """Close a place that nobody waits for any more."""
    if not making.cancelled() and making.exception() is None:
        making.result()[1]()


def _limits(asked: Mapping[str, Any]) -> Limits:
    """A lab's limits for a kernel: a person watches, so more is shown, and its life is long."""
    known = {name: value for name, value in asked.items() if name in Limits.__dataclass_fields__}
    with contextlib.suppress(TypeError):
        limits = Limits(**known)
        return replace(
            limits,
            total_seconds=_LIFE_SECONDS,
            output_bytes=max(limits.output_bytes, _OUTPUT_BYTES),
            output_count=max(limits.output_count, _OUTPUT_COUNT),
        )
    raise Refused("failed", "limits that no lab has")
