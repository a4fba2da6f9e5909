"""Training, and what a trained model says."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from darsgah_tutor.calibration import fitted
from darsgah_tutor.diagnosing import Suspecting
from darsgah_tutor.examples import Example
from darsgah_tutor.features import SUSPICION, features
from darsgah_tutor.loading import load
from darsgah_tutor.model import SuspectsConfig, SuspectsModel, batch_of
from darsgah_tutor.train import TooFewExamplesError, train
from darsgah_tutor.types import Ended, Evidence
from tests.tutor.acting import FARE, wrong_fare
from tests.tutor.model.conftest import TINY

CPU = torch.device("cpu")


def test_a_training_leaves_a_model_and_how_it_was_made(folder: Path, many: Sequence[Example]) -> None:
    record = json.loads((folder / "training.json").read_text())
    assert record["plan"]["seed"] == TINY.seed
    assert sum(record["examples"].values()) == len(many)
    modes = {(folder / name).stat().st_mode for name in ("config.json", "model.safetensors")}
    assert len(modes) == 1
    assert (folder / "curves.svg").read_text().startswith("<svg")
    rows = (folder / "curves.csv").read_text().split()
    assert rows[0] == "epoch,loss,first,first_three"
    losses = [float(row.split(",")[1]) for row in rows[1:]]
    assert len(losses) == TINY.epochs
    assert losses[-1] < losses[0]


def test_the_same_seed_gives_the_same_weights(folder: Path, many: Sequence[Example], tmp_path: Path) -> None:
    train(many, tmp_path / "again", TINY, CPU)
    first, again = (load_file(one / "model.safetensors") for one in (folder, tmp_path / "again"))
    assert all(torch.equal(first[name], again[name]) for name in first)


def test_what_is_read_from_the_folder_judges_as_what_was_written(folder: Path) -> None:
    model = load(folder)
    model.save_pretrained(folder.parent / "copied")
    copied = load(folder.parent / "copied")
    batch = batch_of([features(FARE.description, wrong_fare(), ())])
    with torch.inference_mode():
        torch.testing.assert_close(model(batch).lines, copied(batch).lines)


def test_an_answer_is_judged_the_same_beside_longer_ones(folder: Path) -> None:
    model = load(folder)
    short = features("", wrong_fare(), ())
    long = features("a longer task " * 9, wrong_fare("\n".join(f"x = {at}" for at in range(40))), ())
    with torch.inference_mode():
        alone, beside = model(batch_of([short])), model(batch_of([short, long]))
    torch.testing.assert_close(alone.lines[0], beside.lines[0, : len(short.lines)], rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(alone.unknown[0], beside.unknown[0], rtol=1e-4, atol=1e-4)


def test_what_ran_when_counts_as_much_as_is_said_in_the_config(folder: Path) -> None:
    model, batch = load(folder), batch_of([features("", wrong_fare(), ())])
    suspicion = batch.facts[0, :, SUSPICION]
    said = {}
    with torch.inference_mode():
        for spectrum in (0.0, 0.5, 1.0):
            model.config.spectrum = spectrum
            said[spectrum] = model(batch).shares[0]
    torch.testing.assert_close(said[1.0], suspicion / suspicion.sum())
    torch.testing.assert_close(said[0.5], (said[0.0] + said[1.0]) / 2)


def test_confidence_is_calibrated() -> None:
    signs = torch.tensor([[-2.0, 0.0, -1.0], [2.0, 0.0, -1.0]]).repeat(200, 1)
    right = torch.tensor([at % 2 == 1 or at % 10 == 0 for at in range(400)])
    weights = torch.tensor(fitted(signs, right))
    sure = (weights[0] + signs[:2] @ weights[1:]).sigmoid()
    assert sure[0].item() == pytest.approx(0.2, abs=0.05)
    assert sure[1].item() == pytest.approx(1.0, abs=0.05)


def test_a_diagnosis_orders_all_lines_and_knows_how_sure_it_is(folder: Path) -> None:
    said = Suspecting(load(folder), "tiny").diagnose(FARE, wrong_fare(), ())
    assert sorted(said.lines) == [1, 2, 3]
    assert list(said.scores) == sorted(said.scores, reverse=True)
    assert sum(said.scores) == pytest.approx(1, abs=1e-5)
    assert 0 <= said.confidence <= 1
    assert said.model == "tiny"


def test_an_answer_without_code_has_no_lines_to_point_at(folder: Path) -> None:
    said = Suspecting(load(folder), "tiny").diagnose(FARE, Evidence("# later", Ended.RAN), ())
    assert (said.lines, said.misconception, said.confidence) == ((), None, 0.0)


def test_at_its_usual_size_it_has_five_to_fifteen_million_numbers() -> None:
    with torch.device("meta"):
        model = SuspectsModel(SuspectsConfig(misconceptions=[str(at) for at in range(150)]))
    assert 5e6 < sum(one.numel() for one in model.parameters()) < 15e6


def test_one_task_alone_is_too_little(examples: Sequence[Example], tmp_path: Path) -> None:
    alone = [one for one in examples if one.group == "count"]
    with pytest.raises(TooFewExamplesError, match="give more"):
        train(alone, tmp_path / "model", TINY, CPU)
