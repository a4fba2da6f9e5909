"""The search for a repair takes what the queue leaves it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from darsgah.hinting.patience import Door, hurried, repair_seconds
from darsgah_tutor.engine import SHORTEST, Tutor


@pytest.mark.parametrize(
    ("waiting", "cores", "seconds"),
    [(0, 2, 1.2), (2, 2, 0.6), (4, 2, 0.4), (4, 8, 0.8), (100, 2, SHORTEST)],
)
def test_the_more_wait_for_a_core_the_shorter_is_the_search(waiting: int, cores: int, seconds: float) -> None:
    assert repair_seconds(1.2, waiting, cores) == pytest.approx(seconds)


def test_the_whole_is_as_much_shorter_as_the_search_and_nothing_else_is_another() -> None:
    tutor = Tutor()
    assert hurried(tutor, 0, 2) == tutor
    quick = hurried(tutor, 2, 2)
    assert (quick.repair_seconds, quick.seconds) == (0.6, pytest.approx(0.9))
    assert (quick.model, quick.bank) == (tutor.model, tutor.bank)


def test_a_door_lets_in_as_many_as_there_are_cores_and_counts_who_waits() -> None:
    door, leave = Door(2), Event()
    entered: list[Event] = [Event() for _ in range(5)]

    def visit(arrived: Event) -> None:
        with door.inside():
            arrived.set()
            leave.wait(30)

    with ThreadPoolExecutor(5) as threads:
        visits = [threads.submit(visit, arrived) for arrived in entered]
        while sum(arrived.is_set() for arrived in entered) < 2 or door.waiting < 3:
            leave.wait(0.01)
        assert sum(arrived.is_set() for arrived in entered) == 2
        leave.set()
        for done in visits:
            done.result()
    assert door.waiting == 0
