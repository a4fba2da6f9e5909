"""The process that runs a learner's code: takes one cell at a time from the supervisor and runs it.

It holds one socket to the supervisor and nothing else: no test before its turn, no result of another cell. A
learner's code can find that socket and write to it (assurance level 1); it then speaks for the cell that is
running, and for later ones if it stays, which is what running in one process means.

A cell may fork. A copy of this process that comes back from the cell's code ends there and says nothing, and
what a cell leaves running is ended by the supervisor after it; a process cannot be used in a later cell.

Now and then the supervisor asks for a checkpoint: a copy of this process (a sibling, child of the
supervisor) that rests on a socket of its own until it is told to go on from there, or to go away.
"""

import contextlib
import gc
import json
import os
import signal
import socket
import sys
from typing import Any, NoReturn

from darsgah_grader.guest import confine, linux
from darsgah_grader.guest.capture import CapturedStream
from darsgah_grader.guest.cells import CellRunner
from darsgah_grader.guest.frames import Channel, Message
from darsgah_grader.guest.learner_side import LearnerEnd
from darsgah_grader.guest.oddities import late_threads
from darsgah_grader.guest.peer import LONGEST
from darsgah_grader.guest.shell import GuestShell
from darsgah_grader.guest.tests_side import TestsSide
from darsgah_grader.guest.trials import TriedAnswers

CELL, CHECKPOINT, BURY, RESULT, HELLO = b"c", b"f", b"w", b"r", b"h"
"""From the supervisor: run a cell, make a checkpoint, take leave of children that have ended, say HELLO.
To it: a cell's result, a process that listens."""

ATTEND, SETUP, TEST, TRIAL = "attend", "setup", "test", "trial"
"""Parts of a cell of a submission that is graded split: the learner's process attends a test; the tests'
process runs a read-only cell of the master's, and a test. In a run that grades nothing answers are tried. Any
other cell is run as it is."""

_DONE = b'{"ok": true}'
_LONGEST_CELL = 32 * 1024 * 1024

_exit, _getpid, _loads, _handle = os._exit, os.getpid, json.loads, signal.signal
_waitpid, _WNOHANG = os.waitpid, os.WNOHANG
_close, _dup, _set_blocking = os.close, os.dup, os.set_blocking

_SPARE = 3
"""Descriptors kept for those that come with a command or are made for it."""


