"""What every model's folder is examined for before anything in it is loaded.

A model's folder comes from anywhere. Weights are taken as safetensors alone, which hold numbers and nothing
else; a pickle runs code when it is read, so a folder with one in it is refused, even if nobody would read it.
Format of the weights: https://huggingface.co/docs/safetensors, eight bytes for the length of a JSON header,
the header with each tensor's type, shape and place, then the numbers.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from darsgah_tutor.causal.errors import FolderRefused

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".npy", ".npz", ".h5", ".pyc")
"""Endings of files that are pickles, or that libraries of models unpickle."""
READING = threading.Lock()
"""Held while transformers reads a model: it changes torch's default type for all threads meanwhile."""
_LONGEST_HEADER = 100_000_000
"""As the format's own reader has it."""


def names_in(folder: Path) -> list[str]:
    """The names in a folder, sorted.

    Raises:
        FolderRefused: there is no such folder, or it cannot be read.
    """
    if not folder.is_dir():
        raise FolderRefused(
            f"There is no folder {folder}: name the one that holds config.json and the weights."
        )
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise FolderRefused(f"The folder {folder} cannot be read ({error.strerror}).") from error


def refuse_pickles(folder: Path, names: Sequence[str]) -> None:
    """Refuse a folder with a pickle in it, by the names of its files."""
    pickles = [name for name in names if name.lower().endswith(PICKLES)]
    if pickles:
        raise FolderRefused(
            f"The folder {folder} holds {pickles[0]}, a pickle, which runs what it likes when it is read: "
            "take the model's safetensors files, and remove what is no safetensors."
        )


def weight_files(folder: Path, names: Sequence[str]) -> list[Path]:
    """The files that hold the weights; refuses a folder that lacks one."""
    if WEIGHTS in names:
        return [folder / WEIGHTS]
    if INDEX not in names:
        raise FolderRefused(f"The folder {folder} has no weights: {WEIGHTS} or {INDEX} is missing.")
    shards = read_json(folder / INDEX, f"its {INDEX}").get("weight_map")
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


def tensors(file: Path) -> Iterator[tuple[str, list[int]]]:
    """Name and shape of each tensor; refuses a file that is shorter or longer than its header says."""
    size = file.stat().st_size
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        if not 2 <= length <= min(size - 8, _LONGEST_HEADER):
            raise FolderRefused(f"{file} is no safetensors file, or only its beginning: copy it again.")
        try:
            header = json.loads(opened.read(length))
            listed = [
                (name, [int(side) for side in told["shape"]], int(told["data_offsets"][1]))
                for name, told in header.items()
                if name != "__metadata__"
            ]
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
            raise FolderRefused(f"The header of {file} is broken: copy it again.") from error
    ends = 8 + length + max((end for _, _, end in listed), default=0)
    if ends != size:
        raise FolderRefused(f"{file} has {size:,} bytes of {ends:,}: it was not copied whole. Copy it again.")
    for name, shape, _ in listed:
        yield name, shape


def read_json(file: Path, what: str) -> dict[str, Any]:
    """An object of JSON; ``what`` it is, for the message with which it is refused."""
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
