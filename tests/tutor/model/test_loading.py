"""Folders that are no model of the tutor's, and what is said about them."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from darsgah_tutor.causal.errors import FolderRefused
from darsgah_tutor.loading import load
from tests.tutor.causal.tiny import qwen2


def _cut(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])


def _pickle_beside(folder: Path) -> None:
    (folder / "optimizer.pt").write_bytes(b"\x80\x04.")


def _pickle_in_disguise(folder: Path) -> None:
    with zipfile.ZipFile(folder / "model.safetensors", "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x04.")


def _without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _changed(**values: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(config | values))

    return change


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_cut, "not copied whole"),
        (_pickle_beside, "a pickle"),
        (_pickle_in_disguise, "no safetensors file"),
        (_without("model.safetensors"), "has no weights"),
        (_without("config.json"), "lacks its config.json"),
        (lambda folder: (folder / "config.json").write_text("{"), "is no JSON"),
        (_changed(model_type="bert"), "is a bert"),
        (_changed(facts=3), "train it again"),
        (_changed(width=64), "does not load|not those of its config"),
        (_changed(word_layers=3), "not those of its config"),
        (_changed(width=33), "does not load|not those of its config"),
        (_changed(misconceptions=["one"]), "does not load|not those of its config"),
    ],
)
def test_what_is_no_model_is_refused(
    folder: Path, tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    spoilt = shutil.copytree(folder, tmp_path / "spoilt")
    spoil(spoilt)
    with pytest.raises(FolderRefused, match=said):
        load(spoilt)


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FolderRefused, match="There is no folder"):
        load(tmp_path / "nowhere")


def test_a_causal_model_is_told_where_it_belongs(tmp_path: Path) -> None:
    with pytest.raises(FolderRefused, match="DARSGAH_TUTOR_MODEL"):
        load(qwen2(tmp_path))
