"""Where the two runs of a submission that is graded split meet: one link for every test.

A test is handed to the tests' run and, as a request to attend it, to the learner's. Both wait here for each
other; then each gets one end of a fresh link. A run that has ended, or will not come to that test again,
leaves the other without one, and the test finds nobody there.
"""

import socket
import threading

from darsgah_grader.guest.frames import Channel

LEARNER, TESTS = 0, 1


class Meeting:
    """Of two runs, conducted by one thread each."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._offered: dict[tuple[int, int], socket.socket] = {}
        self._past = [0, 0]

    def arrive(self, side: int, number: int, seconds: float) -> socket.socket | None:
        """One's end of the link for a test, when the other side has come to it too; None when it never will.

        Args:
            side: LEARNER or TESTS.
            number: the test, counted alike on both sides, from 1.
            seconds: how long to wait.
        """
        other = 1 - side
        with self._change:
            self._past[side] = max(self._past[side], number)
            if (found := self._offered.pop((other, number), None)) is not None:
                self._change.notify_all()
                return found
            if self._past[other] >= number:
                return None
            ours, theirs = Channel.pair()
            self._offered[side, number] = theirs
            self._change.wait_for(
                lambda: (side, number) not in self._offered or self._past[other] > number, seconds
            )
            if self._offered.pop((side, number), None) is None:
                return ours
        ours.close()
        theirs.close()
        return None

    def leave(self, side: int) -> None:
        """This side will come to no further test."""
        with self._change:
            self._past[side] = 1 << 62
            self._change.notify_all()
