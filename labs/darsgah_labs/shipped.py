"""The labs and courses that come with Darsgah: in ``labs/`` of the repository, in the package in a wheel."""

from pathlib import Path

FOLDER = "lab-sources"
COURSES = "course-sources"


def shipped_labs() -> list[Path]:
    """The folders of the shipped labs, by name; empty where the package came without them."""
    return _folders(FOLDER, "lab.toml")


def shipped_courses() -> list[Path]:
    """The folders of the shipped courses, by name; empty where the package came without them."""
    return _folders(COURSES, "course.toml")


def _folders(within: str, manifest: str) -> list[Path]:
    package = Path(__file__).resolve().parent
    for place in (package / within, package.parent / within):
        if place.is_dir():
            return sorted(folder for folder in place.iterdir() if (folder / manifest).is_file())
    return []
