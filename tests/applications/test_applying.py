"""Who may apply to what, with whom, how often, and what is missing; and what a mentor sees of it."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.applications import proposals, ranking, service
from darsgah.applications.errors import (
    AlreadyApplied,
    ApplicationChanged,
    ApplicationOver,
    DeadlineOver,
    MentorRanks,
    NotEligible,
    NotTaking,
    TeamsAssigned,
)
from darsgah.applications.schemas import Cap, NewApplication, Ranking, State, StatementChange, TeamOrder
from darsgah.blobs.store import memory_blobs
from darsgah.briefs import offers
from darsgah.briefs.content import GateRule, Mode
from darsgah.briefs.lifecycle import Stage
from darsgah.briefs.models import Brief
from darsgah.briefs.moving import move_brief
from darsgah.db.columns import now
from darsgah.db.session import Database
from darsgah.errors import MalformedInput, NotFound
from darsgah.notices.models import Notice
from darsgah.teams import service as teams
from tests.applications.brief_and_teams import (
    ENGLISH,
    apply,
    at_once,
    gate,
    learner,
    outcome,
    passes,
    team_of,
)
from tests.briefs.offering import begun, published, verified_mentor
from tests.network import OTHER_HUB, Network, Platform, build_network


@pytest.fixture
async def network(session: AsyncSession) -> Network:
    """A network of this test's."""
    return await build_network(session, memory_blobs())


@pytest.fixture
async def mentor(session: AsyncSession, network: Network) -> Actor:
    """A verified mentor of the first hub."""
    return await verified_mentor(session, "banu")


