"""The smallest lab that is valid in every part, for tests that break one thing in it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.labs.lab_run import as_notebook

MANIFEST = """\
format = 1
level = "foundation"
minutes = 30
skills = ["python.functions"]
runtime = "browser"
environment = "python"
points = 3
title = { en = "Doubling", ur = "دگنا کرنا" }
summary = { en = "Write a function that doubles.", ur = "دگنا کرنے والا فنکشن لکھیے" }

[[data]]
path = "data/numbers.txt"
description = "Some numbers to double"
licence = "CC0-1.0"
source = "Written for this lab"
made_by = "make_data.py"
seed = 1
"""

HINTS = """\
format = 1

[[misconceptions]]
name = "adds-two"
belief = "Doubling a number means adding two to it."
answers = ["double"]
evidence = [{ fails = "test-double", source = '\\+ *2' }]

[misconceptions.hints]
where = { en = "Look at line {line}.", ur = "سطر {line} دیکھیے" }
question = { en = "What is twice ten?", ur = "دس کا دگنا کتنا ہے؟" }
concept = { en = "Doubling multiplies.", ur = "دگنا کرنا ضرب دینا ہے" }
"""

ALTERNATIVE = '"""Adds the number to itself."""\n\n# %% double\ndef double(n):\n    return n + n\n'


def graded(kind: str, source: str, **metadata: bool | float | str | None) -> dict[str, Any]:
    """A cell with nbgrader metadata of version 3; what is not said is false."""
    nbgrader: dict[str, Any] = {
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
        "schema_version": 3,
    }
    cell: dict[str, Any] = {
        "cell_type": kind,
        "metadata": {"nbgrader": nbgrader | metadata},
        "source": source,
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def answer_cell() -> dict[str, Any]:
    """The answer that the test marks."""
    return graded("code", "def double(n):\n    return 2 * n", grade_id="double", solution=True)


def check_cell(**metadata: bool | float | str | None) -> dict[str, Any]:
    """The test, worth 2 points unless it is said otherwise."""
    said: dict[str, Any] = {"grade_id": "test-double", "grade": True, "locked": True, "points": 2} | metadata
    return graded("code", "assert double(3) == 6", **said)


def essay_cell() -> dict[str, Any]:
    """A free text for a human, worth 1 point."""
    return graded("markdown", "Because.", grade_id="why", grade=True, solution=True, points=1)


def write_lab(folder: Path) -> Path:
    """Write the lab into a folder, which is made and returned."""
    (folder / "data").mkdir(parents=True)
    (folder / "solutions").mkdir()
    heading = {"cell_type": "markdown", "metadata": {}, "source": ["# Doubling\n", "Twice."]}
    (folder / "lab.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "lab.ipynb").write_bytes(as_notebook([heading, answer_cell(), check_cell(), essay_cell()]))
    (folder / "hints.toml").write_text(HINTS, encoding="utf-8")
    (folder / "data" / "numbers.txt").write_text("1 2 3\n", encoding="utf-8")
    (folder / "make_data.py").write_text("print('numbers')\n", encoding="utf-8")
    (folder / "solutions" / "adding.py").write_text(ALTERNATIVE, encoding="utf-8")
    return folder


def replacing(file: str, old: str, new: str) -> Callable[[Path], None]:
    """A way to break a lab: other text in one of its files."""

    def change(lab: Path) -> None:
        text = (lab / file).read_text(encoding="utf-8")
        assert old in text
        (lab / file).write_text(text.replace(old, new), encoding="utf-8")

    return change


def with_cells(*cells: dict[str, Any]) -> Callable[[Path], None]:
    """A way to break a lab: a notebook of other cells."""

    def change(lab: Path) -> None:
        (lab / "lab.ipynb").write_bytes(as_notebook(list(cells)))

    return change


def with_file(name: str, content: bytes = b"") -> Callable[[Path], None]:
    """A way to break a lab: one more file, or another content."""

    def change(lab: Path) -> None:
        (lab / name).parent.mkdir(parents=True, exist_ok=True)
        (lab / name).write_bytes(content)

    return change
