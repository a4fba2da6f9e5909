"""Keeps the libraries of Hugging Face from the network, whatever the environment of the process says."""

import os
import sys


def stay_offline() -> None:
    """Call it before ``transformers`` is imported; where it was imported already, it is told as well.

    These variables are read by other people's libraries, once, when they are imported.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    constants = sys.modules.get("huggingface_hub.constants")
    if constants is not None:
        constants.HF_HUB_OFFLINE = True  # type: ignore[attr-defined] # a module found by its name has no types
