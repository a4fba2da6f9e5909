"""What nbgrader brings in its package: sources, releases, solutions, learners' notebooks."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from darsgah_grader.authoring import AUTOTESTS_FILE, prepared, release
from darsgah_grader.environments import environment_named
from darsgah_grader.grading import Grader
from darsgah_grader.master import read_master
from darsgah_grader.types import Assignment, AssignmentInvalid, Limits, Master
from tests.grading.notebooks import NBGRADER

CELL_SECONDS = 2
LIMITS = Limits(cell_seconds=CELL_SECONDS)
APPS = NBGRADER / "tests" / "apps" / "files"
PREPROCESSORS = NBGRADER / "tests" / "preprocessors" / "files"
DOCS = NBGRADER / "docs" / "source" / "user_guide"
TEMPLATES = (APPS / AUTOTESTS_FILE).read_bytes()


@dataclass(frozen=True, slots=True)
class Pair:
    """One submission to one assignment, with the files that lie in the two folders."""

    assignment: str
    student: str
    masters: Mapping[str, bytes]
    submission: Mapping[str, bytes]
    files: Mapping[str, bytes]
    beside: Mapping[str, str]
    limits: Limits = LIMITS

    @property
    def lab(self) -> Assignment:
        """The pair's assignment for us."""
        masters = tuple(Master(name, content) for name, content in self.masters.items())
        return Assignment(masters, environment_named("python"), self.limits, self.files)


def packaged_masters() -> dict[str, dict[str, bytes]]:
    """Every source notebook in nbgrader's package with something to grade, by a name; equal ones once."""
    found: dict[str, dict[str, bytes]] = {}
    seen: set[bytes] = set()
    for path in sorted([*APPS.glob("*.ipynb"), *PREPROCESSORS.glob("*.ipynb")]):
        content = path.read_bytes()
        try:
            usable = bool(read_master(Master("nb", content)).graded)
        except AssignmentInvalid:
            usable = False
        learners = (
            re.search(r"submitted-(?!unchanged)|-(un)?changed", path.stem)
            and path.stem != "submitted-unchanged"
        )
        if usable and not learners and content not in seen:
            seen.add(content)
            found[f"{path.parents[1].name}-{path.stem}"] = {"nb": content}
    for folder in sorted((DOCS / "source").glob("*/")):
        found[f"docs-{folder.name}"] = {
            path.stem: path.read_bytes() for path in sorted(folder.glob("*.ipynb"))
        }
    return found


def solved(master: Master) -> bytes:
    """The source as a submission: nbgrader takes no submission with metadata of an old schema."""
    notebook = json.loads(master.content)
    for cell in notebook["cells"]:
        found = cell["metadata"].pop("nbgrader", {})
        known = read_master(master).by_id.get(found.get("grade_id", ""))
        if known is not None:
            cell["metadata"]["nbgrader"] = {**known.metadata, "checksum": found.get("checksum", "0" * 32)}
    return json.dumps(notebook).encode()


def handed_in(name: str) -> dict[str, Mapping[str, bytes]]:
    """What learners handed in for a source notebook, as nbgrader's own tests and documentation have it."""
    folder = {"apps": APPS, "preprocessors": PREPROCESSORS}.get(name.split("-", maxsplit=1)[0], DOCS)
    stem = name.split("-", 1)[1]
    if name == "docs-ps1":
        students = {
            path.parent.name: {found.stem: found.read_bytes() for found in sorted(path.glob("*.ipynb"))}
            for path in sorted((DOCS / "submitted").glob("*/ps1"))
        }
        downloaded = next((DOCS / "downloaded").rglob("*problem1.ipynb"))
        return {**students, "downloaded": {"problem1": downloaded.read_bytes()}}
    pattern = "submitted-*.ipynb" if stem == "submitted-unchanged" else f"{stem}-*changed*.ipynb"
    return {path.stem: {"nb": path.read_bytes()} for path in sorted(folder.glob(pattern))}


def packaged_pairs(grader: Grader) -> list[Pair]:
    """Release version, reference solution and learners' notebooks of every packaged source."""
    pairs = []
    files = {"data.txt": (APPS / "data.txt").read_bytes()}
    python = environment_named("python")
    for name, masters in packaged_masters().items():
        written = tuple(Master(notebook, content) for notebook, content in masters.items())
        with grader.using(python) as sandbox:
            ready = prepared(Assignment(written, python, files=files), sandbox, TEMPLATES)
        students: dict[str, Mapping[str, bytes]] = {
            "released": {master.name: release(master) for master in ready.masters},
            "reference": {master.name: solved(master) for master in ready.masters},
            **handed_in(name),
        }
        prepared_masters = {master.name: master.content for master in ready.masters}
        pairs += [
            Pair(name, student, prepared_masters, submission, files, {})
            for student, submission in students.items()
        ]
    return pairs
