"""Known-false controls and restored helpers: what is faked gives no points, and a person is told."""

import dataclasses
import importlib
from collections.abc import Mapping
from types import CodeType
from typing import Any

import pytest

from darsgah_grader import known_false
from darsgah_grader.control_plan import control_plan
from darsgah_grader.environments import environment_named
from darsgah_grader.grading import Grader
from darsgah_grader.guest.controls import PASSED, Controls
from darsgah_grader.master import read_master
from darsgah_grader.types import Assurance, Grade, Verdict
from tests.grading.notebooks import answer, assignment, check, code, notebook, readonly

WRONG = "def f(x):\n    return 0"
RIGHT = "def f(x):\n    return 2 * x"
REFERENCE = f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION"


def graded(grader: Grader, work: str, test: str, *, setup: str = "", environment: str = "python") -> Grade:
    """A lab of one question in one process, with this work handed in."""
    before = [readonly("setup", setup)] if setup else []
    lab = assignment(*before, answer("f", REFERENCE), check("t", test, 2))
    lab = dataclasses.replace(lab, environment=environment_named(environment))
    handed_in = notebook(*before, answer("f", work), check("t", "pass", 2))
    return grader.grade(lab, {"nb": handed_in}, Assurance.IN_PROCESS)


def flags(grade: Grade) -> list[str]:
    """The names of all flags."""
    return [flag.name for flag in (*grade.flags, *(flag for cell in grade.cells for flag in cell.flags))]


FAKES: Mapping[str, tuple[str, str]] = {
    "unittest": (
        "import unittest\nunittest.TestCase.assertEqual = lambda *a, **k: None",
        "import unittest\ntc = unittest.TestCase()\ntc.assertEqual(f(3), 6)",
    ),
    "a class run by unittest": (
        "import unittest\nunittest.TestCase.run = lambda *a, **k: None",
        "import unittest\nclass T(unittest.TestCase):\n    def test(self): self.assertEqual(f(3), 6)\nseen = unittest.TestResult()\nT('test').run(seen)\nassert seen.wasSuccessful()",  # noqa: E501 -- a test in one string
    ),
    "math.isclose": (
        "import math\nmath.isclose = lambda *a, **k: True",
        "import math\nassert math.isclose(f(3), 6)",
    ),
    "a module in place of math": (
        "import sys, types\nfake = types.ModuleType('math')\nfake.isclose = lambda *a: True\nsys.modules['math'] = fake",  # noqa: E501 -- a learner's code in one string
        "from math import isclose\nassert isclose(f(3), 6)",
    ),
    "a name of the language": ("def abs(x): return 0", "assert abs(f(3) - 6) < 1e-6"),
    "a builtin": (
        "import builtins\nbuiltins.all = lambda values: True",
        "def each(): yield f(3) == 6\nassert all(each())",
    ),
    "an exception": (
        "ValueError = BaseException",
        "try:\n    assert f(3) == 6\nexcept ValueError:\n    pass",
    ),
    "inside the test": (
        "import math\ndef f(x):\n    math.isclose = lambda *a, **k: True\n    return 0\n_f = f",
        "import math\nf = _f\nf(1)\nassert math.isclose(f(3), 6)",
    ),
}
OF_NUMPY = {
    "assert_equal": "import numpy as np\nnp.testing.assert_equal(f(3), 6)",
    "assert_allclose": "from numpy.testing import assert_allclose as near\nnear(f(3), 6)",
    "assert_array_equal": "from numpy.testing import *\nassert_array_equal([f(3)], [6])",
}


@pytest.mark.parametrize("name", FAKES)
def test_a_fake_gives_no_points_and_is_flagged(grader: Grader, name: str) -> None:
    fake, test = FAKES[name]
    work = fake if "def f" in fake else f"{fake}\n{WRONG}"
    grade = graded(grader, work, test)
    (cell,) = grade.cells
    assert (cell.score, cell.verdict) == (0, Verdict.FAILED)
    assert [flag.name for flag in cell.flags] == ["tampering"]
    assert "was accepted" in cell.flags[0].evidence
    assert cell.message == "A person looks at the result of this test."
    assert graded(grader, RIGHT, test.replace("f = _f\n", "")).score == 2


@pytest.mark.parametrize("name", OF_NUMPY)
def test_a_fake_in_numpy(grader: Grader, name: str) -> None:
    work = f"import numpy.testing\nnumpy.testing.{name} = lambda *a, **k: None\n{WRONG}"
    grade = graded(grader, work, OF_NUMPY[name], environment="data")
    assert (grade.score, flags(grade)) == (0, ["tampering"])
    assert graded(grader, RIGHT, OF_NUMPY[name], environment="data").score == 2


def test_a_fake_in_pandas(grader: Grader) -> None:
    test = "import pandas as pd\nassert pd.Series([f(3)]).equals(pd.Series([6]))"
    work = f"import pandas\npandas.Series.equals = lambda *a: True\n{WRONG}"
    grade = graded(grader, work, test, environment="data")
    assert (grade.score, flags(grade)) == (0, ["tampering"])


