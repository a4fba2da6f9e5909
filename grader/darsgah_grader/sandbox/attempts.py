"""A run that was disturbed is made again: a process of it was killed, by the machine or by itself."""

import time
from collections.abc import Callable
from typing import Final

from darsgah_grader.sandbox.types import Run
from darsgah_grader.types import EnvironmentBroken

PAUSES: Final = (0.1, 0.25, 0.5, 1.0)
"""Seconds before a second, a third, ... run of one job: where memory was lacking, others end meanwhile."""


def undisturbed(seconds: float, once: Callable[[], tuple[Run, ...]]) -> tuple[Run, ...]:
    """What ``once`` gives when nothing disturbs it, or else its last attempt's.

    A learner's code that kills its own process does so every time. What the kernel killed because the machine
    had no memory left cannot be that, and no attempt of it counts.

    Args:
        seconds: what one run may take; none is begun after so many.
        once: makes the runs of one submission.

    Raises:
        EnvironmentBroken: the machine had no memory left each time.
    """
    ending = time.monotonic() + seconds
    runs = once()
    for pause in PAUSES:
        if not any(run.disturbed or run.starved for run in runs) or time.monotonic() + pause > ending:
            break
        time.sleep(pause)
        runs = once()
    if any(run.starved for run in runs):
        raise EnvironmentBroken("the machine ran out of memory while a submission ran; grade it again later")
    return runs
