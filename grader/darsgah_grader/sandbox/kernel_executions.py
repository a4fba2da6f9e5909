"""The cells of one kernel: which waits, which runs, which is over and was seen to be."""

import secrets
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

MOST_WAITING: Final = 500
"""Cells that may wait in one kernel."""
MOST_WAITING_TEXT: Final = 8 * 1024 * 1024
"""Characters of their code, all together: it waits in the memory of the host, not of the kernel."""
_REMEMBERED: Final = 1000


@dataclass(slots=True)
class Execution:
    """One cell that a page asked to be run.

    Attributes:
        id, cell: of this execution and of the notebook's cell, by the page.
        token: what its result has to come with.
        first: number of its first event.
        began: by the clock that never goes back; 0 while it waits.
        seen: its end was told to somebody.
    """

    id: str
    cell: str
    code: str
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    first: int = 0
    began: float = 0.0
    ended: bool = False
    seen: bool = False

    @property
    def seconds(self) -> float:
        """Since it began."""
        return round(time.monotonic() - self.began, 3) if self.began else 0.0


class Executions:
    """In the order in which they were asked for."""

    def __init__(self) -> None:
        self.present: Execution | None = None
        self._waiting: deque[Execution] = deque()
        self._known: dict[str, Execution] = {}

    @property
    def waiting(self) -> int:
        """How many have not begun."""
        return len(self._waiting)

    @property
    def latest(self) -> Execution | None:
        """The one that runs, or the last one that was asked for."""
        return self.present or next(reversed(self._known.values()), None)

    @property
    def states(self) -> dict[str, bool]:
        """Of each that is known, by its id: whether it is over."""
        return {each.id: each.ended for each in self._known.values()}

    @property
    def first_of_interest(self) -> int | None:
        """Number of the first event of those that are not over, or whose end nobody has seen."""
        return min((each.first for each in self._known.values() if not each.seen), default=None)

    def knows(self, name: str) -> bool:
        """Whether one of that id was asked for."""
        return name in self._known

    def add(self, execution: Execution) -> None:
        """Remember one; of those that are over the oldest is forgotten."""
        self._known[execution.id] = execution
        if len(self._known) > _REMEMBERED:
            del self._known[next(each.id for each in self._known.values() if each.ended)]

    def wait(self, execution: Execution) -> bool:
        """Let it wait for its turn; False when too many do, or too much."""
        text = len(execution.code) + sum(len(other.code) for other in self._waiting)
        if len(self._waiting) >= MOST_WAITING or text > MOST_WAITING_TEXT:
            execution.code = ""
            return False
        self._waiting.append(execution)
        return True

    def begin(self) -> Execution:
        """The next one, which now runs."""
        self.present = self._waiting.popleft()
        self.present.began = time.monotonic()
        return self.present

    def give_up_waiting(self) -> Iterable[Execution]:
        """Those that waited, and do so no more."""
        waiting, self._waiting = self._waiting, deque()
        return waiting

    def all_seen(self) -> None:
        """Whoever looks now has been told of each that is over."""
        for execution in self._known.values():
            execution.seen = execution.seen or execution.ended
