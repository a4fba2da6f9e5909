"""The bench of a causal model: what counts as read for a token, and that every precision is measured."""

import argparse
import io

import pytest
import torch
from rich.console import Console

from bench import tutor_model
from darsgah_tutor.causal.int8 import quantize

SMALL = {
    **tutor_model.SHAPE,
    "hidden_size": 56,
    "num_hidden_layers": 2,
    "intermediate_size": 64,
    "vocab_size": 1000,
}


def test_every_precision_is_measured_against_its_own_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tutor_model, "SHAPE", SMALL)
    speeds = [tutor_model._speed(kind, 3, 1e9) for kind in ("float32", "bfloat16", "int8")]
    assert speeds[0].read_bytes == 2 * speeds[1].read_bytes
    if "x86" in torch.backends.quantized.supported_engines:
        assert speeds[1].read_bytes > 1.6 * speeds[2].read_bytes
    assert all(speed.tokens > 0 and speed.limit == 1e9 / speed.read_bytes for speed in speeds)
    assert "float32" in tutor_model._table(speeds).columns[0]._cells


def test_a_table_of_words_that_is_the_way_out_as_well_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tutor_model, "SHAPE", SMALL)
    model = tutor_model._model(torch.float32)
    assert tutor_model._read_bytes(model) == 4 * sum(one.numel() for one in model.parameters())
    if quantize(model):
        assert tutor_model._read_bytes(model) < 4 * sum(one.numel() for one in model.parameters())


def test_a_crowd_is_measured_to_its_last_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tutor_model, "SHAPE", SMALL)
    monkeypatch.setattr(tutor_model, "PROMPT", 20)
    loaded = tutor_model.Loaded(
        "small", tutor_model._model(torch.float32), tutor_model._Words(), torch.device("cpu"), "", (), 64
    )
    generator = tutor_model.BatchGenerator(loaded, places=4)
    try:
        assert tutor_model._crowd(generator, 6, 5) > 0
    finally:
        generator.close(seconds=5)


def test_where_there_is_no_gpu_it_says_so_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tutor_model, "SHAPE", SMALL)
    monkeypatch.setattr(tutor_model, "PROMPT", 20)
    monkeypatch.setattr(tutor_model, "_LIMIT_BYTES", 10_000_000)
    written = io.StringIO()
    found = tutor_model.tutor_model(argparse.Namespace(tokens=2), Console(file=written, width=120))
    assert [one["precision"] for one in found["processor"]][:2] == ["float32", "bfloat16"]
    assert ("gpu" in found) is torch.cuda.is_available()
    assert ("torch finds none here" in written.getvalue()) is not torch.cuda.is_available()
