"""Two versions of a notebook joined: what one side changed is never lost, and a person is asked seldom."""

import random
from collections.abc import Iterable
from typing import Any

import pytest

from tests.lab_page.scripts import evaluate

MERGE = '{ mergeNotebooks, alike } from "./merge"'
LINES = '{ mergeLines } from "./line_merge"'
CHOICES = '{ withChoices } from "./choices"'

Cell = dict[str, Any]
Notebook = dict[str, Any]


def code(name: str, source: str, *, ran: int | None = None, **metadata: object) -> Cell:
    outputs = [] if ran is None else [{"output_type": "stream", "name": "stdout", "text": f"run {ran}"}]
    cell = {"cell_type": "code", "id": name, "source": source, "metadata": metadata}
    return cell | {"outputs": outputs, "execution_count": ran}


def text(name: str, source: str) -> Cell:
    return {"cell_type": "markdown", "id": name, "source": source, "metadata": {}}


def notebook(cells: Iterable[Cell], **metadata: object) -> Notebook:
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def merged(base: Notebook, here: Notebook, there: Notebook) -> tuple[Notebook, list[dict[str, Any]]]:
    found = evaluate(
        MERGE,
        "mergeNotebooks(given.base, given.here, given.there)",
        {"base": base, "here": here, "there": there},
    )
    return found["notebook"], found["conflicts"]


def sources(joined: Notebook) -> dict[str, str]:
    return {cell["id"]: cell["source"] for cell in joined["cells"]}


BASE = notebook([text("t", "# Title"), code("a", "x = 1", ran=1), code("b", "y = 2", ran=2)], kernel="k")


def test_each_side_changes_another_cell() -> None:
    here = notebook([text("t", "# Title"), code("a", "x = 10", ran=3), code("b", "y = 2", ran=2)], kernel="k")
    there = notebook(
        [text("t", "# New title"), code("a", "x = 1", ran=1), code("b", "y = 20", ran=4)], kernel="k"
    )
    joined, conflicts = merged(BASE, here, there)
    assert not conflicts
    assert sources(joined) == {"t": "# New title", "a": "x = 10", "b": "y = 20"}
    assert [cell.get("execution_count") for cell in joined["cells"]] == [None, 3, 4]


def test_new_cells_of_both_sides_stay_where_they_were_put() -> None:
    [title, first, second] = BASE["cells"]
    here = notebook([code("h0", "0"), title, first, code("h1", "1"), second], kernel="k")
    there = notebook([title, first, second, code("z", "end")], kernel="k")
    joined, conflicts = merged(BASE, here, there)
    assert not conflicts
    assert list(sources(joined)) == ["h0", "t", "a", "h1", "b", "z"]


def test_a_move_on_one_side_and_a_change_on_the_other() -> None:
    [title, first, second] = BASE["cells"]
    here = notebook([second, title, first], kernel="k")
    there = notebook([title, first, code("b", "y = 3", ran=2)], kernel="k")
    joined, _ = merged(BASE, here, there)
    assert list(sources(joined).items()) == [("b", "y = 3"), ("t", "# Title"), ("a", "x = 1")]


def test_a_deleted_cell_goes_though_the_other_side_ran_it() -> None:
    [title, first, second] = BASE["cells"]
    joined, conflicts = merged(
        BASE, notebook([title, second]), notebook([title, first | {"execution_count": 9}, second])
    )
    assert list(sources(joined)) == ["t", "b"]
    assert not conflicts


@pytest.mark.parametrize("side", ["here", "there"])
def test_a_cell_deleted_by_one_and_changed_by_the_other_waits_for_a_choice(side: str) -> None:
    [title, first, second] = BASE["cells"]
    gone, changed = notebook([title, second]), notebook([title, first | {"source": "x = 5"}, second])
    here, there = (gone, changed) if side == "here" else (changed, gone)
    joined, conflicts = merged(BASE, here, there)
    assert sources(joined)["a"] == "x = 5"
    other = {"here": "there", "there": "here"}[side]
    assert conflicts == [{"cellId": "a", side: None, other: "x = 5"}]


def test_the_same_cell_changed_by_both() -> None:
    here = notebook([code("a", "x = 2", ran=5)])
    there = notebook([code("a", "x = 3", ran=6)])
    joined, conflicts = merged(notebook([code("a", "x = 1")]), here, there)
    assert conflicts == [{"cellId": "a", "here": "x = 2", "there": "x = 3"}]
    assert joined["cells"] == here["cells"]


