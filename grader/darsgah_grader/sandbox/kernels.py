"""One learner's kernel as its host keeps it: what waits to be run, what was shown, and who watches.

Everything happens in the host's event loop, without a thread. Cells run one after the other, whether or not a
page is there; each event gets a number and goes to every page that is open, and pages that come back are told
what they missed. A learner's code decides about nothing here but what its own learner sees.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from darsgah_grader.guest.capture import DISPLAY, STDERR, STDOUT
from darsgah_grader.guest.frames import Message
from darsgah_grader.guest.kernel import ANSWER, ASK, EXECUTE, INPUT, RESULT
from darsgah_grader.guest.kernel_watch import DIED, INTERRUPT, READY, RESTART, USAGE
from darsgah_grader.sandbox.kernel_audience import Audience, Watcher
from darsgah_grader.sandbox.kernel_channel import KernelChannel
from darsgah_grader.sandbox.kernel_executions import Execution, Executions
from darsgah_grader.sandbox.kernel_messages import Usage, answer_of, ending_of, json_object, usage_of
from darsgah_grader.sandbox.kernel_outputs import CellOutputs, Event
from darsgah_grader.sandbox.kernel_places import KernelPlace
from darsgah_grader.sandbox.outputs import clean_text
from darsgah_grader.types import Limits

_ANSWER_SECONDS: Final = 3.0
_AGAIN_SECONDS: Final = 1.0
_STOPS: Final = 3
_STOP_GRACE: Final = 10.0
_LONGEST_LINE: Final = 65536
_LONGEST_ID: Final = 200


class State(StrEnum):
    """What a kernel does; ``gone``: its place is given up, and nothing brings it back."""

    STARTING = "starting"
    IDLE = "idle"
    BUSY = "busy"
    DEAD = "dead"
    GONE = "gone"


class Kernel:
    """One kernel.

    Args:
        place: where it runs, already opened.
        limits: of its lab.
        cell_seconds: after which a cell is stopped.

    Attributes:
        id: tells it from one that takes its place later.
        state: what it does.
        touched: when somebody last did something with it or a cell ended, by the clock that never goes back.
        usage: as last seen.
        limits: of its lab.
        gone: is set once it is over.
    """

    def __init__(self, place: KernelPlace, limits: Limits, cell_seconds: float) -> None:
        self.id = secrets.token_hex(8)
        self.state = State.STARTING
        self.touched = time.monotonic()
        self.usage = Usage()
        self.gone = asyncio.Event()
        self._place = place
        self.limits = limits
        self._cell_seconds = cell_seconds
        self._loop = asyncio.get_running_loop()
        self._audience = Audience()
        self._executions = Executions()
        self._outputs = CellOutputs(limits)
        self._line_wanted = 0
        self._question: tuple[Watcher, str, str, str] | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._kills = 0
        self._why_dead = ""
        self._channel = KernelChannel(place.channel, self._take, self._lost)

    # -- pages ----------------------------------------------------------------------------------------------

    @property
    def watched(self) -> bool:
        """Whether a page is open."""
        return self._audience.present

    @property
    def busy(self) -> bool:
        """Whether it runs a cell, or is about to."""
        running = self._executions.present is not None or self._executions.waiting > 0
        return running or self.state is State.STARTING

    def attach(self, watcher: Watcher, session: str, after: int) -> None:
        """Tell a page how things are and what it has missed, and from now on everything.

        Args:
            watcher: the page.
            session: the kernel that the page knows, by its id; of another's events it has none.
            after: number of the last event that it has. A page that has none is told of the cells that are
                not over, and of those whose end nobody has seen.
        """
        if session != self.id:
            after = (self._executions.first_of_interest or self._audience.next_event) - 1
        self.touched = time.monotonic()
        greeting = {
            "type": "kernel_info",
            "session": self.id,
            "execution_state": self.state,
            "reason": self._why_dead,
            "executions": self._executions.states,
        }
        self._audience.join(watcher, greeting, after)
        self._executions.all_seen()
        self.look()

    def detach(self, watcher: Watcher) -> None:
        """The page is closed, or away."""
        self._audience.leave(watcher)

    def _become(self, state: State, reason: str = "") -> None:
        if state is not self.state or reason:
            self.state, self._why_dead = state, reason
            self._audience.announce({"type": "status", "execution_state": state, "reason": reason})

    # -- what a page says -----------------------------------------------------------------------------------

    def hear(self, watcher: Watcher, message: Mapping[str, Any]) -> None:
        """Do what a page asks; what is no request that it knows is passed over."""
        kind = message.get("type")
        if kind == "ping":
            self._audience.tell(watcher, {"type": "pong"})
            return
        self.touched = time.monotonic()
        if kind == "execute_request":
            self._execute(message)
        elif kind in {"complete_request", "inspect_request"}:
            self._ask(watcher, str(kind), message)
        elif kind == "input_reply":
            self._give_line(message)
        elif kind == "interrupt_request":
            self.interrupt()
        elif kind == "restart_request":
            self.restart()

    def _execute(self, message: Mapping[str, Any]) -> None:
        name, cell = (clean_text(message.get(key), _LONGEST_ID) for key in ("id", "cell"))
        code = message.get("code")
        if not name or self._executions.knows(name) or not isinstance(code, str):
            return
        execution = Execution(name, cell, clean_text(code, len(code)), first=self._audience.next_event)
        self._executions.add(execution)
        self._audience.announce({"type": "execute_queued", "id": name, "cell": cell})
        if self.state is State.DEAD or not self._executions.wait(execution):
            self._end(execution, {"status": "aborted"})
        else:
            self._go_on()

    def _go_on(self) -> None:
        """Run the next cell, if there is one and the kernel is free."""
        if self.state is not State.IDLE or self._question is not None or not self._executions.waiting:
            return
        execution = self._executions.begin()
        self._outputs = CellOutputs(self.limits)
        self._become(State.BUSY)
        self._audience.announce({"type": "execute_input", "id": execution.id, "cell": execution.cell})
        self._send(EXECUTE, {"token": execution.token, "code": execution.code})
        execution.code = ""
        self._later(self._cell_seconds, self._overdue, execution)

    def _ask(self, watcher: Watcher, kind: str, message: Mapping[str, Any]) -> None:
        name = clean_text(message.get("id"), _LONGEST_ID)
        code, cursor = message.get("code"), message.get("cursor_pos")
        reply = kind.replace("request", "reply")
        if not isinstance(code, str) or type(cursor) is not int or not 0 <= cursor <= len(code):
            return
        if self.state is not State.IDLE or self._question is not None:
            self._audience.tell(watcher, {"type": reply, "id": name, "status": "busy"})
            return
        token = secrets.token_hex(8)
        self._question = (watcher, name, reply, token)
        asked = {"token": token, "type": kind, "code": clean_text(code, len(code)), "cursor_pos": cursor}
        self._send(ASK, asked)
        self._later(_ANSWER_SECONDS, self._give_up, token)

    def _give_up(self, token: str) -> None:
        """An answer that takes long is asked to end; its page goes without."""
        if self._question is not None and self._question[3] == token:
            self._channel.send(INTERRUPT)
            self._later(_AGAIN_SECONDS, self._give_up, token)

    def _give_line(self, message: Mapping[str, Any]) -> None:
        """What was typed for ``input``; null means that the learner does not want to."""
        if self._line_wanted == 0 or message.get("number") != self._line_wanted:
            return
        value = message.get("value")
        if not isinstance(value, str):
            self.interrupt()
            return
        self._send(INPUT, {"number": self._line_wanted, "value": clean_text(value, _LONGEST_LINE)})
        self._no_line_wanted()

    def _no_line_wanted(self) -> None:
        if self._line_wanted:
            self._audience.announce({"type": "input_done", "number": self._line_wanted})
            self._line_wanted = 0

    # -- what is done to it ---------------------------------------------------------------------------------

    def interrupt(self) -> None:
        """Stop the present cell, and give up those that wait."""
        self._abort_waiting()
        if self._executions.present is not None:
            self._stop_cell(self._executions.present, _STOPS)

    def _stop_cell(self, execution: Execution, times: int) -> None:
        """Ask more than once: the cell may not have begun, or may be where no signal is looked at."""
        if self._executions.present is execution and times:
            self._channel.send(INTERRUPT)
            self._later(_AGAIN_SECONDS, self._stop_cell, execution, times - 1)

    def _overdue(self, execution: Execution) -> None:
        if self._executions.present is execution:
            minutes = max(1, round(self._cell_seconds / 60))
            text = f"[stopped: a cell may run for {minutes} minutes]\n"
            self._say(execution, {"type": "stream", "name": "stderr", "text": text})
            self.interrupt()
            self._later(_STOP_GRACE, self._force, execution)

    def _force(self, execution: Execution) -> None:
        if self._executions.present is execution:
            self.restart()

    def restart(self) -> None:
        """Begin anew with nothing but the files that were written."""
        if self.state is State.GONE:
            return
        self._give_up_all()
        self._become(State.STARTING)
        self._channel.send(RESTART)

    def look(self) -> None:
        """Find out what it uses; ``usage`` and the pages have it a moment later."""
        if self.state is not State.GONE:
            self._channel.send(USAGE)

    def end(self, reason: str) -> None:
        """It is over, for a reason of ``KernelTrouble``; its place is then to be closed."""
        if self.state is State.GONE:
            return
        self._give_up_all()
        self._channel.close()
        self.state = State.GONE
        self._audience.tell_all({"type": "ended", "reason": reason})
        self.gone.set()

    def _abort_waiting(self) -> None:
        for execution in self._executions.give_up_waiting():
            self._end(execution, {"status": "aborted"})

    def _give_up_all(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._question = None
        self._no_line_wanted()
        execution, self._executions.present = self._executions.present, None
        if execution is not None:
            self._end(execution, {"status": "aborted"})
        self._abort_waiting()

    def _end(self, execution: Execution, content: Mapping[str, Any]) -> None:
        execution.ended, execution.seen = True, self.watched
        self._say(execution, {"type": "execute_reply", "seconds": execution.seconds, **content})

    def _say(self, execution: Execution, event: Event) -> None:
        """Announce something about a cell."""
        self._audience.announce({"id": execution.id, "cell": execution.cell, **event})

    # -- what process 1 says --------------------------------------------------------------------------------

    def _send(self, kind: bytes, message: Mapping[str, Any]) -> None:
        self._channel.send(kind, json.dumps(message).encode())

    def _take(self, message: Message) -> None:
        if message.kind in {STDOUT, STDERR, DISPLAY}:
            self._show(message)
        elif message.kind == RESULT:
            self._take_result(json_object(message.payload))
        elif message.kind == ANSWER:
            self._take_answer(json_object(message.payload))
        elif message.kind == INPUT:
            self._want_line(json_object(message.payload))
        elif message.kind == READY:
            self._become(State.IDLE)
            self._go_on()
        elif message.kind == DIED:
            self._died(json_object(message.payload))
        elif message.kind == USAGE:
            self._used(json_object(message.payload))

    def _show(self, message: Message) -> None:
        """An output belongs to the cell that runs, or to the last one, which may have left a thread."""
        execution = self._executions.latest
        if execution is None or self.state is State.STARTING:
            return
        if message.kind == DISPLAY:
            events: Iterator[Event] = self._outputs.display(message.payload)
        else:
            name = "stdout" if message.kind == STDOUT else "stderr"
            events = self._outputs.stream(name, message.payload)
        for event in events:
            self._say(execution, event)

    def _take_result(self, result: Mapping[str, Any]) -> None:
        execution = self._executions.present
        if execution is None or result.get("token") != execution.token:
            return
        self._executions.present = None
        self.touched = time.monotonic()
        self._no_line_wanted()
        ending = ending_of(result)
        self._end(execution, ending)
        if ending["status"] != "ok":
            self._abort_waiting()
        self._become(State.IDLE)
        self.look()
        self._go_on()

    def _take_answer(self, answer: Mapping[str, Any]) -> None:
        if self._question is None or answer.get("token") != self._question[3]:
            return
        (watcher, name, kind, _), self._question = self._question, None
        self._audience.tell(watcher, {"type": kind, "id": name, **answer_of(kind, answer)})
        self._go_on()

    def _want_line(self, asked: Mapping[str, Any]) -> None:
        number, execution = asked.get("number"), self._executions.present
        if execution is None or type(number) is not int or number <= 0:
            return
        self._line_wanted = number
        prompt, hidden = clean_text(asked.get("prompt"), 2000), asked.get("password") is True
        self._say(
            execution, {"type": "input_request", "number": number, "prompt": prompt, "password": hidden}
        )

    def _died(self, how: Mapping[str, Any]) -> None:
        """Its process has ended; the place stays, and a restart begins anew in it."""
        kills, before = self._place.memory_kills, self._kills
        self._kills = kills
        memory = how.get("memory") is True or kills > before or self._place.killed_for_the_machine
        execution, self._executions.present = self._executions.present, None
        if execution is not None:
            self._end(execution, ending_of({}))
        self._give_up_all()
        self._become(State.DEAD, "memory" if memory else "ended")

    def _used(self, told: Mapping[str, Any]) -> None:
        self.usage = usage_of(told)
        self._audience.tell_all({"type": "usage", "memory_bytes": self.usage.memory_bytes})

    def _lost(self) -> None:
        """Process 1 is gone: the warm process was ended, or the machine is at its end."""
        self.end("ended")

    def _later(self, seconds: float, do: Any, *arguments: object) -> None:  # noqa: ANN401 -- any method of this class
        self._timers = [timer for timer in self._timers if timer.when() > self._loop.time()]
        self._timers.append(self._loop.call_later(seconds, do, *arguments))
