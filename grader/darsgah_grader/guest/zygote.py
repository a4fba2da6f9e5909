"""The warm process of one environment: IPython and its packages imported, forked once for every run.

Started by the host in the environment's own interpreter, as ``python -I -B -c`` with a few lines that bring
this package and call ``main``, and without variables of the host's. It has one thread, no secrets, no
learner's data, and when it is ready only its control socket and /dev/null open. It lives in the prepared
root (``rootfs``) of a user namespace without rights over the machine, before it imports anything but IPython:
so it sees the packages of its environment and no others. Each run is a clone of it in six namespaces of its
own. It ends when the host closes the control socket.
"""

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from darsgah_grader.guest import confine, linux, rootfs, seccomp, values
from darsgah_grader.guest.cells import CellRunner, warm
from darsgah_grader.guest.frames import Channel
from darsgah_grader.guest.job_series import job_header, supervise
from darsgah_grader.guest.kernel import warm_kernels
from darsgah_grader.guest.kernel_watch import watch
from darsgah_grader.guest.shell import GuestShell, create_shell
from darsgah_grader.guest.supervisor import JOB

BOOT, READY, BROKEN, MAP, MAPPED, RUN, STARTED = b"b", b"y", b"n", b"u", b"m", b"s", b"p"
"""Kinds on the control socket."""

_LONGEST = 256 * 1024 * 1024
_IMPORT_BYTES, _IMPORT_INODES = 64 * 1024 * 1024, 4096
_LAST_OF_IMPORTS = 1.0
"""Seconds for a thread that an import has started to end by itself, as matplotlib's timer does."""


class Zygote:
    """The warm process after its imports. ``boot`` is what the host said at the start."""

    def __init__(self, control: Channel, boot: dict[str, Any]) -> None:
        self._control = control
        self._namespaces: bool = boot["namespaces"]
        self._root: bool = boot["root"]
        if boot["own"] and boot["borrowed"] and tuple(boot["version"]) != sys.version_info[:2]:
            raise RuntimeError(
                "it borrows packages of the platform's Python {}.{}, and is built with Python {}.{}".format(
                    *boot["version"], *sys.version_info[:2]
                )
            )
        self._view = rootfs.View.of_interpreter(boot["borrowed"], own=boot["own"])
        if self._namespaces:
            self._enter_root()
        elif self._root:
            _check_readable_for_others(self._view)
        importlib.invalidate_caches()
        with contextlib.nullcontext() if self._namespaces else _home_for_imports():
            for module in boot["preload"]:
                importlib.import_module(module)
        values.prepare()
        self._shell: GuestShell = create_shell()
        self._cells = CellRunner(self._shell)
        if boot["interactive"]:
            warm_kernels(self._shell, boot["late"])
        warm(self._cells, self._shell)
        self._filter = seccomp.program()

    def settle(self) -> None:
        """Let go of what only the imports needed, and stop growing."""
        for thread in threading.enumerate():
            if thread is not threading.current_thread():
                thread.join(_LAST_OF_IMPORTS)
        threads = sum(1 for _ in Path("/proc/self/task").iterdir())
        if threads != 1:
            raise RuntimeError(
                f"{threads} threads run after the imports; a warm process can be forked with one only"
            )
        self._cells.figures.let_go()
        gc.collect()  # what holds descriptors still lets go of them while they are its own
        if self._namespaces:
            rootfs.unmount_work()
        sys.path[:] = [path for path in sys.path if self._view.shows(path)]
        sys.path.append("")  # modules beside the notebook, after all others: none can be put in their place
        sys.argv[:] = ["notebook"]
        null = os.open("/dev/null", os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        control = self._control.fileno()
        os.closerange(3, control)
        os.closerange(control + 1, 65536)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a run's process 1 ended
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        gc.collect()
        gc.freeze()

    def _enter_root(self) -> None:
        """As root the mounts are made with root's rights and then locked away from the user namespace.

        Until the imports are done there is a work folder as a run has one: some packages write at home.
        """
        if self._root:
            os.setgroups([])
            linux.unshare(linux.CLONE_NEWNS)
            rootfs.build(self._view)
            linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNS)
            self._control.send(MAP)
            answer = self._control.receive()
            if answer is None or answer.kind != MAPPED:
                raise RuntimeError("the host could not map an unprivileged user")
        else:
            user, group = os.geteuid(), os.getegid()
            linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNS)
            _map_identity(rootfs.LEARNER, user, group)
            rootfs.build(self._view)
        os.setresgid(rootfs.LEARNER, rootfs.LEARNER, rootfs.LEARNER)
        os.setresuid(rootfs.LEARNER, rootfs.LEARNER, rootfs.LEARNER)
        closed = self._view.closed()
        if closed:
            raise RuntimeError(f"{closed} is not readable for an unprivileged user; chmod it and its folders")
        rootfs.mount_work(_IMPORT_BYTES, _IMPORT_INODES, {})

    def serve(self) -> NoReturn:
        """Fork a run whenever the host sends its socket; end when the host is gone."""
        while True:
            message = self._control.receive()
            if message is None:
                os._exit(0)
            if message.kind != RUN or not message.descriptors:
                continue
            try:
                pid, pidfd = self._fork()
            except OSError as error:
                os.close(message.descriptors[0])
                self._control.send(BROKEN, str(error).encode())
                continue
            if pid == 0:
                self._control.close()
                self._start(message.descriptors[0])
            os.close(message.descriptors[0])
            self._control.send(STARTED, str(pid).encode(), (pidfd,))
            os.close(pidfd)

    def _fork(self) -> tuple[int, int]:
        flags = 0
        if self._namespaces:
            for flag in linux.NAMESPACES.values():
                flags |= flag
        return linux.clone(flags)

    def _start(self, descriptor: int) -> NoReturn:
        """In the fork: finish the namespaces, wait for the job, mount its work folder, supervise it."""
        try:
            host = socket.socket(fileno=descriptor)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            if self._namespaces:
                linux.set_dumpable(True)  # or /proc/self belongs to root
                _map_identity(rootfs.LEARNER, rootfs.LEARNER, rootfs.LEARNER)
                rootfs.mount_proc()
                linux.rename_host("lab")
            linux.die_with_parent(signal.SIGKILL)
            channel = Channel(host, _LONGEST)
            message = channel.receive()
            if message is None or message.kind != JOB:
                os._exit(0)
            job, walls = self._prepare(message.payload)
            if job.get("interactive"):
                watch(channel, job, walls, self._shell)
            supervise(channel, job, walls, self._shell, self._cells)
        except BaseException:  # noqa: BLE001 -- the host must learn of it, and nothing may return into serve
            os.write(descriptor, BROKEN + b"." + traceback.format_exc()[-2000:].encode())
        finally:
            os._exit(1)

    def _prepare(self, payload: bytes) -> tuple[dict[str, Any], confine.Confinement]:
        """The job's header and walls; its files lie behind the header, one after the other."""
        job, offset = job_header(payload)
        walls = confine.Confinement(
            namespaces=self._namespaces,
            seccomp=self._filter,
            visible=self._view.readable,
            listed=tuple(self._view.packages),
            **job.pop("walls"),
        )
        files: dict[str, bytes] = {}
        for name, size in job.pop("files"):
            files[name] = payload[offset : offset + size]
            offset += size
        if self._namespaces:
            rootfs.mount_work(walls.work_bytes, walls.work_inodes, files)
            confine.confine_supervisor()
            linux.die_with_parent(signal.SIGKILL)  # the change of rights has cancelled it
        return job, walls


