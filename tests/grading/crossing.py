"""Sends values across and compares what arrives, to the exact type."""

import math
from collections import OrderedDict, defaultdict, deque
from collections.abc import Sequence
from decimal import Decimal

from darsgah_grader.guest.values import NotPlainData, decode, encode


def refused(value: object) -> bytes:
    """A Refer for values that are all plain."""
    raise AssertionError(f"{type(value)} was referred")


def unknown(payload: bytes) -> object:
    """A Resolve for messages that refer to nothing."""
    raise LookupError(payload)


def cross(value: object, known: Sequence[object] = ()) -> object:
    """The value on the other side; both sides number its containers alike."""
    data, met = encode(value, refused, known)
    arrived, made = decode(data, unknown, known)
    assert [type(each) for each in met] == [type(each) for each in made]
    return arrived


def referred(value: object) -> list[object]:
    """What of the value crosses as a stand-in."""
    found: list[object] = []

    def refer(part: object) -> bytes:
        found.append(part)
        return b"part %d" % len(found)

    data, _ = encode(value, refer)
    decode(data, lambda payload: payload)
    return found


def is_refused(data: bytes) -> bool:
    """Whether a message is refused; anything but a value or NotPlainData is passed on."""
    try:
        decode(data, unknown)
    except NotPlainData:
        return True
    return False


def assert_same(left: object, right: object) -> None:
    """Equal to the exact type, the sign of a zero, the order of a dict; NaN equals NaN."""
    assert type(left) is type(right)
    if isinstance(left, float):
        assert isinstance(right, float)
        assert math.copysign(1, left) == math.copysign(1, right)
        assert left == right or (math.isnan(left) and math.isnan(right))
    elif isinstance(left, Decimal):
        assert repr(left) == repr(right)
    elif isinstance(left, complex):
        assert isinstance(right, complex)
        assert_same([left.real, left.imag], [right.real, right.imag])
    elif isinstance(left, list | tuple | deque):
        assert isinstance(right, list | tuple | deque)
        assert len(left) == len(right)
        for one, other in zip(left, right, strict=True):
            assert_same(one, other)
        assert getattr(left, "maxlen", None) == getattr(right, "maxlen", None)
    elif isinstance(left, dict):
        assert isinstance(right, dict)
        assert_same(list(left.items()), list(right.items()))
        if isinstance(left, defaultdict):
            assert isinstance(right, defaultdict)
            assert left.default_factory is right.default_factory
        if isinstance(left, OrderedDict):
            assert isinstance(right, OrderedDict)
            assert_same(list(reversed(left)), list(reversed(right)))
    else:
        assert left == right
        assert isinstance(left, int | set | frozenset) or repr(left) == repr(right)
