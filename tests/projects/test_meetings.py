"""Meetings and calendars, read back as calendar programs read them."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from icalendar import Calendar, Event
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.notices.models import Notice
from darsgah.projects import feeds, meetings, service
from darsgah.projects.calendar_text import Entry, Method, feed, invitation
from darsgah.projects.errors import ChangedInBetween, NotYourPart, TimeNotProposed
from darsgah.projects.meeting_schemas import Fixing, MeetingView, NewMeeting, Suiting
from darsgah.projects.meetings import in_zone
from darsgah.projects.schemas import ProjectMove
from darsgah.settings import Settings
from tests.projects.rooms import LANGUAGES, Match, build_match, open_room

SETTINGS = Settings(public_url="https://learn.example.org", mail_from="Darsgah <learn@example.org>")
SOON = (now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
TITLE = "Kick-off; with “quotes”, commas\\ and a very long title, " + "which goes on and on " * 5


@pytest.fixture
async def match(session: AsyncSession) -> Match:
    """A project whose room is open."""
    found = await build_match(session)
    await open_room(session, found)
    return found


def one_event(content: bytes) -> tuple[Calendar, Event]:
    """The only event, after the rules of RFC 5545 on lines: CRLF, at most 75 octets, in UTF-8."""
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert not calendar.errors
    assert not event.errors
    return calendar, event


def whole_lines(content: bytes) -> list[str]:
    """The lines of an iCalendar object unfolded, read without the library that wrote them."""
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


async def propose(session: AsyncSession, match: Match, *times: datetime) -> MeetingView:
    new = NewMeeting(
        TITLE.strip(), times or (SOON, SOON + timedelta(hours=2)), 45, "https://meet.example.org/x"
    )
    await meetings.propose(session, match.amna, match.id, new)
    return (await meetings.meetings(session, match.amna, match.id)).meetings[0]


async def sent(session: AsyncSession, kind: str) -> dict[object, bytes]:
    rows = await session.execute(
        sa.select(Notice.account_id, Notice.calendar).where(Notice.kind == kind).order_by(Notice.id)  # type: ignore[call-overload] # SQLModel's columns
    )
    return {row[0]: row[1] for row in rows}


async def test_from_proposal_to_cancelling(session: AsyncSession, match: Match) -> None:
    meeting = await propose(session, match)
    later = meeting.times[1]
    await meetings.say_which_suit(session, match.guide, match.id, meeting.id, Suiting((later.id,)))
    page = await meetings.meetings(session, match.guide, match.id)
    assert page.meetings[0].times[1].suits == ("Amna", "Guide")
    assert (page.hub_zone, page.mentor_zone, page.own_zone) == (
        "Asia/Karachi",
        "Europe/London",
        "Europe/London",
    )
    fixing = Fixing(later.id, meeting.version)
    with pytest.raises(NotYourPart):
        await meetings.fix(session, SETTINGS, match.bilal, match.id, meeting.id, fixing=fixing)
    await meetings.fix(
        session, SETTINGS, match.guide, match.id, meeting.id, fixing=Fixing(later.id, meeting.version)
    )
    invited = await sent(session, "project_meeting_fixed")
    assert set(invited) == {match.people[name].account_id for name in ("amna", "bilal", "guide")}
    calendar, event = one_event(invited[match.guide.account_id])
    assert calendar["METHOD"] == "REQUEST"
    assert event["SUMMARY"] == f"{TITLE.strip()} (Count cars at a junction)"
    assert event["DTSTART"].dt == SOON + timedelta(hours=2)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=45)
    assert (event["SEQUENCE"], event["STATUS"]) == (0, "CONFIRMED")
    assert event["ORGANIZER"] == "mailto:learn@example.org"
    assert event["ATTENDEE"] == "mailto:guide@example.org"
    assert b"amna@example.org" not in invited[match.guide.account_id]
    lines = whole_lines(invited[match.guide.account_id])
    assert any(re.fullmatch(r"DTSTAMP:\d{8}T\d{6}Z", line) for line in lines)
    assert any(re.fullmatch(r"DTSTART:\d{8}T\d{6}Z", line) for line in lines)
    assert "LOCATION:https://meet.example.org/x" in lines

    await meetings.fix(
        session,
        SETTINGS,
        match.amna,
        match.id,
        meeting.id,
        fixing=Fixing(meeting.times[0].id, meeting.version + 1),
    )
    _, moved = one_event(await meetings.own_invitation(session, SETTINGS, match.bilal, match.id, meeting.id))
    assert (moved["UID"], moved["SEQUENCE"]) == (event["UID"], 1)
    assert moved["DTSTART"].dt == SOON

    with pytest.raises(ChangedInBetween):
        await meetings.cancel(session, SETTINGS, match.amna, match.id, meeting.id, version=meeting.version)
    await meetings.cancel(session, SETTINGS, match.amna, match.id, meeting.id, version=meeting.version + 2)
    calendar, gone = one_event((await sent(session, "project_meeting_cancelled"))[match.bilal.account_id])
    assert calendar["METHOD"] == "CANCEL"
    assert (gone["UID"], gone["SEQUENCE"], gone["STATUS"]) == (event["UID"], 2, "CANCELLED")


async def test_an_answer_names_times_of_the_meeting_alone(session: AsyncSession, match: Match) -> None:
    meeting, other = await propose(session, match), await propose(session, match, SOON)
    for strange in (uuid4(), meeting.times[0].id):
        suiting = Suiting((other.times[0].id, strange))
        with pytest.raises(TimeNotProposed):
            await meetings.say_which_suit(session, match.guide, match.id, other.id, suiting)
    assert (await meetings.meetings(session, match.guide, match.id)).meetings[0].times[0].mine is None
    fixing = Fixing(meeting.times[0].id, other.version)
    with pytest.raises(TimeNotProposed):
        await meetings.fix(session, SETTINGS, match.guide, match.id, other.id, fixing=fixing)
    await meetings.cancel(session, SETTINGS, match.amna, match.id, other.id, version=other.version)
    with pytest.raises(ChangedInBetween):
        await meetings.say_which_suit(session, match.guide, match.id, other.id, Suiting())


async def test_times_that_cannot_be(session: AsyncSession, match: Match) -> None:
    plain = datetime(2030, 1, 1)  # noqa: DTZ001 # without a zone
    for time in (now() - timedelta(hours=1), datetime.max.replace(tzinfo=UTC), plain):
        with pytest.raises(MalformedInput):
            await propose(session, match, time)


def test_a_forms_time_is_the_zones() -> None:
    assert in_zone("2026-07-01T10:00", "Europe/London") == datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert in_zone("2026-07-01T10:00", "Asia/Karachi") == datetime(2026, 7, 1, 5, tzinfo=UTC)
    assert in_zone("2026-10-25T01:30", "Europe/London") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    for wrong in ("2026-03-29T01:30", "", "soon", "9999-99-99T00:00"):
        with pytest.raises(MalformedInput):
            in_zone(wrong, "Europe/London")


async def test_nobody_else_has_an_invitation(session: AsyncSession, match: Match) -> None:
    meeting = await propose(session, match)
    with pytest.raises(NotFound):
        await meetings.own_invitation(session, SETTINGS, match.bilal, match.id, meeting.id)
    for name in ("stranger", "other_guide", "elsewhere"):
        with pytest.raises(NotFound):
            await meetings.meetings(session, match.people[name], match.id)


async def test_a_calendar_at_a_secret_address(session: AsyncSession, match: Match) -> None:
    meeting = await propose(session, match)
    await meetings.fix(
        session,
        SETTINGS,
        match.amna,
        match.id,
        meeting.id,
        fixing=Fixing(meeting.times[0].id, meeting.version),
    )
    address = (await feeds.new_address(session, SETTINGS, match.bilal)).address or ""
    assert (await feeds.own_feed(session, SETTINGS, match.bilal)).address == address
    key = address.partition("?key=")[2]
    content = await feeds.calendar(session, SETTINGS, LANGUAGES, key)
    calendar = Calendar.from_ical(content)
    assert "METHOD" not in calendar
    events = calendar.walk("VEVENT")
    assert [str(one["SUMMARY"]).split(" (")[0] for one in events] == [TITLE.strip(), "Plan", "Report"]
    assert all("DTSTAMP" in one and "UID" in one and "ATTENDEE" not in one for one in events)
    assert await feeds.calendar(session, SETTINGS, LANGUAGES, key) == content, (
        "nothing changed, nothing differs"
    )
    room = await service.room_view(session, match.bilal, match.id)
    assert events[-1]["DTSTART"].dt == room.milestones[-1].due_at

    await feeds.new_address(session, SETTINGS, match.bilal)
    for gone in (key, "", "x" * 300, "\0", "ключ"):
        with pytest.raises(NotFound):
            await feeds.calendar(session, SETTINGS, LANGUAGES, gone)


async def test_who_is_removed_loses_the_projects_dates(session: AsyncSession, match: Match) -> None:
    key = (await feeds.new_address(session, SETTINGS, match.guide)).address or ""
    key = key.partition("?key=")[2]
    assert Calendar.from_ical(await feeds.calendar(session, SETTINGS, LANGUAGES, key)).walk("VEVENT")
    await session.execute(sa.text("UPDATE mentor SET state = 'suspended'"))
    assert not Calendar.from_ical(await feeds.calendar(session, SETTINGS, LANGUAGES, key)).walk("VEVENT")


def test_nothing_breaks_out_of_its_line() -> None:
    evil = "x\r\nATTENDEE:mailto:a@b.example\x00\x1b"
    entry = Entry("uid-1", evil, SOON, SOON, place=evil, description=evil, url="https://example.org")
    for content in (
        feed(evil, [entry]),
        invitation(
            entry,
            method=Method.REQUEST,
            organiser=(evil, "o@example.org"),
            attendee=('"; X="', "a@example.org"),
        ),
    ):
        _, event = one_event(content)
        attendees = [line for line in whole_lines(content) if line.startswith("ATTENDEE")]
        assert len(attendees) == ("ATTENDEE" in event)
        assert all("a@example.org" in line for line in attendees)


async def test_a_resting_project_takes_no_meetings(session: AsyncSession, match: Match) -> None:
    version = (await service.room_view(session, match.guide, match.id)).version
    await service.move(session, match.guide, match.id, ProjectMove("pause", version, "A holiday."))
    with pytest.raises(Exception, match="rests or has ended"):
        await propose(session, match)
