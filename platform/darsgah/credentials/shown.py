"""What somebody shows to have it checked: pasted text, or a file; from the page's form or from a program."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.enums import RequestEncodingType
from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    Reference,
    RequestBody,
    Schema,
)

from darsgah.credentials import tokens
from darsgah.credentials.carriers import LARGEST, token_in
from darsgah.credentials.schemas import Token
from darsgah.errors import MalformedInput, TooLarge
from darsgah.ui.form_data import read_form
from darsgah.ui.language import Message

UPLOAD_BYTES: Final = LARGEST + 2 * tokens.LONGEST + 64 * 1024
"""What the server reads of a request at most."""
CREDENTIAL, FILE, STATUS_LIST = "credential", "file", "status_list"
"""The fields of the form; the first and the last are those of the JSON too."""


class Shown(msgspec.Struct, frozen=True):
    """What to check: the token, empty where none was found, and a list of revocations that was kept."""

    token: str
    kept_list: str


@dataclass
class CredentialShown(Operation):
    """The operation with what it takes: the handler reads JSON and forms itself, so nothing else says it."""

    def __post_init__(self) -> None:
        text = Schema(
            type=OpenAPIType.STRING, description="The JWT itself, or an SVG picture that it is baked into."
        )
        kept = Schema(type=OpenAPIType.STRING, description="A list of revocations that was kept, as a JWT.")
        file = Schema(
            type=OpenAPIType.STRING,
            format=OpenAPIFormat.BINARY,
            description="A .jwt file, or an SVG or PNG picture that the credential is baked into.",
        )
        words: dict[str, Reference | Schema] = {CREDENTIAL: text, STATUS_LIST: kept}
        sent = Schema(type=OpenAPIType.OBJECT, required=[CREDENTIAL], properties=words)
        form = Schema(type=OpenAPIType.OBJECT, properties={FILE: file, **words})
        self.request_body = RequestBody(
            content={
                RequestEncodingType.JSON.value: OpenAPIMediaType(schema=sent),
                RequestEncodingType.MULTI_PART.value: OpenAPIMediaType(schema=form),
            },
            required=True,
        )


async def read_shown(request: Request[Any, Any, Any]) -> Shown:
    """What a program sends: JSON, or a multipart form as the page's.

    Raises:
        MalformedInput: there is nothing to check in it.
        TooLarge: the file is larger than any credential.
    """
    if request.content_type[0] == RequestEncodingType.MULTI_PART:
        return await shown_in(await request.form())
    try:
        sent = msgspec.json.decode(await request.body(), type=dict[str, Any])
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        raise MalformedInput from error
    token = read_form(sent, Token)
    return _shown(token.credential.encode("utf-8", "replace"), token.status_list)


async def shown_in(form: FormMultiDict) -> Shown:
    """What a form shows: the chosen file, or what was pasted.

    Raises:
        MalformedInput, TooLarge: as `read_shown`.
    """
    file = form.get(FILE)
    content = await file.read() if isinstance(file, UploadFile) and file.filename else b""
    if len(content) > LARGEST:
        raise TooLarge(fields={FILE: Message("This file is too large to be a credential.")})
    content = content or pasted(form, CREDENTIAL).encode("utf-8", "replace")
    if not content.strip():
        raise MalformedInput(fields={CREDENTIAL: Message("Paste a credential, or choose a file.")})
    return _shown(content, pasted(form, STATUS_LIST))


def pasted(form: FormMultiDict, name: str) -> str:
    """The text in a field, cut where no picture is as long."""
    value = form.get(name, "")
    return value[:LARGEST] if isinstance(value, str) else ""


def _shown(content: bytes, kept_list: str) -> Shown:
    unreadable = "?" if kept_list.strip() else ""
    listed = token_in(kept_list.encode("utf-8", "replace")) or unreadable
    return Shown(token_in(content.strip()) or "", listed)
