"""A form that is sent twice is carried out once.

Where a link is weak the answer to a form gets lost, and the form is sent again; or a button is pressed twice.
Every page gives its forms a key of that page. The last form of a person that led to another page is known for
a day, by its address, its key and all that was typed: sent again it leads there again and changes nothing.
Refused forms are not kept, nor are those whose answer shows something at once or sets a cookie.

The application calls ``receive`` before a handler, ``carry_out`` around the request's transaction, and
``note`` with the answer, which Litestar makes before the transaction ends.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.datastructures import UploadFile
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import sent_forms
from darsgah.ui.templating import FORM_KEY_FIELD

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_CHUNK = 256 * 1024


class SentBefore(Exception):  # noqa: N818 - says what happened
    """This form was carried out already; ``location`` is where it led."""

    def __init__(self, location: str) -> None:
        self.location = location
        super().__init__(location)


@dataclass
class _Sent:
    """A form with a key: who sends it, its digest (32 bytes) and, once it is carried out, where it leads."""

    account_id: UUID
    digest: bytes
    location: str | None = None


_current: ContextVar[_Sent | None] = ContextVar("sent form", default=None)
"""The form of the request under way, shared with the tasks that its dependencies run in."""


async def receive(request: Request[Any, Any, Any]) -> None:
    """Take note of a page's form that somebody signed in sends; whatever else comes in is left alone."""
    _current.set(await _read(request))


async def _read(request: Request[Actor | None, Any, Any]) -> _Sent | None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.user is None or request.method != "POST" or kind not in FORMS:
        return None
    form = await request.form()
    if not form.get(FORM_KEY_FIELD):
        return None
    digest = hashlib.sha256()
    _add(digest, request.scope["path"].encode())
    for name, value in form.multi_items():
        _add(digest, name.encode())
        if isinstance(value, UploadFile):
            _add(digest, value.filename.encode())
            await _add_file(digest, value)
        else:
            _add(digest, str(value).encode())
    return _Sent(request.user.account_id, digest.digest())


def _add(digest: "hashlib._Hash", value: bytes) -> None:
    """One value with its length before it, so that no two lists of values read alike."""
    digest.update(len(value).to_bytes(8))
    digest.update(value)


async def _add_file(digest: "hashlib._Hash", file: UploadFile) -> None:
    content = hashlib.sha256()
    while chunk := await file.read(_CHUNK):
        content.update(chunk)
    await file.seek(0)
    digest.update(content.digest())


@asynccontextmanager
async def carry_out(session: AsyncSession) -> AsyncIterator[None]:
    """Around what a request does in its transaction.

    Raises:
        SentBefore: this very form was carried out already.
    """
    sent = _current.get()
    if sent is None:
        yield
        return
    location = await sent_forms.location_of(session, sent.account_id, sent.digest)
    if location is not None:
        raise SentBefore(location)
    yield
    if sent.location is not None:
        await sent_forms.remember(session, sent.account_id, sent.digest, sent.location)


async def note(response: Response[object]) -> Response[object]:
    """The same answer; where it leads is noted."""
    sent = _current.get()
    if sent is not None and isinstance(response, Redirect) and not response.cookies:
        sent.location = response.url
    return response
