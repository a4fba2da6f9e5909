"""A course's pages and labs in one order: shown, read, and walked through from the first to the last."""

import re
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import memory_blobs
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import CoursePlan, ModulePlan, PagePlan
from darsgah.enrolments import service
from darsgah.enrolments.course_steps import course_steps
from tests.network import Network, Platform, build_network, open_cohort, package

WHY = PagePlan(
    "Why functions",
    "A function is a promise.\n\n## What it says\n\n```python\nx = 1 < 2\n```\n\n<script>alert(1)</script> "
    "![a picture](https://elsewhere.example/x.png) [a link](javascript:alert(1)) `code`",
    "فنکشن کیوں",
    "فنکشن ایک **وعدہ** ہے\n\n## یہ کیا کہتا ہے\n\n" + "لفظ " * 400,
)
LAST = PagePlan("What comes next", "word " * 541)


@dataclass(frozen=True)
class Course:
    """A cohort of a course of two modules: page, lab, page; lab, page."""

    cohort_id: UUID
    assignments: tuple[UUID, ...]


async def plan_of(session: AsyncSession, slug: str) -> CoursePlan:
    """The course, with labs of its own."""
    blobs = memory_blobs()
    labs = [
        await catalog.publish_lab(
            session, blobs, None, package(slug=f"{slug}-{number}", title=f"Lab {number}")
        )
        for number in (1, 2)
    ]
    return CoursePlan(
        slug,
        "A course",
        (
            ModulePlan("One", (WHY, labs[0].id, PagePlan("Between", "Rest.")), "ایک"),
            ModulePlan("Two", (labs[1].id, LAST)),
        ),
    )


async def open_course(session: AsyncSession, network: Network) -> Course:
    """The course, open for the learner."""
    version = await catalog.publish_course(session, None, await plan_of(session, f"course-{uuid4()}"))
    cohort_id, _ = await open_cohort(session, network.hub_id, version.id, network.people["learner"])
    given = await service.assignments_of(session, [cohort_id])
    return Course(cohort_id, tuple(view.id for view in given))


@pytest.fixture(scope="module")
async def course(platform: Platform) -> Course:
    """The course on the running platform."""
    async with platform.database.begin() as session:
        return await open_course(session, platform.network)


async def test_the_course_page_shows_pages_and_labs_in_order(platform: Platform, course: Course) -> None:
    async with platform.browser("learner") as client:
        text = (await client.get(f"/cohorts/{course.cohort_id}")).text
    titles = ["Why functions", "Lab 1", "Between", "Lab 2", "What comes next"]
    places = [text.index(f"<bdi>{title}</bdi></a>") for title in titles]
    assert places == sorted(places)
    assert "0 of 2 labs begun" in text
    assert "4 minutes to read" in text


async def test_from_the_first_step_to_the_last_and_back(platform: Platform, course: Course) -> None:
    async with platform.browser("learner") as client:
        text = (await client.get(f"/cohorts/{course.cohort_id}")).text
        first = re.search(rf'href="(/cohorts/{course.cohort_id}/pages/[^"]+)"', text)
        assert first
        address, walked = first[1], []
        while "/pages/" in address or "/assignments/" in address:
            answer = await client.get(address)
            assert answer.status_code == 200
            walked.append(address)
            assert ('rel="prev"' in answer.text) == (len(walked) > 1)
            if len(walked) > 1:
                assert f'rel="prev" href="{walked[-2]}"' in answer.text
            found = re.search(r'rel="next" href="([^"]+)"|class="step step-next" href="([^"]+)"', answer.text)
            assert found
            address = found[1] or found[2]
    assert address == f"/cohorts/{course.cohort_id}"
    assert [each.split("/")[1] for each in walked] == [
        "cohorts",
        "assignments",
        "cohorts",
        "assignments",
        "cohorts",
    ]
    assert [each.rpartition("/")[2] for each in walked[1::2]] == [str(found) for found in course.assignments]


