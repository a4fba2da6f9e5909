"""One tiny model for all tests, in a folder and loaded."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from darsgah_tutor.causal.decoding import ProcessorGenerator
from darsgah_tutor.causal.loading import Loaded, load
from tests.tutor.causal.tiny import qwen2


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model's folder; nobody changes it."""
    return qwen2(tmp_path_factory.mktemp("causal") / "Tiny-Qwen2-Instruct")


@pytest.fixture(scope="session")
def loaded(folder: Path) -> Loaded:
    """The model in 32-bit numbers, on the processor."""
    return load(folder, torch.device("cpu"), small=False)


@pytest.fixture
def generator(loaded: Loaded) -> Iterator[ProcessorGenerator]:
    """One that answers one chat at a time and lets two wait."""
    generator = ProcessorGenerator(loaded, threads=1, may_wait=2)
    yield generator
    generator.close(seconds=5)
