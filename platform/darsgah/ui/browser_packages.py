"""Packages for the browser's Python that an operator dropped into a folder, and the lock file made of them.

The folder of ``DARSGAH_BROWSER_RUNTIME`` holds wheels, and may hold a ``pyodide-lock.json`` of its own. A
wheel that a lock file names (the operator's, else the one Pyodide came with) is described by it; any other
pure wheel is described from its own metadata. What the lock names and the folder lacks is left out, so that
an import fails in Python's own words instead of fetching what is not there.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

import structlog
from packaging.requirements import InvalidRequirement, Requirement

from darsgah.errors import SettingsInvalid

LOCK = "pyodide-lock.json"
WHEEL = re.compile(
    r"(?P<name>[^-]+)-(?P<version>[^-]+)(-\d[^-]*)?-(?P<python>[^-]+)-(?P<abi>[^-]+)-(?P<platform>[^-]+)\.whl"
)
PLACE = {"sys_platform": "emscripten", "platform_system": "Emscripten", "os_name": "posix", "extra": ""}
"""What a requirement's conditions are tried with; the version of Python is this process's, near enough."""
NOT_IMPORTED = (".dist-info", ".data")

log = structlog.get_logger(__name__)

Entry = dict[str, Any]
"""A package as Pyodide's lock file has it."""


def lock_of(npm_lock: Mapping[str, Any], folder: Path | None) -> dict[str, Any]:
    """The lock file to serve: Pyodide's own description of itself, and the packages that are really there.

    Args:
        npm_lock: the lock file that came with Pyodide's core.
        folder: the operator's, or None for the core alone.

    Raises:
        SettingsInvalid: there is no such folder, or it cannot be read.
    """
    packages = {} if folder is None else _packages(npm_lock, folder)
    return {"info": npm_lock["info"], "packages": dict(sorted(packages.items()))}


def _packages(npm_lock: Mapping[str, Any], folder: Path) -> dict[str, Entry]:
    described = dict(npm_lock["packages"]) | _operators_lock(folder)
    try:
        present = {path.name for path in folder.iterdir() if path.is_file()}
    except OSError as error:
        raise SettingsInvalid(
            f"DARSGAH_BROWSER_RUNTIME names {folder}, which cannot be read ({error.strerror}): "
            "name a folder with wheels, or unset it."
        ) from error
    packages = {name: dict(entry) for name, entry in described.items() if entry["file_name"] in present}
    named = {entry["file_name"] for entry in packages.values()}
    for file_name in sorted(present - named):
        if file_name.endswith(".whl"):
            entry = _own_description(folder / file_name)
            if entry is not None:
                packages[entry["name"]] = entry
    for entry in packages.values():
        missing = [name for name in entry["depends"] if normal(name) not in packages]
        if missing:
            log.warning("browser_package_lacks", package=entry["name"], missing=missing)
        entry["depends"] = [name for name in entry["depends"] if normal(name) in packages]
    return packages


def _operators_lock(folder: Path) -> dict[str, Entry]:
    path = folder / LOCK
    if not path.is_file():
        return {}
    try:
        packages = json.loads(path.read_bytes())["packages"]
        return {
            normal(name): dict(entry)
            for name, entry in packages.items()
            if {"name", "file_name", "depends", "imports", "sha256"} <= entry.keys()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("browser_lock_unreadable", file=str(path), reason=str(error))
        return {}


def normal(name: str) -> str:
    """A distribution's name as Python's packaging compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _own_description(path: Path) -> Entry | None:
    """The entry of a wheel that no lock names; None, and a line in the log, where it cannot be used."""
    tags = WHEEL.fullmatch(path.name)
    if tags is None or tags["abi"] != "none" or tags["platform"] != "any":
        log.warning("browser_wheel_not_pure", file=path.name)
        return None
    try:
        with zipfile.ZipFile(path) as wheel:
            names = wheel.namelist()
            metadata = next(name for name in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
            needs = HeaderParser().parsestr(wheel.read(metadata).decode()).get_all("Requires-Dist", [])
    except (OSError, ValueError, zipfile.BadZipFile, StopIteration, KeyError) as error:
        log.warning("browser_wheel_unreadable", file=path.name, reason=str(error))
        return None
    return {
        "name": normal(tags["name"]),
        "version": tags["version"],
        "file_name": path.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(set(_imports(names))),
        "depends": [normal(wanted) for need in needs if (wanted := _wanted_here(need))],
        "unvendored_tests": False,
    }


def _wanted_here(need: str) -> str:
    """The name of a package that a wheel needs in a browser; empty where it needs it elsewhere only."""
    try:
        requirement = Requirement(need)
    except InvalidRequirement:
        return ""
    here = requirement.marker is None or requirement.marker.evaluate(PLACE)
    return requirement.name if here else ""


def _imports(names: list[str]) -> Iterator[str]:
    """Top-level modules of a wheel's files."""
    for name in names:
        top, _, rest = name.partition("/")
        if not rest and top.endswith(".py"):
            yield top.removesuffix(".py")
        elif rest.endswith(".py") and not top.endswith(NOT_IMPORTED):
            yield top
