"""What a cell shows, on its way to the page: in order, in pieces of sensible size, and never without end."""

import io
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

Send = Callable[[str], object]
"""Takes one message as JSON."""

TEXT_LIMIT = 1_000_000
"""Characters of stdout and stderr that one cell may show: some 10,000 lines, more than anybody reads."""
DATA_LIMIT = 32_000_000
"""Characters of displays that one cell may show: dozens of pictures."""
DISPLAY_LIMIT = 2_000
CLEAR_LIMIT = 100_000
"""How often one cell may begin anew: an hour of an animation."""
PIECE = 16_384
QUICK_PIECES = 200
"""Pieces of text that go out at once within one window; more are gathered until the window ends."""
WINDOW_SECONDS = 0.25
QUIET_SECONDS = 0.1
"""After this long without text, a piece goes out though its line is not whole."""


class Outputs:
    """The way out for one cell after another.

    Args:
        send: takes a message as JSON: ``{"kind": "output", "output": ...}`` with an output of nbformat 4,
            ``{"kind": "clear", "wait": ...}`` or ``{"kind": "update", "display_id", "data", "metadata"}``.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begin()

    def begin(self) -> None:
        """A new cell: its limits are whole again."""
        self._gathered: list[str] = []
        self._gathered_size = 0
        self._stream = "stdout"
        self._text_left = TEXT_LIMIT
        self._text_dropped = 0
        self._data_left = DATA_LIMIT
        self._displays = 0
        self._displays_dropped = 0
        self._clears = 0
        self._window_end = 0.0
        self._last_sent = 0.0
        self._window_pieces = 0

    def text(self, stream: str, text: str) -> None:
        """Show text on ``stdout`` or ``stderr``."""
        if len(text) > self._text_left:
            self._text_dropped += len(text) - self._text_left
            text = text[: self._text_left]
        if not text:
            return
        self._text_left -= len(text)
        if stream != self._stream:
            self.flush()
            self._stream = stream
        self._gathered.append(text)
        self._gathered_size += len(text)
        if self._gathered_size >= PIECE or self._may_go(line=text.endswith("\n")):
            self.flush()

    def flush(self) -> None:
        """Send the text that was gathered."""
        if not self._gathered:
            return
        text = "".join(self._gathered)
        self._gathered.clear()
        self._gathered_size = 0
        self._last_sent = time.monotonic()
        self._message("output", output={"output_type": "stream", "name": self._stream, "text": text})

    def show(self, output: Mapping[str, Any]) -> None:
        """Show a display, a result or an error."""
        size = sum(len(text) for text in output.get("data", {}).values())
        if self._displays >= DISPLAY_LIMIT or size > self._data_left:
            self._displays_dropped += 1
            return
        self._displays += 1
        self._data_left -= size
        self.flush()
        self._message("output", output=output)

    def update(self, display_id: str, data: Mapping[str, str], metadata: Mapping[str, Any]) -> None:
        """Show something else where ``display_id`` was shown."""
        self.flush()
        self._message("update", display_id=display_id, data=data, metadata=metadata)

    def clear(self, *, wait: bool) -> None:
        """Drop what the cell showed; it no longer counts against the limits."""
        if self._clears == CLEAR_LIMIT:
            return
        self._clears += 1
        self.flush()
        self._text_left = TEXT_LIMIT
        self._data_left = DATA_LIMIT
        self._displays = 0
        self._message("clear", wait=wait)

    def end(self) -> None:
        """The cell is done: send what is left, and say what was not shown."""
        self.flush()
        notes = []
        if self._text_dropped:
            notes.append(f"{self._text_dropped:,} more characters were printed and are not shown.")
        if self._displays_dropped:
            notes.append(f"{self._displays_dropped:,} more displays were made and are not shown.")
        if notes:
            text = "".join(f"\n[{note}]" for note in notes) + "\n"
            self._message("output", output={"output_type": "stream", "name": "stderr", "text": text})

    def _may_go(self, *, line: bool) -> bool:
        """Whether a piece may leave at once: its line is whole, and no flood is on."""
        now = time.monotonic()
        if not line and now < self._last_sent + QUIET_SECONDS:
            return False
        if now >= self._window_end:
            self._window_end = now + WINDOW_SECONDS
            self._window_pieces = 0
        self._window_pieces += 1
        return self._window_pieces <= QUICK_PIECES

    def _message(self, kind: str, **values: Any) -> None:  # noqa: ANN401 # whatever JSON can say
        self._send(json.dumps({"kind": kind, **values}))


class TextStream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of the cells."""

    def __init__(self, outputs: Outputs, name: str) -> None:
        self._outputs = outputs
        self.name = f"<{name}>"
        self._name = name
        self.buffer = _Bytes(self)

    @property
    def encoding(self) -> str:  # type: ignore[override] # typeshed has it writable
        """Text leaves as text; this is what programs ask for."""
        return "utf-8"

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: Any, /) -> int:  # noqa: ANN401 # refused unless it is text
        """Show the text.

        Raises:
            TypeError: it is no text.
        """
        if not isinstance(text, str):
            message = f"write() argument must be str, not {type(text).__name__}"
            raise TypeError(message)
        self._outputs.text(self._name, text)
        return len(text)

    def flush(self) -> None:
        """Let what was written be seen."""
        self._outputs.flush()


class _Bytes(io.RawIOBase):
    """``sys.stdout.buffer``: bytes are shown as the UTF-8 they should be."""

    def __init__(self, text: TextStream) -> None:
        self._text = text

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:  # noqa: ANN401 # any object with the buffer protocol
        self._text.write(bytes(content).decode("utf-8", "replace"))
        return len(content)
