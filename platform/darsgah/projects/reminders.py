"""Reminders of projects, which a worker looks for once an hour; nobody is reminded of the same thing twice.

What is told once for a date is told again when the date changes. Looking late sends what is still true then.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.briefs import moving, project_cards
from darsgah.briefs.lifecycle import Stage
from darsgah.briefs.project_cards import ProjectCard
from darsgah.db.session import Database
from darsgah.errors import ServiceUnavailable
from darsgah.notices import service as notices
from darsgah.projects import agreements, queries
from darsgah.projects.models import ProjectMilestone
from darsgah.projects.room import Part, Room, coordinators, unguarded
from darsgah.teams import service as teams
from darsgah.ui.language import Languages

AT_WORK: Final = frozenset({Stage.AGREEMENTS_SIGNED, Stage.KICKOFF, Stage.MILESTONES})
LOOKED_AT: Final = AT_WORK | {Stage.MATCHED, Stage.FINAL_SUBMITTED}
BEFORE: Final = (1, 3)
"""Days before a milestone is due."""
UNSIGNED: Final = (timedelta(days=5), timedelta(days=1))
"""How long after the match whoever has not accepted the agreement is reminded; the latest first."""
UNEVALUATED: Final = timedelta(days=2)
_PART: Final = 100
logger = structlog.get_logger("darsgah.worker")


async def remind(database: Database, languages: Languages, moment: datetime) -> None:
    """Look at every project that runs, each in a transaction of its own: a fault of one stops no other."""
    after: UUID | None = None
    while True:
        async with database.begin() as session:
            cards = await project_cards.in_stages(session, LOOKED_AT, after=after, limit=_PART)
        for card in cards:
            try:
                async with database.begin() as session:
                    await remind_of(session, languages, card.id, moment)
            except ServiceUnavailable:
                raise
            except Exception:
                logger.exception("reminders_failed", project=str(card.id))
        if len(cards) < _PART:
            return
        after = cards[-1].id


async def remind_of(session: AsyncSession, languages: Languages, project_id: UUID, moment: datetime) -> None:
    """Send what is due of one project."""
    card = await project_cards.card(session, project_id)
    if card is None or card.stage not in LOOKED_AT:
        return
    await queries.lock_room(session, card.id, card.hub_id)
    team = await teams.card(session, card.team_id)
    stands = await project_cards.mentors_stand(session, [card.brief_id])
    room = await unguarded(session, card, team, card.mentor_id if stands else None, Part.HUB)
    if room.mentor_id is None:
        told = team.account_ids | set(await coordinators(session, card.hub_id))
        await _once(session, card, told, "project_without_mentor", str(card.mentor_id))
    if card.stage is Stage.MATCHED:
        await _agreement(session, languages, room, moment)
    elif card.stage in AT_WORK:
        for row in await queries.milestones(session, card.id):
            await _milestone(session, room, row, moment)
    else:
        await _evaluation(session, room, moment)


async def _agreement(session: AsyncSession, languages: Languages, room: Room, moment: datetime) -> None:
    """Open the room where nobody's acceptance is missing any more; else remind those whose is.

    A project that nobody began by its last day has ended.
    """
    card = room.project
    words = await agreements.words_of(session, languages, room)
    kept = await queries.agreement_of(session, card.id, words.sha256)
    if kept is not None and await agreements.open_when_complete(session, room, kept.id):
        return
    if room.hub.day(moment) > card.ends_on:
        await moving.move_project(session, None, card.id, "expire")
        return
    waited = next((one for one in UNSIGNED if moment - card.matched_at >= one), None)
    if waited is None:
        return
    rows = await queries.acceptances(session, card.id)
    given = [row for row in rows if kept is not None and row.agreement_id == kept.id]
    missing = room.members - {row.account_id for row in given}
    if not any(row.party == Part.HUB.value for row in given):
        missing |= set(await coordinators(session, card.hub_id))
    await _once(session, card, missing, "project_agreement_waiting", str(waited.days), page="agreement")


async def _milestone(session: AsyncSession, room: Room, row: ProjectMilestone, moment: datetime) -> None:
    if row.state not in {"open", "changes_asked"}:
        return
    days = (row.due_on - room.hub.day(moment)).days
    if days < 0:
        kind, which, told = "project_milestone_overdue", "over", room.members
    else:
        before = next((one for one in BEFORE if days <= one), None)
        if before is None:
            return
        kind, which, told = "project_milestone_due", str(before), room.team.account_ids
    values = {"milestone": row.title, "day": row.due_on.isoformat()}
    subject = f"{row.id} {row.due_on} {which}"
    await _once(session, room.project, told, kind, subject, values=values, page=f"milestones/{row.id}")


async def _evaluation(session: AsyncSession, room: Room, moment: datetime) -> None:
    card = room.project
    since = await project_cards.stage_since(session, card)
    if moment - since >= UNEVALUATED:
        told = room.members | set(await coordinators(session, card.hub_id))
        await _once(session, card, told, "project_evaluation_waiting", since.isoformat())


async def _once(
    session: AsyncSession,
    card: ProjectCard,
    account_ids: Collection[UUID],
    kind: str,
    subject: str,
    *,
    values: dict[str, str] | None = None,
    page: str = "",
) -> None:
    """Tell those who were not told of it before."""
    told = []
    for account_id in sorted(account_ids):
        row = {"project_id": card.id, "account_id": account_id, "kind": kind, "subject": subject}
        if await queries.remember_reminder(session, row):
            told.append(account_id)
    link = f"/projects/{card.id}/{page}" if page else f"/projects/{card.id}"
    await notices.tell(session, told, kind, {"project": card.title, **(values or {})}, link)
