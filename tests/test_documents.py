"""Documents held against the tree: what they name exists, and what exists is named."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
UNNAMED = {"templates", "static", "locale", "migrations", "vendor"}
"""Folders inside a slice or the database that the sentence about slices, or their parent, explains."""

EACH = ("labs/lab-sources/", "labs/course-sources/")
"""Folders whose own folders are alike, a lab or a course each."""


def _folders() -> set[str]:
    """Folders with tracked files, to the depth that the architecture names."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = set()
    for file in files.splitlines():
        parts = Path(file).parts[:-1]
        depth = 3 if parts and parts[0] in {"platform", "grader", "labs", "models"} else 1
        for length in range(1, min(len(parts), depth) + 1):
            if not UNNAMED.intersection(parts[:length]) and not parts[0].startswith("."):
                found.add("/".join(parts[:length]) + "/")
    return {folder for folder in found if not folder.startswith(EACH) or folder in EACH}


def test_architecture_names_every_folder_and_no_other() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    named = set(re.findall(r"^\| `([^`]+/)` \|", text, flags=re.MULTILINE))
    assert named == _folders()


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        targets = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text())
        broken += [
            (document.name, target)
            for target in targets
            if "://" not in target and not (document.parent / target).exists()
        ]
    assert broken == []
