"""`darsgah tutor train` as an operator runs it."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from darsgah.commands.tutor import tutor_commands
from darsgah_tutor.examples import Example, write_examples
from darsgah_tutor.loading import load

_TINY = ("--epochs", "1", "--width", "32")


def test_it_trains_from_examples_that_were_kept(many: Sequence[Example], tmp_path: Path) -> None:
    write_examples(tmp_path / "kept.gz", many)
    told = ["train", "--to", str(tmp_path / "model"), "--examples", str(tmp_path / "kept.gz"), *_TINY]
    ended = CliRunner().invoke(tutor_commands, told)
    assert ended.exit_code == 0, ended.output
    assert "tasks that were held out" in ended.output
    assert load(tmp_path / "model").config.width == 32


def test_it_makes_examples_of_problems_and_keeps_them(tmp_path: Path) -> None:
    (tmp_path / "problems.json").write_text(
        '[{"id": 1, "description": "Add one.", "solutions": ["def more(x):\\n    return x + 1"],'
        ' "unit_tests": "assert more(1) == 2\\nassert more(-1) == 0"}]'
    )
    told = ["train", "--to", str(tmp_path / "model"), "--problems", str(tmp_path / "problems.json"), *_TINY]
    ended = CliRunner().invoke(tutor_commands, told)
    assert ended.exit_code == 2  # one task cannot be held out from itself
    assert "give more" in ended.output
    assert (tmp_path / "model" / "examples.jsonl.gz").stat().st_size > 0


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ((), "Name --problems"),
        (("--width", "33"), "multiple of 16"),
        (("--problems", "nowhere.json"), "cannot be read"),
        (("--labs", "nowhere"), "no labs"),
    ],
)
def test_wrong_use_is_told_in_a_line(tmp_path: Path, told: tuple[str, ...], said: str) -> None:
    ended = CliRunner().invoke(tutor_commands, ["train", "--to", str(tmp_path / "model"), *told])
    assert ended.exit_code == 2
    assert said in " ".join(ended.output.split())
