"""From a form's fields to a checked value, with a message beside every field at fault."""

from collections.abc import Mapping
from typing import Any, TypeVar, get_args

import msgspec

from darsgah.errors import MalformedInput
from darsgah.ui.language import Message
from darsgah.ui.plain_text import LINE, NAME

Form = TypeVar("Form", bound=msgspec.Struct)


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
    bounds = next((item for item in get_args(kind)[1:] if isinstance(item, msgspec.Meta)), msgspec.Meta())
    if isinstance(value, str) and bounds.min_length is not None and len(value) < bounds.min_length:
        return Message("At least {count} characters.", count=bounds.min_length)
    if isinstance(value, str) and bounds.max_length is not None and len(value) > bounds.max_length:
        return Message("At most {count} characters.", count=bounds.max_length)
    if isinstance(value, str) and not value.strip():
        return Message("This is needed.")
    if bounds.pattern in {LINE, NAME}:
        return Message("Write it on one line, with letters and without signs that are not seen.")
    return Message("This is not one of the choices.")


def local_path(value: object, default: str) -> str:
    """Where to go next, when that is a path of this site; anything else gives the default."""
    if isinstance(value, str) and value.startswith("/") and not value.startswith(("//", "/\\")):
        return value if value.isprintable() else default
    return default
