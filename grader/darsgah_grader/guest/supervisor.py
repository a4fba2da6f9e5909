"""Process 1 of a run: mounts the work folder, starts the runner, keeps its time, reports to the host.

It never runs a learner's code, and nothing of a learner's is parsed here: what the runner sends is
counted, cut and passed on as bytes. It asks the host for each test when its turn comes, so a test is in
no process of the sandbox before it is run. When it ends, the kernel ends every process of the run.

When the runner dies (``os._exit``, a segmentation fault, out of memory, killed after a timeout) the run
goes on from the last checkpoint: the cells between it and the present one are run again silently, without
those that killed a runner. This process, a copy of the warm one that has run nothing, is checkpoint zero,
with an emptied work folder and the same random state. A checkpoint costs 2 to 9 ms (the fork, and every
page the runner then writes for the first time), so one is made before a cell only when the cells since the
last one took longer than CHECKPOINT_AFTER: quick notebooks never pay, and no recovery from a checkpoint
repeats more than that and one cell.
"""

import contextlib
import json
import os
import secrets
import select
import signal
import time
from dataclasses import dataclass, field
from typing import Any

from darsgah_grader.guest import confine
from darsgah_grader.guest.capture import DISPLAY, STDERR, STDOUT
from darsgah_grader.guest.cells import CellRunner
from darsgah_grader.guest.forwarding import Forwarding
from darsgah_grader.guest.frames import Channel, ProtocolError
from darsgah_grader.guest.points import HANDSHAKE, LONGEST_FRAME, Point, hello
from darsgah_grader.guest.processes import Processes, anonymous_bytes
from darsgah_grader.guest.rootfs import empty_work
from darsgah_grader.guest.runner import ATTEND, BURY, CELL, CHECKPOINT, HELLO, RESULT, TEST, become_runner
from darsgah_grader.guest.shell import GuestShell

WANT, END, FINISHED, JOB = b"?", b"x", b"z", b"j"
"""To the host: the cell wanted, how a cell ended, that all is done. Outputs and results keep their kind. From
it: a job, the first message of all, and again when all is done where the run may be followed by another."""

CHECKPOINT_AFTER = 0.25
"""Seconds of cells run that are worth a checkpoint; 0 makes one before every cell."""

_GRACE = 1.0
_TICK = 0.25
_MEMORY_TICK = 0.05
_STARTS = 3
_OUT_OF_MEMORY = b'"ename": "MemoryError"'


@dataclass(frozen=True, slots=True)
class Wanted:
    """A cell as the host handed it out, and the link to the other sandbox that may have come with it."""

    cell: dict[str, Any]
    descriptors: tuple[int, ...]


@dataclass(slots=True)
class Ending:
    """How one cell ended; ``died`` says that the runner is no more."""

    outcome: str
    seconds: float
    died: bool = False
    signal: int = 0
    result: bytes = b""


