"""Every case again as an ordinary user, who has no control groups and maps no other user into a sandbox.

They are graded by the rule, which splits what can be split and runs the rest in one process; that all is well
where everything runs in one process does not hang on the user.
"""

import os
from pathlib import Path

import pytest

from tests.grading.sandbox.as_user import pytest_as


@pytest.mark.skipif(os.geteuid() != 0, reason="run as an ordinary user, test_cases.py is this test")
@pytest.mark.timeout(600)
def test_every_case_holds_for_an_ordinary_user() -> None:
    said = pytest_as(65534, str(Path(__file__).with_name("test_cases.py")), "-k", "not in-process")
    assert "skipped" not in said.splitlines()[-1]
