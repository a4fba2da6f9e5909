"""The dtypes, columns and indexes of pandas: how each is written and read.

A column is written by its dtype: NumPy's own as an array, categories as codes and an index, moments in a time
zone as moments in UTC, nullable numbers as numbers and a mask, text as its elements, intervals as their ends.
An index is a column and a name, or a range, or levels and codes. What is not here (periods, sparse and
Arrow-backed columns, intervals in a time zone, time zones without a name in the tz database) makes
``is_plain_dtype`` or ``is_plain_index`` false, and then the whole table is referred.
"""

import re
from typing import Any

from darsgah_grader.guest import arrays, atoms
from darsgah_grader.guest.wire import LONGEST, TABLE, NotPlainData, Reading, Writing

_FREQUENCY = re.compile(r"-?[0-9]{0,6}[A-Za-z]{1,5}(?:-[A-Z]{3})?", re.ASCII)
_UNITS = ("s", "ms", "us", "ns")
_MASKED = ("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64")
NULLABLE = {**{name: f"{name}Dtype" for name in _MASKED}, "boolean": "BooleanDtype"}
"""The dtypes of numbers and truth values that may be missing: their names, and those of their classes."""
_CLOSED = ("left", "right", "both", "neither")
_STORAGES = ("python", "pyarrow")
_type, _id = type, id


def is_plain_dtype(dtype: Any) -> bool:  # noqa: ANN401 -- a dtype
    """Whether columns of this dtype can be rebuilt exactly."""
    pd = arrays.library("pandas")
    kind = _type(dtype)
    if kind is pd.CategoricalDtype:
        return dtype.categories is None or is_plain_index(dtype.categories)
    if kind is pd.DatetimeTZDtype:
        return atoms.is_plain_zone(dtype.tz)
    if kind is pd.StringDtype:
        return dtype.storage in _STORAGES
    if kind is pd.IntervalDtype:
        return dtype.closed in _CLOSED and arrays.is_plain_dtype(dtype.subtype)
    return is_nullable(dtype) or (arrays.is_plain_dtype(dtype) and dtype.names is None)


def is_nullable(dtype: Any) -> bool:  # noqa: ANN401 -- a dtype
    """Whether the dtype is one of numbers or truth values that may be missing."""
    kind = NULLABLE.get(dtype.name)
    return kind is not None and _type(dtype) is getattr(arrays.library("pandas"), kind)


def put_dtype(w: Writing, dtype: Any) -> None:  # noqa: ANN401 -- a dtype
    """Write a plain dtype, without a tag."""
    pd = arrays.library("pandas")
    kind = _type(dtype)
    if kind is pd.CategoricalDtype:
        w.out += b"c?" if dtype.ordered is None else b"c<" if dtype.ordered else b"c="
        w.out += b"-" if dtype.categories is None else b"+"
        if dtype.categories is not None:
            put_index(w, dtype.categories)
    elif kind is pd.DatetimeTZDtype:
        w.out += b"z"
        w.text(dtype.unit)
        atoms.put_zone(w, dtype.tz)
    elif kind is pd.StringDtype:
        w.out += b"s-" if dtype.na_value is pd.NA else b"s."
        w.text(dtype.storage)
    elif kind is pd.IntervalDtype:
        w.out += b"v"
        w.text(dtype.closed)
        arrays.put_dtype(w, dtype.subtype)
    elif is_nullable(dtype):
        w.out += b"m"
        w.text(dtype.name)
    else:
        w.out += b"n"
        arrays.put_dtype(w, dtype)


def take_dtype(r: Reading) -> Any:  # noqa: ANN401 -- a dtype
    """Read what ``put_dtype`` wrote."""
    pd = arrays.library("pandas")
    match r.raw(1):
        case b"c":
            ordered = {b"?": None, b"<": True, b"=": False}[r.raw(1)]
            return pd.CategoricalDtype(take_index(r) if r.raw(1) == b"+" else None, ordered)
        case b"z":
            unit = r.text()
            return pd.DatetimeTZDtype(_UNITS[_UNITS.index(unit)], atoms.take_zone(r))
        case b"s":
            missing = pd.NA if r.raw(1) == b"-" else float("nan")
            return pd.StringDtype(_STORAGES[_STORAGES.index(r.text())], na_value=missing)
        case b"m":
            return getattr(pd, NULLABLE[r.text()])()
        case b"v":
            closed = _CLOSED[_CLOSED.index(r.text())]
            return pd.IntervalDtype(arrays.take_dtype(r), closed)
        case b"n":
            return arrays.take_dtype(r)
    raise NotPlainData("There is no such kind of column.")


def put_column(w: Writing, column: Any) -> None:  # noqa: ANN401 -- a Series or an Index
    """Write the elements of a column or index whose dtype is plain."""
    pd = arrays.library("pandas")
    dtype = column.dtype
    kind = _type(dtype)
    put_dtype(w, dtype)
    if kind is pd.CategoricalDtype:
        arrays.put_array(w, column.array.codes)
    elif kind is pd.DatetimeTZDtype:
        arrays.put_array(w, pd.DatetimeIndex(column.array).tz_convert(None).to_numpy())
    elif kind is pd.StringDtype:
        arrays.put_array(w, column.array.to_numpy(object, na_value=None))
    elif is_nullable(dtype):
        arrays.put_array(w, column.array.to_numpy(dtype.numpy_dtype, na_value=0))
        arrays.put_array(w, column.array.isna())
    elif kind is pd.IntervalDtype:
        arrays.put_array(w, column.array.left.to_numpy())
        arrays.put_array(w, column.array.right.to_numpy())
    else:
        arrays.put_array(w, column.to_numpy())


