"""`darsgah hint` about what nobody should hand in, and about labs that lack something: a word for each."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from darsgah.cli import application
from darsgah_tutor.engine import NO_REFERENCE
from tests.grading.notebooks import answer, check, markdown, notebook
from tests.tutor.bad_answers import BAD_ANSWERS

SOLUTION = "### BEGIN SOLUTION\ndef double(n):\n    return 2 * n\n### END SOLUTION"
STARTER = "def double(n):\n    raise NotImplementedError()"


def write(path: Path, double: str, *, test: str = "assert double(3) == 6") -> Path:
    cells = [markdown("# Doubling"), answer("double", double), check("test-double", test, 2)]
    path.write_bytes(notebook(*cells))
    return path


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(application, ["hint", *map(str, arguments)])


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    return write(tmp_path / "lab.ipynb", SOLUTION)


def test_every_bad_answer_is_told_what_it_did(lab: Path, tmp_path: Path) -> None:
    folder = tmp_path / "handed-in"
    folder.mkdir()
    for name, bad in BAD_ANSWERS.items():
        write(folder / f"{name}.ipynb", bad.source)
    ran = invoke(lab, "--each", folder, "--json", "--level", 0)
    assert ran.exit_code == 0
    found: dict[str, Any] = {
        entry["submission"].removesuffix(".ipynb"): entry
        for entry in map(json.loads, ran.stdout.splitlines())
    }
    assert found.keys() == BAD_ANSWERS.keys()
    told = {name: entry["hint"] for name, entry in found.items() if entry["error"] is None}
    assert told.keys() == BAD_ANSWERS.keys()
    unlike = {name: said for name, said in told.items() if BAD_ANSWERS[name].said not in said or not said}
    assert not unlike, unlike
    assert all(len(said) < 1000 for said in told.values())
    assert not any(entry["evidence"]["correct"] for entry in found.values())
    assert not Path("/usr/darsgah-was-here").exists()


@pytest.mark.parametrize("level", range(5))
def test_a_lab_as_it_is_given_out_has_no_reference_and_hints_all_the_same(tmp_path: Path, level: int) -> None:
    lab = write(tmp_path / "lab.ipynb", STARTER)
    wrong = write(tmp_path / "mine.ipynb", "def double(n):\n    return n + 2")
    ran = invoke(lab, wrong, "--level", level)
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert NO_REFERENCE in " ".join(ran.stdout.split())
    assert "double" in ran.stdout


def test_a_correct_answer_is_told_so_with_a_question_to_think_about(lab: Path, tmp_path: Path) -> None:
    for language, correct, mark in (("en", "Your answer is correct", "?"), ("ur", "درست", "؟")):
        right = write(tmp_path / "mine.ipynb", "def double(n):\n    return n + n")
        ran = invoke(lab, right, "--language", language, "--json")
        said = json.loads(ran.stdout)["hint"]
        assert correct in said
        assert said.rstrip().endswith(mark)


def test_a_lab_whose_tests_are_broken_is_no_fault_of_the_learner(tmp_path: Path) -> None:
    lab = write(tmp_path / "lab.ipynb", SOLUTION, test="assert double(3 == 6")
    ran = invoke(lab, write(tmp_path / "mine.ipynb", "def double(n):\n    return 0"))
    assert "Traceback" not in ran.output
    assert ran.exit_code in {0, 2}
    assert ran.output.strip()


@pytest.mark.parametrize(
    "content",
    [b"", b"\x80\x04.", b"[]", b'{"cells": 3}', b"[" * 100_000, b'{"cells": [{"cell_type": "code"}]}'],
)
def test_a_file_that_is_no_notebook_is_refused_in_a_line(lab: Path, tmp_path: Path, content: bytes) -> None:
    mine = tmp_path / "mine.ipynb"
    mine.write_bytes(content)
    ran = invoke(lab, mine)
    assert ran.exit_code == 3
    assert ran.stderr.strip().count("\n") <= 2
    assert "Traceback" not in ran.output
