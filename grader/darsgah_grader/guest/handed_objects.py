"""The objects of a link: what one end has handed to the other, what it was handed, how both are described.

Numbers are given by whoever has the object. What is no plain data goes as a description: an object with the
shape of its class, a class of exceptions, an exception with its text and its arguments. Of what arrives
only classes of libraries are looked up by name (``shapes``); all else becomes a stand-in, or an exception
made here.
"""

from typing import Any

from darsgah_grader.guest import stand_ins, values
from darsgah_grader.guest.shapes import (
    Shape,
    identifier,
    library_class,
    library_name,
    shape_from,
    shape_of_class,
    shape_parts,
)
from darsgah_grader.guest.stand_ins import Asks

_LONGEST_TEXT = 4000
_MOST_OBJECTS = 200_000
_MOST_KEPT = 20_000

_encode, _decode = values.encode, values.decode
_is_stand_in, _number_of = stand_ins.is_stand_in, stand_ins.number_of


class PeerGone(BaseException):
    """The other end has ended, or speaks what no honest one would."""


class NotHere(values.NotPlainData):
    """An object that is asked for is not there any more: the process that had it has ended since."""


class HandedObjects(Asks):
    """Those of one end, for whoever speaks with the other: that is ``Peer``."""

    def __init__(self, *, lenient: bool) -> None:
        self.lenient = lenient
        self._first = 0
        self._next = 0
        self._objects: dict[int, object] = {}
        self._numbers: dict[int, int] = {}
        self._received: dict[int, tuple[object, int]] = {}
        self._by_number: dict[int, object] = {}
        self._shapes: dict[type, bytes] = {}
        self._shapes_there: dict[bytes, Shape] = {}

    def holds(self, value: object) -> bool:
        """Whether an object has been handed to the other side; plain data never is."""
        return id(value) in self._numbers

    # -- numbers ------------------------------------------------------------------------------------------

    def _number_from(self, link: int) -> None:
        """Give numbers from now on that no other link's objects have."""
        if max(len(self._objects), len(self._by_number)) > _MOST_KEPT:
            self._forget_from(self._first)
        self._first = link << 32
        self._next = max(self._next, self._first)

    def _forget_from(self, first: int) -> None:
        """Forget the objects of the last link, which were so many that the next ones would lack room."""
        self._objects = {number: value for number, value in self._objects.items() if number < first}
        self._numbers = {id(value): number for number, value in self._objects.items()}
        self._by_number = {number: value for number, value in self._by_number.items() if number < first}
        self._received = {key: found for key, found in self._received.items() if found[1] < first}

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

    # -- descriptions -------------------------------------------------------------------------------------

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


def _nothing(_value: object) -> bytes:
    raise values.NotPlainData("something that is no plain data stands where there is only that")


def _no_reference(_payload: bytes) -> object:
    raise values.NotPlainData("a description inside a description")


def _told_text(error: BaseException) -> str:
    return str(vars(error).get("_told", "")) or Exception.__str__(error)


def _has_more_than_arguments(error: BaseException) -> bool:
    return type(error).__module__ != "builtins" or bool(error.__dict__)
