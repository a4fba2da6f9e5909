"""One end of the link between the two sandboxes of a submission that is graded split.

On one end stands the process with the learner's code, on the other the one with the tests. Each asks the
other to do something with an object that lives there (call it, read an attribute, add to it) and waits for
the answer; while it waits it does what the other asks in turn, so a function of the tests can be handed to
the learner's code and called from there.

Plain data crosses by value (``values``); a container that was handed over and changed by the other side is
changed here too, as if it were one. Everything else stays where it is and is known to the other end by a
number, behind a stand-in (``handed_objects``). What arrives is never believed: the tests' end decodes data,
makes stand-ins and raises exceptions, and runs nothing that the learner's end names. What each end does for
the other is said by its operations (``learner_side``, ``tests_side``).
"""

import struct
import threading
from collections.abc import Callable, Mapping
from typing import Any

from darsgah_grader.guest import values
from darsgah_grader.guest.frames import Channel, ProtocolError
from darsgah_grader.guest.handed_objects import HandedObjects, PeerGone
from darsgah_grader.guest.stand_ins import StandIn

ASK, ANSWER = b"q", b"a"
LONGEST = 80 * 1024 * 1024
"""Bytes of one message."""

Operation = Callable[..., object]

_HEAD = struct.Struct("<II")
_DEEPEST = 60

_encode, _decode, _restore, _contents = values.encode, values.decode, values.restore, values.encode_contents


class Peer(HandedObjects):
    """One end. ``operations`` are what the other may ask for; objects in their arguments are one's own.

    ``lenient`` stand-ins let the other side compare its objects with plain data; the tests' end is not.
    """

    def __init__(self, operations: Mapping[str, Operation], *, lenient: bool) -> None:
        super().__init__(lenient=lenient)
        self._operations = dict(operations)
        self._channel: Channel | None = None
        self._sequence = 0
        self._depth = 0
        self._turn = threading.RLock()

    # -- the conversation ---------------------------------------------------------------------------------

    def connect(self, channel: Channel, number: int) -> None:
        """Speak over this channel from now on; ``number`` keeps the objects of different links apart."""
        self._number_from(number)
        self._channel = channel
        self._depth = 0

    def disconnect(self) -> None:
        """Let go of the channel; what is asked from now on fails."""
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()

    def serve(self) -> None:
        """Do what is asked until the other end lets go."""
        channel = self._connected()
        while (message := channel.receive()) is not None:
            if message.kind != ASK:
                raise PeerGone("an answer that nobody waits for")
            self._do(message.payload)

    def ask(self, op: str, *arguments: object) -> Any:
        """Have the other end do something; what it returns or raises is returned or raised here.

        Threads of the code on this side take turns.

        Raises:
            PeerGone: it never will.
        """
        with self._turn:
            channel = self._connected()
            self._sequence += 1
            sequence = self._sequence
            body, sent = _encode((op, *arguments), self._refer)
            self._send(ASK, sequence, self._extras(0, []), body)
            while True:
                message = self._receive(channel)
                if message.kind == ASK:
                    self._do(message.payload)
                    continue
                number, extras, body = self._split(message.payload)
                if message.kind != ANSWER or number != sequence:
                    raise PeerGone("an answer to something else")
                return self._answered(extras, body, sent)

    def _connected(self) -> Channel:
        if self._channel is None:
            raise PeerGone("the other side has ended")
        return self._channel

    def _receive(self, channel: Channel) -> Any:
        try:
            message = channel.receive()
        except (OSError, ProtocolError) as error:
            raise PeerGone(str(error)) from None
        if message is None:
            raise PeerGone("the other side has ended")
        return message

    def _send(self, kind: bytes, sequence: int, extras: bytes, body: bytes) -> None:
        try:
            self._connected().send(kind, _HEAD.pack(sequence, len(extras)) + extras + body)
        except OSError as error:
            raise PeerGone(str(error)) from None

    def _split(self, payload: bytes) -> tuple[int, bytes, bytes]:
        if len(payload) < _HEAD.size:
            raise PeerGone("a message that is too short")
        sequence, length = _HEAD.unpack_from(payload)
        body = _HEAD.size + length
        return sequence, payload[_HEAD.size : body], payload[body:]

    def _answered(self, extras: bytes, body: bytes, sent: list[object]) -> Any:
        try:
            status = self._take_extras(extras, sent)
            value, _ = _decode(body, self._resolve, sent)
        except values.NotPlainData as error:
            raise PeerGone(f"what came back cannot be read: {error}") from None
        if status:
            raise self._made_error(value)
        return value

    def _do(self, payload: bytes) -> None:
        """Do one thing that is asked, and answer."""
        sequence, extras, body = self._split(payload)
        status = 0
        changed: list[tuple[int, bytes]] = []
        made: list[object] = []
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                raise RecursionError("the two sides have called each other too often")  # noqa: TRY301 -- told to the other side like any error here
            self._take_extras(extras, [])
            request: Any
            request, made = self._requested(body)
            before = [_contents(container, self._refer, made) for container in made]
            op, *arguments = request if type(request) is tuple and request else ("",)
            value = self._operations[op](*arguments)
            answer, _ = _encode(value, self._refer, made)
            changed = self._changes(made, before)
        except PeerGone:
            raise
        except BaseException as error:  # noqa: BLE001 -- whatever it is, it is raised on the other side
            status, answer = 1, self._error_bytes(error, made)
        finally:
            self._depth -= 1
        self._send(ANSWER, sequence, self._extras(status, changed), answer)

    def _requested(self, body: bytes) -> tuple[object, list[object]]:
        """What is asked, and the containers that came with it."""
        return _decode(body, self._resolve)

    def _changes(self, containers: list[object], before: list[bytes]) -> list[tuple[int, bytes]]:
        changed = []
        for index in range(len(containers)):
            contents = _contents(containers[index], self._refer, containers)
            if contents != before[index]:
                changed.append((index, contents))
        return changed

    def may(self, reach: str) -> bool:
        """Whether this may be done to the other side's objects; see ``stand_ins.Asks``."""
        return True

    def doubt(self, stand_in: StandIn) -> None:
        """See ``stand_ins.Asks``."""

    def doubts(self, stand_in: StandIn) -> bool:
        """See ``stand_ins.Asks``."""
        return False

    # -- what goes with every message ---------------------------------------------------------------------

    def gather(self) -> tuple[object, ...]:
        """What this end has to tell beside the message itself; empty for nothing."""
        return ()

    def take(self, told: tuple[Any, ...]) -> None:
        """The other end's ``gather``."""

    def _extras(self, status: int, changed: list[tuple[int, bytes]]) -> bytes:
        told = self.gather()
        if not (status or changed or told):
            return b""
        return _encode((status, changed, told), self._refer)[0]

    def _take_extras(self, extras: bytes, sent: list[object]) -> int:
        """Take what came with a message; whether it says that something was raised."""
        if not extras:
            return 0
        found: Any
        found, _ = _decode(extras, self._resolve)
        try:
            status, changed, told = found
            if told:
                self.take(told)
            for index, contents in changed:
                _restore(sent[index], contents, self._resolve, sent)
        except (TypeError, ValueError, IndexError) as error:
            raise values.NotPlainData(f"not what comes with a message: {error}") from None
        return 1 if status else 0
