"""What stands on one end of a link for an object of the other: everything done to it is done there.

A stand-in has exactly the special methods that its object's class has, so that ``len``, ``iter``, ``with``,
``callable`` and their like answer as they would for the object itself. It is never what it says that it is:
compared with plain data it is equal to none, unless its class extends a plain type, and then it is the plain
value that is compared, here. An object of the learner's that is equal to everything gains nothing by that.
"""

import operator
import re
import types
from collections.abc import Callable, Generator
from typing import Any, Protocol

from darsgah_grader.guest.shapes import BINARY, FORWARDED, PLAIN_BASES, Shape

_OWN = frozenset({"__deepcopy__", "__reduce_ex__"})
"""Looked for on an object, where others are looked for on its class."""

_SEQUENCES = frozenset({"str", "bytes", "bytearray", "list", "tuple"})
_COMPARING = ("eq", "ne", "lt", "le", "gt", "ge")
_ORDERING = ("__lt__", "__le__", "__gt__", "__ge__")
HANDING_OVER = frozenset(
    {
        "__contains__",
        *(f"__{before}{name}__" for name in BINARY for before in ("", "r", "i")),
    }
)
"""Special methods that hand the other operand to the object: it could be what a test expects."""

_VERDICTS = re.compile(r"is(?!o)|has|(?:all|any|equals|empty|startswith|endswith)$")
"""Names of attributes that answer yes or no. An object that answers yes to whatever it is asked gains by no
other name; where the reference's result was plain data these are not asked of a learner's object."""

_READING = frozenset(
    (
        *("count", "index", "copy", "get", "items", "keys", "values", "isdisjoint", "issubset", "issuperset"),
        *("union", "intersection", "difference", "symmetric_difference"),
    )
)
"""Methods of the changing plain types that change nothing."""

_UNCHANGING = frozenset({"bool", "int", "float", "complex", "str", "bytes"})

_ALWAYS = frozenset({"__eq__", "__ne__", "__hash__", *_ORDERING})


class Asks(Protocol):
    """The end of a link, as its stand-ins see it; ``lenient`` lets the other side compare with plain data."""

    lenient: bool

    def may(self, reach: str) -> bool:
        """Whether a test may do this to the other's objects.

        ``.name`` is an attribute, ``__name__`` a special method; other things are called what they are.
        """
        ...

    def doubt(self, stand_in: "StandIn") -> None:
        """Note that it was reached by a name that is not known to be meant."""

    def doubts(self, stand_in: "StandIn") -> bool:
        """Whether it was: then it is handed nothing."""
        ...

    def ask(self, op: str, *arguments: object) -> Any:
        """Have the other end do something and return, or raise, what came of it."""


class StandInType(type):
    """The type of every stand-in's class: how a stand-in is recognised."""


class StandIn(metaclass=StandInType):
    """For one object of the other side; made by ``make``."""

    __slots__ = ("_base", "_number", "_peer", "_shape")
    _base: object
    _number: int
    _peer: Asks
    _shape: Shape

    def __getattribute__(self, name: str) -> Any:
        if name == "__class__":
            return _class_of(self)
        if name in _OWN:
            return object.__getattribute__(self, name)
        peer = peer_of(self)
        meant = peer.may(f".{name}")
        if not meant and name.startswith("__"):
            raise _no_attribute(self, name)
        if not meant and _is_of_base(self, name):
            return getattr(_base_of(self), name)
        if not meant and _VERDICTS.match(name):
            raise _no_attribute(self, name)
        value = peer.ask("get", self, name)
        if not meant and is_stand_in(value):
            peer.doubt(value)
        return value

    def __setattr__(self, name: str, value: object) -> None:
        if not peer_of(self).may(f".{name}"):
            raise _no_attribute(self, name)
        peer_of(self).ask("put", self, name, value)

    def __delattr__(self, name: str) -> None:
        peer_of(self).ask("drop", self, name)

    def __dir__(self) -> list[str]:
        return [str(name) for name in peer_of(self).ask("dir", self)]

    def __eq__(self, other: object) -> Any:
        if self is other and "__eq__" not in shape_of(self).specials:
            return True
        return _compare(self, other, "__eq__")

    def __ne__(self, other: object) -> Any:
        if "__ne__" in shape_of(self).specials and is_stand_in(other):
            return peer_of(self).ask("special", self, "__ne__", (other,))
        equal = StandIn.__eq__(self, other)
        return NotImplemented if equal is NotImplemented else not equal

    def __lt__(self, other: object) -> Any:
        return _compare(self, other, "__lt__")

    def __le__(self, other: object) -> Any:
        return _compare(self, other, "__le__")

    def __gt__(self, other: object) -> Any:
        return _compare(self, other, "__gt__")

    def __ge__(self, other: object) -> Any:
        return _compare(self, other, "__ge__")

    def __hash__(self) -> int:
        shape = shape_of(self)
        if not shape.hashable:
            raise TypeError(f"unhashable type: '{shape.name}'")
        if "__hash__" in shape.specials:
            return int(peer_of(self).ask("special", self, "__hash__", ()))
        return object.__hash__(self)

    def __str__(self) -> str:
        return str(peer_of(self).ask("special", self, "__str__", ()))

    def __repr__(self) -> str:
        return str(peer_of(self).ask("special", self, "__repr__", ()))

    def __format__(self, specification: str) -> str:
        return str(peer_of(self).ask("special", self, "__format__", (specification,)))

    def __copy__(self) -> Any:
        return peer_of(self).ask("copy", self)

    def __deepcopy__(self, memo: object) -> Any:
        return peer_of(self).ask("deepcopy", self)

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError(f"'{shape_of(self).name}' lives in the other sandbox and cannot be pickled")


