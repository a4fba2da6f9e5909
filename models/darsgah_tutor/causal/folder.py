"""Examines a folder before anything in it is loaded: only its JSON and the headers of its weights are read.

What every model's folder is asked is in ``darsgah_tutor.weight_files``; here is what a causal model's is.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from darsgah_tutor.causal.errors import FolderRefused
from darsgah_tutor.weight_files import names_in, read_json, refuse_pickles, tensors, weight_files

TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "spiece.model", "vocab.txt")


@dataclass(frozen=True, slots=True)
class Examined:
    """A folder that may be loaded.

    Attributes:
        name: the folder's own, as the model is called.
        config: its config.json.
        parameters: numbers in all its weights.
        int8_bytes: memory that loading takes for a processor with matrices in int8, at its highest point.
    """

    folder: Path
    name: str
    config: dict[str, Any]
    parameters: int
    int8_bytes: int


def examine(folder: Path) -> Examined:
    """Say what the folder holds.

    Raises:
        FolderRefused: it is missing, is cut short, holds a pickle, or is no causal model.
    """
    names = names_in(folder)
    refuse_pickles(folder, names)
    config = read_json(folder / "config.json", "its config.json")
    _refuse_other_kinds(folder, config)
    if not any(name in names for name in TOKENIZERS):
        raise FolderRefused(
            f"The folder {folder} has no tokenizer (tokenizer.json): copy the whole model, not its weights."
        )
    shapes = [(tensor, shape) for file in weight_files(folder, names) for tensor, shape in tensors(file)]
    parameters = sum(math.prod(shape) for _, shape in shapes)
    if parameters == 0:
        raise FolderRefused(f"The weights in {folder} are empty: copy the model again.")
    return Examined(folder, folder.resolve().name, config, parameters, _int8_bytes(shapes, config))


def _int8_bytes(shapes: list[tuple[str, list[int]]], config: dict[str, Any]) -> int:
    """Everything in 16 bits as it is read, the small copies that replace it, the largest once in 32 bits."""
    small = other = largest = 0
    for tensor, shape in shapes:
        count = math.prod(shape)
        largest = max(largest, count)
        if len(shape) != 2:
            other += count
        elif "embed" not in tensor or config.get("tie_word_embeddings"):
            small += count
    return 2 * (small + other) + 2 * largest + small + 4 * other + 4 * largest


def _refuse_other_kinds(folder: Path, config: dict[str, Any]) -> None:
    kind = config.get("model_type")
    if not isinstance(kind, str):
        raise FolderRefused(f"The config.json in {folder} does not say its model_type: it is no whole model.")
    if "quantization_config" in config:
        raise FolderRefused(
            f"The weights in {folder} are quantised already, which needs libraries that are not used here: "
            "take the original weights; a processor runs them in int8 anyway."
        )
    architectures = config.get("architectures") or []
    causal = [name for name in architectures if str(name).endswith(("ForCausalLM", "LMHeadModel"))]
    if config.get("is_encoder_decoder") or (architectures and not causal):
        told = ", ".join(map(str, architectures)) or kind
        raise FolderRefused(
            f"The model in {folder} is a {told}, which does not write text word by word: "
            "take a causal language model (…ForCausalLM), such as an instruct model of the Qwen2.5 family."
        )
