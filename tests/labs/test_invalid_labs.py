"""Every way a lab can be wrong has a message that names the file, the place and the mend."""

from collections.abc import Callable
from pathlib import Path

import pytest

from darsgah_labs.errors import LabInvalid
from darsgah_labs.lab_folder import load
from tests.labs.lab_run import as_notebook
from tests.labs.small_lab import (
    ALTERNATIVE,
    HINTS,
    answer_cell,
    check_cell,
    essay_cell,
    graded,
    replacing,
    with_cells,
    with_file,
    write_lab,
)

Change = Callable[[Path], None]

MANIFEST_CASES = {
    "no manifest field": (replacing("lab.toml", "minutes = 30\n", ""), "minutes", "missing", "minutes = 75"),
    "text for a number": (
        replacing("lab.toml", "= 30", '= "30"'),
        "minutes",
        "a whole number, got text",
        "= 75",
    ),
    "too many minutes": (replacing("lab.toml", "= 30", "= 9000"), "minutes", "<= 600", "minutes = 75"),
    "unknown field": (
        replacing("lab.toml", "minutes", "minuts"),
        "minuts",
        "no such field",
        "title, summary",
    ),
    "unknown field inside": (
        replacing("lab.toml", "seed", "sead"),
        "data[0].sead",
        "no such field",
        "licence",
    ),
    "field inside missing": (
        replacing("lab.toml", 'licence = "CC0-1.0"\n', ""),
        "data[0].licence",
        "missing",
        'licence = "CC0-1.0"',
    ),
    "unknown level": (
        replacing("lab.toml", '"foundation"', '"easy"'),
        "level",
        "Invalid enum value 'easy'",
        "one of: foundation, intermediate, advanced",
    ),
    "unknown runtime": (
        replacing("lab.toml", '"browser"', '"cloud"'),
        "runtime",
        "'cloud'",
        "browser, hub, gpu",
    ),
    "odd environment": (
        replacing("lab.toml", '"python"', '"Python 3"'),
        "environment",
        "pattern",
        '= "python"',
    ),
    "odd skill": (
        replacing("lab.toml", "python.functions", "A b"),
        "skills[0]",
        "pattern",
        "python.functions",
    ),
    "no skill": (replacing("lab.toml", '["python.functions"]', "[]"), "skills", "length >= 1", "skills = ["),
    "text for a table": (
        replacing("lab.toml", 'title = { en = "Doubling", ur = "دگنا کرنا" }', 'title = "Doubling"'),
        "title",
        "Expected a table, got text",
        "table with: en, ur",
    ),
    "later format": (replacing("lab.toml", "format = 1", "format = 2"), "format", "<= 1", "format = 1"),
    "not TOML": (replacing("lab.toml", '"browser"', "browser"), "", "This is not TOML", "need quotes"),
    "not UTF-8": (with_file("lab.toml", b"format = 1\n\xff"), "byte 11", "not UTF-8", "Save it as UTF-8"),
    "Urdu missing": (replacing("lab.toml", "دگنا کرنا", ""), "title.ur", "not in Urdu script", "Write it"),
    "English for Urdu": (
        replacing("lab.toml", "دگنا کرنے والا فنکشن لکھیے", "Write a function"),
        "summary.ur",
        "not in Urdu script",
        "technical terms may stay",
    ),
    "English missing": (
        replacing("lab.toml", "Doubling", " "),
        "title.en",
        "English text is empty",
        "Write it",
    ),
    "points don't add up": (
        replacing("lab.toml", "points = 3", "points = 5"),
        "points",
        "says 5, the notebook's graded cells add up to 3",
        "points = 3",
    ),
    "data file missing": (
        lambda lab: (lab / "data/numbers.txt").unlink(),
        "data[0].path",
        "no file 'data/numbers.txt'",
        "Add it",
    ),
    "script missing": (lambda lab: (lab / "make_data.py").unlink(), "data[0].made_by", "no file", "Add it"),
    "data outside data/": (
        replacing("lab.toml", '"data/numbers.txt"', '"../numbers.txt"'),
        "data[0].path",
        "pattern",
        "data/fares.csv",
    ),
}

