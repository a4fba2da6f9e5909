"""What a learner may see of the executed notebook.

The web process imports this, so nothing here reaches nbgrader, IPython, the pipeline or the sandbox.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from darsgah_grader.hidden import HiddenText
from darsgah_grader.regions import without_hidden_tests, without_mark_scheme

_WITHHELD = "[This output is not shown.]\n"


def learner_notebook(executed: bytes) -> bytes:
    """The executed notebook as its learner may have it.

    Cells with hidden tests get their released source and lose their outputs; marking schemes go; an output of
    any other cell in which text of a hidden test turns up is withheld. The verdicts stay.

    Args:
        executed: one value of `Grade.executed`.
    """
    notebook = msgspec.json.decode(executed)
    cells: list[dict[str, Any]] = notebook["cells"]
    secret = [cell for cell in cells if _darsgah(cell).get("hidden") is True]
    readable = [cell for cell in cells if _darsgah(cell).get("hidden") is not True]
    hidden = HiddenText((cell["source"] for cell in secret), (cell["source"] for cell in readable))
    for cell in secret:
        cell["source"] = without_hidden_tests(cell["source"])
        if "outputs" in cell:
            cell["outputs"] = []
    for cell in readable:
        if _darsgah(cell).get("role") == "task":
            cell["source"] = without_mark_scheme(cell["source"])
        if "outputs" in cell:
            cell["outputs"] = [_shown(output, hidden) for output in cell["outputs"]]
    return msgspec.json.encode(notebook)


def _shown(output: dict[str, Any], hidden: HiddenText) -> dict[str, Any]:
    if any(hidden.is_in(text) for text in _texts(output)):
        return {"output_type": "stream", "name": "stdout", "text": _WITHHELD}
    return output


def _texts(value: object) -> Iterator[str]:
    """Every text in an output; lists of lines also as one text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            yield "\n".join(value)
        else:
            for item in value:
                yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)


def _darsgah(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = cell["metadata"].get("darsgah", {})
    return found
