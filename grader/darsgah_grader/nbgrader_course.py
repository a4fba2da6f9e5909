"""Reads an nbgrader course folder as it is: sources, submissions with their times, gradebook, marks.

Nothing in the folder is executed or written, ``nbgrader_config.py`` included: a course that renames its
folders there has to be given with nbgrader's own names. Links are not followed. What cannot be read is left
out and named in ``Course.problems``, so that an import can show it before anything is saved.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from darsgah_grader.nbgrader_gradebook import EMPTY_GRADEBOOK, CellMark, Gradebook, Student, read_gradebook
from darsgah_grader.types import GraderError, Master

_IGNORED = frozenset({".ipynb_checkpoints", "__pycache__", "feedback", ".git", ".DS_Store"})
_LARGEST_FILE = 100 * 1024 * 1024


class NotACourse(GraderError):  # noqa: N818 - says what is wrong
    """The folder holds nothing that looks like a course of nbgrader."""


@dataclass(frozen=True, slots=True)
class CourseAssignment:
    """One assignment.

    Attributes:
        files: what lies beside the notebooks, by relative path.
        released: the learner's version by notebook name, as nbgrader made it; may be empty.
        due: in UTC; None when the gradebook names no date.
    """

    name: str
    masters: tuple[Master, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    released: Mapping[str, bytes] = field(default_factory=dict)
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class CourseSubmission:
    """What one student handed in for one assignment, and what nbgrader's gradebook says about it.

    Attributes:
        notebooks: bytes by name, without ``.ipynb``.
        submitted_at: in UTC, from ``timestamp.txt``, else from the gradebook.
        marks: empty when it was never graded.
    """

    student: str
    assignment: str
    notebooks: Mapping[str, bytes]
    submitted_at: datetime | None
    marks: tuple[CellMark, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A course folder; its submissions are read one at a time by `read_submissions`.

    Attributes:
        students: from the gradebook, and everybody else who handed something in.
        autotests: the course's ``autotests.yml``, if it has one.
        problems: what was left out, a sentence each.
    """

    folder: Path
    name: str
    assignments: tuple[CourseAssignment, ...]
    students: tuple[Student, ...]
    gradebook: Gradebook
    autotests: bytes | None
    problems: tuple[str, ...]


def read_course(folder: Path) -> Course:
    """Read a course folder: nbgrader's layout, or simply folders of notebooks, or one folder of notebooks.

    Raises:
        NotACourse: there are no notebooks where a course has them.
    """
    if not folder.is_dir():
        raise NotACourse(
            f"{folder} is not a folder. Name the folder that holds the course's 'source' folder."
        )
    problems: list[str] = []
    gradebook = EMPTY_GRADEBOOK
    if (folder / "gradebook.db").is_file():
        gradebook, trouble = read_gradebook(folder / "gradebook.db")
        problems.extend(trouble)
    assignments = tuple(
        _assignment(folder, place, gradebook, problems) for place in _assignment_folders(folder)
    )
    if not assignments:
        raise NotACourse(f"{folder} holds no assignments: nbgrader keeps them as source/NAME/*.ipynb.")
    known = {student.id: student for student in gradebook.students}
    for student_id, _, _ in _submission_folders(folder, {found.name for found in assignments}):
        known.setdefault(student_id, Student(student_id))
    return Course(
        folder=folder,
        name=folder.resolve().name,
        assignments=assignments,
        students=tuple(known[student_id] for student_id in sorted(known)),
        gradebook=gradebook,
        autotests=_read(folder / "autotests.yml", problems) if (folder / "autotests.yml").is_file() else None,
        problems=tuple(problems),
    )


