"""What of the platform's own packages an environment shows: the distributions it names, and what they need.

The platform's packages lie in one folder, most of them no business of a learner's code (the web framework,
the database's driver, the grader). Only the entries found here are shown.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from darsgah_grader.types import EnvironmentBroken

_NAME = re.compile(r"[A-Za-z0-9._-]+")


@cache
def borrowed(names: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """The entries of each folder of packages that belong to these distributions and all they need.

    What a distribution needs is what its metadata says without extras, where it is installed: on other
    systems or Pythons it may need more.

    Raises:
        EnvironmentBroken: one of them is not installed here, or without a record of its files.
    """
    found: dict[str, metadata.Distribution] = {}
    for name in names:
        _add(name, found)
        if _canonical(name) not in found:
            raise EnvironmentBroken(f"the platform does not have the package {name}")
    entries: dict[str, set[str]] = {}
    for distribution in found.values():
        for folder, entry in _entries(distribution):
            entries.setdefault(folder, set()).add(entry)
    return {folder: tuple(sorted(inside)) for folder, inside in sorted(entries.items())}


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _add(name: str, found: dict[str, metadata.Distribution]) -> None:
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return
    found[_canonical(name)] = distribution
    for requirement in distribution.requires or ():
        needed, _, marker = requirement.partition(";")
        match = _NAME.match(needed)
        if match and "extra" not in marker and _canonical(match[0]) not in found:
            _add(match[0], found)


def _entries(distribution: metadata.Distribution) -> set[tuple[str, str]]:
    """Folder of packages and name in it, of its files, without the scripts and manuals elsewhere."""
    if distribution.files is None:
        raise EnvironmentBroken(
            f"the package {distribution.name} was installed without a record of its files: "
            "install it with pip"
        )
    folder = str(distribution.locate_file(""))
    tops = {file.parts[0] for file in distribution.files} - {"..", "__pycache__"}
    return {(folder, top) for top in tops if Path(folder, top).exists()}
