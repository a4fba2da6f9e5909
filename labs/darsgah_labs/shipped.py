"""The labs that come with Darsgah: in ``labs/lab-sources`` of the repository, in the package in a wheel."""

from pathlib import Path

FOLDER = "lab-sources"


def shipped_labs() -> list[Path]:
    """The folders of the shipped labs, by name; empty where the package came without them."""
    package = Path(__file__).resolve().parent
    for place in (package / FOLDER, package.parent / FOLDER):
        if place.is_dir():
            return sorted(folder for folder in place.iterdir() if (folder / "lab.toml").is_file())
    return []
