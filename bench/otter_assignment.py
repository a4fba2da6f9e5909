"""A lab of ours as an assignment of Otter-Grader: its tests as OK test files, packed by ``otter generate``.

Each test cell becomes one test file with a visible and a hidden case; the points of a cell are those of its
file. What Otter then runs is what we run: the learner's cells in order, and the same assertions on the same
names. Its tests run after the last cell, ours where they stand.
"""

import ast
import subprocess
from pathlib import Path

from darsgah_grader.master import MasterCell, Role, read_master
from darsgah_grader.regions import without_hidden_tests
from darsgah_grader.types import Assignment


def _lines(statement: ast.stmt, source: str) -> str:
    """One statement as a doctest example that prints nothing when it passes."""
    text = ast.get_source_segment(source, statement) or ""
    if isinstance(statement, ast.Expr):
        text = f"_ = ({text})"  # or its value would be an output that is not expected
    first, *others = text.split("\n")
    return "\n".join([f">>> {first}", *(f"... {line}" for line in others)])


def test_file(cell: MasterCell) -> str:
    """The test cell as a module that Otter reads."""
    visible = ast.unparse(ast.parse(without_hidden_tests(cell.source)))
    shown = len(ast.parse(visible).body)
    statements = ast.parse(cell.source).body
    cases = [
        {
            "code": "\n".join(_lines(statement, cell.source) for statement in part),
            "hidden": hidden,
            "locked": False,
        }
        for part, hidden in ((statements[:shown], False), (statements[shown:], True))
        if part
    ]
    # A case begins from the names of the submission: the hidden one brings the visible lines that it uses.
    if len(cases) == 2:
        cases[1]["code"] = f"{cases[0]['code']}\n{cases[1]['code']}"
    suites = [{"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}]
    test = {"name": cell.grade_id, "points": cell.points, "all_or_nothing": True, "suites": suites}
    return f"OK_FORMAT = True\n\ntest = {test!r}\n"


def write_otter_assignment(assignment: Assignment, otter: Path, folder: Path) -> Path:
    """Make the autograder's zip file of a lab in ``folder`` with the command ``otter``; where it lies."""
    tests = folder / "tests"
    tests.mkdir(parents=True)
    (master,) = assignment.masters
    for cell in read_master(master).cells:
        if cell.role is Role.TEST:
            (tests / f"{cell.grade_id.replace('-', '_')}.py").write_text(test_file(cell), encoding="utf-8")
    for name, content in assignment.files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    archive = folder / "autograder.zip"
    command = [str(otter), "generate", "-t", "tests", "-o", str(archive), "--no-requirements", "--no-config"]
    command += ["--no-environment", *assignment.files]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603 - the command of make otter
    return archive
