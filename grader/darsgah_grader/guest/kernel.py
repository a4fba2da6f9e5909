"""The process of an interactive kernel, in which a learner's cells run: one request at a time, one socket.

It speaks Jupyter's messages without Jupyter's machinery: no ZMQ, no thread, no event loop but the one that
IPython runs a cell in which awaits something. Requests are JSON of the host; what is shown goes to process 1
as in a grading. Whatever a learner's code does to this process, or says with its socket, speaks for that
learner's kernel alone: nothing here decides about anything but what the learner is shown.
"""

import builtins
import contextlib
import getpass
import json
import os
import signal
import sys
import threading
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any, NoReturn, cast

from IPython.core.completer import provisionalcompleter, rectify_completions
from IPython.utils.tokenutil import token_at_cursor

from darsgah_grader.guest import confine
from darsgah_grader.guest.capture import STDOUT, CapturedStream
from darsgah_grader.guest.frames import Channel, Message
from darsgah_grader.guest.kernel_displays import show_like_a_notebook
from darsgah_grader.guest.runner import HELLO, enclosed
from darsgah_grader.guest.shell import GuestShell, describe

EXECUTE, ASK, INPUT = b"c", b"q", b"i"
"""From process 1, as the host sent it: run a cell, answer a question, a line that was typed."""
RESULT, ANSWER = b"r", b"a"
"""To it: how a cell ended, the answer to a question; INPUT when a cell asks for a line."""

_MOST_MATCHES = 200
_LONGEST_HELP = 20_000
_TYPED = "········"
"""What stands for a password that was typed, however long it is."""
_exit, _getpid, _handle = os._exit, os.getpid, signal.signal


class KernelProcess:
    """The loop. ``shell`` comes from the warm process."""

    def __init__(self, channel: Channel, shell: GuestShell) -> None:
        self._channel = channel
        self._shell = shell
        self._pid = _getpid()
        self._asked = 0
        shell.capture.send = self._send
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, CapturedStream):
                stream.adopt()
        shell.capture.begin()
        show_like_a_notebook(shell)
        for module in {builtins, sys.modules["builtins"]}:
            vars(module)["input"] = self._input
        getpass.getpass = self._password
        os.register_at_fork(after_in_child=self._let_go)

    def _let_go(self) -> None:
        """A process that a cell forks has no part in this channel."""
        self._channel.close()

    def _send(self, kind: bytes, payload: bytes) -> None:
        if _getpid() == self._pid:
            self._channel.send(kind, payload)

    def serve(self) -> NoReturn:
        """Take requests until process 1 is gone."""
        _handle(signal.SIGINT, signal.SIG_IGN)
        self._channel.send(HELLO, str(self._pid).encode())
        while True:
            os.set_blocking(self._channel.fileno(), True)  # a cell may have changed it
            message = self._channel.receive()
            if message is None:
                _exit(0)
            if message.kind == EXECUTE:
                self._reply(RESULT, self._execute, message)
            elif message.kind == ASK:
                self._reply(ANSWER, self._answer, message)

    def _reply(self, kind: bytes, do: Any, message: Message) -> None:  # noqa: ANN401 -- one of two methods here
        """Do what is asked while it may be interrupted, and say the end of it whatever happens."""
        request = json.loads(message.payload)
        content: dict[str, Any] = {"status": "aborted"}
        try:
            _handle(signal.SIGINT, signal.default_int_handler)
            content = do(request)
        except BaseException as error:  # noqa: BLE001 -- raised between IPython's code and ours
            content = {"status": "error", "ename": type(error).__name__, "evalue": ""}
        finally:
            if _getpid() != self._pid:
                _exit(0)  # a copy that a cell has made
            _handle(signal.SIGINT, signal.SIG_IGN)
            self._shell.capture.muted = False
            self._shell.capture.flush()
            self._channel.send(kind, json.dumps({"token": request["token"], **content}).encode())

    # -- cells ----------------------------------------------------------------------------------------------

    def _execute(self, request: Mapping[str, Any]) -> dict[str, Any]:
        self._shell.capture.begin()
        done = self._shell.run_cell(request["code"], store_history=True)  # type: ignore[no-untyped-call] # IPython has no type here
        error = done.error_before_exec or done.error_in_exec
        count: int = self._shell.execution_count - 1
        if error is None:
            return {"status": "ok", "execution_count": count}
        name, value = describe(type(error), error)
        return {"status": "error", "execution_count": count, "ename": name, "evalue": value}

    def _input(self, prompt: object = "", /) -> str:
        """What ``input`` is in a kernel."""
        return self._line(str(prompt), password=False)

    def _password(self, prompt: str = "Password: ", stream: object = None) -> str:
        """What ``getpass.getpass`` is in a kernel."""
        return self._line(str(prompt), password=True)

    def _line(self, prompt: str, *, password: bool) -> str:
        if _getpid() != self._pid or threading.current_thread() is not threading.main_thread():
            raise EOFError("only the cell itself can ask for a line, no thread and no other process")
        self._shell.capture.flush()
        self._asked += 1
        asked = {"number": self._asked, "prompt": prompt[:2000], "password": password}
        self._channel.send(INPUT, json.dumps(asked).encode())
        while True:
            message = self._channel.receive()
            if message is None:
                _exit(0)
            if message.kind != INPUT:
                continue
            answer = json.loads(message.payload)
            if answer["number"] == self._asked:
                line = cast("str", answer["value"])
                self._shell.capture.text(STDOUT, f"{prompt}{_TYPED if password else line}\n")
                return line

    # -- questions ------------------------------------------------------------------------------------------

    def _answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """A completion or a help text; what a learner's objects print meanwhile is nobody's output."""
        self._shell.capture.muted = True
        if request["type"] == "complete_request":
            return _completion(self._shell, request["code"], request["cursor_pos"])
        return _help(self._shell, request["code"], request["cursor_pos"])


