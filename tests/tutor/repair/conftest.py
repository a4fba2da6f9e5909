"""Questions of the tests' own, tried in the real sandbox."""

from collections.abc import Iterator

import pytest

from darsgah.hinting.plain_questions import plain_question
from darsgah.hinting.trials import SandboxTrials, open_trials
from darsgah_grader.grading import Grader
from darsgah_tutor.types import Question

COUNT_ABOVE = """\
def count_above(numbers, limit):
    count = 0
    for number in numbers:
        if number > limit:
            count += 1
    return count
"""
FIRST_LONG = """\
def is_long(word, length):
    return len(word) >= length

def first_long(words, length):
    for word in words:
        if is_long(word, length):
            return word
    return ''
"""


@pytest.fixture(scope="session")
def grader() -> Iterator[Grader]:
    grader = Grader()
    yield grader
    grader.close()


@pytest.fixture(scope="session")
def counting() -> Question:
    calls = (
        ("count_above([], 3)", "0"),
        ("count_above([3, 4, 5], 3)", "2"),
        ("count_above([9, 1, 9], 2)", "2"),
        ("count_above([1], 4)", "0"),
    )
    return plain_question("count-above", "Count the numbers above a limit.", [COUNT_ABOVE], calls=calls)


@pytest.fixture(scope="session")
def longest() -> Question:
    calls = (
        ("first_long(['a', 'abc', 'abcd'], 3)", "'abc'"),
        ("first_long([], 3)", "''"),
        ("first_long(['a', 'b'], 2)", "''"),
        ("first_long(['abcd', 'abc'], 3)", "'abcd'"),
        ("is_long('ab', 2)", "True"),
        ("is_long('', 1)", "False"),
    )
    return plain_question("first-long", "Find the first long word.", [FIRST_LONG], calls=calls)


@pytest.fixture(scope="session")
def counting_trials(grader: Grader, counting: Question) -> SandboxTrials:
    return open_trials(grader, counting)


@pytest.fixture(scope="session")
def longest_trials(grader: Grader, longest: Question) -> SandboxTrials:
    return open_trials(grader, longest)
