"""The standard library's containers: how each is written, read, and given new contents in place.

A writer asks whether the container was met before, then writes what it holds; a reader makes it empty and
numbers it before it reads what it holds, so that a container may hold itself.
"""

import collections
from collections.abc import Callable, Iterable
from typing import Any

from darsgah_grader.guest.wire import CONTAINER, NotPlainData, Read, Reading, Write, Writing

_id, _type, _len, _tuple = id, type, len, tuple
_Ordered, _Counter = collections.OrderedDict, collections.Counter
_Default, _Deque = collections.defaultdict, collections.deque
_FACTORIES = (None, int, float, str, list, dict, set, tuple, bool)
"""What a defaultdict may make; one with any other factory is referred."""
_ROOM = 10
"""What a deque counts as besides its elements: even an empty one has room for 64."""

Replace = Callable[[Any, Any], None]
"""Puts what the second container holds into the first, which stays the object it is."""


def _write_elements(w: Writing, elements: Iterable[object]) -> None:
    writers = w.writers
    for element in elements:
        writers[_id(_type(element))](w, element)
    w.depth += 1


def _write_pairs(w: Writing, pairs: Iterable[tuple[object, object]]) -> None:
    writers = w.writers
    for key, element in pairs:
        writers[_id(_type(key))](w, key)
        writers[_id(_type(element))](w, element)
    w.depth += 1


def _write_tuple(w: Writing, value: tuple[object, ...]) -> None:
    w.begin(b"(", _len(value))
    _write_elements(w, value)


def _write_frozenset(w: Writing, value: frozenset[object]) -> None:
    w.begin(b"<", _len(value))
    _write_elements(w, value)


def _write_slice(w: Writing, value: slice) -> None:
    w.begin(b":", 3)
    _write_elements(w, (value.start, value.stop, value.step))


def _write_keys(w: Writing, value: Any) -> None:  # noqa: ANN401 -- the type of a view has no name
    w.begin(b"k", _len(value))
    _write_elements(w, value)


def _write_view_values(w: Writing, value: Any) -> None:  # noqa: ANN401 -- the type of a view has no name
    w.begin(b"v", _len(value))
    _write_elements(w, value)


def _write_view_items(w: Writing, value: Any) -> None:  # noqa: ANN401 -- the type of a view has no name
    w.begin(b"j", _len(value))
    _write_pairs(w, value)


def _write_list(w: Writing, value: list[object]) -> None:
    if not w.seen(value):
        w.begin(b"[", _len(value))
        _write_elements(w, value)


def _write_set(w: Writing, value: set[object]) -> None:
    if not w.seen(value):
        w.begin(b"{", _len(value))
        _write_elements(w, value)


def _write_dict(w: Writing, value: dict[object, object]) -> None:
    if not w.seen(value):
        w.begin(b"a", _len(value))
        _write_pairs(w, value.items())


def _write_ordered(w: Writing, value: collections.OrderedDict[object, object]) -> None:
    if not w.seen(value):
        w.begin(b"o", _len(value))
        _write_pairs(w, value.items())


def _write_counter(w: Writing, value: dict[object, object]) -> None:
    if not w.seen(value):
        w.begin(b"C", _len(value))
        _write_pairs(w, dict.items(value))


def _write_default(w: Writing, value: collections.defaultdict[object, object]) -> None:
    factory = value.default_factory
    places = [place for place, known in enumerate(_FACTORIES) if factory is known]
    if not places:
        w.stand_in(value)
    elif not w.seen(value):
        w.begin(b"e", _len(value))
        w.count(places[0])
        _write_pairs(w, value.items())


def _write_deque(w: Writing, value: collections.deque[object]) -> None:
    if not w.seen(value):
        w.begin(b"Q", _len(value))
        w.weigh(_ROOM)
        longest = value.maxlen
        w.count(0 if longest is None else longest + 1)
        _write_elements(w, value)


def _write_bytearray(w: Writing, value: bytearray) -> None:
    if not w.seen(value):
        w.weigh(CONTAINER)
        w.out += b"B"
        w.blob(bytes(value))


def _read_tuple(r: Reading) -> tuple[object, ...]:
    take = r.take
    elements = _tuple([take() for _ in range(r.begin())])
    r.depth += 1
    return elements