@dataclass(slots=True)
class Supervisor:
    """One run. ``cells`` is how many there are; ``seconds`` the default limit of each."""

    host: Channel
    forwarding: Forwarding
    walls: confine.Confinement
    shell: GuestShell
    cell_runner: CellRunner
    cells: int
    seconds: float
    output_bytes: int
    output_count: int
    processes: Processes
    given: dict[str, dict[str, Any]]
    naming: dict[str, Any] | None = None
    runner: Point | None = None
    checkpoint: Point | None = None
    lethal: set[int] = field(default_factory=set)
    ends_at: float = 0.0
    since_point: float = 0.0
    seed: int = field(default_factory=lambda: secrets.randbits(63))

    def run(self) -> None:
        """Run every cell in order; those for which no time is left are left out."""
        self.ends_at = time.monotonic() + self.walls.total_seconds
        self.forwarding.open()
        for index in range(self.cells):
            if time.monotonic() >= self.ends_at or not self._ready(index):
                break
            ending = self._run_cell(index, self._wanted(index))
            if ending.result:
                self.host.send(RESULT, ending.result)
            report = {"outcome": ending.outcome, "signal": ending.signal, "seconds": round(ending.seconds, 6)}
            self.host.send(END, json.dumps(report).encode())
        self.host.send(FINISHED)

    def clear_away(self) -> None:
        """Leave nothing of this run to the next one: no process, no file, no descriptor."""
        if self.checkpoint is not None:
            self.processes.kill(self.checkpoint.pid)
            self.checkpoint.close()
            self.checkpoint = None
        if self.runner is None:
            self.processes.sweep(0, spare=None)
        self._bury()
        self.forwarding.close()
        empty_work()

    def _wanted(self, index: int) -> Wanted:
        """A cell: given with the job, or asked of the host, without whom there is nothing to live for."""
        if str(index) in self.given:
            return Wanted(self.given[str(index)], ())
        self.host.send(WANT, str(index).encode())
        message = self.host.receive()
        if message is None or message.kind != CELL:
            os._exit(0)
        return Wanted(json.loads(message.payload), message.descriptors)

    def _ready(self, index: int) -> bool:
        """Have a runner whose next cell is ``index``; False when none can be had."""
        if self.runner is not None and self.processes.gone(self.runner.pidfd):
            self._bury()
        attempts = 0
        while self.runner is None:
            attempts += 1
            if attempts > _STARTS + len(self.lethal) or time.monotonic() >= self.ends_at:
                return False
            self.since_point = 0.0
            self.runner = self._resume()
            if self.runner is not None:
                self._make_checkpoint(self.runner.index)
            elif (runner := self._start(fresh=index == 0)) is not None:
                self.runner = runner
            else:
                continue
            self._replay(self.runner.index, index)
        return True

    def _replay(self, first: int, until: int) -> None:
        """Run the cells of [first, until) again for their effects; their results are known."""
        for index in range(first, until):
            if index in self.lethal:
                continue
            self._run_cell(index, self._wanted(index), silent=True)
            if self.runner is None:
                return

    def _start(self, fresh: bool) -> Point | None:
        """A runner that has run nothing, forked from this process; what an earlier one left is removed."""
        if not fresh and self.walls.namespaces:
            empty_work()
        ours, theirs = Channel.pair()
        pid = os.fork()
        if pid == 0:
            ours.detach()  # closed with all the rest by number
            become_runner(
                theirs,
                outputs=self.forwarding.write_ends,
                walls=self.walls,
                output_limits=(self.output_bytes, self.output_count),
                shell=self.shell,
                cells=self.cell_runner,
                seed=self.seed,
                naming=self.naming,
            )
        theirs.close()
        self.processes.watch(pid)
        point = Point(0, pid, os.pidfd_open(pid), Channel(ours, LONGEST_FRAME))
        if hello(point.channel) is None:
            self.processes.kill(pid)
            point.close()
            return None
        return point

    def _resume(self) -> Point | None:
        """The checkpoint, if it still lives and answers: the learner's code may have got at it."""
        point, self.checkpoint = self.checkpoint, None
        if point is None:
            return None
        with contextlib.suppress(OSError):
            point.channel.send(HELLO)
            if hello(point.channel) is not None:
                return point
        self.processes.kill(point.pid)
        point.close()
        return None

    def _make_checkpoint(self, index: int) -> None:
        """Ask the runner for a copy of itself; without one, recovery starts from the beginning."""
        if self.checkpoint is not None:
            self.checkpoint.close()
            self.checkpoint = None
        if not self.walls.namespaces or self.runner is None:
            return  # the reduced level's filter lets nobody fork
        ours, theirs = Channel.pair()
        channel = Channel(ours, LONGEST_FRAME)
        try:
            with theirs:
                self.runner.channel.send(CHECKPOINT, b"", (theirs.fileno(),))
            message = hello(self.runner.channel)
            if message is not None and message.descriptors:
                self.since_point = 0.0
                self.checkpoint = Point(index, int(message.payload[:10]), message.descriptors[0], channel)
                return
        except OSError:
            pass  # a runner that does not listen: the cell will show it
        channel.close()

    def _run_cell(self, index: int, wanted: Wanted, silent: bool = False) -> Ending:
        """Run one cell in the runner; a death is buried here and remembered against the cell."""
        if not silent and self.since_point > CHECKPOINT_AFTER:
            self._make_checkpoint(index)
        if silent:
            self.forwarding.budget = 0
        else:
            self.forwarding.allow(self.output_bytes)
        began = time.monotonic()
        deadline = min(began + (wanted.cell["seconds"] or self.seconds), self.ends_at)
        apart = wanted.cell.get("part") in {ATTEND, TEST}
        held = self._held() if apart else 0
        ending = self._attend(index, wanted, deadline)
        ending.seconds = time.monotonic() - began
        self.since_point += ending.seconds
        if not ending.died and not self._clear():
            ending.died, ending.result = True, b""
            if ending.outcome == "result":
                ending.outcome = "died"
        self.forwarding.drain()
        if apart and not ending.died and self._held() - held > self.walls.memory_bytes // 4:
            self.lethal.add(index)  # what one test has left there is not for the next ones to carry
            self._bury()
        if ending.died:
            self.lethal.add(index)
            ending.signal = self._bury()
        return ending

    def _clear(self) -> bool:
        """End what the cell has left beside the runner; False when it has killed or stopped it."""
        runner = self.runner
        assert runner is not None  # noqa: S101 -- a cell has been run
        kept = [point.pid for point in (runner, self.checkpoint) if point is not None]
        left = self.processes.clear(kept)
        if left is None:
            return not self.processes.gone(runner.pidfd) and not self.processes.stopped(runner.pid)
        with contextlib.suppress(OSError):
            if left > self.walls.processes // 4:
                runner.channel.send(BURY)
            runner.channel.send(HELLO)
        return hello(runner.channel) is not None

    def _attend(self, index: int, wanted: Wanted, deadline: float) -> Ending:
        """Send the cell and watch until its result, its death or its deadline."""
        runner = self.runner
        assert runner is not None  # noqa: S101 -- _ready has run
        ending = Ending("died", 0.0, died=True)
        poll = self._poll(runner)
        try:
            token = secrets.token_hex(16)
            message = {**wanted.cell, "index": index, "token": token}
            runner.channel.socket.settimeout(HANDSHAKE)
            try:
                runner.channel.send(CELL, json.dumps(message).encode(), wanted.descriptors)
            finally:
                for descriptor in wanted.descriptors:
                    os.close(descriptor)
            runner.channel.socket.settimeout(None)
            interrupted = False
            while True:
                self._poll_once(poll, deadline)
                if (result := self._read(runner, token.encode())) is not None:
                    if _OUT_OF_MEMORY in result[:64] and self._holds_much():
                        return Ending("memory", 0.0, died=True)
                    outcome = "timeout" if interrupted else "result"
                    return Ending(outcome, 0.0, result=b"" if interrupted else result)
                if self.processes.gone(runner.pidfd):
                    ending.outcome = "timeout" if interrupted else "died"
                    return ending
                if self._exceeds():
                    ending.outcome = "memory"
                    return ending
                if time.monotonic() >= deadline:
                    if interrupted:
                        ending.outcome = "timeout"
                        return ending
                    interrupted, deadline = True, time.monotonic() + _GRACE
                    signal.pidfd_send_signal(runner.pidfd, signal.SIGINT)
        except (OSError, ProtocolError):
            return ending

    def _exceeds(self) -> bool:
        """Whether the run holds more than it may, where no cgroup and no tmpfs of its own see to that."""
        walls = self.walls
        if walls.poll_memory and self.processes.memory_held() > walls.memory_bytes:
            return True
        return not walls.namespaces and self.processes.folder_exceeds(
            walls.work, walls.work_bytes, walls.work_inodes
        )

    def _held(self) -> int:
        """Bytes of the runner that no file stands behind."""
        return anonymous_bytes(self.runner.pid) if self.runner is not None else 0

    def _holds_much(self) -> bool:
        """Whether a runner that ran out of memory would leave the next cells too little of it."""
        return self.processes.memory_held() > self.walls.memory_bytes // 2

    def _poll(self, runner: Point) -> "select.poll":
        poll = select.poll()
        for descriptor in (runner.channel.fileno(), runner.pidfd, self.host.fileno()):
            poll.register(descriptor, select.POLLIN)
        for read in self.forwarding.read_ends:
            poll.register(read, select.POLLIN)
        return poll

    def _poll_once(self, poll: "select.poll", deadline: float) -> None:
        tick = _MEMORY_TICK if self.walls.poll_memory or not self.walls.namespaces else _TICK
        wait = max(0.0, min(deadline - time.monotonic(), tick))
        ready = {descriptor for descriptor, _ in poll.poll(wait * 1000)}
        if self.host.fileno() in ready:
            os._exit(0)  # the host says nothing while a cell runs: it is gone
        if not ready:
            self.processes.reap()
        self.forwarding.drain()

    def _read(self, runner: Point, token: bytes) -> bytes | None:
        """Pass on what the runner sent, a bounded number of messages at a time; the result, once there."""
        for _ in range(64):
            try:
                message = runner.channel.receive(wait=False)
            except BlockingIOError:
                return None
            if message is None:
                raise ProtocolError("the runner closed its channel")
            for descriptor in message.descriptors:
                os.close(descriptor)
            if message.kind == RESULT:
                if not message.payload.startswith(token):
                    raise ProtocolError("a result of another cell")
                return message.payload[len(token) :]
            if message.kind not in {STDOUT, STDERR, DISPLAY}:
                raise ProtocolError("a message no runner sends")
            self.forwarding.send(message.kind, message.payload)
        return None

    def _bury(self) -> int:
        """End the runner and all it started, except the checkpoint; the signal that ended it, or 0."""
        runner, self.runner = self.runner, None
        if runner is None:
            return 0
        number = self.processes.sweep(runner.pid, spare=self.checkpoint.pid if self.checkpoint else None)
        runner.close()
        return number
