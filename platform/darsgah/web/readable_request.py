"""A request whose body is read or refused: nothing that can be sent in it is a fault of ours.

Litestar lets three things through as faults: JSON nested deeper than the decoder goes, forms that are not
UTF-8, and the NUL character, which PostgreSQL keeps in no text.
"""

import re
from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict, State

from darsgah.access import Actor
from darsgah.errors import MalformedInput

_NUL_IN_JSON = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Unreadable(MalformedInput):
    """What was sent cannot be read."""

    status = 400
    code = "unreadable"


class ReadableRequest(Request[Actor | None, str | None, State]):
    """The request class of the application."""

    async def json(self) -> Any:  # noqa: ANN401 # whatever was sent
        """The body's JSON.

        Raises:
            Unreadable: too deep, or with a NUL character.
        """
        if _NUL_IN_JSON.search(await self.body()):
            raise Unreadable
        try:
            return await super().json()
        except RecursionError as error:
            raise Unreadable from error

    async def form(self) -> FormMultiDict:
        """The body's form.

        Raises:
            Unreadable: not UTF-8, or with a NUL character.
        """
        try:
            form = await super().form()
        except UnicodeError as error:
            raise Unreadable from error
        if any(isinstance(value, str) and "\0" in value for value in form.values()):
            raise Unreadable
        return form
