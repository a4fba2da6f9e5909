"""How often a run is made that was disturbed: a process of it killed, by the machine or by itself."""

import time
from typing import Final

PAUSES: Final = (0.25, 1.0)
"""Seconds before a second and a third run of one job: where memory was lacking, others end meanwhile."""


class Attempts:
    """Counts from the first run on; ``seconds`` is what one run may take, after which none is begun again."""

    def __init__(self, seconds: float) -> None:
        self._pauses = iter(PAUSES)
        self._ending = time.monotonic() + seconds

    def another(self) -> bool:
        """Whether to run again, after a pause."""
        pause = next(self._pauses, None)
        if pause is None or time.monotonic() + pause > self._ending:
            return False
        time.sleep(pause)
        return True
