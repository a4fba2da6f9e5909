"""An exception as a learner can read it: the lines of their cells, and only the end of a library's inside."""

import linecache
import re
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

AROUND = 2
FRAMES = 12
LIBRARY_FRAMES = 2
CHAINED = 5
OWN = str(Path(__file__).parent)
CELL = re.compile(r'(?:  )?File "<cell (\d+)>", line (\d+)')


def cell_name(count: int) -> str:
    """The file name of a cell's code."""
    return f"<cell {count}>"


def remember(count: int, source: str) -> None:
    """Let tracebacks show the lines of a cell."""
    name = cell_name(count)
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)


def traceback_of(error: BaseException) -> list[str]:
    """The lines of an exception and of those that led to it, the oldest first."""
    parts: list[str] = []
    seen: set[int] = set()
    link = ""
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(parts) < CHAINED:
        seen.add(id(current))
        parts.append("\n".join([*_frames(current.__traceback__), *_last_lines(current)]) + link)
        if current.__cause__ is not None:
            link = "\n\nThe exception above is the cause of this one:\n"
            current = current.__cause__
        elif current.__context__ is not None and not current.__suppress_context__:
            link = "\n\nWhile that exception was handled, another one came:\n"
            current = current.__context__
        else:
            current = None
    return "\n".join(reversed(parts)).split("\n")


def _last_lines(error: BaseException) -> list[str]:
    """Name and message, with Python's own hint; for a syntax error the line and the place in it."""
    try:
        lines = traceback.TracebackException.from_exception(error).format_exception_only()
        text = "".join(lines)
    except Exception:  # noqa: BLE001 # the exception's own text may fail in any way
        text = f"{type(error).__name__}: <its message cannot be shown>"
    return CELL.sub(r"Cell [\1], line \2", text).rstrip("\n").split("\n")


def _frames(last: TracebackType | None) -> Iterator[str]:
    frames = [
        (frame.f_code.co_filename, line or 0, frame.f_code.co_name)
        for frame, line in traceback.walk_tb(last)
        if not frame.f_code.co_filename.startswith(OWN)
    ]
    first = next((index for index, frame in enumerate(frames) if frame[0].startswith("<cell")), len(frames))
    shown = list(_without_long_insides(frames[first:]))
    if len(shown) > FRAMES:
        half = FRAMES // 2
        shown = [*shown[:half], ("", len(shown) - FRAMES, ""), *shown[-half:]]
    for file, line, function in shown:
        if not file:
            yield f"  ... {line} more calls ..."
        else:
            yield from _frame(file, line, function)


def _without_long_insides(frames: list[tuple[str, int, str]]) -> Iterator[tuple[str, int, str]]:
    """The frames without the middle of long stretches inside libraries."""
    stretch: list[tuple[str, int, str]] = []
    for frame in [*frames, ("<cell end>", 0, "")]:
        if not frame[0].startswith("<cell"):
            stretch.append(frame)
            continue
        yield from stretch[-LIBRARY_FRAMES:]
        stretch.clear()
        if frame[0] != "<cell end>":
            yield frame


def _frame(file: str, line: int, function: str) -> Iterator[str]:
    inside = "" if function == "<module>" else f", in {function}"
    if not file.startswith("<cell"):
        yield f"  {Path(file).name}, line {line}{inside}"
        return
    yield f"  Cell [{file[6:-1]}], line {line}{inside}"
    for number in range(max(1, line - AROUND), line + AROUND + 1):
        text = linecache.getline(file, number)
        if text:
            arrow = "--->" if number == line else "    "
            yield f"  {arrow} {number:>3} | {text.rstrip()}"
