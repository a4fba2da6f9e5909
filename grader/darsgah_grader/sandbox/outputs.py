"""From the bytes a sandbox sent to nbformat outputs: everything is checked here, nothing is believed.

Lengths, counts, types and MIME types are enforced exactly; text is made valid Unicode; what does not fit is
left out with one line that says so.
"""

import json
from typing import Any

from darsgah_grader.guest.capture import MIME_TYPES
from darsgah_grader.types import Limits

_LONGEST_NAME = 200
_LONGEST_VALUE = 2000
_MOST_TRACEBACK_LINES = 402
_LONGEST_LINE = 2000


def clean_text(value: object, longest: int) -> str:
    """A string of at most ``longest`` characters without lone surrogates and NUL; empty for anything else."""
    if not isinstance(value, str):
        return ""
    return (
        value[:longest].encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
    )


def cut_note(limits: Limits) -> str:
    """The line that says that a cell showed more than it may."""
    return (
        f"[output cut: a cell may show {limits.output_bytes // 1024} KiB and {limits.output_count} outputs]\n"
    )


class Outputs:
    """The outputs of one cell as they arrive."""

    def __init__(self, limits: Limits) -> None:
        self._bytes = limits.output_bytes
        self._count = limits.output_count
        self._limits = limits
        self._kept: list[dict[str, Any]] = []
        self._streams: dict[int, bytearray] = {}
        self._cut = False

    def stream(self, name: str, chunk: bytes) -> None:
        """Text that was written to ``stdout`` or ``stderr``."""
        if len(chunk) > self._bytes:
            chunk, self._cut = chunk[: self._bytes], True
        if not chunk:
            return
        self._bytes -= len(chunk)
        if self._kept and self._kept[-1]["output_type"] == "stream" and self._kept[-1]["name"] == name:
            self._streams[len(self._kept) - 1] += chunk
            return
        if self._room():
            self._streams[len(self._kept)] = bytearray(chunk)
            self._kept.append({"output_type": "stream", "name": name, "text": ""})

    def _room(self) -> bool:
        if len(self._kept) >= self._count:
            self._cut = True
        return len(self._kept) < self._count

    def display(self, payload: bytes) -> None:
        """One output of another type, in JSON; an empty payload says that it was too large to send."""
        if len(payload) > self._bytes or not payload:
            self._cut = True
            return
        try:
            output = json.loads(payload)
        except (ValueError, RecursionError):
            return
        checked = checked_output(output) if isinstance(output, dict) else None
        if checked is not None and self._room():
            self._bytes -= len(payload)
            self._kept.append(checked)

    def finish(self) -> tuple[dict[str, Any], ...]:
        """The outputs, complete."""
        for position, text in self._streams.items():
            self._kept[position]["text"] = clean_text(text.decode("utf-8", "replace"), len(text))
        if self._cut:
            self._kept.append({"output_type": "stream", "name": "stderr", "text": cut_note(self._limits)})
        return tuple(self._kept)


def checked_output(output: dict[str, Any]) -> dict[str, Any] | None:
    """A new output made of the parts that are as they should be, or None."""
    kind = output.get("output_type")
    if kind == "error":
        lines = output.get("traceback")
        return {
            "output_type": "error",
            "ename": clean_text(output.get("ename"), _LONGEST_NAME),
            "evalue": clean_text(output.get("evalue"), _LONGEST_VALUE),
            "traceback": [
                clean_text(line, _LONGEST_LINE)
                for line in (lines if isinstance(lines, list) else [])[:_MOST_TRACEBACK_LINES]
            ],
        }
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        text = output.get("text")
        return {"output_type": "stream", "name": name, "text": clean_text(text, len(text or ""))}
    if kind not in {"display_data", "execute_result"} or not isinstance(output.get("data"), dict):
        return None
    data = {
        mime: clean_text(value, len(value))
        for mime, value in output["data"].items()
        if mime in MIME_TYPES and isinstance(value, str)
    }
    if not data:
        return None
    checked: dict[str, Any] = {"output_type": kind, "data": data, "metadata": {}}
    if kind == "execute_result":
        count = output.get("execution_count")
        checked["execution_count"] = count if type(count) is int and 0 < count < 1_000_000 else None
    return checked
