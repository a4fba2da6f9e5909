"""One grader with its warm processes for all tests of grading."""

from collections.abc import Iterator

import pytest

from darsgah_grader.grading import Grader


@pytest.fixture(scope="session")
def grader() -> Iterator[Grader]:
    """A grader at the best level that this machine offers."""
    with Grader() as running:
        yield running
