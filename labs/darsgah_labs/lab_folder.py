"""Reads a lab from disk: one of our lab folders, an nbgrader notebook, or an nbgrader assignment folder."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from darsgah_labs.alternatives import read_alternative
from darsgah_labs.errors import LabInvalid
from darsgah_labs.folder_reading import read_file, read_folder
from darsgah_labs.format import (
    FORMAT_VERSION,
    Alternative,
    Lab,
    LabKind,
    LabLimits,
    LimitsTable,
    Manifest,
)
from darsgah_labs.hint_bank import HintBank
from darsgah_labs.hint_bank_checks import check_hint_bank
from darsgah_labs.notebook import SourceNotebook, read_notebook
from darsgah_labs.text import Text, check_both_languages
from darsgah_labs.toml_reading import read_toml

MANIFEST = "lab.toml"
NOTEBOOK = "lab.ipynb"
HINTS = "hints.toml"

PLAIN_ENVIRONMENT = "data"
"""What a plain nbgrader lab runs in: it doesn't say what it imports, and this set holds the most."""


def load(path: Path) -> Lab:
    """The lab at ``path``: a folder with ``lab.toml``, any other folder with notebooks, or one notebook.

    A notebook given alone brings no data files: what lies beside it may be anything.

    Raises:
        LabInvalid: nothing there, or something in it is not as the format wants it.
    """
    try:
        resolved = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        mend = "Name a lab folder, an assignment folder or a notebook."
        raise LabInvalid(
            path.name or str(path), "", "There is no such file or folder that you may read.", mend
        ) from error
    if not resolved.is_dir():
        return _single_notebook(resolved)
    return lab_of_files(resolved.name, read_folder(resolved))


def lab_of_files(name: str, files: Mapping[str, bytes]) -> Lab:
    """The lab that a folder of that name with those files is, without looking at a disk.

    Raises:
        LabInvalid: something in it is not as the format wants it.
    """
    if MANIFEST in files:
        return _our_folder(name, files)
    return assignment_lab(name, files)


def _our_folder(folder: str, files: Mapping[str, bytes]) -> Lab:
    """One of our own labs: everything in it is accounted for, in both languages."""
    slug = slug_of(folder)
    if slug != folder:
        problem = f"The folder's name {folder!r} is the lab's slug."
        raise LabInvalid(folder, "", problem, f"Rename it to {slug!r}: lower case, digits and hyphens.")
    manifest = read_toml(files[MANIFEST], MANIFEST, Manifest)
    if NOTEBOOK not in files:
        mend = "Put the source notebook there, with solutions and tests."
        raise LabInvalid(NOTEBOOK, "", "The lab has no notebook.", mend)
    notebook = read_notebook(files[NOTEBOOK], "lab", NOTEBOOK)
    check_both_languages(MANIFEST, {"title": manifest.title, "summary": manifest.summary})
    _check_points(manifest, notebook)
    _check_files(manifest, files)
    bank = read_toml(files[HINTS], HINTS, HintBank) if HINTS in files else HintBank()
    check_hint_bank(bank, notebook, HINTS)
    return Lab(
        slug=slug,
        kind=LabKind.FOLDER,
        title=manifest.title,
        summary=manifest.summary,
        notebooks={"lab": files[NOTEBOOK]},
        files={name: content for name, content in files.items() if name.startswith("data/")},
        environment=manifest.environment,
        limits=LabLimits.from_table(manifest.limits),
        points=notebook.points,
        digest=digest_of(files),
        manifest=manifest,
        hint_bank=bank,
        alternatives=_alternatives(files, notebook),
        authored={
            name: content
            for name, content in files.items()
            if name != NOTEBOOK and not name.startswith("data/")
        },
    )


def _single_notebook(path: Path) -> Lab:
    if path.suffix != ".ipynb":
        mend = "Name a lab folder, an assignment folder or a file that ends in .ipynb."
        raise LabInvalid(path.name, "", "This is neither a folder nor a notebook.", mend)
    content = read_file(path)
    notebook = read_notebook(content, path.stem, path.name)
    return _plain_lab(path.stem, LabKind.NOTEBOOK, [notebook], {path.name: content})


