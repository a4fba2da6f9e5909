"""Process 1 of an interactive kernel: keeps watch over one child, forwards bytes, parses nothing of them.

The host speaks first with each request; the child answers; what is shown in between is counted and cut as in
a grading. A child that dies, for whatever reason, is buried with all it started, the host is told, and this
process waits: with the next RESTART it forks a fresh child of itself, which has run nothing, into the same
work folder.

Where no cgroup holds the kernel, what it holds is measured. How often follows from the processor time that
its processes take, never from what they say: one that says its cell is over is looked at as before.
"""

import contextlib
import json
import os
import secrets
import select
import signal
import sys
import time
from typing import Any, NoReturn

from darsgah_grader.guest import confine
from darsgah_grader.guest.capture import DISPLAY, STDERR, STDOUT
from darsgah_grader.guest.forwarding import Forwarding
from darsgah_grader.guest.frames import Channel, Message, ProtocolError
from darsgah_grader.guest.kernel import ANSWER, EXECUTE, INPUT, RESULT, become_kernel
from darsgah_grader.guest.points import HANDSHAKE, LONGEST_FRAME, Point, hello
from darsgah_grader.guest.processes import Processes
from darsgah_grader.guest.shell import GuestShell

INTERRUPT, RESTART, USAGE = b"k", b"s", b"u"
"""From the host, besides what the child takes: stop the cell, begin anew, say what is used."""
READY, DIED = b"h", b"x"
"""To the host, besides what the child says: a fresh child listens; the child is no more, with JSON that says
the signal that ended it, or 0, and whether it held more memory than it may."""

_MEMORY_TICK = 0.05
_REST_TICK = 0.5
"""Between two looks at a kernel that computes nothing; each of its processes has its own limit beside."""
_AT_ONCE = 64


