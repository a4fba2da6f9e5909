"""The lab that `darsgah lab new` writes: small, complete, and good enough to pass its own check.

Its author replaces one part after the other, and checks after each.
"""
# ruff: noqa: E501, RUF001 - the lab's own lines as its author finds them, and the full stop of Urdu

import json
from typing import Any

_MANIFEST = """\
# What is said about the lab. docs/lab-format.md lists every field; `darsgah lab check` says what is wrong.
format = 1
level = "foundation"
minutes = 25
skills = ["python.functions", "python.dictionaries"]
runtime = "browser"
environment = "python"
points = 5

[title]
en = "Tea for the class"
ur = "کلاس کے لیے چائے"

[summary]
en = "Write two functions for a tea stall: how many cups a pot fills, and which drink is wanted most."
ur = "چائے کے کھوکھے کے لیے دو فنکشن لکھیے: ایک برتن سے کتنے کپ بھرتے ہیں، اور کون سا مشروب سب سے زیادہ مانگا گیا۔"

[limits]
cell_seconds = 5
total_seconds = 30
memory_mib = 256
"""

_HINTS = """\
# What learners of this lab tend to believe. Eight or more are what the tutor needs; these three show the form.
format = 1

[[misconceptions]]
name = "rounds-up-cups"
belief = "A cup that is begun counts as a cup."
answers = ["cups-from"]
evidence = [{ fails = "test-cups-from", source = 'ceil|round' }]

[misconceptions.hints]
where = { en = "Look at line {line}: what does it do with a part of a cup?", ur = "سطر {line} دیکھیے: وہ ادھورے کپ کا کیا کرتی ہے؟" }
question = { en = "If 150 ml are left over, can you sell that as a cup?", ur = "اگر 150 ml بچ جائے تو کیا آپ اسے پورے کپ کے طور پر بیچ سکتے ہیں؟" }
concept = { en = "Whole things that fit into something are counted by dividing and leaving the rest out, as `int(...)` does.", ur = "کسی چیز میں پورے پورے کتنے حصے آتے ہیں، یہ تقسیم کر کے اور باقی کو چھوڑ کر گنا جاتا ہے، جیسے `int(...)` کرتا ہے۔" }

[[misconceptions]]
name = "default-is-ignored"
belief = "The size of a cup is 200 ml, whatever the caller says."
answers = ["cups-from"]
evidence = [{ fails = "test-cups-from", source = '/\\s*200' }]

[misconceptions.hints]
where = { en = "Look at line {line}: where is the size of the cup?", ur = "سطر {line} دیکھیے: کپ کا سائز کہاں ہے؟" }
question = { en = "If the caller says 250, where in your function does that 250 arrive?", ur = "اگر call کرنے والا 250 دے تو وہ 250 آپ کے فنکشن میں کہاں پہنچتا ہے؟" }
concept = { en = "A default only fills in for what the caller leaves out. Inside, use the parameter's name.", ur = "default صرف اس کی جگہ لیتا ہے جو call کرنے والا نہ دے۔ فنکشن کے اندر parameter کا نام استعمال کیجیے۔" }

[[misconceptions]]
name = "first-count-missing"
belief = "A dictionary has an entry for every name from the start."
answers = ["most-wanted"]
evidence = [{ fails = "test-most-wanted", exception = "KeyError" }]

[misconceptions.hints]
where = { en = "Look at line {line}: what is in the dictionary when a drink comes for the first time?", ur = "سطر {line} دیکھیے: جب کوئی مشروب پہلی بار آتا ہے تو dictionary میں کیا ہوتا ہے؟" }
question = { en = "What should the count be before the first order, and where do you say so?", ur = "پہلے آرڈر سے پہلے گنتی کتنی ہونی چاہیے، اور آپ یہ کہاں لکھتے ہیں؟" }
concept = { en = "`counts.get(name, 0)` gives 0 where there is no entry yet.", ur = "جہاں ابھی کوئی اندراج نہ ہو وہاں `counts.get(name, 0)` سے 0 ملتا ہے۔" }
"""

_STEP_BY_STEP = '''\
"""Subtracts cup by cup, and walks through the names in the order of the alphabet."""


# %% cups-from
def cups_from(litres, cup_ml=200):
    if litres < 0:
        raise ValueError("litres cannot be negative")
    left = litres * 1000
    cups = 0
    while left >= cup_ml:
        left = left - cup_ml
        cups = cups + 1
    return cups


# %% most-wanted
def most_wanted(orders):
    best = None
    for drink in sorted(set(orders)):
        if best is None or orders.count(drink) > best[1]:
            best = (drink, orders.count(drink))
    return best
'''

_INTRODUCTION = """\
# Tea for the class

A tea stall asks two questions every day: *how many cups are in the pot*, and *what do people want most*. You write \
both as functions, so that the answer is there before the kettle boils.

Read, run each cell with *Shift + Enter*, and change the examples: guess what comes out before you run them.

## A function gives something back

`return` hands a value to whoever called the function. Here is a rule that counts the rows of chairs that are full:"""

_EXAMPLE = """\
def full_rows(people, seats=4):
    \"\"\"How many rows of `seats` chairs are full when `people` sit down.\"\"\"
    return people // seats


full_rows(11)"""