def assignment_lab(name: str, files: Mapping[str, bytes]) -> Lab:
    """A lab as nbgrader sees a folder: top-level notebooks are the assignment, all else is copied along.

    Args:
        name: the folder's name.
        files: contents by path relative to the folder, with ``/`` between names.

    Raises:
        LabInvalid: there is no notebook, or one that nbgrader would refuse.
    """
    notebooks = [
        read_notebook(content, path.removesuffix(".ipynb"), path)
        for path, content in files.items()
        if path.endswith(".ipynb") and "/" not in path
    ]
    if not notebooks:
        problem = f"There is neither {MANIFEST} nor a notebook in this folder."
        raise LabInvalid(name, "", problem, "Name the folder that holds the source notebooks.")
    return _plain_lab(name, LabKind.ASSIGNMENT, notebooks, files)


def _plain_lab(
    name: str, kind: LabKind, notebooks: Sequence[SourceNotebook], files: Mapping[str, bytes]
) -> Lab:
    """A lab with defaults, from nbgrader's notebooks; the title is the only notebook's first heading."""
    ordered = sorted(notebooks, key=lambda notebook: notebook.name)
    sources = {f"{notebook.name}.ipynb" for notebook in ordered}
    heading = ordered[0].heading if len(ordered) == 1 else ""
    return Lab(
        slug=slug_of(name),
        kind=kind,
        title=Text(en=heading or name, ur=""),
        summary=Text(en="", ur=""),
        notebooks={notebook.name: files[f"{notebook.name}.ipynb"] for notebook in ordered},
        files={path: content for path, content in files.items() if path not in sources},
        environment=PLAIN_ENVIRONMENT,
        limits=LabLimits.from_table(LimitsTable()),
        points=sum((notebook.points for notebook in ordered), 0.0),
        digest=digest_of(files),
        manifest=None,
        hint_bank=HintBank(format=FORMAT_VERSION),
        alternatives=(),
    )


def slug_of(name: str) -> str:
    """A name as lower-case words joined by hyphens; ``lab`` when nothing usable is left of it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].rstrip("-") or "lab"


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over path, length and content of each file, in the order of the paths' UTF-8 bytes."""
    total = hashlib.sha256()
    for path in sorted(files, key=str.encode):
        total.update(f"{len(path.encode())}:{path}:{len(files[path])}:".encode())
        total.update(files[path])
    return total.hexdigest()


def _check_points(manifest: Manifest, notebook: SourceNotebook) -> None:
    if manifest.points != notebook.points:
        problem = f"It says {manifest.points:g}, the notebook's graded cells add up to {notebook.points:g}."
        raise LabInvalid(
            MANIFEST, "points", problem, f"Write points = {notebook.points:g}, or mend the cells."
        )


def _check_files(manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """Every data file has its entry with a licence, every entry its file, and nothing else lies around."""
    scripts = {entry.made_by for entry in manifest.data if entry.made_by}
    listed = {entry.path for entry in manifest.data}
    for index, entry in enumerate(manifest.data):
        for field, name in (("path", entry.path), ("made_by", entry.made_by)):
            if name and name not in files:
                place = f"data[{index}].{field}"
                raise LabInvalid(MANIFEST, place, f"There is no file {name!r} in the lab.", "Add it.")
    for name in files:
        if name.startswith("data/") and name not in listed:
            mend = f"Describe it in {MANIFEST} under [[data]], with its licence."
            raise LabInvalid(name, "", "This data file has no entry.", mend)
        known = name in {MANIFEST, NOTEBOOK, HINTS, *scripts} or name.startswith(("data/", "solutions/"))
        if not known:
            mend = "Move it into data/ if the notebook reads it, otherwise out of the lab."
            raise LabInvalid(name, "", "This file is not part of the lab format.", mend)


def _alternatives(files: Mapping[str, bytes], notebook: SourceNotebook) -> tuple[Alternative, ...]:
    return tuple(
        read_alternative(content, name, notebook)
        for name, content in files.items()
        if name.startswith("solutions/")
    )
