"""TOML into validated structs, with errors that name the field and show how it is written."""

import re
import tomllib
from typing import Any, TypeVar

import msgspec
from msgspec import inspect as shapes

from darsgah_labs.errors import LabInvalid

Shape = TypeVar("Shape", bound=msgspec.Struct)

TYPE_WORDS = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}
"""msgspec's names for types, as an author would say them."""


def read_toml(content: bytes, file: str, shape: type[Shape]) -> Shape:
    """The struct that ``content`` holds.

    Raises:
        LabInvalid: not UTF-8, not TOML, or not of this shape; names the first field at fault.
    """
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise LabInvalid(
            file, f"byte {error.start}", "The file is not UTF-8 text.", "Save it as UTF-8."
        ) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problem = f"This is not TOML: {str(error).rstrip('.') or 'it is nested too deeply'}."
        raise LabInvalid(file, "", problem, "Mend that line; strings need quotes.") from error
    try:
        return msgspec.convert(table, shape, strict=True)
    except msgspec.ValidationError as error:
        raise _explained(str(error), file, shape) from error


def _explained(message: str, file: str, shape: type[msgspec.Struct]) -> LabInvalid:
    """What msgspec says (``Expected `int`, got `str` - at `$.a[0].b` ``) in an author's words."""
    problem, _, location = message.partition(" - at ")
    steps = re.findall(r"\.?([^.`$\[\]]+|\[[^\]]*\])", location.strip("`").removeprefix("$"))
    quoted = re.search(r"field `([^`]+)`", problem)
    field = _field_name([*steps, quoted.group(1)] if quoted else steps)
    if "missing required field" in problem:
        return LabInvalid(file, field, "This field is missing.", _example(shape, field))
    if "unknown field" in problem:
        mend = f"Remove it or mend its spelling; the fields here are: {', '.join(_keys(shape, steps))}."
        return LabInvalid(file, field, "The format has no such field.", mend)
    words = re.sub(r"`(\w+)(?: \| null)?`", lambda found: TYPE_WORDS.get(found[1], f"`{found[1]}`"), problem)
    words = words.replace("regex", "the pattern").rstrip(".")
    return LabInvalid(file, field or "the whole file", f"{words}.", _example(shape, field))


def _field_name(steps: list[str]) -> str:
    """``["data", "[0]", "path"]`` as ``data[0].path``."""
    return ".".join(steps).replace(".[", "[")


def _walk(shape: type[msgspec.Struct], steps: list[str]) -> shapes.Type | None:
    """The type at a path of keys and ``[...]`` inside a struct; None where there is nothing."""
    here: shapes.Type | None = shapes.type_info(shape)
    for step in steps:
        here = _inside(here, step)
    return here


def _inside(here: shapes.Type | None, step: str) -> shapes.Type | None:
    plain = _plain(here)
    if isinstance(plain, shapes.VarTupleType) and step.startswith("["):
        return plain.item_type
    if isinstance(plain, shapes.StructType):
        return next((field.type for field in plain.fields if field.encode_name == step), None)
    return None


def _plain(kind: shapes.Type | None) -> shapes.Type | None:
    """Without the wrapping that carries descriptions, and without ``| None``."""
    while isinstance(kind, shapes.Metadata):
        kind = kind.type
    if isinstance(kind, shapes.UnionType):
        return _plain(next(one for one in kind.types if not isinstance(one, shapes.NoneType)))
    return kind


def _keys(shape: type[msgspec.Struct], steps: list[str]) -> list[str]:
    table = _plain(_walk(shape, steps))
    return [field.encode_name for field in table.fields] if isinstance(table, shapes.StructType) else []


def _example(shape: type[msgspec.Struct], field: str) -> str:
    """How the field is written, from the description and the example on it."""
    steps = re.findall(r"[^.\[\]]+|\[[^\]]*\]", field)
    while steps and steps[-1].startswith("["):
        steps.pop()
    found = _walk(shape, steps)
    plain = _plain(found)
    if isinstance(plain, shapes.EnumType):
        return f"It is one of: {', '.join(plain.cls)}."
    extra: dict[str, Any] = (found.extra_json_schema or {}) if isinstance(found, shapes.Metadata) else {}
    meaning = extra.get("description", "")
    if extra.get("examples"):
        value = msgspec.json.encode(extra["examples"][0]).decode()
        return f"{meaning} Write it like this: {steps[-1]} = {value}".strip()
    inner = _keys(shape, steps) if steps else []
    return f"{meaning} It is a table with: {', '.join(inner)}.".strip() if inner else meaning
