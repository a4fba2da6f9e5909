"""``display`` and the objects of ``IPython.display``, for labs where IPython is not there.

Names, arguments and results are IPython's, as far as notebooks of learners use them; what is shown is never
run as a script by the page.
"""

import base64
import json
import mimetypes
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lab_shell.outputs import Outputs
from lab_shell.representations import bundle_of

_way_out: list[Outputs] = []


def connect(outputs: Outputs) -> None:
    """Say where displays go; once, by the shell."""
    _way_out[:] = [outputs]


def publish(
    data: Mapping[str, str],
    metadata: Mapping[str, Any],
    display_id: str | None = None,
    *,
    update: bool = False,
) -> None:
    """Show a bundle, or show it where ``display_id`` was shown before."""
    outputs = _way_out[0]
    if update and display_id is not None:
        outputs.update(display_id, data, metadata)
        return
    output: dict[str, Any] = {"output_type": "display_data", "data": data, "metadata": metadata}
    if display_id is not None:
        output["transient"] = {"display_id": display_id}
    outputs.show(output)


def display(
    *objects: Any,  # noqa: ANN401 # anything can be shown
    include: object = None,
    exclude: object = None,
    metadata: Mapping[str, Any] | None = None,
    transient: object = None,
    display_id: str | bool | None = None,
    raw: bool = False,
    clear: bool = False,
    update: bool = False,
    **_others: object,
) -> "DisplayHandle | None":
    """Show objects one after another.

    Returns:
        A handle to update the display, when ``display_id`` asks for one.
    """
    if clear:
        clear_output(wait=True)
    handle = None
    if display_id is not None and display_id is not False:
        handle = DisplayHandle(None if display_id is True else str(display_id))
    for shown in objects:
        data, beside = (dict(shown), {}) if raw else bundle_of(shown)
        data = {kind: text for kind, text in data.items() if _wanted(kind, include, exclude)}
        name = handle.display_id if handle else None
        publish(data, {**beside, **(metadata or {})}, name, update=update)
    return handle


def _wanted(kind: str, include: object, exclude: object) -> bool:
    included = not isinstance(include, list | tuple | set) or kind in include
    return included and not (isinstance(exclude, list | tuple | set) and kind in exclude)


def publish_display_data(
    data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None, **_others: object
) -> None:
    """Show a bundle of media types."""
    display(data, raw=True, metadata=metadata)


def update_display(shown: Any, *, display_id: str, **options: Any) -> None:  # noqa: ANN401 # as display
    """Show something else where ``display_id`` was shown."""
    display(shown, display_id=display_id, update=True, **options)


def clear_output(wait: bool = False) -> None:  # IPython's signature
    """Drop what the cell showed so far; with ``wait``, when the next output comes."""
    _way_out[0].clear(wait=bool(wait))


class DisplayHandle:
    """A display that can be updated."""

    def __init__(self, display_id: str | None = None) -> None:
        self.display_id = display_id or uuid.uuid4().hex

    def display(self, shown: Any, **options: Any) -> None:  # noqa: ANN401 # as display
        """Show it, once more."""
        display(shown, display_id=self.display_id, **options)

    def update(self, shown: Any, **options: Any) -> None:  # noqa: ANN401 # as display
        """Show something else in its place."""
        update_display(shown, display_id=self.display_id, **options)


class DisplayObject:
    """Something that is shown as one media type, from text or from a file in the lab."""

    media_type = "text/plain"

    def __init__(
        self,
        data: Any = None,  # noqa: ANN401 # text, bytes, a path, or what JSON can say
        url: str | None = None,
        filename: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self.data = data
        self.url = url
        self.metadata = dict(metadata or {})
        if filename is not None:
            self.data = Path(filename).read_text(encoding="utf-8")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:  # noqa: ANN401 # a bundle
        return {self.media_type: self.data}, self.metadata

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} object>"


class TextDisplayObject(DisplayObject):
    """What IPython calls an object that is shown as text; a name to inherit from."""


class HTML(DisplayObject):
    """HTML; the page cleans it before it is shown."""

    media_type = "text/html"

    def _repr_html_(self) -> str:
        return str(self.data)

    def __html__(self) -> str:
        return str(self.data)


class Markdown(DisplayObject):
    """Text in Markdown."""

    media_type = "text/markdown"

    def _repr_markdown_(self) -> str:
        return str(self.data)


class Latex(DisplayObject):
    """A formula with its dollar signs."""

    media_type = "text/latex"

    def _repr_latex_(self) -> str:
        return str(self.data)


