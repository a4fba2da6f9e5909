"""What a path on the command line holds: a submission (one notebook, or a folder of them), or many."""

from collections.abc import Mapping
from pathlib import Path

from darsgah.commands.lab_reading import ExitCode, fail
from darsgah_grader.types import Assignment, SubmissionRejected


def is_there(path: Path) -> bool:
    """Whether something is at that path; true also where that cannot be told."""
    try:
        return path.exists()
    except OSError:
        return True  # reading it will say why it cannot be read


def submissions_in(folder: Path) -> list[Path]:
    """Every notebook and every folder in a folder, by name; ends the command where there is no folder."""
    try:
        if not folder.is_dir():
            fail(ExitCode.WRONG_USE, f"{folder} is not a folder.")
        return sorted(
            child for child in folder.iterdir() if not child.name.startswith(".") and _is_submission(child)
        )
    except OSError as error:
        fail(ExitCode.WRONG_USE, f"{folder} cannot be read: {error.strerror}.")


def _is_submission(child: Path) -> bool:
    return child.is_dir() or child.suffix == ".ipynb"


def read_submission(path: Path, assignment: Assignment) -> Mapping[str, bytes]:
    """The submission's notebooks by the names of the lab's.

    Where lab and submission have one notebook each, its file may have any name. Links are not followed, and
    no more is read of a file than can be graded.

    Raises:
        SubmissionRejected: ``no_notebook``, ``unknown_notebook`` or ``not_a_file``.
        OSError: the file or the folder cannot be read.
    """
    names = [master.name for master in assignment.masters]
    most = assignment.limits.submission_bytes
    if path.is_dir() and not path.is_symlink():
        found = {place.stem: place for place in sorted(path.iterdir()) if place.suffix == ".ipynb"}
        if not found:
            raise SubmissionRejected("no_notebook", "There is no notebook (.ipynb) in the folder.")
    else:
        found = {path.stem: path}
    if len(names) == 1 and len(found) == 1:
        found = {names[0]: next(iter(found.values()))}
    if found.keys().isdisjoint(names):
        listed = ", ".join(f"{name}.ipynb" for name in names)
        raise SubmissionRejected(
            "unknown_notebook", f"None of the lab's notebooks is there. Keep their names: {listed}."
        )
    return {name: _content(found[name], most) for name in names if name in found}


def _content(path: Path, most: int) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise SubmissionRejected(
            "not_a_file", f"{path.name} is a link or no ordinary file. Hand in the notebook."
        )
    with path.open("rb") as opened:
        return opened.read(most + 1)
