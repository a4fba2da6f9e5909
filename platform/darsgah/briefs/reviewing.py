"""Reviewing a brief: three scores from each coordinator, the hub's threshold, and the two approvals by hand.

A review and an approval belong to one round. When changes are asked for and the brief comes again, it is a
new round, and nothing of the old one counts.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.briefs import queries
from darsgah.briefs.errors import BriefChanged, MoveNotAllowed, NotReviewed, NotYours, ThresholdNotMet
from darsgah.briefs.lifecycle import Stage, Who
from darsgah.briefs.models import Brief, BriefApproval, BriefReview, BriefThreshold
from darsgah.briefs.parts import parts
from darsgah.briefs.schemas import ApprovalForm, ApprovalKind, ReviewForm, Threshold
from darsgah.db.columns import now
from darsgah.errors import NotFound
from darsgah.hubs import service as hubs

APPROVERS = {ApprovalKind.BRIEF: Who.COORDINATOR, ApprovalKind.HUB: Who.HUB_ADMIN}
"""Who gives the two approvals that are no verification."""


async def review(
    session: AsyncSession, actor: Actor, brief_id: UUID, form: ReviewForm, *, version: int | None = None
) -> None:
    """Score a brief that is in review; scoring it again in the same round writes over it.

    Scores that no longer meet the threshold take the brief's approval back.

    Raises:
        NotYours, MoveNotAllowed, BriefChanged: as they say.
    """
    brief, held = await _in_review(session, actor, brief_id, version)
    if Who.COORDINATOR not in held:
        raise MoveNotAllowed
    row = await queries.review(session, brief.id, brief.round, actor.account_id)
    if row is None:
        row = BriefReview(
            brief_id=brief.id,
            round=brief.round,
            reviewer_id=actor.account_id,
            relevance=form.relevance,
            clarity=form.clarity,
            mentorship=form.mentorship,
            at=now(),
        )
        session.add(row)
    row.relevance, row.clarity, row.mentorship = form.relevance, form.clarity, form.mentorship
    row.note, row.at = form.note.replace("\0", "").strip(), now()
    await session.flush()
    if not await meets_threshold(session, brief):
        await queries.drop_approval(session, brief.id, brief.round, ApprovalKind.BRIEF.value)


async def approve(
    session: AsyncSession, actor: Actor, brief_id: UUID, form: ApprovalForm, *, version: int | None = None
) -> None:
    """Give or take back the brief's approval (any coordinator) or the hub's (its administrators).

    Raises:
        NotYours, MoveNotAllowed, BriefChanged: as they say.
        NotReviewed, ThresholdNotMet: the brief's approval needs scores, and good ones.
    """
    brief, held = await _in_review(session, actor, brief_id, version)
    kind = ApprovalKind(form.kind)
    if APPROVERS[kind] not in held:
        raise MoveNotAllowed
    if not form.given:
        await queries.drop_approval(session, brief.id, brief.round, kind.value)
        return
    if kind is ApprovalKind.BRIEF:
        meets = await meets_threshold(session, brief)
        if meets is None:
            raise NotReviewed
        if not meets:
            raise ThresholdNotMet
    given = {row.kind for row in await queries.approvals(session, brief.id, brief.round)}
    if kind.value not in given:
        session.add(
            BriefApproval(
                brief_id=brief.id, round=brief.round, kind=kind.value, by_id=actor.account_id, at=now()
            )
        )
    await session.flush()


async def meets_threshold(session: AsyncSession, brief: Brief) -> bool | None:
    """Whether this round's scores are what the hub asks for; None while there are none."""
    rows = [row for row in await queries.reviews(session, brief.id) if row.round == brief.round]
    if not rows:
        return None
    scores = [score for row in rows for score in (row.relevance, row.clarity, row.mentorship)]
    return is_enough(scores, await threshold(session, brief.hub_id))


def is_enough(scores: Collection[int], asked: Threshold) -> bool:
    """Whether the mean of all scores and each by itself are what is asked for."""
    return sum(scores) >= asked.mean * len(scores) and min(scores) >= asked.least


async def threshold(session: AsyncSession, hub_id: UUID) -> Threshold:
    """What a hub asks of a review."""
    row = await queries.threshold(session, hub_id)
    return Threshold(row.mean, row.least) if row else Threshold()


async def read_threshold(session: AsyncSession, actor: Actor, hub_id: UUID) -> Threshold:
    """The same, for those who coordinate the hub.

    Raises:
        NotFound: they do not, or there is no such hub.
    """
    if not actor.holds(*queries.COORDINATORS, Role.NETWORK_ADMIN, Role.AUDITOR, hub_id=hub_id):
        raise NotFound
    if hub_id not in await hubs.hubs_by_id(session, [hub_id]):
        raise NotFound
    return await threshold(session, hub_id)


async def change_threshold(session: AsyncSession, actor: Actor, hub_id: UUID, wanted: Threshold) -> Threshold:
    """Set what a hub asks of a review, by its administrators; approvals given before stay.

    Raises:
        NotFound: they do not administer it, or there is no such hub.
    """
    if not actor.holds(Role.HUB_ADMIN, Role.NETWORK_ADMIN, hub_id=hub_id):
        raise NotFound
    if hub_id not in await hubs.hubs_by_id(session, [hub_id]):
        raise NotFound
    row = BriefThreshold(
        hub_id=hub_id, mean=wanted.mean, least=wanted.least, changed_by=actor.account_id, changed_at=now()
    )
    await queries.set_threshold(session, row)
    return wanted


async def _in_review(
    session: AsyncSession, actor: Actor, brief_id: UUID, version: int | None
) -> tuple[Brief, frozenset[Who]]:
    """A brief in review, locked, with what the actor is to it.

    The version is of the brief: it moves with its stage, so that nobody scores what is another round by now.
    """
    brief = await queries.brief_for_update(session, brief_id)
    held = await parts(session, actor, brief) if brief else frozenset[Who]()
    if brief is None or not held:
        raise NotYours
    if version is not None and version != brief.version:
        raise BriefChanged(version=brief.version)
    if Stage(brief.stage) is not Stage.IN_REVIEW:
        raise MoveNotAllowed
    return brief, held
