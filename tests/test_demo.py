"""The demo: three courses with everybody in them, work in two labs, and nothing twice."""

import pytest
import sqlalchemy as sa

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.blobs.store import memory_blobs
from darsgah.catalog import service as catalog
from darsgah.db.session import Database
from darsgah.demo import loading, people
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.course_steps import course_steps
from darsgah.enrolments.schemas import CohortPage
from darsgah_labs.course_folder import load_course
from darsgah_labs.course_format import Course
from darsgah_labs.shipped import shipped_labs
from tests.credentials.awarding import ISSUING

TABLES = (
    "account",
    "cohort",
    "course_version",
    "lab_version",
    "enrolment",
    "assignment",
    "submission",
    "page",
    "brief",
    "credential",
    "unit_assessment",
    "team",
    "application",
)


async def counted(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    async with database.begin() as session:
        return {
            table: (await session.execute(sa.text(f"SELECT count(*) FROM {table}"))).scalar_one()  # noqa: S608 # constants
            for table in TABLES
        }


async def cohort_pages(database: Database, email: str) -> list[CohortPage]:
    """The courses of a demo account, as its lists show them."""
    async with database.begin() as session:
        account = await accounts.existing_account(session, email)
        actor = Actor(account.id, account.display_name, account.language)
        views = await enrolments.learning_cohorts(session, actor)
        return [await enrolments.cohort_page(session, actor, view.id) for view in views]


async def test_the_demo_is_loaded_once_and_follows_its_courses(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs, said = memory_blobs(), list[str]()
    await loading.load_demo(database, blobs, ISSUING, said.append)
    first = await counted(database)
    classmates = len(people.CLASSMATES)
    assert (first["cohort"], first["submission"]) == (3, loading.HANDED_IN * classmates)
    assert first["enrolment"] == 3 * (classmates + 2)
    assert first["lab_version"] == len(shipped_labs())
    assert first["brief"] == 5, "a draft, one in review, three that were published"
    assert first["credential"] == 2, "of a course and of a unit"
    assert first["unit_assessment"] == 2, "one competent, one not yet"
    async with database.begin() as session:
        assert await catalog.labs_naming(session, ["PY-F-01"]), "a shipped lab names it"
    assert (first["team"], first["application"]) == (3, 2), "the third is at work"
    for email in ("learner@demo.example", "talib@demo.example", people.CLASSMATES[-1].email):
        pages = await cohort_pages(database, email)
        assert pages[0].cohort.course.slug == loading.FIRST
        assert len({page.cohort.course.slug for page in pages}) == 3
        for page in pages:
            steps = [step for module in course_steps(page) for step in module.steps]
            assert sum(step.page is not None for step in steps) >= 2 * len(page.modules)
            assert sum(step.assignment is not None for step in steps) == len(page.assignments) > 0

    del said[:]
    await loading.load_demo(database, blobs, ISSUING, said.append)
    assert said == []
    assert await counted(database) == first

    def renamed(*args: object) -> Course:
        course = load_course(*args)  # type: ignore[arg-type] # as they came
        title = course.title.__class__(course.title.en + "!", course.title.ur)
        return Course(course.slug, title, course.summary, course.modules)

    monkeypatch.setattr(loading, "load_course", renamed)
    await loading.load_demo(database, blobs, ISSUING, said.append)
    changed = await counted(database)
    assert changed["course_version"] == first["course_version"] + 3
    assert [changed[table] for table in ("cohort", "assignment", "submission")] == [
        first[table] for table in ("cohort", "assignment", "submission")
    ]
    pages = await cohort_pages(database, "learner@demo.example")
    assert all(page.cohort.course.title.endswith("!") for page in pages)
    assert all(module.module for page in pages for module in course_steps(page))