class Math(Latex):
    """A formula without dollar signs."""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:  # noqa: ANN401 # a bundle
        formula = str(self.data).strip("$")
        return {"text/latex": f"$\\displaystyle {formula}$"}, self.metadata


class SVG(DisplayObject):
    """A drawing; text of an ``<svg>`` element."""

    media_type = "image/svg+xml"

    def _repr_svg_(self) -> str:
        return str(self.data)


class JSON(DisplayObject):
    """A value as JSON, or its text."""

    media_type = "application/json"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:  # noqa: ANN401 # a bundle
        text = self.data if isinstance(self.data, str) else json.dumps(self.data, default=str, indent=2)
        return {self.media_type: text, "text/plain": text}, self.metadata


class GeoJSON(JSON):
    """Places as JSON; they are shown as their text, for a map would have to be fetched."""


class Pretty(DisplayObject):
    """Plain text, as it is."""


class Code(DisplayObject):
    """Source text."""

    def __init__(
        self,
        data: Any = None,  # noqa: ANN401 # text
        url: str | None = None,
        filename: str | None = None,
        language: str | None = None,
    ) -> None:
        super().__init__(data, url, filename)
        self.language = language

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:  # noqa: ANN401 # a bundle
        return {"text/plain": self.data, "text/markdown": f"```{self.language or ''}\n{self.data}\n```"}, {}


class Image(DisplayObject):
    """A picture: bytes of a PNG, JPEG, GIF or SVG, or the path of such a file in the lab."""

    def __init__(  # noqa: PLR0917 # IPython's signature
        self,
        data: Any = None,  # noqa: ANN401 # bytes, a path, or the text of an SVG
        url: str | None = None,
        filename: str | None = None,
        format: str | None = None,  # noqa: A002 # IPython's signature
        embed: bool | None = None,
        width: int | None = None,
        height: int | None = None,
        alt: str | None = None,
        **_others: object,
    ) -> None:
        if filename is None and isinstance(data, str | Path) and not str(data).lstrip().startswith("<svg"):
            filename, data = str(data), None
        if url is not None and data is None and filename is None:
            message = (
                "Image(url=...) is not possible here: nothing is fetched from outside. Use a file of the lab."
            )
            raise ValueError(message)
        super().__init__(data)
        if filename is not None:
            self.data = Path(filename).read_bytes()
        guessed = mimetypes.guess_type(filename)[0] if filename else None
        self.media_type = f"image/{format.lower()}" if format else guessed or _picture_type(self.data)
        self.media_type = {"image/jpg": "image/jpeg", "image/svg": "image/svg+xml"}.get(
            self.media_type, self.media_type
        )
        size = {"width": width, "height": height, "alt": alt}
        self.metadata = {name: value for name, value in size.items() if value is not None}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:  # noqa: ANN401 # a bundle
        content = self.data
        if self.media_type == "image/svg+xml":
            content = content.decode() if isinstance(content, bytes) else str(content)
        elif isinstance(content, bytes | bytearray):
            content = base64.b64encode(content).decode()
        return {self.media_type: content}, {self.media_type: self.metadata} if self.metadata else {}


def _picture_type(content: Any) -> str:  # noqa: ANN401 # bytes or text
    if isinstance(content, bytes | bytearray):
        for beginning, kind in (
            (b"\xff\xd8", "image/jpeg"),
            (b"GIF8", "image/gif"),
            (b"\x89PNG", "image/png"),
        ):
            if content.startswith(beginning):
                return kind
        return "image/svg+xml" if content.lstrip().startswith(b"<") else "image/png"
    return "image/svg+xml"


def _one_kind(name: str, media_type: str) -> Callable[..., None]:
    def shown(*objects: Any, raw: bool = False, **_options: object) -> None:  # noqa: ANN401 # as display
        for value in objects:
            data = {media_type: value} if raw else bundle_of(value)[0]
            publish({kind: text for kind, text in data.items() if kind in {media_type, "text/plain"}}, {})

    shown.__name__ = shown.__qualname__ = name
    shown.__doc__ = f"Show objects as {media_type}."
    return shown


display_html = _one_kind("display_html", "text/html")
display_markdown = _one_kind("display_markdown", "text/markdown")
display_svg = _one_kind("display_svg", "image/svg+xml")
display_png = _one_kind("display_png", "image/png")
display_latex = _one_kind("display_latex", "text/latex")
display_pretty = _one_kind("display_pretty", "text/plain")
display_jpeg = _one_kind("display_jpeg", "image/jpeg")
display_webp = _one_kind("display_webp", "image/webp")
display_pdf = _one_kind("display_pdf", "application/pdf")
display_json = _one_kind("display_json", "application/json")
display_javascript = _one_kind("display_javascript", "application/javascript")