HINT_CASES = {
    "name used twice": (
        with_file("hints.toml", (HINTS + HINTS.replace("format = 1", "")).encode()),
        "misconceptions[1].name",
        "'adds-two' is used twice",
        "a name of its own",
    ),
    "unknown answer": (
        replacing("hints.toml", '["double"]', '["triple"]'),
        "misconceptions[0].answers",
        "no such cell 'triple'",
        "double, why",
    ),
    "unknown test": (
        replacing("hints.toml", "test-double", "test-triple"),
        "misconceptions[0].evidence[0].fails",
        "no such cell 'test-triple'",
        "test-double",
    ),
    "empty sign": (
        replacing("hints.toml", "{ fails = \"test-double\", source = '\\+ *2' }", "{}"),
        "misconceptions[0].evidence[0]",
        "says nothing",
        "at least one of",
    ),
    "no sign": (
        replacing("hints.toml", "[{ fails = \"test-double\", source = '\\+ *2' }]", "[]"),
        "misconceptions[0].evidence",
        "length >= 1",
        "any one is enough",
    ),
    "bad pattern": (
        replacing("hints.toml", "'\\+ *2'", "'(2'"),
        "misconceptions[0].evidence[0].source",
        "not a regular expression",
        "single quotes",
    ),
    "hint without Urdu": (
        replacing("hints.toml", "دس کا دگنا کتنا ہے؟", "What is `دس` twice?"),
        "misconceptions[0].hints.question.ur",
        "not in Urdu script",
        "Write it",
    ),
    "hint without English": (
        replacing("hints.toml", "What is twice ten?", ""),
        "misconceptions[0].hints.question.en",
        "English hint is empty",
        "Write it",
    ),
    "unknown slot": (
        replacing("hints.toml", "Look at line {line}.", "Look at {place}."),
        "misconceptions[0].hints.where",
        "no slot {place}",
        "input, line, name, value",
    ),
    "code below level 4": (
        replacing("hints.toml", "Doubling multiplies.", "```n * 2```"),
        "misconceptions[0].hints.concept",
        "no block of code",
        "into 'example'",
    ),
    "unknown field in an optional table": (
        replacing("hints.toml", "concept = {", 'example = { english = "x" }\nconcept = {'),
        "misconceptions[0].hints.example.english",
        "no such field",
        "are: en, ur",
    ),
    "level missing": (
        replacing("hints.toml", "concept =", "# concept ="),
        "misconceptions[0].hints.concept",
        "missing",
        "table with: en, ur",
    ),
}

NOTEBOOK_CASES = {
    "not JSON": (with_file("lab.ipynb", b"%PDF"), "", "This is not a notebook", "Export it"),
    "too deep": (with_file("lab.ipynb", b"[" * 100_000), "", "This is not a notebook", "Export it"),
    "other JSON": (with_file("lab.ipynb", b"[1]"), "", "JSON but not a notebook", "Export it"),
    "nbformat 3": (
        with_file("lab.ipynb", b'{"nbformat": 3, "worksheets": []}'),
        "nbformat",
        "notebook of format 3",
        "Open it in Jupyter, save it",
    ),
    "no cells": (with_file("lab.ipynb", b'{"nbformat": 4}'), "cells", "no list of cells", "Save it anew"),
    "no cell": (
        with_file("lab.ipynb", b'{"nbformat": 4, "cells": [1]}'),
        "cell 1",
        "not a cell",
        "Save the notebook anew",
    ),
    "odd cell type": (
        with_cells({"cell_type": "heading", "source": ""}),
        "cell 1",
        "'heading'",
        "Save the notebook anew",
    ),
    "source no text": (
        with_cells({"cell_type": "raw", "source": [1]}),
        "cell 1",
        "not text",
        "Save the notebook anew",
    ),
    "odd metadata": (
        with_cells({"cell_type": "code", "source": "", "metadata": {"nbgrader": 1}}),
        "cell 1",
        "not a table",
        "Mark the cell anew",
    ),
    "newer schema": (with_cells(check_cell(schema_version=4)), "cell 1", "schema_version 4", "nbgrader 0.9"),
    "no grade_id": (with_cells(check_cell(grade_id="")), "cell 1", "has no grade_id", "Give it one"),
    "id twice": (
        with_cells(answer_cell(), check_cell(), check_cell()),
        "cell 3",
        "'test-double' stands on cell 2 too",
        "of its own",
    ),
    "no points": (with_cells(check_cell(points=None)), "cell 1 (test-double)", "points are None", "a number"),
    "text for points": (
        with_cells(check_cell(points="2")),
        "cell 1 (test-double)",
        "points are '2'",
        "a number",
    ),
    "old odd points": (
        with_cells(check_cell(points="many", schema_version=0)),
        "cell 1 (test-double)",
        "points are None",
        "a number",
    ),
    "endless points": (
        with_cells(check_cell(points=float("inf"))),
        "cell 1 (test-double)",
        "points are inf",
        "a number",
    ),
    "negative points": (
        with_cells(check_cell(points=-1)),
        "cell 1 (test-double)",
        "points are -1",
        "0 points",
    ),
    "task in code": (
        with_cells(graded("code", "", grade_id="t", task=True, points=1)),
        "cell 1",
        "has to be a Markdown cell",
        "Change the cell's type",
    ),
    "test in Markdown": (
        with_cells(graded("markdown", "", grade_id="t", grade=True, points=1)),
        "cell 1",
        "an answer with points",
        "Manually graded answer",
    ),
}


