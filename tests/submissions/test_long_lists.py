"""Lists over thousands of rows: every row once, in order, by the index, in as many statements as for few."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import memory_blobs
from darsgah.db.session import Database
from darsgah.submissions import queries, service
from darsgah.submissions.schemas import State
from tests.database import DatabaseServer
from tests.network import Network, build_network

ROWS = 3000
FILL = """
INSERT INTO submission (id, hub_id, cohort_id, assignment_id, account_id, attempt, state, received_at,
                        notebooks, sha256, size)
SELECT (:first || '-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid, :hub, :cohort, :assignment,
       :account, number, CASE WHEN number % 3 = 0 THEN 'queued' ELSE 'graded' END,
       now() - number * interval '1 second', '[]', 'x', 1
FROM generate_series(1, :count) AS number
"""


@pytest.fixture(scope="module")
async def filled(server: DatabaseServer) -> AsyncIterator[tuple[Database, Network]]:
    """A network whose one cohort has thousands of submissions, and whose other has ten times as many."""
    with server.new_database() as url:
        database = Database(url, pool=2)
        async with database.begin() as session:
            network = await build_network(session, memory_blobs())
            own = {
                "hub": network.hub_id,
                "cohort": network.cohort_id,
                "assignment": network.assignment_id,
                "account": network.people["learner"].account_id,
            }
            other = {
                "hub": network.other_hub_id,
                "cohort": network.other_cohort_id,
                "assignment": network.other_assignment_id,
                "account": network.people["other_learner"].account_id,
            }
            await session.execute(sa.text(FILL), {**own, "first": "01980000", "count": ROWS})
            await session.execute(sa.text(FILL), {**other, "first": "01970000", "count": 10 * ROWS})
            await session.execute(sa.text("ANALYZE submission"))
        yield database, network
        await database.dispose()


async def test_every_row_comes_once_newest_first(filled: tuple[Database, Network]) -> None:
    database, network = filled
    seen: list[UUID] = []
    after = None
    async with database.begin() as session:
        for _ in range(ROWS // service.PAGE + 1):
            _, page = await service.cohort_submissions(
                session, network.people["instructor"], network.cohort_id, after=after
            )
            seen += [row.id for row in page.submissions]
            after = page.next_after
            if after is None:
                break
    assert len(seen) == len(set(seen)) == ROWS
    assert seen == sorted(seen, reverse=True)


async def test_filters_filter(filled: tuple[Database, Network]) -> None:
    database, network = filled
    async with database.begin() as session:
        _, page = await service.cohort_submissions(
            session, network.people["instructor"], network.cohort_id, state=State.QUEUED
        )
        _, none = await service.cohort_submissions(
            session, network.people["instructor"], network.cohort_id, flagged=True
        )
    assert {row.state for row in page.submissions} == {State.QUEUED}
    assert (none.submissions, none.next_after) == ((), None)


@contextmanager
def statements(session: AsyncSession) -> Iterator[list[tuple[str, object]]]:
    """What is sent to the database inside the block."""
    engine = session.get_bind().engine
    sent: list[tuple[str, object]] = []

    def note(_c: object, _k: object, statement: str, parameters: object, *_: object) -> None:
        sent.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


async def test_a_long_list_takes_as_many_statements_as_a_short_one(filled: tuple[Database, Network]) -> None:
    database, network = filled
    counts = []
    for cohort, who in ((network.cohort_id, "instructor"), (network.other_cohort_id, "other_instructor")):
        async with database.begin() as session:
            with statements(session) as sent:
                await service.cohort_submissions(session, network.people[who], cohort)
        counts.append(len(sent))
    assert counts[0] == counts[1] < 12


async def test_pages_come_from_an_index(filled: tuple[Database, Network]) -> None:
    database, network = filled
    async with database.begin() as session:
        with statements(session) as sent:
            await queries.page(
                session,
                network.cohort_id,
                after=UUID("01980000-0000-7000-8000-000000000800"),
                limit=51,
                assignment_id=None,
                state=None,
                flagged=False,
            )
        connection = await session.connection()
        plans = []
        for statement, parameters in sent:
            if "submission." in statement and ("LIMIT" in statement):
                lines = await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)  # type: ignore[arg-type] # as sent
                plans.append("\n".join(line[0] for line in lines))
    (plan,) = plans
    assert "ix_submission_cohort_id_id" in plan
    assert "Sort" not in plan
