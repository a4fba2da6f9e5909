"""The demo's teams: two that apply to a brief of the demo's mentor, so that somebody can be matched."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.applications import ranking, service
from darsgah.applications.schemas import NewApplication
from darsgah.briefs import offers, reviewing, writing
from darsgah.briefs.content import (
    AiPolicy,
    BriefContent,
    DataKind,
    IpChoice,
    Milestone,
    Mode,
    Place,
)
from darsgah.briefs.moving import move_brief
from darsgah.briefs.schemas import ApprovalForm, NewBrief, ReviewForm
from darsgah.db.columns import now
from darsgah.teams import invitations
from darsgah.teams import service as teams
from darsgah.teams.schemas import NewTeam
from darsgah.ui.language import Language

STATEMENTS = (
    "We cleaned arrival times in the course's labs. We would begin with a **baseline**: last week's delay.",
    "We know weather data, and one of us worked at a port. We would first ask what a wrong forecast costs.",
)
NAMES = ("Demo Harbour Team", "نمونہ ٹیم دریا")


async def are_loaded(session: AsyncSession, account_id: UUID) -> bool:
    """Whether a run before put somebody who is in the second team into it."""
    return bool(await teams.team_ids_of(session, [account_id]))


async def load_teams(
    session: AsyncSession,
    mentor: Actor,
    administrator: Actor,
    learners: Sequence[Sequence[Actor]],
    language: Language,
) -> None:
    """Make a team of each of these groups and have it apply to the brief; what is there stays as it is.

    Args:
        administrator: of the mentor's hub; reviews the brief and publishes it.
        learners: two groups, of two or three.
        language: of what a refusal would say.
    """
    (hub_id,) = administrator.hubs(Role.HUB_ADMIN)
    open_now = await offers.offers_of_hub(session, hub_id)
    mine = [one for one in open_now.values() if one.mentor_id == mentor.account_id and not one.gates]
    brief_id = mine[0].id if mine else await _publish(session, mentor, administrator, hub_id)
    if (await ranking.applicants(session, administrator, brief_id)).applicants:
        return
    for group, name, statement in zip(learners, NAMES, STATEMENTS, strict=True):
        team = await teams.found(session, group[0], NewTeam(name, hub_id))
        link = (await invitations.new_link(session, group[0], team.id)).link_token or ""
        for one in group[1:]:
            await invitations.join(session, one, link)
        await service.apply(
            session, group[0], brief_id, NewApplication(team.id, statement, send=True), language
        )


async def _publish(session: AsyncSession, mentor: Actor, administrator: Actor, hub_id: UUID) -> UUID:
    """Write the demo's brief and bring it to where learners find it."""
    brief = await writing.begin(session, mentor, NewBrief(hub_id, _content(now().date())))
    await move_brief(session, mentor, brief.id, "submit")
    scores = ReviewForm(4, 4, 4, "A demo: nobody looked at it.")
    await reviewing.review(session, administrator, brief.id, scores)
    for kind in ("brief", "hub"):
        await reviewing.approve(session, administrator, brief.id, ApprovalForm(kind))
    await move_brief(session, administrator, brief.id, "publish")
    return brief.id


def _content(today: date) -> BriefContent:
    starts_on = today + timedelta(days=75)
    return BriefContent(
        title="When will the ship arrive?",
        title_ur="جہاز کب پہنچے گا؟",
        problem=(
            "Lorries wait at the gate because nobody knows when a ship will be unloaded. We want a forecast "
            "of arrival times that says **how sure it is**, a day ahead, from positions and weather that "
            "anybody can get.\n\nThis is a brief of the demo."
        ),
        deliverables="- a model with its card\n- a page of tomorrow's arrivals\n- where it goes wrong",
        skills=("python", "time series", "pandas"),
        data_kind=DataKind.SYNTHETIC,
        data="Three years of made-up arrivals.",
        data_licence="CC0 1.0",
        hours_total=180,
        hours_week=8,
        milestones=(
            Milestone("Baseline", 20, starts_on + timedelta(days=20)),
            Milestone("A forecast with its uncertainty", 40, starts_on + timedelta(days=60)),
        ),
        team_least=2,
        team_most=3,
        capacity=1,
        mode=Mode.APPLYING,
        place=Place.MIXED,
        apply_until=today + timedelta(days=60),
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=70),
        mentor_hours_week=2,
        availability="Saturdays from 14:00 in Karachi, and messages in the week.",
        ip_choice=IpChoice.OPEN,
        ai_policy=AiPolicy.DECLARED,
        gpu_hours=0,
        trl_in=3,
        trl_target=5,
    )
