"""Examines a folder before anything in it is loaded: only its JSON and the headers of its weights are read.

A model's folder comes from anywhere. Weights are taken as safetensors alone, which hold numbers and nothing
else; a pickle runs code when it is read, so a folder with one in it is refused, even if nobody would read it.
Format of the weights: https://huggingface.co/docs/safetensors, eight bytes for the length of a JSON header,
the header with each tensor's type, shape and place, then the numbers.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from darsgah_tutor.causal.errors import FolderRefused

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".npy", ".npz", ".h5", ".pyc")
"""Endings of files that are pickles, or that libraries of models unpickle."""
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "spiece.model", "vocab.txt")
_LONGEST_HEADER = 100_000_000
"""As the format's own reader has it."""


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
    if not folder.is_dir():
        raise FolderRefused(
            f"There is no folder {folder}: name the one that holds config.json and the weights."
        )
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise FolderRefused(f"The folder {folder} cannot be read ({error.strerror}).") from error
    _refuse_pickles(folder, names)
    config = _json(folder / "config.json", "its config.json")
    _refuse_other_kinds(folder, config)
    if not any(name in names for name in TOKENIZERS):
        raise FolderRefused(
            f"The folder {folder} has no tokenizer (tokenizer.json): copy the whole model, not its weights."
        )
    shapes = [(tensor, shape) for file in _weight_files(folder, names) for tensor, shape in _tensors(file)]
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


def _refuse_pickles(folder: Path, names: list[str]) -> None:
    pickles = [name for name in names if name.lower().endswith(PICKLES)]
    if pickles:
        raise FolderRefused(
            f"The folder {folder} holds {pickles[0]}, a pickle, which runs what it likes when it is read: "
            "take the model's safetensors files, and remove what is no safetensors."
        )


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


def _weight_files(folder: Path, names: list[str]) -> list[Path]:
    if WEIGHTS in names:
        return [folder / WEIGHTS]
    if INDEX not in names:
        raise FolderRefused(f"The folder {folder} has no weights: {WEIGHTS} or {INDEX} is missing.")
    shards = _json(folder / INDEX, f"its {INDEX}").get("weight_map")
    if not isinstance(shards, dict) or not shards:
        raise FolderRefused(f"The {INDEX} in {folder} names no files: copy it again.")
    wanted = sorted({str(shard) for shard in shards.values()})
    missing = [
        name for name in wanted if name not in names
    ]  # a path that leads elsewhere is none of these names
    if missing:
        raise FolderRefused(
            f"The folder {folder} lacks {missing[0]} ({len(missing)} of {len(wanted)} files)."
        )
    return [folder / name for name in wanted]


def _tensors(file: Path) -> Iterator[tuple[str, list[int]]]:
    """Name and shape of each tensor; refuses a file that is shorter or longer than its header says."""
    size = file.stat().st_size
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        if not 2 <= length <= min(size - 8, _LONGEST_HEADER):
            raise FolderRefused(f"{file} is no safetensors file, or only its beginning: copy it again.")
        try:
            header = json.loads(opened.read(length))
            tensors = [
                (name, [int(side) for side in told["shape"]], int(told["data_offsets"][1]))
                for name, told in header.items()
                if name != "__metadata__"
            ]
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
            raise FolderRefused(f"The header of {file} is broken: copy it again.") from error
    ends = 8 + length + max((end for _, _, end in tensors), default=0)
    if ends != size:
        raise FolderRefused(f"{file} has {size:,} bytes of {ends:,}: it was not copied whole. Copy it again.")
    for name, shape, _ in tensors:
        yield name, shape


def _json(file: Path, what: str) -> dict[str, Any]:
    try:
        read = json.loads(file.read_bytes())
    except OSError as error:
        raise FolderRefused(
            f"The folder {file.parent} lacks {what}, or it cannot be read ({error.strerror}): "
            "name a folder with a whole model."
        ) from error
    except (ValueError, RecursionError) as error:
        raise FolderRefused(f"In the folder {file.parent} {what} is no JSON: copy it again.") from error
    if not isinstance(read, dict):
        raise FolderRefused(f"In the folder {file.parent} {what} is not what it should be: copy it again.")
    return read