_QUESTION_ONE = """\
`//` divides and leaves the rest out: eleven people fill two rows of four, and three sit in a row that isn't full. `int(...)` \
does that with a number that has come out as a fraction.

## Question 1 · Cups from a pot (2 points)

Write `cups_from(litres, cup_ml=200)`: how many **full** cups a pot of tea gives.

- One litre is 1000 ml. `cups_from(1)` is 5, `cups_from(1.5)` is 7: the last 100 ml fill no cup.
- Somebody who has larger cups says so: `cups_from(1, 250)` is 4.
- A negative number of litres raises a `ValueError`."""

_ANSWER_ONE = """\
def cups_from(litres, cup_ml=200):
    \"\"\"Full cups of `cup_ml` millilitres in a pot of `litres`; raises ValueError when they are negative.\"\"\"
    ### BEGIN SOLUTION
    if litres < 0:
        raise ValueError("litres cannot be negative")
    return int(litres * 1000 / cup_ml)
    ### END SOLUTION"""

_TEST_ONE = """\
# Question 1: cups from a pot
assert cups_from(1) == 5, "One litre fills five cups of 200 ml."
assert cups_from(1.5) == 7, "Only full cups count."
assert cups_from(1, 250) == 4, "The caller may have larger cups."
### BEGIN HIDDEN TESTS
assert cups_from(0) == 0, "An empty pot fills no cup, and that is no error."
assert cups_from(0.2) == 1, "Exactly one cup is a full cup."
assert cups_from(0.9999) == 4, "A cup that is nearly full is not full."
assert cups_from(2, cup_ml=300) == 6, "Use the size of the cup that is given."
assert isinstance(cups_from(0.5), int), "A number of cups is a whole number."
try:
    cups_from(-0.5)
except ValueError:
    pass
else:
    raise AssertionError("A negative number of litres has to raise a ValueError.")
### END HIDDEN TESTS"""

_QUESTION_TWO = """\
## Question 2 · What is wanted most (3 points)

Orders come as a list of names, such as `["tea", "lassi", "tea"]`. Write `most_wanted(orders)`: the drink that was \
ordered most often, and how often, as a tuple. For this list that is `("tea", 2)`.

- Of drinks that were ordered equally often, the one that comes first in the alphabet is given.
- Without orders the answer is `None`.

A dictionary can keep the counts. `counts.get("tea", 0)` is the count so far, or 0 for a drink that is new."""

_ANSWER_TWO = """\
def most_wanted(orders):
    \"\"\"The name that stands in `orders` most often, with its count; None when there are no orders.\"\"\"
    ### BEGIN SOLUTION
    counts = {}
    for drink in orders:
        counts[drink] = counts.get(drink, 0) + 1
    if not counts:
        return None
    best = min(counts, key=lambda drink: (-counts[drink], drink))
    return best, counts[best]
    ### END SOLUTION"""

_TEST_TWO = """\
# Question 2: what is wanted most
assert most_wanted(["tea", "lassi", "tea"]) == ("tea", 2), "Tea was ordered twice, lassi once."
assert most_wanted(["tea", "lassi"]) == ("lassi", 1), "Ordered equally often: the alphabet decides."
assert most_wanted([]) is None, "Think of a morning without orders."
### BEGIN HIDDEN TESTS
assert most_wanted(["kahwa"]) == ("kahwa", 1), "One order is enough."
assert most_wanted(["tea", "lassi", "lassi"]) == ("lassi", 2), "The last orders count too."
assert most_wanted(["water", "tea", "water", "tea", "lassi"]) == ("tea", 2), "Of two, the first in the alphabet."
assert most_wanted(["b", "a", "c", "c", "c", "b", "b", "b"]) == ("b", 4), "Every order counts."
orders_of_the_day = ["tea", "kahwa", "tea"]
most_wanted(orders_of_the_day)
assert orders_of_the_day == ["tea", "kahwa", "tea"], "The list of orders has to stay as it was."
### END HIDDEN TESTS"""

_END = """\
## What you can do now

You turned two rules into functions that say what happens at the edges: an empty pot, an empty list, a tie. Before \
you submit, restart and run everything from the top."""


def starter_files() -> dict[str, bytes]:
    """The files of the new lab by path."""
    texts = {
        "lab.toml": _MANIFEST,
        "lab.ipynb": _notebook(),
        "hints.toml": _HINTS,
        "solutions/step_by_step.py": _STEP_BY_STEP,
    }
    return {path: text.encode() for path, text in texts.items()}


def _notebook() -> str:
    cells = [
        _cell("markdown", _INTRODUCTION),
        _cell("code", _EXAMPLE),
        _cell("markdown", _QUESTION_ONE),
        _cell("code", _ANSWER_ONE, grade_id="cups-from", solution=True),
        _cell("code", _TEST_ONE, grade_id="test-cups-from", grade=True, locked=True, points=2),
        _cell("markdown", _QUESTION_TWO),
        _cell("code", _ANSWER_TWO, grade_id="most-wanted", solution=True),
        _cell("code", _TEST_TWO, grade_id="test-most-wanted", grade=True, locked=True, points=3),
        _cell("markdown", _END),
    ]
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{number}"
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    book = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


def _cell(kind: str, source: str, **marks: str | bool | int) -> dict[str, Any]:
    """A cell; one with a ``grade_id`` gets nbgrader's metadata of version 3."""
    flags = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    cell: dict[str, Any] = {
        "cell_type": kind,
        "metadata": {"nbgrader": flags | marks} if marks else {},
        "source": source.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
