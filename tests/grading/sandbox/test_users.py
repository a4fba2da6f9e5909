"""The same tests as another user: an ordinary one, and root with a Python that everybody can read."""

import os
from pathlib import Path

import pytest

from tests.grading.sandbox.as_user import pytest_as

_FOLDER = Path(__file__).parent
_HERE = (
    str(_FOLDER),
    *(f"--ignore={_FOLDER / name}" for name in ("test_users.py", "test_places.py")),
)
pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="run as an ordinary user, all tests here are this test"
)


@pytest.mark.timeout(600)
def test_everything_holds_for_an_ordinary_user() -> None:
    assert "skipped" not in pytest_as(65534, *_HERE).splitlines()[-1]


def test_the_reduced_level_holds_for_root() -> None:
    chosen = "reduced and not nothing_away"  # the cases, which the user above has graded at this level
    assert "skipped" not in pytest_as(0, *_HERE, "-k", chosen).splitlines()[-1]
