"""The codec between the two sandboxes: Python's own values, identity, limits, and bytes of a forger."""

import datetime
import decimal
import io
import random
import struct
import sys
import time
import tracemalloc
import uuid
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from fractions import Fraction
from pathlib import PosixPath, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darsgah_grader.guest import arrays, atoms, containers, tables, wire
from darsgah_grader.guest.values import NotPlainData, decode, encode, encode_contents, restore
from tests.grading.crossing import assert_same, cross, is_refused, referred, refused, unknown

UTC = datetime.UTC
KARACHI = datetime.timezone(datetime.timedelta(hours=5), "PKT")
NOON = datetime.datetime(2024, 2, 29, 12, 30, 59, 123456, tzinfo=KARACHI)

ordered = OrderedDict.fromkeys([1, 2, 3])
ordered.move_to_end(1)

PLAIN: list[object] = [
    *(
        None,
        True,
        False,
        ...,
        NotImplemented,
        0,
        -1,
        63,
        64,
        -64,
        -65,
        2**63 - 1,
        2**63,
        -(2**63),
        -(2**63) - 1,
    ),
    *(10**30_000, -(10**30_000), 0.0, -0.0, 1e-320, float("inf"), float("-inf"), float("nan"), 1 + 0j),
    *(
        complex(-0.0, float("nan")),
        "",
        "a",
        "سلام",
        "a" * 300,
        "\ud800",
        "\ud83d\ude00",
        "\U0001f600",
        "nul\0",
    ),
    *(b"", b"\xff\0", b"x" * 70_000, bytearray(b"ab"), bytearray(), (), (1,), ((), ((),)), [], [1, [2, [3]]]),
    *(
        list(range(300)),
        {},
        {"b": 1, "a": 2},
        {1: {2: {3: 4}}},
        {None: 0, (1, "x"): 1},
        set(),
        {1, "a", None},
    ),
    *(frozenset(), frozenset({1, frozenset({2})}), range(5), range(10, -10, -3), range(10**30), slice(None)),
    *(slice(1, "x", [2]), ordered, Counter("abca"), Counter({"a": -1}), deque([1, 2]), deque([1], maxlen=3)),
    *(deque(maxlen=0), defaultdict(int, a=1), defaultdict(list, {1: [2]}), defaultdict(None, {1: 2})),
    *(
        datetime.date(1, 1, 1),
        datetime.date.max,
        datetime.time(1, 2, 3, 4),
        datetime.time(1, tzinfo=UTC, fold=1),
    ),
    *(
        NOON,
        NOON.replace(tzinfo=None, fold=1),
        NOON.replace(tzinfo=UTC),
        NOON.replace(tzinfo=zoneinfo.ZoneInfo("Asia/Karachi")),
        datetime.time(1, tzinfo=zoneinfo.ZoneInfo("UTC")),
        datetime.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ),
    *(
        datetime.timedelta(-1, 5, 7),
        datetime.timedelta.max,
        UTC,
        KARACHI,
        datetime.timezone(datetime.timedelta(0, 1, 2)),
    ),
    *(
        decimal.Decimal("-0.00"),
        decimal.Decimal("NaN"),
        decimal.Decimal("sNaN12"),
        decimal.Decimal("1E+999999"),
    ),
    *(
        Fraction(-1, 3),
        Fraction(10**50, 7),
        uuid.UUID(int=5),
        uuid.uuid1(),
        PurePosixPath("a/../b"),
        PosixPath("/"),
    ),
    *(
        int,
        object,
        type(None),
        ValueError,
        KeyboardInterrupt,
        ExceptionGroup,
        OrderedDict,
        Fraction,
        datetime.date,
    ),
    {"f": [(1, 2.5, "x"), {"deep": ({"a": [b"z"]},)}]},
]


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: type(value).__name__)
def test_plain_data_arrives_as_it_was(value: object) -> None:
    assert_same(cross(value), value)


leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.binary(), st.dates(),
    st.text(st.characters(exclude_categories=[])), st.timedeltas(), st.decimals(), st.fractions(),
    st.times(), st.uuids(), st.datetimes(timezones=st.sampled_from([None, UTC, KARACHI])),
)  # fmt: skip
keys = st.one_of(st.none(), st.integers(), st.text(), st.binary(), st.tuples(st.integers(), st.text()))
plain = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner),
        st.lists(inner).map(tuple),
        st.dictionaries(keys, inner),
        st.dictionaries(keys, inner).map(OrderedDict),
        st.lists(inner).map(deque),
        st.sets(keys),
        st.frozensets(keys),
    ),
    max_leaves=30,
)


@settings(max_examples=300, deadline=None)
@given(plain)
def test_any_plain_data_arrives_as_it_was(value: object) -> None:
    assert_same(cross(value), value)


def test_views_of_a_dict_arrive_as_views() -> None:
    fruit = {"apple": [1], "pear": [2]}
    keys, items, values = (cross(view) for view in (fruit.keys(), fruit.items(), fruit.values()))
    assert type(keys) is type(fruit.keys())
    assert keys == {"pear", "apple"}
    assert type(items) is type(fruit.items())
    assert items == fruit.items()
    assert list(items) == list(fruit.items())  # type: ignore[call-overload]  # shown above
    assert type(values) is type(fruit.values())
    assert list(values) == [[1], [2]]  # type: ignore[call-overload]  # shown above


class Liar(int):
    """Says that it equals everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1


def subclass_of(kind: type, *arguments: object) -> object:
    return type(f"My{kind.__name__}", (kind,), {})(*arguments)


SUBCLASSED: list[object] = [
    *(
        Liar(3),
        subclass_of(float, 1.5),
        subclass_of(str, "a"),
        subclass_of(bytes, b"a"),
        subclass_of(list, [1]),
    ),
    *(
        subclass_of(tuple, (1,)),
        subclass_of(dict),
        subclass_of(set),
        subclass_of(frozenset),
        subclass_of(complex, 1),
    ),
    *(subclass_of(OrderedDict), subclass_of(Counter), subclass_of(deque), subclass_of(defaultdict, int)),
    *(
        subclass_of(bytearray),
        subclass_of(Fraction, 1),
        subclass_of(decimal.Decimal, 1),
        subclass_of(PosixPath, "a"),
    ),
    *(subclass_of(datetime.date, 1, 1, 1), subclass_of(datetime.timedelta, 1), subclass_of(ValueError, "x")),
]


@pytest.mark.parametrize("value", SUBCLASSED, ids=lambda value: type(value).__name__)
def test_a_subclass_is_referred(value: object) -> None:
    assert [id(each) for each in referred([1, value])] == [id(value)]


class Turncoat(type):
    """A class of classes that pretend to be int, and cannot be hashed."""

    __hash__ = None  # type: ignore[assignment]  # what is tried

    def __eq__(cls, other: object) -> bool:
        return True

    def __instancecheck__(cls, instance: object) -> bool:
        return True


class Elsewhere(datetime.tzinfo):
    """A time zone of a learner's own."""


TZIF = b"TZif" + bytes(16) + struct.pack(">6l", 0, 0, 0, 0, 1, 1) + bytes(7)
"""A file of the tz database with no transition and one zone."""


class Pretender(metaclass=Turncoat):
    """Its instances say that they are ints."""

    @property  # type: ignore[misc]  # what is tried
    def __class__(self) -> type:
        return int


