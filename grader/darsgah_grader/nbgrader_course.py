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
        others: the other files handed in, by relative path; they are named, not read.
        submitted_at: in UTC, from ``timestamp.txt``, else from the gradebook.
        marks: empty when it was never graded.
    """

    student: str
    assignment: str
    notebooks: Mapping[str, bytes]
    submitted_at: datetime | None
    marks: tuple[CellMark, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """A course folder; its submissions are read one at a time by `read_submissions`.

    Attributes:
        students: from the gradebook, and everybody else who handed something in.
        gradebook_unread: there is a gradebook, but it is locked, broken or a link; ``problems`` says so.
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
    gradebook_unread: bool = False


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
    gradebook, trouble = _gradebook(folder / "gradebook.db")
    problems.extend(trouble)
    problems.extend(_links(*sorted((folder / "source").glob("*"))))
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
        gradebook_unread=bool(trouble),
    )


def _gradebook(path: Path) -> tuple[Gradebook, tuple[str, ...]]:
    if path.is_symlink():
        return EMPTY_GRADEBOOK, (f"{path} is a link, and links are not followed.",)
    return read_gradebook(path) if path.exists() else (EMPTY_GRADEBOOK, ())


def submission_count(course: Course) -> int:
    """How many items `read_submissions` gives at least: one for each folder that a student handed in."""
    names = {assignment.name for assignment in course.assignments}
    return sum(1 for _ in _submission_folders(course.folder, names))


def read_submissions(course: Course) -> Iterator[CourseSubmission | str]:
    """Every submission, by student and assignment; a sentence in the place of what cannot be read."""
    names = {assignment.name for assignment in course.assignments}
    yield from _unread(course.folder / "submitted", names)
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
            others=_others(place),
        )


def _assignment_folders(folder: Path) -> list[Path]:
    source = folder / "source"
    if source.is_symlink():
        raise NotACourse(f"{source} is a link, and links are not followed: put the folder itself there.")
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
    for student, place in _handed_in(folder / "submitted"):
        if place.name in assignments:
            yield student, place.name, place


def _handed_in(submitted: Path) -> Iterator[tuple[str, Path]]:
    for student in [] if submitted.is_symlink() else _folders(submitted):
        for place in _folders(student):
            yield student.name, place


def _links(*paths: Path) -> list[str]:
    return [f"{path} is a link and was left out." for path in paths if path.is_symlink()]


def _unread(submitted: Path, assignments: set[str]) -> Iterator[str]:
    """A sentence for whatever lies where submissions are and is none that can be read."""
    yield from _links(submitted, *sorted(submitted.glob("*")), *sorted(submitted.glob("*/*")))
    handed_in = {place.name for _, place in _handed_in(submitted)}
    for name in sorted(handed_in - assignments):
        yield f"{submitted} holds work for {name!r}, which is no assignment of this course; it was left out."


def _others(folder: Path) -> tuple[str, ...]:
    """What was handed in beside the notebooks and nbgrader's own time stamp."""
    found = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if not path.is_dir())
    return tuple(
        path.as_posix()
        for path in found
        if path.as_posix() != "timestamp.txt"
        and not (path.suffix == ".ipynb" and len(path.parts) == 1)
        and _IGNORED.isdisjoint(path.parts)
    )


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
        folder_itself = path.is_dir() and not path.is_symlink()
        if folder_itself or path.suffix in {".ipynb", ".pyc"} or not _IGNORED.isdisjoint(relative.parts):
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
    except (ValueError, OverflowError):
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
