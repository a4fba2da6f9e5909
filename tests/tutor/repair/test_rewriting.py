"""Variants of references, names of variables, and answers that do not parse."""

import ast
import itertools
from typing import Any

import pytest

from darsgah_tutor.repair.parsing import mended
from darsgah_tutor.repair.trees import canonical, render, without_docstrings
from darsgah_tutor.repair.variables import renamings
from darsgah_tutor.repair.variants import variants

PROGRAMS = (
    """\
def work(values):
    for i in range(len(values)):
        if values[i] > 2 and values[i] != 5:
            return i
    return -1
""",
    """\
def work(values):
    return [value * 2 for value in values if value % 2]
""",
    """\
def work(values):
    count = 0
    for value in values:
        if not value > 2:
            count += 1
    return count == 1
""",
    """\
def work(values):
    for value in values:
        if value > 4:
            return True
    return False
""",
    """\
def work(values):
    left = list(values)
    kept = []
    while len(left) > 0:
        kept.append(max(left))
        left.remove(max(left))
    total = sum(one for one in kept if one)
    kept.append(total)
    if total > 3:
        return kept
    else:
        kept.pop()
        return kept
""",
    """\
def work(values):
    values = list(values)
    for i in range(0, len(values) - 1):
        if values[i] > values[i + 1]:
            other = values[i]
            values[i] = values[i + 1]
            values[i + 1] = other
    return values
""",
)
INPUTS = ([], [1], [3, 1], [5, 2, 7, 7], [0, 6, 1, 3, 2])


def results(source: str) -> list[Any]:
    names: dict[str, Any] = {}
    exec(source, names)  # noqa: S102 - a program of this file, rewritten
    return [names["work"](list(values)) for values in INPUTS]


@pytest.mark.parametrize("source", PROGRAMS)
def test_variants_do_what_the_program_does(source: str) -> None:
    found = variants(source)
    expected = results(source)
    assert len(found) > 5
    assert len({canonical(variant) for variant in found}) == len(found)
    for variant in found:
        assert results(render(variant)) == expected, render(variant)


def test_variables_are_matched_by_their_use() -> None:
    learner = (
        "def work(numbers, k):\n    b = 0\n    a = []\n    for x in numbers:\n"
        "        if x > k:\n            b += x\n            a.append(x)\n    return a\n"
    )
    other = (
        "def work(values, low):\n    taken = []\n    total = 0\n    for value in values:\n"
        "        if value > low:\n            taken.append(value)\n            total += value\n"
        "    return taken\n"
    )
    trees = (without_docstrings(ast.parse(source)) for source in (learner, other))
    renamed = render(next(renamings(*trees, fixed=frozenset({"work"}), limit=1)))
    assert renamed == (
        "def work(numbers, k):\n    a = []\n    b = 0\n    for x in numbers:\n"
        "        if x > k:\n            a.append(x)\n            b += x\n    return a\n"
    )


def test_a_variable_without_a_match_takes_no_name_that_is_used() -> None:
    learner = "def work(rest):\n    return [item for item in rest]\n"
    other = (
        "def work(items):\n    rest = 1\n    item = rest\n    more = item\n    last = more\n    return last\n"
    )
    trees = [without_docstrings(ast.parse(source)) for source in (learner, other)]
    renamed = next(renamings(trees[0], trees[1], frozenset({"work"}), 1))
    names = {node.id for node in ast.walk(renamed) if isinstance(node, ast.Name)}
    assert "rest" not in names


BROKEN = {
    "def work(x)\n    return x\n": "def work(x):\n    return x\n",
    "def work(x):\n    if x = 1:\n        return 2\n": "def work(x):\n    if x == 1:\n        return 2\n",
    "def work(x):\n    return max(x, key=len\n": "def work(x):\n    return max(x, key=len)\n",
    "def work(x:\n    return x\n": "def work(x):\n    return x\n",
    "def work(x):\n    return x[1)\n": "def work(x):\n    return x[1]\n",
    "def work(x):\nreturn x\n": "def work(x):\n    return x\n",
    "def work(x):\n    y = 1\n      return y\n": "def work(x):\n    y = 1\n    return y\n",
    "if x:\n    y = 1\nelse if z:\n    y = 2\n": "if x:\n    y = 1\nelif z:\n    y = 2\n",
    "for x in y\n    print x\n": "for x in y:\n    print(x)\n",
    "while x => 2\n    x -= 1\n": "while x >= 2:\n    x -= 1\n",
    "x = 'a\n": "x = 'a'\n",
}


@pytest.mark.parametrize(("broken", "whole"), [*BROKEN.items()])
def test_what_does_not_parse_is_mended_on_its_lines(broken: str, whole: str) -> None:
    found = {one.source: one.lines for one in mended(broken)}
    lines = itertools.zip_longest(broken.splitlines(), whole.splitlines())
    assert found[whole] == {number for number, (old, new) in enumerate(lines, 1) if old != new}


@pytest.mark.parametrize("source", ["((((\n" * 50, "\x00", "'''", "if" * 3000, "[" * 3000])
def test_what_cannot_be_mended_is_given_up(source: str) -> None:
    for one in mended(source):
        ast.parse(one.source)
