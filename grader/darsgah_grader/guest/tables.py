"""The tables and moments of pandas: how each is written, read, and changed in place.

A table is its index, its columns' index, and its columns, or one array where all columns are of one dtype of
NumPy's. Names are kept, ``attrs`` dropped. A table with a column that cannot be rebuilt exactly is referred
whole, and so is one that forbids duplicate labels.
"""

from types import ModuleType
from typing import Any

from darsgah_grader.guest import arrays, atoms, columns
from darsgah_grader.guest.containers import Replace
from darsgah_grader.guest.wire import TABLE, NotPlainData, Read, Reading, Write, Writing

_TYPES = (
    *("DataFrame", "Series", "Index", "RangeIndex", "DatetimeIndex", "TimedeltaIndex", "MultiIndex"),
    *("CategoricalIndex", "Timestamp", "Timedelta", "Categorical", "CategoricalDtype", "StringDtype"),
)
_DTYPES = ("CategoricalDtype", "DatetimeTZDtype", "IntervalDtype", "StringDtype", *columns.NULLABLE.values())
_INDEXES = (
    *(
        "Index",
        "RangeIndex",
        "DatetimeIndex",
        "TimedeltaIndex",
        "MultiIndex",
        "CategoricalIndex",
        "IntervalIndex",
    ),
)
_ARRAYED = (
    "Int8",
    "Float64",
    "boolean",
    "string",
    "str",
    "category",
    "M8[ns]",
    "M8[ns, UTC]",
    "m8[ns]",
    "interval",
)
"""Dtypes whose arrays have among them every class of array that crosses."""


def table_writers(pd: ModuleType) -> dict[type, Write]:
    """What writes the values of this pandas."""
    return {
        pd.DataFrame: _write_frame,
        pd.Series: _write_series,
        pd.Timestamp: _write_timestamp,
        pd.Timedelta: _write_timedelta,
        pd.Interval: _write_interval,
        type(pd.NaT): _write_nat,
        type(pd.NA): _write_na,
        **dict.fromkeys([getattr(pd, name) for name in _INDEXES], _write_index),
        **dict.fromkeys([getattr(pd, name) for name in _DTYPES], _write_dtype),
        **dict.fromkeys(_array_types(pd), _write_array),
    }


def table_types(pd: ModuleType) -> dict[str, type]:
    """The types of this pandas that cross by reference."""
    return {f"pandas.{name}": getattr(pd, name) for name in _TYPES}


def table_replacers(pd: ModuleType) -> dict[type, Replace]:
    """What gives a table of this pandas other contents in place."""
    tables: dict[type, Replace] = {pd.DataFrame: _begin_anew, pd.Series: _begin_anew}
    return tables | dict.fromkeys(_array_types(pd), _replace_elements)


def _array_types(pd: ModuleType) -> list[type]:
    return [type(pd.array([], dtype=name)) for name in _ARRAYED]


def _replace_elements(old: Any, new: Any) -> None:  # noqa: ANN401 -- two arrays of pandas
    if old.dtype != new.dtype or len(old) != len(new):
        raise NotPlainData("An array cannot get another length or dtype in place.")
    old[:] = new


def _begin_anew(old: Any, new: Any) -> None:  # noqa: ANN401 -- two tables of one type
    attributes = old.attrs
    type(old).__init__(old, new)
    old.attrs = attributes


def _write_nat(w: Writing, _value: object) -> None:
    w.out += b"-"


def _write_na(w: Writing, _value: object) -> None:
    w.out += b"?"


def _write_timestamp(w: Writing, value: Any) -> None:  # noqa: ANN401 -- a Timestamp
    if not atoms.is_plain_zone(value.tzinfo) or (value.fold and value.tzinfo is None):
        w.stand_in(value)
        return
    w.out += b"W"
    atoms.put_zone(w, value.tzinfo)
    arrays.put_scalar(w, value.asm8)


def _read_timestamp(r: Reading) -> Any:  # noqa: ANN401 -- a Timestamp
    zone = atoms.take_zone(r)
    moment = arrays.library("pandas").Timestamp(_moment(r, "M"))
    return moment if zone is None else moment.tz_localize("UTC").tz_convert(zone)


def _write_timedelta(w: Writing, value: Any) -> None:  # noqa: ANN401 -- a Timedelta
    w.out += b"w"
    arrays.put_scalar(w, value.asm8)


def _moment(r: Reading, kind: str) -> Any:  # noqa: ANN401 -- a datetime64 or timedelta64
    moment = arrays.take_scalar(r)
    if moment.dtype.kind != kind:
        raise NotPlainData("A moment is something else.")
    return moment


def _write_interval(w: Writing, value: Any) -> None:  # noqa: ANN401 -- an Interval
    w.begin(b"K", 2)
    w.text(value.closed)
    w.put(value.left)
    w.put(value.right)
    w.depth += 1


