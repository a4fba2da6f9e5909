"""One run as the host conducts it: hands out cells, takes what comes back, decides what it means.

What the sandbox sends is checked here. Cells are handed out in the host's order and results counted in that
order, so nothing that is sent can be taken for another cell's. A cell of which nothing is heard is NOT_RUN.
"""

import contextlib
import json
import math
import signal
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

from darsgah_grader.guest.capture import DISPLAY, STDERR, STDOUT
from darsgah_grader.guest.controls import PASSED
from darsgah_grader.guest.frames import Channel, Message, ProtocolError
from darsgah_grader.guest.oddities import NAMES as ODDITIES
from darsgah_grader.guest.runner import CELL, RESULT
from darsgah_grader.guest.supervisor import END, FINISHED, JOB, WANT
from darsgah_grader.guest.zygote import BROKEN
from darsgah_grader.sandbox.job_message import cell_message
from darsgah_grader.sandbox.outputs import Outputs, clean_text
from darsgah_grader.sandbox.types import (
    NOTE_OF_CELL,
    UNUSABLE,
    CellRun,
    CellSource,
    Job,
    Oddity,
    Outcome,
    Part,
)

_GRACE = 10.0
_REQUESTS_PER_CELL = 8  # a cell is asked for again when the run recovers from a dead runner
_LARGEST_PARTIAL = 1e12
_MOST_TOLD = 16
_LONGEST_EVIDENCE = 300
OUTCOMES = {
    "timeout": Outcome.TIMEOUT,
    "memory": Outcome.MEMORY,
    "died": Outcome.DIED,
}
"""How a cell ended that has no result, by what process 1 calls it."""


Meet = Callable[[int, float], socket.socket | None]
"""The link for a test of that number, waited for so many seconds; None when there is nobody to meet."""


def nobody(_test: int, _seconds: float) -> None:
    """For a run on its own."""


class Conduct:
    """Conducts one run over ``channel``; ``memory_kills`` counts the kernel's kills in the run's group.

    ``meet`` links its tests with another run. A cell that is run again meets nobody: that test is over.

    Attributes:
        notes: for instructors.
        undisturbed: every cell was run, and no process of the run ended before its time.
        disturbed: a process of the run was ended by SIGKILL, and not for want of memory. The machine or an
            operator did that, or a learner's code to its own process: running again tells which.
    """

    def __init__(
        self, channel: Channel, job: Job, memory_kills: Callable[[], int], meet: Meet = nobody
    ) -> None:
        self._channel = channel
        self._job = job
        self._memory_kills = memory_kills
        self._meet = meet
        self._ending = math.inf
        self._kills_seen = memory_kills()
        self._requests = 0
        self._died = False
        self._lost = 0.0
        self._done: list[CellRun] = []
        self._outputs = Outputs(job.limits)
        self._result = b""
        self.notes: list[str] = []
        self.disturbed = False
        self.undisturbed = False

    def run(self, job_message: bytes) -> tuple[CellRun, ...]:
        """Send the job, serve the supervisor until it is done, gone or late; one CellRun a cell anyhow."""
        self._ending = time.monotonic() + self._job.limits.total_seconds + _GRACE
        asked = False
        with contextlib.suppress(BrokenPipeError):  # what it said before it ended is still to be read
            self._channel.send(JOB, job_message)
        try:
            while True:
                self._channel.socket.settimeout(self._seconds_left())
                message = self._channel.receive()
                if message is None:
                    self.disturbed = self.disturbed or not asked
                    self.notes.append("the sandbox ended before its time")
                    break
                if message.kind == FINISHED:
                    self.undisturbed = len(self._done) == len(self._job.cells) and not self._died
                    return self._complete()
                asked = asked or message.kind == WANT
                if message.kind == WANT and self._lost > self._job.patience:
                    return self._complete()
                self._take(message)
        except TimeoutError:
            self.notes.append("the sandbox did not keep its time and was ended")
        except ProtocolError as error:
            self.notes.append(f"the sandbox was ended: {error}")
        except OSError as error:  # it was killed before it had read all that it was sent
            self.disturbed = self.disturbed or not asked
            self.notes.append(f"the sandbox ended before its time: {error}")
        if asked and len(self._done) < len(self._job.cells):
            self._end({"outcome": "died", "signal": int(signal.SIGKILL), "seconds": 0.0})
        return self._complete()

    def _seconds_left(self) -> float:
        return max(0.01, self._ending - time.monotonic())

    def _take(self, message: Message) -> None:
        if message.kind == WANT:
            self._hand_out(message.payload)
        elif message.kind == STDOUT:
            self._outputs.stream("stdout", message.payload)
        elif message.kind == STDERR:
            self._outputs.stream("stderr", message.payload)
        elif message.kind == DISPLAY:
            self._outputs.display(message.payload)
        elif message.kind == RESULT:
            self._result = message.payload
        elif message.kind == END:
            self._end(json_object(message.payload))
        elif message.kind == BROKEN:
            raise ProtocolError(clean_text(message.payload.decode("utf-8", "replace"), 2000))
        else:
            raise ProtocolError("a message no supervisor sends")

    def _hand_out(self, wanted: bytes) -> None:
        """Send a cell: the one whose turn it is, or an earlier one that is to be run again."""
        self._requests += 1
        index = int(wanted) if wanted.isdigit() and len(wanted) < 8 else -1
        if not 0 <= index <= len(self._done) or index >= len(self._job.cells):
            raise ProtocolError("a cell was asked for that is not due")
        if self._requests > _REQUESTS_PER_CELL * len(self._job.cells) + 64:
            raise ProtocolError("cells were asked for too often")
        cell = self._job.cells[index]
        link = self._meet(cell.test, self._seconds_left()) if cell.test and index == len(self._done) else None
        try:
            descriptors = () if link is None else (link.fileno(),)
            self._channel.send(CELL, json.dumps(cell_message(cell)).encode(), descriptors)
        finally:
            if link is not None:
                link.close()

    def _end(self, report: dict[str, Any]) -> None:
        """Close the present cell with what the supervisor saw."""
        if len(self._done) >= len(self._job.cells):
            raise ProtocolError("more cells ended than there are")
        seconds = _seconds(report.get("seconds"))
        outputs = self._outputs.finish()
        self._outputs = Outputs(self._job.limits)
        result, self._result = self._result, b""
        if report.get("outcome") == "result":
            cell = self._job.cells[len(self._done)]
            self._done.append(cell_run(json_object(result), cell, outputs, seconds))
            return
        outcome = OUTCOMES.get(str(report.get("outcome")), Outcome.DIED)
        kills = self._memory_kills()
        if outcome is Outcome.DIED and kills > self._kills_seen:
            outcome = Outcome.MEMORY
        self._kills_seen = kills
        self._died = True
        self._lost += seconds if outcome is Outcome.TIMEOUT else 0.0
        number = report.get("signal")
        self.disturbed = self.disturbed or (outcome is Outcome.DIED and number == signal.SIGKILL)
        if outcome is Outcome.DIED and type(number) is int and number:
            self.notes.append(f"{NOTE_OF_CELL}{len(self._done) + 1} was ended by signal {number}")
        self._done.append(CellRun(outcome, outputs, seconds=seconds))

    def _complete(self) -> tuple[CellRun, ...]:
        missing = len(self._job.cells) - len(self._done)
        return (*self._done, *(CellRun(Outcome.NOT_RUN) for _ in range(missing)))


