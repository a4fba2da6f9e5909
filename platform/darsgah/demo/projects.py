"""The demo's running project: a brief of the demo's mentor, with a team in the middle of its milestones."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.blobs.store import BlobStore
from darsgah.blobs.stored_file import store
from darsgah.briefs import moving, project_cards, reviewing, writing
from darsgah.briefs.content import AiPolicy, BriefContent, DataKind, IpChoice, Milestone, Mode, Place
from darsgah.briefs.schemas import ApprovalForm, NewBrief, ReviewForm
from darsgah.db.columns import now
from darsgah.projects import agreements, meetings, messages, milestones, service
from darsgah.projects.meeting_schemas import NewMeeting
from darsgah.projects.milestones import HandedIn
from darsgah.projects.schemas import Decision, ProjectMove
from darsgah.teams import service as teams
from darsgah.ui.language import Languages

NAME = "Demo Junction Team"
PLAN = b"""# Plan

1. Count by hand for an hour, at three times of the day.
2. A first detector, and where it is wrong.
3. A count for each lane, with its error.
"""


async def are_loaded(session: AsyncSession, mentor_id: UUID) -> bool:
    """Whether a run before brought the mentor a project."""
    return bool(await project_cards.of_mentor(session, mentor_id, 1))


async def load_projects(
    session: AsyncSession, blobs: BlobStore, mentor: Actor, administrator: Actor, learners: Sequence[Actor]
) -> None:
    """Bring a brief to its match, and its project to the middle; what is there stays as it is.

    Args:
        administrator: of the mentor's hub; reviews the brief, matches, and accepts for the hub.
        learners: the team.
    """
    if await are_loaded(session, mentor.account_id):
        return
    (hub_id,) = administrator.hubs(Role.HUB_ADMIN)
    project_id = await _begin(session, mentor, administrator, hub_id, learners)
    languages = Languages.load()
    for one in (*learners, mentor, administrator):
        words = await agreements.agreement(session, languages, one, project_id)
        await agreements.accept(session, languages, one, project_id, words.sha256)
    for name in ("kick_off", "start_milestones"):
        version = (await service.room_view(session, mentor, project_id)).version
        await service.move(session, mentor, project_id, ProjectMove(name, version))
    await _work(session, blobs, project_id, mentor, learners)


async def _begin(
    session: AsyncSession, mentor: Actor, administrator: Actor, hub_id: UUID, learners: Sequence[Actor]
) -> UUID:
    brief = await writing.begin(session, mentor, NewBrief(hub_id, _content(now().date())))
    await moving.move_brief(session, mentor, brief.id, "submit")
    await reviewing.review(
        session, administrator, brief.id, ReviewForm(5, 4, 4, "A demo: nobody looked at it.")
    )
    for kind in ("brief", "hub"):
        await reviewing.approve(session, administrator, brief.id, ApprovalForm(kind))
    await moving.move_brief(session, administrator, brief.id, "publish")
    ids = [one.account_id for one in learners]
    team_id = await teams.assemble(session, hub_id, NAME, ids, by=administrator.account_id)
    project_id = await moving.begin_project(session, administrator, brief.id, team_id)
    await teams.close(session, team_id)
    await moving.move_brief(session, administrator, brief.id, "match")
    return project_id


async def _work(
    session: AsyncSession, blobs: BlobStore, project_id: UUID, mentor: Actor, learners: Sequence[Actor]
) -> None:
    first, second = learners
    steps = (await service.room_view(session, first, project_id)).milestones
    files = await store(blobs, {"plan.md": PLAN})
    handed_in = HandedIn(files, ("https://example.org/junction",), "Our plan. No AI tools were used for it.")
    await milestones.submit(session, first, project_id, steps[0].id, handed_in)
    decision = Decision(1, accepted=True, note="Good. Count **pedestrians** apart, if you can.")
    await milestones.decide(session, mentor, project_id, steps[0].id, decision)
    for who, words in (
        (mentor, "Welcome! The videos are in the folder that the hub gave you."),
        (second, "شکریہ! ہم نے پہلی ویڈیو دیکھ لی ہے، کل ہاتھ سے گنتی شروع کریں گے!"),
        (first, "One question: do *rickshaws* count as cars?"),
    ):
        await messages.send(session, who, project_id, words)
    hour = now().replace(minute=0, second=0, microsecond=0)
    times = (hour + timedelta(days=3), hour + timedelta(days=4, hours=2))
    await meetings.propose(
        session,
        mentor,
        project_id,
        NewMeeting("First review", times, 30, "https://meet.example.org/junction"),
    )


def _content(today: date) -> BriefContent:
    starts_on = today + timedelta(days=1)
    return BriefContent(
        title="How many cars cross this junction?",
        title_ur="اس چوراہے سے کتنی گاڑیاں گزرتی ہیں؟",
        problem=(
            "The traffic office counts by hand, twice a year. We want a count for each lane from videos that "
            "**says how far off it may be**, so that lights can be set by what drives there and not by habit."
            "\n\nThis is a brief of the demo."
        ),
        deliverables="- a program that counts\n- how often it is wrong, and where",
        skills=("python", "computer vision", "pytorch"),
        data_kind=DataKind.SYNTHETIC,
        data="Two hours of made-up videos.",
        data_licence="CC0 1.0",
        hours_total=120,
        hours_week=8,
        milestones=(
            Milestone("Plan", 10, starts_on + timedelta(days=7)),
            Milestone("A first count", 25, starts_on + timedelta(days=30)),
            Milestone("A count with its error", 25, starts_on + timedelta(days=56)),
        ),
        team_least=2,
        team_most=2,
        capacity=1,
        mode=Mode.ASSIGNED,
        place=Place.MIXED,
        apply_until=today,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=56),
        mentor_hours_week=2,
        availability="Saturdays from 14:00 in Karachi, and messages in the week.",
        ip_choice=IpChoice.SHARED,
        ai_policy=AiPolicy.DECLARED,
        gpu_hours=20,
        gpu_need="To train a small detector on the videos.",
        trl_in=3,
        trl_target=4,
    )
