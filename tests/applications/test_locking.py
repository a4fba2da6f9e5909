"""Several who act on the same applications at the same moment, in one hub or in two."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.applications import conditions, confirming, proposals, service
from darsgah.applications.errors import ApplicationOver, MatchingChanged, MatchingStale, NotTaking
from darsgah.applications.matching_schemas import Decision, Edit
from darsgah.applications.schemas import Cap, NewApplication
from darsgah.blobs.store import memory_blobs
from darsgah.briefs import reviewing
from darsgah.briefs.moving import move_brief
from darsgah.briefs.schemas import Threshold
from darsgah.db.session import Database
from darsgah.hubs import service as hubs
from tests.applications.brief_and_teams import ENGLISH, apply, at_once, learner, team_of
from tests.briefs.offering import approved, begun, published, verified_mentor
from tests.network import OTHER_HUB, Network, build_network
from tests.statements import Statement, statements


@pytest.fixture
async def network(session: AsyncSession) -> Network:
    """A network of this test's."""
    return await build_network(session, memory_blobs())


@pytest.fixture
async def mentor(session: AsyncSession, network: Network) -> Actor:
    """A verified mentor of the first hub."""
    return await verified_mentor(session, "banu")


@pytest.fixture
async def two_sessions(database: Database) -> AsyncIterator[tuple[AsyncSession, AsyncSession]]:
    """Two that see what the other has committed."""
    async with AsyncSession(database.engine) as one, AsyncSession(database.engine) as other:
        yield one, other


def locks(made: Sequence[Statement]) -> list[str]:
    """The tables whose rows these statements lock, each where it is first."""
    named = (re.search(r"FROM (\w+)", statement) for statement, _ in made if "FOR UPDATE" in statement)
    return list(dict.fromkeys(one[1] for one in named if one))


async def test_all_lock_in_one_order(session: AsyncSession, network: Network, mentor: Actor) -> None:
    """Else two who wait for each other are both told to try again, such as two hubs with a team in common."""
    instructor, hub_id = network.people["instructor"], network.hub_id
    ids = [await published(session, mentor, network, team_least=1, title=title) for title in "AB"]
    sana = await learner(session, "sana")
    draft = await apply(session, sana, ids[1], send=False)
    with statements(session) as made:
        await apply(session, sana, ids[0])
    assert locks(made) == ["brief", "team"], "and then it inserts"
    with statements(session) as made:
        await service.send(session, sana, draft.id, draft.version, ENGLISH)
    assert locks(made) == ["brief", "team", "application"]
    row = await proposals.propose(session, instructor, hub_id, ids, None)
    with statements(session) as made:
        await confirming.confirm(session, instructor, hub_id, row.version)
    assert locks(made) == ["matching", "brief", "team", "application"]


async def test_two_hubs_with_a_team_in_common_confirm_at_once(database: Database) -> None:
    """One has the team, the other is told so; neither has to try again since both waited for each other."""
    async with database.begin() as session:
        network = await build_network(session, memory_blobs())
        people = network.people
        hubs_of = {
            "hub_admin": (network.hub_id, await verified_mentor(session, "banu")),
            "other_hub_admin": (
                network.other_hub_id,
                await verified_mentor(session, "dara", hub=OTHER_HUB),
            ),
        }
        sana = await learner(session, "sana", OTHER_HUB)
        team_id = await team_of(session, "Indus", sana)
        seen = {}
        for name, (hub_id, mentor) in hubs_of.items():
            brief_id = await begun(session, mentor, hub_id, team_least=1)
            await move_brief(session, mentor, brief_id, "submit")
            await approved(session, people[name], brief_id)
            await move_brief(session, people[name], brief_id, "publish")
            await apply(session, sana, brief_id, team_id)
            seen[name] = (await proposals.propose(session, people[name], hub_id, [brief_id], None)).version

    async def confirm(name: str) -> None:
        async with database.begin() as session:
            await confirming.confirm(session, people[name], hubs_of[name][0], seen[name])

    assert await at_once(*map(confirm, seen)) == ["", "matching_stale"]


