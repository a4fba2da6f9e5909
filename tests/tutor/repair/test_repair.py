"""Repairs of answers, verified in the sandbox."""

import dataclasses

import pytest

from darsgah.hinting.trials import SandboxTrials
from darsgah_tutor.repair import repair
from darsgah_tutor.types import Question, Repair

SECONDS = 20.0
"""Patience on a busy machine; the searches here take far less."""


def repaired(question: Question, trials: SandboxTrials, source: str) -> Repair:
    found = repair(question, trials.observe(source), trials, seconds=SECONDS)
    assert found is not None
    assert trials.observe(found.source).correct
    return found


def counter(
    *, start: str = "0", loop: str = "for n in numbers", test: str = "n > limit", end: str = "c"
) -> str:
    return (
        f"def count_above(numbers, limit):\n    c = {start}\n    {loop}:\n"
        f"        if {test}:\n            c = c + 1\n    return {end}\n"
    )


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        (counter(test="n >= limit"), (4,)),
        (counter(test="n < limit"), (4,)),
        (counter(start="1"), (2,)),
        (counter(loop="for n in numbers[1:]"), (3,)),
        (counter(end="c - 1"), (6,)),
        (counter(end="count"), (6,)),
        (counter().replace("    return", "        return"), (6,)),
        (counter().replace("return c", "print(c)"), (6,)),
        (counter().replace("c = c + 1", "c = 1"), (5,)),
    ],
)
def test_one_slip_is_mended_where_it_is(
    counting: Question, counting_trials: SandboxTrials, source: str, lines: tuple[int, ...]
) -> None:
    found = repaired(counting, counting_trials, source)
    assert (found.lines, found.edits) == (lines, 1)
    assert found.way in {"edit", "alignment"}


def test_two_slips_of_which_neither_is_enough_are_both_mended(
    counting: Question, counting_trials: SandboxTrials
) -> None:
    source = counter(start="1", test="n >= limit", end="c - 2")
    found = repaired(counting, counting_trials, source)
    assert len(found.lines) == found.edits > 1
    assert found.way != "replacement"


def test_unknown_names_are_mended_one_after_another_though_no_test_passes_between(
    counting: Question, counting_trials: SandboxTrials
) -> None:
    source = counter(loop="for n in numbrs", test="n > limt", end="cnt")
    assert repaired(counting, counting_trials, source).lines == (3, 4, 6)


def test_the_reference_is_rewritten_to_meet_an_answer_built_otherwise(
    counting: Question, counting_trials: SandboxTrials
) -> None:
    source = (
        "def count_above(values, most):\n    total = 0\n    i = 0\n    while i < len(values):\n"
        "        if values[i] > most:\n            total += i\n        i += 1\n    return total\n"
    )
    found = repaired(counting, counting_trials, source)
    assert found.lines == (6,)
    assert "while" in found.source


def test_only_the_faulty_one_of_two_functions_is_touched(
    longest: Question, longest_trials: SandboxTrials
) -> None:
    source = (
        "def is_long(w, n):\n    return not len(w) < n\n\n"
        "def first_long(ws, n):\n    for w in ws:\n        if is_long(w, n):\n            return w\n"
        "        else:\n            return ''\n"
    )
    found = repaired(longest, longest_trials, source)
    assert min(found.lines) >= 8
    assert "not len(w) < n" in found.source


def test_an_answer_that_does_not_parse_is_mended_first(
    counting: Question, counting_trials: SandboxTrials
) -> None:
    source = counter(test="n >= limit").replace("numbers:", "numbers").replace("return c", "return (c")
    found = repaired(counting, counting_trials, source)
    assert found.lines == (3, 4, 6)
    assert found.edits == 3


def test_an_answer_of_which_little_can_stay_is_said_to_be_replaced(
    counting: Question, counting_trials: SandboxTrials
) -> None:
    source = "def count_above(numbers, limit):\n    return sorted(numbers)[limit:][0]\n"
    trials = counting_trials
    found = repair(counting, trials.observe(source), trials, seconds=SECONDS)
    assert found is not None
    assert found.way == "replacement"


def test_a_peer_shows_a_nearer_way_than_the_reference(
    counting: Question, counting_trials: SandboxTrials
) -> None:
    peer = (
        "def count_above(numbers, limit):\n    rest = sorted(numbers)\n"
        "    while rest and rest[0] <= limit:\n        rest = rest[1:]\n    return len(rest)\n"
    )
    source = peer.replace("rest = rest[1:]", "rest.pop(rest[0]); rest = set(rest)").replace(
        "len(rest)", "rest[0]"
    )
    trials = counting_trials
    without = repair(counting, trials.observe(source), trials, seconds=1.0)
    found = repair(counting, trials.observe(source), trials, seconds=SECONDS, peers=[peer])
    assert found is not None
    assert found.way == "peer"
    assert found.lines == (4, 5)
    assert without is None or without.edits >= found.edits


def test_without_a_reference_slips_are_still_found(
    counting: Question, counting_trials: SandboxTrials
) -> None:
    bare = dataclasses.replace(counting, references=())
    found = repaired(bare, counting_trials, counter(test="n >= limit"))
    assert found.lines == (4,)
    assert found.way == "edit"


def test_there_is_nothing_to_repair_in_a_correct_answer(
    counting: Question, counting_trials: SandboxTrials
) -> None:
    assert repair(counting, counting_trials.observe(counter()), counting_trials, seconds=SECONDS) is None


@pytest.mark.parametrize("source", ["", "((((", "def count_above(numbers, limit):\n" * 3, "x = 1\n"])
def test_answers_that_are_hardly_any_do_no_harm(
    counting: Question, counting_trials: SandboxTrials, source: str
) -> None:
    found = repair(counting, counting_trials.observe(source), counting_trials, seconds=2.0)
    assert found is None or counting_trials.observe(found.source).correct


def test_no_time_finds_nothing(counting: Question, counting_trials: SandboxTrials) -> None:
    evidence = counting_trials.observe(counter(test="n >= limit"))
    assert repair(counting, evidence, counting_trials, seconds=0.0) is None
