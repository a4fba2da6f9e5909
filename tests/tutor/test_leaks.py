"""What the leak checks see, and what they let pass."""

from collections.abc import Callable, Sequence
from contextlib import suppress

import pytest

from darsgah_tutor.code_in_text import statements
from darsgah_tutor.leaks import secrets_of, solves, told_code, told_runs, told_words
from darsgah_tutor.types import Repair
from tests.tutor.acting import FARE, ActedTrials, wrong_fare

SECRETS = secrets_of(FARE, wrong_fare(), None)


@pytest.mark.parametrize(
    "text",
    [
        "```python\nanything = max(0, math.ceil(way - 2))\n```",
        "Write `more = max(0, math.ceil(k - 2))` there.",
        "Write more = max(0, math.ceil(k - 2)) there, without any fence.",
        "Put `max(0, math.ceil(` before `way - 9))`.",
    ],
)
def test_a_correct_answer_is_seen_whatever_its_names_and_numbers_are(text: str) -> None:
    assert told_runs(text, SECRETS)


def test_what_the_learner_has_already_is_no_secret() -> None:
    text = "Look at `extra = max(0, math.ceil(km - 2))`."
    assert told_runs(text, SECRETS)
    half_right = wrong_fare("def fare(km):\n    extra = max(0, math.ceil(km - 2))\n    return extra")
    assert not told_runs(text, secrets_of(FARE, half_right, None))


def test_a_repair_is_as_secret_as_a_reference() -> None:
    repair = Repair("def fare(km):\n    return sorted([100, 10 + 45 * km])[1]", (2,), 1, "edit")
    text = "Think of `sorted([5, 6 + 7 * way])[0]`."
    assert told_runs(text, secrets_of(FARE, wrong_fare(), repair))
    assert not told_runs(text, SECRETS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The case of 7.25 kilometres fails.", True),
        ("It has to be 370 there.", True),
        ("Remember: a started kilometre counts.", True),
        ("It has to be 190 there.", False),
        ("Use `math.ceil`.", False),
    ],
)
def test_values_and_sentences_of_hidden_tests_are_seen(text: str, *, told: bool) -> None:
    assert bool(told_words(text, SECRETS)) is told


@pytest.mark.parametrize(
    ("text", "is_code"),
    [
        ("```\nanything\n```", True),
        ("~~~\nleft open", True),
        ("Write total = 0 before it.", True),
        ("`total += 1`", True),
        ("It needs: for km in trips:", True),
        ("def fare(km): is the head.", True),
        ("Use lambda km: km there.", True),
        ("Look at `len(names) - 1` and at `km`.", False),
        ("`<=` or `<`? For 2 == 2 both differ.", False),
        ("Return the sum, if there is one.", False),
        ("For each trip in the list: how far is it?", False),
        ("Import duties are not the matter.", False),
    ],
)
def test_code_is_seen_with_and_without_a_fence(text: str, *, is_code: bool) -> None:
    assert bool(statements(text)) is is_code
    assert bool(told_code(text, SECRETS)) is is_code


def test_code_that_the_learner_has_may_be_quoted() -> None:
    assert not told_code("Look at `extra = km - 2`.", SECRETS)
    assert told_code("Look at `extra = km - 3`.", SECRETS)


@pytest.mark.parametrize(
    "text",
    [
        "```python\nextra = max(0, km - 2)\n```",
        "`extra = max(0, km - 2)`",
        "```python\ndef weight(kilo):\n    return 100 + 45 * max(0, kilo - 2)\n```",
        "```python\ndef fare(km):\n    return 100 + 45 * max(0, km - 2)\n```",
    ],
)
def test_code_that_solves_it_when_put_into_the_answer_is_held_back(text: str) -> None:
    def runs_right(source: str) -> bool:
        space: dict[str, Callable[[int], int]] = {}
        with suppress(NameError, SyntaxError, NotImplementedError, TypeError):
            exec(source, space)  # noqa: S102 - the program is in this file
            return space["fare"](1) == 100 and space["fare"](4) == 190
        return False

    trials = ActedTrials(wrong_fare(), runs_right)
    assert solves(text, wrong_fare(), (2, 3), trials, seconds=1.0) == "a failing check passes with it"
    assert solves("Look at line 2.", wrong_fare(), (2,), trials, seconds=1.0) is None


@pytest.mark.parametrize(
    "text",
    [
        "```python\ntall = 170 - 2\n```",
        "```python\nraise_by = undefined + 3\n```",
        "```python\ndef shown(street):\n    print(street)\n```",
        "```python\ndef fare_of(street):\n    return street + 7\n```",
    ],
)
def test_what_any_code_makes_green_is_not_the_examples_doing(text: str) -> None:
    """A test that asks for little: anything but the wrong fare will do, an exception too."""

    def passes(source: str) -> bool:
        space: dict[str, Callable[[int], int]] = {}
        try:
            exec(source, space)  # noqa: S102 - the program is in this file
        except Exception:  # noqa: BLE001 - as a sandbox that an answer ends early in
            return False
        try:
            return space["fare"](1) != 55
        except Exception:  # noqa: BLE001 - whatever it raises
            return True

    trials = ActedTrials(wrong_fare(), passes)
    assert solves(text, wrong_fare(), (2, 3), trials, seconds=1.0) is None


def test_code_that_could_not_be_tried_is_held_back() -> None:
    class TooSlow(ActedTrials):
        def passed(
            self, sources: Sequence[str], *, seconds: float, gate: int | None = None
        ) -> list[tuple[bool, ...] | None]:
            assert seconds > 0
            assert gate is None
            return [None for _ in sources]

    assert solves("```\nx\n```", wrong_fare(), (2,), TooSlow(wrong_fare()), seconds=0.1) == "not tried"
