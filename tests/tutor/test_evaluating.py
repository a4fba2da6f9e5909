"""`darsgah tutor evaluate` from end to end on a handful of answers, and that it would see a leak."""

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from darsgah.cli import application
from darsgah.hinting.evaluation.cases import Answers
from darsgah.hinting.evaluation.lab_cases import asked_questions, lab_cases
from darsgah.hinting.evaluation.leaking import SECRETS, told
from darsgah.hinting.evaluation.nus_cases import FILE
from darsgah_grader.grading import Grader
from darsgah_tutor.engine import Tutor
from darsgah_tutor.misconceptions import Misconception
from darsgah_tutor.model import SuspectsConfig, SuspectsModel
from darsgah_tutor.types import Level
from tests.tutor.acting import SureModel
from tests.tutor.shipped_questions import LABS

COUNT = """\
def count(numbers, limit):
    n = 0
    for number in numbers:
        if number > limit:
            n += 1
    return n
"""
OTHER = """\
def count(numbers, limit):
    found = []
    for x in numbers:
        if x > limit:
            found.append(x)
    return len(found)
"""
PROGRAMS = {
    "one-edit": COUNT.replace(">", ">="),
    "two-lines": OTHER.replace("return len(found)", "return found").replace("append(x)", "append(limit)"),
    "not-wrong": COUNT.replace("number", "value"),
}
LAB = "python-functions-and-data"


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(application, ["tutor", "evaluate", *(str(one) for one in arguments)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    calls = {"count([], 1)": "0", "count([1, 2, 2], 1)": "2", "count([4, 5], 5)": "0", "count([6], 5)": "1"}
    row = {
        "task": 1,
        "description": "Count the numbers above a limit.",
        "reference": COUNT,
        "setup": "",
        "tests": [{"call": call, "expected": expected} for call, expected in calls.items()],
        "correct": [{"name": "other", "code": OTHER}, {"name": "like", "code": COUNT}],
        "wrong": [{"name": name, "code": code} for name, code in PROGRAMS.items()],
    }
    (tmp_path / FILE).write_bytes(gzip.compress(json.dumps(row).encode()))
    return tmp_path


def rows_of(found: dict[str, Any], title: str) -> dict[str, list[str]]:
    table = next(one for one in found["tables"] if one["title"].startswith(title))
    return {row[0]: row[1:] for row in table["rows"]}


def test_everything_is_measured_of_a_few_answers(data: Path, tmp_path: Path) -> None:
    keep, written = tmp_path / "kept.jsonl", tmp_path / "evaluation.md"
    asked = (
        "--data",
        data,
        "--answers",
        "nus",
        "--answers",
        "slips",
        "--lab",
        LAB,
        "--limit",
        2,
        "--keep",
        keep,
    )
    ran = invoke(*asked, "--json", "--output", written)
    assert (ran.exit_code, ran.stderr) == (0, "")
    found = json.loads(ran.stdout)
    assert found["made"]["seed"] == "0"
    outcomes = [json.loads(line) for line in keep.read_text().splitlines()[1:]]
    assert sorted(one["case"] for one in outcomes if one["data"] == "nus") == ["one-edit", "two-lines"]
    truth = {one["case"]: (one["truth"], one["apart"]) for one in outcomes if one["data"] == "nus"}
    assert truth == {"one-edit": ([4], 1), "two-lines": ([5, 6], 2)}
    one_edit = rows_of(found, "Wrong lines: NUS: learners' programs that one edit mends")
    assert one_edit["nearest correct program of other learners"][0].endswith("1 of 1")
    assert rows_of(found, "Hidden repair")["NUS: learners' programs"][1].endswith("2 of 2")
    leaks = rows_of(found, "Leaks")["both"]
    assert leaks[0] == "20"
    assert leaks[1].endswith("0 of 20")
    requests = rows_of(found, "Requests")
    assert requests.keys() >= {
        "fitting",
        "reported",
        "reported, Urdu",
        "fresh",
        "fresh, comments, texts and names",
    }
    assert "sandbox" in rows_of(found, "Time")
    assert "| NUS, all |" in written.read_text()

    kept = (
        keep.read_text()
        .replace('"repair":"alignment"', '"repair":""')
        .replace('"repair":"edit"', '"repair":""')
    )
    keep.write_text(kept + '{"a run that was killed')
    again = json.loads(invoke(*asked, "--json", "--only", "repair").stdout)
    assert rows_of(again, "Hidden repair")["NUS: learners' programs"][1].endswith("0 of 2")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--lab", "cooking"), "There is no lab cooking"),
        (("--data", "nowhere"), "cannot be read"),
        (("--only", "requests", "--keep", "KEPT"), "another state"),
    ],
)
def test_wrong_use_is_said_in_one_line(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("of something else\n")
    ran = invoke(*(str(kept) if one == "KEPT" else one for one in arguments))
    assert ran.exit_code == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.output


def test_a_leak_is_seen() -> None:
    """An author who writes a secret into the hints tells it: the gate lets authors' words pass."""
    texts = {level: dict.fromkeys(("en", "ur"), f"Think of {SECRETS['text']}.") for level in Level if level}
    careless = Misconception("careless", "Everything may be told.", (), (), texts)
    tutor = Tutor(bank={"careless": careless}, model=SureModel("careless", (1,)))
    with Grader() as grader:
        questions = asked_questions([LABS / LAB], grader)
        case = next(lab_cases(questions, grader, Answers.SLIPS, seed=0))
        asked = next(one.asked for one in questions if case.name.startswith(f"{one.name}/"))
        hints = list(told(tutor, replace(case, bank={}), asked, grader, 0))
    assert [hint.leaked for hint in hints if hint.level and not hint.faithless] == [("text",)] * 4
    assert not any(hint.leaked for hint in hints if not hint.level)


def test_another_model_is_measured_with_and_without_evidence(data: Path, tmp_path: Path) -> None:
    config = SuspectsConfig(width=32, heads=2, word_layers=1, line_layers=1, misconceptions=["prints"])
    SuspectsModel(config).save_pretrained(tmp_path / "model")
    asked = ("--data", data, "--answers", "nus", "--only", "lines", "--json")
    found = json.loads(invoke(*asked, "--model", tmp_path / "model").stdout)
    assert rows_of(found, "Wrong lines: NUS").keys() >= {
        "model",
        "model without evidence",
        "any order (expected)",
    }
    ran = invoke(*asked, "--model", data)
    assert ran.exit_code == 2
    assert "config.json" in ran.stderr
