"""Statements that do nothing, which make of an edit that leaves them so a replacement."""

import ast

import pytest

from darsgah_tutor.repair.idleness import idle


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("total = n + 1\nreturn total", []),
        ("return n\nprint(n)", ["print(n)"]),
        ("total = 3\ntotal = total + n\nreturn n", ["total = 3", "total = total + n"]),
        ("if n:\n    return 1\nelse:\n    return 2\nprint(n)", ["print(n)"]),
        ("for x in n:\n    return x\nprint(n)", []),
        ("answer = input()\nreturn n", []),
        ("out = []\nout.append(n)\nreturn out", []),
    ],
)
def test_what_does_nothing(body: str, expected: list[str]) -> None:
    rows = "".join(f"    {row}\n" for row in body.split("\n"))
    program = ast.parse(f"def f(n):\n{rows}")
    assert [ast.unparse(statement) for statement in idle(program)] == expected
