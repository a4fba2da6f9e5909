"""What this machine can do to contain a learner's code, tried and not guessed, with what mends it.

The rule is to fail closed: below the reduced level no untrusted code is run.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from darsgah_grader.sandbox.cgroups import CgroupReport, examine
from darsgah_grader.types import SandboxLevel

_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One thing the sandbox wants of the kernel.

    Attributes:
        name: what people call it.
        available: it worked when it was tried.
        detail: its version, or what the kernel answered.
        remedy: the command that makes it available; empty when nothing is lacking or nothing helps.
    """

    name: str
    available: bool
    detail: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class LevelReport:
    """What ``darsgah doctor`` shows.

    Attributes:
        level: the best level this machine reaches for this user.
        mechanisms: every mechanism with its state.
        reasons: why the level is not a better one, in sentences; empty at the best level.
        cgroups: how memory and processes of a run are limited.
    """

    level: SandboxLevel
    mechanisms: tuple[Mechanism, ...]
    reasons: tuple[str, ...]
    cgroups: CgroupReport


def _sysctl(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""


def _namespace_remedy() -> str:
    """The command for the switch that is off here; distributions differ in which one they have."""
    if _sysctl("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    if _sysctl("kernel/unprivileged_userns_clone") == "0":
        return "sudo sysctl -w kernel.unprivileged_userns_clone=1"
    if _sysctl("user/max_user_namespaces") == "0":
        return "sudo sysctl -w user.max_user_namespaces=15000"
    if Path("/.dockerenv").exists():
        return "docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined ..."
    return ""


def _trials() -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-m", "darsgah_grader.guest.probe"],
        capture_output=True,
        timeout=_PATIENCE,
        check=True,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    )
    trials: dict[str, Any] = json.loads(done.stdout)
    return trials


def _mechanisms(trials: dict[str, Any], cgroups: CgroupReport) -> tuple[Mechanism, ...]:
    remedy = _namespace_remedy()
    found = [
        Mechanism(f"{name} namespace", not said, said, remedy if said else "")
        for name, said in trials["namespaces"].items()
    ]
    whole = trials["everything"]
    found += [
        Mechanism("private root and /proc", not whole, whole, remedy if whole else ""),
        Mechanism("no_new_privs", not trials["no_new_privs"], trials["no_new_privs"]),
        Mechanism("seccomp", not trials["seccomp"], trials["seccomp"] or trials["machine"]),
        Mechanism("landlock", trials["landlock"] > 0, f"ABI {trials['landlock']}"),
        Mechanism("cgroups", cgroups.usable, cgroups.detail, cgroups.remedy),
    ]
    return tuple(found)


def probe() -> LevelReport:
    """Try everything, which takes about a tenth of a second, and say what level it comes to."""
    cgroups = examine()
    try:
        trials = _trials()
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        reason = f"the probe itself did not run: {error}"
        return LevelReport(SandboxLevel.NONE, (), (reason,), cgroups)
    mechanisms = _mechanisms(trials, cgroups)
    reasons = []
    if not trials["known"]:
        reasons.append(f"the sandbox knows x86_64 and aarch64, this machine is {trials['machine']}")
    filtered = trials["known"] and not trials["seccomp"] and not trials["no_new_privs"]
    if trials["known"] and not filtered:
        reasons.append(f"system calls cannot be filtered: {trials['seccomp'] or trials['no_new_privs']}")
    if trials["everything"]:
        reasons.append(f"namespaces are not to be had: {trials['everything']}")
    if filtered and not trials["everything"]:
        return LevelReport(SandboxLevel.NAMESPACES, mechanisms, (), cgroups)
    if filtered and trials["landlock"] > 0:
        return LevelReport(SandboxLevel.REDUCED, mechanisms, tuple(reasons), cgroups)
    if trials["landlock"] == 0:
        reasons.append(
            "this kernel has no Landlock (Linux 5.13 with lsm=landlock), which the reduced level needs"
        )
    return LevelReport(SandboxLevel.NONE, mechanisms, tuple(reasons), cgroups)