async def test_nothing_comes_to_a_brief_that_is_matched_at_that_moment(
    database: Database, two_sessions: tuple[AsyncSession, AsyncSession]
) -> None:
    async with database.begin() as session:
        network = await build_network(session, memory_blobs())
        brief_id = await published(session, await verified_mentor(session, "banu"), network, team_least=1)
        sana, omar = await learner(session, "sana"), await learner(session, "omar")
        await apply(session, sana, brief_id)
        instructor = network.people["instructor"]
        row = await proposals.propose(session, instructor, network.hub_id, [brief_id], None)
    mine, theirs = two_sessions
    await service.apply_view(mine, omar, brief_id, ENGLISH)  # has read the brief as it was
    await confirming.confirm(theirs, instructor, network.hub_id, row.version)
    await theirs.commit()
    with pytest.raises(NotTaking):
        await service.apply(mine, omar, brief_id, NewApplication(None, "Us.", True), ENGLISH)


async def test_who_saw_a_proposal_that_ended_does_not_confirm_the_next(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    instructor, admin = network.people["instructor"], network.people["hub_admin"]
    ids = [await published(session, mentor, network, team_least=1, title=title) for title in "AB"]
    for name, brief_id in zip(("sana", "omar"), ids, strict=True):
        await apply(session, await learner(session, name), brief_id)
    seen = (await proposals.propose(session, instructor, network.hub_id, ids[:1], None)).version
    await proposals.discard(session, admin, network.hub_id, seen)
    other = await proposals.propose(session, admin, network.hub_id, ids[1:], None)
    with pytest.raises(MatchingChanged):
        await confirming.confirm(session, instructor, network.hub_id, seen)
    assert await confirming.confirm(session, admin, network.hub_id, other.version)


async def test_nobody_confirms_a_brief_for_their_own_team(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    brief_id = await published(session, mentor, network, team_least=1, title="A")
    teaching = network.people["instructor"]
    await hubs.grant(session, teaching.account_id, Role.LEARNER, network.hub_id)
    grants = await hubs.grants(session, teaching.account_id)
    both = Actor(teaching.account_id, teaching.display_name, "en", grants)
    await apply(session, both, brief_id)
    row = await proposals.propose(session, both, network.hub_id, [brief_id], None)
    with pytest.raises(MatchingStale):
        await confirming.confirm(session, both, network.hub_id, row.version)
    await confirming.confirm(session, network.people["hub_admin"], network.hub_id, row.version)


async def test_a_pair_whose_application_was_withdrawn_is_not_fixed(
    session: AsyncSession, network: Network, mentor: Actor
) -> None:
    brief_id = await published(session, mentor, network, team_least=1)
    sana = await learner(session, "sana")
    sent = await apply(session, sana, brief_id)
    row = await proposals.propose(session, network.people["instructor"], network.hub_id, [brief_id], None)
    await service.withdraw(session, sana, sent.id, sent.version, ENGLISH)
    wanted = Edit(sent.id, Decision.FIX, row.version)
    with pytest.raises(ApplicationOver):
        await proposals.edit(session, network.people["instructor"], network.hub_id, wanted)


async def test_two_who_set_something_for_the_first_time_both_do(database: Database) -> None:
    async with database.begin() as session:
        network = await build_network(session, memory_blobs())
    admin = network.people["hub_admin"]

    async def set_cap(most: int) -> None:
        async with database.begin() as session:
            await proposals.set_cap(session, admin, network.hub_id, Cap(most))

    async def set_threshold(least: int) -> None:
        async with database.begin() as session:
            await reviewing.change_threshold(session, admin, network.hub_id, Threshold(3.0, least))

    await asyncio.gather(set_cap(4), set_cap(5), set_threshold(1), set_threshold(2))
    async with database.begin() as session:
        assert await conditions.cap(session, network.hub_id) in {4, 5}
        assert (await reviewing.threshold(session, network.hub_id)).least in {1, 2}