def _read_into(r: Reading, size: int, add: Callable[[Any], object]) -> None:
    take = r.take
    for _ in range(size):
        add(take())
    r.depth += 1


def _read_pairs(r: Reading, size: int, target: dict[object, object]) -> Any:  # noqa: ANN401 -- the target, as what it is
    take = r.take
    for _ in range(size):
        key = take()
        target[key] = take()
    r.depth += 1
    return target


def _read_slice(r: Reading) -> slice:
    if r.begin() != 3:
        raise NotPlainData("A slice has three parts.")
    part = slice(r.take(), r.take(), r.take())
    r.depth += 1
    return part


def _read_list(r: Reading) -> list[object]:
    size = r.begin()
    target: list[object] = []
    r.made.append(target)
    _read_into(r, size, target.append)
    return target


def _read_set(r: Reading) -> set[object]:
    size = r.begin()
    target: set[object] = set()
    r.made.append(target)
    _read_into(r, size, target.add)
    return target


def _read_mapping(make: type[dict[Any, Any]]) -> Read:
    def read(r: Reading) -> object:
        size = r.begin()
        target = make()
        r.made.append(target)
        return _read_pairs(r, size, target)

    return read


def _read_default(r: Reading) -> object:
    size = r.begin()
    target: collections.defaultdict[object, object] = _Default(_FACTORIES[r.count()])
    r.made.append(target)
    return _read_pairs(r, size, target)


def _read_deque(r: Reading) -> collections.deque[object]:
    size = r.begin()
    r.weigh(_ROOM)
    longest = r.count()
    target: collections.deque[object] = _Deque(maxlen=longest - 1 if longest else None)
    r.made.append(target)
    _read_into(r, size, target.append)
    return target


def _read_bytearray(r: Reading) -> bytearray:
    r.weigh(CONTAINER)
    target = bytearray(r.blob())
    r.made.append(target)
    return target


def _replace_all(old: Any, new: Any) -> None:  # noqa: ANN401 -- a list or bytearray
    old[:] = new


def _replace_set(old: set[object], new: set[object]) -> None:
    old.clear()
    old.update(new)


def _replace_mapping(old: dict[object, object], new: dict[object, object]) -> None:
    old.clear()
    dict.update(old, new)


def _replace_ordered(
    old: collections.OrderedDict[object, object], new: collections.OrderedDict[object, object]
) -> None:
    old.clear()
    old.update(new)


def _replace_default(
    old: collections.defaultdict[object, object], new: collections.defaultdict[object, object]
) -> None:
    old.default_factory = new.default_factory
    _replace_mapping(old, new)


def _replace_deque(old: collections.deque[object], new: collections.deque[object]) -> None:
    if old.maxlen != new.maxlen:
        raise NotPlainData("A deque cannot get another greatest length.")
    old.clear()
    old.extend(new)


WRITERS: dict[type, Write] = {
    tuple: _write_tuple,
    frozenset: _write_frozenset,
    slice: _write_slice,
    type({}.keys()): _write_keys,
    type({}.values()): _write_view_values,
    type({}.items()): _write_view_items,
    list: _write_list,
    set: _write_set,
    dict: _write_dict,
    _Ordered: _write_ordered,
    _Counter: _write_counter,
    _Default: _write_default,
    _Deque: _write_deque,
    bytearray: _write_bytearray,
}

READERS: dict[bytes, Read] = {
    b"(": _read_tuple,
    b"<": lambda r: frozenset(_read_tuple(r)),
    b":": _read_slice,
    b"k": lambda r: dict.fromkeys(_read_tuple(r)).keys(),
    b"v": lambda r: dict(enumerate(_read_tuple(r))).values(),
    b"j": lambda r: _read_pairs(r, r.begin(), {}).items(),
    b"[": _read_list,
    b"{": _read_set,
    b"a": _read_mapping(dict),
    b"o": _read_mapping(_Ordered),
    b"C": _read_mapping(_Counter),
    b"e": _read_default,
    b"Q": _read_deque,
    b"B": _read_bytearray,
}

REPLACE: dict[type, Replace] = {
    list: _replace_all,
    bytearray: _replace_all,
    set: _replace_set,
    dict: _replace_mapping,
    _Ordered: _replace_ordered,
    _Counter: _replace_mapping,
    _Default: _replace_default,
    _Deque: _replace_deque,
}
