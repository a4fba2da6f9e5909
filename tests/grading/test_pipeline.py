"""A submission from bytes to a grade, in the real sandbox."""

import json
import threading
from typing import Any

import nbformat
import pytest

from darsgah_grader.environments import environment_named
from darsgah_grader.feedback import learner_notebook
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assignment, AssignmentInvalid, Assurance, Grade, Limits, Master, Verdict
from tests.grading.notebooks import PYTHON, answer, assignment, check, code, manual, markdown, notebook

HIDDEN = """assert f(2) == 4
### BEGIN HIDDEN TESTS
secret_value = 73465
assert f(100) == 200, "f is wrong for large numbers"
assert f(secret_value) == 146930, "f(73465) should be 146930"
assert f(5) == 10, f"expected {5 * 2}"
### END HIDDEN TESTS"""
HIDDEN_LAB = assignment(answer("f", "def f(x):\n    return 2 * x"), check("t", HIDDEN, 3), code("f(3)"))


def hand_in(grader: Grader, lab: Assignment, *cells: dict[str, object]) -> Grade:
    """A grade made in one process, where the tests are within reach of the learner's code."""
    return grader.grade(lab, {"nb": notebook(*cells)}, Assurance.IN_PROCESS)


def cells_of(executed: bytes) -> list[dict[str, Any]]:
    """The cells of an executed notebook."""
    cells: list[dict[str, Any]] = json.loads(executed)["cells"]
    return cells


def test_a_missing_notebook_gives_nothing_and_the_others_count(grader: Grader) -> None:
    one = notebook(answer("f", "def f(): return 1"), check("t", "assert f() == 1", 2))
    two = notebook(manual("essay", "x"), check("u", "pass"))
    lab = Assignment((Master("one", one), Master("two", two)), PYTHON)
    grade = grader.grade(lab, {"one": one, "unknown": b"left aside"})
    assert [(cell.notebook, cell.grade_id, cell.score, cell.verdict) for cell in grade.cells] == [
        ("one", "t", 2, Verdict.PASSED),
        ("two", "essay", 0, Verdict.MISSING),
        ("two", "u", 0, Verdict.MISSING),
    ]
    assert (grade.score, grade.max_score) == (2, 5)
    assert grade.executed.keys() == {"one"}
    assert "two" in grade.cells[1].message


def test_one_unreadable_notebook_refuses_the_submission(grader: Grader) -> None:
    good = notebook(check("t", "pass"))
    lab = Assignment((Master("one", good), Master("two", good)), PYTHON)
    grade = grader.grade(lab, {"one": good, "two": good[:-9]})
    assert grade.error is not None
    assert grade.error.code == "not_json"
    assert (grade.score, grade.cells, grade.executed) == (None, (), {})


def test_points_add_up_exactly(grader: Grader) -> None:
    cells = [check(f"t{number}", "0.1", 0.3) for number in range(10)]
    grade = hand_in(grader, assignment(*cells), *cells)
    assert grade.score == 1.0
    assert grade.max_score == 3.0


def test_files_of_the_lab_are_beside_the_notebook(grader: Grader) -> None:
    cells = [check("t", "from pathlib import Path\nassert Path('data/a.txt').read_text() == 'here'")]
    lab = assignment(*cells, files={"data/a.txt": b"here"})
    assert hand_in(grader, lab, *cells).score == 1


def test_the_data_environment_has_its_packages(grader: Grader) -> None:
    cells = notebook(
        check("t", "import numpy as np, pandas as pd\nassert pd.Series(np.arange(3)).sum() == 3")
    )
    grade = grader.grade(Assignment((Master("nb", cells),), environment_named("data")), {"nb": cells})
    assert grade.score == 1


def test_a_figure_of_an_answer_is_in_what_the_learner_gets_back(grader: Grader) -> None:
    cells = [
        answer("a", "import matplotlib.pyplot as plt\nplt.plot([1, 2]);\na = 1"),
        check("t", "assert a == 1"),
    ]
    lab = Assignment((Master("nb", notebook(*cells)),), environment_named("plots"))
    grade = hand_in(grader, lab, *cells)
    assert grade.score == 1
    (figure,) = cells_of(grade.executed["nb"])[0]["outputs"]
    assert "image/png" in figure["data"]


def test_an_unknown_environment_is_named() -> None:
    with pytest.raises(AssignmentInvalid, match=r"'r'.*data, plots, python"):
        environment_named("r")


