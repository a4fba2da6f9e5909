"""NumPy's arrays, scalars and dtypes: how each is written and read.

NumPy is met through ``sys.modules``: a process that never imported it has none of its values to write. A
reader imports it when the message holds one of its values, by this fixed name. An array is its dtype, its
shape and its bytes; one of objects is its elements, one by one. Sub-arrays, padded or titled records, dtypes
with metadata, and user-made dtypes are referred, and so are subclasses such as masked arrays. Two arrays that
share memory arrive as two that don't.
"""

import math
import re
import struct
import sys
from importlib import import_module
from types import ModuleType
from typing import Any, Literal

from darsgah_grader.guest.containers import Replace
from darsgah_grader.guest.wire import CONTAINER, LONGEST, NotPlainData, Read, Reading, Write, Writing

_CODES = "?bBhHiIlLqQefdgFDGSUmM"
_PLAIN = re.compile(
    r"[<>|=](?:[?bBhHiIlLqQefdgFDG]|[biufc][0-9]{1,2}|[SU][0-9]{1,8}"
    r"|[mM]8(?:\[[0-9]{0,9}(?:Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?)",
    re.ASCII,
)
_OBJECTS = "O"
_RECORD = "{"
_FIELDS = 256
_LAST_CHARACTER = 0x10FFFF

_pack_float = struct.Struct("<d").pack
_pack_long = struct.Struct("<q").pack
_type, _id = type, id
_DTYPES: dict[int, type] = {}
"""The classes of dtypes that are plain, by identity."""


def library(name: Literal["numpy", "pandas"]) -> Any:  # noqa: ANN401 -- a module, of which the checker knows nothing here
    """The library for reading a value of it.

    Where it must be imported, that is done without the current folder, in which a learner's code may have put
    a file of that name, or of the name of something that the library asks for.
    """
    found = sys.modules.get(name)
    if found is None:
        folders = sys.path[:]
        sys.path[:] = [folder for folder in folders if folder.startswith("/")]
        try:
            found = import_module(name)
        finally:
            sys.path[:] = folders
    return found


def array_writers(np: ModuleType) -> dict[type, Write]:
    """What writes the values of this NumPy; also takes note of its dtypes."""
    dtypes = {type(np.dtype(code)) for code in (*_CODES, "O", "V1")}
    _DTYPES.update((id(kind), kind) for kind in dtypes)
    writers: dict[type, Write] = {np.dtype(code).type: _write_scalar for code in _CODES}
    writers |= dict.fromkeys(dtypes, _write_dtype)
    return writers | {
        np.ndarray: _write_array,
        np.void: _write_scalar,
        np.str_: _write_text_scalar,
        np.bytes_: _write_bytes_scalar,
        np.float64: _write_float64,
        np.int64: _write_int64,
    }


def array_types(np: ModuleType) -> dict[str, type]:
    """The types of this NumPy that cross by reference."""
    kinds = [np.dtype(code).type for code in _CODES]
    kinds += [np.generic, np.number, np.integer, np.signedinteger, np.unsignedinteger, np.inexact]
    kinds += [np.floating, np.complexfloating, np.flexible, np.character, np.void, np.ndarray, np.dtype]
    return {f"numpy.{kind.__name__}": kind for kind in kinds}


def array_replacers(np: ModuleType) -> dict[type, Replace]:
    """What gives an array of this NumPy other elements in place."""
    return {np.ndarray: _replace_array}


def is_plain_dtype(dtype: Any, depth: int = 0) -> bool:  # noqa: ANN401 -- a dtype
    """Whether the dtype can be rebuilt exactly from what ``put_dtype`` writes."""
    if _id(_type(dtype)) not in _DTYPES or dtype.metadata is not None:
        return False
    if dtype.names is None:
        return bool(dtype.kind == "O" or (dtype.kind != "V" and dtype.itemsize > 0))
    if dtype.isalignedstruct or depth > 8 or not 0 < len(dtype.names) <= _FIELDS:
        return False
    end = 0
    for name in dtype.names:
        field, offset, *title = dtype.fields[name]
        if title or offset != end or field.kind == "O" or not is_plain_dtype(field, depth + 1):
            return False
        end += field.itemsize
    return bool(end == dtype.itemsize)


def put_dtype(w: Writing, dtype: Any) -> None:  # noqa: ANN401 -- a dtype
    """Write a dtype that is plain, without a tag."""
    if dtype.names is not None:
        w.text(_RECORD)
        w.count(len(dtype.names))
        w.weigh(len(dtype.names) * CONTAINER)
        for name in dtype.names:
            w.text(name)
            put_dtype(w, dtype.fields[name][0])
    elif dtype.kind == "O":
        w.text(_OBJECTS)
    elif dtype.char in "qQ":
        w.text(dtype.str[0] + dtype.char)
    else:
        w.text(dtype.str)


def take_dtype(r: Reading, depth: int = 0) -> Any:  # noqa: ANN401 -- a dtype
    """Read what ``put_dtype`` wrote."""
    np = library("numpy")
    text = r.text()
    if text == _OBJECTS and not depth:
        return np.dtype(object)
    if text == _RECORD and depth < 10:
        size = r.count()
        if not 0 < size <= _FIELDS:
            raise NotPlainData("A record has too few or too many fields.")
        r.weigh(size * CONTAINER)
        return np.dtype([(r.text(), take_dtype(r, depth + 1)) for _ in range(size)])
    if _PLAIN.fullmatch(text) is None:
        raise NotPlainData("There is no such dtype.")
    dtype = np.dtype(text)
    if not dtype.itemsize:
        raise NotPlainData("A dtype has no size, so that any number of elements would fit in no bytes.")
    return dtype


