"""One end of the link between the two sandboxes of a submission that is graded split.

On one end stands the process with the learner's code, on the other the one with the tests. Each asks the
other to do something with an object that lives there (call it, read an attribute, add to it) and waits for
the answer; while it waits it does what the other asks in turn, so a function of the tests can be handed to
the learner's code and called from there.

Plain data crosses by value (``values``); a container that was handed over and changed by the other side is
changed here too, as if it were one. Everything else stays where it is and is known to the other end by a
number, behind a stand-in (``stand_ins``). What arrives is never believed: the tests' end decodes data,
makes stand-ins and raises exceptions, and runs nothing that the learner's end names. What each end does for
the other is said by its operations (``learner_side``, ``tests_side``).
"""

import struct
import threading
from collections.abc import Callable, Mapping
from typing import Any

from darsgah_grader.guest import stand_ins, values
from darsgah_grader.guest.frames import Channel, ProtocolError
from darsgah_grader.guest.shapes import (
    Shape,
    identifier,
    library_class,
    library_name,
    shape_from,
    shape_of_class,
    shape_parts,
)
from darsgah_grader.guest.stand_ins import StandIn

ASK, ANSWER = b"q", b"a"
LONGEST = 80 * 1024 * 1024
"""Bytes of one message."""

Operation = Callable[..., object]

_HEAD = struct.Struct("<II")
_LONGEST_TEXT = 4000
_MOST_OBJECTS = 200_000
_MOST_KEPT = 20_000
_DEEPEST = 60

_encode, _decode, _restore, _contents = values.encode, values.decode, values.restore, values.encode_contents
_is_stand_in, _number_of = stand_ins.is_stand_in, stand_ins.number_of


class PeerGone(BaseException):
    """The other end has ended, or speaks what no honest one would."""


class NotHere(values.NotPlainData):
    """An object that is asked for is not there any more: the process that had it has ended since."""


def _nothing(_value: object) -> bytes:
    raise values.NotPlainData("something that is no plain data stands where there is only that")


