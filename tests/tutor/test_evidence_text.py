"""Level 0 says what was seen, in two languages, and of hidden tests next to nothing."""

from dataclasses import replace

import pytest

from darsgah_tutor.evidence_text import evidence_text, told_evidence
from darsgah_tutor.types import Check, Ended, Evidence, Raised
from tests.tutor.acting import FARE, WRONG_FARE, wrong_fare


def told(evidence: Evidence) -> str:
    return evidence_text(FARE, evidence)["en"]


def test_a_wrong_value_is_told_with_the_call_and_the_counts() -> None:
    text = told(wrong_fare())
    assert "`fare(1)` gives `55`; the test expects `100`." in text
    assert "Of the checks that you can see, 1 of 2 pass." in text
    assert "A test that you cannot see fails." in text
    assert "370" not in text
    assert "started" not in text


def test_urdu_keeps_code_from_left_to_right() -> None:
    text = evidence_text(FARE, wrong_fare())["ur"]
    assert "\u2066`fare(1)`\u2069" in text
    assert text.count("\u2066") == text.count("\u2069") >= 3


@pytest.mark.parametrize(
    ("ended", "raised", "part"),
    [
        (
            Ended.SYNTAX,
            Raised("SyntaxError", "'(' was never closed", 2),
            "stops at line 2 with `SyntaxError: '(",
        ),
        (
            Ended.ERROR,
            Raised("NameError", "name 'kn' is not defined", 2, (2,)),
            "stops in line 2 with `NameError",
        ),
        (Ended.ERROR, Raised("KeyError", "'a'"), "stops with `KeyError"),
        (Ended.ERROR, None, "The program ended before any test"),
        (Ended.TIMEOUT, None, "did not end in the time"),
        (Ended.MEMORY, None, "more memory"),
        (Ended.DIED, None, "The program ended before any test"),
    ],
)
def test_an_answer_that_reached_no_test_is_told_as_it_ended(
    ended: Ended, raised: Raised | None, part: str
) -> None:
    assert part in told(Evidence(WRONG_FARE, ended, raised=raised))


@pytest.mark.parametrize(
    ("raised", "part"),
    [
        (Raised("IndexError", "secret 42", 3, (3,)), "stops in line 3 of your answer with `IndexError`."),
        (Raised("IndexError", "secret 42"), "stops with `IndexError`."),
        (Raised("Secret42Error", "secret 42", 3, (3,)), "A test that you cannot see fails."),
        (Raised("AssertionError", "secret 42"), "A test that you cannot see fails."),
        (
            Raised("TimeoutError", "", 3, (3,)),
            "does not end in the time that it has: it was stopped in line 3",
        ),
        (Raised("TimeoutError", ""), "A test that you cannot see does not end in the time that it has."),
    ],
)
def test_of_a_hidden_test_at_most_the_kind_and_the_line_is_told(raised: Raised, part: str) -> None:
    check = Check(
        "test-fare", 1, visible=False, passed=False, source="secret 42", call="secret 42", raised=raised
    )
    evidence = Evidence(WRONG_FARE, Ended.RAN, (check,))
    text = told(evidence)
    assert part in text
    assert "42" not in text
    assert "42" not in repr(told_evidence(FARE, evidence))


@pytest.mark.parametrize(
    ("raised", "part"),
    [
        (Raised("TimeoutError", ""), "`fare(1)` does not end in the time that it has."),
        (Raised("TimeoutError", "", 2, (2,)), "it was stopped in line 2 of your answer."),
        (Raised("TimeoutError", "no answer in 3 s", 2, (2,)), "line 2 of your answer with `TimeoutError: no"),
        (Raised("MemoryError", "", 2, (2,)), "asks for more memory than it has, in line 2 of your answer."),
        (Raised("SystemExit", ""), "`fare(1)` ends the whole program."),
    ],
)
def test_what_the_sandbox_had_to_end_is_told_in_plain_words(raised: Raised, part: str) -> None:
    ended = replace(wrong_fare().checks[0], got="", raised=raised)
    assert part in told(Evidence(WRONG_FARE, Ended.RAN, (ended,)))


def test_values_can_neither_break_out_nor_turn_the_text() -> None:
    nasty = replace(wrong_fare().checks[0], got="`\u202e\n# <script>" + "x" * 5000)
    text = told(Evidence(WRONG_FARE, Ended.RAN, (nasty,)))
    assert "\u202e" not in text
    assert "\n" not in text
    assert "`` `\\u202e\\n# <script>" in text
    assert len(text) < 600
