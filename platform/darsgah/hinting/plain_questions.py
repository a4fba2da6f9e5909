"""Questions without a lab: a description, a reference, tests as calls with the value expected, or asserts."""

import ast
from collections.abc import Sequence

from darsgah_tutor.types import Question, Test

_AGREES = (
    "def equals(value, expected):\n    return type(value) is type(expected) and bool(value == expected)\n"
)
"""Of the same value and type; ``darsgah_grader.comparisons`` knows a function of that name for what it is."""


def plain_question(
    identifier: str,
    description: str,
    references: Sequence[str],
    *,
    calls: Sequence[tuple[str, str]] = (),
    asserts: str = "",
    setup: str = "",
    starter: str = "",
    environment: str = "python",
) -> Question:
    """A question made of its parts.

    Args:
        calls: expression and the text of the value expected, each a test of its own, numbered from 1. A value
            has to be the literal and of its type; where the text is no literal, to be written as it is.
        asserts: statements that assert, one test.
        setup: code that runs before the answer.
    """
    tests = [Test(str(number), _assertion(*call)) for number, call in enumerate(calls, 1)]
    if asserts.strip():
        tests.append(Test(str(len(tests) + 1), asserts))
    return Question(
        id=identifier,
        description=description,
        starter=starter,
        references=tuple(references),
        setup=f"{setup}\n{_AGREES}" if calls else setup,
        tests=tuple(tests),
        environment=environment,
    )


def _assertion(call: str, expected: str) -> str:
    try:
        ast.literal_eval(expected)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return f"assert equals(str({call}), {expected!r})"
    return f"assert equals({call}, {expected})"
