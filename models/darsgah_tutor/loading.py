"""Reads the tutor's own model from a folder: its JSON and headers first, then numbers and nothing else."""

import hashlib
from pathlib import Path
from typing import Any

import torch

from darsgah_tutor.causal.errors import FolderRefused
from darsgah_tutor.features import BUCKETS, FACTS
from darsgah_tutor.model import MODEL_TYPE, SuspectsModel, hide_bars
from darsgah_tutor.weight_files import READING, names_in, read_json, refuse_pickles, tensors, weight_files


def load(folder: Path) -> SuspectsModel:
    """The model of a folder, in 32-bit numbers on the processor.

    Raises:
        FolderRefused: it is missing, cut short, holds a pickle, or is another model.
    """
    names = names_in(folder)
    refuse_pickles(folder, names)
    config = read_json(folder / "config.json", "its config.json")
    if config.get("model_type") != MODEL_TYPE:
        raise FolderRefused(
            f"The model in {folder} is a {config.get('model_type') or 'model of no stated type'}, "
            f"not the tutor's own ({MODEL_TYPE}): name the folder that `darsgah tutor train` wrote. "
            "A causal language model is set with DARSGAH_TUTOR_MODEL."
        )
    if (config.get("buckets"), config.get("facts")) != (BUCKETS, FACTS):
        raise FolderRefused(
            f"The model in {folder} reads other features than this version makes: train it again."
        )
    for file in weight_files(folder, names):
        list(tensors(file))  # refuses a file that was cut short
    with READING:
        return _read(folder)


def name_of(folder: Path) -> str:
    """What the model of a folder is called: its type, and a digest of its weights that no other has."""
    digest = hashlib.sha256()
    for file in weight_files(folder, names_in(folder)):
        digest.update(file.read_bytes())
    return f"{MODEL_TYPE}-{digest.hexdigest()[:8]}"


def _read(folder: Path) -> SuspectsModel:
    hide_bars()
    try:
        read: tuple[SuspectsModel, dict[str, Any]] = SuspectsModel.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
        )  # type: ignore[assignment] # with the loading's record it is a pair
    except Exception as error:
        raise FolderRefused(f"The model in {folder} does not load: {_first_line(error)}") from error
    model, found = read
    if found["missing_keys"] or found["unexpected_keys"] or found["mismatched_keys"]:
        raise FolderRefused(
            f"The weights in {folder} are not those of its config.json: copy the whole model again."
        )
    model.train(mode=False)
    return model


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
