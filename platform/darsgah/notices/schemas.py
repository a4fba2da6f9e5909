"""What people are shown of their notices, and what a letter is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec


class NoticeView(msgspec.Struct, frozen=True):
    """A notice in its reader's language; ``link`` is a path of this site."""

    id: UUID
    kind: str
    title: str
    body: str
    link: str
    at: datetime
    read_at: datetime | None


class NoticePage(msgspec.Struct, frozen=True):
    """Some of somebody's notices, newest first; ``unread`` counts all of theirs, to 100."""

    notices: tuple[NoticeView, ...]
    unread: int
    next_after: UUID | None


class ReadNotices(msgspec.Struct, frozen=True):
    """Which were read; without ``ids`` all."""

    ids: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=200)] | None = None


@dataclass(frozen=True, slots=True)
class Unmailed:
    """A notice whose letter is to be sent."""

    id: UUID
    account_id: UUID
    kind: str
    details: Mapping[str, str]
    link: str
    calendar: bytes | None
    created_at: datetime
