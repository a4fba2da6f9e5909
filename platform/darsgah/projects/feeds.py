"""Calendars at secret addresses: what is due for somebody, and their meetings, for programs to subscribe to.

The address is all that a calendar program has, so whoever has it reads the calendar; its owner may make
another at any time, and the one before is no more. What somebody may not see any more leaves their calendar.
"""

import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.briefs import project_cards
from darsgah.db.columns import now
from darsgah.enrolments import service as enrolments
from darsgah.errors import NotFound
from darsgah.hubs import service as hubs
from darsgah.projects import meeting_queries, meetings, milestones, queries
from darsgah.projects.calendar_text import Entry, feed
from darsgah.projects.room import part_of
from darsgah.projects.service import own_cards
from darsgah.settings import Settings
from darsgah.teams import service as teams
from darsgah.ui.language import Languages, Message, translate

PAST: Final = timedelta(days=90)
"""How far back a calendar goes."""
PATH: Final = "/calendar.ics"
"""Where calendars are; the secret is in the query, which no log keeps."""
NAME = Message("Darsgah: what is due and meetings")


class FeedView(msgspec.Struct, frozen=True):
    """The address of one's calendar; None where there is none."""

    address: str | None


async def own_feed(session: AsyncSession, settings: Settings, actor: Actor) -> FeedView:
    """The address of the actor's calendar."""
    found = await meeting_queries.feed_of(session, actor.account_id)
    return FeedView(_address(settings, found.token) if found else None)


async def new_address(session: AsyncSession, settings: Settings, actor: Actor) -> FeedView:
    """Give the actor's calendar a new address; at the one before there is nothing any more."""
    token = secrets.token_urlsafe(32)
    await meeting_queries.write_feed(session, actor.account_id, token, now())
    return FeedView(_address(settings, token))


async def no_address(session: AsyncSession, actor: Actor) -> None:
    """Take the address of the actor's calendar away."""
    await meeting_queries.delete_feed(session, actor.account_id)


async def calendar(session: AsyncSession, settings: Settings, languages: Languages, key: str) -> bytes:
    """The calendar with that secret.

    Raises:
        NotFound: there is none, or its owner's account is closed.
    """
    found = await meeting_queries.feed_with(session, key) if key.isascii() and key.isprintable() else None
    person = (await accounts.contacts(session, [found.account_id])).get(found.account_id) if found else None
    if found is None or person is None:
        raise NotFound
    grants = await hubs.grants(session, found.account_id)
    actor = Actor(found.account_id, "", person.language, grants)
    language = languages[person.language if person.language in languages else "en"]
    entries = [
        *await _assignments(session, settings, actor),
        *await _projects(session, settings, actor),
    ]
    return feed(translate(NAME, language), sorted(entries, key=lambda one: (one.starts_at, one.uid)))


async def _assignments(session: AsyncSession, settings: Settings, actor: Actor) -> list[Entry]:
    """The labs that are due in the courses that somebody learns in."""
    cohorts = await enrolments.learning_cohorts(session, actor)
    urdu = actor.language == "ur"
    since = now() - PAST
    return [
        Entry(
            uid=f"assignment-{one.id}",
            title=(one.lab.title_ur or one.lab.title) if urdu else one.lab.title,
            starts_at=one.due_at,
            changed_at=one.due_at,
            url=f"{settings.site}/assignments/{one.id}",
        )
        for one in await enrolments.assignments_of(session, [cohort.id for cohort in cohorts])
        if one.due_at is not None and one.due_at > since
    ]


async def _projects(session: AsyncSession, settings: Settings, actor: Actor) -> list[Entry]:
    """The milestones and meetings of somebody's projects, and meetings that they proposed as coordinators."""
    cards = {card.id: card for card in await own_cards(session, actor)}
    known = await hubs.hubs_by_id(session, {card.hub_id for card in cards.values()})
    since = now() - PAST
    entries = [
        Entry(
            uid=f"milestone-{row.id}",
            title=f"{row.title} ({cards[row.project_id].title})",
            starts_at=milestones.end_of(row.due_on, known[row.hub_id].timezone),
            changed_at=row.changed_at,
            url=f"{settings.site}/projects/{row.project_id}/milestones/{row.id}",
            sequence=row.version - 1,
        )
        for row in await queries.milestones_of(session, cards.keys(), since=since.date())
    ]
    for row in await meeting_queries.meetings_since(session, cards.keys(), actor.account_id, since):
        own = cards.get(row.project_id)
        title = own.title if own else await _title(session, actor, row.project_id)
        if title is not None:
            entries.append(meetings.entry(row, title, settings))
    return entries


async def _title(session: AsyncSession, actor: Actor, project_id: UUID) -> str | None:
    """The title of a project that somebody coordinates; None where they are nothing to it any more."""
    card = await project_cards.card(session, project_id)
    if card is None:
        return None
    team = await teams.card(session, card.team_id)
    return card.title if part_of(actor, card, team, None) else None


def _address(settings: Settings, token: str) -> str:
    return f"{settings.site}{PATH}?key={token}"
