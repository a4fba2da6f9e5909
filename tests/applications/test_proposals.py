"""What coordinators propose, edit, confirm and discard, also two of them at once."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.applications import confirming, desk, proposals, ranking, service
from darsgah.applications.errors import (
    MatchingChanged,
    MatchingStale,
    NobodyMatched,
    NoProposal,
    NotEligible,
    PlacesTaken,
)
from darsgah.applications.matching import Outcome
from darsgah.applications.matching_schemas import Assignment, Decision, Edit, MatchingDesk
from darsgah.applications.schemas import ApplicationView, Ranking, State, TeamOrder
from darsgah.blobs.store import memory_blobs
from darsgah.briefs import offers, project_cards
from darsgah.briefs.content import Mode
from darsgah.briefs.lifecycle import Stage
from darsgah.briefs.models import Brief, Project
from darsgah.briefs.moving import move_brief
from darsgah.db.session import Database
from darsgah.errors import MalformedInput
from darsgah.hubs import service as hubs
from darsgah.notices.models import Notice
from darsgah.organisations.models import Mentor
from darsgah.teams import service as teams
from tests.applications.brief_and_teams import (
    ENGLISH,
    apply,
    at_once,
    gate,
    given,
    learner,
    outcome,
    passes,
    result_of,
    team_of,
)
from tests.briefs.offering import published, verified_mentor
from tests.network import Network, Platform, build_network


@pytest.fixture
async def network(session: AsyncSession) -> Network:
    """A network of this test's."""
    return await build_network(session, memory_blobs())


@pytest.fixture
async def mentor(session: AsyncSession, network: Network) -> Actor:
    """A verified mentor of the first hub."""
    return await verified_mentor(session, "banu")


@pytest.fixture
def instructor(network: Network) -> Actor:
    """Who coordinates the first hub."""
    return network.people["instructor"]


async def proposed(
    session: AsyncSession, actor: Actor, hub_id: UUID, *brief_ids: UUID, version: int | None = None
) -> MatchingDesk:
    """A proposal for these briefs, as its coordinator sees it."""
    await proposals.propose(session, actor, hub_id, brief_ids, version)
    return await desk.desk(session, actor, hub_id, ENGLISH)


def version_of(shown: MatchingDesk) -> int:
    """The version of the proposal that is shown."""
    assert shown.proposal
    return shown.proposal.version


async def two_briefs(
    session: AsyncSession, mentor: Actor, network: Network
) -> tuple[list[UUID], dict[str, list[ApplicationView]]]:
    """Briefs A and B with a place each, and three who want A most and B next, whom A ranks backwards."""
    ids = [await published(session, mentor, network, team_least=1, capacity=1, title=title) for title in "AB"]
    sent = {}
    for name in ("omar", "rafi", "sana"):
        actor = await learner(session, name)
        sent[name] = [await apply(session, actor, brief_id) for brief_id in ids]
    backwards = tuple(sent[name][0].id for name in ("sana", "rafi", "omar"))
    await ranking.rank(session, mentor, ids[0], Ranking(backwards))
    return ids, sent


