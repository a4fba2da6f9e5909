"""Some dozens of mixed submissions, attacks among them, on all cores; ``make soak`` takes thousands."""

from pathlib import Path

from tests.grading.soak import soak

SUBMISSIONS = 90


def test_mixed_submissions_are_graded_right_and_leave_nothing(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    told: list[str] = []
    found = soak(tmp_path, SUBMISSIONS, told.append)
    assert found.clean, (str(found), found.wrong)
    assert (found.submissions, found.attacks) == (SUBMISSIONS, SUBMISSIONS // 10)
