"""The language model that an operator has set for hints: whether it could be used, without loading it."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from darsgah.commands.diagnosis.findings import Check, Finding, State, Value, in_bytes
from darsgah.settings import Settings
from darsgah_tutor.causal.errors import CausalError
from darsgah_tutor.causal.folder import examine
from darsgah_tutor.causal.opening import is_address
from darsgah_tutor.causal.remote import RemoteSpeaker
from darsgah_tutor.devices import free_memory_bytes

_PATIENCE = 3.0
_MEND = ("export DARSGAH_TUTOR_MODEL=...  # a folder or an address that has one",)
_WITHOUT = "Hints are said in their authors' words."


@dataclass(frozen=True, slots=True)
class TutorModelFacts:
    """What is at the address or in the folder.

    Attributes:
        named: what the settings name.
        models: their names; none where it cannot be used.
        fault: why it cannot be used.
        wanted: the one of several that is to be used; empty for the first.
        needs_bytes, free_bytes: memory for a folder on a processor; 0 for an address.
    """

    named: str
    models: tuple[str, ...] = ()
    fault: str = ""
    wanted: str = ""
    needs_bytes: int = 0
    free_bytes: int = 0


def look(settings: Settings) -> TutorModelFacts | None:
    """Read the folder's headers or ask the address; None where no model is set, which is as good."""
    named = settings.tutor_model
    if not named:
        return None
    try:
        if not is_address(named):
            found = examine(Path(named).expanduser())
            return TutorModelFacts(
                named, (found.name,), needs_bytes=found.int8_bytes, free_bytes=free_memory_bytes()
            )
        with closing(RemoteSpeaker(named, token=settings.tutor_token or "")) as speaker:
            models = speaker.models(deadline=time.monotonic() + _PATIENCE)
        return TutorModelFacts(named, models, wanted=settings.tutor_model_name or "")
    except CausalError as error:
        return TutorModelFacts(named, fault=str(error))


def findings(facts: TutorModelFacts | None) -> Iterator[Finding]:
    """What the facts mean."""
    if facts is None:
        return
    name = facts.wanted or next(iter(facts.models), "")
    values: dict[str, Value] = {
        "model": name,
        "needs_bytes": facts.needs_bytes,
        "free_bytes": facts.free_bytes,
    }
    fault = facts.fault
    if not fault and facts.wanted and facts.wanted not in facts.models:
        fault = f"There is no {facts.wanted} at {facts.named}. There are: {', '.join(facts.models)}."
    if fault:
        yield Finding(Check.TUTOR_MODEL, State.LIMITED, fault, _WITHOUT, _MEND, values=values)
    elif facts.needs_bytes > facts.free_bytes:
        found = f"{name} needs {in_bytes(facts.needs_bytes)}, {in_bytes(facts.free_bytes)} are free"
        meaning = f"A worker without a GPU cannot load it. {_WITHOUT}"
        yield Finding(Check.TUTOR_MODEL, State.LIMITED, found, meaning, _MEND, values=values)
    else:
        found = f"{name}, from {facts.named}"
        meaning = "It says hints in other words, where it has time."
        yield Finding(Check.TUTOR_MODEL, State.OK, found, meaning, values=values)