def test_lines_of_one_cell_that_do_not_touch_are_joined_and_have_not_run() -> None:
    base = "import math\n\ndef area(r):\n    return r\n\nprint(area(1))"
    mine = base.replace("return r", "return math.pi * r * r")
    theirs = base.replace("print(area(1))", "print(area(2))")
    joined, conflicts = merged(
        notebook([code("a", base, ran=1)]),
        notebook([code("a", mine, ran=2)]),
        notebook([code("a", theirs, ran=3)]),
    )
    assert not conflicts
    assert joined["cells"] == [code("a", mine.replace("area(1)", "area(2)"))]


def test_unknown_fields_and_metadata_of_both_sides_stay() -> None:
    base = notebook([code("a", "1", tags=["x"])], kernel="k", colab={"v": 1})
    here = notebook([code("a", "1", tags=["x"], mine=1) | {"extra": 1}], kernel="k", colab={"v": 2})
    there = notebook(
        [code("a", "1", tags=["x", "y"]) | {"attachments": {"p": {"image/png": ""}}}],
        kernel="new",
        colab={"v": 1},
    )
    joined, _ = merged(base, here, there)
    [cell] = joined["cells"]
    assert joined["metadata"] == {"kernel": "new", "colab": {"v": 2}}
    assert cell["metadata"] == {"tags": ["x", "y"], "mine": 1}
    assert cell["extra"] == 1
    assert "p" in cell["attachments"]


@pytest.mark.parametrize(
    ("base", "here", "there", "joined"),
    [
        ("a\nb\nc", "a\nB\nc", "a\nb\nc\nd", "a\nB\nc\nd"),
        ("a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"),
        ("a\nb", "A\nb", "a\nB", None),
        ("a\nb\nc", "a\nc", "a\nb\nC", None),
        ("a\nb\nc\nd", "b\nc\nd", "a\nb\nc", "b\nc"),
        ("a", "x\na", "a\ny", "x\na\ny"),
        ("", "x", "y", None),
        ("a\nb\nc", "a\nnew\nb\nc", "a\nnew\nb\nc", "a\nnew\nb\nc"),
        ("a\nb\nc", "a\none\nb\nc", "a\ntwo\nb\nc", None),
        ("a\nb\nc\nd\ne", "A\nb\nX\nd\ne", "a\nb\nX\nd\nE", "A\nb\nX\nd\nE"),
        ("سبق\nمشق\nx", "سبق!\nمشق\nx", "سبق\nمشق\ny", "سبق!\nمشق\ny"),
    ],
)
def test_lines(base: str, here: str, there: str, joined: str | None) -> None:
    assert evaluate(LINES, "mergeLines(...given)", [base, here, there]) == joined
    assert evaluate(LINES, "mergeLines(...given)", [base, there, here]) == joined


@pytest.mark.parametrize(
    ("choice", "left"),
    [("here", ["mine"]), ("there", ["theirs"]), ("both", ["mine", "theirs"])],
)
def test_choices(choice: str, left: list[str]) -> None:
    conflict = {"cellId": "a", "here": "mine", "there": "theirs"}
    cells = [code("a", "mine", ran=1), code("z", "last")]
    chosen = evaluate(CHOICES, "withChoices(...given)", [notebook(cells), [conflict], {"a": choice}, ""])
    assert [each["source"] for each in chosen["cells"]] == [*left, "last"]


def test_both_answers_stay_and_the_other_one_never_runs() -> None:
    other = 'def fare():\n    """~~~"""\n    return 2'
    cells = [
        code("a", "def fare(): return 1", ran=1, nbgrader={"grade_id": "q1", "solution": True}),
        code("t", "assert fare() == 1", nbgrader={"grade_id": "q1-test", "grade": True, "points": 2}),
        code("u", "assert fare()", nbgrader={"grade_id": "q1-more", "grade": True, "points": 1}),
        code("z", "last"),
    ]
    conflict = {"cellId": "a", "here": cells[0]["source"], "there": other}
    given = [notebook(cells), [conflict], {"a": "both"}, "Your other version"]
    chosen = evaluate(CHOICES, "withChoices(...given)", given)
    first, *tests, kept, last = chosen["cells"]
    assert [first, *tests, last] == cells, "what is graded is not what was chosen"
    assert kept["cell_type"] == "markdown"
    assert kept["source"] == f"Your other version\n\n~~~~python\n{other}\n~~~~"


