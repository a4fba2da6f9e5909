"""Plain values that hold no others that could change: how each is written and read.

Every type here is implemented in C or kept as it was at import, so that writing one asks nothing of code that
a learner could have replaced.
"""

import builtins
import collections
import datetime
import decimal
import fractions
import pathlib
import re
import struct
import types
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

from darsgah_grader.guest.wire import NotPlainData, Read, Reading, Write, Writing

_pack_float = struct.Struct("<d").pack
_unpack_float = struct.Struct("<d").unpack_from
_pack_long = struct.Struct("<q").pack
_unpack_long = struct.Struct("<q").unpack_from
_DATETIME = struct.Struct("<HBBBBBIB")
_TIME = struct.Struct("<BBBIB")
_DATE = struct.Struct("<HBB")
_SPAN = struct.Struct("<iii")

_id, _type = id, type
_Datetime, _Time, _Date, _Span = datetime.datetime, datetime.time, datetime.date, datetime.timedelta
_Timezone, _Zone = datetime.timezone, zoneinfo.ZoneInfo
_ZONE = re.compile(r"[A-Za-z0-9_+\-]{1,32}(?:/[A-Za-z0-9_+\-]{1,32}){0,3}", re.ASCII)
_Decimal, _decimal_text = decimal.Decimal, decimal.Decimal.__str__
_Fraction = fractions.Fraction
_Uuid, _SafeUuid = uuid.UUID, uuid.SafeUUID
_PurePath, _Path = pathlib.PurePosixPath, pathlib.PosixPath


def _member(kind: type, name: str) -> Callable[[Any], Any]:
    """Reads an attribute by what the class has for it now, whatever is put in its place later."""
    member = vars(kind)[name]
    read: Callable[[Any], Any] = member.__get__ if hasattr(member, "__set__") else member
    return read


_fraction_top, _fraction_bottom = _member(_Fraction, "_numerator"), _member(_Fraction, "_denominator")
_uuid_number, _uuid_safe = _member(_Uuid, "int"), _member(_Uuid, "is_safe")
_timezone_parts = _member(_Timezone, "__getinitargs__")
"""The offset, and the name where there is one."""

NAMED_TYPES: dict[str, type] = {
    f"{kind.__module__}.{kind.__name__}": kind
    for kind in (
        *(int, str, float, bool, list, dict, tuple, set, frozenset, bytes, bytearray, complex, object, range),
        *(slice, type(None), collections.OrderedDict, collections.Counter, collections.deque),
        *(collections.defaultdict, _Datetime, _Time, _Date, _Span, _Timezone, _Decimal, _Fraction),
        *(each for each in vars(builtins).values() if type(each) is type and issubclass(each, BaseException)),
    )
}
"""The types that cross as themselves, by name; the libraries in use add theirs."""
TYPE_NAMES: dict[int, str] = {id(kind): name for name, kind in NAMED_TYPES.items()}


def constant(tag: bytes) -> Write:
    """The writer of a value that is its tag alone."""

    def write(w: Writing, _value: object) -> None:
        w.out += tag

    return write


def _write_bool(w: Writing, value: bool) -> None:
    w.out += b"T" if value else b"F"


def _write_int(w: Writing, value: int) -> None:
    if -64 <= value < 64:
        w.out.append(value + 192)
    elif -0x8000000000000000 <= value <= 0x7FFFFFFFFFFFFFFF:
        w.out += b"i" + _pack_long(value)
    else:
        w.out += b"I"
        w.integer(value)


def _read_long(r: Reading) -> int:
    (value,) = _unpack_long(r.data, r.place)
    r.place += 8
    return int(value)


def _write_float(w: Writing, value: float) -> None:
    w.out += b"f" + _pack_float(value)


def _read_float(r: Reading) -> float:
    (value,) = _unpack_float(r.data, r.place)
    r.place += 8
    return value  # type: ignore[no-any-return]  # the format says float


def _write_complex(w: Writing, value: complex) -> None:
    w.out += b"c" + _pack_float(value.real) + _pack_float(value.imag)


def _write_str(w: Writing, value: str) -> None:
    w.out += b"s"
    w.text(value)


def _write_bytes(w: Writing, value: bytes) -> None:
    w.out += b"b"
    w.blob(value)


def _write_range(w: Writing, value: range) -> None:
    w.out += b"r"
    for part in (value.start, value.stop, value.step):
        w.integer(part)


def _read_range(r: Reading) -> range:
    return range(r.integer(), r.integer(), r.integer())


def is_plain_zone(zone: object) -> bool:
    """Whether a time zone, or None, is a fixed offset or one named in the tz database."""
    if _type(zone) is _Zone:
        key = zone.key  # type: ignore[attr-defined]  # the type was just compared
        return _type(key) is str and _ZONE.fullmatch(key) is not None
    return zone is None or _type(zone) is _Timezone


def put_zone(w: Writing, zone: datetime.tzinfo | None) -> None:
    """Write a plain time zone, or that there is none."""
    if _type(zone) is _Zone:
        w.text(zone.key)  # type: ignore[union-attr]  # the type was just compared
    else:
        w.text("")
        _put_offset(w, zone)  # type: ignore[arg-type]  # a plain zone is either


def take_zone(r: Reading) -> datetime.tzinfo | None:
    """Read what ``put_zone`` wrote: reads the tz database, under a name that can only be one of its own."""
    name = r.text()
    if not name:
        return _take_offset(r)
    if _ZONE.fullmatch(name) is None:
        raise NotPlainData("There is no such time zone.")
    return _Zone(name)


