"""`darsgah hint` with an operator's language model: in its words, or told in one line why not."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from darsgah.cli import application
from tests.hinting.lab import write_lab, write_submission
from tests.tutor.causal.tiny import qwen2_saying

SAID = "Look at the line once more and ask what it does."


def test_a_hint_is_said_by_the_model_that_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = write_lab(tmp_path / "rooms.ipynb")
    wrong = write_submission(tmp_path / "mine.ipynb", price="def price(a, b):\n    return area(a, b)")
    arguments = ["hint", str(lab), str(wrong), "--json"]

    def hint() -> str:
        ran = CliRunner().invoke(application, arguments)
        assert ran.exit_code == 0, ran.stderr
        return str(json.loads(ran.stdout)["hint"])

    authored = hint()
    monkeypatch.setenv("DARSGAH_TUTOR_MODEL", str(qwen2_saying(tmp_path / "tiny", SAID)))
    assert hint() == SAID != authored
    monkeypatch.setenv("DARSGAH_TUTOR_MODEL", "http://127.0.0.1:9")
    assert hint() == authored
    monkeypatch.setenv("DARSGAH_TUTOR_MODEL", str(tmp_path / "none"))
    refused = CliRunner().invoke(application, arguments)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("DARSGAH_TUTOR_MODEL: There is no folder")
    assert len(refused.stderr.splitlines()) == 1
