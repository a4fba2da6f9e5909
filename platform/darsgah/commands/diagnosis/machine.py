"""The machine itself: system, Python, cores, memory, limits, clock and text."""

import os
import platform
import resource
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from darsgah.commands.diagnosis.findings import Check, Finding, State, Value, in_bytes
from darsgah.settings import Settings
from darsgah_grader.types import Limits
from darsgah_tutor.devices import Processor, processor

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 13)
FOUNDATION_BYTES = 1 << 30
"""What web server, database and warm environments take together, rounded up."""
LEAST_MEMORY = FOUNDATION_BYTES + Limits().memory_bytes
FEW_FILES = 1024
TOO_FEW_FILES = 256
EARLIEST_YEAR = 2026
"""No clock that is right shows an earlier year than this program's."""
CHROMIUM = "/usr/bin/chromium"
"""Where the browser tests look."""


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """What the machine is.

    Attributes:
        cores: all of the machine's; ``processor.threads`` are those this process may use.
        available_bytes: memory that programs may still take.
        open_files, most_open_files: the soft limit and the hard one.
        encoding: of file names and of what is printed.
        at_once: submissions that one worker grades at once by its settings.
    """

    system: str
    distribution: str
    python: tuple[int, int, int]
    cores: int
    processor: Processor
    available_bytes: int
    open_files: int
    most_open_files: int
    now: datetime
    encoding: str
    chromium: bool
    at_once: int


def look(settings: Settings) -> MachineFacts:
    """The facts, from the kernel's files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    cores = os.cpu_count() or 1
    return MachineFacts(
        system=f"{_release('PRETTY_NAME')}, Linux {platform.release()}, {platform.machine()}",
        distribution=_release("ID"),
        python=sys.version_info[:3],
        cores=cores,
        processor=processor(),
        available_bytes=_available_bytes(),
        open_files=sys.maxsize if soft == resource.RLIM_INFINITY else soft,
        most_open_files=sys.maxsize if hard == resource.RLIM_INFINITY else hard,
        now=datetime.now(UTC),
        encoding=sys.getfilesystemencoding(),
        chromium=shutil.which("chromium") is not None,
        at_once=settings.worker_concurrency or cores,
    )


def _release(name: str) -> str:
    try:
        return platform.freedesktop_os_release().get(name, "Linux")
    except OSError:
        return "Linux"


def _available_bytes() -> int:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


def findings(facts: MachineFacts) -> Iterator[Finding]:
    """What the facts mean."""
    yield Finding(Check.SYSTEM, State.NOTE, facts.system, "Darsgah is made for Debian and Ubuntu.")
    yield _python(facts)
    yield _cores(facts)
    yield _memory(facts)
    yield _open_files(facts)
    yield _clock(facts)
    yield _text(facts)
    if facts.chromium:
        yield Finding(Check.CHROMIUM, State.NOTE, "installed", "For developers: the browser tests can run.")
    else:
        meaning = f"For developers alone: the browser tests need {CHROMIUM}. The platform does not."
        yield Finding(
            Check.CHROMIUM, State.NOTE, "not installed", meaning, ("sudo apt-get install chromium",)
        )


def _python(facts: MachineFacts) -> Finding:
    version = ".".join(map(str, facts.python))
    if OLDEST_PYTHON <= facts.python[:2] <= NEWEST_PYTHON:
        meaning = "Darsgah runs on Python 3.11 to 3.13."
        return Finding(Check.PYTHON, State.OK, version, meaning, values={"version": version})
    return Finding(
        Check.PYTHON,
        State.MISSING,
        f"{version}, and 3.11 to 3.13 are needed",
        "The locked packages are tried with these versions and no others.",
        ("sudo apt-get install python3.11 python3.11-venv", "rm -rf .venv && make setup PYTHON=python3.11"),
        values={"version": version},
    )


def _cores(facts: MachineFacts) -> Finding:
    threads = facts.processor.threads
    values: dict[str, Value] = {"usable": threads, "machine": facts.cores, "graded_at_once": facts.at_once}
    meaning = f"A worker grades {facts.at_once} at once (DARSGAH_WORKER_CONCURRENCY)."
    if facts.at_once > threads:
        return Finding(
            Check.CORES,
            State.LIMITED,
            f"{threads} of {facts.cores} may be used, and a worker grades {facts.at_once} at once",
            "More at once than cores makes every submission slower and its time limits tighter.",
            (f"export DARSGAH_WORKER_CONCURRENCY={threads}",),
            values=values,
        )
    return Finding(Check.CORES, State.OK, f"{threads}", meaning, values=values)


def _memory(facts: MachineFacts) -> Finding:
    """One submission may use up to its lab's limit, and as many run as are graded at once."""
    total, each = facts.processor.memory_bytes, Limits().memory_bytes
    most = FOUNDATION_BYTES + facts.at_once * each
    found = f"{in_bytes(total)}, {in_bytes(facts.available_bytes)} of it free"
    values: dict[str, Value] = {
        "total_bytes": total,
        "available_bytes": facts.available_bytes,
        "wanted_bytes": most,
    }
    if total < LEAST_MEMORY:
        return Finding(
            Check.MEMORY,
            State.LIMITED,
            found,
            f"Too little for one submission that uses all it may ({in_bytes(each)}) beside the platform: "
            "the kernel would end something. Grade one at a time and give the machine swap.",
            (
                "export DARSGAH_WORKER_CONCURRENCY=1",
                "sudo fallocate -l 4G /swapfile && sudo chmod 600 /swapfile",
                "sudo mkswap /swapfile && sudo swapon /swapfile",
            ),
            values=values,
        )
    if total < most:
        fitting = (total - FOUNDATION_BYTES) // each
        return Finding(
            Check.MEMORY,
            State.LIMITED,
            found,
            f"{facts.at_once} submissions at once may use {in_bytes(most)} with the platform: "
            "the kernel may end one that did nothing wrong.",
            (f"export DARSGAH_WORKER_CONCURRENCY={fitting}",),
            values=values,
        )
    return Finding(
        Check.MEMORY,
        State.OK,
        found,
        f"Enough for {facts.at_once} submissions at once at {in_bytes(each)} each.",
        values=values,
    )


