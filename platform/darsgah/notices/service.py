"""What can be done with notices: tell people something, read them, and say that they were read."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.db.columns import new_id, now
from darsgah.errors import NotFound
from darsgah.jobs.queue import JobKind, Queue, enqueue
from darsgah.notices import queries
from darsgah.notices.kinds import KINDS, Kind
from darsgah.notices.models import Notice
from darsgah.notices.schemas import NoticePage, NoticeView, Unmailed
from darsgah.ui import formats
from darsgah.ui.form_data import local_path
from darsgah.ui.language import Language

MAIL: Final = JobKind("notices.mail", Queue.NOTICES)
PAGE: Final = 50
MOST_COUNTED: Final = 100
LONGEST_PLACE: Final = 500
"""Characters of what fills one place; the rest is cut: the page behind the link has it whole."""
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_PLACE = re.compile(r"\{(\w+)\}")


async def tell(
    session: AsyncSession,
    account_ids: Iterable[UUID],
    kind: str,
    values: Mapping[str, str],
    link: str,
    *,
    calendar: bytes | None = None,
) -> None:
    """Tell people something, in the caller's transaction; whoever wants letters is sent one soon after.

    Args:
        account_ids: whom; each is told once.
        kind: a name of ``KINDS``.
        values: fills the places of that kind's words.
        link: the path of the page that it is about.
        calendar: an iCalendar object with a METHOD, for the letter.

    Raises:
        ValueError: there is no such kind, or a place of its words has no value: a fault of the caller's.
    """
    told = sorted(set(account_ids))
    if kind not in KINDS:
        raise ValueError(f"no such kind of notice: {kind}")
    missing = places(KINDS[kind]) - values.keys()
    if missing:
        raise ValueError(f"{kind} lacks {', '.join(sorted(missing))}")
    if not told:
        return
    telling_id, moment = new_id(), now()
    details = {name: _CONTROLS.sub(" ", str(value)).strip()[:LONGEST_PLACE] for name, value in values.items()}
    shared = {
        "telling_id": telling_id,
        "kind": kind,
        "details": details,
        "link": local_path(link, "/notices"),
        "calendar": calendar,
        "created_at": moment,
    }
    await queries.insert(session, [{"id": new_id(), "account_id": one, **shared} for one in told])
    await enqueue(session, MAIL, telling_id=str(telling_id))


def places(kind: Kind) -> set[str]:
    """The places of a kind's words."""
    return set(_PLACE.findall(f"{kind.title.text} {kind.body.text}"))


def words(kind: str, details: Mapping[str, str], language: Language) -> tuple[str, str]:
    """Title and body in that language. What a caller filled in is isolated, so that no direction leaks.

    A kind that is no more (an older version told it) has its name for a title.
    """
    known = KINDS.get(kind)
    if known is None:
        return kind, ""
    filled = {name: f"\u2068{_shown(name, value, language)}\u2069" for name, value in details.items()}
    title, body = (
        _PLACE.sub(lambda found: filled.get(found[1], ""), language.translations.gettext(message.text))
        for message in (known.title, known.body)
    )
    return title, body


def _shown(name: str, value: str, language: Language) -> str:
    """A place's value; a time as its reader writes it."""
    if name != "when" and not name.endswith("_at"):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return formats.plain_moment(moment, locale=language.locale)


async def unread(session: AsyncSession, account_id: UUID) -> int:
    """How many notices somebody has not read, to ``MOST_COUNTED``."""
    return await queries.unread(session, account_id, MOST_COUNTED)


async def notices(
    session: AsyncSession, actor: Actor, language: Language, after: UUID | None = None
) -> NoticePage:
    """The actor's notices, newest first, ``PAGE`` at a time."""
    rows = await queries.of(session, actor.account_id, after, PAGE + 1)
    shown = rows[:PAGE]
    return NoticePage(
        tuple(_view(row, language) for row in shown),
        await unread(session, actor.account_id),
        shown[-1].id if len(rows) > PAGE else None,
    )


async def opened(session: AsyncSession, actor: Actor, notice_id: UUID) -> str:
    """Note that one was read; returns its link.

    Raises:
        NotFound: the actor has none with that id.
    """
    row = await queries.one(session, actor.account_id, notice_id)
    if row is None:
        raise NotFound
    await queries.mark_read(session, actor.account_id, [notice_id], now())
    return row.link


async def mark_read(session: AsyncSession, actor: Actor, notice_ids: Collection[UUID] | None) -> None:
    """Note that the actor has read some of their notices, or all; others' ids change nothing."""
    await queries.mark_read(session, actor.account_id, notice_ids, now())


async def unmailed(session: AsyncSession, telling_id: UUID) -> list[Unmailed]:
    """The notices of one telling whose letter is still to be sent."""
    rows = await queries.unmailed(session, telling_id)
    return [
        Unmailed(row.id, row.account_id, row.kind, row.details, row.link, row.calendar, row.created_at)
        for row in rows
    ]


async def note_mailed(session: AsyncSession, notice_id: UUID) -> None:
    """Keep that a letter was taken by the mail server."""
    await queries.note_mailed(session, notice_id, now())


async def note_refused(session: AsyncSession, notice_id: UUID, reason: str) -> None:
    """Keep why a letter is not sent, and is not tried again."""
    await queries.note_refused(session, notice_id, reason[:LONGEST_PLACE])


def _view(row: Notice, language: Language) -> NoticeView:
    title, body = words(row.kind, row.details, language)
    return NoticeView(row.id, row.kind, title, body, row.link, row.created_at, row.read_at)
