"""The causal model that an operator has set for the tutor: a folder on this machine, or an address."""

from typing import Final

from darsgah.settings import Settings
from darsgah_tutor.causal.chat import Speaker
from darsgah_tutor.causal.opening import open_speaker
from darsgah_tutor.causal.rephrasing import CausalRephraser
from darsgah_tutor.parts import Rephraser

_MAY_WAIT: Final = 1
"""Hints that wait for the one that this machine's processor says: who comes next has the author's words."""


def own_speaker(settings: Settings) -> Speaker | None:
    """What ``DARSGAH_TUTOR_MODEL`` names; a folder is read here, which takes its time.

    Raises:
        CausalError: the folder holds no model that is run here.
    """
    if not settings.tutor_model:
        return None
    return open_speaker(
        settings.tutor_model,
        token=settings.tutor_token,
        name=settings.tutor_model_name,
        may_wait=_MAY_WAIT,
    )


def own_rephraser(settings: Settings) -> Rephraser | None:
    """What says hints in other words where there is neither a platform nor a node.

    Raises:
        CausalError: as above.
    """
    speaker = own_speaker(settings)
    return CausalRephraser(speaker, seconds=settings.tutor_seconds) if speaker else None