def read_submissions(course: Course) -> Iterator[CourseSubmission | str]:
    """Every submission, by student and assignment; a sentence in the place of what cannot be read."""
    names = {assignment.name for assignment in course.assignments}
    for student, assignment, place in _submission_folders(course.folder, names):
        problems: list[str] = []
        notebooks = {path.stem: content for path, content in _notebooks(place, problems)}
        submitted_at = _timestamp(place / "timestamp.txt", problems)
        yield from problems
        yield CourseSubmission(
            student=student,
            assignment=assignment,
            notebooks=notebooks,
            submitted_at=submitted_at or course.gradebook.submitted_at.get((student, assignment)),
            marks=course.gradebook.marks.get((student, assignment), ()),
        )


def _assignment_folders(folder: Path) -> list[Path]:
    source = folder / "source"
    if source.is_dir():
        return [place for place in _folders(source) if any(place.glob("*.ipynb"))]
    if any(folder.glob("*.ipynb")):
        return [folder]
    return [place for place in _folders(folder) if any(place.glob("*.ipynb"))]


def _assignment(folder: Path, place: Path, gradebook: Gradebook, problems: list[str]) -> CourseAssignment:
    name = place.resolve().name
    masters = tuple(Master(path.stem, content) for path, content in _notebooks(place, problems))
    nested = place == folder  # a bare folder of notebooks: whatever else lies there may be anything
    return CourseAssignment(
        name=name,
        masters=masters,
        files={} if nested else dict(_other_files(place, problems)),
        released={path.stem: content for path, content in _notebooks(folder / "release" / name, problems)},
        due=gradebook.due.get(name),
    )


def _submission_folders(folder: Path, assignments: set[str]) -> Iterator[tuple[str, str, Path]]:
    for student in _folders(folder / "submitted"):
        for place in _folders(student):
            if place.name in assignments:
                yield student.name, place.name, place


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        place
        for place in folder.iterdir()
        if place.is_dir() and not place.is_symlink() and place.name not in _IGNORED
    )


def _notebooks(folder: Path, problems: list[str]) -> Iterator[tuple[Path, bytes]]:
    if folder.is_dir():
        for path in sorted(folder.glob("*.ipynb")):
            content = _read(path, problems)
            if content is not None:
                yield path, content


def _other_files(folder: Path, problems: list[str]) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_dir() or path.suffix in {".ipynb", ".pyc"} or not _IGNORED.isdisjoint(relative.parts):
            continue
        content = _read(path, problems)
        if content is not None:
            yield relative.as_posix(), content


def _read(path: Path, problems: list[str]) -> bytes | None:
    """The file's bytes; None, and a problem noted, for what is no ordinary file of a sensible size."""
    try:
        if path.is_symlink() or not path.is_file():
            problems.append(f"{path} is a link or no ordinary file and was left out.")
            return None
        if path.stat().st_size > _LARGEST_FILE:
            problems.append(f"{path} is larger than {_LARGEST_FILE // 1024 // 1024} MB and was left out.")
            return None
        return path.read_bytes()
    except OSError as error:
        problems.append(f"{path} could not be read: {error.strerror}.")
        return None


def _timestamp(path: Path, problems: list[str]) -> datetime | None:
    if not path.exists():
        return None
    text = (_read(path, problems) or b"").decode(errors="replace").strip()
    if not text:
        return None
    try:
        return parse_timestamp(text)
    except ValueError:
        problems.append(f"{path} holds no time that can be read ({text[:60]!r}); the submission has no time.")
        return None


def parse_timestamp(text: str) -> datetime:
    """A time as nbgrader writes it, ``2015-02-02 14:58:23.948203 America/Los_Angeles``, in UTC.

    The zone may be a name, an offset like ``+0500`` or be missing, which means UTC.

    Raises:
        ValueError: for anything else.
    """
    parts = text.split(" ")
    if len(parts) == 3:
        moment = datetime.fromisoformat(" ".join(parts[:2])).replace(tzinfo=_zone(parts[2]))
    else:
        moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _zone(name: str) -> tzinfo:
    offset = re.fullmatch(r"([+-])(\d\d):?(\d\d)", name)
    if offset:
        distance = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(distance if offset[1] == "+" else -distance)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"no time zone {name!r}") from error
