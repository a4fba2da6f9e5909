"""How what a check got stands to what it expected, in words that mean the same for every task.

``got 4, expected 5`` and ``got 'ab', expected 'abc'`` are of no use to a model that has not seen the task;
that the one is too small by one and the other lacks its end is.
"""

import ast
from collections import Counter
from collections.abc import Iterator

from darsgah_tutor.types import Check

_COLLECTIONS = (str, list, tuple)


def relations(check: Check) -> list[str]:
    """Words about a check that failed, most telling first; of a hidden one only how it ended."""
    if check.raised is not None:
        return [f"raised {check.raised.name}"]
    if not check.got:
        return ["differs"]
    try:
        got, expected = ast.literal_eval(check.got), ast.literal_eval(check.expected)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return ["differs", *(["got None"] if check.got == "None" else [])]
    return ["differs", f"expected {type(expected).__name__}", *_of_values(got, expected)]


def _of_values(got: object, expected: object) -> Iterator[str]:
    if got is None:
        yield "got None"
    elif type(got) is not type(expected):
        yield f"got {type(got).__name__}"
        if isinstance(got, _COLLECTIONS) and isinstance(expected, _COLLECTIONS) and [*got] == [*expected]:
            yield "same elements"
        elif isinstance(got, int | float) and isinstance(expected, int | float) and got == expected:
            yield "same number"
    elif isinstance(got, bool):
        yield "true for false" if got else "false for true"
    elif isinstance(got, int | float) and isinstance(expected, int | float):
        yield from _of_numbers(got, expected)
    elif isinstance(got, str | list | tuple) and isinstance(expected, str | list | tuple):
        yield from _of_sequences([*got], [*expected])
        if isinstance(got, str) and isinstance(expected, str) and got.lower() == expected.lower():
            yield "other case"
    elif isinstance(got, set | dict) and isinstance(expected, set | dict):
        yield from _of_sizes(len(got), len(expected))
        yield "same keys" if set(got) == set(expected) else "other keys"


def _of_numbers(got: float, expected: float) -> Iterator[str]:
    if abs(got - expected) == 1:
        yield "one too many" if got > expected else "one too few"
    elif got == 0:
        yield "zero"
    elif got == -expected:
        yield "other sign"
    elif int(got) == int(expected):
        yield "other fraction"
    else:
        yield "too large" if got > expected else "too small"


def _of_sequences(got: list[object], expected: list[object]) -> Iterator[str]:
    yield from _of_sizes(len(got), len(expected))
    if not got or not expected:
        return
    if got == expected[::-1]:
        yield "turned round"
    elif got == expected[: len(got)]:
        yield "end missing"
    elif got == expected[-len(got) :]:
        yield "beginning missing"
    elif got[: len(expected)] == expected:
        yield "more behind"
    elif got[-len(expected) :] == expected:
        yield "more before"
    else:
        yield from _of_contents(Counter(map(repr, got)), Counter(map(repr, expected)))
        if got[0] != expected[0] and got[1:] == expected[1:]:
            yield "only the first differs"
        elif got[-1] != expected[-1] and got[:-1] == expected[:-1]:
            yield "only the last differs"


def _of_contents(got: Counter[str], expected: Counter[str]) -> Iterator[str]:
    if got == expected:
        yield "other order"
    elif set(got) == set(expected):
        yield "other numbers of elements"
    elif got < expected:
        yield "some missing"
    elif got > expected:
        yield "some too many"
    elif not got & expected:
        yield "all elements differ"


def _of_sizes(got: int, expected: int) -> Iterator[str]:
    if got == expected:
        yield "same length"
    elif got == 0:
        yield "empty"
    elif abs(got - expected) == 1:
        yield "longer by one" if got > expected else "shorter by one"
    else:
        yield "longer" if got > expected else "shorter"
