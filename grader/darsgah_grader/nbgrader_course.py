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
    assignments = tuple(
        _assignment(folder, place, gradebook, problems) for place in _assignment_folders(folder, problems)
    )
    if not assignments:
        none = f"{folder} holds no assignments: nbgrader keeps them as source/NAME/*.ipynb."
        raise NotACourse(" ".join([none, *problems]))
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
        files = _files_under(place, problems)
        notebooks = {path.stem: content for path, content in _notebooks(place, problems)} if files else {}
        stamp = place / "timestamp.txt"
        submitted_at = _timestamp(stamp, problems) if stamp in files else None
        yield from problems
        yield CourseSubmission(
            student=student,
            assignment=assignment,
            notebooks=notebooks,
            submitted_at=submitted_at or course.gradebook.submitted_at.get((student, assignment)),
            marks=course.gradebook.marks.get((student, assignment), ()),
            others=_others(place, files),
        )


def _assignment_folders(folder: Path, problems: list[str]) -> list[Path]:
    source = folder / "source"
    if source.is_symlink():
        raise NotACourse(f"{source} is a link, and links are not followed: put the folder itself there.")
    if source.is_dir():
        places = _children(source, problems)
        problems.extend(_links(*places))
    else:
        places = _children(folder, problems)
        if any(place.suffix == ".ipynb" for place in places):
            return [folder]
    return [
        place
        for place in _folders(places)
        if any(path.suffix == ".ipynb" for path in _children(place, problems))
    ]


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
    """Student, assignment and place of all that was handed in; `_unread` says what is passed over here."""
    submitted = folder / "submitted"
    for student in [] if submitted.is_symlink() else _folders(_children(submitted, [])):
        for place in _folders(_children(student, [])):
            if place.name in assignments:
                yield student.name, place.name, place


def _unread(submitted: Path, assignments: set[str]) -> Iterator[str]:
    """A sentence for whatever lies where submissions are and is none that can be read."""
    if submitted.is_symlink():
        yield from _links(submitted)
        return
    problems: list[str] = []
    students = _children(submitted, problems)
    places = [place for student in _folders(students) for place in _children(student, problems)]
    yield from problems
    yield from _links(*students, *places)
    for name in sorted({place.name for place in _folders(places)} - assignments):
        yield f"{submitted} holds work for {name!r}, which is no assignment of this course; it was left out."


def _links(*paths: Path) -> list[str]:
    return [f"{path} is a link and was left out." for path in paths if path.is_symlink()]


def _others(folder: Path, files: list[Path]) -> tuple[str, ...]:
    """What of the files was handed in beside the notebooks and nbgrader's own time stamp."""
    return tuple(
        path.relative_to(folder).as_posix()
        for path in files
        if path.parent != folder or (path.suffix != ".ipynb" and path.name != "timestamp.txt")
    )


def _children(folder: Path, problems: list[str]) -> list[Path]:
    """What lies in the folder, sorted; nothing where there is none, or where it is closed: then a problem."""
    try:
        found = sorted(folder.iterdir())
        for place in found[:1]:
            place.lstat()  # a folder that can be listed may be closed all the same
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        problems.append(f"{folder} could not be read and was left out: {error.strerror}.")
        return []
    return found


def _folders(places: list[Path]) -> list[Path]:
    return [
        place for place in places if place.is_dir() and not place.is_symlink() and place.name not in _IGNORED
    ]


def _files_under(folder: Path, problems: list[str]) -> list[Path]:
    """All that is no folder, at any depth, sorted; links to folders are not followed and are among it."""
    found: list[Path] = []
    waiting = [folder]
    while waiting:
        for path in _children(waiting.pop(), problems):
            if path.name in _IGNORED:
                continue
            (waiting if path.is_dir() and not path.is_symlink() else found).append(path)
    return sorted(found)


def _notebooks(folder: Path, problems: list[str]) -> Iterator[tuple[Path, bytes]]:
    for path in _children(folder, problems):
        content = _read(path, problems) if path.suffix == ".ipynb" else None
        if content is not None:
            yield path, content


def _other_files(folder: Path, problems: list[str]) -> Iterator[tuple[str, bytes]]:
    for path in _files_under(folder, problems):
        content = None if path.suffix in {".ipynb", ".pyc"} else _read(path, problems)
        if content is not None:
            yield path.relative_to(folder).as_posix(), content


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
