"""The model that comes with Darsgah: it is there, small enough, and what happens where it cannot be read."""

from pathlib import Path

import pytest

from darsgah.hinting.tutors import ShippedModel, shipped_tutor
from darsgah_tutor.shipped import shipped_weights
from darsgah_tutor.types import Check, Ended, Evidence, Finding, Question, Raised

LARGEST_FILE = 16_000_000
SOURCE = "def fare(km):\n    total = 20\n    return totl + 5 * km"
QUESTION = Question("fare", "A taxi's fare.", "", (), "", ())


@pytest.fixture
def evidence() -> Evidence:
    """Of an answer whose only check ends with an exception in its last line."""
    raised = Raised("NameError", "name 'totl' is not defined", 3, (3,))
    check = Check(
        test="1",
        line=1,
        visible=True,
        passed=False,
        source="assert fare(2) == 30",
        call="fare(2)",
        expected="30",
        raised=raised,
        lines=frozenset({2, 3}),
    )
    return Evidence(SOURCE, Ended.RAN, (check,))


def test_the_tutor_points_with_the_model_that_comes_with_it(evidence: Evidence) -> None:
    said = shipped_tutor().model.diagnose(QUESTION, evidence, ())
    assert said.model.startswith("darsgah-suspects-")
    assert said.lines[0] == 3
    assert sum(said.scores) == pytest.approx(1)


def test_its_files_are_numbers_of_a_size_that_can_be_passed_on() -> None:
    folder = shipped_weights()
    assert folder is not None
    files = sorted(file.name for file in folder.iterdir())
    assert {"README.md", "config.json", "training.json", "curves.csv"} <= set(files)
    assert any(name.endswith(".safetensors") for name in files)
    assert [file.name for file in folder.iterdir() if file.stat().st_size >= LARGEST_FILE] == []


def test_what_a_detector_sees_plainly_is_believed_and_adds_to_its_line(evidence: Evidence) -> None:
    model = shipped_tutor().model
    alone = model.diagnose(QUESTION, evidence, ())
    seen = model.diagnose(QUESTION, evidence, [Finding("misspelt-name", 2, 0.9, {"name": "total"})])
    assert (seen.misconception, seen.confidence, seen.slots) == ("misspelt-name", 0.9, {"name": "total"})
    assert seen.scores[seen.lines.index(2)] > alone.scores[alone.lines.index(2)]


def test_without_a_model_that_can_be_read_what_ran_when_points(tmp_path: Path, evidence: Evidence) -> None:
    (tmp_path / "config.json").write_text("{}")
    said = ShippedModel(tmp_path).diagnose(QUESTION, evidence, ())
    assert said.model == "spectrum"
    assert said.lines[0] == 3
