"""Cohorts where there are thousands: somebody's own are found by an index, and no list is cut silently."""

from collections.abc import AsyncIterator, Callable
from uuid import UUID

import pytest
import sqlalchemy as sa

from darsgah.access import Actor, Role
from darsgah.blobs.store import memory_blobs
from darsgah.db.session import Database
from darsgah.enrolments import queries, service
from darsgah.enrolments.models import Cohort
from darsgah.submissions import service as submissions
from tests.database import DatabaseServer
from tests.network import HUB, Network, build_network, person

OWN, OTHERS = 60, 20_000
FILL = """
INSERT INTO cohort (id, hub_id, course_version_id, name)
SELECT (:first || '-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid, :hub, :version,
       'Cohort ' || number
FROM generate_series(1, :count) AS number
"""
Filled = tuple[Database, Network, Actor, UUID]


@pytest.fixture(scope="module")
async def filled(server: DatabaseServer) -> AsyncIterator[Filled]:
    """Somebody who teaches dozens of cohorts and learns in one of another hub, in a network of thousands."""
    with server.new_database() as url:
        database = Database(url, pool=2)
        async with database.begin() as session:
            network = await build_network(session, memory_blobs())
            both = await person(session, "both", (Role.INSTRUCTOR, HUB))
            version = {"version": network.course_version_id}
            other = {"hub": network.other_hub_id, "first": "01990000", "count": OTHERS}
            await session.execute(sa.text(FILL), version | other)
            own = {"hub": network.hub_id, "first": "01980000", "count": OWN}
            await session.execute(sa.text(FILL), version | own)
            learning = UUID("01990000-0000-7000-8000-000000000001")
            await service.enrol(session, learning, both.account_id)
            await session.execute(sa.text("ANALYZE cohort, enrolment"))
        yield database, network, both, learning
        await database.dispose()


async def test_a_day_shows_what_somebody_learns_however_much_they_teach(filled: Filled) -> None:
    database, _, both, learning = filled
    async with database.begin() as session:
        day = await submissions.today(session, both)
    assert [view.id for view in day.cohorts] == [learning]
    assert len(day.teaching) == submissions.TAUGHT
    assert day.teaches_more


async def test_every_cohort_that_somebody_teaches_comes_once(filled: Filled) -> None:
    database, network, both, learning = filled
    taught: list[UUID] = []
    listed: list[UUID] = []
    after = None
    async with database.begin() as session:
        while page := await service.taught_cohorts(session, both, after=after):
            taught += [view.id for view in page.cohorts]
            after = page.next_after
            if after is None:
                break
        while views := await service.list_cohorts(session, both, after=listed[-1] if listed else None):
            listed += [view.id for view in views]
    assert taught == sorted(taught, reverse=True)
    assert len(taught) == len(set(taught)) == OWN + 1
    assert network.cohort_id in taught
    assert listed == sorted([*taught, learning], reverse=True)


@pytest.mark.parametrize("belonging", [queries.joined_by, queries.staffed_by])
async def test_nobody_looks_at_the_cohorts_of_others(
    filled: Filled, belonging: Callable[[Actor], sa.ColumnElement[bool]]
) -> None:
    database, _, both, _ = filled
    chosen = sa.select(Cohort).where(belonging(both)).order_by(sa.desc(Cohort.id)).limit(50)
    async with database.begin() as session:
        connection = await session.connection()
        compiled = chosen.compile(connection.sync_engine, compile_kwargs={"literal_binds": True})
        lines = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {compiled}")
        (plan,) = lines.one()[0]
    assert _rows_read(plan["Plan"]) < 10 * OWN


def _rows_read(node: dict[str, object]) -> float:
    """Rows that the plan's scans looked at, those that a filter dropped too."""
    below = node.get("Plans", [])
    assert isinstance(below, list)
    own = (
        node["Actual Rows"] + node.get("Rows Removed by Filter", 0) if "Scan" in str(node["Node Type"]) else 0
    )
    return own * node["Actual Loops"] + sum(map(_rows_read, below))
