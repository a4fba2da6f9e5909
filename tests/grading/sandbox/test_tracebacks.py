"""Tracebacks as a learner reads them: IPython's form, quickly, whatever the exception is."""

import time

import pytest

from darsgah_grader.sandbox.types import CellRun, CellSource, Job, Outcome
from darsgah_grader.sandbox.zygote import Sandbox
from tests.grading.sandbox.conftest import QUICK

DEFINED = "def half(x):\n    y = 1\n    return x / 0\n\ndef call():\n    return half(\n        3)"


def traceback_of(sandbox: Sandbox, source: str, *, graded: bool = False) -> str:
    """What is written of the exception that ends the cell, which comes after the cell DEFINED."""
    cells = [CellSource(DEFINED), CellSource(source, graded=graded)]
    cell: CellRun = sandbox.run(Job(cells, limits=QUICK)).cells[1]
    assert cell.outcome is Outcome.ERROR
    errors = [output for output in cell.outputs if output["output_type"] == "error"]
    return "\n".join(errors[0]["traceback"])


def test_a_cells_traceback_names_cells_and_marks_lines(sandbox: Sandbox) -> None:
    assert traceback_of(sandbox, "x = 1\ncall()").splitlines()[1:] == [
        "ZeroDivisionError                         Traceback (most recent call last)",
        "Cell In[2], line 2",
        "      1 x = 1",
        "----> 2 call()",
        "",
        "Cell In[1], line 6, in call",
        "      5 def call():",
        "----> 6     return half(",
        "      7         3)",
        "",
        "Cell In[1], line 3, in half",
        "      1 def half(x):",
        "      2     y = 1",
        "----> 3     return x / 0",
        "",
        "ZeroDivisionError: division by zero",
    ]


def test_a_tests_traceback_shows_the_test(sandbox: Sandbox) -> None:
    written = traceback_of(sandbox, "# of two\nassert half(1) == 3", graded=True)
    assert "File <test 2>:2\n      1 # of two\n----> 2 assert half(1) == 3" in written
    assert "guest" not in written


def test_what_led_to_an_exception_is_told_before_it(sandbox: Sandbox) -> None:
    source = (
        "try:\n    call()\nexcept ZeroDivisionError as error:\n    raise {}ValueError('bad') from {}".format
    )
    caused = traceback_of(sandbox, source("", "error"))
    assert caused.index("division by zero") < caused.index("direct cause") < caused.index("ValueError: bad")
    assert "division by zero" not in traceback_of(sandbox, source("", "None"))
    during = traceback_of(sandbox, "try:\n    call()\nexcept ZeroDivisionError:\n    missing")
    assert during.index("division by zero") < during.index("During handling") < during.index("NameError")


def test_a_recursion_without_end_is_cut_and_quick(sandbox: Sandbox) -> None:
    began = time.monotonic()
    written = traceback_of(sandbox, "def again(n):\n    return again(n + 1)\nagain(0)")
    assert time.monotonic() - began < 5
    assert "more calls ..." in written
    assert written.endswith("RecursionError: maximum recursion depth exceeded")
    assert len(written.splitlines()) < 120


@pytest.mark.parametrize("graded", [False, True])
@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("class E(Exception):\n    def __str__(self): raise E\nraise E", "E: <this exception has no text"),
        ("class E(Exception):\n    __cause__ = property(lambda self: self)\nraise E", "E"),
        ("e = ValueError('a')\ne.add_note('and more')\nraise e", "ValueError: a\nand more"),
        ("raise ExceptionGroup('several', [ValueError(1)])", "ExceptionGroup: several (1 sub-exception)"),
        ("exec('1 +')", "SyntaxError: invalid syntax"),
        ("raise KeyError", "KeyError"),
        ("exec('class A:\\n def f(self): return 1 / 0\\nA().f()')", "ZeroDivisionError: division by zero"),
    ],
)
def test_every_exception_has_its_text(sandbox: Sandbox, source: str, text: str, graded: bool) -> None:
    written = traceback_of(sandbox, source, graded=graded)
    assert text in written
    assert "interactiveshell.py" not in written or "exec('1" in source


def test_another_mode_is_ipythons_own(sandbox: Sandbox) -> None:
    written = traceback_of(sandbox, "get_ipython().run_line_magic('xmode', 'Verbose')\ncall()")
    assert "half(x=3)" in written
