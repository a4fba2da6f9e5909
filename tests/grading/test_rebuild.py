"""What of a learner's notebook is run, and where."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darsgah_grader.intake import read_notebook
from darsgah_grader.master import read_master
from darsgah_grader.rebuild import RebuiltNotebook, rebuild
from darsgah_grader.types import Limits, Master
from tests.grading.notebooks import answer, cell, check, code, manual, markdown, notebook, readonly, task

MASTER = (
    code("import math"),
    readonly("setup", "base = 1"),
    answer("f", "def f(): ..."),
    check("tf", "assert f() == 1", 2),
    manual("why", "YOUR ANSWER HERE"),
    answer("g", "def g(): ..."),
    check("tg", "assert g() == 2"),
    task("todo", "Do it."),
)


def rebuilt(*cells: dict[str, Any]) -> RebuiltNotebook:
    return rebuild(read_master(Master("nb", notebook(*MASTER))), read_notebook(notebook(*cells), Limits()))


def sources(result: RebuiltNotebook, *, run: bool = False) -> list[str]:
    return [found.source for found in result.cells if found.runs or not run]


def flag_names(result: RebuiltNotebook) -> set[str]:
    return {flag.name for flags in (result.flags, *result.cell_flags.values()) for flag in flags}


def test_an_honest_notebook_runs_in_its_own_order() -> None:
    mine = (
        MASTER[0],
        code("helper = 1"),
        MASTER[1],
        answer("f", "def f(): return helper"),
        code("f()"),
        MASTER[3],
        code("late = 2"),
        manual("why", "Because."),
        answer("g", "def g(): return late"),
        *MASTER[6:],
        code("the_end = 1"),
    )
    result = rebuilt(*mine)
    assert sources(result) == [found["source"] for found in mine]
    assert flag_names(result) == set()


@given(st.lists(st.sampled_from(range(12)), max_size=20))
def test_cells_added_anywhere_stay_where_they_were_put(places: list[int]) -> None:
    mine = list(MASTER)
    for number, place in enumerate(places):
        mine.insert(min(place, len(mine)), code(f"added_{number} = 1"))
    assert sources(rebuilt(*mine)) == [found["source"] for found in mine]


def test_edited_tests_and_setup_come_from_the_master() -> None:
    mine = [*MASTER]
    mine[1] = readonly("setup", "base = 99")
    mine[3] = check("tf", "pass", 100)
    assert sources(rebuilt(*mine)) == [found["source"] for found in MASTER]


def test_a_deleted_test_is_not_run_and_a_deleted_setup_is_put_back() -> None:
    result = rebuilt(MASTER[0], *MASTER[2:3], *MASTER[4:])
    assert "base = 1" in sources(result, run=True)
    assert "assert f() == 1" not in sources(result)
    assert result.missing == {"setup", "tf"}
    assert flag_names(result) == {"deleted_cell"}


def test_reordered_cells_run_in_the_masters_order() -> None:
    result = rebuilt(MASTER[3], MASTER[6], *MASTER[:3], code("mine = 1"), *MASTER[4:6], MASTER[7])
    marked = [found.marked.grade_id for found in result.cells if found.marked]
    assert marked == ["setup", "f", "tf", "why", "g", "tg", "todo"]
    order = sources(result)
    assert order.index("mine = 1") == order.index("def f(): ...") + 1


def test_of_cells_with_one_id_the_last_counts_and_the_others_still_run() -> None:
    result = rebuilt(*MASTER[:2], answer("f", "first = 1"), answer("f", "second = 2"), *MASTER[3:])
    assert sources(result, run=True)[2:4] == ["first = 1", "second = 2"]
    assert [
        found.marked.grade_id for found in result.cells if found.source == "second = 2" and found.marked
    ] == ["f"]
    assert flag_names(result) == {"duplicate_id"}


def test_cell_types_and_tags_are_the_masters() -> None:
    mine = [*MASTER]
    mine[3] = cell("raw", "assert f() == 1", grade_id="tf", grade=True, locked=True, points=2)
    mine[6] = check("tg", "assert g() == 2", tags=("skip-execution",))
    mine[2] = cell("markdown", "def f(): return 1", grade_id="f", solution=True)
    result = rebuilt(*mine)
    assert {"assert f() == 1", "assert g() == 2", "def f(): return 1"} <= set(sources(result, run=True))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            (*MASTER[:4], cell("markdown", "x", grade_id="why", grade=True, points=2), *MASTER[5:]),
            {"solution_flip"},
        ),
        ((*MASTER, check("bonus", "pass", 50)), {"extra_grade_cell"}),
        ((*MASTER, code("x = '\u202etxt'")), {"bidi_characters"}),
        ((*MASTER, markdown("اردو \u202etxt")), set()),
    ],
)
def test_oddities_are_flagged(cells: tuple[dict[str, Any], ...], expected: set[str]) -> None:
    assert flag_names(rebuilt(*cells)) == expected


def test_an_empty_notebook_runs_only_what_is_the_masters() -> None:
    assert sources(rebuilt(), run=True) == ["base = 1"]