@contextlib.contextmanager
def _home_for_imports() -> Iterator[None]:
    """A home of their own for packages that write at home when they are imported, gone when all are.

    Where the run has no root of its own, the learner's home is a path that the machine need not have.
    """
    home = os.environ["HOME"]
    with tempfile.TemporaryDirectory() as own:
        os.environ["HOME"] = own
        try:
            yield
        finally:
            os.environ["HOME"] = home


def _map_identity(inside: int, user: int, group: int) -> None:
    """Map one user and one group into the user namespace this process has just made."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{inside} {user} 1"),
        ("gid_map", f"{inside} {group} 1"),
    ):
        descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)


def _check_readable_for_others(view: rootfs.View) -> None:
    """The reduced level runs learners as other users on the machine's own root: can they read Python?"""
    pid = os.fork()
    if pid == 0:
        os.setresgid(rootfs.NOBODY, rootfs.NOBODY, rootfs.NOBODY)
        os.setresuid(rootfs.NOBODY, rootfs.NOBODY, rootfs.NOBODY)
        os._exit(1 if view.closed() else 0)
    if os.waitpid(pid, 0)[1]:
        raise RuntimeError(
            f"{os.__file__} or one of the environment's packages is not readable for ordinary users: "
            "install Python and the packages where it is"
        )


def main(descriptor: int) -> NoReturn:
    """Boot, say READY or why not, serve."""
    control = Channel(socket.socket(fileno=descriptor), _LONGEST)
    try:
        message = control.receive()
        if message is None or message.kind != BOOT:
            os._exit(0)
        zygote = Zygote(control, json.loads(message.payload))
        zygote.settle()
    except BaseException:  # noqa: BLE001 -- whatever an environment's import raises is what its author must read
        control.send(BROKEN, traceback.format_exc()[-8000:].encode())
        os._exit(1)
    control.send(READY)
    zygote.serve()
