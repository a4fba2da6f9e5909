"""Locks between processes on a file in the home folder. The kernel drops them when their process dies."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from darsgah.errors import ServiceUnavailable, SettingsInvalid

_PAUSE = 0.05


class FileLock:
    """A file that one process may hold alone, or several together."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise SettingsInvalid(
                f"The file {path} cannot be opened ({error.strerror}): run Darsgah as the user it belongs to."
            ) from error
        self._path = path

    def share(self) -> None:
        """Holds it together with others; waits while one holds it alone."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def try_alone(self) -> bool:
        """Whether it is now held alone: false when any other process, or another lock here, holds it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Lets go of it, for good."""
        os.close(self._file)


@contextmanager
def held_alone(path: Path, *, seconds: float, on_wait: Callable[[], None]) -> Iterator[None]:
    """Holds the file alone inside the block. Calls ``on_wait`` once when that takes longer than a second.

    Raises:
        ServiceUnavailable: another process held it for all of ``seconds``.
    """
    lock = FileLock(path)
    began, told = time.monotonic(), False
    try:
        while not lock.try_alone():
            waited = time.monotonic() - began
            if waited > seconds:
                raise ServiceUnavailable(
                    f"Another process has held {path} for {seconds:.0f} seconds: is one stuck?"
                )
            if waited > 1 and not told:
                told = True
                on_wait()
            time.sleep(_PAUSE)
        yield
    finally:
        lock.release()
