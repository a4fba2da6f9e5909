"""What can be done with the catalogue: publish labs and courses, and look published versions up."""

import math
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import BlobStore
from darsgah.blobs.stored_file import from_rows, store, to_rows
from darsgah.catalog import queries
from darsgah.catalog.models import Course, CourseVersion, Lab, LabVersion, Module, ModuleLab, Page
from darsgah.catalog.schemas import (
    CourseOutline,
    CoursePlan,
    CourseVersionView,
    GradingMaterial,
    LabPackage,
    LabVersionView,
    ModuleItem,
    ModuleView,
    PagePlan,
    PageView,
)
from darsgah.db.columns import now as utc_now
from darsgah.errors import NotFound
from darsgah.jobs.queue import JobKind, Queue, enqueue
from darsgah_grader.types import Limits

CHECK = JobKind("check_lab", queue=Queue.CHECKS)
"""Checks a published lab version that has no report yet; takes ``lab_version_id`` and may take ``again``."""
CALIBRATE = JobKind("calibrate_lab", queue=Queue.CHECKS, priority=-1)
"""Measures the tutor on a published lab version, after checks that wait; takes the same."""


def _lab_view(version: LabVersion, slug: str) -> LabVersionView:
    limits = msgspec.convert(version.limits, Limits)
    return LabVersionView(
        id=version.id,
        lab_id=version.lab_id,
        slug=slug,
        number=version.number,
        title=version.title,
        title_ur=version.title_ur,
        summary=version.summary,
        summary_ur=version.summary_ur,
        level=version.level,
        minutes=version.minutes,
        runtime=version.runtime,
        environment=version.environment,
        points=version.points,
        skills=tuple(version.skills),
        notebooks=from_rows(version.releases),
        files=from_rows(version.files),
        cell_seconds=limits.cell_seconds,
        total_seconds=limits.total_seconds,
        memory_bytes=limits.memory_bytes,
        submission_bytes=limits.submission_bytes,
    )


def _course_view(version: CourseVersion, slug: str) -> CourseVersionView:
    return CourseVersionView(
        id=version.id,
        course_id=version.course_id,
        slug=slug,
        number=version.number,
        title=version.title,
        title_ur=version.title_ur,
        summary=version.summary,
        summary_ur=version.summary_ur,
    )


async def publish_lab(
    session: AsyncSession, blobs: BlobStore, hub_id: UUID | None, package: LabPackage
) -> LabVersionView:
    """Publish a lab in a hub, or for the whole network without one; a worker checks and measures it.

    A package whose digest is that of the newest version changes nothing but the units that the lab names, and
    returns that version.
    """
    lab = await queries.lab_for_update(session, hub_id, package.slug)
    if lab is None:
        lab = Lab(hub_id=hub_id, slug=package.slug)
        session.add(lab)
        await session.flush()
    lab.units = sorted(set(package.units))
    latest = await queries.latest_lab_version(session, lab.id)
    if latest is not None and latest.digest == package.digest:
        return _lab_view(latest, lab.slug)
    version = LabVersion(
        lab_id=lab.id,
        number=1 if latest is None else latest.number + 1,
        digest=package.digest,
        title=package.title,
        title_ur=package.title_ur,
        summary=package.summary,
        summary_ur=package.summary_ur,
        level=package.level,
        minutes=package.minutes,
        runtime=package.runtime,
        environment=package.environment,
        points=package.points,
        skills=list(package.skills),
        limits=dict(package.limits),
        sources=to_rows(await store(blobs, package.sources)),
        releases=to_rows(await store(blobs, package.releases)),
        files=to_rows(await store(blobs, package.files)),
        authored=to_rows(await store(blobs, package.authored)),
        published_at=utc_now(),
    )
    session.add(version)
    await session.flush()
    await enqueue(session, CHECK, lab_version_id=str(version.id))
    await enqueue(session, CALIBRATE, lab_version_id=str(version.id))
    return _lab_view(version, lab.slug)


async def published_lab(
    session: AsyncSession, hub_id: UUID | None, slug: str, digest: str
) -> LabVersionView | None:
    """The newest version of a lab, if it is made of exactly this; None when publishing would make another."""
    newest = await queries.newest_version_of(session, hub_id, slug)
    return _lab_view(newest, slug) if newest is not None and newest.digest == digest else None


async def publish_course(session: AsyncSession, hub_id: UUID | None, plan: CoursePlan) -> CourseVersionView:
    """Publish a version of a course in a hub, or for the whole network without one.

    A plan equal to the newest version changes nothing and returns that version.
    """
    course = await queries.course_for_update(session, hub_id, plan.slug)
    if course is None:
        course = Course(hub_id=hub_id, slug=plan.slug)
        session.add(course)
        await session.flush()
    latest = await queries.latest_course_version(session, course.id)
    if latest is not None and await _matches(session, latest, plan):
        return _course_view(latest, course.slug)
    version = CourseVersion(
        course_id=course.id,
        number=1 if latest is None else latest.number + 1,
        title=plan.title,
        title_ur=plan.title_ur,
        summary=plan.summary,
        summary_ur=plan.summary_ur,
    )
    session.add(version)
    await session.flush()
    for position, module_plan in enumerate(plan.modules):
        module = Module(
            course_version_id=version.id,
            position=position,
            title=module_plan.title,
            title_ur=module_plan.title_ur,
        )
        session.add(module)
        await session.flush()
        session.add_all(_item(module.id, place, item) for place, item in enumerate(module_plan.items))
        await session.flush()
    version.published_at = utc_now()
    await session.flush()
    return _course_view(version, course.slug)


