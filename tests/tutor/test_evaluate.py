"""Figures of the evaluation against values worked out by hand."""

from dataclasses import replace

import pytest

from darsgah_tutor.evaluate import (
    Outcome,
    Share,
    by_task,
    chance,
    found_among,
    gate_figures,
    halves,
    least_threshold,
    quantile,
    threshold_telling,
)
from darsgah_tutor.line_differences import nearest, statement_line, written_difference

ONE = Outcome(
    data="slips", task="a", case="1", lines=(1, 2, 3, 4), truth=(2,), one_edit=True, apart=1,
    rankings={"spectrum": (3, 2, 1), "peers": ()}, repair="edit", edits=1, told=True, confidence=0.5,
    line=2, misconception="", believed="",
)  # fmt: skip


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (0, 0, 0.0, 1.0),
        (42, 70, 0.4830, 0.7066),
    ],
)
def test_intervals_are_wilsons(hits: int, n: int, low: float, high: float) -> None:
    assert Share(hits, n).interval == pytest.approx((low, high), abs=1e-4)


def test_lines_are_found_among_the_first() -> None:
    assert found_among([ONE], "spectrum", 1) == Share(0, 1)
    assert found_among([ONE], "spectrum", 3) == Share(1, 1)
    assert found_among([ONE], "peers", 3) == Share(0, 1)
    assert chance([ONE], 1) == pytest.approx(1 / 4)
    assert chance([ONE], 3) == pytest.approx(3 / 4)
    assert chance([replace(ONE, truth=(1, 2))], 1) == pytest.approx(1 / 2)
    assert chance([replace(ONE, lines=(2,))], 3) == 1
    assert chance([], 1) == 0


def test_a_hint_is_right_when_line_and_misconception_are() -> None:
    assert ONE.right
    assert not replace(ONE, line=3).right
    made = replace(ONE, believed="prints")
    assert made.right, "it names none"
    assert replace(made, misconception="prints").right
    assert not replace(made, misconception="counts").right
    assert replace(ONE, misconception="counts").right, "nobody knows better"


def outcomes() -> list[Outcome]:
    """Of two tasks; the surer the tutor is, the oftener it is right: from 0.5 on always."""
    return [
        replace(ONE, task="ab"[number % 2], confidence=number / 40, line=2 if number >= 20 else number % 3)
        for number in range(40)
    ]


def test_a_gate_tells_what_is_sure_enough() -> None:
    found = gate_figures(outcomes(), 0.5)
    assert (found.precision, found.coverage) == (Share(20, 20), Share(20, 40))
    believed = [replace(one, believed="a", misconception="b") for one in outcomes()]
    told = gate_figures(believed, 0.5)
    assert (told.precision, told.lines) == (Share(0, 20), Share(20, 20))
    silent = [replace(one, told=False) for one in outcomes()]
    assert gate_figures(silent, 0.0).coverage == Share(0, 40)


def test_thresholds_are_the_least_and_the_greatest_that_do() -> None:
    assert least_threshold(outcomes(), 1.0) == 0.5
    assert gate_figures(outcomes(), least_threshold(outcomes(), 0.9) or 0).precision.value >= 0.9
    assert least_threshold([replace(one, line=1) for one in outcomes()], 0.9) is None
    assert least_threshold(outcomes()[-9:], 0.9) is None, "nine hints fix nothing"
    assert threshold_telling(outcomes(), 0.6) == 16 / 40
    assert threshold_telling([replace(one, told=False) for one in outcomes()], 0.6) is None


def test_halves_have_no_task_in_common() -> None:
    first, second = halves([replace(ONE, task=task) for task in "edcbaedc"])
    assert {one.task for one in first} == {"a", "c", "e"}
    assert {one.task for one in second} == {"b", "d"}
    assert by_task(first, lambda one: one.task == "a") == {
        "a": Share(1, 1),
        "c": Share(0, 2),
        "e": Share(0, 2),
    }


def test_a_quantile_is_a_value_that_was_measured() -> None:
    assert quantile([3, 1, 2], 0.5) == 2
    assert quantile(range(1, 101), 0.95) == 95
    assert quantile([7], 0.95) == 7
    assert quantile([], 0.5) == 0


WRONG = """\
def total(prices):
    # adds
    s = 0
    for p in prices:
        s = p
    return s
"""


def test_the_nearest_program_is_found_whatever_its_variables_are_called() -> None:
    right = """\
def total(prices):
  '''Adds.'''
  amount = 0
  for one in prices:
    amount += one
  return amount
"""
    far = "def total(prices):\n    return sum(prices)\n"
    found = nearest(WRONG, [far, right], frozenset({"total"}))
    assert found is not None
    assert (found.lines, found.size) == ((5,), 1)
    assert nearest(WRONG, [], frozenset()) is None


def test_what_is_missing_counts_for_the_line_before_which_it_belongs() -> None:
    right = "def f(a):\n    if not a:\n        return 0\n    b = a[0]\n    return b\n"
    wrong = "def f(a):\n    b = a[0]\n    return b\n"
    found = nearest(wrong, [right], frozenset({"f"}))
    assert found is not None
    assert (found.lines, found.size) == ((2,), 2)
    assert written_difference(wrong, wrong + "print(f(1))\n").lines == (3,)


def test_programs_that_do_not_parse_are_compared_as_they_are_written() -> None:
    right = "def f(a):\n    if a:\n        return 1\n    return 2\n"
    found = nearest(right.replace("a:", "a"), [right], frozenset())
    assert found is not None
    assert found.lines == (2,)


def test_a_line_within_a_statement_is_its_first() -> None:
    source = "# top\nx = [\n    1,\n    2,\n]\nprint(x)\n"
    assert [statement_line(source, line) for line in (1, 2, 4, 5, 6, 9)] == [2, 2, 2, 2, 6, 6]
    assert statement_line("", 3) == 3
