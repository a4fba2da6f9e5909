"""A run whose cells are decided one after the other: what comes next depends on what came before.

For trying answers, many in a row, in one process that was set up once. Nothing of it is a grade: what is sent
is checked as in any run (``runs``), but a process that ends takes what it was asked with it, and goes on with
the next cell as the sandbox's first process brings it back.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from darsgah_grader.guest.frames import Channel, Message, ProtocolError
from darsgah_grader.guest.runner import CELL, RESULT
from darsgah_grader.guest.supervisor import END, WANT
from darsgah_grader.sandbox.job_message import cell_message
from darsgah_grader.sandbox.outputs import Outputs
from darsgah_grader.sandbox.runs import OUTCOMES, cell_run, json_object
from darsgah_grader.sandbox.types import CellRun, CellSource, Job, Outcome

ROOM = 10_000
"""Cells that one conversation may have."""
_GRACE = 5.0


class ConversationOverError(Exception):
    """The process is gone, said what no honest one would, or did not answer in time."""


class Conversation:
    """Made by ``Sandbox.converse``; whoever has it closes it. Not for two threads at once.

    Args:
        job: its cells are run before the first that is asked for.
        close: puts the process and its place away, and waits until that is done.
        idle: takes the place of a cell that would be run again after its process ended.
    """

    def __init__(self, channel: Channel, job: Job, close: Callable[[], None], idle: CellSource) -> None:
        self._channel = channel
        self._job = job
        self._close = close
        self._idle = json.dumps(cell_message(idle)).encode()
        self._given = len(job.cells)
        self._ended = 0
        self._asked = 0

    def close(self) -> None:
        """End it, and every process of it."""
        self._close()

    def run(self, cell: CellSource, seconds: float) -> CellRun:
        """Run one more cell; its outputs are not kept.

        Args:
            seconds: for the cell, and the given ones where it is the first; a little more is waited.

        Raises:
            ConversationOverError: there is no more to be had of it.
        """
        if self._asked >= ROOM:
            raise ConversationOverError("it has had all its cells")
        index = self._given + self._asked
        self._asked += 1
        message = json.dumps(cell_message(cell)).encode()
        ending = time.monotonic() + seconds + _GRACE
        result: dict[str, Any] = {}
        try:
            while True:
                self._channel.socket.settimeout(max(0.01, ending - time.monotonic()))
                heard = self._channel.receive()
                if heard is None:
                    raise ConversationOverError("its process has ended")
                if heard.kind == WANT:
                    self._hand_out(heard, index, message)
                elif heard.kind == RESULT:
                    result = json_object(heard.payload)
                elif heard.kind == END:
                    self._ended += 1
                    if self._ended > index:
                        return self._outcome(cell, json_object(heard.payload), result)
                    result = {}
        except (OSError, ProtocolError) as error:
            raise ConversationOverError(str(error)) from error

    def _hand_out(self, wanted: Message, index: int, message: bytes) -> None:
        """The cell whose turn it is, or a given one; in the place of what would be run again, nothing."""
        number = int(wanted.payload) if wanted.payload.isdigit() and len(wanted.payload) < 8 else -1
        if not 0 <= number <= index:
            raise ConversationOverError("it asked for a cell that is not due")
        if number < self._given:
            message = json.dumps(cell_message(self._job.cells[number])).encode()
        self._channel.send(CELL, self._idle if self._given <= number < index else message)

    def _outcome(self, cell: CellSource, report: dict[str, Any], result: dict[str, Any]) -> CellRun:
        if report.get("outcome") == "result":
            return cell_run(result, cell, Outputs(self._job.limits).finish(), 0.0)
        return CellRun(OUTCOMES.get(str(report.get("outcome")), Outcome.DIED))
