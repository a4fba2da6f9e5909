"""Cohorts: who sees which, and places that are never given twice."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import memory_blobs
from darsgah.db.columns import new_id, now
from darsgah.db.session import Database
from darsgah.enrolments import service
from darsgah.enrolments.presenting import window
from darsgah.enrolments.schemas import Terms, Window
from darsgah.enrolments.service import CohortFull, LabNotOpen
from darsgah.errors import Forbidden, NotFound
from tests.network import DATA_FILE, RELEASE, build_network, open_cohort

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("opens", "due", "closes", "expected"),
    [
        (None, None, None, Window.OPEN),
        (1, None, None, Window.NOT_OPEN),
        (-1, 1, None, Window.OPEN),
        (None, -1, None, Window.CLOSED),
        (None, -1, 1, Window.LATE),
        (None, -2, -1, Window.CLOSED),
        (None, None, -1, Window.CLOSED),
        (1, -1, None, Window.NOT_OPEN),
    ],
)
def test_where_an_assignment_stands(
    opens: int | None, due: int | None, closes: int | None, expected: Window
) -> None:
    moment = now()
    dates = [None if hours is None else moment + hours * HOUR for hours in (opens, due, closes)]
    assert window(moment, *dates) is expected


async def test_who_sees_which_cohorts(session: AsyncSession) -> None:
    network = await build_network(session, memory_blobs())
    seen = {
        name: {view.id for view in await service.list_cohorts(session, actor)}
        for name, actor in network.people.items()
    }
    own, other = {network.cohort_id}, {network.other_cohort_id}
    assert seen == {
        **dict.fromkeys(("learner", "classmate", "instructor", "hub_admin"), own),
        **dict.fromkeys(("other_learner", "other_instructor", "other_hub_admin"), other),
        **dict.fromkeys(("network_admin", "auditor"), own | other),
        "outsider": set(),
        "mentor": set(),
    }
    with pytest.raises(Forbidden):
        await service.staffed_cohort(session, network.people["learner"], network.cohort_id)


async def test_a_lab_that_has_not_opened_is_for_staff_alone(session: AsyncSession) -> None:
    blobs = memory_blobs()
    network = await build_network(session, blobs)
    await service.change_terms(session, network.assignment_id, Terms(opens_at=now() + HOUR))
    args = (session, blobs)
    with pytest.raises(LabNotOpen):
        await service.lab_file(*args, network.people["learner"], network.assignment_id, "lab", notebook=True)
    staff = network.people["instructor"]
    assert await service.lab_file(*args, staff, network.assignment_id, "lab", notebook=True) == RELEASE
    assert (
        await service.lab_file(*args, staff, network.assignment_id, DATA_FILE, notebook=False) == b"1,2,3\n"
    )
    for name in ("../lab", "", "lab.ipynb"):
        with pytest.raises(NotFound):
            await service.lab_file(*args, staff, network.assignment_id, name, notebook=True)


async def test_enrolling_twice_takes_one_place(session: AsyncSession) -> None:
    network = await build_network(session, memory_blobs())
    actor = network.people["outsider"]
    for _ in range(2):
        await service.enrol(session, network.cohort_id, actor.account_id)
    assert (await service.cohort(session, actor, network.cohort_id)).enrolled == 3
    with pytest.raises(NotFound):
        await service.enrol(session, new_id(), actor.account_id)


async def test_the_last_place_is_given_once(database: Database) -> None:
    async with database.begin() as session:
        network = await build_network(session, memory_blobs())
        cohort_id, _ = await open_cohort(session, network.hub_id, network.course_version_id, name="Small")
        await session.execute(sa.text("UPDATE cohort SET capacity = 1 WHERE id = :id"), {"id": cohort_id})

    async def enrol(name: str) -> None:
        async with database.begin() as session:
            await service.enrol(session, cohort_id, network.people[name].account_id)

    outcomes = await asyncio.gather(
        *(enrol(name) for name in ("learner", "classmate", "outsider", "mentor")), return_exceptions=True
    )
    assert sorted(type(outcome) is CohortFull for outcome in outcomes) == [False, True, True, True]
    assert outcomes.count(None) == 1
    async with database.begin() as session:
        counted = "SELECT count(*) FROM enrolment WHERE cohort_id = cohort.id"
        statement = f"SELECT enrolled, ({counted}) FROM cohort WHERE id = :id"  # noqa: S608 # written above
        assert (await session.execute(sa.text(statement), {"id": cohort_id})).one() == (1, 1)


async def test_opening_a_cohort_twice_makes_one(session: AsyncSession) -> None:
    network = await build_network(session, memory_blobs())
    again, _ = await open_cohort(session, network.hub_id, network.course_version_id)
    assert again == network.cohort_id
