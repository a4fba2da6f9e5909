"""Published versions of labs and courses: numbered, and never changed."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import memory_blobs
from darsgah.catalog import service
from darsgah.catalog.schemas import CoursePlan, LabVersionView, ModulePlan
from darsgah.db.columns import new_id
from darsgah.errors import NotFound
from tests.network import PAGE, SECRET, build_network, package


async def test_the_same_lab_is_published_once(session: AsyncSession) -> None:
    blobs = memory_blobs()
    first = await service.publish_lab(session, blobs, None, package())
    assert await service.publish_lab(session, blobs, None, package()) == first
    second = await service.publish_lab(session, blobs, None, package(digest="b" * 64, title="Doubling anew"))
    assert (first.number, second.number, second.lab_id) == (1, 2, first.lab_id)
    assert (await service.lab_version(session, first.id)).title == "Doubling"
    with pytest.raises(NotFound):
        await service.lab_version(session, new_id())


async def test_a_hubs_lab_and_the_networks_are_two(session: AsyncSession) -> None:
    blobs = memory_blobs()
    network = await build_network(session, blobs)
    own = await service.publish_lab(session, blobs, network.hub_id, package())
    other = await service.publish_lab(session, blobs, network.other_hub_id, package())
    assert (
        len({own.lab_id, other.lab_id, (await service.lab_version(session, network.lab_version_id)).lab_id})
        == 3
    )


async def test_what_everybody_may_see_holds_no_source(session: AsyncSession) -> None:
    view = await service.publish_lab(session, memory_blobs(), None, package())
    assert isinstance(view, LabVersionView)
    material = await service.grading_material(session, view.id)
    assert {file.sha256 for file in material.sources}.isdisjoint(file.sha256 for file in view.notebooks)
    assert SECRET not in str(view)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lab_version SET title = 'another'",
        "UPDATE lab_version SET published_at = NULL",
        "UPDATE lab_version SET sources = '[]'",
        "DELETE FROM lab_version",
        "UPDATE course_version SET title = 'another'",
        "DELETE FROM course_version",
    ],
)
async def test_what_is_published_never_changes(session: AsyncSession, statement: str) -> None:
    await build_network(session, memory_blobs())
    with pytest.raises(DBAPIError, match="a published version never changes"):
        await session.execute(sa.text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE module SET title = 'another'",
        "DELETE FROM module_lab",
        (
            "INSERT INTO module_lab (id, module_id, lab_version_id, position)"
            " SELECT gen_random_uuid(), module_id, lab_version_id, 99 FROM module_lab"
        ),
    ],
)
async def test_neither_do_the_modules_of_a_published_course(session: AsyncSession, statement: str) -> None:
    await build_network(session, memory_blobs())
    with pytest.raises(DBAPIError, match="a published version never changes"):
        await session.execute(sa.text(statement))


async def test_the_same_course_is_published_once(session: AsyncSession) -> None:
    network = await build_network(session, memory_blobs())
    plan = CoursePlan("arithmetic", "Arithmetic", (ModulePlan("One", (network.lab_version_id, PAGE)),))
    assert (await service.publish_course(session, None, plan)).id == network.course_version_id
    changed = CoursePlan("arithmetic", "Arithmetic", (ModulePlan("Two", (network.lab_version_id,)),))
    second = await service.publish_course(session, None, changed)
    assert second.number == 2
    outline = await service.course_outline(session, network.course_version_id)
    assert [module.title for module in outline.modules] == ["One"]
