"""What a model could run on here: the processor, NVIDIA hardware, and what torch makes of them.

Importing this module imports no torch; ``processor`` and ``nvidia_hardware`` only read files of the kernel.
``engine`` asks torch itself in a process of its own, ``python -m darsgah_tutor.devices``: a torch built for
another processor dies of a signal and a sick driver hangs, which no ``except`` catches; and whoever asks
stays without the 300 MB that torch takes. ``nvidia-smi`` is never needed.
"""

import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PATIENCE = 90.0
"""Seconds that torch may take to load and to try every accelerator; a slow disk takes 20."""
INSTRUCTIONS = {
    "avx2": "avx2",
    "avx512f": "avx512",
    "avx512_vnni": "avx512-vnni",
    "avx_vnni": "avx-vnni",
    "avx512_bf16": "avx512-bf16",
    "amx_tile": "amx",
    "amx_int8": "amx-int8",
    "amx_bf16": "amx-bf16",
    "asimd": "neon",
    "sve": "sve",
    "i8mm": "i8mm",
    "bf16": "bf16",
}
"""Flags of /proc/cpuinfo that change how fast a model runs, with the names used here; aarch64's are last."""
_NVIDIA = "0x10de"
_DISPLAY_CLASS = "0x03"


@dataclass(frozen=True, slots=True)
class Processor:
    """The processor as this process may use it.

    Attributes:
        name: the maker's name, else the architecture's.
        threads: those of the affinity mask, fewer where a control group grants less time.
        memory_bytes: the machine's memory, or a control group's lower limit.
        instructions: the names of ``INSTRUCTIONS`` that it has.
    """

    name: str
    threads: int
    memory_bytes: int
    instructions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NvidiaHardware:
    """NVIDIA cards on the bus, and the kernel driver's version; empty without one."""

    cards: int
    driver: str


@dataclass(frozen=True, slots=True)
class Accelerator:
    """A device of ``torch.cuda`` (CUDA or ROCm).

    Attributes:
        compute_capability: "9.0" and the like.
        bf16: it computes in bfloat16 itself.
        fault: why a small product computed on it failed; empty when it was right.
    """

    name: str
    memory_bytes: int
    compute_capability: str
    bf16: bool
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Engine:
    """The libraries that run models.

    Attributes:
        torch, transformers: installed versions; None where not installed.
        build: what torch was built for: "cpu", "cuda 12.8", "rocm 6.4"; empty where it does not load.
        accelerators: the devices that torch sees.
        fault: why torch does not load, in one line; empty when it does or is not installed.
    """

    torch: str | None
    transformers: str | None
    build: str = ""
    accelerators: tuple[Accelerator, ...] = ()
    fault: str = ""


def processor() -> Processor:
    """The processor and its memory, from the kernel's files; takes a millisecond."""
    described = _described_processor()
    flags = set((described.get("flags") or described.get("Features") or "").split())
    known = tuple(name for flag, name in INSTRUCTIONS.items() if flag in flags)
    name = described.get("model name") or platform.machine()
    return Processor(name, _threads(), _memory_bytes(), known)


