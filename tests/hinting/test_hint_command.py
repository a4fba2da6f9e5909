"""`darsgah hint` as a person or a script meets it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from darsgah.cli import application
from tests.hinting.lab import SECRET, write_lab, write_submission

KEYS = {
    *("submission", "notebook", "cell", "level", "hint", "lines", "misconception", "confidence", "evidence"),
    *("model", "withheld", "reasons", "parts", "error", "seconds"),
}


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(application, ["hint", *(str(argument) for argument in arguments)])


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    return write_lab(tmp_path / "rooms.ipynb")


def test_the_first_answer_that_is_not_right_gets_the_hint(lab: Path, tmp_path: Path) -> None:
    wrong = write_submission(tmp_path / "mine.ipynb", price="def price(a, b):\n    return area(a, b)")
    ran = invoke(lab, wrong, "--level", "0", "--json")
    assert (ran.exit_code, ran.stderr) == (0, "")
    found = json.loads(ran.stdout)
    assert found.keys() == KEYS
    assert (found["cell"], found["level"], found["error"]) == ("price", 0, None)
    assert "price(1, 2)" in found["hint"]
    assert [check["passed"] for check in found["evidence"]["checks"]] == [False, False]
    told = {name: value for name, value in found.items() if name not in {"parts", "seconds"}}
    assert "90" not in json.dumps(told)


def test_a_correct_answer_is_told_so(lab: Path, tmp_path: Path) -> None:
    ran = invoke(lab, write_submission(tmp_path / "mine.ipynb"), "--cell", "price")
    assert ran.exit_code == 0
    assert "correct" in ran.stdout
    urdu = invoke(lab, write_submission(tmp_path / "mine.ipynb"), "--language", "ur")
    assert "درست" in urdu.stdout


def test_each_of_a_folder_whatever_is_in_it(lab: Path, tmp_path: Path) -> None:
    folder = tmp_path / "handed-in"
    folder.mkdir()
    answers = {
        "syntax": "def area(a, b)\n    return 1",
        "hangs": "def area(a, b):\n    while True:\n        pass",
        "prints": "def area(a, b):\n    for _ in range(1000):\n        print('x' * 10**6)",
        "exits": "import os\nos._exit(0)",
        "empty": "",
    }
    for name, answer in answers.items():
        write_submission(folder / f"{name}.ipynb", area=answer)
    (folder / "broken.ipynb").write_text("{")
    (folder / "nothing").mkdir()
    ran = invoke(lab, "--each", folder, "--json", "--level", 0)
    assert ran.exit_code == 0
    found: dict[str, Any] = {entry["submission"]: entry for entry in map(json.loads, ran.stdout.splitlines())}
    assert {name.removesuffix(".ipynb") for name in found} == {*answers, "broken", "nothing"}
    ended = {name: found[f"{name}.ipynb"]["evidence"]["ended"] for name in answers}
    assert ended == {"syntax": "syntax", "hangs": "ran", "prints": "ran", "exits": "died", "empty": "ran"}
    assert all(found[f"{name}.ipynb"]["hint"] for name in answers)
    assert found["broken.ipynb"]["error"]["code"] == "not_json"
    assert found["nothing"]["error"]["code"] == "no_notebook"
    assert SECRET not in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["LAB"], 2, "Name one submission"),
        (["LAB", "nowhere.ipynb"], 2, "There is no"),
        (["LAB", "MINE", "--cell", "volume"], 2, "There are: area, price"),
        (["nowhere", "MINE"], 2, "nowhere"),
        (["LAB", "BROKEN"], 3, "cannot be read as JSON"),
        (["LAB", "--each", "nowhere"], 2, "not a folder"),
        (["NOTHING", "MINE"], 2, "nothing to hint at"),
    ],
)
def test_wrong_use_and_rejected_submissions_say_so_in_a_line(
    lab: Path, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    (tmp_path / "broken.ipynb").write_text("{")
    empty = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "empty.ipynb").write_text(json.dumps(empty))
    paths = {
        "LAB": lab,
        "MINE": write_submission(tmp_path / "mine.ipynb"),
        "BROKEN": tmp_path / "broken.ipynb",
        "NOTHING": tmp_path / "empty.ipynb",
    }
    ran = invoke(*(paths.get(argument, argument) for argument in arguments))
    assert ran.exit_code == code
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
