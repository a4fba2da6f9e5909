"""Several who act on the same applications at the same moment, in one hub or in two."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.applications import confirming, proposals, service
from darsgah.applications.errors import ApplicationOver, MatchingChanged, NotTaking
from darsgah.applications.matching_schemas import Decision, Edit
from darsgah.applications.schemas import NewApplication
from darsgah.blobs.store import memory_blobs
from darsgah.db.session import Database
from tests.applications.brief_and_teams import ENGLISH, apply, learner
from tests.briefs.offering import published, verified_mentor
from tests.network import Network, build_network


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


@contextmanager
def locks(session: AsyncSession) -> Iterator[list[str]]:
    """The tables whose rows are locked meanwhile, each when it is first."""
    found: list[str] = []
    connection = session.sync_session.connection()

    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FOR UPDATE" in statement and (named := re.search(r"FROM (\w+)", statement)):
            found.extend({named[1]} - set(found))

    sa.event.listen(connection, "before_cursor_execute", look)
    try:
        yield found
    finally:
        sa.event.remove(connection, "before_cursor_execute", look)


async def test_all_lock_in_one_order(session: AsyncSession, network: Network, mentor: Actor) -> None:
    """Else two who wait for each other are both told to try again, such as two hubs with a team in common."""
    instructor, hub_id = network.people["instructor"], network.hub_id
    ids = [await published(session, mentor, network, team_least=1, title=title) for title in "AB"]
    sana = await learner(session, "sana")
    draft = await apply(session, sana, ids[1], send=False)
    with locks(session) as found:
        await apply(session, sana, ids[0])
    assert found == ["brief", "team"], "and then it inserts"
    with locks(session) as found:
        await service.send(session, sana, draft.id, draft.version, ENGLISH)
    assert found == ["brief", "team", "application"]
    row = await proposals.propose(session, instructor, hub_id, ids, None)
    with locks(session) as found:
        await confirming.confirm(session, instructor, hub_id, row.version)
    assert found == ["matching", "brief", "team", "application"]


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
