"""Two ends of a link in one process: what is kept of the objects that were handed over."""

import threading
from collections.abc import Iterator

import pytest

from darsgah_grader.guest import handed_objects
from darsgah_grader.guest.frames import Channel
from darsgah_grader.guest.peer import LONGEST, Peer


class Thing:
    """An object that is no plain data."""


def made(count: int) -> list[Thing]:
    return [Thing() for _ in range(count)]


class Ends:
    """The asking end and the serving one, which serves in a thread of its own."""

    def __init__(self) -> None:
        self.asking = Peer({}, lenient=False)
        self.serving = Peer({"make": made, "same": lambda thing: thing}, lenient=True)
        self._thread: threading.Thread | None = None

    def link(self, number: int) -> None:
        """Hang up and be linked anew."""
        self.hang_up()
        ours, theirs = Channel.pair()
        self.asking.connect(Channel(ours, LONGEST), number)
        self.serving.connect(Channel(theirs, LONGEST), number)
        self._thread = threading.Thread(target=self.serving.serve)
        self._thread.start()

    def hang_up(self) -> None:
        """End the link."""
        self.asking.disconnect()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.serving.disconnect()


@pytest.fixture
def ends() -> Iterator[Ends]:
    both = Ends()
    yield both
    both.hang_up()


def test_objects_outlive_their_link(ends: Ends) -> None:
    ends.link(1)
    (thing,) = ends.asking.ask("make", 1)
    ends.link(2)
    assert ends.asking.ask("same", thing) is thing


def test_a_link_with_too_many_objects_leaves_the_next_one_its_room(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handed_objects, "_MOST_KEPT", 10)
    monkeypatch.setattr(handed_objects, "_MOST_OBJECTS", 20)
    ends.link(1)
    (early,) = ends.asking.ask("make", 1)
    ends.link(2)
    many = ends.asking.ask("make", 15)
    with pytest.raises(MemoryError):
        ends.asking.ask("make", 15)
    ends.link(3)
    assert len(ends.asking.ask("make", 15)) == 15
    assert ends.asking.ask("same", early) is early
    with pytest.raises(ValueError, match="an object is gone"):
        ends.asking.ask("same", many[0])
