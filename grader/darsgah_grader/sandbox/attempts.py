"""How often a run is made that was disturbed: a process of it killed, by the machine or by itself."""

import time
from typing import Final

MOST: Final = 3
"""Runs of one job, the first one included."""


class Attempts:
    """Counts from the first run on; ``seconds`` is what one run may take, after which none is begun again."""

    def __init__(self, seconds: float) -> None:
        self._left = MOST - 1
        self._ending = time.monotonic() + seconds

    def another(self) -> bool:
        """Whether to run again."""
        self._left -= 1
        return self._left >= 0 and time.monotonic() < self._ending