def _read_interval(r: Reading) -> Any:  # noqa: ANN401 -- an Interval
    r.begin()
    closed = r.text()
    interval = arrays.library("pandas").Interval(r.take(), r.take(), closed)
    r.depth += 1
    return interval


def _write_array(w: Writing, value: Any) -> None:  # noqa: ANN401 -- an array of pandas
    if not columns.is_plain_dtype(value.dtype):
        w.stand_in(value)
    elif not w.seen(value):
        w.weigh(TABLE)
        w.begin(b"G", 0)
        columns.put_column(w, arrays.library("pandas").Series(value, copy=False))
        w.depth += 1


def _read_array(r: Reading) -> Any:  # noqa: ANN401 -- an array of pandas
    place = r.reserve()
    r.weigh(TABLE)
    r.begin()
    column = columns.take_column(r)
    array = arrays.library("pandas").array(column, dtype=column.dtype)
    r.depth += 1
    r.made[place] = array
    return array


def _write_dtype(w: Writing, value: Any) -> None:  # noqa: ANN401 -- a dtype of pandas
    if not columns.is_plain_dtype(value):
        w.stand_in(value)
        return
    w.begin(b"X", 0)
    columns.put_dtype(w, value)
    w.depth += 1


def _read_dtype(r: Reading) -> Any:  # noqa: ANN401 -- a dtype of pandas
    r.begin()
    dtype = columns.take_dtype(r)
    r.depth += 1
    return dtype


def _write_index(w: Writing, value: Any) -> None:  # noqa: ANN401 -- an Index
    if not columns.is_plain_index(value):
        w.stand_in(value)
        return
    w.out += b"J"
    columns.put_index(w, value)


def _is_plain(table: Any) -> bool:  # noqa: ANN401 -- a Series or DataFrame
    return bool(table.flags.allows_duplicate_labels) and columns.is_plain_index(table.index)


def _write_series(w: Writing, value: Any) -> None:  # noqa: ANN401 -- a Series
    if not _is_plain(value) or not columns.is_plain_dtype(value.dtype):
        w.stand_in(value)
    elif not w.seen(value):
        w.weigh(TABLE)
        w.begin(b"E", 0)
        w.put(value.name)
        columns.put_index(w, value.index)
        columns.put_column(w, value)
        w.depth += 1


def _read_series(r: Reading) -> Any:  # noqa: ANN401 -- a Series
    place = r.reserve()
    r.weigh(TABLE)
    r.begin()
    name = r.take()
    series = _series(columns.take_index(r), r, name)
    r.depth += 1
    r.made[place] = series
    return series


def _series(index: Any, r: Reading, name: object = None) -> Any:  # noqa: ANN401 -- an Index, a Series
    column = columns.take_column(r)
    pd = arrays.library("pandas")
    return pd.Series(column, index=index, dtype=column.dtype, name=name, copy=False)


def _write_frame(w: Writing, value: Any) -> None:  # noqa: ANN401 -- a DataFrame
    inside = [column for _, column in value.items()]
    kinds = [column.dtype for column in inside]
    plain = _is_plain(value) and columns.is_plain_index(value.columns)
    if not plain or not all(columns.is_plain_dtype(kind) for kind in kinds):
        w.stand_in(value)
    elif not w.seen(value):
        w.weigh(TABLE)
        w.begin(b"H", 0)
        columns.put_index(w, value.index)
        columns.put_index(w, value.columns)
        if inside and all(
            arrays.is_plain_dtype(kind) and kind.kind != "O" and kind == kinds[0] for kind in kinds
        ):
            w.out += b"2"
            arrays.put_array(w, value.to_numpy())
        else:
            w.out += b"1"
            w.count(len(inside))
            for column in inside:
                w.weigh(TABLE)
                columns.put_column(w, column)
        w.depth += 1


def _read_frame(r: Reading) -> Any:  # noqa: ANN401 -- a DataFrame
    pd = arrays.library("pandas")
    place = r.reserve()
    r.weigh(TABLE)
    r.begin()
    index, names = columns.take_index(r), columns.take_index(r)
    if r.raw(1) == b"2":
        cells = arrays.take_array(r, numbered=False)
        frame = pd.DataFrame(cells, index=index, columns=names, dtype=cells.dtype, copy=False)
    else:
        inside = {}
        for number in range(r.count()):
            r.weigh(TABLE)
            inside[number] = _series(index, r)
        frame = pd.DataFrame(inside, index=index)
        frame.columns = names
    r.depth += 1
    r.made[place] = frame
    return frame


READERS: dict[bytes, Read] = {
    b"-": lambda _r: arrays.library("pandas").NaT,
    b"?": lambda _r: arrays.library("pandas").NA,
    b"W": _read_timestamp,
    b"w": lambda r: arrays.library("pandas").Timedelta(_moment(r, "m")),
    b"K": _read_interval,
    b"X": _read_dtype,
    b"G": _read_array,
    b"J": columns.take_index,
    b"E": _read_series,
    b"H": _read_frame,
}
