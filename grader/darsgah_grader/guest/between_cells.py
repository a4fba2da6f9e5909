"""What a cell can leave behind to interrupt whatever runs next, put aside while no code of a cell runs.

Timers end with their cell, and so do trace and profile functions and callbacks of the garbage collector.
Handlers of signals rest between the cells, where nothing of the learner's may be called, and are back in
place for the next cell: a lab may install one for its tests. The functions are those of before any
learner's code; SIGINT is the runner's own affair.
"""

import _signal  # type: ignore[import-not-found] # what signal wraps in ten times slower enumerations
import gc
import sys
import threading
from typing import Any

_getsignal, _signal_signal, _setitimer = _signal.getsignal, _signal.signal, _signal.setitimer
_SIGNALS = tuple(sorted(set(map(int, _signal.valid_signals())) - {2, 9, 19}))
_TIMERS = (_signal.ITIMER_REAL, _signal.ITIMER_VIRTUAL, _signal.ITIMER_PROF)
_IGNORED = _signal.SIG_IGN
_settrace, _gettrace, _setprofile = sys.settrace, sys.gettrace, sys.setprofile
_trace_threads, _profile_threads = threading.settrace, threading.setprofile
_callbacks, _own_callbacks = gc.callbacks, len(gc.callbacks)
_callable = callable
_ATTEMPTS = 100


class Interruptions:
    """One for each process that runs cells."""

    def __init__(self) -> None:
        self._handlers: dict[int, Any] = {}

    def suspend(self) -> None:
        """After a cell. A handler may be called, and raise, until this has been through once."""
        for _ in range(_ATTEMPTS):
            try:
                self._suspend()
            except BaseException:  # noqa: BLE001, S112 -- whatever a learner's handler raises here
                continue
            return

    def _suspend(self) -> None:
        for timer in _TIMERS:
            _setitimer(timer, 0)
        end_tracing()
        _trace_threads(None)
        _profile_threads(None)
        del _callbacks[_own_callbacks:]
        for number in _SIGNALS:
            handler: Any = _getsignal(number)
            if _callable(handler):
                self._handlers[number] = handler
                _signal_signal(number, _IGNORED)

    def resume(self) -> None:
        """Before a cell."""
        while self._handlers:
            _signal_signal(*self._handlers.popitem())


def tracing() -> bool:
    """Whether a trace function is set, which can make a test's frame skip lines."""
    return _gettrace() is not None


def end_tracing() -> None:
    """Take away trace and profile functions."""
    _settrace(None)
    _setprofile(None)