number_of: Callable[[StandIn], int] = StandIn.__dict__["_number"].__get__
peer_of: Callable[[StandIn], Asks] = StandIn.__dict__["_peer"].__get__
shape_of: Callable[[StandIn], Shape] = StandIn.__dict__["_shape"].__get__
_set_number = StandIn.__dict__["_number"].__set__
_set_peer = StandIn.__dict__["_peer"].__set__
_set_shape = StandIn.__dict__["_shape"].__set__
_kept_base, _keep_base = StandIn.__dict__["_base"].__get__, StandIn.__dict__["_base"].__set__
_type = type


def is_stand_in(value: object) -> bool:
    """Whether this is one, whatever it says of itself."""
    return _type(_type(value)) is StandInType


def make(peer: Asks, number: int, shape: Shape) -> StandIn:
    """The stand-in for the object that the other side knows by ``number``."""
    made: StandIn = object.__new__(_class_for(shape))  # type: ignore[arg-type] # a class of stand-ins
    _set_number(made, number)
    _set_peer(made, peer)
    _set_shape(made, shape)
    return made


def _compare(mine: StandIn, other: object, special: str) -> Any:
    """Compare two objects of the other side there, and a plain value only with a plain value."""
    shape, peer = shape_of(mine), peer_of(mine)
    if special in shape.specials and (peer.lenient or is_stand_in(other)):
        return peer.ask("special", mine, special, (other,))
    if shape.base and not is_stand_in(other):
        return _by_base(mine, special, (other,))
    return NotImplemented


def _base_of(mine: StandIn) -> Any:
    """The plain value of an object whose class extends a plain type.

    One that cannot change is asked for once: otherwise it could be on the right side of every bound in turn.
    """
    try:
        return _kept_base(mine)
    except AttributeError:
        base = shape_of(mine).base
    value = peer_of(mine).ask("base", mine)
    if _type(value) is not PLAIN_BASES[base]:
        raise TypeError(f"'{shape_of(mine).name}' has no plain value of type '{base}'")
    if base in _UNCHANGING:
        _keep_base(mine, value)
    return value


def _by_base(mine: StandIn, special: str, arguments: tuple[object, ...]) -> Any:
    """What the plain type that its class extends does with the other operand."""
    base, (other, *_) = _base_of(mine), arguments
    name = special.strip("_")
    if name in BINARY or name in _COMPARING or name == "contains":
        return _operation(name)(base, other)
    if name[1:] in BINARY:
        return _operation(name[1:])(*((other, base) if name[0] == "r" else (base, other)))
    return NotImplemented


def _operation(name: str) -> Callable[[Any, Any], Any]:
    found: Callable[[Any, Any], Any] = divmod if name == "divmod" else getattr(operator, f"__{name}__")
    return found


def _added_before(mine: StandIn, other: object) -> Any:
    """Text and sequences are added without an ``__radd__``, which only a stand-in needs."""
    return _by_base(mine, "__radd__", (other,))


def _is_of_base(mine: StandIn, name: str) -> bool:
    """Whether the plain type has an attribute that can be had of a copy of the value."""
    base = shape_of(mine).base
    kind = PLAIN_BASES.get(base)
    changing = base in {"list", "dict", "set", "bytearray"}
    return kind is not None and hasattr(kind, name) and (not changing or name in _READING)


def _class_of(mine: StandIn) -> Any:
    shape = shape_of(mine)
    if shape.real and (shape.kind or shape.ancestors[0].endswith(f":{shape.name}")):
        return shape.real[0]
    return peer_of(mine).ask("class", mine)