def free_memory_bytes() -> int:
    """Memory that this process could take now without swapping: the machine's, or what its groups leave."""
    fields = dict(line.split(":", 1) for line in _read(Path("/proc/meminfo")).splitlines() if ":" in line)
    free = [int(fields["MemAvailable"].split()[0]) * 1024]
    for files in (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes")):
        limits, used = (_control_files("memory", name) for name in files)
        for limit, taken in zip(limits, used, strict=False):
            if limit.strip() != "max":
                free.append(max(0, int(limit) - int(taken)))
    return min(free)


def nvidia_hardware() -> NvidiaHardware:
    """Cards and driver, without torch and without nvidia-smi."""
    cards = sum(
        _read(device / "vendor").strip() == _NVIDIA
        and _read(device / "class").strip().startswith(_DISPLAY_CLASS)
        for device in Path("/sys/bus/pci/devices").glob("*")
    )
    # The first line names the module and its architecture, then the version, then when it was built.
    words = _read(Path("/proc/driver/nvidia/version")).partition("\n")[0].split()
    return NvidiaHardware(cards, next((word for word in words if word[0].isdigit() and "." in word), ""))


def engine(patience: float = PATIENCE) -> Engine:
    """What torch sees, asked in a process of its own for at most ``patience`` seconds; never raises."""
    torch, transformers = _installed("torch"), _installed("transformers")
    if torch is None:
        return Engine(None, transformers)
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-B", "-m", "darsgah_tutor.devices"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Engine(torch, transformers, fault=f"it did not load within {patience:.0f} seconds")
    except OSError as error:
        return Engine(torch, transformers, fault=f"no process could be started: {error.strerror}")
    if done.returncode:
        return Engine(torch, transformers, fault=_end_of(done))
    seen = json.loads(done.stdout.splitlines()[-1])  # torch may print above it
    accelerators = tuple(Accelerator(**accelerator) for accelerator in seen["accelerators"])
    return Engine(torch, transformers, seen["build"], accelerators)


def _end_of(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode == -signal.SIGILL:
        return "it needs instructions that this processor lacks"
    if done.returncode < 0:
        return f"it was ended by {signal.Signals(-done.returncode).name}"
    said = done.stderr.strip().splitlines()
    return said[-1] if said else f"it ended with status {done.returncode}"


def _installed(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _described_processor() -> dict[str, str]:
    """The first processor of /proc/cpuinfo."""
    lines = _read(Path("/proc/cpuinfo")).partition("\n\n")[0].splitlines()
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}


def _threads() -> int:
    threads = len(os.sched_getaffinity(0))
    for text in _control_files("cpu", "cpu.max"):
        quota, period = text.split()
        if quota != "max":
            threads = min(threads, max(1, int(quota) // int(period)))
    for quota, period in zip(
        _control_files("cpu", "cpu.cfs_quota_us"), _control_files("cpu", "cpu.cfs_period_us"), strict=False
    ):
        if int(quota) > 0:
            threads = min(threads, max(1, int(quota) // int(period)))
    return threads


def _memory_bytes() -> int:
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for name in ("memory.max", "memory.limit_in_bytes"):
        limits += [int(text) for text in _control_files("memory", name) if text.strip() != "max"]
    return min(limits)


def _control_files(controller: str, name: str) -> Iterator[str]:
    """A control file of this process's group and of those above it, where there is one."""
    for line in _read(Path("/proc/self/cgroup")).splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        top = Path("/sys/fs/cgroup", controllers)
        group = top / path.lstrip("/")
        for folder in (group, *group.parents):
            if not folder.is_relative_to(top):
                break
            text = _read(folder / name)
            if text:
                yield text


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _seen_by_torch() -> dict[str, Any]:
    """Build and accelerators; runs in the process of its own."""
    import torch  # noqa: PLC0415 - importing this module must not load torch

    build = "cpu"
    if torch.version.cuda:
        build = f"cuda {torch.version.cuda}"
    elif torch.version.hip:
        build = f"rocm {torch.version.hip}"
    seen = []
    for number in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        properties = torch.cuda.get_device_properties(number)
        fault = ""
        try:
            ones = torch.ones((8, 8), device=f"cuda:{number}")
            if (ones @ ones).sum().item() != 8**3:
                fault = "it computes wrongly"
        except RuntimeError as error:
            fault = str(error).partition("\n")[0]
        capability = f"{properties.major}.{properties.minor}"
        with torch.cuda.device(number):
            bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
        seen.append(Accelerator(properties.name, properties.total_memory, capability, bf16, fault))
    return {"build": build, "accelerators": [asdict(accelerator) for accelerator in seen]}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_seen_by_torch()) + "\n")
