"""The same tests as another user: an ordinary one, and root with a Python that everybody can read."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

_FOLDER = Path(__file__).parent
_OF_ROOT = ("test_users.py", "test_places.py")
pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="run as an ordinary user, all tests here are this test"
)


def _pytest_as(user: int, *arguments: str) -> str:
    with tempfile.TemporaryDirectory(prefix="as-user-") as place:
        Path(place).chmod(0o755)
        base, staging = Path(place, "base"), Path(place, "staging")
        for folder in (base, staging):
            folder.mkdir()
            os.chown(folder, user, user)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tests.grading.sandbox.as_user", str(user), str(staging)),
                *(str(_FOLDER), f"--basetemp={base}/tests", *arguments),
                *(f"--ignore={_FOLDER / name}" for name in _OF_ROOT),
            ],
            cwd=_FOLDER.parents[2],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-4000:]
    return done.stdout


@pytest.mark.timeout(600)
def test_everything_holds_for_an_ordinary_user() -> None:
    assert "skipped" not in _pytest_as(65534).splitlines()[-1]


def test_the_reduced_level_holds_for_root() -> None:
    assert "skipped" not in _pytest_as(0, "-k", "reduced").splitlines()[-1]
