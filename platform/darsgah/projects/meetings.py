"""Meetings of a project: times are proposed, everybody says which suit, one is fixed, and invitations go out.

Fixing another time sends the invitation again with the same UID and a higher SEQUENCE; cancelling sends it as
cancelled. Each person's invitation names them alone, so that nobody is shown another's address.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.notices import service as notices
from darsgah.projects import meeting_queries as queries
from darsgah.projects.calendar_text import Entry, Method, invitation
from darsgah.projects.errors import ChangedInBetween, NotYourPart, TimeNotProposed
from darsgah.projects.links import safe_link
from darsgah.projects.meeting_schemas import (
    MOST_TIMES_IN_ALL,
    Fixing,
    MeetingPage,
    MeetingView,
    NewMeeting,
    Suiting,
    TimeView,
)
from darsgah.projects.models import MeetingAnswer, MeetingTime, ProjectMeeting
from darsgah.projects.room import Part, Room, enter, names_of, require, require_acceptance
from darsgah.settings import Settings
from darsgah.ui.language import Message

FURTHEST: Final = timedelta(days=400)
PAGE: Final = 20


async def meetings(
    session: AsyncSession, actor: Actor, project_id: UUID, *, before: UUID | None = None
) -> MeetingPage:
    """The meetings of a project.

    Raises:
        NotFound: the actor is nothing to the project.
    """
    room = await enter(session, actor, project_id)
    require_acceptance(room, actor)
    rows = await queries.meetings(session, project_id, before=before, limit=PAGE + 1)
    shown = rows[:PAGE]
    times = await queries.times(session, [row.id for row in shown])
    answers = await queries.answers(session, [row.id for row in shown])
    names = await names_of(
        session, [*(row.proposed_by for row in shown), *(one.account_id for one in answers)]
    )
    views = tuple(_view(row, room, actor, times, answers=answers, names=names) for row in shown)
    accepted = room.part is Part.HUB or actor.account_id in room.accepted
    return MeetingPage(
        meetings=views,
        next_before=shown[-1].id if len(rows) > PAGE else None,
        hub_zone=room.hub.timezone,
        mentor_zone=room.mentor_zone,
        own_zone=room.mentor_zone if room.part is Part.MENTOR else room.hub.timezone,
        may_propose=room.signed_at is not None and accepted and not room.resting,
    )


async def propose(session: AsyncSession, actor: Actor, project_id: UUID, new: NewMeeting) -> UUID:
    """Propose a meeting; its proposer's own times suit them.

    Raises:
        MalformedInput: a time is not to come, or has no offset.
        NotFound, and what ``require`` raises.
    """
    room = await enter(session, actor, project_id)
    require(room, actor)
    if not new.title.strip():
        raise MalformedInput(fields={"title": Message("This is needed.")})
    times = _checked(new.times)
    row = ProjectMeeting(
        hub_id=room.project.hub_id,
        project_id=project_id,
        title=new.title.strip(),
        place=new.place.strip(),
        minutes=new.minutes,
        proposed_by=actor.account_id,
    )
    session.add(row)
    await session.flush()
    await _add_times(session, actor, row.id, times)
    told = {"meeting": row.title, "project": room.project.title, "person": actor.display_name}
    await notices.tell(
        session, room.members - {actor.account_id}, "project_meeting_proposed", told, _address(project_id)
    )
    return row.id


async def add_times(
    session: AsyncSession, actor: Actor, project_id: UUID, meeting_id: UUID, times: Sequence[datetime]
) -> None:
    """Propose other times for a meeting, also when it has one already.

    Raises:
        ChangedInBetween: it is cancelled.
        MalformedInput: as `propose`, or there are too many.
        NotFound, and what ``require`` raises.
    """
    room = await enter(session, actor, project_id, lock=True)
    require(room, actor)
    row = await _found(session, project_id, meeting_id)
    if row.state == "cancelled":
        raise ChangedInBetween
    before = {one.starts_at for one in await queries.times(session, [meeting_id])}
    wanted = [one for one in _checked(times) if one not in before]
    if len(before) + len(wanted) > MOST_TIMES_IN_ALL:
        raise MalformedInput(fields={"times": Message("At most {count} times.", count=MOST_TIMES_IN_ALL)})
    await _add_times(session, actor, meeting_id, wanted)
    row.version += 1
    await session.flush()
    told = {"meeting": row.title, "project": room.project.title, "person": actor.display_name}
    await notices.tell(
        session, room.members - {actor.account_id}, "project_meeting_proposed", told, _address(project_id)
    )


async def say_which_suit(
    session: AsyncSession, actor: Actor, project_id: UUID, meeting_id: UUID, suiting: Suiting
) -> None:
    """Say which times suit the actor; their last word counts.

    Raises:
        ChangedInBetween: it is cancelled.
        TimeNotProposed: a time is not one of the meeting's.
        NotFound, and what ``require`` raises.
    """
    room = await enter(session, actor, project_id, lock=True)
    require(room, actor)
    if (await _found(session, project_id, meeting_id)).state == "cancelled":
        raise ChangedInBetween
    proposed = await queries.times(session, [meeting_id])
    if not {one.id for one in proposed}.issuperset(suiting.times):
        raise TimeNotProposed
    for one in proposed:
        await queries.write_answer(session, one.id, actor.account_id, now(), suits=one.id in suiting.times)


async def fix(
    session: AsyncSession,
    settings: Settings,
    actor: Actor,
    project_id: UUID,
    meeting_id: UUID,
    *,
    fixing: Fixing,
) -> None:
    """Give a meeting one of its times, and invite everybody; a second time moves it.

    Raises:
        NotYourPart: the actor did not propose it, and is neither mentor nor coordinator.
        ChangedInBetween: it was changed or cancelled meanwhile, or the time is over.
        TimeNotProposed: the time is not one of the meeting's.
        NotFound, and what ``require`` raises.
    """
    room = await enter(session, actor, project_id, lock=True)
    require(room, actor)
    row = await _changeable(session, room, actor, meeting_id, fixing.version)
    chosen = next(
        (one for one in await queries.times(session, [meeting_id]) if one.id == fixing.time_id), None
    )
    if chosen is None:
        raise TimeNotProposed
    if chosen.starts_at <= now():
        raise ChangedInBetween
    if row.state == "fixed":
        if row.starts_at == chosen.starts_at:
            return
        row.sequence += 1
    row.state, row.starts_at = "fixed", chosen.starts_at
    row.version, row.changed_at = row.version + 1, now()
    await session.flush()
    await _invite(session, settings, room, row, Method.REQUEST)


async def cancel(
    session: AsyncSession,
    settings: Settings,
    actor: Actor,
    project_id: UUID,
    meeting_id: UUID,
    *,
    version: int,
) -> None:
    """Cancel a meeting; whoever was invited is told in their calendars.

    Raises:
        NotYourPart, ChangedInBetween, NotFound, and what ``require`` raises: as `fix`.
    """
    room = await enter(session, actor, project_id, lock=True)
    require(room, actor, resting=True)
    row = await _changeable(session, room, actor, meeting_id, version)
    was_fixed = row.state == "fixed"
    row.state, row.version, row.changed_at = "cancelled", row.version + 1, now()
    if was_fixed:
        row.sequence += 1
    await session.flush()
    if was_fixed:
        await _invite(session, settings, room, row, Method.CANCEL)


async def own_invitation(
    session: AsyncSession, settings: Settings, actor: Actor, project_id: UUID, meeting_id: UUID
) -> bytes:
    """The actor's invitation to a meeting, to be saved.

    Raises:
        NotFound: there is no such meeting for the actor, or it has no time.
    """
    room = await enter(session, actor, project_id)
    require_acceptance(room, actor)
    row = await _found(session, project_id, meeting_id)
    if row.starts_at is None:
        raise NotFound
    people = await accounts.contacts(session, [actor.account_id])
    method = Method.CANCEL if row.state == "cancelled" else Method.REQUEST
    names = await names_of(session, _invited(room, row))
    return invitation(
        entry(row, room.project.title, settings, sorted(names.values())),
        method=method,
        organiser=organiser(settings),
        attendee=(actor.display_name, people[actor.account_id].email),
    )


def entry(row: ProjectMeeting, project: str, settings: Settings, names: Sequence[str] = ()) -> Entry:
    """A meeting that has a time as it stands in calendars."""
    assert row.starts_at is not None  # noqa: S101 # the caller has seen to it
    address = f"{settings.site}{_address(row.project_id)}"
    with_whom = f"\n{', '.join(names)}" if names else ""
    return Entry(
        uid=f"meeting-{row.id}",
        title=f"{row.title} ({project})",
        starts_at=row.starts_at,
        ends_at=row.starts_at + timedelta(minutes=row.minutes),
        changed_at=row.changed_at,
        place=row.place,
        description=f"{address}{with_whom}",
        url=address,
        sequence=row.sequence,
        cancelled=row.state == "cancelled",
    )


def organiser(settings: Settings) -> tuple[str, str]:
    """Name and address of whom invitations are from: as letters are, or nobody's address of this site."""
    name, address = parseaddr(settings.mail_from or "")
    host = urlsplit(settings.site).hostname or "localhost"
    return name or "Darsgah", address or f"no-reply@{host}"