def _open_files(facts: MachineFacts) -> Finding:
    found = f"{facts.open_files} for each process"
    values: dict[str, Value] = {"soft": facts.open_files, "hard": facts.most_open_files}
    if facts.open_files >= FEW_FILES:
        meaning = f"About {min(facts.open_files - 200, 100_000)} pages may be open at once."
        return Finding(Check.OPEN_FILES, State.OK, found, meaning, values=values)
    wanted = min(65536, facts.most_open_files)
    mend = [f"ulimit -n {wanted}"] if wanted > facts.open_files else []
    return Finding(
        Check.OPEN_FILES,
        State.MISSING if facts.open_files < TOO_FEW_FILES else State.LIMITED,
        found,
        "Every open page takes one, and so do database and sandbox: with none left, people are turned away.",
        (*mend, "sudo systemctl edit darsgah  # [Service] LimitNOFILE=65536"),
        values=values,
    )


def _clock(facts: MachineFacts) -> Finding:
    found = facts.now.strftime("%Y-%m-%d %H:%M UTC")
    values: dict[str, Value] = {"utc": facts.now.isoformat(timespec="seconds")}
    if facts.now.year >= EARLIEST_YEAR:
        meaning = "Deadlines, sessions and receipts go by this clock."
        return Finding(Check.CLOCK, State.OK, found, meaning, values=values)
    return Finding(
        Check.CLOCK,
        State.MISSING,
        f"{found}, which cannot be",
        "Deadlines, sessions and receipts go by this clock.",
        ("sudo apt-get install systemd-timesyncd", "sudo timedatectl set-ntp true"),
        values=values,
    )


def _text(facts: MachineFacts) -> Finding:
    values: dict[str, Value] = {"encoding": facts.encoding}
    if facts.encoding.lower().replace("-", "") == "utf8":
        return Finding(
            Check.TEXT, State.OK, "UTF-8", "Names and files in any script are safe.", values=values
        )
    return Finding(
        Check.TEXT,
        State.LIMITED,
        f"{facts.encoding}, not UTF-8",
        "Files whose names are not English may not be found or written.",
        ("export LANG=C.UTF-8",),
        values=values,
    )