async def test_a_proposal_is_explained_and_takes_effect_when_it_is_confirmed(
    session: AsyncSession, network: Network, mentor: Actor, instructor: Actor
) -> None:
    ids, sent = await two_briefs(session, mentor, network)
    other = await published(session, mentor, network, team_least=1, title="C")
    beside = await apply(session, await learner(session, "zain"), other)
    shown = await proposed(session, instructor, network.hub_id, *ids)
    assert given(shown) == {"A": ["Sana"], "B": ["Omar"]}
    assert shown.proposal
    assert not shown.proposal.unstable
    (without,) = shown.proposal.without
    assert [(wish.title, wish.outcome, wish.ranked) for wish in without.wishes] == [
        ("A", Outcome.FULL, 2),
        ("B", Outcome.FULL, 2),
    ]
    assert [wish.outcome for wish in result_of(shown, "Omar").wishes] == [Outcome.FULL, Outcome.MATCHED]
    before = (await offers.offers(session, ids))[ids[0]]
    assert before.stage is Stage.APPLICATIONS, "nothing has happened yet"
    confirmed = await confirming.confirm(session, instructor, network.hub_id, version_of(shown))
    session.expire_all()
    assert {one.brief_id for one in confirmed.projects} == set(ids)
    assert {offer.stage for offer in (await offers.offers(session, ids)).values()} == {Stage.MATCHED}
    assert (await offers.offers(session, [other]))[other].stage is Stage.APPLICATIONS
    card = await project_cards.card(session, confirmed.projects[0].project_id)
    brief = await session.get(Brief, confirmed.projects[0].brief_id)
    assert card
    assert brief
    assert (card.starts_on, card.ends_on) == (brief.starts_on, brief.ends_on)
    rows = await session.execute(sa.text("SELECT id, state FROM application"))
    states = {row.id: row.state for row in rows}
    assert [states[one.id] for one in sent["sana"]] == [State.ACCEPTED, State.LAPSED]
    assert [states[one.id] for one in sent["omar"]] == [State.LAPSED, State.ACCEPTED]
    assert [states[one.id] for one in sent["rafi"]] == [State.DECLINED, State.DECLINED]
    assert states[beside.id] == State.OPEN
    assert (await teams.card(session, sent["sana"][0].team_id)).closed
    kinds = set((await session.execute(sa.select(Notice.kind))).scalars())
    assert {"application_accepted", "application_declined", "brief_matched"} <= kinds
    with pytest.raises(NoProposal):
        await confirming.confirm(session, instructor, network.hub_id, version_of(shown))
    (past,) = (await desk.desk(session, instructor, network.hub_id, ENGLISH)).past
    assert (past.state, past.teams, past.ended_by) == ("confirmed", 2, "Instructor")


async def test_a_teams_own_order_and_the_time_of_applying_count(
    session: AsyncSession, network: Network, mentor: Actor, instructor: Actor
) -> None:
    ids = [await published(session, mentor, network, team_least=1, capacity=1, title=title) for title in "AB"]
    sana, omar = await learner(session, "sana"), await learner(session, "omar")
    sent = {actor.display_name: [await apply(session, actor, one) for one in ids] for actor in (sana, omar)}
    assert given(await proposed(session, instructor, network.hub_id, *ids)) == {"A": ["Sana"], "B": ["Omar"]}
    first, second = sent["Sana"]
    await service.order(session, sana, first.team_id, TeamOrder((second.id, first.id)), ENGLISH)
    shown = await proposed(session, instructor, network.hub_id, *ids, version=1)
    assert given(shown) == {"A": ["Omar"], "B": ["Sana"]}
    await ranking.rank(session, mentor, ids[0], Ranking((), refused=(sent["Omar"][0].id,)))
    shown = await proposed(session, instructor, network.hub_id, *ids, version=2)
    assert given(shown) == {"A": [], "B": ["Sana"]}
    assert [wish.outcome for wish in result_of(shown, "Omar").wishes] == [Outcome.NOT_RANKED, Outcome.FULL]
    assert result_of(shown, "Omar").wishes[0].refused


