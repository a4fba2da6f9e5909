"""Which cells an answer rests on: fewer than all, and none too few."""

import pytest

from darsgah_labs.cell_dependence import needed

CELLS = [
    "import numpy as np",
    "def scaled(x):\n    return [unit(y) for y in x]",
    "UNIT = 3",
    "def unit(y):\n    return y * UNIT",
    "total = 0\nfor x in range(3):\n    total += x\nprint(total)",
    "store = []",
    "store.append(4)",
    "print(store)",
]


@pytest.mark.parametrize(
    ("answer", "rests_on"),
    [
        ("def f(x):\n    return x", []),
        ("def f(x):\n    return np.sum(x)", [0]),
        ("def f(x):\n    return scaled(x)", [1, 2, 3]),
        ("def f():\n    return store[0]", [5, 6]),
        ("total = 5\nfor x in [1]:\n    total += x", []),
        ("f = lambda total: total", []),
        ("f = [total for total in range(3)]", []),
        ("f = total", [4]),
        ("if np:\n    total = 1\nf = total", [0, 4]),
        ("with open('f') as store:\n    f = store.read()", []),
        ("%timeit 1", []),
    ],
)
def test_an_answer_rests_on_what_it_looks_up(answer: str, rests_on: list[int]) -> None:
    sources = [*CELLS, answer]
    own = len(CELLS)
    assert needed(sources, range(len(sources)), [own]) == [*rests_on, own]


def test_a_cell_that_cannot_be_read_is_always_taken() -> None:
    sources = ["x = (", "%load_ext thing", "from math import *", "y = 1", "f = 2"]
    assert needed(sources, range(5), [4]) == [0, 1, 2, 4]