def _case_files() -> list[tuple[str, str, tuple[Change, str, str, str]]]:
    groups = (("lab.toml", MANIFEST_CASES), ("hints.toml", HINT_CASES), ("lab.ipynb", NOTEBOOK_CASES))
    return [(name, file, case) for file, cases in groups for name, case in cases.items()]


@pytest.mark.parametrize(("file", "case"), [pytest.param(f, c, id=n) for n, f, c in _case_files()])
def test_message_names_file_field_and_mend(
    tmp_path: Path, file: str, case: tuple[Change, str, str, str]
) -> None:
    change, field, problem, mend = case
    lab = write_lab(tmp_path / "doubling")
    change(lab)
    with pytest.raises(LabInvalid) as caught:
        load(lab)
    error = caught.value
    assert (error.file, error.field) == (file, field)
    assert problem in error.problem
    assert mend in error.mend
    assert str(error) == f"{file}{', ' if field else ''}{field}: {error.problem} {error.mend}"


FOLDER_CASES = {
    "stray file": (with_file("notes.md"), "notes.md", "not part of the lab format", "Move it into data/"),
    "misspelt hints": (with_file("hint.toml"), "hint.toml", "not part of the lab format", "Move it"),
    "data without entry": (with_file("data/more.csv"), "data/more.csv", "no entry", "[[data]]"),
    "no notebook": (
        lambda lab: (lab / "lab.ipynb").unlink(),
        "lab.ipynb",
        "has no notebook",
        "Put the source",
    ),
    "solution no Python": (
        with_file("solutions/a.txt"),
        "solutions/a.txt",
        "Only Python files",
        "end its name",
    ),
    "solution broken": (with_file("solutions/a.py", b"def ("), "solutions/a.py", "not Python", "Mend it"),
    "solution binary": (with_file("solutions/a.py", b"\xff\x00"), "solutions/a.py", "not Python", "Mend it"),
    "solution without note": (
        with_file("solutions/a.py", b"# %% double\nx = 1\n"),
        "solutions/a.py",
        "no docstring",
        "Open it with a docstring",
    ),
    "solution without answers": (
        with_file("solutions/a.py", b'"""Nothing."""\n'),
        "solutions/a.py",
        "no answers",
        "# %% GRADE_ID",
    ),
    "solution to nothing": (
        with_file("solutions/a.py", ALTERNATIVE.replace("%% double", "%% why").encode()),
        "solutions/a.py",
        "no such answer cell",
        "double",
    ),
}


@pytest.mark.parametrize(("change", "file", "problem", "mend"), FOLDER_CASES.values(), ids=FOLDER_CASES)
def test_files_of_the_folder(tmp_path: Path, change: Change, file: str, problem: str, mend: str) -> None:
    lab = write_lab(tmp_path / "doubling")
    change(lab)
    with pytest.raises(LabInvalid) as caught:
        load(lab)
    assert caught.value.file == file
    assert problem in caught.value.problem
    assert mend in caught.value.mend


def test_folder_name_is_the_slug(tmp_path: Path) -> None:
    with pytest.raises(LabInvalid, match=r"My Lab: .* Rename it to 'my-lab'"):
        load(write_lab(tmp_path / "My Lab"))


@pytest.mark.parametrize("name", ["nowhere", "no\0where", "a" * 5000])
def test_nothing_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(LabInvalid, match=r"no such file or folder that you may read\. Name a lab folder"):
        load(tmp_path / name)


def test_neither_lab_nor_assignment(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("x", encoding="utf-8")
    with pytest.raises(LabInvalid, match=r"neither lab.toml nor a notebook"):
        load(tmp_path)
    with pytest.raises(LabInvalid, match=r"text.txt: This is neither a folder nor a notebook"):
        load(tmp_path / "text.txt")


def test_broken_notebook_in_an_assignment_is_named(tmp_path: Path) -> None:
    (tmp_path / "good.ipynb").write_bytes(as_notebook([check_cell(), essay_cell()]))
    (tmp_path / "bad.ipynb").write_bytes(b"{")
    with pytest.raises(LabInvalid, match=r"bad.ipynb: This is not a notebook"):
        load(tmp_path)
