"""What people see of briefs, and what the platform does by itself: late ones expire, unverified ones rest."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.briefs import queries, reading, reviewing, writing
from darsgah.briefs.checking import check
from darsgah.briefs.content import Gate
from darsgah.briefs.errors import MoveNotAllowed, NotYours
from darsgah.briefs.gates import subjects
from darsgah.briefs.lifecycle import OPEN, SHOWN, WRITING, Lane, Stage, Who, moves_from
from darsgah.briefs.models import Brief
from darsgah.briefs.moving import move_brief
from darsgah.briefs.parts import parts, standing_behind, standing_of, today_of
from darsgah.briefs.presenting import around, brief_view, finding_views, headings
from darsgah.briefs.schemas import (
    ApprovalView,
    BriefDesk,
    BriefHeadings,
    BriefView,
    InvitedBrief,
    MoveView,
    ProjectHeading,
    ReviewForm,
    Rounds,
    Successor,
)
from darsgah.hubs import service as hubs
from darsgah.organisations import service as organisations
from darsgah.teams import service as teams
from darsgah.ui.language import Language, Message

PAGE: Final = 50
READERS = (Role.INSTRUCTOR, Role.HUB_ADMIN, Role.NETWORK_ADMIN, Role.AUDITOR)
"""Who reads the briefs of a hub; auditors only read."""
MADE_ELSEWHERE = frozenset({"match"})
"""Moves that confirming something else makes; nobody makes them by themselves."""
UNVERIFIED: Final = Message("The organisation or the mentor is not verified at present.").text
"""The reason of the pause that the platform makes when an organisation or a mentor lost its verification."""
_AT_ONCE = 200
logger = structlog.get_logger("darsgah.briefs")


async def view(session: AsyncSession, actor: Actor, brief_id: UUID) -> BriefView:
    """A brief as anybody who may see it reads it.

    Raises:
        NotYours: there is none that the actor may see.
    """
    return await brief_view(session, actor, await _visible(session, actor, brief_id))


async def has_desk(session: AsyncSession, actor: Actor, brief_id: UUID) -> bool:
    """Whether the actor writes the brief or looks after it, and so sees more of it than learners do."""
    brief = await queries.brief(session, brief_id)
    return brief is not None and await _at_desk(session, actor, brief)


async def desk(session: AsyncSession, actor: Actor, brief_id: UUID, language: Language) -> BriefDesk:
    """A brief with all that its mentor and its hub see of it, and what the actor may do now.

    Raises:
        NotYours: the actor is neither.
    """
    brief = await queries.brief(session, brief_id)
    if brief is None or not await _at_desk(session, actor, brief):
        raise NotYours
    held = await parts(session, actor, brief)
    stage, written = Stage(brief.stage), await reading.content_of(session, brief)
    findings = check(written, today=await today_of(session, brief)) if stage in WRITING else []
    own = await queries.review(session, brief.id, brief.round, actor.account_id)
    reviewable = stage is Stage.IN_REVIEW
    return BriefDesk(
        brief=await brief_view(session, actor, brief),
        mine=brief.mentor_id == actor.account_id,
        writable=writing.may_write(brief, held),
        awaits_mentor=brief.mentor_id is None,
        findings=finding_views(findings, language),
        approvals=await _approvals(session, brief),
        history=await reading.history(session, brief.id),
        threshold=await reviewing.threshold(session, brief.hub_id),
        may_review=reviewable and Who.COORDINATOR in held,
        own_review=ReviewForm(own.relevance, own.clarity, own.mentorship, own.note) if own else None,
        meets_threshold=await reviewing.meets_threshold(session, brief),
        may_approve=tuple(kind for kind, who in reviewing.APPROVERS.items() if reviewable and who in held),
        moves=tuple(
            MoveView(move.name, move.target, move.reason_needed)
            for move in moves_from(Lane.BRIEF, stage)
            if move.who & held and move.name not in MADE_ELSEWHERE
        ),
        projects=await _projects(session, brief),
        successors=await _successors(session, brief, held),
        sees_applicants=stage in {*OPEN, Stage.PAUSED} and bool(held & {Who.MENTOR, Who.COORDINATOR}),
    )


async def rounds(session: AsyncSession, actor: Actor, brief_id: UUID, language: Language) -> Rounds:
    """Every round of a brief, for those who write it or look after it.

    Raises:
        NotYours: the actor is neither.
    """
    brief = await queries.brief(session, brief_id)
    if brief is None or not await _at_desk(session, actor, brief):
        raise NotYours
    return Rounds(await reading.rounds(session, brief_id, language))


async def own_briefs(session: AsyncSession, actor: Actor, *, after: UUID | None = None) -> BriefHeadings:
    """The briefs that name the actor as their mentor, newest first, ``PAGE`` at a time.

    Whoever acts for no organisation any more has none: they stay with the organisation.
    """
    if await standing_of(session, actor.account_id) is None:
        return BriefHeadings((), None)
    return await _page(session, await queries.own(session, actor, after=after, limit=PAGE + 1))


async def hub_briefs(
    session: AsyncSession, actor: Actor, stage: Stage | None = None, *, after: UUID | None = None
) -> BriefHeadings:
    """The briefs of the hubs that the actor coordinates, newest first, ``PAGE`` at a time."""
    return await _page(session, await queries.run(session, actor, stage, after=after, limit=PAGE + 1))


async def stage_counts(session: AsyncSession, actor: Actor) -> dict[Stage, int]:
    """How many of those are in each stage."""
    return await queries.stage_counts(session, actor)


async def invited(session: AsyncSession, actor: Actor, token: str) -> InvitedBrief:
    """The brief behind an invitation's link, for whoever has it.

    Raises:
        NotFound: there is none, or it was accepted.
    """
    brief = await writing.invited(session, token)
    standing = await standing_of(session, actor.account_id)
    return InvitedBrief(await brief_view(session, actor, brief), standing is not None)


async def expire_due(session: AsyncSession, moment: datetime) -> int:
    """Let briefs expire whose last day is over where their hub is; returns how many.

    Doing it twice does no harm; what somebody moves at the same moment is left alone.
    """
    by_day: dict[date, list[UUID]] = {}
    for hub in await hubs.list_hubs(session):
        by_day.setdefault(hub.day(moment), []).append(hub.id)
    expired = 0
    for today, hub_ids in sorted(by_day.items()):
        for brief_id in await queries.past_their_time(session, today, hub_ids, _AT_ONCE):
            with suppress(MoveNotAllowed):
                await move_brief(session, None, brief_id, "expire")
                expired += 1
    return expired


async def rest_unverified(
    session: AsyncSession, organisation_id: UUID, account_id: UUID | None = None
) -> None:
    """Pause the open briefs of an organisation, or of one mentor, that are not stood behind any more.

    Being verified again resumes nothing: the mentor or the hub does. Doing it twice does no harm.
    """
    rows = await queries.open_briefs(session, organisation_id, account_id)
    found = await around(session, rows)
    for brief in rows:
        if not found.stands(brief):
            with suppress(MoveNotAllowed):  # somebody moved it at the same moment
                await move_brief(session, None, brief.id, "pause", reason=UNVERIFIED)


async def _at_desk(session: AsyncSession, actor: Actor, brief: Brief) -> bool:
    """Whether somebody looks after the brief, or is its mentor and still acts for its organisation."""
    if brief.mentor_id == actor.account_id:
        return bool(await parts(session, actor, brief))
    return actor.holds(*READERS, hub_id=brief.hub_id)


async def _visible(session: AsyncSession, actor: Actor, brief_id: UUID) -> Brief:
    own = (await teams.team_ids_of(session, [actor.account_id])).get(actor.account_id, frozenset())
    brief = await queries.visible(session, actor, own, brief_id)
    if brief is None:
        raise NotYours
    unread = brief.mentor_id == actor.account_id and Stage(brief.stage) not in SHOWN
    if unread and not await _at_desk(session, actor, brief):
        raise NotYours
    return brief


async def _page(session: AsyncSession, rows: Sequence[Brief]) -> BriefHeadings:
    shown = rows[:PAGE]
    return BriefHeadings(await headings(session, shown), shown[-1].id if len(rows) > PAGE else None)


async def _approvals(session: AsyncSession, brief: Brief) -> tuple[ApprovalView, ...]:
    rows = await queries.approvals(session, brief.id, brief.round)
    names = await accounts.display_names(session, [row.by_id for row in rows if row.by_id])
    frozen = brief.published_at is not None
    return reading.approvals(rows, names, await standing_behind(session, brief), frozen=frozen)


async def _projects(session: AsyncSession, brief: Brief) -> tuple[ProjectHeading, ...]:
    rows = await queries.projects(session, brief.id)
    cards = await teams.cards(session, {row.team_id for row in rows})
    return tuple(
        ProjectHeading(
            id=row.id,
            brief_id=row.brief_id,
            team_id=row.team_id,
            team=cards[row.team_id].name,
            stage=Stage(row.stage),
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in rows
    )


async def _successors(session: AsyncSession, brief: Brief, held: frozenset[Who]) -> tuple[Successor, ...]:
    """Who may take the brief over, for those who may name them."""
    if brief.organisation_id is None or not held & {Who.MENTOR, Who.COORDINATOR}:
        return ()
    others = await organisations.active_mentors(session, brief.organisation_id)
    ids = [one.account_id for one in others if one.account_id != brief.mentor_id]
    names = await accounts.display_names(session, ids)
    return tuple(Successor(one, names.get(one, "")) for one in ids)


async def gate_titles(session: AsyncSession, found: Rounds) -> dict[str, str]:
    """The titles of the labs and units that gates of these rounds name, by their ids as texts."""
    named = {
        msgspec.convert(gate, Gate)
        for one in found.rounds
        for change in one.changes
        if change.field == "gates"
        for gate in (*(change.before or ()), *(change.after or ()))
    }
    return {str(subject_id): one.title for subject_id, one in (await subjects(session, named)).items()}