def json_object(payload: bytes) -> dict[str, Any]:
    """The object in some JSON that came out of a sandbox; an empty one for anything else."""
    with contextlib.suppress(ValueError, RecursionError):
        value = json.loads(payload)
        if isinstance(value, dict):
            return value
    return {}


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e6 else 0.0


def cell_run(
    result: dict[str, Any], cell: CellSource, outputs: tuple[dict[str, Any], ...], seconds: float
) -> CellRun:
    """What the runner said, checked; anything but a plain yes is an error."""
    name = clean_text(result.get("ename"), 200)
    outcome = Outcome.OK if result.get("ok") is True else Outcome.ERROR
    if outcome is Outcome.ERROR and name == "MemoryError":
        outcome = Outcome.MEMORY
    return CellRun(
        outcome,
        outputs,
        partial=_partial(result.get("partial")) if outcome is Outcome.OK else None,
        has_result=outcome is Outcome.OK and result.get("has_result") is True,
        error_name=name,
        error_value=clean_text(result.get("evalue"), 2000),
        error_line=_line(result.get("line")),
        seconds=seconds,
        controls_passed=tuple(dict.fromkeys(_broken_controls(result.get("controls"), cell, outcome))),
        oddities=tuple(_oddities(result.get("oddities"))),
        reaches=_names(result.get("reaches")),
        seen=result.get("seen") if cell.part is Part.TRIAL else None,
    )


def _broken_controls(told: object, cell: CellSource, outcome: Outcome) -> Iterator[str]:
    """What the runner said of the controls, in words.

    A control that ended in another exception than it had to counts beside a test that went through; what has
    made such a control fail would have made a failing test fail too.
    """
    for entry in told[:_MOST_TOLD] if isinstance(told, list) else ():
        position, said = entry if isinstance(entry, list) and len(entry) == 2 else (None, None)
        if type(position) is not int or not 0 <= position < len(cell.controls):
            continue
        statement = cell.controls[position].ways[0][1]
        if said == PASSED:
            yield f"{statement!r} was accepted"
        elif outcome is Outcome.OK and (name := clean_text(said, 80)):
            yield f"{statement!r} ended with {name} instead of {cell.controls[position].raises}"


def _oddities(told: object) -> Iterator[Oddity]:
    for entry in told[:_MOST_TOLD] if isinstance(told, list) else ():
        name, evidence = entry if isinstance(entry, list) and len(entry) == 2 else (None, None)
        if name in ODDITIES:
            yield Oddity(name, clean_text(evidence, _LONGEST_EVIDENCE))


def _names(value: object) -> frozenset[str]:
    return frozenset(clean_text(name, 200) for name in value) if isinstance(value, list) else frozenset()


def _line(value: object) -> int:
    return value if type(value) is int and 0 < value < 1_000_000 else 0


def _partial(value: object) -> int | float | str | None:
    if value is None:
        return None
    if type(value) is int and abs(value) < _LARGEST_PARTIAL:
        return value
    if type(value) is float and math.isfinite(value):
        return value
    return UNUSABLE