def test_an_assignment_with_autotests_left_is_refused(grader: Grader) -> None:
    cells = [answer("a", "a = 1"), check("t", "### AUTOTEST a")]
    with pytest.raises(AssignmentInvalid, match="AUTOTEST"):
        hand_in(grader, assignment(*cells), *cells)


def test_the_executed_notebook_is_valid_and_says_what_happened(grader: Grader) -> None:
    cells = [
        markdown("# Title"),
        answer("f", "def f():\n    print('hello')\n    return 1"),
        code("f()"),
        check("t", "assert f() == 2, 'f gives two'"),
    ]
    grade = hand_in(grader, assignment(*cells), *cells)
    nbformat.validate(nbformat.reads(grade.executed["nb"].decode(), as_version=4))  # type: ignore[no-untyped-call] # untyped
    written = cells_of(grade.executed["nb"])
    known = [cell["metadata"]["darsgah"] for cell in written]
    assert [(each["role"], each.get("verdict")) for each in known] == [
        ("own", None),
        ("answer", None),
        ("own", None),
        ("test", Verdict.FAILED),
    ]
    printed, value = written[2]["outputs"]
    assert (printed["text"], value["data"]) == ("hello\n", {"text/plain": "1"})
    assert "AssertionError: f gives two" in written[3]["outputs"][-1]["traceback"][-1]
    assert grade.cells[0].message == "assert f() == 2\nf gives two"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return 4", "f is wrong for large numbers"),
        ("return 2 * x if x < 1000 else 0", ""),
        ("return 2 * x if x != 5 else 0", ""),
        ("return 3", "assert f(2) == 4\nAssertionError"),
        ("raise ValueError('my own')", "assert f(2) == 4\nValueError: my own"),
        (
            "import sys; raise ValueError(sys._getframe(1).f_code.co_consts)",
            "assert f(2) == 4\nf is wrong for large numbers",
        ),
        (
            "import sys; raise ValueError(sys._getframe(1).f_code.co_consts[-3:])",
            "assert f(2) == 4\nValueError",
        ),
        (
            "import gc; raise ValueError([v for v in gc.get_objects() if 'f(secret' in str(v)][-5:])",
            "assert f(2) == 4\nf is wrong for large numbers",
        ),
    ],
)
def test_visible_failures_are_told_and_hidden_ones_by_a_literal_message_alone(
    grader: Grader, body: str, message: str
) -> None:
    grade = hand_in(grader, HIDDEN_LAB, answer("f", f"def f(x):\n    {body}"), check("t", "pass"))
    assert grade.score == 0
    assert [cell.message for cell in grade.cells] == [message]
    seen = learner_notebook(grade.executed["nb"]).decode()
    assert "146930" not in seen
    assert "secret_value" not in seen
    assert "HIDDEN TESTS" not in seen


HELPER_LAB = assignment(
    answer("f", "def f(x):\n    return 2 * x"),
    check(
        "t",
        'def same(x, y):\n    assert f(x) == y, f"f({x}) is not {y}"\n\n\nsame(1, 2)\n'
        "### BEGIN HIDDEN TESTS\nfor x in range(40, 50):\n    same(x + 3, 2 * (x + 3))\n### END HIDDEN TESTS",
    ),
)
FORGED = """import sys, types
seen = []
def f(x):
    caller = sys._getframe(1)
    if not seen:
        seen.append(types.TracebackType(None, caller, caller.f_lasti, 2))
        return 2 * x
    raise ValueError("called with " + str(x)).with_traceback(seen[0])"""


@pytest.mark.parametrize("body", ["def f(x):\n    return 2 * min(x, 42)", FORGED])
def test_a_hidden_failure_does_not_pass_for_a_visible_one(grader: Grader, body: str) -> None:
    grade = hand_in(grader, HELPER_LAB, answer("f", body), check("t", "pass"))
    assert (grade.score, grade.cells[0].message) == (0, "")
    assert "43" not in learner_notebook(grade.executed["nb"]).decode()


def test_hidden_tests_that_a_learner_prints_are_withheld(grader: Grader) -> None:
    spy = """import sys
def f(x):
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):
            if isinstance(value, str) and "secret_value" in value:
                globals().setdefault("found", []).append(value)
        frame = frame.f_back
    return 2 * x"""
    tell = code(
        "import linecache\nprint([v for v in globals().values() if 'sec' in str(v)], linecache.cache)"
    )
    grade = hand_in(grader, HIDDEN_LAB, answer("f", spy), check("t", "pass"), tell, code("print(In)"))
    seen = learner_notebook(grade.executed["nb"]).decode()
    assert "146930" not in seen
    assert "f(secret_value)" not in seen