async def test_one_applies_alone_and_withdraws(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    brief_id = await published(session, mentor, network, team_least=1)
    sana = await learner(session, "sana")
    draft = await apply(session, sana, brief_id, send=False)
    assert (draft.state, draft.solo, draft.team, draft.hindrances) == (State.DRAFT, True, "Sana", ())
    assert (await ranking.applicants(session, mentor, brief_id)).applicants == (), "a draft is the team's own"
    with pytest.raises(AlreadyApplied):
        await apply(session, sana, brief_id)
    wanted = StatementChange("Better words.", draft.version)
    changed = await service.change(session, sana, draft.id, wanted, ENGLISH)
    with pytest.raises(ApplicationChanged) as stale:
        await service.send(session, sana, draft.id, draft.version, ENGLISH)
    assert stale.value.details["version"] == changed.version
    sent = await service.send(session, sana, draft.id, changed.version, ENGLISH)
    assert (sent.state, sent.statement) == (State.OPEN, "Better words.")
    assert (await offers.offers(session, [brief_id]))[brief_id].stage is Stage.APPLICATIONS
    with pytest.raises(ApplicationOver):
        await service.change(session, sana, draft.id, StatementChange("x", sent.version), ENGLISH)
    (applicant,) = (await ranking.applicants(session, mentor, brief_id)).applicants
    assert (applicant.members, applicant.statement) == (("Sana",), "Better words.")
    gone = await service.withdraw(session, sana, draft.id, sent.version, ENGLISH)
    assert [line.state for line in gone.history] == [State.DRAFT, State.OPEN, State.WITHDRAWN]
    assert {line.by for line in gone.history} == {"Sana"}
    with pytest.raises(ApplicationOver):
        await service.withdraw(session, sana, draft.id, gone.version, ENGLISH)
    kinds = (
        await session.execute(sa.select(Notice.kind).where(Notice.account_id == mentor.account_id))
    ).scalars()
    assert {"application_sent", "application_withdrawn"} <= set(kinds)
    again = await apply(session, sana, brief_id)
    assert (again.state, again.id != draft.id) == (State.OPEN, True)


async def test_what_is_missing_is_said_and_a_lab_that_is_passed_counts_at_once(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    brief_id = await published(session, mentor, network, gates=(await gate(session, network),))
    sana, omar = await learner(session, "sana"), await learner(session, "omar")
    team_id = await team_of(session, "Indus", sana, omar)
    await passes(session, network, sana, 0.6)
    with pytest.raises(NotEligible) as refused:
        await apply(session, sana, brief_id, team_id)
    (text,) = refused.value.details["fields"].values()
    assert text.values == {"people": "Omar", "share": 60, "lab": "Doubling"}
    await passes(session, network, omar, 0.59)
    assert await outcome(apply(session, sana, brief_id, team_id)) == "not_eligible"
    view = await service.apply_view(session, network.people["learner"], brief_id, ENGLISH)
    (alone,) = view.options
    assert [one.code for one in alone.hindrances] == ["size", "gate"]
    assert alone.hindrances[1].link == f"/assignments/{network.assignment_id}"
    await session.execute(
        sa.text("UPDATE submission SET score = 3 WHERE account_id = :id"), {"id": omar.account_id}
    )
    assert (await apply(session, sana, brief_id, team_id)).state is State.OPEN
    (applicant,) = (await ranking.applicants(session, mentor, brief_id)).applicants
    assert [(one.title, one.passed, one.of) for one in applicant.gates] == [("Doubling", 2, 2)]


async def test_by_the_briefs_choice_one_of_the_team_is_enough(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    gates = (await gate(session, network),)
    brief_id = await published(session, mentor, network, gates=gates, gate_rule=GateRule.ANY)
    sana, omar = await learner(session, "sana"), await learner(session, "omar")
    team_id = await team_of(session, "Indus", sana, omar)
    assert await outcome(apply(session, sana, brief_id, team_id)) == "not_eligible"
    await passes(session, network, omar)
    assert (await apply(session, sana, brief_id, team_id)).state is State.OPEN


async def test_nobody_stands_in_two_teams_for_one_brief(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    brief_id = await published(session, mentor, network)
    sana, omar, rafi = [await learner(session, name) for name in ("sana", "omar", "rafi")]
    first, second = await team_of(session, "Indus", sana, omar), await team_of(session, "Ravi", rafi, omar)
    await apply(session, sana, brief_id, first)
    with pytest.raises(NotEligible) as refused:
        await apply(session, rafi, brief_id, second)
    (text,) = refused.value.details["fields"].values()
    assert (text.values["people"], "another team" in text.text) == ("Omar", True)
    await teams.take_out(session, omar, first, omar.account_id)
    assert (await apply(session, rafi, brief_id, second)).state is State.OPEN


async def test_so_many_are_open_at_a_time_and_no_more(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    ids = [await published(session, mentor, network, team_least=1) for _ in range(5)]
    sana, admin = await learner(session, "sana"), network.people["hub_admin"]
    for brief_id in ids[:3]:
        await apply(session, sana, brief_id)
    await apply(session, sana, ids[3], send=False)
    team_id = await team_of(session, "Indus", await learner(session, "omar"), sana)
    with pytest.raises(NotEligible) as refused:
        await apply(session, sana, ids[4], team_id)
    (text,) = refused.value.details["fields"].values()
    assert text.values == {"people": "Sana", "most": 3}
    await session.execute(
        sa.text("UPDATE application SET assigned = true WHERE brief_id = :id"), {"id": ids[0]}
    )
    async with session.begin_nested() as assigned:
        await apply(session, sana, ids[4], team_id)
        await assigned.rollback()
    await session.execute(sa.text("UPDATE application SET assigned = false"))
    session.expire_all()
    with pytest.raises(NotFound):
        await proposals.set_cap(session, network.people["instructor"], network.hub_id, Cap(4))
    await proposals.set_cap(session, admin, network.hub_id, Cap(4))
    assert (await apply(session, sana, ids[4], team_id)).state is State.OPEN
    await move_brief(session, mentor, ids[0], "withdraw", reason="We stopped.")
    own = await service.own_applications(session, sana, ENGLISH)
    assert [view.state for view in own.past] == [State.LAPSED]
    (draft,) = [one for team in own.live for one in team.applications if one.state is State.DRAFT]
    assert (await service.send(session, sana, draft.id, draft.version, ENGLISH)).state is State.OPEN


async def test_when_nobody_can_apply(session: AsyncSession, network: Network, mentor: Actor) -> None:
    sana = await learner(session, "sana")
    over = await published(session, mentor, network, team_least=1)
    yesterday = (now() - timedelta(days=2)).date()
    await session.execute(sa.update(Brief).where(Brief.id == over).values(apply_until=yesterday))
    session.expire_all()
    with pytest.raises(DeadlineOver):
        await apply(session, sana, over)
    assigned = await published(session, mentor, network, mode=Mode.ASSIGNED)
    with pytest.raises(TeamsAssigned):
        await apply(session, sana, assigned)
    gone = await published(session, mentor, network)
    await move_brief(session, mentor, gone, "pause", reason="Later.")
    with pytest.raises(NotTaking):
        await apply(session, sana, gone)
    blank = await published(session, mentor, network, team_least=1)
    with pytest.raises(MalformedInput):
        await service.apply(session, sana, blank, NewApplication(None, "  ", send=True), ENGLISH)
    signs_up = await published(session, mentor, network, team_least=1, mode=Mode.SELF_FORMED)
    assert (
        await service.apply(session, sana, signs_up, NewApplication(send=True), ENGLISH)
    ).state is State.OPEN


async def test_briefs_and_teams_that_are_not_ones_own_are_not_there(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    sana, omar = await learner(session, "sana"), await learner(session, "omar", OTHER_HUB)
    other = await verified_mentor(session, "celia", hub=OTHER_HUB)
    hidden = await begun(session, other, network.other_hub_id)
    for actor in (sana, omar):
        with pytest.raises(NotFound):
            await apply(session, actor, hidden)
        with pytest.raises(NotFound):
            await service.apply_view(session, actor, hidden, ENGLISH)
    brief_id = await published(session, mentor, network, team_least=1)
    team_id = await team_of(session, "Ravi", omar)
    with pytest.raises(NotFound):
        await apply(session, sana, brief_id, team_id)
    theirs = await apply(session, omar, brief_id, team_id)
    for attempt in (
        service.application(session, sana, theirs.id, ENGLISH),
        service.withdraw(session, sana, theirs.id, theirs.version, ENGLISH),
        service.order(session, sana, team_id, TeamOrder((theirs.id,)), ENGLISH),
        ranking.applicants(session, sana, brief_id),
        ranking.applicants(session, other, brief_id),
        ranking.applicants(session, network.people["other_instructor"], brief_id),
    ):
        assert await outcome(attempt) in {"not_found", "no_such_brief"}


async def test_a_team_puts_its_applications_in_order(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    sana = await learner(session, "sana")
    ids = [await published(session, mentor, network, team_least=1, title=title) for title in "ABC"]
    first, second, third = [await apply(session, sana, brief_id) for brief_id in ids]
    assert [one.place for one in (first, second, third)] == [1, 2, 3]
    own = await service.order(
        session, sana, first.team_id, TeamOrder((third.id, first.id, second.id)), ENGLISH
    )
    assert [one.title for one in own.live[0].applications] == ["C", "A", "B"]
    for wrong in ((first.id,), (first.id, first.id, second.id), (first.id, second.id, UUID(int=1))):
        with pytest.raises(MalformedInput):
            await service.order(session, sana, first.team_id, TeamOrder(wrong), ENGLISH)


async def test_the_mentor_ranks_and_sees_names_alone(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    brief_id = await published(session, mentor, network, team_least=1)
    people = [await learner(session, name) for name in ("sana", "omar", "rafi")]
    sent = [await apply(session, actor, brief_id) for actor in people]
    wanted = Ranking(ranked=(sent[2].id,), refused=(sent[0].id,))
    shown = await ranking.rank(session, mentor, brief_id, wanted)
    assert [(one.team, one.place, one.refused) for one in shown.applicants] == [
        ("Rafi", 1, False),
        ("Omar", None, False),
        ("Sana", None, True),
    ]
    assert {name for name in shown.applicants[0].__struct_fields__ if "id" in name} == {"application_id"}
    with pytest.raises(MentorRanks):
        await ranking.rank(session, network.people["hub_admin"], brief_id, wanted)
    assert not (await ranking.applicants(session, network.people["instructor"], brief_id)).may_rank
    for wrong in (
        Ranking((sent[0].id, sent[0].id)),
        Ranking((sent[0].id,), (sent[0].id,)),
        Ranking((UUID(int=7),)),
    ):
        with pytest.raises(MalformedInput):
            await ranking.rank(session, mentor, brief_id, wrong)


async def test_two_sent_at_once_never_get_past_the_cap(platform: Platform) -> None:
    database: Database = platform.database
    async with database.begin() as session:
        mentor = await verified_mentor(session, "dara")
        ids = [await published(session, mentor, platform.network, team_least=1) for _ in range(5)]
        sana = await learner(session, "sana")

    async def send(brief_id: UUID) -> None:
        async with database.begin() as session:
            await apply(session, sana, brief_id)

    assert await at_once(*(send(brief_id) for brief_id in ids)) == [
        "",
        "",
        "",
        "not_eligible",
        "not_eligible",
    ]


async def test_a_team_sends_one_application_however_many_members_click(platform: Platform) -> None:
    database: Database = platform.database
    async with database.begin() as session:
        mentor = await verified_mentor(session, "ejaz")
        brief_id = await published(session, mentor, platform.network)
        people = [await learner(session, name) for name in ("farah", "gul")]
        team_id = await team_of(session, "Chenab", *people)

    async def send(actor: Actor) -> None:
        async with database.begin() as session:
            await apply(session, actor, brief_id, team_id)

    assert await at_once(*(send(actor) for actor in people)) == ["", "already_applied"]


async def test_a_team_that_everybody_left_is_no_applicant(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    brief_id = await published(session, mentor, network, team_least=1)
    sana = await learner(session, "sana")
    team_id = await team_of(session, "Indus", sana)
    await apply(session, sana, brief_id, team_id)
    assert len((await ranking.applicants(session, mentor, brief_id)).applicants) == 1
    await teams.take_out(session, sana, team_id, sana.account_id)
    assert (await ranking.applicants(session, mentor, brief_id)).applicants == ()
