"""The bytes in which plain data crosses between two sandboxes: limits, and the state of one message.

A value is a tag byte and what that tag needs; integers from -64 to 63 are one byte of 128 and more. A count
is one byte below 255, or 255 and eight bytes. Mutable containers are numbered in the order in which they
first appear, after those that both sides hold already, and a second appearance is the number alone. The
reader believes nothing: a declared count is compared with the bytes that are there before anything is made
for it, nesting is counted and not left to the interpreter's stack, and no name is looked up anywhere but in
fixed tables. What one message can make the reader allocate is bounded by LONGEST and by MOST_ITEMS (an item
costs a reader some tens of bytes, the emptiest container about a hundred times the bytes that declare it).
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

LONGEST = 64 * 1024 * 1024
"""Bytes in a message."""
DEEPEST = 200
"""Containers in containers."""
MOST_ITEMS = 4_000_000
"""Elements in a message, all containers together; each container counts as CONTAINER more."""
CONTAINER = 4
TABLE = 50
"""What a pandas object counts as, for it weighs some kilobytes even when empty."""
MOST_BITS = 100_000
"""Bits in an integer: about thirty thousand decimal digits."""

Refer = Callable[[object], bytes]
"""Makes an opaque payload for what is not plain data; may raise."""
Resolve = Callable[[bytes], object]
"""Makes a stand-in for what the other side's Refer described."""
Write = Callable[["Writing", Any], None]
Read = Callable[["Reading"], Any]

REFERRED = b"@"
AGAIN = b"="

_unpack_long = struct.Struct("<Q").unpack_from
_pack_long = struct.Struct("<Q").pack

# Taken before a learner's code can put something else in their place.
_type, _id, _len = type, id, len


class NotPlainData(ValueError):  # noqa: N818 -- the name says what is the matter; it is part of the interface
    """A value that cannot cross, or bytes that no honest sender wrote."""


def too_long() -> NotPlainData:
    """The error for a message over LONGEST."""
    return NotPlainData(
        f"The data is larger than {LONGEST // 1024 // 1024} MiB, the most that can cross at once."
    )


def too_deep() -> NotPlainData:
    """The error for nesting over DEEPEST."""
    return NotPlainData(f"The data is nested more than {DEEPEST} levels deep.")


def too_many() -> NotPlainData:
    """The error for more than MOST_ITEMS elements."""
    return NotPlainData(f"The data has more than {MOST_ITEMS:,} elements, the most that can cross at once.")


class Containers(list[object]):
    """The mutable containers of a message, in order; knows each one's number without looking through all."""

    __slots__ = ("_numbers",)
    _numbers: dict[int, int]

    def numbers(self) -> dict[int, int]:
        """The number of each container, by identity."""
        try:
            numbers = self._numbers
        except AttributeError:
            numbers = self._numbers = {}
        if _len(numbers) < _len(self):
            numbers.update({_id(each): number for number, each in enumerate(self)})
        return numbers


def _numbers_of(known: Sequence[object]) -> Mapping[int, int]:
    if not known:
        return {}
    return (known if isinstance(known, Containers) else Containers(known)).numbers()


