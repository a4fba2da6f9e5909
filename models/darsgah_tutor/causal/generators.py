"""From a folder to a model that answers, on whatever this machine has."""

from pathlib import Path

import torch

from darsgah_tutor.causal.batching import MAY_WAIT as BATCH_MAY_WAIT
from darsgah_tutor.causal.batching import PLACES, BatchGenerator
from darsgah_tutor.causal.chat import Generator
from darsgah_tutor.causal.decoding import MAY_WAIT, ProcessorGenerator
from darsgah_tutor.causal.errors import FolderRefused
from darsgah_tutor.causal.loading import best_device, load
from darsgah_tutor.devices import processor


def open_generator(folder: Path, *, device: str = "auto", places: int = 0, may_wait: int = 0) -> Generator:
    """Load a folder's model: on a GPU for many at once, on a processor in int8 for one after the other.

    Args:
        folder: of the model.
        device: ``auto``, ``cpu`` or ``cuda``.
        places: answers at once on a GPU; 0 takes ``batching.PLACES``.
        may_wait: requests that wait at most; 0 takes the default of the device.

    Raises:
        FolderRefused: with a sentence that says what to do.
        ModelAway: the GPU failed at once.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise FolderRefused("torch sees no GPU on this machine: darsgah doctor says why.")
    chosen = torch.device("cpu") if device == "cpu" else best_device()
    loaded = load(folder, chosen)
    if chosen.type == "cuda":
        return BatchGenerator(loaded, places=places or PLACES, may_wait=may_wait or BATCH_MAY_WAIT)
    # One core is left to whatever else there is, where there are several.
    return ProcessorGenerator(loaded, threads=max(1, processor().threads - 1), may_wait=may_wait or MAY_WAIT)
