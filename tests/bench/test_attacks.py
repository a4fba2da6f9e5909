"""The comparison with other graders: what it calls right and wrong, and that its table is about the cases."""

from dataclasses import replace

import pytest

from bench.attacked import Graded
from bench.attacks import (
    CLASS_LOST,
    FULL,
    LEAK,
    LESS,
    LOST,
    MARK,
    NOT_APPLICABLE,
    RIGHT,
    SOME,
    TOOLS,
    UNREAD,
    Subject,
    counts,
    documented,
    judged,
    rows,
    subjects,
)
from tests.grading.cases import all_cases
from tests.grading.security_document import between
from tests.grading.split.attacks import all_attacks


@pytest.fixture(scope="module")
def subject() -> Subject:
    """A wrong answer to ``double`` and a right one to ``half``, with a text to be hidden."""
    found = next(each for each in subjects() if each.name == "equal_to_everything")
    return replace(found, hidden=("73465",))


@pytest.mark.parametrize(
    ("graded", "said"),
    [
        (Graded({"test_double": 0.0, "test_half": 1.0}), RIGHT),
        (Graded({"test_double": None, "test_half": 1.0}), RIGHT),
        (Graded({"test_double": 2.0, "test_half": 1.0}), FULL),
        (Graded({"test_double": 0.5, "test_half": 1.0}), SOME),
        (Graded({"test_double": 0.0, "test_half": 0.0}), LESS),
        (Graded({"test_double": 0.0}), LESS),
        (Graded({"test_double": 0.0, "test_half": 1.0}, "was called with 73465"), LEAK),
        (Graded({"test_double": 2.0, "test_half": 0.0}), f"{FULL}; {LESS}"),
        (Graded(None), LOST),
        (Graded(None, class_lost=True), CLASS_LOST),
    ],
)
def test_outcomes_in_words(subject: Subject, graded: Graded, said: str) -> None:
    assert judged(subject, graded) == said


def test_what_a_person_reads_and_what_is_refused(subject: Subject) -> None:
    essay = replace(subject, wanted={"test_double": None})
    assert judged(essay, Graded({"test_double": None})) == RIGHT
    assert judged(essay, Graded({"test_double": 2.0})) == UNREAD
    refused = replace(subject, wanted=None)
    assert judged(refused, Graded(None)) == RIGHT
    assert judged(refused, Graded(None, class_lost=True)) == CLASS_LOST
    excused = replace(subject, excused=frozenset({"test_half"}))
    assert judged(excused, Graded({"test_double": 0.0, "test_half": 0.0})) == RIGHT


def test_nothing_runs_outside_a_sandbox_that_is_not_marked_as_harmless() -> None:
    marked = {case.name for case in all_cases() if case.safe_outside}
    attacks = {f"split_{attack.name}" for attack in all_attacks() if "safe_outside" in attack.written}
    names = [each.name for each in subjects()]
    assert len(names) == len(set(names))
    assert set(names) <= marked | attacks
    assert len(names) > 100


def test_the_table_is_about_the_cases_and_its_counts_are_its_own() -> None:
    found, everything = documented(), subjects()
    lines = between(MARK).splitlines()
    assert lines == [*counts(found), "", *rows(everything, found)], "python -m bench attacks --cases NAME"
    assert {outcome for row in found.values() for outcome in [row["split"]]} == {RIGHT}
    assert all(row[tool] for row in found.values() for tool in TOOLS)
    metadata = {each.name for each in everything if not each.otter}
    assert {name for name, row in found.items() if row["Otter"] == NOT_APPLICABLE} == metadata
