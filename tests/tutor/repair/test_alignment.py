"""Two programs laid over each other."""

import ast
from itertools import product

import pytest

from darsgah_tutor.repair.alignment import align
from darsgah_tutor.repair.trees import canonical, render, without_docstrings
from darsgah_tutor.spectrum import code_lines

BEST = """\
def best(scores):
    top = scores[0]
    for score in scores[1:]:
        if score > top:
            top = score
    return top
"""
INSIDE = BEST.replace("    return", "        return")
UNGUARDED = BEST.replace("        if score > top:\n            top", "        top")
BACKWARDS = """\
def best(scores):
    i = len(scores) - 1
    top = scores[i]
    while i > 0:
        i -= 1
        if not scores[i] <= top:
            top = scores[i]
        else:
            continue
    return top
"""
EMPTY = "def best(scores):\n    pass\n"
PROGRAMS = (
    BEST,
    INSIDE,
    UNGUARDED,
    BACKWARDS,
    EMPTY,
    "best = max\n",
    "class Best:\n    def of(self):\n        return 1\n",
)


def parsed(source: str) -> ast.Module:
    return without_docstrings(ast.parse(source))


@pytest.mark.parametrize(("learner", "other"), [*product(PROGRAMS, PROGRAMS)])
def test_no_edit_keeps_the_program_and_all_edits_make_the_other_one(learner: str, other: str) -> None:
    script = align(parsed(learner), parsed(other), code_lines(learner))
    assert canonical(ast.parse(render(script.applied(())))) == canonical(parsed(learner))
    assert canonical(ast.parse(render(script.applied(script.edits)))) == canonical(parsed(other))
    assert (script.cost() == 0) == (learner == other)


def test_edits_know_the_lines_that_they_change() -> None:
    wrong = BEST.replace("> top", "< top").replace("scores[0]", "0")
    script = align(parsed(wrong), parsed(BEST), code_lines(wrong))
    assert sorted(sorted(edit.lines) for edit in script.edits.values()) == [[2], [4]]


def test_a_statement_that_moves_is_one_edit_on_its_line() -> None:
    script = align(parsed(INSIDE), parsed(BEST), code_lines(INSIDE))
    (edit,) = script.edits.values()
    assert edit.lines == {6}
    assert edit.lost == 0


def test_a_block_put_around_a_statement_leaves_the_statement() -> None:
    script = align(parsed(UNGUARDED), parsed(BEST), code_lines(UNGUARDED))
    (edit,) = script.edits.values()
    assert edit.lines == {4}
    assert edit.lost == 0


def test_what_is_missing_counts_for_the_line_before_which_it_stands() -> None:
    wrong = BEST.replace("    top = scores[0]\n", "")
    script = align(parsed(wrong), parsed(BEST), code_lines(wrong))
    (edit,) = script.edits.values()
    assert edit.lines == {2}


def test_other_spellings_of_the_same_are_no_edits() -> None:
    other = BEST.replace("score > top", "not top >= score")
    assert align(parsed(BEST), parsed(other), code_lines(BEST)).cost() == 0


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        ("print(max(scores[1:]))", "return max(scores[1:])", 3),
        ("return scores.sort(key=len)", "scores.sort(key=len)", 1),
        ("scores = scores.sort(key=len)", "scores.sort(key=len)", 2),
        ("top = scores", "return scores", 3),
    ],
)
def test_a_statement_of_another_kind_keeps_what_stands_in_it(old: str, new: str, lost: int) -> None:
    learner, other = (f"def best(scores):\n    {one}\n" for one in (old, new))
    script = align(parsed(learner), parsed(other), code_lines(learner))
    assert sum(edit.lost for edit in script.edits.values()) == lost
    assert canonical(script.applied(script.edits)) == canonical(parsed(other))