class Writing:
    """A message being written. ``met`` are the mutable containers that were new, in order."""

    __slots__ = ("_held", "_known", "_numbers", "_retold", "depth", "items", "met", "out", "refer", "writers")

    def __init__(self, writers: Mapping[int, Write], refer: Refer, known: Sequence[object]) -> None:
        self.writers = writers
        self.refer = refer
        self.out = bytearray()
        self.met = Containers()
        self.depth = DEEPEST
        self.items = MOST_ITEMS
        self._known = known
        self._retold: object = self
        self._held: Mapping[int, int] | None = None
        self._numbers: dict[int, int] = {}

    def put(self, value: object) -> None:
        """Write any value."""
        self.writers[_id(_type(value))](self, value)

    def count(self, number: int) -> None:
        """Write a number that is not negative."""
        if number < 255:
            self.out.append(number)
        else:
            self.out += b"\xff" + _pack_long(number)

    def blob(self, data: bytes) -> None:
        """Write bytes with their length."""
        size = _len(data)
        out = self.out
        if size < 128:
            out.append(size)
        else:
            if size + _len(out) > LONGEST:
                raise too_long()
            self.count(size)
        out += data

    def text(self, text: str) -> None:
        """Write text; half surrogate pairs stay as they are."""
        try:
            data = text.encode()
        except UnicodeEncodeError:
            data = text.encode("utf-8", "surrogatepass")
        self.blob(data)

    def integer(self, number: int) -> None:
        """Write an integer of any size up to MOST_BITS, without a tag."""
        bits = number.bit_length()
        if bits > MOST_BITS:
            raise NotPlainData(f"An integer has more than {MOST_BITS:,} bits.")
        self.blob(number.to_bytes(bits // 8 + 1, "little", signed=True))

    def begin(self, tag: bytes, size: int) -> None:
        """Write the head of what holds ``size`` values; after them ``depth`` goes up by one again."""
        self.depth -= 1
        self.items -= size + CONTAINER
        if self.depth < 0:
            raise too_deep()
        if self.items < 0:
            raise too_many()
        out = self.out
        if _len(out) > LONGEST:
            raise too_long()
        out += tag
        if size < 255:
            out.append(size)
        else:
            self.count(size)

    def weigh(self, items: int) -> None:
        """Count what is heavier than its bytes."""
        self.items -= items
        if self.items < 0:
            raise too_many()

    def number(self, container: object) -> int | None:
        """The number of a container met or known before; otherwise it gets the next, and None is returned."""
        held = self._held
        if held is None:
            held = self._held = _numbers_of(self._known)
        found = held.get(_id(container))
        if found is None:
            found = self._numbers.get(_id(container))
            if found is None:
                self._numbers[_id(container)] = _len(self._known) + _len(self.met)
                self.met.append(container)
        return found

    def tell_again(self, container: object) -> None:
        """Have a known container's contents written, once, where its number would be."""
        self._retold = container
        self.met.append(container)  # the reader numbers what it makes of them

    def seen(self, container: object) -> bool:
        """Whether the container was met or is known, in which case its number is written."""
        if container is self._retold:
            self._retold = self
            return False
        found = self.number(container)
        if found is None:
            return False
        self.out += AGAIN
        self.count(found)
        return True

    def stand_in(self, value: object) -> None:
        """Let the other side have a stand-in for what is not plain data."""
        payload = self.refer(value)
        self.out += REFERRED
        self.blob(payload)

    def message(self) -> bytes:
        """What was written."""
        if _len(self.out) > LONGEST:
            raise too_long()
        return bytes(self.out)


class Reading:
    """A message being read. ``made`` are the mutable containers that it brought, in order."""

    __slots__ = ("_known", "_readers", "_unfinished", "data", "depth", "items", "made", "place", "resolve")

    def __init__(
        self, readers: Sequence[Read], data: bytes, resolve: Resolve, known: Sequence[object]
    ) -> None:
        if _len(data) > LONGEST:
            raise too_long()
        self._readers = readers
        self.data = data
        self.place = 0
        self.resolve = resolve
        self.made = Containers()
        self.depth = DEEPEST
        self.items = MOST_ITEMS
        self._known = known
        self._unfinished = object()

    def take(self) -> Any:  # noqa: ANN401 -- any plain value
        """Read any value."""
        tag = self.data[self.place]
        self.place += 1
        if tag > 127:
            return tag - 192
        return self._readers[tag](self)

    def count(self) -> int:
        """Read a number that is not negative."""
        number = self.data[self.place]
        self.place += 1
        if number == 255:
            (number,) = _unpack_long(self.data, self.place)
            self.place += 8
        return number

    def raw(self, size: int) -> bytes:
        """The next ``size`` bytes."""
        start = self.place
        self.place = end = start + size
        if end > _len(self.data):
            raise NotPlainData("The message ends too early.")
        return self.data[start:end]

    def blob(self) -> bytes:
        """Read bytes with their length."""
        return self.raw(self.count())

    def text(self) -> str:
        """Read text."""
        return str(self.blob(), "utf-8", "surrogatepass")

    def integer(self) -> int:
        """Read an integer that came without a tag."""
        data = self.blob()
        if _len(data) > MOST_BITS // 8 + 1:
            raise NotPlainData(f"An integer has more than {MOST_BITS:,} bits.")
        return int.from_bytes(data, "little", signed=True)

    def begin(self) -> int:
        """Read the head of what holds values: how many; after them ``depth`` goes up by one again."""
        size = self.count()
        self.depth -= 1
        if self.depth < 0:
            raise too_deep()
        self.items -= size + CONTAINER
        if self.items < 0:
            raise too_many()
        if size > _len(self.data) - self.place:
            raise NotPlainData("The message promises more elements than it has bytes.")
        return size

    def weigh(self, items: int) -> None:
        """Count what is heavier than its bytes."""
        self.items -= items
        if self.items < 0:
            raise too_many()

    def reserve(self) -> int:
        """A number for a container that cannot be made before what it holds."""
        self.made.append(self._unfinished)
        return _len(self.made) - 1

    def again(self) -> Any:  # noqa: ANN401 -- any container
        """Read the number of a container that both sides hold."""
        place = self.count()
        first = _len(self._known)
        found = self._known[place] if place < first else self.made[place - first]
        if found is self._unfinished:
            raise NotPlainData("A table holds itself.")
        return found

    def finish(self) -> None:
        """Check that nothing is left over."""
        if self.place != _len(self.data):
            raise NotPlainData("The message has bytes left over.")