@pytest.mark.parametrize(
    "value",
    [
        *(
            Pretender(),
            Pretender,
            Liar,
            len,
            referred,
            sys,
            object(),
            iter([]),
            ordered.keys(),
            memoryview(b""),
        ),
        *(defaultdict(lambda: 1), defaultdict(Liar), NOON.replace(tzinfo=Elsewhere())),
        datetime.time(1, tzinfo=zoneinfo.ZoneInfo.from_file(io.BytesIO(TZIF), key="../zone")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_plain_is_referred_whole(value: object) -> None:
    parts = referred(value)
    assert len(parts) == 1
    assert parts[0] is value


def test_a_stand_in_takes_the_place_of_what_was_referred() -> None:
    data, _ = encode([1, len, (len, "x")], lambda value: f"a builtin: {value}".encode())
    stand_in = object()
    assert decode(data, lambda payload: stand_in if b"len" in payload else None)[0] == [
        1,
        stand_in,
        (stand_in, "x"),
    ]


def test_what_refer_raises_passes_and_what_resolve_raises_does_not() -> None:
    def refer(_value: object) -> bytes:
        raise PermissionError

    with pytest.raises(PermissionError):
        encode([len], refer)
    data, _ = encode([len], lambda _value: b"x")
    with pytest.raises(NotPlainData):
        decode(data, unknown)


def test_aliases_and_cycles_keep_their_shape() -> None:
    row = [0]
    loop: list[object] = [row, row, (row,)]
    loop += [loop, {"self": loop}]
    arrived = cross(loop)
    assert isinstance(arrived, list)
    assert arrived[0] is arrived[1] is arrived[2][0]
    assert arrived[3] is arrived
    assert arrived[4]["self"] is arrived
    for holder in (deque(), defaultdict(list), OrderedDict()):
        holder.append(holder) if isinstance(holder, deque) else holder.update(me=holder)
        back = cross(holder)
        assert type(back) is type(holder)
        assert (back[0] if isinstance(back, deque) else back["me"]) is back  # type: ignore[index]  # just asked


def test_containers_are_numbered_alike_on_both_sides() -> None:
    inner: set[int] = {1}
    value = {"a": [inner, bytearray(b"x")], "b": ((deque([inner]), Counter("a")),)}
    data, met = encode(value, refused)
    arrived, made = decode(data, unknown)
    assert met[0] is value
    assert made[0] is arrived
    assert [type(each) for each in met] == [dict, list, set, bytearray, deque, Counter]
    assert [type(each) for each in made] == [type(each) for each in met]
    assert met[2] is inner


def test_known_containers_cross_as_their_number() -> None:
    mine: list[object] = [[1] * 1000, {"a": 1}]
    theirs: list[object] = [[1] * 1000, {"a": 1}]
    data, met = encode([mine[1], mine[0], new := [7], new], refused, mine)
    assert len(data) < 20
    assert len(met) == 2
    arrived, made = decode(data, unknown, theirs)
    assert isinstance(arrived, list)
    assert arrived[0] is theirs[1]
    assert arrived[1] is theirs[0]
    assert arrived[2] is arrived[3] is made[1]


def changed(before: object, change: object) -> tuple[object, object]:
    """Send a container, change it on the other side, bring the change back: (here, there)."""
    data, mine = encode(before, refused)
    there, theirs = decode(data, unknown)
    unchanged = encode_contents(there, refused, theirs)
    assert encode_contents(there, refused, theirs) == unchanged
    change(there)  # type: ignore[operator]  # a function, below
    after = encode_contents(there, refused, theirs)
    assert after != unchanged
    restore(before, after, unknown, mine)
    return before, there


@pytest.mark.parametrize(
    ("before", "change"),
    [
        ([3, 1, 2], lambda it: it.sort()),
        ([1], lambda it: it.append({"new": [it]})),
        ({"a": 1, "b": 2}, lambda it: (it.pop("a"), it.update(c=[3]))),
        ({1, 2}, lambda it: (it.discard(1), it.add("x"))),
        (bytearray(b"abc"), lambda it: it.extend(b"d")),
        (deque([1, 2], maxlen=2), lambda it: it.append(3)),
        (OrderedDict.fromkeys("abc"), lambda it: it.move_to_end("a")),
        (Counter("aab"), lambda it: it.subtract("aaaa")),
        (defaultdict(list), lambda it: it["x"].append(1)),
        (defaultdict(int), lambda it: setattr(it, "default_factory", str)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_change_comes_back_into_the_same_object(before: object, change: object) -> None:
    identity = id(before)
    here, there = changed(before, change)
    assert id(here) == identity
    assert repr(here) == repr(there) or here == there
    assert getattr(here, "default_factory", None) == getattr(there, "default_factory", None)
    if isinstance(here, list) and len(here) == 2:
        assert here[1]["new"][0] is here


def test_a_change_moves_known_containers_without_copying_them() -> None:
    first, second = [1], [2]
    grid = [first, second]
    here, _ = changed(grid, lambda it: it.reverse())
    assert isinstance(here, list)
    assert here[0] is second
    assert here[1] is first


def test_contents_that_do_not_fit_leave_the_container_alone() -> None:
    mine: list[object] = [[1], {1: 2}, deque([1], maxlen=1)]
    contents = encode_contents(mine[1], refused, mine)
    with pytest.raises(NotPlainData):
        restore(mine[0], contents, unknown, mine)
    other: list[object] = [0, 0, deque([1, 2], maxlen=2)]
    with pytest.raises(NotPlainData):
        restore(mine[2], encode_contents(other[2], refused, other), unknown, mine)
    with pytest.raises(NotPlainData):
        restore(5, encode(5, refused)[0], unknown, mine)
    held = memoryview(buffer := bytearray(b"a"))
    with pytest.raises(NotPlainData):
        restore(buffer, encode_contents(longer := bytearray(b"ab"), refused, [longer]), unknown, [buffer])
    assert held == b"a"
    assert mine == [[1], {1: 2}, deque([1], maxlen=1)]


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_the_limits_are_named() -> None:
    assert_same(cross(nested(wire.DEEPEST)), nested(wire.DEEPEST))
    for value, limit in (
        (nested(wire.DEEPEST + 1), "200 levels"),
        (2**wire.MOST_BITS, "100,000 bits"),
        ([None] * wire.MOST_ITEMS, "4,000,000 elements"),
        (bytes(wire.LONGEST + 1), "64 MiB"),
        ([b"x" * (wire.LONGEST // 2)] * 3, "64 MiB"),
    ):
        with pytest.raises(NotPlainData, match=limit):
            encode(value, refused)
    shared: object = ()
    for _ in range(100):
        shared = (shared, shared)
    with pytest.raises(NotPlainData):
        encode(shared, refused)


def test_a_shallow_stack_is_no_reason_for_another_error() -> None:
    def go_down(left: int) -> bool:
        if left:
            return go_down(left - 1)
        data, _ = encode(1, refused)
        with pytest.raises(NotPlainData):
            encode(nested(150), refused)
        with pytest.raises(NotPlainData):
            decode(b"[\x01" * 150 + b"N", unknown)
        return decode(data, unknown)[0] == 1

    depth = len(list(iter_frames()))
    assert go_down(sys.getrecursionlimit() - depth - 120)


def iter_frames() -> list[object]:
    frames, frame = [], sys._getframe()
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back  # type: ignore[assignment]  # None ends it
    return frames


FORGED = {
    "empty": b"",
    "a tag that there is not": b"\x01",
    "left over": b"NN",
    "a tuple of 2**62": b"(\xff" + struct.pack("<Q", 2**62),
    "a list of 254 in no bytes": b"[\xfe",
    "text of 2**63": b"s\xff" + struct.pack("<Q", 2**63),
    "text that is none": b"s\x01\xff",
    "bytes that end early": b"b\x05ab",
    "a number that ends early": b"i\0\0",
    "an integer of too many bits": b"I\xff" + struct.pack("<Q", 20_000) + b"\x7f" * 20_000,
    "a step of zero": b"r\x01\0\x01\0\x01\0",
    "nothing over nothing": b"q\x01\x01\x01\0",
    "not a number": b"n\x03abc",
    "the 30th of February": b"d" + struct.pack("<HBB", 2024, 2, 30),
    "a zone that is a day away": b"z\x01" + struct.pack("<iii", 1, 0, 0),
    "a span beyond all": b"m" + struct.pack("<iii", 2**31 - 1, 0, 0),
    "a list as a key": b"a\x01[\x00N",
    "a list in a set": b"{\x01[\x00",
    "a container that is not there": b"=\x05",
    "a module": b"t\x02os",
    "a function by its name": b"t\x0dbuiltins.eval",
    "a stand-in of nothing": b"@\x01x",
    "a deque that is longer than itself": b"Q\x00\xff" + struct.pack("<Q", 2**64 - 1),
    "a factory that there is not": b"e\x00\x60",
    "a slice of two": b":\x02NN",
    "depth": b"(\x01" * 100_000,
    "depth of frozen sets": b"<\x01" * 100_000,
    "depth of slices": b":\x03" * 100_000,
    "depth of zones": b"z" * 100_000,
}


@pytest.mark.parametrize("data", FORGED.values(), ids=FORGED.keys())
def test_forged_bytes_are_refused(data: bytes) -> None:
    assert is_refused(data)


def test_each_kind_of_value_has_a_tag_of_its_own() -> None:
    readers = [atoms.READERS, containers.READERS, arrays.READERS, tables.READERS]
    tags = [tag for part in readers for tag in part] + [b"t", wire.AGAIN, wire.REFERRED]
    assert len(set(tags)) == len(tags)
    assert all(len(tag) == 1 and tag[0] < 128 for tag in tags)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The message with a few bytes changed, cut off, doubled or added."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        place = chance.randrange(len(changed) + 1)
        match chance.randrange(5):
            case 0 if changed:
                changed[place % len(changed)] = chance.randrange(256)
            case 1 if changed:
                changed[place % len(changed)] ^= 1 << chance.randrange(8)
            case 2:
                del changed[place : place + chance.choice((1, 8, 1000))]
            case 3:
                changed[place:place] = chance.choice(
                    (b"\xff" * 9, b"\xff\0\0\0\0\0\0\0\x7f", b"[\xfe", b"=\0")
                )
            case _:
                changed[place:place] = changed[: chance.randrange(20)]
    return bytes(changed)


def test_damaged_messages_are_refused_or_read_within_bounds() -> None:
    chance = random.Random(20)  # noqa: S311 -- damage that can be repeated
    sources = [encode(value, refused)[0] for value in PLAIN] + [encode(PLAIN, refused)[0]]
    sources = [source for source in sources if len(source) < 20_000]
    arrays.library("pandas")  # some of the damage makes a value of it, and the import is no part of the bound
    tracemalloc.start()
    try:
        accepted = sum(not is_refused(damaged(chance.choice(sources), chance)) for _ in range(6000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0 < accepted < 6000
    assert peak < 4 * 1024 * 1024


@pytest.mark.parametrize(
    "element", [b"Q\0\0", b"{\0", b"[\0", b"a\0", b"B\0", b"(\0", b"s\x02\xd8\xb3", b"o\0"]
)
def test_what_a_message_allocates_is_bounded(element: bytes) -> None:
    size = 300_000 // len(element)
    data = b"[\xff" + struct.pack("<Q", size) + element * size
    tracemalloc.start()
    try:
        decode(data, unknown)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 400 * len(data)


def test_the_emptiest_containers_exhaust_the_limit_before_the_memory() -> None:
    size = 1_000_000
    assert is_refused(b"[\xff" + struct.pack("<Q", size) + b"Q\0\0" * size)


def test_small_messages_are_quick() -> None:
    start = time.perf_counter()
    for _ in range(2000):
        cross((3, "a", 4.5))
    assert (time.perf_counter() - start) / 2000 < 0.001