class KernelWatch:
    """One kernel. ``output_limits`` are bytes and count of what a cell may show."""

    def __init__(
        self,
        host: Channel,
        walls: confine.Confinement,
        output_limits: tuple[int, int],
        shell: GuestShell,
    ) -> None:
        self._host = host
        self._walls = walls
        self._output_limits = output_limits
        self._shell = shell
        self._forwarding = Forwarding(host)
        self._processes = Processes(own=walls.namespaces)
        self._child: Point | None = None
        self._measured = walls.poll_memory or not walls.namespaces
        self._look_at = 0.0
        self._computed = 0.0

    def run(self) -> NoReturn:
        """Watch until the host is gone."""
        self._forwarding.open()
        self._start()
        while True:
            self._wait()
            self._forwarding.drain()
            self._listen_to_child()
            self._listen_to_host()
            self._look()
            self._processes.reap()

    def _wait(self) -> None:
        poll = select.poll()
        poll.register(self._host.fileno(), select.POLLIN)
        for read in self._forwarding.read_ends:
            poll.register(read, select.POLLIN)
        if self._child is not None:
            poll.register(self._child.channel.fileno(), select.POLLIN)
            poll.register(self._child.pidfd, select.POLLIN)
        poll.poll(self._tick())

    def _tick(self) -> float | None:
        """Milliseconds until what is held is measured again; for ever where the kernel itself limits it."""
        if self._child is None or not self._measured:
            return None
        return max(0.0, 1000 * (self._look_at - time.monotonic()))

    def _start(self) -> None:
        """Fork a child that has run nothing."""
        ours, theirs = Channel.pair()
        pid = os.fork()
        if pid == 0:
            ours.detach()  # closed with all the rest by number
            become_kernel(
                theirs,
                outputs=self._forwarding.write_ends,
                walls=self._walls,
                output_limits=self._output_limits,
                shell=self._shell,
                seed=secrets.randbits(63),
            )
        theirs.close()
        self._processes.watch(pid)
        self._look_at = time.monotonic() + _MEMORY_TICK
        self._child = Point(0, pid, os.pidfd_open(pid), Channel(ours, LONGEST_FRAME))
        self._forwarding.allow(self._output_limits[0])
        if hello(self._child.channel) is None:
            self._bury(memory=False)
        else:
            self._host.send(READY)

    # -- the host -------------------------------------------------------------------------------------------

    def _listen_to_host(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                message = self._host.receive(wait=False)
            except BlockingIOError:
                return
            if message is None:
                os._exit(0)
            self._obey(message)

    def _obey(self, message: Message) -> None:
        if message.kind == RESTART:
            if self._child is not None:
                self._end_child()
            self._start()
        elif message.kind == USAGE:
            usage = {
                "memory": self._processes.memory_held(),
                "seconds": round(self._processes.cpu_seconds(), 2),
                "processes": self._processes.count(),
            }
            self._host.send(USAGE, json.dumps(usage).encode())
        elif self._child is None:
            return  # the host knows, or will in a moment
        elif message.kind == INTERRUPT:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._child.pidfd, signal.SIGINT)
        else:
            self._hand_on(self._child, message)

    def _hand_on(self, child: Point, message: Message) -> None:
        """Give the child a request; one that takes none in time is done with."""
        if message.kind == EXECUTE:
            self._forwarding.allow(self._output_limits[0])
        self._look_at = min(self._look_at, time.monotonic() + _MEMORY_TICK)
        child.channel.socket.settimeout(HANDSHAKE)
        try:
            child.channel.send(message.kind, message.payload)
        except OSError:
            self._bury(memory=False)
        else:
            child.channel.socket.settimeout(None)

    # -- the child ------------------------------------------------------------------------------------------

    def _listen_to_child(self) -> None:
        child = self._child
        if child is None:
            return
        try:
            for _ in range(_AT_ONCE):
                self._pass_on(child.channel.receive(wait=False))
        except BlockingIOError:
            if not self._processes.gone(child.pidfd):
                return
            self._bury(memory=False)
        except (OSError, ProtocolError):
            self._bury(memory=False)

    def _pass_on(self, message: Message | None) -> None:
        if message is None:
            raise ProtocolError("the child closed its channel")
        for descriptor in message.descriptors:
            os.close(descriptor)
        if message.kind in {STDOUT, STDERR, DISPLAY}:
            self._forwarding.send(message.kind, message.payload)
        elif message.kind in {RESULT, ANSWER, INPUT}:
            self._forwarding.drain()
            self._host.send(message.kind, message.payload)
        else:
            raise ProtocolError("a message no kernel sends")

    # -- what it holds --------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Measure what is held when its time has come; too much is the end of the child.

        It comes soon again where anything was computed since the last time: memory does not fill by itself.
        """
        if self._child is None or not self._measured or time.monotonic() < self._look_at:
            return
        if self._exceeds():
            self._bury(memory=True)
            return
        computed = self._processes.cpu_seconds()
        self._look_at = time.monotonic() + (_REST_TICK if computed == self._computed else _MEMORY_TICK)
        self._computed = computed

    def _exceeds(self) -> bool:
        """Whether the kernel holds more than it may, where no cgroup and no tmpfs of its own see to that."""
        walls = self._walls
        if walls.poll_memory and self._processes.memory_held() > walls.memory_bytes:
            return True
        return not walls.namespaces and self._processes.folder_exceeds(
            walls.work, walls.work_bytes, walls.work_inodes
        )

    def _bury(self, *, memory: bool) -> None:
        """Take leave of a child that is no more, or must be no more, and tell the host."""
        number = self._end_child()
        self._host.send(DIED, json.dumps({"signal": number, "memory": memory}).encode())

    def _end_child(self) -> int:
        """End the child and all it started; the signal that ended it, or 0."""
        child, self._child = self._child, None
        if child is None:
            return 0
        number = self._processes.sweep(child.pid, spare=None)
        self._forwarding.drain()
        child.close()
        return number


def watch(host: Channel, job: dict[str, Any], walls: confine.Confinement, shell: GuestShell) -> NoReturn:
    """Keep one kernel, and end with the host; the exit status says nothing."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)  # process 1 of a namespace: not to be killed from inside
        os.nice(job["nice"])
        KernelWatch(host, walls, (job["output_bytes"], job["output_count"]), shell).run()
    except OSError:
        pass  # the host went away
    finally:
        sys.stdout = sys.stderr = None  # nothing may be flushed at the end
        os._exit(0)
