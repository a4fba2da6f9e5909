"""What a cell shows: streams and rich displays, capped where they arise and sent on at once.

Nothing is collected in the learner's process: text goes to the supervisor as it is written (so that what
was printed before a crash is seen), and a flood costs no memory, because past the limit the rest is
dropped here. The host cuts exactly and writes the note that says so; here one byte or output too many is
let through to tell it. A process the learner forked writes to the plain descriptors instead, which the
supervisor reads too.
"""

import base64
import io
import json
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from typing import Any

STDOUT, STDERR, DISPLAY = b"o", b"e", b"d"
"""Kinds of message from the runner that carry output: UTF-8 text, UTF-8 text, one nbformat output in JSON."""

MIME_TYPES = frozenset(
    {
        "text/plain",
        "text/html",
        "text/markdown",
        "text/latex",
        "image/png",
        "image/jpeg",
        "image/svg+xml",
    }
)
"""What a notebook that was graded may hold; scripts, widgets and vendors' types are dropped."""

_BUFFERED = 8192
_AT_ONCE = 32
_PAUSE = 0.05

Send = Callable[[bytes, bytes], None]


class Capture:
    """Where the streams and displays of one process's cells go.

    ``begin`` starts a cell; ``send`` is set when the process that runs the learner's code has its channel.
    """

    def __init__(self) -> None:
        self.send: Send = lambda _kind, _payload: None
        self.error_shown = False
        self.muted = False
        """While true, what is written and shown is dropped."""
        self._bytes = 0
        self._count = 0
        self._bytes_limit = 0
        self._count_limit = 0
        self._pending: list[str] = []
        self._pending_size = 0
        self._pending_kind = STDOUT
        self._flushes = 0
        self._flushed_at = 0.0
        self._lock = threading.RLock()
        self._encode = json.JSONEncoder().encode

    def limit(self, bytes_limit: int, count_limit: int) -> None:
        """At most so many bytes and displays a cell, from now on in this process."""
        self._lock = threading.RLock()
        self._bytes_limit, self._count_limit = bytes_limit, count_limit

    def begin(self) -> None:
        """A new cell begins."""
        self._bytes = self._bytes_limit + 1
        self._count = self._count_limit + 1
        self._pending, self._pending_size = [], 0
        self._flushes, self._flushed_at = 0, 0.0
        self.error_shown = self.muted = False

    def text(self, kind: bytes, text: str) -> None:
        """Take what was written to stdout or stderr."""
        with self._lock:
            if self._bytes <= 0 or self.muted:
                return
            if kind != self._pending_kind:
                self.flush()
                self._pending_kind = kind
            kept = text[: self._bytes]
            self._bytes -= len(kept)
            self._pending.append(kept)
            self._pending_size += len(kept)
            if (
                self._pending_size >= _BUFFERED
                or self._bytes <= 0
                or (kept.endswith("\n") and self._flush_is_due())
            ):
                self.flush()

    def _flush_is_due(self) -> bool:
        """The first lines go at once, so that a crash loses nothing; a flood goes in larger pieces."""
        return self._flushes < _AT_ONCE or monotonic() - self._flushed_at > _PAUSE

    def flush(self) -> None:
        """Send what waits."""
        with self._lock:
            if not self._pending:
                return
            text = "".join(self._pending)
            self._pending, self._pending_size = [], 0
            self._flushes += 1
            self._flushed_at = monotonic()
            self.send(self._pending_kind, text.encode("utf-8", "replace"))

    def display(self, output: dict[str, Any]) -> None:
        """Take one nbformat output other than a stream."""
        with self._lock:
            self.flush()
            if self._count <= 0 or self.muted:
                return
            self._count -= 1
            try:
                encoded = self._encode(output).encode()
            except (TypeError, ValueError, RecursionError):
                encoded = self._encode(
                    {
                        "output_type": "stream",
                        "name": "stderr",
                        "text": "[an output that is not JSON was left out]\n",
                    }
                ).encode()
            if len(encoded) <= self._bytes_limit * 2:
                self.send(DISPLAY, encoded)
            else:
                self._count = 0
                self.send(DISPLAY, b"")  # nothing: tells the host that something was too large

    def bundle(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """A MIME bundle with the allowed types only, images in base64, plain text cut to the limit."""
        kept: dict[str, Any] = {}
        for mime, value in data.items():
            if mime not in MIME_TYPES:
                continue
            if isinstance(value, bytes):
                value = base64.b64encode(value).decode("ascii")  # noqa: PLW2901 -- the encoded form takes its place
            if isinstance(value, str):
                kept[mime] = value[: self._bytes_limit] if mime == "text/plain" else value
        return kept


class CapturedStream(io.TextIOBase):
    """Stands in for sys.stdout or sys.stderr; ``fileno`` is the descriptor that the supervisor reads."""

    def __init__(self, capture: Capture, kind: bytes, descriptor: int) -> None:
        self._capture = capture
        self._kind = kind
        self._descriptor = descriptor
        self._owner = 0
        self._getpid = os.getpid
        self._write_descriptor = os.write
        self.name = "<stdout>" if kind == STDOUT else "<stderr>"
        self.buffer = io.FileIO(descriptor, "w", closefd=False)

    def adopt(self) -> None:
        """This process runs the learner's code: what it writes goes through the capture."""
        self._owner = os.getpid()

    @property
    def encoding(self) -> str:  # type: ignore[override] # as in io.TextIOWrapper; typeshed has it writable
        """Always UTF-8."""
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override] # as in io.TextIOWrapper; typeshed has it writable
        """What cannot be encoded is replaced."""
        return "replace"

    def fileno(self) -> int:
        """The descriptor that programs started from here inherit."""
        return self._descriptor

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Take text; anything but a string is the caller's mistake."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._getpid() == self._owner:
            self._capture.text(self._kind, text)
        else:
            self._write_descriptor(self._descriptor, text.encode("utf-8", "replace"))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override] # typeshed lets bytes in here
        """Take several pieces of text."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Send what waits."""
        if self._getpid() == self._owner:
            self._capture.flush()
