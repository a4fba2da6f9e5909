"""A small tracer: how long named functions take, in this process and in those forked from it.

Records go to shared memory, because a process of the sandbox has no file left to write to. Every process
takes a region of its own, chosen by the moment of its fork. Standard library only: it is loaded beside the
sandbox's warm process too, and never by the product.
"""

import functools
import importlib
import mmap
import os
import resource
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

REGIONS, REGION_BYTES = 2048, 512 * 1024
_RECORD = struct.Struct("=HHddI")
_HEAD = struct.Struct("=QI")


@dataclass(frozen=True, slots=True)
class Span:
    """One call of a traced function: in which process (by region) and thread, when, its minor page faults."""

    name: str
    process: int
    thread: int
    start: float
    seconds: float
    faults: int

    @property
    def end(self) -> float:
        """When it returned, on the monotonic clock."""
        return self.start + self.seconds


class Tracer:
    """Wraps functions so that each call leaves a span in the shared memory behind ``descriptor``.

    Args:
        descriptor: a memfd of ``size()`` bytes; it may be closed afterwards.
        names: ``module:qualified.name`` of every function to trace, the same list in reader and writers.
    """

    def __init__(self, descriptor: int, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._memory = mmap.mmap(descriptor, self.size())
        self._take_region()

    @staticmethod
    def size() -> int:
        """Bytes of shared memory; untouched regions cost nothing."""
        return REGIONS * REGION_BYTES

    def _take_region(self) -> None:
        moment = time.monotonic_ns()
        self._base = moment // 1000 % REGIONS * REGION_BYTES
        self._used = _HEAD.size
        self._count = 0
        _HEAD.pack_into(self._memory, self._base, moment, 0)

    def install(self, names: Sequence[str]) -> None:
        """Wrap these of the names in this process, and follow its forks."""
        os.register_at_fork(after_in_child=self._take_region)
        for name in names:
            module, _, path = name.partition(":")
            owner: Any = importlib.import_module(module)
            *outer, last = path.split(".")
            for part in outer:
                owner = getattr(owner, part)
            found = owner.__dict__[last] if isinstance(owner, type) else getattr(owner, last)
            static = isinstance(found, staticmethod)
            wrapped = self._wrapped(found.__func__ if static else found, self._names.index(name))
            setattr(owner, last, staticmethod(wrapped) if static else wrapped)

    def _wrapped(self, function: Callable[..., Any], number: int) -> Callable[..., Any]:
        @functools.wraps(function)
        def traced(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the function takes and gives
            faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
            start = time.monotonic()
            try:
                return function(*arguments, **named)
            finally:
                seconds = time.monotonic() - start
                now = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
                self._record(number, start, seconds, max(0, now - faults))

        return traced

    def _record(self, number: int, start: float, seconds: float, faults: int) -> None:
        if self._used + _RECORD.size > REGION_BYTES:
            return
        thread = threading.get_ident() // 4096 % 65536
        _RECORD.pack_into(self._memory, self._base + self._used, number, thread, start, seconds, faults)
        self._used += _RECORD.size
        self._count += 1
        struct.pack_into("=I", self._memory, self._base + 8, self._count)

    def spans(self) -> Iterator[Span]:
        """Everything recorded so far by every process."""
        for region in range(REGIONS):
            base = region * REGION_BYTES
            _, count = _HEAD.unpack_from(self._memory, base)
            for place in range(count):
                number, thread, start, seconds, faults = _RECORD.unpack_from(
                    self._memory, base + _HEAD.size + place * _RECORD.size
                )
                yield Span(self._names[number], region, thread, start, seconds, faults)
