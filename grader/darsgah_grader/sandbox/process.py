"""The warm process of one environment, as the host sees it: started, asked to fork, ended."""

import contextlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from darsgah_grader.environments.distributions import borrowed
from darsgah_grader.guest import rootfs
from darsgah_grader.guest.frames import Channel, Message, ProtocolError
from darsgah_grader.guest.zygote import BOOT, BROKEN, MAP, MAPPED, READY, RUN, STARTED
from darsgah_grader.types import Environment, EnvironmentBroken, SandboxLevel

_BOOT_SECONDS = 60.0
"""An environment that takes longer to get warm hangs; heavy packages on a cold disk take ten."""
_FORK_SECONDS = 30.0
_LONGEST = 16 * 1024 * 1024
_UNPRIVILEGED = (1_999_900_000, rootfs.NOBODY)
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
_BOOTSTRAP = """import sys
if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0])
import importlib.util
folder = sys.argv[1]
spec = importlib.util.spec_from_file_location(
    "darsgah_grader", folder + "/__init__.py", submodule_search_locations=[folder]
)
sys.modules["darsgah_grader"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules["darsgah_grader"])
sys.path += [path for path in sys.argv[3:] if path not in sys.path]
from darsgah_grader.guest.zygote import main
main(int(sys.argv[2]))
"""
"""Brings the guest into any interpreter: the one package, and no folder of the project on the path."""
_GUEST = Path(rootfs.__file__).parents[1]
_DESCRIPTOR_PLACE = 6
"""Of the control socket's descriptor among the arguments: after the program and the guest's folder."""


@dataclass(frozen=True, slots=True)
class Fork:
    """A fresh fork of the warm process: process 1 of a run that waits for its job."""

    channel: Channel
    pidfd: int
    pid: int


class WarmProcess:
    """Not safe to call from several threads at once: the caller holds a lock."""

    def __init__(self, environment: Environment, level: SandboxLevel, *, interactive: bool = False) -> None:
        self._environment = environment
        self._level = level
        self._interactive = interactive
        self._process: subprocess.Popen[bytes] | None = None
        self._control: Channel | None = None

    @property
    def pid(self) -> int | None:
        """Its process number, while it is there."""
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until it is warm; EnvironmentBroken with what it said when it never is."""
        try:
            command = self._command()
        except EnvironmentBroken as error:
            raise self._broken(error) from None
        ours, theirs = Channel.pair()
        control = Channel(ours, _LONGEST)
        with os.fdopen(os.memfd_create("darsgah-said"), "w+b") as said:  # a file that no full disk refuses
            with theirs:
                command.insert(_DESCRIPTOR_PLACE, str(theirs.fileno()))
                self._process = subprocess.Popen(  # noqa: S603 -- the environment's interpreter, our own module
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    env=_ENVIRONMENT,
                    cwd="/",
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
            self._control = control
            try:
                self._greet(control)
            except (OSError, ProtocolError, EnvironmentBroken) as error:
                self.stop()
                said.seek(0)
                raise self._broken(error, said.read(8000).decode("utf-8", "replace")) from None

    def _broken(self, error: Exception, printed: str = "") -> EnvironmentBroken:
        why = "its process ended at once" if isinstance(error, ConnectionError) else error
        said = f"the environment {self._environment.name} does not start: {why}\n{printed.strip()}"
        return EnvironmentBroken(said.strip())

    def _command(self) -> list[str]:
        python = self._environment.python
        if python and not Path(python).exists():
            raise EnvironmentBroken(
                f"it has not been built on this machine: darsgah environment build {self._environment.name}"
            )
        return [
            *(python or sys.executable, "-I", "-B", "-c", _BOOTSTRAP),
            *(str(_GUEST), *borrowed(self._environment.platform)),
        ]

    def _greet(self, control: Channel) -> None:
        boot = {
            "preload": list(self._environment.preload),
            "late": list(self._environment.late),
            "interactive": self._interactive,
            "namespaces": self._level is SandboxLevel.NAMESPACES,
            "root": os.geteuid() == 0,
            "own": bool(self._environment.python),
            "borrowed": borrowed(self._environment.platform),
            "version": sys.version_info[:2],
        }
        control.send(BOOT, json.dumps(boot).encode())
        deadline = time.monotonic() + _BOOT_SECONDS
        while True:
            control.socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                message = control.receive()
            except TimeoutError:
                raise EnvironmentBroken(f"it is not warm after {_BOOT_SECONDS:.0f} seconds") from None
            if message is None:
                raise EnvironmentBroken("its process ended at once")
            if message.kind == READY:
                return
            if message.kind == BROKEN:
                raise EnvironmentBroken(message.payload.decode("utf-8", "replace"))
            if message.kind == MAP and self._process is not None:
                _map_unprivileged(self._process.pid)
                control.send(MAPPED)

    def stop(self) -> None:
        """End it, and with it every run forked from it."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            self._process.wait()
            self._process = None

    def fork(self) -> Fork:
        """Have it fork; OSError or ProtocolError when it cannot, and then it is best started anew."""
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
        return Fork(Channel(ours, _LONGEST), answer.descriptors[0], int(answer.payload))


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
