"""Many learners ask for a hint at the same moment: each is answered, in turn, and counted once."""

from pathlib import Path

import pytest

from tests.journeys.hint_rush import ANSWERS, rush_in

pytestmark = pytest.mark.journey

LEARNERS = len(ANSWERS)


async def test_a_class_asks_at_once(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    found = await rush_in(tmp_path, LEARNERS)
    assert not found.wrong, (str(found), found.wrong)
