"""Suspicion of lines from what ran when."""

from darsgah_tutor.spectrum import code_lines, ranking, suspicion
from darsgah_tutor.types import Check, Ended, Evidence, Raised

CLAMP = '''def clamp(value, low, high):
    """Keeps a value between two."""
    if value < low:
        return high

    if value > high:
        return high
    return value
'''


def check(passed: bool | None, *lines: int, raised: Raised | None = None) -> Check:
    return Check("t", 1, visible=True, passed=passed, lines=frozenset(lines), raised=raised)


def test_code_lines_leave_out_what_is_no_statement() -> None:
    assert code_lines(CLAMP) == (1, 3, 4, 6, 7, 8)
    assert code_lines("# nothing\nif x\n    y = (1,\n\n") == (2, 3)


def test_the_line_that_only_failing_checks_run_is_the_most_suspect() -> None:
    seen = (check(False, 3, 4), check(True, 3, 6, 7), check(True, 3, 6, 8), check(None))
    evidence = Evidence(CLAMP, Ended.RAN, seen)
    assert ranking(evidence)[:2] == (4, 3)
    assert suspicion(evidence)[4] == 0.5
    assert set(ranking(evidence)) == set(code_lines(CLAMP))


def test_the_line_of_an_exception_comes_before_what_ran_as_often() -> None:
    source = "def ratio(a, b):\n    c = a + b\n    return (\n        a\n        / c\n    )\n"
    raised = Raised("ZeroDivisionError", "division by zero", line=5, trace=(5,))
    evidence = Evidence(source, Ended.RAN, (check(False, 2, 3, 5, raised=raised),))
    assert ranking(evidence) == (3, 2, 1)


def test_an_answer_that_ended_before_any_check_is_judged_by_its_exception() -> None:
    source = "total = 0\nfor number in numbers:\n    total += number\n"
    raised = Raised("NameError", "name 'numbers' is not defined", line=2, trace=(2,))
    assert ranking(Evidence(source, Ended.ERROR, raised=raised))[0] == 2


def test_the_outer_lines_of_a_trace_share_the_suspicion() -> None:
    source = "def inner(x):\n    return x[0]\ndef outer(x):\n    return inner(x)\n"
    raised = Raised("IndexError", "list index out of range", line=2, trace=(4, 2))
    scores = suspicion(Evidence(source, Ended.RAN, (check(False, 2, 4, raised=raised),)))
    assert scores[2] == scores[4] > scores[1]
