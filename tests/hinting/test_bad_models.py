"""`darsgah hint` with a language model's folder that is none: refused in one line, nothing of it run."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from darsgah.cli import application
from tests.hinting.lab import write_lab, write_submission
from tests.tutor.causal.tiny import bert, qwen2

NUMBERS = 200_000_000_000
"""More than a machine's memory holds; the file is a hole of that size."""


def _missing(folder: Path) -> Path:
    return folder / "nowhere"


def _cut_short(folder: Path) -> Path:
    weights = qwen2(folder) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    return folder


def _with_a_pickle(folder: Path) -> Path:
    ran = folder.parent / "ran"
    (qwen2(folder) / "training_args.bin").write_bytes(
        b"cbuiltins\nexec\n(S'open(%r, \"w\")'\ntR." % str(ran).encode()
    )
    return folder


def _too_large(folder: Path) -> Path:
    header = {"w": {"dtype": "BF16", "shape": [1, NUMBERS], "data_offsets": [0, 2 * NUMBERS]}}
    told = json.dumps(header).encode()
    with (qwen2(folder) / "model.safetensors").open("wb") as weights:
        weights.write(len(told).to_bytes(8, "little") + told)
        weights.truncate(8 + len(told) + 2 * NUMBERS)
    return folder


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (_missing, "There is no folder"),
        (_cut_short, "was not copied whole"),
        (_with_a_pickle, "training_args.bin, a pickle"),
        (bert, "BertForMaskedLM, which does not write text"),
        (_too_large, "GB of memory"),
    ],
)
def test_what_is_no_model_is_refused_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoilt: Callable[[Path], Path], said: str
) -> None:
    lab = write_lab(tmp_path / "rooms.ipynb")
    wrong = write_submission(tmp_path / "mine.ipynb", area="def area(a, b):\n    return a + b")
    monkeypatch.setenv("DARSGAH_TUTOR_MODEL", str(spoilt(tmp_path / "model")))
    ran = CliRunner().invoke(application, ["hint", str(lab), str(wrong)])
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert ran.stderr.startswith("DARSGAH_TUTOR_MODEL: ")
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert not (tmp_path / "ran").exists()
