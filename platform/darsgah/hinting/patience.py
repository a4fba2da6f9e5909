"""How long a hint may be found out about while others wait for one: the search for a repair gives way.

The rest of a hint takes tenths of a second whatever happens; the search takes what it is given. Where nobody
waits that is all that a learner's patience allows; a command, behind which nobody stands, has that always.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from darsgah_tutor.engine import SHORTEST, Tutor


def repair_seconds(longest: float, waiting: int, cores: int) -> float:
    """What the search may take where so many hints wait for so many cores.

    With one that waits for each core it is half, with two a third, and never less than the engine's least:
    most repairs that are found are found by then.
    """
    return max(SHORTEST, longest / (1 + waiting / cores))


def hurried(tutor: Tutor, waiting: int, cores: int) -> Tutor:
    """The tutor with as much time as the queue leaves it."""
    seconds = repair_seconds(tutor.repair_seconds, waiting, cores)
    return replace(tutor, repair_seconds=seconds, seconds=tutor.seconds - tutor.repair_seconds + seconds)


class Door:
    """Lets as many threads in at once as there are cores for them.

    Attributes:
        cores: how many are let in.
        waiting: how many stand before it now.
    """

    def __init__(self, cores: int) -> None:
        self.cores = cores
        self.waiting = 0
        self._places = threading.BoundedSemaphore(cores)
        self._counting = threading.Lock()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Wait for a place, and keep it meanwhile."""
        self._count(1)
        try:
            self._places.acquire()
        finally:
            self._count(-1)
        try:
            yield
        finally:
            self._places.release()

    def _count(self, more: int) -> None:
        with self._counting:
            self.waiting += more
