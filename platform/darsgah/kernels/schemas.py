"""What administrators are shown of kernels."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec


class KernelView(msgspec.Struct, frozen=True):
    """A learner's kernel; sizes in bytes.

    Attributes:
        state: starting, idle, busy, dead or gone.
        watched: a page is open.
        idle_since: when it was last used; None while it runs a cell.
    """

    learner: UUID
    learner_name: str
    assignment: UUID
    hub: UUID
    lab: str
    environment: str
    state: str
    watched: bool
    memory_bytes: int
    memory_limit_bytes: int
    cpu_seconds: float
    processes: int
    started_at: datetime
    idle_since: datetime | None

    @classmethod
    def of(cls, row: dict[str, Any], now: datetime) -> "KernelView":
        """A row of a host's report; ValidationError when it is none."""
        idle = row.pop("idle_seconds")
        moments = {
            "started_at": now - timedelta(seconds=row.pop("age_seconds")),
            "idle_since": now - timedelta(seconds=idle) if idle else None,
        }
        return msgspec.convert(row | moments, cls)


class HostView(msgspec.Struct, frozen=True):
    """One machine's bounds: kernels at once, kernels of one learner, seconds until an unused one is ended."""

    address: str
    places: int
    each: int
    idle_seconds: float
    waiting: int


class KernelsView(msgspec.Struct, frozen=True):
    """The kernels of the hubs that an administrator runs.

    Attributes:
        kernels: those of their hubs, the largest first.
        hosts: the machines that answer.
        away: addresses of those that do not.
    """

    kernels: tuple[KernelView, ...]
    hosts: tuple[HostView, ...]
    away: tuple[str, ...]
    taken_at: datetime

    @property
    def memory_bytes(self) -> int:
        """What these kernels hold together."""
        return sum(kernel.memory_bytes for kernel in self.kernels)

    @property
    def cpu_seconds(self) -> float:
        """What these kernels have computed together."""
        return sum(kernel.cpu_seconds for kernel in self.kernels)

    @property
    def places(self) -> int:
        """Kernels at once on all machines."""
        return sum(host.places for host in self.hosts)
