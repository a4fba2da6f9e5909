"""The demo's briefs besides those with teams: a draft, one in its second review, one with gates."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.briefs import reviewing, service, writing
from darsgah.briefs.content import (
    AiPolicy,
    BriefContent,
    DataKind,
    Gate,
    IpChoice,
    Milestone,
    Mode,
    Place,
)
from darsgah.briefs.moving import move_brief
from darsgah.briefs.schemas import ApprovalForm, NewBrief, ReviewForm
from darsgah.db.columns import now
from darsgah.ui.language import Language

LETTERS, METERS, SCHEDULE = (
    "Sorting letters by what they ask for",
    "Reading meters from photos",
    "Berth plans",
)


async def are_loaded(session: AsyncSession, mentor: Actor) -> bool:
    """Whether a run before made them; all are made at once."""
    found = await service.own_briefs(session, mentor)
    return LETTERS in {brief.title for brief in found.briefs}


async def load_briefs(
    session: AsyncSession, mentor: Actor, administrator: Actor, gates: Sequence[Gate], language: Language
) -> None:
    """Make the three; where they are, nothing changes.

    Args:
        administrator: of the mentor's hub; reviews and publishes.
        gates: that the published one asks learners to have.
    """
    if await are_loaded(session, mentor):
        return
    (hub_id,) = administrator.hubs(Role.HUB_ADMIN)
    today = now().date()
    draft = BriefContent(
        title=SCHEDULE, problem="Which ship goes to which berth, hour by hour.", trl_in=3, capacity=1
    )
    await writing.begin(session, mentor, NewBrief(hub_id, draft))
    await _in_second_review(session, mentor, administrator, NewBrief(hub_id, _meters(today)), language)
    published = await writing.begin(session, mentor, NewBrief(hub_id, _letters(today, gates)))
    await move_brief(session, mentor, published.id, "submit")
    await reviewing.review(session, administrator, published.id, ReviewForm(5, 4, 4))
    for kind in ("brief", "hub"):
        await reviewing.approve(session, administrator, published.id, ApprovalForm(kind))
    await move_brief(session, administrator, published.id, "publish")


async def _in_second_review(
    session: AsyncSession, mentor: Actor, administrator: Actor, new: NewBrief, language: Language
) -> None:
    brief = await writing.begin(session, mentor, new)
    await move_brief(session, mentor, brief.id, "submit")
    scores = ReviewForm(4, 2, 4, "Which meters, and how exact must it be?")
    await reviewing.review(session, administrator, brief.id, scores)
    reason = "Say which meters they are, and how exact the reading must be."
    await move_brief(session, administrator, brief.id, "request_changes", reason=reason)
    said = "The app, with its share of right readings on 200 photos that nobody trained on."
    better = msgspec.structs.replace(new.content, deliverables=said)
    await writing.save(session, mentor, brief.id, better, language, version=None)
    await move_brief(session, mentor, brief.id, "resubmit")


def _letters(today: date, gates: Sequence[Gate]) -> BriefContent:
    return msgspec.structs.replace(
        _work(today),
        title=LETTERS,
        title_ur="خطوط کو مطالبے کے مطابق چھانٹنا",
        problem=(
            "An office gets **600 letters a week**, in Urdu and English, and one person reads them all to "
            "find out whose desk they belong on. We want a model that proposes the desk, says how sure it "
            "is, and leaves to the person what it is not sure of.\n\nThis is a brief of the demo."
        ),
        deliverables="- a classifier with its card\n- a page on which a person confirms or corrects it",
        skills=("python", "text", "urdu"),
        gates=tuple(gates),
    )


def _meters(today: date) -> BriefContent:
    return msgspec.structs.replace(
        _work(today),
        title=METERS,
        problem=(
            "Readers walk from house to house and write numbers down; one in thirty is wrong, and the bill "
            "with it. We want an app that reads the meter from a photo, shows what it read, and lets the "
            "reader correct it, on a phone without a network.\n\nThis is a brief of the demo."
        ),
        deliverables="An app.",
        skills=("python", "computer vision"),
        place=Place.HUB,
        trl_in=4,
        trl_target=6,
    )


def _work(today: date) -> BriefContent:
    """What both have in common."""
    starts_on = today + timedelta(days=60)
    return BriefContent(
        data_kind=DataKind.SYNTHETIC,
        data="Made-up examples, 2,000 of them, with the right answer.",
        data_licence="CC0 1.0",
        hours_total=240,
        hours_week=6,
        milestones=(
            Milestone("Baseline", 20, starts_on + timedelta(days=21)),
            Milestone("Tried by people", 40, starts_on + timedelta(days=70)),
        ),
        team_least=2,
        team_most=4,
        capacity=2,
        mode=Mode.APPLYING,
        place=Place.MIXED,
        apply_until=today + timedelta(days=45),
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=83),
        mentor_hours_week=2,
        availability="Saturdays from 14:00 in Karachi.",
        ip_choice=IpChoice.SHARED,
        ai_policy=AiPolicy.DECLARED,
        gpu_hours=0,
        trl_in=3,
        trl_target=5,
    )
