"""The place of one interactive kernel: its process 1 in its cgroup, and what is to be put away after it."""

from collections.abc import Callable
from dataclasses import dataclass

from darsgah_grader.guest.frames import Channel
from darsgah_grader.sandbox.berths import Berth


@dataclass(frozen=True, slots=True)
class KernelPlace:
    """Made by ``Sandbox.open_kernel``. ``close`` waits until the kernel's processes have ended."""

    berth: Berth
    close: Callable[[], None]

    @property
    def channel(self) -> Channel:
        """To process 1 of the kernel."""
        return self.berth.fork.channel

    @property
    def pid(self) -> int:
        """Process 1 as the machine numbers it."""
        return self.berth.fork.pid

    @property
    def memory_kills(self) -> int:
        """How many of its processes the kernel has ended because it was at its own limit."""
        return self.berth.group.memory_kills() if self.berth.group is not None else 0

    @property
    def killed_for_the_machine(self) -> bool:
        """Whether the kernel has ended some below that limit: the machine had no memory left."""
        return self.berth.group is not None and self.berth.group.killed_for_the_machine()