def put_array(w: Writing, value: Any) -> None:  # noqa: ANN401 -- an ndarray
    """Write an array of a plain dtype, without asking whether it was met before."""
    w.weigh(CONTAINER)
    put_dtype(w, value.dtype)
    shape = value.shape
    w.count(len(shape))
    for size in shape:
        w.count(size)
    if value.dtype.kind == "O":
        w.begin(b"", value.size)
        for element in value.ravel().tolist():
            w.put(element)
        w.depth += 1
        return
    if value.nbytes + len(w.out) > LONGEST:
        raise NotPlainData(f"An array is larger than {LONGEST // 1024 // 1024} MiB, the most that can cross.")
    in_columns = value.flags.f_contiguous and not value.flags.c_contiguous
    w.out += b"F" if in_columns else b"C"
    w.out += value.tobytes("F" if in_columns else "C")


def take_array(r: Reading, *, numbered: bool) -> Any:  # noqa: ANN401 -- an ndarray
    """Read what ``put_array`` wrote; ``numbered`` where it may be met again."""
    np = library("numpy")
    r.weigh(CONTAINER)
    dtype = take_dtype(r)
    dimensions = r.count()
    if dimensions > 64:
        raise NotPlainData("An array has too many dimensions.")
    shape = tuple([r.count() for _ in range(dimensions)])
    if math.prod(filter(None, shape)) * dtype.itemsize > LONGEST:
        raise NotPlainData("An array is larger than its message can be.")
    if dtype.kind == "O":
        return _take_objects(r, shape, numbered=numbered)
    order = "F" if r.raw(1) == b"F" else "C"
    size = math.prod(shape)
    start = r.place
    r.place += size * dtype.itemsize
    if r.place > len(r.data):
        raise NotPlainData("The message ends before the array does.")
    array = np.empty(shape, dtype, order)
    if size:
        array[...] = np.frombuffer(r.data, dtype, size, start).reshape(shape, order=order)
    _check(np, array)
    if numbered:
        r.made.append(array)
    return array


def _take_objects(r: Reading, shape: tuple[int, ...], *, numbered: bool) -> Any:  # noqa: ANN401 -- an ndarray
    size = r.begin()
    cells = library("numpy").empty(size, object)
    array = cells.reshape(shape)
    if numbered:
        r.made.append(array)
    for place in range(size):
        cells[place] = r.take()
    r.depth += 1
    return array


def _check(np: Any, array: Any) -> None:  # noqa: ANN401 -- NumPy, an ndarray
    """Refuse what NumPy never writes: truth values besides 0 and 1, characters beyond the last."""
    dtype = array.dtype
    if dtype.names is not None:
        for name in dtype.names:
            _check(np, array[name])
    elif dtype.kind == "b" and array.size and array.view(np.uint8).max() > 1:
        raise NotPlainData("A truth value is neither true nor false.")
    elif dtype.kind == "U" and array.size:
        letters = np.ascontiguousarray(array).view(np.dtype(np.uint32).newbyteorder(dtype.byteorder))
        if letters.max() > _LAST_CHARACTER:
            raise NotPlainData("A character is beyond the last one.")


def _write_array(w: Writing, value: Any) -> None:  # noqa: ANN401 -- an ndarray
    if not is_plain_dtype(value.dtype):
        w.stand_in(value)
    elif not w.seen(value):
        w.out += b"A"
        put_array(w, value)


def _write_float64(w: Writing, value: float) -> None:
    w.out += b"g" + _pack_float(value)


def _write_int64(w: Writing, value: int) -> None:
    w.out += b"l" + _pack_long(value)


def _write_text_scalar(w: Writing, value: str) -> None:
    w.out += b"S"
    w.text(value)


def _write_bytes_scalar(w: Writing, value: bytes) -> None:
    w.out += b"Y"
    w.blob(value)


def _write_scalar(w: Writing, value: Any) -> None:  # noqa: ANN401 -- a NumPy scalar
    dtype = value.dtype
    if not is_plain_dtype(dtype):
        w.stand_in(value)
        return
    w.out += b"x"
    put_scalar(w, value)


def put_scalar(w: Writing, value: Any) -> None:  # noqa: ANN401 -- a NumPy scalar
    """Write a scalar of a plain dtype, without a tag."""
    put_dtype(w, value.dtype)
    w.out += value.tobytes()


def take_scalar(r: Reading) -> Any:  # noqa: ANN401 -- a NumPy scalar
    """Read what ``put_scalar`` wrote."""
    np = library("numpy")
    dtype = take_dtype(r)
    if dtype.kind == "O":
        raise NotPlainData("There is no scalar of any object.")
    array = np.frombuffer(r.raw(dtype.itemsize), dtype).copy()
    _check(np, array)
    return array[0]


def _write_dtype(w: Writing, value: Any) -> None:  # noqa: ANN401 -- a dtype
    if not is_plain_dtype(value):
        w.stand_in(value)
        return
    w.out += b"y"
    put_dtype(w, value)


def _replace_array(old: Any, new: Any) -> None:  # noqa: ANN401 -- ndarrays
    if old.shape != new.shape or old.dtype != new.dtype:
        raise NotPlainData("An array cannot get another shape or dtype in place.")
    old[...] = new


READERS: dict[bytes, Read] = {
    b"A": lambda r: take_array(r, numbered=True),
    b"g": lambda r: library("numpy").frombuffer(r.raw(8), "<f8")[0],
    b"l": lambda r: library("numpy").frombuffer(r.raw(8), "<i8")[0],
    b"S": lambda r: library("numpy").str_(r.text()),
    b"Y": lambda r: library("numpy").bytes_(r.blob()),
    b"x": take_scalar,
    b"y": take_dtype,
}
