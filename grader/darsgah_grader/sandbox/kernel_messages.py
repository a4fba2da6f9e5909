"""What a kernel's process says, made into plain values: everything is checked, nothing is believed."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from darsgah_grader.sandbox.outputs import clean_text

_MOST_MATCHES: Final = 200
_LONGEST_HELP: Final = 20_000


@dataclass(frozen=True, slots=True)
class Usage:
    """What a kernel was last seen to use."""

    memory_bytes: int = 0
    cpu_seconds: float = 0.0
    processes: int = 0


def json_object(payload: bytes) -> dict[str, Any]:
    """The JSON object of a payload; an empty one for anything else."""
    with contextlib.suppress(ValueError, RecursionError):
        value = json.loads(payload)
        if isinstance(value, dict):
            return value
    return {}


def usage_of(told: Mapping[str, Any]) -> Usage:
    """What process 1 has measured."""
    seconds = told.get("seconds")
    fine = isinstance(seconds, int | float) and 0 <= seconds < 1e12
    return Usage(
        _number(told.get("memory")), float(seconds or 0) if fine else 0.0, _number(told.get("processes"))
    )


def ending_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """How a cell ended, as an ``execute_reply`` says it."""
    fine = result.get("status") == "ok"
    count = result.get("execution_count")
    content: dict[str, Any] = {
        "status": "ok" if fine else "error",
        "execution_count": count if type(count) is int and 0 < count < 1_000_000 else None,
    }
    if not fine:
        content |= {name: clean_text(result.get(name), 2000) for name in ("ename", "evalue")}
    return content


def answer_of(kind: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """What a ``complete_reply`` or an ``inspect_reply`` says."""
    if kind != "complete_reply":
        text = clean_text(answer.get("text"), _LONGEST_HELP)
        return {"status": "ok", "found": answer.get("found") is True, "text": text}
    told = answer.get("matches")
    matches = [
        {"text": clean_text(match.get("text"), 500), "type": clean_text(match.get("type"), 50)}
        for match in (told[:_MOST_MATCHES] if isinstance(told, list) else [])
        if isinstance(match, dict)
    ]
    start, end = (_number(answer.get(name)) for name in ("cursor_start", "cursor_end"))
    return {"status": "ok", "matches": matches, "cursor_start": start, "cursor_end": end}


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) and 0 <= value < 1e15 else 0
