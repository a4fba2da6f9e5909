"""Processes are killed while they grade: each submission is graded once and right, and nothing is left."""

from pathlib import Path

import pytest

from tests.journeys.storm import storm_over

pytestmark = pytest.mark.journey

SUBMISSIONS = 16


async def test_a_storm_changes_no_score(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    found = await storm_over(tmp_path, SUBMISSIONS, seed=3, pause=0.4)
    assert found.weathered, (str(found), found.wrong, found.twice, found.left)