async def test_a_person_edits_and_the_rest_is_proposed_around_it(
    session: AsyncSession, network: Network, mentor: Actor, instructor: Actor
) -> None:
    ids, sent = await two_briefs(session, mentor, network)
    hub_id = network.hub_id
    shown = await proposed(session, instructor, hub_id, *ids)

    async def edit(application: ApplicationView, decision: Decision) -> MatchingDesk:
        present = await desk.desk(session, instructor, hub_id, ENGLISH)
        await proposals.edit(session, instructor, hub_id, Edit(application.id, decision, version_of(present)))
        return await desk.desk(session, instructor, hub_id, ENGLISH)

    with pytest.raises(PlacesTaken):
        await edit(sent["rafi"][0], Decision.FIX)
    shown = await edit(sent["sana"][0], Decision.BAR)
    assert given(shown) == {"A": [], "B": ["Omar"]}
    assert shown.proposal
    assert shown.proposal.unstable
    assert result_of(shown, "Rafi").wishes[0].outcome is Outcome.WOULD_RATHER
    shown = await edit(sent["omar"][0], Decision.FIX)
    assert given(shown) == {"A": ["Omar"], "B": []}
    shown = await proposed(session, instructor, hub_id, *ids, version=version_of(shown))
    assert given(shown) == {"A": ["Omar"], "B": ["Rafi"]}
    outcomes = {name: result_of(shown, name).wishes[0].outcome for name in ("Omar", "Rafi", "Sana")}
    assert outcomes == {"Omar": Outcome.FIXED, "Rafi": Outcome.FULL, "Sana": Outcome.BARRED}
    await edit(sent["omar"][0], Decision.FREE)
    shown = await edit(sent["sana"][0], Decision.FREE)
    shown = await proposed(session, instructor, hub_id, *ids, version=version_of(shown))
    assert given(shown) == {"A": ["Sana"], "B": ["Omar"]}
    await proposals.discard(session, instructor, hub_id, version_of(shown))
    assert (await desk.desk(session, instructor, hub_id, ENGLISH)).proposal is None
    assert (await offers.offers(session, ids))[ids[0]].stage is Stage.APPLICATIONS


async def test_gates_are_asked_again_when_teams_are_matched(
    session: AsyncSession, network: Network, mentor: Actor, instructor: Actor
) -> None:
    gates = (await gate(session, network),)
    brief_id = await published(session, mentor, network, gates=gates, title="A")
    sana, omar, rafi = [await learner(session, name) for name in ("sana", "omar", "rafi")]
    for actor in (sana, omar):
        await passes(session, network, actor)
    team_id = await team_of(session, "Indus", sana, omar)
    sent = await apply(session, sana, brief_id, team_id)
    shown = await proposed(session, instructor, network.hub_id, brief_id)
    assert given(shown) == {"A": ["Indus"]}
    row = await teams.own_team(session, sana, team_id, lock=True)
    await teams.come_in(session, row, rafi)
    with pytest.raises(MatchingStale) as stale:
        await confirming.confirm(session, instructor, network.hub_id, version_of(shown))
    assert stale.value.details["fields"]["Indus"].values["people"] == "Rafi"
    assert await session.scalar(sa.select(sa.func.count()).select_from(Project)) == 0
    shown = await proposed(session, instructor, network.hub_id, brief_id, version=version_of(shown))
    assert given(shown) == {"A": []}
    (lack,) = result_of(shown, "Indus").wishes[0].hindrances
    assert lack.code == "gate"
    wanted = Edit(sent.id, Decision.FIX, version_of(shown))
    with pytest.raises(NotEligible):
        await proposals.edit(session, instructor, network.hub_id, wanted)
    with pytest.raises(NobodyMatched):
        await confirming.confirm(session, instructor, network.hub_id, version_of(shown))
    await passes(session, network, rafi)
    shown = await proposed(session, instructor, network.hub_id, brief_id, version=version_of(shown))
    assert given(shown) == {"A": ["Indus"]}


