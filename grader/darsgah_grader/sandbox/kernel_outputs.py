"""From the bytes a kernel sent to the events a page is told: checked as in a grading, one at a time.

An event has the name of Jupyter's message: ``stream``, ``display_data``, ``execute_result``, ``error``,
``update_display_data``, ``clear_output``.
"""

import codecs
import json
from collections.abc import Iterator
from typing import Any, cast

from darsgah_grader.guest.kernel_displays import CLEAR, DISPLAY_DATA, UPDATE
from darsgah_grader.sandbox.outputs import checked_output, clean_text, cut_note
from darsgah_grader.types import Limits

_LONGEST_NAME = 200
_SIZES = ("width", "height")
_LARGEST_SIZE = 100_000
Event = dict[str, Any]


class CellOutputs:
    """The outputs of one execution as they arrive; past its limits one note is shown and no more."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._bytes = limits.output_bytes
        self._count = limits.output_count
        self._decoders: dict[str, codecs.IncrementalDecoder] = {}
        self._cut = False

    def stream(self, name: str, chunk: bytes) -> Iterator[Event]:
        """Text that was written to ``stdout`` or ``stderr``."""
        kept = chunk[: max(0, self._bytes)]
        self._bytes -= len(kept)
        decoder = self._decoders.get(name)
        if decoder is None:
            decoder = self._decoders[name] = codecs.getincrementaldecoder("utf-8")("replace")
        text = decoder.decode(kept)
        if text:
            yield {"type": "stream", "name": name, "text": clean_text(text, len(text))}
        if len(kept) < len(chunk):
            yield from self._note()

    def display(self, payload: bytes) -> Iterator[Event]:
        """One output of another type, in JSON; an empty payload says that it was too large to send."""
        if not payload or len(payload) > self._bytes or self._count <= 0:
            yield from self._note()
            return
        try:
            output = json.loads(payload)
        except (ValueError, RecursionError):
            return
        event = _event(output) if isinstance(output, dict) else None
        if event is not None:
            self._bytes -= len(payload)
            self._count -= 1
            yield event

    def _note(self) -> Iterator[Event]:
        if not self._cut:
            self._cut = True
            yield {"type": "stream", "name": "stderr", "text": cut_note(self._limits)}


def _event(output: dict[str, Any]) -> Event | None:
    """A new event made of the parts that are as they should be, or None."""
    kind = output.get("output_type")
    if kind == CLEAR:
        return {"type": CLEAR, "wait": output.get("wait") is True}
    checked = checked_output({**output, "output_type": DISPLAY_DATA} if kind == UPDATE else output)
    if checked is None:
        return None
    event = {"type": checked.pop("output_type"), **checked}
    if "data" not in event:
        return event
    event["metadata"] = _sizes(output.get("metadata"), event["data"])
    transient = output.get("transient")
    name = clean_text(transient.get("display_id"), _LONGEST_NAME) if isinstance(transient, dict) else ""
    if name:
        event["transient"] = {"display_id": name}
    if kind == UPDATE:
        if not name:
            return None
        event["type"] = UPDATE
    return event


def _sizes(metadata: object, data: dict[str, Any]) -> dict[str, Any]:
    """The sizes at which pictures of this bundle are to be shown; nothing else is passed on."""
    kept: dict[str, Any] = {}
    for mime in data:
        sizes = metadata.get(mime) if isinstance(metadata, dict) else None
        if isinstance(sizes, dict):
            known = {name: sizes[name] for name in _SIZES if _is_length(sizes.get(name))}
            if known:
                kept[mime] = known
    return kept


def _is_length(value: object) -> bool:
    return type(value) in {int, float} and 0 < cast("float", value) < _LARGEST_SIZE
