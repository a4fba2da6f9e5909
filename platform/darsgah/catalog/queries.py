"""All SQL of the catalog slice."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from darsgah.catalog.models import Course, CourseVersion, Lab, LabVersion, Module, ModuleLab, Page
from darsgah.catalog.schemas import LabItem, ModuleItem, PageHeading, PageView

_HEADING = (col(Page.id), col(Page.title), col(Page.title_ur), col(Page.minutes))
"""The columns of a `PageHeading`, in its order: a text is read only where it is asked for."""


def _same_hub(column: Mapped[UUID | None], hub_id: UUID | None) -> sa.ColumnElement[bool]:
    return column.is_(None) if hub_id is None else column == hub_id


async def lab_for_update(session: AsyncSession, hub_id: UUID | None, slug: str) -> Lab | None:
    """The lab of that slug in that hub (or the network's), locked: versions are numbered one by one."""
    statement = select(Lab).where(_same_hub(col(Lab.hub_id), hub_id), Lab.slug == slug).with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def latest_lab_version(session: AsyncSession, lab_id: UUID) -> LabVersion | None:
    """The newest version of a lab."""
    statement = (
        select(LabVersion).where(LabVersion.lab_id == lab_id).order_by(col(LabVersion.number).desc()).limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def newest_version_of(session: AsyncSession, hub_id: UUID | None, slug: str) -> LabVersion | None:
    """The newest version of the lab with that slug in that hub, or of the network's."""
    statement = (
        select(LabVersion)
        .join(Lab, col(Lab.id) == col(LabVersion.lab_id))
        .where(_same_hub(col(Lab.hub_id), hub_id), Lab.slug == slug)
        .order_by(col(LabVersion.number).desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def lab_versions(session: AsyncSession, ids: Sequence[UUID]) -> list[tuple[LabVersion, str]]:
    """The lab versions with those ids, each with its lab's slug."""
    statement = (
        select(LabVersion, col(Lab.slug))
        .join(Lab, col(Lab.id) == col(LabVersion.lab_id))
        .where(col(LabVersion.id).in_(ids))
    )
    return [(version, slug) for version, slug in await session.execute(statement)]


async def newest_lab_versions(session: AsyncSession, most: int) -> Sequence[UUID]:
    """The newest lab versions; identifiers are in the order of time."""
    statement = select(col(LabVersion.id)).order_by(col(LabVersion.id).desc()).limit(most)
    return (await session.execute(statement)).scalars().all()


async def newest_of_labs(
    session: AsyncSession,
    *,
    hub_id: UUID | None = None,
    lab_ids: Collection[UUID] | None = None,
) -> Sequence[UUID]:
    """The newest version of each lab: of the network's and one hub's, or of the labs that are named."""
    newest = select(col(LabVersion.lab_id), sa.func.max(col(LabVersion.number))).group_by(
        col(LabVersion.lab_id)
    )
    statement = (
        select(col(LabVersion.id))
        .join(Lab, col(Lab.id) == col(LabVersion.lab_id))
        .where(sa.tuple_(col(LabVersion.lab_id), col(LabVersion.number)).in_(newest))
    )
    if lab_ids is not None:
        statement = statement.where(col(LabVersion.lab_id).in_(lab_ids))
    else:
        statement = statement.where(sa.or_(col(Lab.hub_id).is_(None), col(Lab.hub_id) == hub_id))
    return (await session.execute(statement)).scalars().all()


async def labs_naming(session: AsyncSession, codes: Collection[str]) -> list[tuple[UUID, str]]:
    """The network's labs with the units of these that they name, oldest lab first."""
    each = sa.func.jsonb_array_elements_text(col(Lab.units)).table_valued("value")
    statement = (
        sa.select(col(Lab.id), each.c.value)
        .select_from(sa.join(Lab, each, sa.true()))
        .where(col(Lab.hub_id).is_(None), each.c.value.in_(codes))
        .order_by(col(Lab.id))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def labs_of_versions(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Which lab each of these versions is of."""
    statement = select(col(LabVersion.id), col(LabVersion.lab_id)).where(col(LabVersion.id).in_(ids))
    return {row[0]: row[1] for row in await session.execute(statement)}


async def versions_of_lab(session: AsyncSession, lab_id: UUID) -> Sequence[UUID]:
    """Every version of a lab."""
    statement = select(col(LabVersion.id)).where(LabVersion.lab_id == lab_id)
    return (await session.execute(statement)).scalars().all()


async def course_for_update(session: AsyncSession, hub_id: UUID | None, slug: str) -> Course | None:
    """The course of that slug in that hub (or the network's), locked: versions are numbered one by one."""
    statement = (
        select(Course).where(_same_hub(col(Course.hub_id), hub_id), Course.slug == slug).with_for_update()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def latest_course_version(session: AsyncSession, course_id: UUID) -> CourseVersion | None:
    """The newest version of a course."""
    statement = (
        select(CourseVersion)
        .where(CourseVersion.course_id == course_id)
        .order_by(col(CourseVersion.number).desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def course_versions(session: AsyncSession, ids: Sequence[UUID]) -> list[tuple[CourseVersion, str]]:
    """The course versions with those ids, each with its course's slug."""
    statement = (
        select(CourseVersion, col(Course.slug))
        .join(Course, col(Course.id) == col(CourseVersion.course_id))
        .where(col(CourseVersion.id).in_(ids))
    )
    return [(version, slug) for version, slug in await session.execute(statement)]


async def version_ids(session: AsyncSession, hub_id: UUID | None, slug: str) -> Sequence[UUID]:
    """Every version of the course with that slug in that hub (or of the network's), newest first."""
    statement = (
        select(col(CourseVersion.id))
        .join(Course, col(Course.id) == col(CourseVersion.course_id))
        .where(_same_hub(col(Course.hub_id), hub_id), Course.slug == slug)
        .order_by(col(CourseVersion.number).desc())
    )
    return (await session.execute(statement)).scalars().all()


async def modules(session: AsyncSession, course_version_id: UUID) -> Sequence[Module]:
    """The modules of a course version, in order."""
    statement = (
        select(Module).where(Module.course_version_id == course_version_id).order_by(col(Module.position))
    )
    return (await session.execute(statement)).scalars().all()


async def module_items(session: AsyncSession, course_version_id: UUID) -> dict[UUID, list[ModuleItem]]:
    """What is in each module of a course version, in order; the texts of pages are left out."""
    labs = (
        sa.select(
            col(ModuleLab.module_id), col(ModuleLab.position), col(LabVersion.lab_id), col(LabVersion.id)
        )
        .join(Module, col(Module.id) == col(ModuleLab.module_id))
        .join(LabVersion, col(LabVersion.id) == col(ModuleLab.lab_version_id))
        .where(col(Module.course_version_id) == course_version_id)
    )
    pages = (
        sa.select(col(Page.module_id), col(Page.position), *_HEADING)
        .join(Module, col(Module.id) == col(Page.module_id))
        .where(col(Module.course_version_id) == course_version_id)
    )
    found = [
        *((row[0], row[1], ModuleItem(lab=LabItem(*row[2:]))) for row in await session.execute(labs)),
        *((row[0], row[1], ModuleItem(page=PageHeading(*row[2:]))) for row in await session.execute(pages)),
    ]
    items: dict[UUID, list[ModuleItem]] = {}
    for module_id, _, item in sorted(found, key=lambda entry: entry[1]):
        items.setdefault(module_id, []).append(item)
    return items


async def page(session: AsyncSession, course_version_id: UUID, page_id: UUID) -> PageView | None:
    """One page of a course version, with its text."""
    statement = (
        sa.select(*_HEADING, col(Page.body), col(Page.body_ur))
        .join(Module, col(Module.id) == col(Page.module_id))
        .where(col(Page.id) == page_id, col(Module.course_version_id) == course_version_id)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else PageView(*row)


async def page_texts(session: AsyncSession, course_version_id: UUID) -> dict[UUID, tuple[str, str]]:
    """The texts of every page of a course version, by page."""
    statement = (
        select(col(Page.id), col(Page.body), col(Page.body_ur))
        .join(Module, col(Module.id) == col(Page.module_id))
        .where(Module.course_version_id == course_version_id)
    )
    return {row[0]: (row[1], row[2]) for row in await session.execute(statement)}
