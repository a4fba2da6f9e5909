"""How a source notebook is read, held against nbgrader's own reading."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions, NbGraderPreprocessor

from darsgah_grader import regions
from darsgah_grader.authoring import release
from darsgah_grader.master import Role, read_master
from darsgah_grader.notebook import CellKind
from darsgah_grader.types import AssignmentInvalid, Master
from tests.grading.notebooks import (
    NBGRADER,
    answer,
    cell,
    check,
    code,
    manual,
    markdown,
    notebook,
    readonly,
    task,
)

PACKAGED = sorted(NBGRADER.rglob("*.ipynb"))


def master(*cells: dict[str, Any], **top: object) -> Master:
    return Master("nb", notebook(*cells, **top))


def test_roles_points_and_what_learners_get() -> None:
    read = read_master(
        master(
            markdown("# Lists\ntext"),
            answer("squares", "def f(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION"),
            check(
                "t1", "assert f(2) == 4\n### BEGIN HIDDEN TESTS\nassert f(3) == 9\n### END HIDDEN TESTS", 1.5
            ),
            manual("why", "Because."),
            task("do", "Do.\n=== BEGIN MARK SCHEME ===\none point\n=== END MARK SCHEME ==="),
            readonly("data", "x = 1"),
            code("scratch = 1"),
        )
    )
    assert [(found.grade_id, found.role, found.points) for found in read.cells] == [
        ("squares", Role.ANSWER, 0),
        ("t1", Role.TEST, 1.5),
        ("why", Role.MANUAL, 2),
        ("do", Role.TASK, 3),
        ("data", Role.READONLY, 0),
    ]
    assert read.by_id["squares"].source == "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    assert read.by_id["t1"].released == "assert f(2) == 4"
    assert "f(3)" in read.by_id["t1"].source
    assert read.by_id["why"].released == "YOUR ANSWER HERE"
    assert read.by_id["do"].released == "Do."
    assert read.max_score == 6.5
    assert [found.hidden for found in read.cells] == [False, True, False, False, False]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([check("a", "x"), answer("a", "y")], "'a'"),
        ([cell("code", "x", grade=True, points=1)], "no grade_id"),
        ([cell("code", "x", grade_id="", grade=True, points=1)], "no grade_id"),
        ([cell("code", "x", grade_id="a", grade=True)], "no points"),
        ([cell("code", "x", grade_id="a", grade=True, points=-1)], "points"),
        ([cell("code", "x", grade_id="a", grade=True, points="many")], "points"),
        ([cell("code", "x", grade_id="a", grade=True, points=True)], "points"),
        ([cell("code", "x", grade_id="a", grade="yes", points=1)], "true or false"),
        ([cell("code", "x", grade_id="a", grade=True, points=1, schema_version=4)], "schema"),
        ([cell("markdown", "x", grade_id="a", grade=True, points=1)], "Markdown"),
        ([cell("markdown", "x", grade_id="a", solution=True)], "Markdown"),
        ([cell("raw", "x", grade_id="a", solution=True)], "raw"),
        ([cell("code", "x", grade_id="a", task=True, points=1)], "task"),
        ([code("### BEGIN SOLUTION\nx\n### END SOLUTION")], "solution region"),
        ([code("### BEGIN HIDDEN TESTS\nx\n### END HIDDEN TESTS")], "hidden tests"),
        ([answer("a", "### BEGIN SOLUTION\nx")], "no 'END SOLUTION'"),
        ([answer("a", "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION")], "inside another"),
        ([readonly("a", "### BEGIN MARK SCHEME\n### END MARK SCHEME")], "marking scheme"),
    ],
)
def test_what_an_author_has_to_mend_is_named(cells: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(AssignmentInvalid, match=said):
        read_master(master(*cells))


def test_other_languages_are_refused() -> None:
    with pytest.raises(AssignmentInvalid, match="Python"):
        read_master(master(metadata={"kernelspec": {"name": "ir", "language": "R"}}))


def test_a_broken_file_is_the_authors_to_mend() -> None:
    with pytest.raises(AssignmentInvalid, match=r"^nb: "):
        read_master(Master("nb", b"{"))


@pytest.mark.parametrize("path", PACKAGED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_notebook_of_nbgrader_is_released_as_it_is_read(path: Path) -> None:
    source = Master(path.stem, path.read_bytes())
    try:
        read = read_master(source)
    except AssignmentInvalid:
        with pytest.raises(AssignmentInvalid):
            release(source)
        return
    if read.awaits_autotests:
        with pytest.raises(AssignmentInvalid, match="AUTOTEST"):
            release(source)
        return
    released = read_master(Master(path.stem, release(source)))
    assert [(found.grade_id, found.role, found.points) for found in released.cells] == [
        (found.grade_id, found.role, found.points) for found in read.cells
    ]
    assert [found.reference for found in released.cells] == [found.released for found in read.cells]
    assert not any(found.hidden for found in released.cells)


LINES = st.lists(
    st.sampled_from(
        ["x = 1", "    y", "", "### BEGIN {0}", "  # END {0}", "    ### BEGIN {0} ###", "BEGIN {0} END {0}"]
    ),
    max_size=8,
)


@pytest.mark.parametrize(
    ("name", "theirs", "ours"),
    [
        ("HIDDEN TESTS", ClearHiddenTests, regions.without_hidden_tests),
        ("MARK SCHEME", ClearMarkScheme, regions.without_mark_scheme),
        ("SOLUTION", ClearSolutions, lambda source: regions.without_solution(source, CellKind.CODE)),
    ],
)
@given(lines=LINES)
def test_regions_are_cut_as_nbgrader_cuts_them(
    name: str, theirs: type[NbGraderPreprocessor], ours: Callable[[str], str], lines: list[str]
) -> None:
    source = "\n".join(lines).format(name)
    flags = {"grade": name == "HIDDEN TESTS", "solution": name == "SOLUTION", "task": name == "MARK SCHEME"}
    written = {"cell_type": "code", "source": source, "metadata": {"nbgrader": flags}}
    node = nbformat.from_dict(written)  # type: ignore[no-untyped-call] # untyped package
    step = theirs()
    try:
        expected = step.preprocess_cell(node, {"language": "python"}, 0)[0].source
    except RuntimeError:
        with pytest.raises(regions.UnbalancedRegionError):
            ours(source)
    else:
        assert ours(source) == expected
