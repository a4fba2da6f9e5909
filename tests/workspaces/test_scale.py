"""Drafts where there are tens of thousands: every question is answered by an index, a save writes a row."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import memory_blobs
from darsgah.db.session import Database
from darsgah.workspaces import queries, service
from tests.database import DatabaseServer
from tests.network import RELEASE, Network, build_network, work
from tests.submissions.test_long_lists import statements

OTHERS = 20_000
PEOPLE = """
INSERT INTO account (id, email, display_name, password_hash, language)
SELECT ('01970000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid, number || '@example.org',
       'x', 'x', 'en'
FROM generate_series(1, :count) AS number
"""
DRAFTS = """
INSERT INTO draft (id, hub_id, assignment_id, account_id, notebook, version, client, begun_at, saved_at, size,
                   sha256, content)
SELECT account.id, :hub, :assignment, account.id, 'lab', 3, '', now(), now(), 1, 'x', 'x'
FROM account WHERE account.password_hash = 'x'
"""
VERSIONS = """
INSERT INTO draft_version (draft_id, number, saved_at, size, sha256, content)
SELECT draft.id, number, now(), 1, 'x', 'x' FROM draft, generate_series(1, 2) AS number
"""
Filled = tuple[Database, Network]


@pytest.fixture(scope="module")
async def filled(server: DatabaseServer) -> AsyncIterator[Filled]:
    """A learner with a draft, among the drafts of thousands at the same assignment."""
    with server.new_database() as url:
        database, blobs = Database(url, pool=2), memory_blobs()
        async with database.begin() as session:
            network = await build_network(session, blobs)
            await session.execute(sa.text(PEOPLE), {"count": OTHERS})
            place = {"hub": network.hub_id, "assignment": network.assignment_id}
            await session.execute(sa.text(DRAFTS), place)
            await session.execute(sa.text(VERSIONS))
            for number in range(5):
                await save(session, network, number)
            await session.execute(sa.text("ANALYZE draft, draft_version, account"))
        yield database, network
        await database.dispose()


async def save(session: AsyncSession, network: Network, number: int) -> None:
    """The next version of the learner's draft."""
    await service.save(
        session,
        network.people["learner"],
        network.assignment_id,
        "lab",
        work(number),
        if_match=str(number),
        client="",
    )


async def test_every_question_is_answered_by_an_index(filled: Filled) -> None:
    database, network = filled
    learner = network.people["learner"].account_id
    place = queries.Place(learner, network.assignment_id, "lab")
    async with database.begin() as session:
        with statements(session) as sent:
            assert set(await queries.drafts(session, learner, network.assignment_id)) == {"lab"}
            assert await queries.newest(session, place)
            assert [saved.version for saved in await queries.versions(session, place)] == [5, 4, 3, 2, 1]
            assert await queries.version(session, place, 2)
            held = await queries.held(session, place)
            assert held
            await queries.keep(session, held.id)
            await queries.drop(session, held.id, [1])
        connection = await session.connection()
        for statement, parameters in sent:
            plan = "\n".join(
                line[0]
                for line in await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)  # type: ignore[arg-type] # as sent
            )
            assert "Seq Scan" not in plan, plan
        await session.rollback()


async def test_a_save_is_a_few_statements_and_writes_one_row(filled: Filled) -> None:
    database, network = filled
    async with database.begin() as session:
        with statements(session) as sent:
            await save(session, network, 5)
        written = [statement.split()[0] for statement, _ in sent if statement[:6] in {"INSERT", "UPDATE"}]
        assert written == ["INSERT", "UPDATE"]
        assert len(sent) < 14
        await session.rollback()


async def test_contents_are_packed_once(filled: Filled) -> None:
    database, _ = filled
    question = "SELECT attstorage FROM pg_attribute WHERE attrelid = '{}'::regclass AND attname = 'content'"
    async with database.begin() as session:
        for table in ("draft", "draft_version"):
            assert (await session.execute(sa.text(question.format(table)))).scalar_one() == "e"
        stored = await session.execute(sa.text("SELECT min(length(content)) FROM draft WHERE size > 1"))
    assert stored.scalar_one() < len(RELEASE) / 2
