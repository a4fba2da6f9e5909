"""From the assignments of an nbgrader course to labs ready to be published; broken notebooks are left out."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from darsgah.catalog.schemas import LabPackage
from darsgah.publishing import package_of
from darsgah_grader.grading import Grader
from darsgah_grader.master import read_master
from darsgah_grader.nbgrader_course import CourseAssignment
from darsgah_grader.types import AssignmentInvalid, Master
from darsgah_labs.errors import LabInvalid
from darsgah_labs.folder_reading import MAX_FILE_BYTES, MAX_FILES, MAX_LAB_BYTES
from darsgah_labs.format import Lab
from darsgah_labs.lab_folder import assignment_lab, slug_of
from darsgah_labs.notebook import read_notebook

SLUG_LENGTH = 80


@dataclass(frozen=True, slots=True)
class ReadableLab:
    """What can be read of an assignment.

    Attributes:
        lab: None when nothing of it can be used.
        problems: what was left out and why, a sentence each.
    """

    lab: Lab | None
    problems: tuple[str, ...]


def lab_slugs(course: str, names: Iterable[str]) -> dict[str, str]:
    """A slug for each assignment, which begins with the course's: all labs of a hub share one space."""
    slugs: dict[str, str] = {}
    for name in sorted(names):
        slug = slug_of(f"{course}-{slug_of(name)}")
        if slug in slugs.values():
            mark = hashlib.sha256(name.encode()).hexdigest()[:8]
            slug = f"{slug[: SLUG_LENGTH - 9].rstrip('-')}-{mark}"
        slugs[name] = slug
    return slugs


def natural(name: str) -> list[str | int]:
    """A key that sorts ps2 before ps10."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", name.casefold())]


def readable_lab(assignment: CourseAssignment) -> ReadableLab:
    """The assignment as a lab, from the notebooks and files of it that a lab may have."""
    trouble = _trouble_with_name(assignment.name)
    if trouble:
        return ReadableLab(None, (f"{trouble} The assignment was left out: rename its folder.",))
    problems: list[str] = []
    files: dict[str, bytes] = {}
    for master in assignment.masters:
        trouble = _trouble_with_name(f"{master.name}.ipynb") or _trouble_with(master)
        if trouble:
            problems.append(f"{assignment.name}: {trouble} The notebook was left out.")
        else:
            files[f"{master.name}.ipynb"] = master.content
    if not files:
        return ReadableLab(None, (*problems, f"{assignment.name}: it has no notebook that can be used."))
    for path, content in assignment.files.items():
        trouble = _trouble_with_name(path) or _trouble_with_size(path, content)
        if trouble:
            problems.append(f"{assignment.name}: {trouble} The file was left out.")
        else:
            files[path] = content
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_LAB_BYTES:
        most = f"{MAX_FILES} files or {MAX_LAB_BYTES >> 20} MB"
        problems.append(f"{assignment.name}: it is larger than {most}; take out what no notebook reads.")
        return ReadableLab(None, tuple(problems))
    return ReadableLab(assignment_lab(assignment.name, files), tuple(problems))


def packaged(
    lab: Lab, grader: Grader, templates: bytes | None, slug: str
) -> tuple[LabPackage, tuple[str, ...]]:
    """The lab ready to be published, without the notebooks that cannot be released; these are named.

    Raises:
        AssignmentInvalid: none of its notebooks can be released.
        SandboxUnavailable, EnvironmentBroken: AUTOTEST lines need the reference solutions run.
    """
    try:
        return package_of(lab, grader, templates=templates, slug=slug), ()
    except AssignmentInvalid:
        if len(lab.notebooks) == 1:
            raise
    sound: dict[str, bytes] = {}
    problems: list[str] = []
    for name, content in lab.notebooks.items():
        alone = assignment_lab(lab.title.en, {**lab.files, f"{name}.ipynb": content})
        try:
            package_of(alone, grader, templates=templates)
        except AssignmentInvalid as error:
            problems.append(f"{error} The notebook was left out.")
        else:
            sound[f"{name}.ipynb"] = content
    if not sound:
        raise AssignmentInvalid(" ".join(problems))
    rest = assignment_lab(lab.title.en, {**lab.files, **sound})
    return package_of(rest, grader, templates=templates, slug=slug), tuple(problems)


def _trouble_with(master: Master) -> str:
    try:
        read_notebook(master.content, master.name, f"{master.name}.ipynb")
        read_master(master)
    except (LabInvalid, AssignmentInvalid) as error:
        return str(error)
    return ""


def _trouble_with_name(path: str) -> str:
    if "\\" in path or not path.isprintable():
        shown = path.encode("ascii", "backslashreplace").decode()
        return f"The name {shown} has a backslash or characters that cannot be written."
    return ""


def _trouble_with_size(path: str, content: bytes) -> str:
    if len(content) > MAX_FILE_BYTES:
        return f"{path} is larger than {MAX_FILE_BYTES >> 20} MB."
    return ""