def _completion(shell: GuestShell, code: str, cursor: int) -> dict[str, Any]:
    """IPython's own matches; positions are in characters."""
    with provisionalcompleter():
        found = list(rectify_completions(code, shell.Completer.completions(code, cursor)))[:_MOST_MATCHES]
    dot = int(bool(found) and all(match.text.startswith(".") for match in found))  # of an attribute
    return {
        "status": "ok",
        "matches": [{"text": match.text[dot:], "type": match.type or ""} for match in found],
        "cursor_start": found[0].start + dot if found else cursor,
        "cursor_end": found[0].end if found else cursor,
    }


def _help(shell: GuestShell, code: str, cursor: int) -> dict[str, Any]:
    """The signature and the docstring of what stands at the cursor."""
    name = token_at_cursor(code, cursor)
    with contextlib.suppress(KeyError):
        bundle = shell.object_inspect_mime(name)  # type: ignore[no-untyped-call] # IPython has no type here
        return {"status": "ok", "found": True, "text": str(bundle["text/plain"])[:_LONGEST_HELP]}
    return {"status": "ok", "found": False, "text": ""}


def warm_kernels(shell: GuestShell, modules: Iterable[str]) -> None:
    """Import what completing, helping and ``modules`` need, so that all kernels share it.

    A warm process that only grades does without: it takes a tenth of a second and some megabytes.
    """
    for module in modules:
        with contextlib.suppress(Exception):  # an environment that lacks one of them still runs the rest
            import_module(module)
    shell.Completer.use_jedi = False
    shell.user_ns["warm"] = {"first": [0]}
    _completion(shell, "warm.ke", 7)
    _completion(shell, "warm['first'][0].re", 19)
    _help(shell, "warm.keys", 6)
    _help(shell, "enumerate", 3)
    del shell.user_ns["warm"]


def become_kernel(
    channel: Any,  # noqa: ANN401 -- a socket, whose module this one has no other use for
    *,
    outputs: tuple[int, int],
    walls: confine.Confinement,
    output_limits: tuple[int, int],
    shell: GuestShell,
    seed: int,
) -> NoReturn:
    """Turn this fresh fork of process 1 into a kernel: walls, streams, then the loop."""
    end = enclosed(channel, outputs=outputs, walls=walls, output_limits=output_limits, shell=shell, seed=seed)
    try:
        KernelProcess(end, shell).serve()
    finally:
        _exit(71)