async def test_what_changed_since_the_proposal_stops_the_confirmation(
    session: AsyncSession, network: Network, mentor: Actor, instructor: Actor
) -> None:
    brief_id = await published(session, mentor, network, title="A")
    sana, omar = await learner(session, "sana"), await learner(session, "omar")
    team_id = await team_of(session, "Indus", sana, omar)
    sent = await apply(session, sana, brief_id, team_id)
    seen = version_of(await proposed(session, instructor, network.hub_id, brief_id))
    confirm = confirming.confirm
    await teams.take_out(session, omar, team_id, omar.account_id)
    with pytest.raises(MatchingStale) as stale:
        await confirm(session, instructor, network.hub_id, seen)
    assert "wants teams of" in stale.value.details["fields"]["Indus"].text
    await teams.take_out(session, sana, team_id, sana.account_id)
    with pytest.raises(MatchingStale) as stale:
        await confirm(session, instructor, network.hub_id, seen)
    assert stale.value.details["fields"]["Indus"].text == "Nobody is in this team any more."
    again = await team_of(session, "Ravi", sana, omar)
    sent = await apply(session, sana, brief_id, again)
    seen = version_of(await proposed(session, instructor, network.hub_id, brief_id, version=seen))
    withdrawn = await service.withdraw(session, omar, sent.id, sent.version, ENGLISH)
    assert withdrawn.state is State.WITHDRAWN
    assert await outcome(confirm(session, instructor, network.hub_id, seen)) == "matching_stale"
    sent = await apply(session, sana, brief_id, again)
    seen = version_of(await proposed(session, instructor, network.hub_id, brief_id, version=seen))
    await move_brief(session, mentor, brief_id, "pause", reason="Later.")
    assert await outcome(confirm(session, instructor, network.hub_id, seen)) == "matching_stale"
    assert await session.scalar(sa.select(sa.func.count()).select_from(Project)) == 0


async def test_briefs_whose_mentor_cannot_stand_behind_them_begin_nothing(
    session: AsyncSession, network: Network, mentor: Actor, instructor: Actor
) -> None:
    brief_id = await published(session, mentor, network, team_least=1, title="A")
    await apply(session, await learner(session, "sana"), brief_id)
    seen = version_of(await proposed(session, instructor, network.hub_id, brief_id))
    await hubs.grant(session, mentor.account_id, Role.INSTRUCTOR, network.hub_id)
    held = await hubs.grants(session, mentor.account_id)
    teaching = Actor(mentor.account_id, mentor.display_name, "en", held)
    with pytest.raises(MatchingStale) as own:
        await confirming.confirm(session, teaching, network.hub_id, seen)
    assert "You are the mentor of" in own.value.details["fields"]["Sana"].text
    await session.execute(sa.update(Mentor).values(state="suspended"))
    session.expire_all()
    with pytest.raises(MatchingStale) as unverified:
        await confirming.confirm(session, instructor, network.hub_id, seen)
    assert "not verified now" in unverified.value.details["fields"]["Sana"].text


async def test_staff_put_a_team_together_for_a_brief_whose_teams_are_assigned(
    session: AsyncSession, network: Network, mentor: Actor, instructor: Actor
) -> None:
    brief_id = await published(session, mentor, network, mode=Mode.ASSIGNED, capacity=1, title="A")
    sana, omar = await learner(session, "sana"), await learner(session, "omar")
    seen = version_of(await proposed(session, instructor, network.hub_id, brief_id))
    for emails in (("nobody@example.org",), ("sana@example.org", "other-learner@example.org")):
        wanted = Assignment(brief_id, "Indus", emails, seen)
        with pytest.raises(MalformedInput) as unknown:
            await proposals.assign(session, instructor, network.hub_id, wanted)
        assert unknown.value.details["fields"]["emails"].values["email"] == emails[-1]
    wanted = Assignment(brief_id, "Indus", ("sana@example.org", "OMAR@example.org"), seen)
    await proposals.assign(session, instructor, network.hub_id, wanted)
    shown = await desk.desk(session, instructor, network.hub_id, ENGLISH)
    assert given(shown) == {"A": ["Indus"]}
    shown = await proposed(session, instructor, network.hub_id, brief_id, version=version_of(shown))
    assert given(shown) == {"A": ["Indus"]}
    confirmed = await confirming.confirm(session, instructor, network.hub_id, version_of(shown))
    found = await teams.card(session, confirmed.projects[0].team_id)
    assert found.account_ids == {sana.account_id, omar.account_id}


