"""Places that are not there: indexes past the end of lists and arrays, and axes that an array has not."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from darsgah_tutor.detectors.answer import Answer, Pattern, Sign
from darsgah_tutor.detectors.exceptions import empty_input
from darsgah_tutor.detectors.reading import range_over_length
from darsgah_tutor.detectors.values import read_value
from darsgah_tutor.types import Finding

_OF_A_LIST = "^(?!pop).*out of range"
_OF_AN_ARRAY = re.compile(r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)")
_FLAT = r"array is [01]-dimensional|array of dimension [01]\b"


@dataclass(frozen=True, slots=True)
class _Missed:
    """An index that an array has no place for: the message says along which axis, and how long that is."""

    place: int
    axis: int
    length: int


def index_past_end(answer: Answer) -> Iterator[Finding]:
    """IndexError: a neighbour at the end, an element as an index, an empty list, or one place too far."""
    for raised in answer.raised_named("IndexError", message=_OF_A_LIST):
        yield answer.finding(_in_a_row(answer, raised.line), raised.line or 1, Sign.SYMPTOM, agrees=True)
    for raised in answer.raised_named("IndexError"):
        told = _OF_AN_ARRAY.search(raised.message)
        if told is not None:
            confused = _is_of_the_other_axis(answer, raised.line, _Missed(*map(int, told.groups())))
            misconception = "rows-and-columns-are-confused" if confused else _in_a_row(answer, raised.line)
            yield answer.finding(misconception, raised.line or 1, Sign.SYMPTOM, agrees=True)


def axis_missing(answer: Answer) -> Iterator[Finding]:
    """A second index, or a second axis, of an array that has one."""
    for raised in answer.raised_named("IndexError", "AxisError", message=_FLAT):
        yield answer.finding("flat-array-has-one-axis", raised.line or 1, Sign.SYMPTOM, agrees=True)


def _in_a_row(answer: Answer, line: int) -> str:
    """What may be believed where the places of one row are counted."""
    held = answer.subscripts_at(line)
    if any(_is_neighbour(one) for one in held):
        return "neighbour-past-the-end"
    if any(_element_as_index(answer, one) for one in held):
        return "element-is-not-its-index"
    if empty_input(answer) and any(isinstance(one.slice, ast.Constant | ast.UnaryOp) for one in held):
        return "empty-input-forgotten"
    return "last-index-is-length-minus-one"


def _is_neighbour(subscript: ast.Subscript) -> bool:
    """Something such as ``row[place + 1]``, or ``table[row, place + 1]``."""
    parts = subscript.slice.elts if isinstance(subscript.slice, ast.Tuple) else [subscript.slice]
    return any(isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add) for part in parts)


def _is_of_the_other_axis(answer: Answer, line: int, missed: _Missed) -> bool:
    """Whether rows were counted as columns, or columns as rows.

    About the first axis an exception says nothing of others: that there are any shows in what the check
    handed over, or, where that cannot be read, in the line itself. A flat array has no other axis.
    """
    held = answer.subscripts_at(line)
    if any(map(_is_neighbour, held)):
        return False
    if missed.axis > 0:
        return True
    in_tables = any(isinstance(one.slice, ast.Tuple) or isinstance(one.value, ast.Subscript) for one in held)
    tables = [shape for check in answer.failing for shape in _tables_in(check.call)]
    if not tables:
        return any(isinstance(one.slice, ast.Tuple) for one in held)
    return any(
        (missed.length == shape[0] and missed.place < shape[1])
        or (in_tables and missed.length == shape[1] and missed.place < shape[0])
        for shape in tables
    )


def _tables_in(call: str) -> list[tuple[int, ...]]:
    """Shapes of the tables that a call hands over, where its text shows them whole."""
    try:
        lists = [node for node in ast.walk(ast.parse(call, mode="eval")) if isinstance(node, ast.List)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    read = (read_value(ast.unparse(one)) for one in lists)
    return [value.shape for value in read if value is not None and len(value.shape) > 1]


def _element_as_index(answer: Answer, subscript: ast.Subscript) -> bool:
    """``seq[x]`` in ``for x in seq``."""
    for held in answer.around(subscript):
        if (
            isinstance(held, ast.For)
            and isinstance(held.target, ast.Name)
            and range_over_length(held) is None
        ):
            index = subscript.slice
            if isinstance(index, ast.Name) and index.id == held.target.id and isinstance(held.iter, ast.Name):
                return isinstance(subscript.value, ast.Name) and subscript.value.id == held.iter.id
    return False


PATTERNS: tuple[Pattern, ...] = (index_past_end, axis_missing)
