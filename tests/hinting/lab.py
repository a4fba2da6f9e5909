"""A small lab with two questions and a hidden test each, and what learners hand in to it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SECRET = "zanzibar-4711"
AREA = "def area(a, b):\n    ### BEGIN SOLUTION\n    return a * UNIT * b\n    ### END SOLUTION"
AREA_TEST = f"""
assert area(2, 3) == 6, "Two by three is six."
def square(side):
    return area(side, side)
### BEGIN HIDDEN TESTS
assert square(5) == 25, "{SECRET}"
### END HIDDEN TESTS
assert area(1, 1) == 1
"""
PRICE = "def price(a, b):\n    ### BEGIN SOLUTION\n    return 10 * area(a, b)\n    ### END SOLUTION"
PRICE_TEST = (
    "assert price(1, 2) == 20\n### BEGIN HIDDEN TESTS\nassert price(3, 3) == 90\n### END HIDDEN TESTS"
)


def write_lab(path: Path, area_test: str = AREA_TEST) -> Path:
    """The source notebook."""
    return _written(path, AREA, PRICE, area_test)


def write_submission(path: Path, **answers: str) -> Path:
    """A notebook with other answers than the lab's own, by ``area`` and ``price``."""
    right = {
        "area": "def area(a, b):\n    return a * b",
        "price": "def price(a, b):\n    return 10 * area(a, b)",
    }
    given = right | answers
    return _written(path, given["area"], given["price"])


def _written(path: Path, area: str, price: str, area_test: str = AREA_TEST) -> Path:
    cells = [
        _cell("markdown", "# Rooms\n\nLong introduction."),
        _cell("code", "UNIT = 1", grade_id="unit", locked=True),
        _cell("code", "raise SystemExit('a demonstration that is not needed')"),
        _cell("markdown", "## The area\n\nWrite `area(a, b)`."),
        _cell("code", area, grade_id="area", solution=True),
        _cell("code", area_test, grade_id="test-area", grade=True, locked=True, points=1),
        _cell("markdown", "## The price\n\nWrite `price(a, b)`."),
        _cell("code", price, grade_id="price", solution=True),
        _cell("code", PRICE_TEST, grade_id="test-price", grade=True, locked=True, points=1),
    ]
    content = {
        "cells": cells,
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    path.write_text(json.dumps(content))
    return path


def _cell(kind: str, source: str, **marks: object) -> Mapping[str, Any]:
    plain = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    cell = {
        "cell_type": kind,
        "metadata": {"nbgrader": plain | marks} if marks else {},
        "source": source,
    }
    return cell if kind == "markdown" else cell | {"outputs": [], "execution_count": None}