async def test_somebody_who_gets_two_briefs_is_named(
    session: AsyncSession, network: Network, mentor: Actor, instructor: Actor
) -> None:
    ids = [await published(session, mentor, network, team_least=1, title=title) for title in "AB"]
    sana, omar = await learner(session, "sana"), await learner(session, "omar")
    await apply(session, sana, ids[0], await team_of(session, "Indus", sana, omar))
    await apply(session, sana, ids[1])
    shown = await proposed(session, instructor, network.hub_id, *ids)
    assert (result_of(shown, "Indus").also, result_of(shown, "Sana").also) == (("Sana",), ("Sana",))


async def test_who_may_match_what(
    session: AsyncSession, network: Network, mentor: Actor, instructor: Actor
) -> None:
    ids, sent = await two_briefs(session, mentor, network)
    people, hub_id = network.people, network.hub_id
    for actor in (people["other_instructor"], mentor, people["learner"]):
        assert await outcome(proposals.propose(session, actor, hub_id, ids, None)) == "not_found"
    for wrong in ([], [UUID(int=1)]):
        with pytest.raises(MalformedInput):
            await proposals.propose(session, instructor, hub_id, wrong, None)
    seen = version_of(await proposed(session, instructor, hub_id, *ids))
    outsider = people["other_instructor"]
    edit = Edit(sent["sana"][0].id, Decision.BAR, seen)
    for attempt in (
        proposals.edit(session, outsider, hub_id, edit),
        proposals.discard(session, outsider, hub_id, seen),
        confirming.confirm(session, outsider, hub_id, seen),
        desk.desk(session, outsider, hub_id, ENGLISH),
        proposals.edit(session, instructor, hub_id, Edit(UUID(int=1), Decision.BAR, seen)),
    ):
        assert await outcome(attempt) == "not_found"
    with pytest.raises(MatchingChanged) as changed:
        await proposals.propose(session, instructor, hub_id, ids, None)
    assert changed.value.details["version"] == seen


async def test_two_coordinators_at_once(platform: Platform) -> None:
    """Both propose, both edit, both confirm: one of them each time, in transactions of their own."""
    database: Database = platform.database
    network = platform.network
    both = [network.people["instructor"], network.people["hub_admin"]]
    async with database.begin() as session:
        mentor = await verified_mentor(session, "dara")
        brief_id = await published(session, mentor, network, team_least=1, capacity=1, title="A")
        sent = await apply(session, await learner(session, "sana"), brief_id)

    async def propose(actor: Actor) -> None:
        async with database.begin() as session:
            await proposals.propose(session, actor, network.hub_id, [brief_id], None)

    async def edit(actor: Actor) -> None:
        async with database.begin() as session:
            await proposals.edit(session, actor, network.hub_id, Edit(sent.id, Decision.FIX, 1))

    async def confirm(actor: Actor) -> None:
        async with database.begin() as session:
            await confirming.confirm(session, actor, network.hub_id, 2)

    assert await at_once(*map(propose, both)) == ["", "matching_changed"]
    assert await at_once(*map(edit, both)) == ["", "matching_changed"]
    assert await at_once(*map(confirm, both)) == ["", "no_proposal"]
    async with database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Project)) == 1


async def test_withdrawing_while_it_is_confirmed_goes_one_way_or_the_other(platform: Platform) -> None:
    database: Database = platform.database
    network = platform.network
    async with database.begin() as session:
        mentor = await verified_mentor(session, "ejaz")
        brief_id = await published(session, mentor, network, team_least=1, title="A")
        gul = await learner(session, "gul")
        sent = await apply(session, gul, brief_id)
        row = await proposals.propose(session, network.people["instructor"], network.hub_id, [brief_id], None)
        seen = row.version

    async def confirm() -> None:
        async with database.begin() as session:
            await confirming.confirm(session, network.people["instructor"], network.hub_id, seen)

    async def withdraw() -> None:
        async with database.begin() as session:
            await service.withdraw(session, gul, sent.id, sent.version, ENGLISH)

    ends = set(await at_once(confirm(), withdraw()))
    assert ends in ({"", "matching_stale"}, {"", "application_changed"})
