"""Tracebacks in the form that IPython gives them, without what IPython's own cost.

IPython parses and tokenizes the source of every frame again: 2 ms for a short one, 25 ms through a library,
half a second for a recursion without end. Most submissions fail somewhere, so that was the largest part of
grading them. Here a frame is its lines from the line cache, a long traceback is cut in its middle, and
arguments are not listed. Nothing of a learner's is called but what gives an exception its text.
"""

import linecache
from collections.abc import Iterator
from types import CodeType, TracebackType
from typing import Final, Protocol

from IPython.core.ultratb import AutoFormattedTB

_RULE: Final = "-" * 75
_AROUND = 2
_FIRST, _LAST = 8, 12
_MOST_CHAINED = 10
_HIDDEN = "__tracebackhide__"
"""The local variable by which a function, IPython's own above all, stays out of tracebacks."""
_CAUSE = "The above exception was the direct cause of the following exception:"
_CONTEXT = "During handling of the above exception, another exception occurred:"

_getline = linecache.getline


class CellNames(Protocol):
    """What knows the cells by the file names of their code: IPython's compiler."""

    def format_code_name(self, name: str) -> tuple[str, str] | None:
        """The kind and the name of a cell, or None for a file."""


class QuickTraceback(AutoFormattedTB):
    """IPython's formatter with its usual mode replaced; ``cells`` names the frames of a notebook's cells."""

    def __init__(self, cells: CellNames | None = None, tb_offset: int = 0) -> None:
        super().__init__(mode="Context", theme_name="nocolor", tb_offset=tb_offset)  # type: ignore[no-untyped-call] # IPython has no type here
        self._cells = cells

    def structured_traceback(
        self,
        etype: type,
        evalue: BaseException | None,
        etb: TracebackType | None = None,
        tb_offset: int | None = None,
        context: int = 5,
    ) -> list[str]:
        """The lines of a traceback; another mode, asked for with %xmode, is IPython's own affair."""
        if self.mode != "Context" or evalue is None:
            lines: list[str] = super().structured_traceback(etype, evalue, etb, tb_offset, context)
            return lines
        skipped = self.tb_offset if tb_offset is None else tb_offset
        return [_RULE, *self._chained(evalue, etb, skipped)]

    def _chained(self, error: BaseException, last: TracebackType | None, skipped: int) -> Iterator[str]:
        """The exception after those that led to it, the oldest first."""
        chain: list[tuple[BaseException, str]] = [(error, "")]
        while len(chain) < _MOST_CHAINED:
            present = chain[-1][0]
            before, why = present.__cause__, _CAUSE
            if before is None and not present.__suppress_context__:
                before, why = present.__context__, _CONTEXT
            if before is None or any(before is known for known, _ in chain):
                break
            chain.append((before, why))
        for place in range(len(chain) - 1, -1, -1):
            earlier = chain[place][0]
            yield from self._one(earlier, earlier.__traceback__ if place else last, 0 if place else skipped)
            if place:
                yield from ("", chain[place][1], "")

    def _one(self, error: BaseException, trace: TracebackType | None, skipped: int) -> Iterator[str]:
        name = type(error).__name__
        yield f"{name:<42}Traceback (most recent call last)"
        frames: list[tuple[CodeType, int]] = []
        while trace is not None:
            frames.append((trace.tb_frame.f_code, trace.tb_lineno))
            trace = trace.tb_next
        frames = [frame for frame in frames[skipped:] if _HIDDEN not in frame[0].co_varnames] or frames
        for place, (code, number) in enumerate(frames):
            if len(frames) > _FIRST + _LAST and _FIRST <= place < len(frames) - _LAST:
                if place == _FIRST:
                    yield f"    [... {len(frames) - _FIRST - _LAST} more calls ...]\n"
                continue
            yield self._frame(code, number)
        yield "\n".join(_said(name, error))

    def _frame(self, code: CodeType, number: int) -> str:
        """Where the frame is, and the lines around the one that was running, of its function alone."""
        cell = self._cells.format_code_name(code.co_filename) if self._cells else None
        place = f"{cell[0]} {cell[1]}, line {number}" if cell else f"File {code.co_filename}:{number}"
        first, last = 1, number + _AROUND
        if code.co_name != "<module>":
            place += f", in {code.co_qualname}"
            first = code.co_firstlineno
            last = min(last, max((line for _, _, line in code.co_lines() if line), default=number))
        shown = [place]
        for line in range(max(first, number - _AROUND), last + 1):
            text = _getline(code.co_filename, line)
            if text:
                mark = f"{'-' * (5 - len(str(line)))}> {line}" if line == number else f"{line:>7}"
                shown.append(f"{mark} {text.rstrip()}")
        return "\n".join([*shown, ""])


def _said(name: str, error: BaseException) -> Iterator[str]:
    """The exception's text with its notes."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 -- whatever a learner's __str__ raises
        text = "<this exception has no text: its __str__ raised another>"
    yield f"{name}: {text}" if text else name
    notes = getattr(error, "__notes__", None)
    if isinstance(notes, list):
        yield from (note for note in notes if isinstance(note, str))