def test_what_a_test_does_not_call_is_not_looked_at(grader: Grader) -> None:
    work = f"import math\nmath.isclose = lambda *a, **k: True\ndef max(*values): return 0\n{RIGHT}"
    grade = graded(grader, work, "assert f(3) == 6")
    assert (grade.score, flags(grade)) == (2, [])


def test_a_name_that_the_answer_is_to_define_is_the_learners(grader: Grader) -> None:
    solution = "### BEGIN SOLUTION\ndef sum(values, start):\n    return 7\n### END SOLUTION"
    lab = assignment(answer("f", solution), check("t", "assert sum([], 0) == 7"))
    handed_in = notebook(answer("f", "def sum(values, start): return 7"), check("t", ""))
    grade = grader.grade(lab, {"nb": handed_in}, Assurance.IN_PROCESS)
    assert (grade.score, flags(grade)) == (1, [])


def test_an_honest_notebook_sees_nothing_of_its_controls(grader: Grader) -> None:
    work = (
        "import builtins, unittest\nseen = []\nkept = unittest.TestCase.assertEqual\n"
        "def told(self, *a, **k):\n    print('called', a)\n    return kept(self, *a, **k)\n"
        f"unittest.TestCase.assertEqual = told\n{RIGHT}"
    )
    test = (
        "import unittest, sys\nnames = set(globals())\nunittest.TestCase().assertEqual(f(3), 6)\n"
        "assert not hasattr(sys, 'last_value')"
    )
    before, after = code("names_before = set(globals())"), code("print(set(globals()) - names_before)")
    lab = assignment(answer("f", REFERENCE), before, check("t", test), after)
    handed_in = notebook(answer("f", work), before, check("t", ""), after)
    grade = grader.grade(lab, {"nb": handed_in}, Assurance.IN_PROCESS)
    assert (grade.score, flags(grade)) == (1, [])
    shown = grade.executed["nb"].decode()
    assert shown.count("called") == 1 + work.count("called")
    assert "(6, 6)" in shown
    assert "{'names', 'unittest'" in shown or "'names'" in shown


HELPER = "def check(value, wanted):\n    assert value == wanted\nclass Judge:\n    def same(self, a, b):\n        return a == b"  # noqa: E501 -- a lab's code in one string
REDEFINED = {
    "another function": "check = lambda *_: None\nJudge = None",
    "another code": "check.__code__ = (lambda value, wanted: None).__code__",
    "another method": "Judge.same = lambda *_: True\ncheck = print",
    "removed": "del check, Judge",
}


@pytest.mark.parametrize("name", REDEFINED)
def test_a_helper_of_the_lab_is_what_the_lab_says(grader: Grader, name: str) -> None:
    test = "check(f(3), 6)\nassert Judge().same(f(3), 6)"
    for work, score in ((WRONG, 0), (RIGHT, 2)):
        grade = graded(grader, f"{REDEFINED[name]}\n{work}", test, setup=HELPER)
        assert grade.score == score
        assert set(flags(grade)) == {"helper_redefined"}


def test_a_helper_is_the_labs_for_its_test_and_the_learners_otherwise(grader: Grader) -> None:
    """A name that only the lab's tests are meant to define may well be one that a learner likes too."""
    last = code("# yours")
    lab = assignment(
        answer("f", REFERENCE),
        check("first", "def near(a, b):\n    assert abs(a - b) < 1e-9\nnear(f(3), 6)"),
        check("second", "near(f(4), 8)"),
        check("third", "assert f(5) == 10"),
        last,
    )
    own = "def near(a):\n    return 2 * a"
    work = notebook(
        answer("f", RIGHT),
        check("first", ""),
        code(f"{own}\ndef f(x):\n    return near(x)"),
        check("third", ""),
        check("second", ""),
        code("print(near(50))"),
    )
    grade = grader.grade(lab, {"nb": work}, Assurance.IN_PROCESS)
    assert {cell.grade_id: cell.score for cell in grade.cells} == {"first": 1, "second": 0, "third": 1}
    assert flags(grade) == ["helper_redefined"]
    assert "100\\n" in grade.executed["nb"].decode()


def test_what_a_learner_adds_to_a_class_of_the_lab_stays(grader: Grader) -> None:
    work = f"class Judge(Judge):\n    pass\ncheck.calls = 0\n{RIGHT}\ndef g(): return Judge"
    grade = graded(
        grader,
        work,
        "Judge()\ncheck(f(3), 6)",
        setup="def check(a, b):\n    assert a == b\nclass Judge: pass",
    )
    assert (grade.score, flags(grade)) == (2, ["helper_redefined"])
    grade = graded(grader, f"Judge.more = 5\n{RIGHT}", "assert Judge.more == 5 and f(3) == 6", setup=HELPER)
    assert (grade.score, flags(grade)) == (2, [])