def take_column(r: Reading) -> Any:  # noqa: ANN401 -- an ndarray or an array of pandas
    """Read what ``put_column`` wrote."""
    pd = arrays.library("pandas")
    dtype = take_dtype(r)
    kind = _type(dtype)
    cells = arrays.take_array(r, numbered=False)
    if cells.ndim != 1:
        raise NotPlainData("A column has one dimension.")
    if kind is pd.CategoricalDtype:
        return pd.Categorical.from_codes(cells, dtype=dtype)
    if kind is pd.DatetimeTZDtype:
        made = pd.DatetimeIndex(cells).tz_localize("UTC").tz_convert(dtype.tz).array
        return _of(dtype, made)
    if kind is pd.StringDtype:
        if any(_type(cell) is not str and cell is not None for cell in cells.tolist()):
            raise NotPlainData("A column of text holds something else.")
        return pd.array(cells, dtype=dtype)
    if is_nullable(dtype):
        return dtype.construct_array_type()(
            _of(dtype.numpy_dtype, cells), arrays.take_array(r, numbered=False)
        )
    if kind is pd.IntervalDtype:
        right = arrays.take_array(r, numbered=False)
        return _of(dtype, pd.arrays.IntervalArray.from_arrays(cells, right, dtype.closed))
    return _of(dtype, cells)


def _of(dtype: Any, cells: Any) -> Any:  # noqa: ANN401 -- a dtype, an array
    if cells.dtype != dtype:
        raise NotPlainData("A column is of another kind than its elements.")
    return cells


def is_plain_index(index: Any) -> bool:  # noqa: ANN401 -- an Index
    """Whether an index can be rebuilt exactly."""
    pd = arrays.library("pandas")
    kind = _type(index)
    if kind is pd.MultiIndex:
        return all(is_plain_index(level) for level in index.levels)
    if kind is pd.DatetimeIndex or kind is pd.TimedeltaIndex:
        return is_plain_dtype(index.dtype) and _is_plain_frequency(pd, index.freq)
    if kind is pd.Index or kind is pd.CategoricalIndex or kind is pd.IntervalIndex:
        return is_plain_dtype(index.dtype)
    return kind is pd.RangeIndex


def _is_plain_frequency(pd: Any, frequency: Any) -> bool:  # noqa: ANN401 -- pandas, one of its offsets or None
    if frequency is None:
        return True
    text = frequency.freqstr
    return bool(_FREQUENCY.fullmatch(text) and pd.tseries.frequencies.to_offset(text) == frequency)


def put_index(w: Writing, index: Any) -> None:  # noqa: ANN401 -- an Index
    """Write a plain index."""
    pd = arrays.library("pandas")
    w.weigh(TABLE)
    kind = _type(index)
    if kind is pd.MultiIndex:
        w.begin(b"m", len(index.levels))
        for level, codes in zip(index.levels, index.codes, strict=True):
            put_index(w, level)
            arrays.put_array(w, codes)
        w.put(tuple(index.names))
    else:
        w.begin(b"r" if kind is pd.RangeIndex else b"i", 0)
        w.put(index.name)
        if kind is pd.RangeIndex:
            for part in (index.start, index.stop, index.step):
                w.integer(part)
        else:
            put_column(w, index)
            frequency = getattr(index, "freq", None)
            w.text("" if frequency is None else frequency.freqstr)
    w.depth += 1


def take_index(r: Reading) -> Any:  # noqa: ANN401 -- an Index
    """Read what ``put_index`` wrote."""
    pd = arrays.library("pandas")
    r.weigh(TABLE)
    kind = r.raw(1)
    size = r.begin()
    if kind == b"m":
        parts = [(take_index(r), arrays.take_array(r, numbered=False)) for _ in range(size)]
        levels, codes = [level for level, _ in parts], [code for _, code in parts]
        index = pd.MultiIndex(levels, codes, names=_plain_tuple(r))
    elif kind == b"r":
        name = r.take()
        steps = range(r.integer(), r.integer(), r.integer())
        if len(steps) > LONGEST:
            raise NotPlainData("An index is longer than any table that can cross.")
        index = pd.RangeIndex(steps, name=name)
    else:
        name = r.take()
        column = take_column(r)
        index = pd.Index(column, dtype=column.dtype, name=name, copy=False)
        frequency = r.text()
        if frequency:
            index.freq = _FREQUENCY.fullmatch(frequency)[0]  # type: ignore[index]  # None is a TypeError: malformed
    r.depth += 1
    return index


def _plain_tuple(r: Reading) -> list[object]:
    names = r.take()
    if _type(names) is not tuple:
        raise NotPlainData("The names of an index are a tuple.")
    return list(names)
