"""From a form's fields to a checked value, with a message beside every field at fault."""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

import msgspec
from litestar.datastructures import FormMultiDict, UploadFile

from darsgah.errors import MalformedInput
from darsgah.ui.language import Message
from darsgah.ui.plain_text import LINE, NAME

Form = TypeVar("Form", bound=msgspec.Struct)
_TOLD: Final = 100_000


def read_form(values: Mapping[str, Any], kind: type[Form]) -> Form:
    """The form as a value of that struct; fields it does not know are left aside.

    Raises:
        MalformedInput: ``details["fields"]`` has a ``Message`` for every field at fault.
    """
    read: dict[str, Any] = {}
    fields: dict[str, Message] = {}
    for field in msgspec.structs.fields(kind):
        value = values.get(field.name)
        if value is None or (value == "" and field.required):
            if field.required:
                fields[field.name] = Message("This is needed.")
            continue
        try:
            read[field.name] = msgspec.convert(value, field.type, strict=False)
        except msgspec.ValidationError:
            fields[field.name] = _message(value, field.type)
    if fields:
        raise MalformedInput(fields=fields)
    return kind(**read)


def _message(value: object, kind: object) -> Message:
    kind = _without_none(kind)
    bounds = next((item for item in get_args(kind)[1:] if isinstance(item, msgspec.Meta)), msgspec.Meta())
    if kind is int or get_args(kind)[:1] == (int,):
        return _number(bounds)
    if isinstance(value, str) and bounds.min_length is not None and len(value) < bounds.min_length:
        return Message("At least {count} characters.", count=bounds.min_length)
    if isinstance(value, str) and bounds.max_length is not None and len(value) > bounds.max_length:
        return Message("At most {count} characters.", count=bounds.max_length)
    if isinstance(value, str) and not value.strip():
        return Message("This is needed.")
    if bounds.pattern in {LINE, NAME}:
        return Message("Write it on one line, with letters and without signs that are not seen.")
    return Message("This is not one of the choices.")


def _without_none(kind: object) -> object:
    """What a field takes when it is there."""
    if get_origin(kind) not in (Union, UnionType):
        return kind
    return next((one for one in get_args(kind) if one is not NoneType), kind)


def _number(bounds: msgspec.Meta) -> Message:
    """Which whole numbers a field takes; the bound of a version and the like says nothing to people."""
    if bounds.ge is None or bounds.le is None or bounds.le > _TOLD:
        return Message("Write a whole number.")
    return Message("Write a whole number from {least} to {most}.", least=bounds.ge, most=bounds.le)


def stray_file(form: FormMultiDict, expected: str) -> str | None:
    """The name of a field with a file in it that is not the one for files; None where there is none."""
    for name, value in form.multi_items():
        if isinstance(value, UploadFile) and value.filename and name != expected:
            return "".join(letter for letter in name if letter.isprintable())[:60] or "-"
    return None


def local_path(value: object, default: str) -> str:
    """Where to go next, when that is a path of this site; anything else gives the default."""
    if isinstance(value, str) and value.startswith("/") and not value.startswith(("//", "/\\")):
        return value if value.isprintable() else default
    return default
