"""From what an operator has set as the tutor's causal model to whoever answers: an address or a folder."""

from pathlib import Path

from darsgah_tutor.causal.chat import Speaker
from darsgah_tutor.causal.local import LocalSpeaker
from darsgah_tutor.causal.remote import RemoteSpeaker


def is_address(model: str) -> bool:
    """Whether a setting names a server and not a folder."""
    return model.startswith(("http://", "https://"))


def open_speaker(
    model: str, *, token: str | None = None, name: str | None = None, may_wait: int = 0
) -> Speaker:
    """What ``DARSGAH_TUTOR_MODEL`` names.

    Args:
        model: a folder or an address.
        token, name: for an address alone.
        may_wait: for a folder alone: answers that may wait; 0 takes the default of the device.

    Raises:
        FolderRefused: the folder holds no model that is run here. An address is not asked yet.
    """
    if is_address(model):
        return RemoteSpeaker(model, token=token or "", model=name or "")
    from darsgah_tutor.causal.generators import open_generator  # noqa: PLC0415 - an address needs no torch

    return LocalSpeaker(open_generator(Path(model).expanduser(), may_wait=may_wait))