@pytest.mark.parametrize("choice", ["here", "there"])
def test_an_answer_that_is_chosen_keeps_its_marks(choice: str) -> None:
    cell = code("a", "mine", ran=1, nbgrader={"grade_id": "q1", "solution": True})
    conflict = {"cellId": "a", "here": "mine", "there": "theirs"}
    chosen = evaluate(CHOICES, "withChoices(...given)", [notebook([cell]), [conflict], {"a": choice}, ""])
    assert [each["source"] for each in chosen["cells"]] == [{"here": "mine", "there": "theirs"}[choice]]
    marked = [each for each in chosen["cells"] if "nbgrader" in each["metadata"]]
    assert len(marked) == 1, "nbgrader wants a marked cell once"


@pytest.mark.parametrize(
    ("here", "there", "choice", "left"),
    [
        (None, "kept", "here", 0),
        (None, "kept", "both", 1),
        ("kept", None, "there", 0),
        ("kept", None, "here", 1),
    ],
)
def test_choices_about_a_deleted_cell(here: str | None, there: str | None, choice: str, left: int) -> None:
    conflict = {"cellId": "a", "here": here, "there": there}
    chosen = evaluate(
        CHOICES, "withChoices(...given)", [notebook([code("a", "kept")]), [conflict], {"a": choice}, ""]
    )
    assert len(chosen["cells"]) == left


def _edited(base: Notebook, side: str, chance: random.Random) -> Notebook:
    """A few changes as a person makes them; every text that a side writes names the side."""
    cells = [dict(cell) for cell in base["cells"]]
    for number in range(chance.randint(1, 6)):
        what = chance.choice(["change", "line", "insert", "delete", "move", "run"])
        if what == "insert" or not cells:
            new = code(f"{side}-new-{number}-{chance.randrange(10**6)}", f"{side} new {number}")
            cells.insert(chance.randint(0, len(cells)), new)
            continue
        place = chance.randrange(len(cells))
        cell = cells[place]
        lines = cell["source"].split("\n")
        if what == "change":
            cell["source"] = f"{side} wrote {chance.randrange(10**6)}"
        elif what == "line":
            lines[chance.randrange(len(lines))] = f"{side} line {chance.randrange(10**6)}"
            cell["source"] = "\n".join(lines)
        elif what == "run" and cell["cell_type"] == "code":
            cell |= {"execution_count": chance.randint(1, 99)}
        elif what == "delete":
            del cells[place]
        elif what == "move":
            cells.insert(chance.randint(0, len(cells) - 1), cells.pop(place))
    return base | {"cells": cells}


def _written(edited: Notebook, base: Notebook) -> list[str]:
    """Lines that a side wrote."""
    before = {line for cell in base["cells"] for line in cell["source"].split("\n")}
    return [line for cell in edited["cells"] for line in cell["source"].split("\n") if line not in before]


@pytest.mark.parametrize("seed", range(4))
def test_nothing_that_one_side_changed_is_lost(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 # edits of a test
    cases = []
    for _ in range(250):
        base = notebook(
            code(
                f"c{place}", "\n".join(f"{place} line {line}" for line in range(chance.randint(1, 7))), ran=1
            )
            for place in range(chance.randint(0, 8))
        )
        cases.append(
            {"base": base, "here": _edited(base, "here", chance), "there": _edited(base, "there", chance)}
        )
    found = evaluate(MERGE, "given.map((c: any) => mergeNotebooks(c.base, c.here, c.there))", cases)
    for case, outcome in zip(cases, found, strict=True):
        _holds(case, outcome)


def _holds(case: dict[str, Notebook], outcome: dict[str, Any]) -> None:
    joined, conflicts = sources(outcome["notebook"]), outcome["conflicts"]
    asked = {conflict["cellId"] for conflict in conflicts}
    assert len(joined) == len(outcome["notebook"]["cells"]), "an identifier stands twice"
    told = "\n".join(
        [*joined.values(), *(str(conflict[side]) for conflict in conflicts for side in ("here", "there"))]
    )
    for side in ("here", "there"):
        for line in _written(case[side], case["base"]):
            assert line in told, f"{line} is lost"
    base, here, there = (sources(case[name]) for name in ("base", "here", "there"))
    for name in base.keys() | here.keys() | there.keys():
        alone = [side for side in (here, there) if side.get(name) != base.get(name)]
        if len(alone) == 1 and name not in asked:
            assert joined.get(name) == alone[0].get(name), name
        if not alone:
            assert joined.get(name) == base.get(name)
        if len(alone) == 1:
            assert name not in asked, "nobody else changed it, and a person is asked"
    if case["here"] == case["base"]:
        assert joined == there