def _no_attribute(mine: StandIn, name: str) -> AttributeError:
    return AttributeError(f"'{shape_of(mine).name}' object has no attribute '{name}' that this test may use")


def _leave(mine: StandIn, arguments: tuple[object, ...]) -> Any:
    """Leave a context. An error that the reference's was not told of is not told, and not swallowed."""
    peer = peer_of(mine)
    kind = arguments[0] if arguments else None
    if kind is None or peer.may(f"__exit__ of {getattr(kind, '__name__', '')}"):
        return peer.ask("special", mine, "__exit__", arguments)
    peer.ask("special", mine, "__exit__", (None, None, None))
    return False


def _forwarder(special: str) -> Callable[..., Any]:
    hands_over = special in HANDING_OVER

    def forward(self: StandIn, *arguments: object, **named: object) -> Any:
        peer = peer_of(self)
        if special == "__call__":
            if (arguments or named) and peer.doubts(self):
                raise TypeError("a plain value was expected here, and this method is not one of its own")
            return peer.ask("call", self, arguments, named)
        if special == "__exit__":
            return _leave(self, arguments)
        if hands_over and not (arguments and is_stand_in(arguments[0])) and not peer.may(special):
            if shape_of(self).base:
                return _by_base(self, special, arguments)
            if special == "__contains__":
                raise TypeError(f"argument of type '{shape_of(self).name}' is not one that this test may ask")
            return NotImplemented
        return peer.ask("special", self, special, arguments)

    forward.__name__ = special
    return forward


def _instance_check(self: StandIn, instance: object) -> bool:
    return bool(peer_of(self).ask("isinstance", instance, self)) if is_stand_in(instance) else False


def _subclass_check(self: StandIn, candidate: object) -> bool:
    return bool(peer_of(self).ask("issubclass", candidate, self)) if is_stand_in(candidate) else False


def _no_base(self: StandIn, bases: object) -> Any:
    raise TypeError(
        f"'{shape_of(self).name}' lives in the other sandbox: no class can be derived from it here"
    )


def _await(self: StandIn) -> Generator[None, None, Any]:
    yield from ()  # a generator, as ``await`` wants it
    return peer_of(self).ask("await", self)


_FORWARDERS = {special: _forwarder(special) for special in FORWARDED - _ALWAYS}
_CLASS_METHODS = {
    "__call__": _FORWARDERS["__call__"],
    "__instancecheck__": _instance_check,
    "__subclasscheck__": _subclass_check,
    "__mro_entries__": _no_base,
}
_classes: dict[tuple[str, str, str, frozenset[str]], StandInType] = {}


def _class_for(shape: Shape) -> StandInType:
    key = (shape.name, shape.kind, shape.base, shape.specials)
    if key not in _classes:
        methods: dict[str, Any] = {"__slots__": ()}
        methods |= {name: _FORWARDERS[name] for name in shape.specials if name in _FORWARDERS}
        if shape.base in _SEQUENCES:
            methods.setdefault("__radd__", _added_before)
        if shape.kind == "class":
            methods |= _CLASS_METHODS
        if shape.kind == "coroutine":
            methods["__await__"] = _await
        _classes[key] = StandInType(shape.name, (StandIn,), methods)
    return _classes[key]


class TypeName:
    """Stands for the name ``type`` in tests: of a stand-in it gives the class of the object itself."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """The type of one argument, or a new class of three."""
        if len(arguments) == 1 and is_stand_in(arguments[0]):
            return arguments[0].__class__
        return _type(*arguments, **named)

    def __instancecheck__(self, instance: object) -> bool:
        return is_instance(instance, _type)

    def __subclasscheck__(self, candidate: type) -> bool:
        return issubclass(candidate, _type)

    def __mro_entries__(self, bases: object) -> tuple[type]:
        return (_type,)

    def __getattr__(self, name: str) -> Any:
        return getattr(_type, name)

    def __eq__(self, other: object) -> bool:
        return other is self or other is _type

    def __hash__(self) -> int:
        return hash(_type)


def is_instance(value: object, classes: Any) -> bool:
    """``isinstance`` for tests: a stand-in is an instance of what its object is one of."""
    if isinstance(classes, tuple):
        return any(is_instance(value, each) for each in classes)
    if isinstance(classes, types.UnionType):
        return is_instance(value, classes.__args__)
    if not is_stand_in(value) or is_stand_in(classes):
        return isinstance(value, classes)
    if classes is object:
        return True
    return any(issubclass(known, classes) for known in shape_of(value).real)  # type: ignore[arg-type] # checked