def in_zone(written: str, zone: str) -> datetime:
    """A time as a form sends it, ``2026-11-23T14:30``, in that zone; of a doubled hour it is the first.

    Raises:
        MalformedInput: it is none, or clocks skip it on that day.
    """
    try:
        plain = datetime.strptime(written.strip()[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007 # its zone comes now
        moment = plain.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise MalformedInput(fields={"times": Message("Write day and time, as 2026-11-23T14:30.")}) from error
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != plain:
        raise MalformedInput(
            fields={"times": Message("Clocks skip this time on that day; choose another one.")}
        )
    return moment


async def _found(session: AsyncSession, project_id: UUID, meeting_id: UUID) -> ProjectMeeting:
    row = await queries.meeting(session, project_id, meeting_id)
    if row is None:
        raise NotFound
    return row


async def _changeable(
    session: AsyncSession, room: Room, actor: Actor, meeting_id: UUID, version: int
) -> ProjectMeeting:
    row = await _found(session, room.project.id, meeting_id)
    if room.part is Part.TEAM and row.proposed_by != actor.account_id:
        raise NotYourPart
    if row.state == "cancelled" or row.version != version:
        raise ChangedInBetween
    return row


def _checked(times: Sequence[datetime]) -> list[datetime]:
    """The times in UTC, to the minute, in order and each once."""
    moment = now()
    found = set()
    for one in times:
        if one.tzinfo is None:
            raise MalformedInput(fields={"times": Message("Say the offset from UTC of each time.")})
        try:
            kept = one.astimezone(UTC).replace(second=0, microsecond=0)
        except (OverflowError, ValueError) as error:
            raise MalformedInput(fields={"times": Message("Choose times to come.")}) from error
        if not moment < kept < moment + FURTHEST:
            raise MalformedInput(fields={"times": Message("Choose times to come.")})
        found.add(kept)
    return sorted(found)


async def _add_times(
    session: AsyncSession, actor: Actor, meeting_id: UUID, times: Sequence[datetime]
) -> None:
    rows = [MeetingTime(meeting_id=meeting_id, starts_at=one) for one in times]
    session.add_all(rows)
    await session.flush()
    for row in rows:
        await queries.write_answer(session, row.id, actor.account_id, now(), suits=True)


def _invited(room: Room, row: ProjectMeeting) -> frozenset[UUID]:
    return room.members | {row.proposed_by}


async def _invite(
    session: AsyncSession, settings: Settings, room: Room, row: ProjectMeeting, method: Method
) -> None:
    """Tell everybody, each with an invitation of their own."""
    assert row.starts_at is not None  # noqa: S101 # it is fixed, or was
    invited = _invited(room, row)
    people = await accounts.contacts(session, list(invited))
    names = await names_of(session, invited)
    kind = "project_meeting_cancelled" if method is Method.CANCEL else "project_meeting_fixed"
    told = {"meeting": row.title, "project": room.project.title, "when": row.starts_at.isoformat()}
    for account_id in sorted(invited & people.keys()):
        content = invitation(
            entry(row, room.project.title, settings, sorted(names.values())),
            method=method,
            organiser=organiser(settings),
            attendee=(names.get(account_id, ""), people[account_id].email),
        )
        await notices.tell(session, [account_id], kind, told, _address(room.project.id), calendar=content)


def _view(
    row: ProjectMeeting,
    room: Room,
    actor: Actor,
    times: Sequence[MeetingTime],
    *,
    answers: Sequence[MeetingAnswer],
    names: dict[UUID, str],
) -> MeetingView:
    views = []
    for one in times:
        if one.meeting_id != row.id:
            continue
        said = {answer.account_id: answer.suits for answer in answers if answer.time_id == one.id}
        views.append(
            TimeView(
                one.id,
                one.starts_at,
                tuple(sorted(names.get(who, "") for who, suits in said.items() if suits)),
                tuple(sorted(names.get(who, "") for who, suits in said.items() if not suits)),
                said.get(actor.account_id),
            )
        )
    return MeetingView(
        id=row.id,
        title=row.title,
        place=row.place,
        link=_link(row.place),
        minutes=row.minutes,
        state=row.state,
        starts_at=row.starts_at,
        version=row.version,
        sequence=row.sequence,
        proposed_by=names.get(row.proposed_by, ""),
        times=tuple(views),
        may_fix=room.part is not Part.TEAM or row.proposed_by == actor.account_id,
    )


def _link(place: str) -> str | None:
    try:
        return safe_link(place)
    except MalformedInput:
        return None


def _address(project_id: UUID) -> str:
    return f"/projects/{project_id}/meetings"
