"""The bench of hints: its parts add up to the whole, waiting counts, and the plain run is beside it."""

import argparse
import time

from rich.console import Console

from bench import hints


def test_parts_add_up_and_waiting_counts() -> None:
    found = hints.hints(argparse.Namespace(answers=2, crowds=[1, 2]), Console(quiet=True))
    assert found["answers"] == 2
    for crowd in found["crowds"].values():
        assert crowd.keys() == {"whole", *hints.PARTS, "plain"}
        assert 0 < crowd["plain"]["p50"] < crowd["whole"]["p50"]
        assert crowd["sandbox"]["p50"] > 0
        whole, parts = crowd["whole"]["p50"], sum(crowd[part]["p50"] for part in hints.PARTS)
        assert abs(whole - parts) < 1, "of two answers the medians are means, which add up"
    assert hints.hint_table(found).row_count == 2 + len(hints.PARTS)


def test_who_comes_last_has_waited_longest() -> None:
    def slept(number: int, waiting: int) -> dict[str, float]:
        time.sleep(0.02)
        return {"whole": 0.02, "number": number, "others": waiting}

    crowd = hints._in_crowds(range(9), 9, slept)
    assert [one["number"] for one in crowd] == [*range(9)]
    assert max(one["waiting"] for one in crowd) >= 0.02
    assert sorted(one["others"] for one in crowd) == [*range(9)]
    assert all(one["whole"] == one["waiting"] + 0.02 for one in crowd)
