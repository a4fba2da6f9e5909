"""A value as what a notebook shows: a bundle of media types, as IPython's formatters make it.

Objects say what they are by ``_repr_mimebundle_``, ``_repr_html_`` and the like; everything has a text.
"""

import base64
import json
import pprint
import traceback
from collections.abc import Mapping
from typing import Any

TEXT_LIMIT = 200_000
WIDTH = 79
CONTAINERS = (dict, list, tuple, set, frozenset)
METHODS = {
    "_repr_html_": "text/html",
    "_repr_markdown_": "text/markdown",
    "_repr_svg_": "image/svg+xml",
    "_repr_png_": "image/png",
    "_repr_jpeg_": "image/jpeg",
    "_repr_latex_": "text/latex",
    "_repr_json_": "application/json",
}

Bundle = tuple[dict[str, str], dict[str, Any]]
"""Representations by media type (text, or base64), and the metadata beside them."""


def bundle_of(value: object) -> Bundle:
    """Everything that can be shown of a value.

    Raises:
        Exception: whatever ``repr`` of the value raises; a failing richer form only falls away, with a note
            on stderr.
    """
    data: dict[str, str] = {}
    metadata: dict[str, Any] = {}
    if not isinstance(value, type):
        _rich(value, data, metadata)
        _figure(value, data)
    if "text/plain" not in data:
        data["text/plain"] = text_of(value)
    return data, metadata


def text_of(value: object) -> str:
    """``repr``, over several lines where a container is wide, cut where nobody would read on."""
    text = repr(value)
    if len(text) > WIDTH and type(value) in CONTAINERS and len(text) < TEXT_LIMIT:
        text = pprint.pformat(value, width=WIDTH, sort_dicts=False, compact=True)
    if len(text) > TEXT_LIMIT:
        text = f"{text[:TEXT_LIMIT]}\n... ({len(text) - TEXT_LIMIT:,} more characters)"
    return text


def _rich(value: object, data: dict[str, str], metadata: dict[str, Any]) -> None:
    found = _asked(value, "_repr_mimebundle_")
    if found is not None:
        bundle, beside = found if isinstance(found, tuple) else (found, {})
        _add(bundle, beside, data, metadata)
    for method, media_type in METHODS.items():
        if media_type in data:
            continue
        found = _asked(value, method)
        if found is not None:
            content, beside = found if isinstance(found, tuple) else (found, {})
            _add({media_type: content}, {media_type: beside} if beside else {}, data, metadata)


def _add(
    bundle: Mapping[str, Any], beside: Mapping[str, Any], data: dict[str, str], metadata: dict[str, Any]
) -> None:
    for media_type, content in bundle.items():
        if content is None:
            continue
        if isinstance(content, bytes | bytearray):
            data[media_type] = base64.b64encode(content).decode()
        elif isinstance(content, str):
            data[media_type] = content
        else:
            data[media_type] = json.dumps(content, default=str)
    metadata.update(beside or {})


def _asked(value: object, method: str) -> Any:  # noqa: ANN401 # what a library's method gives
    """What the method gives, or None where there is none or it fails."""
    try:
        # On the class: an object that makes up any attribute (a proxy, a mock) has no such method.
        found = getattr(type(value), method, None) or vars(value).get(method)
    except TypeError:
        found = None
    if found is None:
        return None
    try:
        bound = getattr(value, method)
        return bound() if callable(bound) else None
    except NotImplementedError:
        return None
    except Exception:  # noqa: BLE001 # any fault of a learner's method costs this form alone
        traceback.print_exc(limit=-1)
        return None


def _figure(value: object, data: dict[str, str]) -> None:
    """A Matplotlib figure has no method of its own that makes a picture of it."""
    if type(value).__module__ == "matplotlib.figure" and "image/png" not in data:
        from lab_shell.figures import picture  # noqa: PLC0415 # only there where Matplotlib is

        data["image/png"] = picture(value)