class Peer:
    """One end. ``operations`` are what the other may ask for; objects in their arguments are one's own.

    ``lenient`` stand-ins let the other side compare its objects with plain data; the tests' end is not.
    """

    def __init__(self, operations: Mapping[str, Operation], *, lenient: bool) -> None:
        self.lenient = lenient
        self._operations = dict(operations)
        self._channel: Channel | None = None
        self._first = 0
        self._next = 0
        self._sequence = 0
        self._depth = 0
        self._turn = threading.RLock()
        self._objects: dict[int, object] = {}
        self._numbers: dict[int, int] = {}
        self._received: dict[int, tuple[object, int]] = {}
        self._by_number: dict[int, object] = {}
        self._shapes: dict[type, bytes] = {}
        self._shapes_there: dict[bytes, Shape] = {}

    # -- the conversation ---------------------------------------------------------------------------------

    def connect(self, channel: Channel, number: int) -> None:
        """Speak over this channel from now on; ``number`` keeps the objects of different links apart."""
        if max(len(self._objects), len(self._by_number)) > _MOST_KEPT:
            self._forget_from(self._first)
        self._channel = channel
        self._first = number << 32
        self._next = max(self._next, self._first)
        self._depth = 0

    def _forget_from(self, first: int) -> None:
        """Forget the objects of the last link, which were so many that the next ones would lack room."""
        self._objects = {number: value for number, value in self._objects.items() if number < first}
        self._numbers = {id(value): number for number, value in self._objects.items()}
        self._by_number = {number: value for number, value in self._by_number.items() if number < first}
        self._received = {key: found for key, found in self._received.items() if found[1] < first}

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

    def holds(self, value: object) -> bool:
        """Whether an object has been handed to the other side; plain data never is."""
        return id(value) in self._numbers

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

    # -- objects ------------------------------------------------------------------------------------------

    def _refer(self, value: object) -> bytes:
        """What is sent for something that is no plain data."""
        if _is_stand_in(value) and stand_ins.peer_of(value) is self:  # type: ignore[arg-type] # just asked
            return self._plain(("y", _number_of(value)))  # type: ignore[arg-type] # just asked
        received = self._received.get(id(value))
        if received is not None:
            return self._plain(("y", received[1]))
        return self._plain(self.describe(value))

    @staticmethod
    def _plain(value: object) -> bytes:
        return _encode(value, _nothing)[0]

    def describe(self, value: object) -> tuple[object, ...]:
        """An object of one's own: its number and what its class is like."""
        number = self._number(value)
        if isinstance(value, BaseException):
            return ("e", number, self._error_parts(value))
        if isinstance(value, type) and issubclass(value, BaseException):
            bases = [_encode(base, self._refer)[0] for base in value.__bases__]
            return ("x", number, value.__name__, bases, library_name(value))
        cls = type(value)
        shape = self._shapes.get(cls)
        if shape is None:
            shape = self._shapes[cls] = self._plain(shape_parts(shape_of_class(cls)))
        return ("o", number, shape)

    def _new_number(self) -> int:
        self._next += 1
        return self._next

    def _number(self, value: object) -> int:
        number = self._numbers.get(id(value))
        if number is None:
            if len(self._objects) >= _MOST_OBJECTS:
                raise MemoryError("too many objects have been handed from one sandbox to the other")
            number = self._new_number()
            self._objects[number] = value
            self._numbers[id(value)] = number
        return number

    def _resolve(self, payload: bytes) -> object:
        """The object, or the stand-in, that a description means."""
        description, _ = _decode(payload, _no_reference)
        try:
            return self.resolve_described(description)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError) as error:
            raise values.NotPlainData(f"no description of an object: {error}") from None

    def resolve_described(self, description: Any) -> object:
        """The meaning of a description; any of the errors of a malformed one may be raised."""
        kind, number = description[0], description[1]
        if kind == "y":
            if number not in self._objects:
                raise NotHere(
                    "an object is gone: the process that held it has ended since it was handed over"
                )
            return self._objects[number]
        found = self._by_number.get(number)
        if found is not None:
            return found
        if len(self._by_number) >= _MOST_OBJECTS:
            raise PeerGone("too many objects")
        if kind == "o":
            return self._keep(number, stand_ins.make(self, number, self._shape_there(description[2])))
        if kind == "x":
            return self._keep(number, self._made_class(description))
        if kind == "e":
            return self._keep(number, self._made_error((*description[2], number)))
        raise values.NotPlainData("an object of an unknown kind")

    def _keep(self, number: int, value: object) -> object:
        self._by_number[number] = value
        if not _is_stand_in(value):
            self._received[id(value)] = (value, number)
        return value

    def _shape_there(self, described: bytes) -> Shape:
        shape = self._shapes_there.get(described)
        if shape is None:
            parts, _ = _decode(described, _no_reference)
            shape = self._shapes_there[described] = shape_from(parts)
        return shape

    # -- exceptions ---------------------------------------------------------------------------------------

    def _error_bytes(self, error: BaseException, known: list[object]) -> bytes:
        received = self._received.get(id(error))
        number = received[1] if received else self._number(error) if _has_more_than_arguments(error) else 0
        parts = (*self._error_parts(error), number, received is not None)
        try:
            return _encode(parts, self._refer, known)[0]
        except BaseException as problem:  # noqa: BLE001 -- what the learner's classes do to the encoding is told instead
            return self._plain(
                (RuntimeError, (), f"an error that cannot be told: {type(problem).__name__}", "", 0, False)
            )

    def _error_parts(self, error: BaseException) -> tuple[object, object, str, str]:
        """Class, arguments, text and the traceback of one's own code."""
        try:
            text = str(error)[:_LONGEST_TEXT]
        except BaseException:  # noqa: BLE001 -- a learner's __str__ may raise anything
            text = ""
        arguments: object = error.args
        try:
            _encode(arguments, self._refer)
        except BaseException:  # noqa: BLE001 -- as above: arguments that cannot cross are left out
            arguments = ()
        return type(error), arguments, text, self.trace(error)

    def trace(self, error: BaseException) -> str:
        """What the other side is shown of where an error came from."""
        return ""

    def _made_class(self, description: Any) -> type[BaseException]:
        """A class of exceptions that stands for one of the other side's, so that ``except`` knows it."""
        _, _, name, bases, library = description
        known = library_class(library)
        if isinstance(known, type) and issubclass(known, BaseException):
            return known
        found = [_decode(base, self._resolve)[0] for base in bases[:8]]
        parents = [base for base in found if isinstance(base, type) and issubclass(base, BaseException)]

        def attribute(error: BaseException, name: str) -> object:
            return self._attribute_of_error(error, name)

        members = {"__module__": "__main__", "__str__": _told_text, "__getattr__": attribute}
        return type(identifier(name), tuple(parents) or (Exception,), members)

    def _attribute_of_error(self, error: BaseException, name: str) -> object:
        received = self._received.get(id(error))
        if received is None or name.startswith("__") or name == "_told":
            raise AttributeError(f"'{type(error).__name__}' object has no attribute '{name}'")
        return self.ask("get", error, name)

    def _made_error(self, parts: Any) -> BaseException:
        try:
            cls, arguments, text, trace, number, *mine = parts
            if mine and mine[0] is True and number in self._objects:
                found = self._objects[number]
                return found if isinstance(found, BaseException) else RuntimeError(str(text))
        except (TypeError, ValueError):
            raise PeerGone("an error that cannot be read") from None
        if not (isinstance(cls, type) and issubclass(cls, BaseException)) or type(arguments) is not tuple:
            cls, arguments = RuntimeError, (str(text),)
        try:
            error: BaseException = cls(*arguments)
        except BaseException:  # noqa: BLE001 -- a builtin class with rules for its arguments, which these do not meet
            error = RuntimeError(f"{cls.__name__}: {text}")
        if getattr(cls, "__str__", None) is _told_text:
            error._told = str(text)  # type: ignore[attr-defined] # read by the class made above
        if number:
            self._received[id(error)] = (error, number)
        if trace and isinstance(trace, str):
            error.add_note(trace[:_LONGEST_TEXT])
        return error


def _no_reference(_payload: bytes) -> object:
    raise values.NotPlainData("a description inside a description")


def _told_text(error: BaseException) -> str:
    return str(vars(error).get("_told", "")) or Exception.__str__(error)


def _has_more_than_arguments(error: BaseException) -> bool:
    return type(error).__module__ != "builtins" or bool(error.__dict__)