def test_a_visible_test_keeps_its_traceback_in_the_learners_copy(grader: Grader) -> None:
    cells = [answer("f", "def f(x):\n    return x / 0"), check("t", "assert f(1) == 1")]
    grade = hand_in(grader, assignment(*cells), *cells)
    outputs = cells_of(learner_notebook(grade.executed["nb"]))[1]["outputs"]
    assert "ZeroDivisionError" in outputs[-1]["traceback"][-1]
    assert grade.cells[0].message == "assert f(1) == 1\nZeroDivisionError: division by zero"


def test_one_grader_serves_many_threads(grader: Grader) -> None:
    cells = [answer("f", "import time\ntime.sleep(0.2)"), check("t", "assert n == expected")]
    grades: dict[int, Grade] = {}

    def work(number: int) -> None:
        lab = assignment(code(""), *cells)
        grades[number] = hand_in(grader, lab, code(f"n = expected = {number}"), *cells)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [grades[number].score for number in range(6)] == [1] * 6


def test_the_total_time_spans_the_notebooks(grader: Grader) -> None:
    slow = notebook(answer("f", "x"), check("t", "import time\ntime.sleep(0.7)"))
    masters = tuple(Master(name, slow) for name in ("one", "two", "three"))
    lab = Assignment(masters, PYTHON, Limits(cell_seconds=5, total_seconds=1.3))
    grade = grader.grade(lab, dict.fromkeys(("one", "two", "three"), slow))
    assert [cell.score for cell in grade.cells] == [1, 0, 0]
    assert {cell.verdict for cell in grade.cells[1:]} <= {Verdict.TIMEOUT, Verdict.NOT_RUN}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("import os\nos._exit(0)", "ended Python: it crashed or left the process."),
        ("f = 1 / 0", "ended with ZeroDivisionError: division by zero."),
        ("while True: pass", "did not finish within 0.5 seconds."),
        ("f = bytearray(4 << 30)", "needed more memory than the lab allows."),
    ],
)
def test_a_failure_tells_of_the_answer_that_broke_off(grader: Grader, body: str, told: str) -> None:
    cells = [answer("f", "def f(): return 1"), check("t", "assert f() == 1"), check("u", "assert f() > 0")]
    more = [answer("g", "g = 1"), check("v", "assert g == 2")]
    lab = Assignment((Master("nb", notebook(*cells, *more)),), PYTHON, Limits(cell_seconds=0.5))
    grade = hand_in(grader, lab, answer("f", body), code("1"), *cells[1:], *more)
    first = f"The cell that answers this question {told} Mend that first."
    assert [cell.message for cell in grade.cells] == [
        f"{first}\nassert f() == 1\nNameError: name 'f' is not defined",
        f"{first}\nassert f() > 0\nNameError: name 'f' is not defined",
        "assert g == 2\nAssertionError",
    ]


def test_a_cell_of_the_learners_own_is_told_of_only_where_a_test_failed(
    grader: Grader,
) -> None:
    cells = [answer("f", "def f(): return 1"), check("t", "assert f() == 1")]
    own = code("undefined")
    assert hand_in(grader, assignment(*cells), cells[0], own, cells[1]).cells[0].message == ""
    wrong = hand_in(grader, assignment(*cells), answer("f", "def f(): return 2"), own, cells[1])
    assert wrong.cells[0].message == (
        "A cell before this test ended with NameError: name 'undefined' is not defined. Mend that first.\n"
        "assert f() == 1\nAssertionError"
    )


def test_an_answer_that_broke_off_is_not_told_of_at_the_next_question(grader: Grader) -> None:
    cells = [answer("f", "1 / 0"), check("t", "pass"), answer("g", ""), check("u", "assert g == 1")]
    message = hand_in(grader, assignment(*cells), *cells).cells[1].message
    assert message == "assert g == 1\nNameError: name 'g' is not defined"


def test_an_answer_that_broke_off_shows_nothing_of_a_hidden_test(grader: Grader) -> None:
    lab = assignment(answer("f", "def f(x):\n    return 2 * x"), check("t", HIDDEN.split("\n", 1)[1]))
    for said, told in (("mine", "ended with ValueError: mine. Mend"), ("secret_value = 73465", "")):
        broken = answer("f", f"raise ValueError({said!r})")
        message = hand_in(grader, lab, broken, check("t", "pass")).cells[0].message
        assert told in message
        assert "73465" not in message
        assert "NameError" not in message
