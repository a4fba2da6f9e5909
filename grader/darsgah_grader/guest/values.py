"""Plain data, by value, between the sandbox of the learner's code and that of the tests.

The learner's process is hostile: it writes any bytes it likes. Reading them runs no code of theirs, imports
nothing that they name, and ends in a value or in NotPlainData. What crosses is decided by the exact type of a
value (a subclass may lie); everything else is handed to ``refer``, and ``resolve`` makes a stand-in of what
that returned. Both sides number the mutable containers of a message in the same order, which is how a caller
copies back what the called function changed: it compares ``encode_contents`` of the containers that it sent
before and after, and sends those that differ to be put in place by ``restore``.

The format is in ``wire``, the types in ``atoms``, ``containers``, ``arrays`` (NumPy), ``columns`` and
``tables`` (pandas).
A stand-in that is the key of a dict or in a set is hashed when it is read: its hash is its maker's business.
Keys that collide on purpose cost the reader time, not memory: a limit on processor time must be around it.
"""

import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import NoReturn

from darsgah_grader.guest import arrays, atoms, containers, tables
from darsgah_grader.guest.wire import (
    AGAIN,
    REFERRED,
    NotPlainData,
    Read,
    Reading,
    Refer,
    Resolve,
    Write,
    Writing,
)

__all__ = ["NotPlainData", "Refer", "Resolve", "decode", "encode", "encode_contents", "prepare", "restore"]

_Writers = Callable[[ModuleType], dict[type, Write]]
_Types = Callable[[ModuleType], dict[str, type]]
_Replacers = Callable[[ModuleType], dict[type, containers.Replace]]


class _ByType(dict[int, Write]):
    """What writes a value, by the identity of its type; types are kept so that no other gets the identity."""

    def __init__(self, writers: dict[type, Write]) -> None:
        self.kept: list[type] = []
        self.add(writers)

    def add(self, writers: dict[type, Write]) -> None:
        """Take writers for more types."""
        self.kept.extend(writers)
        self.update((id(kind), write) for kind, write in writers.items())

    def __missing__(self, _kind: int) -> Write:
        return _write_other


def _write_other(w: Writing, value: object) -> None:
    if prepare() and id(type(value)) in _WRITERS:
        w.put(value)
    else:
        w.stand_in(value)


def _write_type(w: Writing, value: type) -> None:
    name = atoms.TYPE_NAMES.get(id(value))
    if name is None and prepare():
        name = atoms.TYPE_NAMES.get(id(value))
    if name is None:
        w.stand_in(value)
    else:
        w.out += b"t"
        w.text(name)


def _no_reader(_r: Reading) -> NoReturn:
    raise NotPlainData("The message holds a kind of value that there is not.")


def _read_type(r: Reading) -> type:
    name = r.text()
    if name not in atoms.NAMED_TYPES:
        if name.startswith("numpy."):
            arrays.library("numpy")
        elif name.startswith("pandas."):
            arrays.library("pandas")
        prepare()
    return atoms.NAMED_TYPES[name]


def _by_tag() -> list[Read]:
    readers: list[Read] = [_no_reader] * 128
    tagged = atoms.READERS | containers.READERS | arrays.READERS | tables.READERS
    tagged |= {b"t": _read_type, AGAIN: Reading.again, REFERRED: lambda r: r.resolve(r.blob())}
    for tag, read in tagged.items():
        readers[ord(tag)] = read
    return readers


_LIBRARIES: dict[str, tuple[_Writers, _Types, _Replacers]] = {
    "numpy": (arrays.array_writers, arrays.array_types, arrays.array_replacers),
    "pandas": (tables.table_writers, tables.table_types, tables.table_replacers),
}
_prepared: set[str] = set()
_WRITERS = _ByType(
    atoms.WRITERS | containers.WRITERS | dict.fromkeys(map(type, atoms.NAMED_TYPES.values()), _write_type)
)
_READERS = _by_tag()
_REPLACE = dict(containers.REPLACE)


def prepare() -> bool:
    """Take note of the types of NumPy and pandas where they are imported: best before a learner's code runs.

    Values of a library that is imported later are recognised when they are met. True if a library is new.
    """
    found = False
    for name, (writers, types, replace) in _LIBRARIES.items():
        module = sys.modules.get(name)
        if module is None or name in _prepared:
            continue
        _prepared.add(name)
        try:
            named, written, replaced = types(module), writers(module), replace(module)
        except Exception:  # noqa: BLE001, S112 -- a learner's own module of that name may raise anything; its values are not plain
            continue
        found = True
        _WRITERS.add(written | dict.fromkeys(map(type, named.values()), _write_type))
        _REPLACE.update(replaced)
        atoms.NAMED_TYPES.update(named)
        atoms.TYPE_NAMES.update((id(kind), name) for name, kind in named.items())
    return found


def encode(value: object, refer: Refer, known: Sequence[object] = ()) -> tuple[bytes, list[object]]:
    """The message for a value, and the mutable containers in it that are not ``known``, in order.

    ``known`` are containers that both sides hold, in the same order. NotPlainData where a limit is exceeded;
    what ``refer`` raises passes through.
    """
    writing = Writing(_WRITERS, refer, known)
    try:
        writing.put(value)
    except RecursionError:
        raise NotPlainData("There is too little of the stack left to send the data.") from None
    return writing.message(), writing.met


def decode(data: bytes, resolve: Resolve, known: Sequence[object] = ()) -> tuple[object, list[object]]:
    """The value of a message, and the mutable containers that were made, in the order of the other side's.

    NotPlainData, and nothing else, for whatever no honest sender writes, also where ``resolve`` fails.
    """
    return _read(data, resolve, known)


def encode_contents(container: object, refer: Refer, known: Sequence[object]) -> bytes:
    """What a container of ``known`` holds now: other known containers by their number, new ones by value.

    ``known`` is best the very list that ``encode`` or ``decode`` returned, which has its numbers at hand.
    The same contents give the same bytes within one process, but a set may take another order on its way back
    to what it was.
    """
    writing = Writing(_WRITERS, refer, known)
    writing.tell_again(container)
    try:
        writing.put(container)
    except RecursionError:
        raise NotPlainData("There is too little of the stack left to send the data.") from None
    return writing.message()


def restore(container: object, data: bytes, resolve: Resolve, known: Sequence[object]) -> None:
    """Put contents, from ``encode_contents`` of the other side, into this side's container, in place.

    NotPlainData, and an unchanged container, where they can't be: for a container of another type, an array
    of another shape or dtype.
    """
    fresh, _made = _read(data, resolve, known)
    prepare()
    replace = _REPLACE.get(type(container))
    if replace is None or type(fresh) is not type(container):
        raise NotPlainData("The contents are of another type than the container.")
    try:
        replace(container, fresh)
    except (ValueError, TypeError, BufferError) as error:
        raise NotPlainData("The container does not take other contents.") from error


def _read(data: bytes, resolve: Resolve, known: Sequence[object]) -> tuple[object, list[object]]:
    reading = Reading(_READERS, data, resolve, known)
    try:
        value = reading.take()
    except NotPlainData:
        raise
    except Exception as error:
        # The bytes are hostile: whatever a constructor says of them, they are malformed.
        raise NotPlainData(f"The message is malformed ({type(error).__name__}).") from error
    reading.finish()
    return value, reading.made
