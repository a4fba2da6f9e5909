"""What a look at the machine comes to: findings in words, with what they mean and what mends them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Value = str | int | float | bool | None


class State(StrEnum):
    """How a thing is. ``note`` is a fact with no judgement; with anything ``missing`` Darsgah is not safe."""

    OK = "ok"
    NOTE = "note"
    LIMITED = "limited"
    MISSING = "missing"


class Check(StrEnum):
    """The stable names of what is looked at; docs/operations.md explains each."""

    SYSTEM = "machine.system"
    PYTHON = "machine.python"
    CORES = "machine.cores"
    MEMORY = "machine.memory"
    OPEN_FILES = "machine.open_files"
    CLOCK = "machine.clock"
    TEXT = "machine.text"
    CHROMIUM = "machine.chromium"
    LEVEL = "sandbox.level"
    CGROUPS = "sandbox.cgroups"
    ENVIRONMENT = "sandbox.environment"
    KERNEL_HOST = "kernels.host"
    KERNEL_TRIAL = "kernels.trial"
    SETTINGS = "settings.values"
    SETTING_NAMES = "settings.names"
    SECRET = "settings.secret"  # noqa: S105 - the name of a check
    HOME = "storage.home"
    BLOBS = "storage.blobs"
    SERVER = "database.server"
    TABLES = "database.tables"
    ROUND_TRIP = "database.round_trip"
    DATABASE_CLOCK = "database.clock"
    PORT = "web.port"
    ADDRESS = "web.address"
    ASSETS = "web.assets"
    PROCESSOR = "model.processor"
    LIBRARIES = "model.libraries"
    ACCELERATOR = "model.accelerator"
    TUTOR_MODEL = "model.tutor"
    UNCHECKED = "doctor.unchecked"


TITLES: Mapping[Check, str] = {
    Check.SYSTEM: "System",
    Check.PYTHON: "Python",
    Check.CORES: "Cores",
    Check.MEMORY: "Memory",
    Check.OPEN_FILES: "Open files",
    Check.CLOCK: "Clock",
    Check.TEXT: "Text encoding",
    Check.CHROMIUM: "Chromium",
    Check.LEVEL: "Isolation",
    Check.CGROUPS: "Control groups",
    Check.ENVIRONMENT: "Environment",
    Check.KERNEL_HOST: "Host",
    Check.KERNEL_TRIAL: "A kernel",
    Check.SETTINGS: "Values",
    Check.SETTING_NAMES: "Names",
    Check.SECRET: "Secret",
    Check.HOME: "Home folder",
    Check.BLOBS: "Notebooks",
    Check.SERVER: "Server",
    Check.TABLES: "Tables",
    Check.ROUND_TRIP: "Round trip",
    Check.DATABASE_CLOCK: "Its clock",
    Check.PORT: "Port",
    Check.ADDRESS: "Address",
    Check.ASSETS: "Page files",
    Check.PROCESSOR: "Processor",
    Check.LIBRARIES: "Libraries",
    Check.ACCELERATOR: "GPU",
    Check.TUTOR_MODEL: "Words of hints",
    Check.UNCHECKED: "Not examined",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        check: what was looked at.
        state: how it is.
        found: what is there.
        meaning: what that means for the platform.
        mend: commands, in order; where no command helps, words.
        subject: tells findings of one check apart: an environment, the number of an accelerator.
        values: the facts as numbers and short words, for machines.
    """

    check: Check
    state: State
    found: str
    meaning: str
    mend: tuple[str, ...] = ()
    subject: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The check's name and the subject: unique in a report."""
        return f"{self.check}.{self.subject}" if self.subject else str(self.check)

    @property
    def title(self) -> str:
        """What the line is headed."""
        return f"{TITLES[self.check]} {self.subject}".strip()


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one part of the machine; ``name`` is stable, ``title`` is for people."""

    name: str
    title: str
    findings: tuple[Finding, ...]


def in_bytes(size: int) -> str:
    """A size as people read it, in binary units."""
    for unit, power in (("GiB", 30), ("MiB", 20)):
        if size >= 1 << power:
            return f"{size / (1 << power):.1f} {unit}"
    return f"{size / 1024:.0f} KiB"
