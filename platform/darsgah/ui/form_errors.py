"""A form that is refused: nothing is kept, and its page comes back with what was typed and what is wrong."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.errors import DarsgahError
from darsgah.ui.language import Language, Message, explain

Done = TypeVar("Done")
SHOWN = frozenset({HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})
"""Refusals that are told on the form's own page; the others have a page of their own."""


@dataclass(frozen=True)
class Refusal:
    """What was typed and what is wrong with it; without an error there is nothing wrong yet."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str | Message] = field(default_factory=dict)
    error: str = ""
    status: int = HTTPStatus.OK


async def attempt(session: AsyncSession, action: Awaitable[Done]) -> Done:
    """Do something inside the request's transaction; where it raises, nothing of it is kept."""
    async with session.begin_nested():
        return await action


def wrong(error: DarsgahError | None, language: Language, *, whole: bool = False) -> dict[str, Any]:
    """What is wrong with a form: ``errors`` by field, or else, or with ``whole``, ``error`` in words."""
    fields = error.details.get("fields", {}) if error else {}
    return {"errors": fields, "error": explain(error, language) if error and (whole or not fields) else ""}


def words_of(values: Mapping[str, Any] | None) -> dict[str, str]:
    """What was typed into a form that was read already, files left out."""
    return {key: value for key, value in (values or {}).items() if isinstance(value, str)}


async def typed(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The words of a form, files and what cannot be kept as text left out."""
    return {
        key: value.replace("\r\n", "\n").replace("\0", "").encode("utf-8", "replace").decode()
        for key, value in (await request.form()).items()
        if isinstance(value, str)
    }


def refused(error: DarsgahError, values: Mapping[str, str], language: Language) -> Refusal:
    """What the page shows of an error.

    Raises:
        DarsgahError: the same, where it has a page of its own.
    """
    if error.status not in SHOWN:
        raise error
    fields = error.details.get("fields") or {}
    return Refusal(values, fields, "" if fields else explain(error, language), error.status)
