"""From a draft to a closed brief, by everybody whose turn it is; and whom each step refuses."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from darsgah.access import Actor
from darsgah.blobs.store import memory_blobs
from darsgah.briefs import finding, parts, reading, reviewing, service, writing
from darsgah.briefs.errors import (
    ApprovalsMissing,
    BriefChanged,
    BriefFull,
    MoveNotAllowed,
    NoTeams,
    NotReviewed,
    NotWritable,
    NotYours,
    OrganisationNotVerified,
    ReasonMissing,
    ThresholdNotMet,
)
from darsgah.briefs.lifecycle import Lane, Stage, replay
from darsgah.briefs.models import Brief, BriefApproval
from darsgah.briefs.moving import begin_project, move_brief, move_project
from darsgah.briefs.schemas import ApprovalForm, NewBrief, ReviewForm, Threshold, Wanted
from darsgah.notices.models import Notice
from darsgah.organisations.models import Mentor, Organisation
from darsgah.ui.language import Languages
from tests.briefs.offering import (
    applying,
    approved,
    begun,
    content,
    day,
    published,
    stage,
    team_of,
    verified_mentor,
)
from tests.network import Network, build_network

ENGLISH = next(iter(Languages.load()))


@pytest.fixture
async def network(session: AsyncSession) -> Network:
    """Two hubs and somebody in every role."""
    return await build_network(session, memory_blobs())


@pytest.fixture
async def mentor(session: AsyncSession, network: Network) -> Actor:
    """A verified mentor of a verified organisation."""
    return await verified_mentor(session, "bano")


async def told(session: AsyncSession, actor: Actor) -> set[str]:
    """The kinds of what somebody was told."""
    found = await session.execute(select(col(Notice.kind)).where(Notice.account_id == actor.account_id))
    return set(found.scalars())


async def test_all_the_way(session: AsyncSession, network: Network, mentor: Actor) -> None:
    admin, instructor = network.people["hub_admin"], network.people["instructor"]
    brief_id = await begun(session, mentor, network.hub_id, title="", data_licence="")
    checked = await move_brief(session, mentor, brief_id, "submit")
    assert stage(checked) == "changes_requested"
    (first,) = (await service.rounds(session, mentor, brief_id, ENGLISH)).rounds
    assert {(one.field, one.code) for one in first.findings} == {
        ("title", "missing"),
        ("data_licence", "no_licence"),
    }
    await writing.save(session, mentor, brief_id, content(), ENGLISH, version=checked.version)
    assert stage(await move_brief(session, mentor, brief_id, "resubmit")) == "in_review"
    assert "brief_to_review" in await told(session, admin)
    await reviewing.review(session, instructor, brief_id, ReviewForm(4, 3, 5, "Which crops?"))
    asked = await move_brief(session, instructor, brief_id, "request_changes", reason="Name the crops.")
    assert (stage(asked), "brief_changes_requested" in await told(session, mentor)) == (
        "changes_requested",
        True,
    )
    await writing.save(session, mentor, brief_id, content(deliverables="Wheat."), ENGLISH, version=None)
    await move_brief(session, mentor, brief_id, "resubmit")
    *_, last = (await service.rounds(session, admin, brief_id, ENGLISH)).rounds
    assert [(one.field, one.after) for one in last.changes] == [("deliverables", "Wheat.")]
    assert (last.number, last.reviews) == (3, ())
    await approved(session, admin, brief_id)
    assert stage(await move_brief(session, admin, brief_id, "publish")) == "published"
    await move_brief(session, mentor, brief_id, "open_applications")
    project_ids = [
        await begin_project(session, admin, brief_id, await team_of(session, network, name))
        for name in ("learner", "classmate")
    ]
    with pytest.raises(BriefFull):
        await begin_project(session, admin, brief_id, await team_of(session, network, "outsider"))
    assert stage(await move_brief(session, admin, brief_id, "match")) == "matched"
    learner = network.people["learner"]
    for actor, move in (
        (None, "sign_agreements"),
        (mentor, "kick_off"),
        (learner, "start_milestones"),
        (learner, "submit_final"),
        (instructor, "evaluate"),
        (None, "credential"),
        (None, "close"),
    ):
        await move_project(session, actor, project_ids[0], move)
    brief = await service.view(session, mentor, brief_id)
    assert brief.stage is Stage.MATCHED
    await move_project(
        session, network.people["classmate"], project_ids[1], "withdraw", reason="We have exams."
    )
    desk = await service.desk(session, mentor, brief_id, ENGLISH)
    assert desk.brief.stage is Stage.CLOSED
    assert {project.stage for project in desk.projects} == {Stage.CLOSED, Stage.WITHDRAWN}
    assert replay(Lane.BRIEF, [line.name for line in desk.history]) is Stage.CLOSED
    assert (desk.history[0].from_stage, desk.history[-1].by) == (None, None)
    lines = await reading.history(session, brief_id, project_ids[0])
    assert replay(Lane.PROJECT, [line.name for line in lines]) is Stage.CLOSED
    assert all(approval.given for approval in desk.approvals)
    assert {"project_withdrawn", "brief_closed"} <= await told(session, mentor)


async def test_somebody_elses_brief_by_its_id(session: AsyncSession, network: Network, mentor: Actor) -> None:
    other = await verified_mentor(session, "other-mentor")
    draft, shown = await begun(session, mentor, network.hub_id), await published(session, mentor, network)
    for name in ("learner", "other_instructor", "other_hub_admin", "mentor"):
        actor = network.people[name]
        with pytest.raises(NotYours):
            await service.view(session, actor, draft)
        with pytest.raises(NotYours):
            await service.desk(session, actor, shown, ENGLISH)
        for brief_id in (draft, shown, uuid4()):
            with pytest.raises(NotYours):
                await move_brief(session, actor, brief_id, "withdraw", reason="Mine now.")
    for brief_id in (draft, shown):
        with pytest.raises(NotYours):
            await service.view(session, other, brief_id)
        with pytest.raises(NotYours):
            await writing.save(session, other, brief_id, content(), ENGLISH, version=None)
    assert (await service.view(session, network.people["learner"], shown)).stage is Stage.PUBLISHED
    assert (await service.view(session, network.people["other_learner"], shown)).effective


async def test_a_jump_that_the_machine_does_not_have(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    admin = network.people["hub_admin"]
    brief_id = await begun(session, mentor, network.hub_id)
    for actor, move in (
        (mentor, "publish"),
        (admin, "publish"),
        (admin, "submit"),
        (mentor, "pass_check"),
        (mentor, "nonsense"),
        (admin, "match"),
        (mentor, "kick_off"),
        (None, "close"),
    ):
        with pytest.raises(MoveNotAllowed):
            await move_brief(session, actor, brief_id, move, reason="A jump.")
    with pytest.raises(ReasonMissing):
        await move_brief(session, mentor, brief_id, "withdraw", reason=" \0 ")
    await move_brief(session, mentor, brief_id, "withdraw", reason="We do it ourselves.")
    for move in ("submit", "resume", "withdraw"):
        with pytest.raises(MoveNotAllowed):
            await move_brief(session, mentor, brief_id, move, reason="Again.")
    with pytest.raises(NotWritable):
        await writing.save(session, mentor, brief_id, content(), ENGLISH, version=None)


async def test_two_coordinators_at_once(session: AsyncSession, network: Network, mentor: Actor) -> None:
    admin, instructor = network.people["hub_admin"], network.people["instructor"]
    brief_id = await begun(session, mentor, network.hub_id)
    seen = await move_brief(session, mentor, brief_id, "submit")
    asked = await move_brief(
        session, instructor, brief_id, "request_changes", reason="Which crops?", version=seen.version
    )
    with pytest.raises(MoveNotAllowed):
        await move_brief(session, admin, brief_id, "publish", version=seen.version)
    with pytest.raises(BriefChanged) as refused:
        await move_brief(session, admin, brief_id, "cancel", reason="No.", version=seen.version)
    assert refused.value.details["version"] == asked.version
    again = await move_brief(session, mentor, brief_id, "resubmit")
    with pytest.raises(BriefChanged):
        await reviewing.review(session, admin, brief_id, ReviewForm(4, 4, 4), version=seen.version)
    await reviewing.review(session, admin, brief_id, ReviewForm(4, 4, 4), version=again.version)


async def test_four_approvals_each_its_own(session: AsyncSession, network: Network, mentor: Actor) -> None:
    admin, instructor = network.people["hub_admin"], network.people["instructor"]
    await session.execute(sa.update(Organisation).values(state="unverified"))
    brief_id = await begun(session, mentor, network.hub_id)
    await move_brief(session, mentor, brief_id, "submit")
    missing = ["organisation", "brief", "hub"]

    async def refused() -> list[str]:
        with pytest.raises(ApprovalsMissing) as error:
            await move_brief(session, admin, brief_id, "publish")
        return str(error.value.details["missing"]).split(", ")

    assert await refused() == missing
    with pytest.raises(NotReviewed):
        await reviewing.approve(session, instructor, brief_id, ApprovalForm("brief"))
    with pytest.raises(MoveNotAllowed):
        await reviewing.approve(session, instructor, brief_id, ApprovalForm("hub"))
    with pytest.raises(MoveNotAllowed):
        await reviewing.approve(session, mentor, brief_id, ApprovalForm("brief"))
    await reviewing.review(session, instructor, brief_id, ReviewForm(5, 5, 2))
    with pytest.raises(ThresholdNotMet):
        await reviewing.approve(session, instructor, brief_id, ApprovalForm("brief"))
    await reviewing.change_threshold(session, admin, network.hub_id, Threshold(4.0, 2))
    await reviewing.approve(session, instructor, brief_id, ApprovalForm("brief"))
    assert await refused() == ["organisation", "hub"]
    await reviewing.approve(session, admin, brief_id, ApprovalForm("hub"))
    assert await refused() == ["organisation"]
    await session.execute(sa.update(Organisation).values(state="verified"))
    await reviewing.review(session, instructor, brief_id, ReviewForm(1, 5, 2))
    assert await refused() == ["brief"]
    await reviewing.review(session, instructor, brief_id, ReviewForm(5, 5, 4))
    await reviewing.approve(session, instructor, brief_id, ApprovalForm("brief"))
    await reviewing.approve(session, admin, brief_id, ApprovalForm("hub", given=False))
    assert await refused() == ["hub"]
    await reviewing.approve(session, admin, brief_id, ApprovalForm("hub"))
    await move_brief(session, admin, brief_id, "publish")
    kept = (await session.execute(select(col(BriefApproval.kind)))).scalars().all()
    assert sorted(kept) == ["brief", "hub", "mentor", "organisation"]


async def test_an_organisation_that_loses_its_verification(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    admin, learner = network.people["hub_admin"], network.people["learner"]
    brief_id = await applying(session, mentor, network)
    brief = await session.get(Brief, brief_id)
    assert brief is not None
    assert brief.organisation_id is not None
    organisation_id = brief.organisation_id

    async def now_stands(state: str, table: type[Organisation] | type[Mentor] = Organisation) -> str:
        await session.execute(sa.update(table).values(state=state))
        session.expire_all()
        for _ in range(2):
            await service.rest_unverified(session, organisation_id)
        return (await service.view(session, mentor, brief_id)).stage.value

    await session.execute(sa.update(Organisation).values(state="suspended"))
    session.expire_all()
    assert not (await service.view(session, learner, brief_id)).effective
    assert not (await finding.find(session, learner, Wanted())).briefs
    with pytest.raises(OrganisationNotVerified):
        await begin_project(session, admin, brief_id, await team_of(session, network, "learner"))
    assert await now_stands("suspended") == "paused"
    with pytest.raises(OrganisationNotVerified):
        await move_brief(session, mentor, brief_id, "resume")
    assert await now_stands("verified") == "paused"
    assert stage(await move_brief(session, mentor, brief_id, "resume")) == "applications"
    assert (await finding.find(session, learner, Wanted())).briefs
    assert await now_stands("suspended", Mentor) == "paused"


async def test_a_mentor_who_left_is_followed_by_another(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    admin = network.people["hub_admin"]
    brief_id = await applying(session, mentor, network)
    brief = await session.get(Brief, brief_id)
    assert brief is not None
    heir = await verified_mentor(session, "heir", organisation_id=brief.organisation_id)
    await session.execute(
        sa.text("UPDATE organisation_member SET state = 'removed' WHERE account_id = :who"),
        {"who": mentor.account_id},
    )
    session.expire_all()
    with pytest.raises(NotYours):
        await move_brief(session, mentor, brief_id, "pause", reason="I left.")
    desk = await service.desk(session, admin, brief_id, ENGLISH)
    assert [one.account_id for one in desk.successors] == [heir.account_id]
    await writing.name_mentor(session, admin, brief_id, heir.account_id)
    assert stage(await move_brief(session, heir, brief_id, "pause", reason="A holiday.")) == "paused"
    with pytest.raises(NotYours):
        await service.desk(session, mentor, brief_id, ENGLISH)
    assert "brief_mentor_named" in await told(session, heir)


async def test_a_prefilled_brief_is_only_accepted(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    instructor = network.people["instructor"]
    begun_one = await writing.begin(session, instructor, NewBrief(network.hub_id, content()))
    with pytest.raises(MoveNotAllowed):
        await move_brief(session, instructor, begun_one.id, "submit")
    made = await writing.invite(session, instructor, begun_one.id, mentor.account_id)
    token = made.link.rpartition("/")[2]
    assert "brief_invitation" in await told(session, mentor)
    assert (await service.invited(session, mentor, token)).may_accept
    accepted = await writing.accept(session, mentor, token)
    assert stage(await move_brief(session, mentor, accepted.id, "submit")) == "in_review"
    desk = await service.desk(session, mentor, accepted.id, ENGLISH)
    assert (desk.mine, desk.brief.organisation) == (True, "bano Works")
    for again in (service.invited, writing.accept):
        with pytest.raises(NotYours.__mro__[1]):
            await again(session, mentor, token)


async def test_a_mentor_who_teaches_does_not_review_their_own(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    both = Actor(
        mentor.account_id,
        mentor.display_name,
        mentor.language,
        mentor.grants | network.people["hub_admin"].grants,
    )
    brief_id = await begun(session, both, network.hub_id)
    await move_brief(session, both, brief_id, "submit")
    with pytest.raises(MoveNotAllowed):
        await reviewing.review(session, both, brief_id, ReviewForm(5, 5, 5))
    with pytest.raises(MoveNotAllowed):
        await move_brief(session, both, brief_id, "publish")


async def test_a_day_that_is_over_where_the_hub_is_is_found(
    session: AsyncSession, network: Network, mentor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief_id = await begun(session, mentor, network.hub_id)
    for minutes, expected in ((-1, "in_review"), (0, "changes_requested")):
        moment = datetime.combine(day(14), time(19), UTC) + timedelta(minutes=minutes)  # midnight in Karachi
        monkeypatch.setattr(parts, "now", lambda moment=moment: moment)
        async with session.begin_nested() as tried:
            assert stage(await move_brief(session, mentor, brief_id, "submit")) == expected
            await tried.rollback()
        session.expire_all()


async def test_it_expires_by_its_date(session: AsyncSession, network: Network, mentor: Actor) -> None:
    brief_id = await applying(session, mentor, network)
    with pytest.raises(NoTeams):
        await move_brief(session, network.people["hub_admin"], brief_id, "match")
    await published(session, mentor, network)

    def midnight(days: int, minutes: int = 0) -> datetime:
        """The end of that day where the hub is, in Karachi."""
        return datetime.combine(day(days), time(19), UTC) + timedelta(minutes=minutes)

    assert await service.expire_due(session, midnight(14, -1)) == 0, "the last day is not over there"
    assert await service.expire_due(session, midnight(14)) == 1, "nobody applied to the second"
    assert await service.expire_due(session, midnight(100, -1)) == 0, "the first waits for its match"
    assert await service.expire_due(session, midnight(100)) == 1
    assert await service.expire_due(session, midnight(100)) == 0
    assert "brief_expired" in await told(session, mentor)


async def test_history_and_the_match_never_change(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    brief_id = await applying(session, mentor, network)
    admin = network.people["hub_admin"]
    await begin_project(session, admin, brief_id, await team_of(session, network, "learner"))
    for statement in (
        "UPDATE brief_move SET reason = 'otherwise'",
        "DELETE FROM brief_move",
        "UPDATE project SET ends_on = ends_on + 1",
        "UPDATE project SET matched_at = now()",
    ):
        with pytest.raises(IntegrityError):
            async with session.begin_nested():
                await session.execute(sa.text(statement))