async def test_a_page_is_safe_and_in_its_readers_language(platform: Platform, course: Course) -> None:
    async with platform.browser("learner") as client:
        cohort = (await client.get(f"/api/v1/cohorts/{course.cohort_id}")).json()
        heading = cohort["modules"][0]["items"][0]["page"]
        assert heading == {
            "id": heading["id"],
            "title": "Why functions",
            "title_ur": "فنکشن کیوں",
            "minutes": 1,
        }
        address = f"/cohorts/{course.cohort_id}/pages/{heading['id']}"
        english = (await client.get(address)).text
        assert "<h2>What it says</h2>" in english
        assert '<article class="reading" lang="en" dir="ltr">' in english
        for never in ("<script>alert", "elsewhere.example", 'href="javascript:', 'src="http'):
            assert never not in english
        page = (await client.get(f"/api/v1{address}")).json()
        assert (page["body"], page["body_ur"]) == (WHY.body, WHY.body_ur)
        await client.put("/api/v1/me", json={"display_name": "Learner", "language": "ur"})
        urdu = (await client.get(address)).text
        last = cohort["modules"][1]["items"][1]["page"]["id"]
        untranslated = (await client.get(f"/cohorts/{course.cohort_id}/pages/{last}")).text
        await client.put("/api/v1/me", json={"display_name": "Learner", "language": "en"})
    assert '<article class="reading" lang="ur" dir="rtl">' in urdu
    assert "<strong>وعدہ</strong>" in urdu
    assert '<article class="reading" lang="en" dir="ltr">' in untranslated


async def test_a_page_is_for_those_of_the_course(platform: Platform, course: Course) -> None:
    async with platform.browser("learner") as client:
        cohort = (await client.get(f"/api/v1/cohorts/{course.cohort_id}")).json()
        page = cohort["modules"][0]["items"][0]["page"]["id"]
        for there in (platform.network.cohort_id, uuid4()):
            assert (await client.get(f"/cohorts/{there}/pages/{page}")).status_code == 404
        assert (await client.get(f"/cohorts/{course.cohort_id}/pages/{uuid4()}")).status_code == 404
    for name, status in (("classmate", 404), ("other_learner", 404), ("instructor", 200), (None, 401)):
        async with platform.program(name) as client:
            for api in ("", "/api/v1"):
                answer = await client.get(f"{api}/cohorts/{course.cohort_id}/pages/{page}")
                assert answer.status_code == status


async def test_the_same_pages_make_no_new_version(session: AsyncSession) -> None:
    plan = await plan_of(session, "again")
    first = await catalog.publish_course(session, None, plan)
    assert await catalog.publish_course(session, None, plan) == first
    module, *rest = plan.modules
    items = (PagePlan(WHY.title, WHY.body + " More.", WHY.title_ur, WHY.body_ur), *module.items[1:])
    changed = CoursePlan(plan.slug, plan.title, (ModulePlan(module.title, items, module.title_ur), *rest))
    assert (await catalog.publish_course(session, None, changed)).number == 2
    reordered = CoursePlan(
        plan.slug, plan.title, (ModulePlan(module.title, module.items[::-1], module.title_ur), *rest)
    )
    assert (await catalog.publish_course(session, None, reordered)).number == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE page SET body = 'another'",
        "DELETE FROM page",
        "INSERT INTO page SELECT gen_random_uuid(), module_id, 99, title, '', body, '', 1 FROM page",
    ],
)
async def test_a_published_page_never_changes(session: AsyncSession, statement: str) -> None:
    await catalog.publish_course(session, None, await plan_of(session, "frozen"))
    with pytest.raises(DBAPIError, match="a published version never changes"):
        await session.execute(sa.text(statement))


async def test_labs_that_the_course_has_no_more_stay_in_reach(session: AsyncSession) -> None:
    network = await build_network(session, memory_blobs())
    course = await open_course(session, network)
    plan = CoursePlan("shorter", "Shorter", (ModulePlan("Only", (LAST,)),))
    version = await catalog.publish_course(session, None, plan)
    await service.follow_course(session, course.cohort_id, version.id, keep=())
    page = await service.cohort_page(session, network.people["learner"], course.cohort_id)
    only, others = course_steps(page)
    assert [step.page.title for step in only.steps if step.page] == [LAST.title]
    assert others.module is None
    assert [step.id for step in others.steps] == list(course.assignments)


def test_reading_takes_a_minute_at_least() -> None:
    assert [catalog.reading_minutes(text) for text in ("", "word", "word " * 180, "word " * 181)] == [
        1,
        1,
        1,
        2,
    ]
