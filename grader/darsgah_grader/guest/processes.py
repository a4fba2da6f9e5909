"""The processes of one run as its supervisor sees them: who has ended, what they hold, how to end all."""

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Collection
from pathlib import Path

from darsgah_grader.guest.rootfs import HOME

_PATIENCE = 5.0
_REMEMBERED = 1000


def anonymous_bytes(pid: int) -> int:
    """Memory of a process that no file stands behind; 0 when it is gone."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    return 0


class Processes:
    """``own`` says that the run has a process namespace of its own, in which this is process 1."""

    def __init__(self, own: bool) -> None:
        self._own = own
        self._statuses: dict[int, int] = {}
        self._known: set[int] = set()
        self._baseline = anonymous_bytes(os.getpid())

    def watch(self, pid: int) -> None:
        """Count this process where there is no namespace to enumerate."""
        self._known.add(pid)

    @staticmethod
    def gone(pidfd: int) -> bool:
        """Whether the process has ended, reaped or not."""
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)
        return bool(poll.poll(0))

    @staticmethod
    def stopped(pid: int) -> bool:
        """Whether the process was stopped by a signal, and runs nothing until another lets it go on."""
        with contextlib.suppress(OSError):
            return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2][:1] == b"T"
        return False

    def reap(self) -> None:
        """Take leave of every child that has ended; orphans of the run are children of process 1."""
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                if len(self._statuses) >= _REMEMBERED:
                    self._statuses.clear()
                self._statuses[pid] = status

    def _others(self) -> list[int]:
        if not self._own:
            return [pid for pid in self._known if pid not in self._statuses]
        own = os.getpid()
        return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != own]  # noqa: PTH208 -- names are all it wants

    def _beside(self, kept: Collection[int]) -> list[int]:
        return [pid for pid in self._others() if pid not in kept]

    @classmethod
    def _ended(cls, pid: int) -> bool:
        """Whether all threads of a process have ended; one whose first thread alone has ended goes on."""
        try:
            pidfd = os.pidfd_open(pid)
        except ProcessLookupError:
            return True
        except OSError:
            return False  # cannot be told
        try:
            return cls.gone(pidfd)
        finally:
            os.close(pidfd)

    def memory_held(self) -> int:
        """Bytes that the run's processes and work folder hold beyond what the warm process gave them."""
        held = sum(max(0, anonymous_bytes(pid) - self._baseline) for pid in self._others())
        if self._own:
            folder = os.statvfs(HOME)
            held += (folder.f_blocks - folder.f_bfree) * folder.f_bsize
        return held

    def count(self) -> int:
        """How many processes run besides this one."""
        return len(self._others())

    def cpu_seconds(self) -> float:
        """Processor time of the processes that run, and of those that have ended and been waited for."""
        times = os.times()
        ticks = 0
        for pid in self._others():
            with contextlib.suppress(OSError, ValueError, IndexError):
                fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        return times.children_user + times.children_system + ticks / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def folder_exceeds(path: str, size: int, entries: int) -> bool:
        """Whether a folder of the machine holds more bytes or entries than this; links are not followed.

        A folder that was locked, or nested beyond what a path can name, counts as too much: what is in it
        cannot be measured.
        """
        waiting = [path]
        while waiting:
            try:
                with os.scandir(waiting.pop()) as found:
                    for entry in found:
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                        size -= entry.stat(follow_symlinks=False).st_blocks * 512
                        entries -= 1
                        if size < 0 or entries < 0:
                            return True
            except (FileNotFoundError, NotADirectoryError):
                continue  # gone since it was seen
            except OSError:
                return True
        return False

    @staticmethod
    def kill(pid: int) -> None:
        """End one process for good."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def clear(self, kept: Collection[int]) -> int | None:
        """End what runs beside the processes ``kept``; None when nothing did.

        Otherwise how many of the dead are left: their parents among ``kept`` have yet to ask for them.
        Where the run has no process namespace nothing can be beside: the filter lets nobody fork.
        """
        if not self._own or not self._beside(kept):
            return None
        self.reap()
        if not all(self._ended(pid) for pid in self._beside(kept)):
            self._end(lambda: self._beside(kept), kept)
        return len(self._beside(kept))

    def sweep(self, runner: int, spare: int | None) -> int:
        """End the runner and all else of the run but ``spare``; the signal that ended the runner, or 0."""
        kept = [] if spare is None else [spare]
        self._end(lambda: self._beside(kept) if self._own else [runner], kept)
        self._known.discard(runner)
        status = self._statuses.pop(runner, 0)
        self._statuses.clear()
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0

    def _end(self, those: Callable[[], list[int]], kept: Collection[int]) -> None:
        """End the processes that ``those`` finds and let ``kept`` go on.

        All are stopped in one step first, so that none can start another between being seen and being ended.
        """
        if self._own:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGSTOP)
        ending = time.monotonic() + _PATIENCE
        while time.monotonic() < ending:
            found = those()
            for pid in found:
                self.kill(pid)
            if all(self._ended(pid) for pid in found):
                break
            time.sleep(0.0005)
        self.reap()
        for pid in kept:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
