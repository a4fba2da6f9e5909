"""The model that comes with Darsgah: in ``models/weights`` of the repository, in the package in a wheel."""

from pathlib import Path

FOLDER = "weights"


def shipped_weights() -> Path | None:
    """The folder of the shipped model; None where the package came without it."""
    package = Path(__file__).resolve().parent
    for place in (package / FOLDER, package.parent / FOLDER):
        if (place / "config.json").is_file():
            return place
    return None