def _item(module_id: UUID, position: int, item: UUID | PagePlan) -> ModuleLab | Page:
    if isinstance(item, UUID):
        return ModuleLab(module_id=module_id, lab_version_id=item, position=position)
    return Page(
        module_id=module_id,
        position=position,
        title=item.title,
        title_ur=item.title_ur,
        body=item.body,
        body_ur=item.body_ur,
        minutes=reading_minutes(item.body),
    )


def reading_minutes(body: str) -> int:
    """How long a text takes to read at 180 words a minute, which leaves time for its code; at least one."""
    return max(1, math.ceil(len(body.split()) / 180))


async def _matches(session: AsyncSession, version: CourseVersion, plan: CoursePlan) -> bool:
    outline = await course_outline(session, version.id)
    same_texts = (version.title, version.title_ur, version.summary, version.summary_ur) == (
        plan.title,
        plan.title_ur,
        plan.summary,
        plan.summary_ur,
    )
    texts = await queries.page_texts(session, version.id)
    modules = [
        (module.title, module.title_ur, tuple(_planned(item, texts) for item in module.items))
        for module in outline.modules
    ]
    return same_texts and modules == [
        (module.title, module.title_ur, module.items) for module in plan.modules
    ]


def _planned(item: ModuleItem, texts: Mapping[UUID, tuple[str, str]]) -> UUID | PagePlan | None:
    """What a plan would have to say to publish the item as it is."""
    if item.page is not None:
        body, body_ur = texts[item.page.id]
        return PagePlan(item.page.title, body, item.page.title_ur, body_ur)
    return item.lab.lab_version_id if item.lab is not None else None


async def lab_version(session: AsyncSession, lab_version_id: UUID) -> LabVersionView:
    """One lab version.

    Raises:
        NotFound: there is none with that id.
    """
    found = await lab_versions(session, [lab_version_id])
    if not found:
        raise NotFound
    return found[lab_version_id]


async def lab_versions(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, LabVersionView]:
    """Lab versions by id; ids that do not exist are left out."""
    return {
        version.id: _lab_view(version, slug) for version, slug in await queries.lab_versions(session, ids)
    }


async def versions_of_lab(session: AsyncSession, lab_id: UUID) -> Sequence[UUID]:
    """Every version of a lab, by id."""
    return await queries.versions_of_lab(session, lab_id)


async def labs_for_hub(session: AsyncSession, hub_id: UUID | None) -> list[LabVersionView]:
    """The newest version of each lab of the network and of one hub, if there is one, by their titles."""
    ids = await queries.newest_of_labs(session, hub_id=hub_id)
    return sorted((await lab_versions(session, ids)).values(), key=lambda view: view.title.casefold())


async def newest_of_labs(session: AsyncSession, lab_ids: Collection[UUID]) -> dict[UUID, LabVersionView]:
    """The newest version of each of these labs, by lab."""
    ids = await queries.newest_of_labs(session, lab_ids=lab_ids)
    return {view.lab_id: view for view in (await lab_versions(session, ids)).values()}


async def labs_naming(session: AsyncSession, unit_codes: Collection[str]) -> dict[str, tuple[UUID, ...]]:
    """The network's labs that name each of these qualification units; a hub's own count for no other hub."""
    named: dict[str, tuple[UUID, ...]] = {}
    for lab_id, code in await queries.labs_naming(session, unit_codes):
        named[code] = (*named.get(code, ()), lab_id)
    return named


async def labs_of_versions(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Which lab each of these versions is of."""
    return await queries.labs_of_versions(session, ids)


async def newest_lab_versions(session: AsyncSession, most: int) -> Sequence[UUID]:
    """The lab versions published last, of every hub and of the network, newest first."""
    return await queries.newest_lab_versions(session, most)


async def grading_material(session: AsyncSession, lab_version_id: UUID) -> GradingMaterial:
    """What a worker needs to grade a lab version.

    Raises:
        NotFound: there is none with that id.
    """
    found = await queries.lab_versions(session, [lab_version_id])
    if not found:
        raise NotFound
    version, slug = found[0]
    return GradingMaterial(
        environment=version.environment,
        limits=version.limits,
        sources=from_rows(version.sources),
        files=from_rows(version.files),
        slug=slug,
        authored=from_rows(version.authored),
    )


async def course_versions(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, CourseVersionView]:
    """Course versions by id; ids that do not exist are left out."""
    return {
        version.id: _course_view(version, slug)
        for version, slug in await queries.course_versions(session, ids)
    }


async def course_version_ids(session: AsyncSession, hub_id: UUID | None, slug: str) -> Sequence[UUID]:
    """Every version of a course of a hub, or of the network without one, newest first."""
    return await queries.version_ids(session, hub_id, slug)


async def course_outline(session: AsyncSession, course_version_id: UUID) -> CourseOutline:
    """A course version with its modules and what is in them, in order.

    Raises:
        NotFound: there is none with that id.
    """
    found = await course_versions(session, [course_version_id])
    if not found:
        raise NotFound
    items = await queries.module_items(session, course_version_id)
    modules = tuple(
        ModuleView(
            id=module.id,
            title=module.title,
            title_ur=module.title_ur,
            items=tuple(items.get(module.id, ())),
        )
        for module in await queries.modules(session, course_version_id)
    )
    return CourseOutline(course=found[course_version_id], modules=modules)


async def course_page(session: AsyncSession, course_version_id: UUID, page_id: UUID) -> PageView:
    """One page of a course version, with its text.

    Raises:
        NotFound: it has none with that id.
    """
    found = await queries.page(session, course_version_id, page_id)
    if found is None:
        raise NotFound
    return found