class Runner:
    """The loop of the learner's process; ``cells`` and ``shell`` come from the warm process.

    In a run of tests apart from the learner's code, ``naming`` says what their names mean (``tests_side``).
    """

    def __init__(
        self, channel: Channel, cells: CellRunner, shell: GuestShell, work: str, naming: dict[str, Any] | None
    ) -> None:
        self._channel = channel
        self._cells = cells
        self._shell = shell
        self._capture = shell.capture
        self._work = work
        self._naming = naming
        self._learner: LearnerEnd | None = None
        self._tests: TestsSide | None = None
        self._tried: TriedAnswers | None = None
        self._spare: list[int] = []
        self._take_outputs()
        os.register_at_fork(after_in_child=self._let_go)

    def _let_go(self) -> None:
        """A process that the learner's code forks, and a checkpoint, has no part in this channel."""
        self._channel.close()

    def _take_outputs(self) -> None:
        """What is written and shown in this process, and in no copy of it, goes to its channel."""
        self._pid = _getpid()
        self._capture.send = self._send_output
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, CapturedStream):
                stream.adopt()

    def _send_output(self, kind: bytes, payload: bytes) -> None:
        if _getpid() == self._pid:
            self._channel.send(kind, payload)

    def serve(self) -> NoReturn:
        """Take commands until the supervisor is gone."""
        _handle(signal.SIGINT, signal.SIG_IGN)
        self._channel.send(HELLO, str(_getpid()).encode())
        while True:
            message = self._receive()
            if message is None:
                _exit(0)
            if message.kind == CELL:
                self._run(message)
            elif message.kind == CHECKPOINT:
                self._checkpoint(message)
            elif message.kind == BURY:
                _bury_children()
            elif message.kind == HELLO:
                self._channel.send(HELLO, str(_getpid()).encode())

    def _receive(self) -> Message | None:
        """The next command, with room for its descriptors even where a learner's code holds all there are."""
        for descriptor in self._spare:
            with contextlib.suppress(OSError):
                _close(descriptor)
        _set_blocking(self._channel.fileno(), True)  # a cell may have changed it
        message = self._channel.receive()
        self._spare.clear()
        with contextlib.suppress(OSError):
            while len(self._spare) < _SPARE:
                self._spare.append(_dup(0))
        return message

    def _run(self, message: Message) -> None:
        """Run a cell; its result goes back with the token that came with it, unknown to earlier cells."""
        cell = _loads(message.payload)
        token, result = cell["token"].encode(), b"{}"
        try:
            _handle(signal.SIGINT, signal.default_int_handler)
            result = self._result(cell, message.descriptors)
        except BaseException:  # noqa: BLE001 -- a learner's handler of a signal, between their code and ours
            self._cells.interruptions.suspend()
        finally:
            if _getpid() != self._pid:
                _exit(0)  # a copy that the learner's code has made
            _handle(signal.SIGINT, signal.SIG_IGN)
            self._channel.send(RESULT, token + result)

    def _result(self, cell: dict[str, Any], descriptors: tuple[int, ...]) -> bytes:
        """Run a cell on the side it belongs to; ``descriptors`` may have the link to the other."""
        link = Channel(socket.socket(fileno=descriptors[0]), LONGEST) if descriptors else None
        part = cell.get("part", "")
        if part == ATTEND:
            return self._attend(link, cell["index"])
        if part in {SETUP, TEST}:
            if self._tests is None:
                self._tests = TestsSide(self._shell, self._cells, self._work, self._naming or {})
            return self._tests.run(cell, link)
        if part == TRIAL:
            if self._tried is None:
                self._tried = TriedAnswers(self._shell, self._cells)
            return self._tried.run(cell["trial"])
        return self._cells.run(cell, cell["index"])

    def _attend(self, link: Channel | None, index: int) -> bytes:
        """Be at the tests' service for one test; nothing is to be done for one that is long over."""
        if link is None:
            return _DONE
        if self._learner is None:
            self._learner = LearnerEnd(self._shell, self._work)
        oddities = late_threads(self._shell)
        self._learner.connect(link, index + 1)
        try:
            self._cells.interruptions.resume()
            self._learner.attend()
        except BaseException as error:  # noqa: BLE001 -- the tests see the link end; the supervisor knows why
            return json.dumps({"ok": False, "ename": type(error).__name__}).encode()
        finally:
            self._cells.interruptions.suspend()
            self._learner.disconnect()
        return json.dumps({"ok": True, "oddities": oddities}).encode() if oddities else _DONE

    def _checkpoint(self, message: Message) -> None:
        """Leave a resting copy behind; it becomes the runner when the supervisor speaks to it."""
        if not message.descriptors:
            self._channel.send(HELLO)  # the learner holds every descriptor there is: no copy can be reached
            return
        (descriptor,) = message.descriptors
        enabled = gc.isenabled()
        gc.disable()  # a collection as the resting copy starts would copy its pages
        try:
            pid, pidfd = linux.clone(linux.CLONE_PARENT)
        except OSError:
            os.close(descriptor)  # out of processes or memory: the supervisor does without
            self._channel.send(HELLO)
            return
        if pid == 0:
            self._channel.close()
            self._channel = Channel(socket.socket(fileno=descriptor), _LONGEST_CELL)
            self._rest()
        else:
            os.close(descriptor)
            self._channel.send(HELLO, str(pid).encode(), (pidfd,))
            os.close(pidfd)
        if enabled:
            gc.enable()

    def _rest(self) -> None:
        """Wait, touching no memory, until there is something to read."""
        if not self._channel.socket.recv(1, socket.MSG_PEEK):
            _exit(0)
        self._take_outputs()


def _bury_children() -> None:
    """Take leave of the ended children, which count as processes until then."""
    with contextlib.suppress(ChildProcessError):
        while _waitpid(-1, _WNOHANG)[0]:
            pass


def enclosed(
    channel: socket.socket,
    *,
    outputs: tuple[int, int],
    walls: confine.Confinement,
    output_limits: tuple[int, int],
    shell: GuestShell,
    seed: int,
) -> Channel:
    """Put the walls around this fresh fork of process 1, and give its channel; it ends where that fails.

    Args:
        outputs: the write ends that become descriptors 1 and 2.
        output_limits: bytes and count of what a cell may show.
    """
    try:
        os.setsid()
        kept = walls.open_files - 1
        os.dup2(outputs[0], 1)
        os.dup2(outputs[1], 2)
        os.dup2(channel.detach(), kept, inheritable=False)
        null = os.open("/dev/null", os.O_RDONLY)
        os.dup2(null, 0)
        os.closerange(3, kept)
        os.closerange(kept + 1, 65536)
        end = Channel(socket.socket(fileno=kept), _LONGEST_CELL)
        shell.capture.limit(*output_limits)
        os.chdir(walls.work)
        confine.confine_runner(walls, seed)
    except BaseException as error:  # noqa: BLE001 -- nothing may return into the supervisor's code
        os.write(2, f"the runner could not be confined: {error!r}\n".encode())
        _exit(70)
    return end


def become_runner(
    channel: socket.socket,
    *,
    outputs: tuple[int, int],
    walls: confine.Confinement,
    output_limits: tuple[int, int],
    shell: GuestShell,
    cells: CellRunner,
    seed: int,
    naming: dict[str, Any] | None,
) -> NoReturn:
    """Turn this fresh fork of the supervisor into a runner: walls, streams, then the loop."""
    end = enclosed(channel, outputs=outputs, walls=walls, output_limits=output_limits, shell=shell, seed=seed)
    try:
        Runner(end, cells, shell, walls.work, naming).serve()
    finally:
        _exit(71)
