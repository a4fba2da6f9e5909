"""What people are shown of the hubs slice."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec


class HubView(msgspec.Struct, frozen=True):
    """A hub as anyone may see it; ``state`` is open, planned or closed."""

    id: UUID
    code: str
    name: str
    name_ur: str
    city: str
    province: str
    timezone: str
    state: str

    def day(self, moment: datetime) -> date:
        """Which day it is there at that moment: days that end somewhere end by this one."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()


class HubPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hub in the network's data file."""

    code: str
    name: str
    name_ur: str
    city: str
    province: str
    state: str
    timezone: str = "Asia/Karachi"


class NetworkPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The network's data file, ``network.toml``."""

    hubs: tuple[HubPlan, ...]