def _put_offset(w: Writing, zone: datetime.timezone | None) -> None:
    """Write a fixed offset from UTC, or that there is none, without a tag."""
    if zone is None:
        w.out += b"\0"
        return
    offset, *name = _timezone_parts(zone)
    w.out += b"\2" if name else b"\1"
    w.out += _SPAN.pack(offset.days, offset.seconds, offset.microseconds)
    if name:
        w.text(name[0])


def _take_offset(r: Reading) -> datetime.timezone | None:
    kind = r.count()
    if not kind:
        return None
    offset = _read_span(r)
    return _Timezone(offset, r.text()) if kind == 2 else _Timezone(offset)


def _write_datetime(w: Writing, value: datetime.datetime) -> None:
    if not is_plain_zone(value.tzinfo):
        w.stand_in(value)
        return
    date = (value.year, value.month, value.day, value.hour, value.minute, value.second)
    w.out += b"D" + _DATETIME.pack(*date, value.microsecond, value.fold)
    put_zone(w, value.tzinfo)


def _read_datetime(r: Reading) -> datetime.datetime:
    *parts, fold = _DATETIME.unpack(r.raw(_DATETIME.size))
    return _Datetime(*parts).replace(tzinfo=take_zone(r), fold=fold)


def _write_time(w: Writing, value: datetime.time) -> None:
    if not is_plain_zone(value.tzinfo):
        w.stand_in(value)
        return
    w.out += b"h" + _TIME.pack(value.hour, value.minute, value.second, value.microsecond, value.fold)
    put_zone(w, value.tzinfo)


def _read_time(r: Reading) -> datetime.time:
    *parts, fold = _TIME.unpack(r.raw(_TIME.size))
    return _Time(*parts).replace(tzinfo=take_zone(r), fold=fold)


def _write_date(w: Writing, value: datetime.date) -> None:
    w.out += b"d" + _DATE.pack(value.year, value.month, value.day)


def _write_span(w: Writing, value: datetime.timedelta) -> None:
    w.out += b"m" + _SPAN.pack(value.days, value.seconds, value.microseconds)


def _read_span(r: Reading) -> datetime.timedelta:
    return _Span(*_SPAN.unpack(r.raw(_SPAN.size)))


def _write_timezone(w: Writing, value: datetime.timezone) -> None:
    w.out += b"z"
    _put_offset(w, value)


def _read_timezone(r: Reading) -> datetime.timezone:
    zone = _take_offset(r)
    if zone is None:
        raise NotPlainData("A time zone has no offset.")
    return zone


def _write_decimal(w: Writing, value: decimal.Decimal) -> None:
    w.out += b"n"
    w.text(_decimal_text(value))


def _write_fraction(w: Writing, value: fractions.Fraction) -> None:
    w.out += b"q"
    w.integer(_fraction_top(value))
    w.integer(_fraction_bottom(value))


def _write_uuid(w: Writing, value: uuid.UUID) -> None:
    safe = (None, 0, -1).index(_uuid_safe(value).value)
    w.out += b"u" + bytes((safe,)) + _uuid_number(value).to_bytes(16, "big")


def _read_uuid(r: Reading) -> uuid.UUID:
    safe = (None, 0, -1)[r.count()]
    return _Uuid(int=int.from_bytes(r.raw(16), "big"), is_safe=_SafeUuid(safe))


def _write_path(tag: bytes, text: Callable[[Any], str]) -> Write:
    def write(w: Writing, value: object) -> None:
        w.out += tag
        w.text(text(value))

    return write


WRITERS: dict[type, Write] = {
    type(None): constant(b"N"),
    types.EllipsisType: constant(b"."),
    types.NotImplementedType: constant(b"!"),
    bool: _write_bool,
    int: _write_int,
    float: _write_float,
    complex: _write_complex,
    str: _write_str,
    bytes: _write_bytes,
    range: _write_range,
    _Datetime: _write_datetime,
    _Time: _write_time,
    _Date: _write_date,
    _Span: _write_span,
    _Timezone: _write_timezone,
    _Decimal: _write_decimal,
    _Fraction: _write_fraction,
    _Uuid: _write_uuid,
    _PurePath: _write_path(b"p", _PurePath.__str__),
    _Path: _write_path(b"P", _Path.__str__),
}

READERS: dict[bytes, Read] = {
    b"N": lambda _r: None,
    b".": lambda _r: ...,
    b"!": lambda _r: NotImplemented,
    b"T": lambda _r: True,
    b"F": lambda _r: False,
    b"i": _read_long,
    b"I": Reading.integer,
    b"f": _read_float,
    b"c": lambda r: complex(_read_float(r), _read_float(r)),
    b"s": Reading.text,
    b"b": Reading.blob,
    b"r": _read_range,
    b"D": _read_datetime,
    b"h": _read_time,
    b"d": lambda r: _Date(*_DATE.unpack(r.raw(_DATE.size))),
    b"m": _read_span,
    b"z": _read_timezone,
    b"n": lambda r: _Decimal(r.text()),
    b"q": lambda r: _Fraction(r.integer(), r.integer()),
    b"u": _read_uuid,
    b"p": lambda r: _PurePath(r.text()),
    b"P": lambda r: _Path(r.text()),
}