def test_a_shell_that_was_changed_runs_no_cell_of_the_labs(grader: Grader) -> None:
    drop = (
        "import ast\nclass Drop(ast.NodeTransformer):\n    def visit_Assert(self, node): return ast.Pass()\n"
        "get_ipython().ast_transformers.append(Drop())"
    )
    setup = readonly("late", "def check(value, wanted):\n    assert value == wanted")
    lab = assignment(answer("f", REFERENCE), setup, check("t", "check(f(3), 6)"))
    handed_in = notebook(answer("f", f"{drop}\n{WRONG}"), setup, check("t", ""))
    grade = grader.grade(lab, {"nb": handed_in}, Assurance.IN_PROCESS)
    assert (grade.score, flags(grade)) == (0, ["shell_changed"])
    assert "AST transformer: Drop" in grade.flags[0].evidence


ODD = {
    "input_transformer": "get_ipython().input_transformers_post.append(lambda lines: lines)",
    "shell_changed": "get_ipython().events.register('pre_run_cell', lambda *_: None)",
    "shell_changed ": "get_ipython().run_cell = lambda *a, **k: None",
    "shell_changed  ": "get_ipython().set_custom_exc((AssertionError,), lambda *a: None)",
    "builtins_changed": "import builtins\nbuiltins.print = lambda *_: None",
    "late_thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(20,), daemon=True).start()",  # noqa: E501 -- a learner's code in one string
}


@pytest.mark.parametrize("name", ODD)
def test_an_oddity_is_told_once_and_costs_nothing(grader: Grader, name: str) -> None:
    grade = graded(grader, f"{ODD[name]}\n{RIGHT}", "assert f(3) == 6")
    assert (grade.score, flags(grade)) == (2, [name.strip()])


def test_tracing_a_test_is_told(grader: Grader) -> None:
    work = "import sys\ndef f(x):\n    sys.settrace(lambda *_: None)\n    return 2 * x"
    grade = graded(grader, work, "assert f(3) == 6")
    assert (grade.score, flags(grade)) == (2, ["trace_function"])


def test_libraries_may_add_hooks(grader: Grader) -> None:
    work = f"%load_ext autoreload\n%autoreload 0\n{RIGHT}"
    assert flags(graded(grader, work, "assert f(3) == 6")) == []


def run(statement: str, raises: str = "AssertionError") -> list[tuple[int, str]]:
    """What becomes of one control in this untouched process."""

    def execute(body: CodeType, namespace: dict[str, Any]) -> object:
        return eval(body, namespace)  # noqa: S307 -- a statement of the tables

    namespace = {"__builtins__": __builtins__}
    control = {"ways": [["None", statement.format(a=31_415, b=92_653)]], "raises": raises}
    return Controls([control], "<test 1>", execute).broken(namespace)


@pytest.mark.parametrize("name", [name for name in known_false.BY_NAME if not name.startswith("nose.")])
def test_every_known_false_statement_fails_as_it_has_to(name: str) -> None:
    module, _, function = name.rpartition(".")
    assert hasattr(importlib.import_module(module), function)
    reach = f"__import__('sys').modules['{module}'].{function}"
    raises = known_false.RAISES.get(name, "AssertionError")
    assert run(known_false.BY_NAME[name].replace("{f}", reach), raises) == []


@pytest.mark.parametrize("method", sorted(known_false.BY_METHOD))
def test_every_known_false_method_fails_as_it_has_to(method: str) -> None:
    case = f"__import__('unittest').TestCase().{method}"
    assert run(known_false.BY_METHOD[method].replace("{f}", case)) == []


@pytest.mark.parametrize(
    "statement",
    [
        known_false.ASSERT,
        known_false.HANDLER.replace("{f}", "ValueError"),
        known_false.EQUALS.format(kind="Series"),
        known_false.EQUALS.format(kind="DataFrame"),
        known_false.RUN_BY_UNITTEST,
    ],
)
def test_the_other_known_false_statements_fail_too(statement: str) -> None:
    assert run(statement) == []


def test_what_passes_or_ends_otherwise_is_told() -> None:
    assert run("assert {a} < {b}") == [(0, PASSED)]
    assert run("1 / 0") == [(0, "ZeroDivisionError")]
    assert run("raise MemoryError") == []


def test_numbers_are_new_each_time_and_controls_are_few() -> None:
    test = "import numpy as np\n" + "\n".join(f"assert {name}(f)" for name in known_false._BUILTINS)
    lab = assignment(answer("f", REFERENCE), check("t", f"{test}\nnp.testing.assert_equal(f(1), 2)"))
    plan = control_plan(read_master(lab.masters[0]))
    first, second = plan.controls("t"), plan.controls("t")
    assert len(first) == len(second) <= 16
    assert [control.ways for control in first] != [control.ways for control in second]
    assert any("np.testing.assert_equal(" in control.ways[0][1] for control in first)
