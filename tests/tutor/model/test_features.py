"""What the model reads of an answer, and what it must not read."""

from dataclasses import replace

import pytest

from darsgah_tutor.code_words import words_of_lines
from darsgah_tutor.detectors import parse
from darsgah_tutor.features import FACTS, LONGEST, MOST_LINES, features
from darsgah_tutor.relations import relations
from darsgah_tutor.types import Check, Ended, Evidence, Finding, Raised
from tests.tutor.acting import WRONG_FARE, wrong_fare

_RENAMED = WRONG_FARE.replace("extra", "rest").replace("km", "way")


def test_names_that_the_author_chose_are_not_read() -> None:
    read = features("", wrong_fare(), ())
    assert read == features("", wrong_fare(_RENAMED), ())
    assert read != features("", wrong_fare(WRONG_FARE.replace("45 * extra", "45 * km")), ())


def test_spelling_is_not_read() -> None:
    source = "def f(x):\n    return (x) # twice\n"
    plain = "def f(x):\n    return x"
    assert words_of_lines(source, parse(source)) == words_of_lines(plain, parse(plain))


def test_a_name_without_a_value_shows() -> None:
    words = words_of_lines("total = 1\nprint(totl)", parse("total = 1\nprint(totl)"))
    assert words[2] == ["builtin print", "(", "unknown", ")"]


def test_an_else_belongs_to_the_line_behind_it() -> None:
    source = "if a:\n    b = 1\nelse:\n    b = 2"
    assert words_of_lines(source, parse(source))[4][0] == "else"


def test_nothing_of_hidden_tests_but_how_they_ended_is_read() -> None:
    evidence = wrong_fare()
    told = replace(
        evidence,
        checks=tuple(replace(one, expected="777") if not one.visible else one for one in evidence.checks),
    )
    assert features("", evidence, ()) == features("", told, ())


def test_lines_of_failing_checks_and_exceptions_stand_out() -> None:
    raised = Raised("ZeroDivisionError", "division by zero", 3, (3,))
    checks = (
        Check("t", 1, visible=True, passed=False, raised=raised, lines=frozenset({2, 3})),
        Check("t", 2, visible=True, passed=True, lines=frozenset({2})),
    )
    source = "def f(a, b):\n    if a:\n        return a / b\n    return 0"
    read = features("", Evidence(source, Ended.RAN, checks), [Finding("divisor-may-be-zero", 3, 0.8)])
    assert read.lines == (1, 2, 3, 4)
    assert all(len(row) == FACTS for row in read.facts)
    suspicions = [row[0] for row in read.facts]
    assert suspicions.index(max(suspicions)) == 2
    assert 0.8 in read.facts[2]
    assert 0.8 not in read.facts[1]


@pytest.mark.parametrize("source", ["", "# nothing", "def f(:\n    return", "x = (1,\n", "\0", "'''"])
def test_what_is_hardly_a_program_is_read_all_the_same(source: str) -> None:
    read = features("", Evidence(source, Ended.SYNTAX, raised=Raised("SyntaxError", "", 1)), ())
    assert len(read.facts) == len(read.lines)


def test_a_long_answer_is_cut_to_its_most_suspect_lines() -> None:
    source = "\n".join(f"x{at} = [{at}, {at}, {at}, {at}, {at}]" for at in range(600))
    check = Check("t", 1, visible=True, passed=False, lines=frozenset({500}))
    read = features("word " * 900, Evidence(source, Ended.RAN, (check,)), ())
    assert len(read.lines) == MOST_LINES
    assert 500 in read.lines
    assert len(read.words) <= LONGEST


@pytest.mark.parametrize(
    ("expected", "got", "said"),
    [
        ("5", "4", "one too few"),
        ("5", "None", "got None"),
        ("5", "5.0", "same number"),
        ("True", "False", "false for true"),
        ("[1, 2]", "[2, 1]", "turned round"),
        ("[1, 2, 3]", "[1, 2]", "end missing"),
        ("'abc'", "'ABC'", "other case"),
        ("(1, 2)", "[1, 2]", "same elements"),
        ("[3, 1, 2]", "[1, 2, 3]", "other order"),
        ("{'a': 1}", "{'a': 2}", "same keys"),
        ("[1]", "[]", "empty"),
        ("[[0], [5]]", "[[0]]", "end missing"),
        ("3", "-3", "other sign"),
    ],
)
def test_what_a_check_got_is_told_by_how_it_stands_to_what_was_expected(
    expected: str, got: str, said: str
) -> None:
    assert said in relations(Check("t", 1, visible=True, passed=False, expected=expected, got=got))
