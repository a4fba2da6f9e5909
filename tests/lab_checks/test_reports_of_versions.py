"""The reports of published labs: made by a worker, shown to staff, asked for again, never to learners."""

from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.catalog import service as catalog
from darsgah.errors import NotFound
from darsgah.hinting.example_judge import example_judge
from darsgah.jobs.queue import under_way
from darsgah.lab_checks import service
from darsgah.lab_checks.schemas import CheckState
from darsgah.lab_checks.tasks import LabCheckTasks
from darsgah.publishing import package_of
from darsgah_grader.grading import Grader
from darsgah_labs.check.report import LabReport, Part, PartReport, Problem, QuestionReport, Survivor
from tests.labs.checked_lab import Change, changed_lab
from tests.network import Platform, package

SECRET = "the_solution_itself"
REPORT = LabReport(
    lab="doubling",
    ok=False,
    points=5.0,
    mutation_score=0.625,
    questions=(
        QuestionReport(
            notebook="lab",
            grade_id="double",
            title="Double <b>it</b>",
            tests=("test-double",),
            mutants=8,
            caught=5,
            equivalent=0,
            survivors=(
                Survivor("abc", "comparison", 3, f"-x < {SECRET}\n+x <= {SECRET}", "x", "y", "Test it."),
            ),
        ),
    ),
    problems=(Problem("mutation_score", "The tests catch 62 % of the mutants.", Part.MUTATION),),
    warnings=(),
    parts=tuple(PartReport(part, part is not Part.MUTATION, "A sentence.") for part in Part),
    reading_minutes=3,
    digest="a" * 64,
    seconds=2.0,
)


@pytest.fixture(scope="module", autouse=True)
async def reported(platform: Platform) -> None:
    """The network's lab has been checked, and does not pass."""
    async with platform.database.begin() as session:
        await service.record(
            session,
            platform.network.lab_version_id,
            REPORT,
            override_reason="The cohort has begun.",
            override_by="operator",
        )


async def forget_jobs(platform: Platform) -> None:
    """No check waits any more."""
    async with platform.database.begin() as session:
        await session.execute(sa.text("DELETE FROM procrastinate_jobs WHERE queue_name = 'checks'"))


async def test_instructors_read_the_report_in_both_languages(platform: Platform) -> None:
    address = f"/teach/labs/{platform.network.lab_version_id}"
    async with platform.browser("instructor") as client:
        page = (await client.get(address)).text
        assert "Did not pass its check" in page
        assert "5 / 8" in page
        assert f"+x &lt;= {SECRET}" in page
        assert "Double &lt;b&gt;it&lt;/b&gt;" in page
        assert "The cohort has begun." in page
        await client.post("/language", data={"language": "ur"})
        urdu = (await client.get(address)).text
        assert 'dir="rtl"' in urdu
        assert '<pre class="code diff" dir="ltr"' in urdu
        assert "Did not pass its check" not in urdu
        await client.post("/language", data={"language": "en"})


async def test_the_list_names_the_labs_of_ones_cohorts_with_their_state(platform: Platform) -> None:
    async with platform.browser("instructor") as client:
        page = (await client.get("/teach/labs")).text
    assert f"/teach/labs/{platform.network.lab_version_id}" in page
    assert "Did not pass its check" in page
    assert "62\xa0%" in page or "62 %" in page
    assert "published without a passing check" in page


async def test_learners_and_mentors_get_nothing_of_it(platform: Platform) -> None:
    number = platform.network.lab_version_id
    for name in ("learner", "classmate", "mentor", "outsider"):
        async with platform.browser(name) as client:
            for address in ("/teach/labs", f"/teach/labs/{number}", f"/api/v1/lab-versions/{number}/check"):
                answer = await client.get(address)
                assert answer.status_code == 403
                assert SECRET not in answer.text


async def test_a_lab_that_no_cohort_of_ones_own_uses_is_not_there(platform: Platform) -> None:
    async with platform.database.begin() as session:
        version = await catalog.publish_lab(
            session, platform.blobs, platform.network.other_hub_id, package(slug="not-mine", digest="b" * 64)
        )
    for name, status in (("instructor", 404), ("network_admin", 200)):
        async with platform.browser(name) as client:
            assert (await client.get(f"/teach/labs/{version.id}")).status_code == status
            assert (await client.get(f"/api/v1/lab-versions/{uuid4()}/check")).status_code == 404


async def test_asking_twice_makes_one_job(platform: Platform) -> None:
    number = platform.network.lab_version_id
    await forget_jobs(platform)
    async with platform.browser("instructor") as client:
        assert "Check again" in (await client.get(f"/teach/labs/{number}")).text
        for _ in range(2):
            asked = await client.post(f"/api/v1/lab-versions/{number}/check")
            assert (asked.status_code, asked.json()["under_way"]) == (202, True)
        assert "A check is under way" in (await client.get(f"/teach/labs/{number}")).text
    async with platform.database.begin() as session:
        jobs = (
            await session.execute(sa.text("SELECT args FROM procrastinate_jobs WHERE queue_name = 'checks'"))
        ).all()
    assert [row[0] for row in jobs] == [{"lab_version_id": str(number), "again": True}]
    await forget_jobs(platform)


async def test_a_worker_checks_what_has_no_report_and_nothing_else(
    platform: Platform, grader: Grader
) -> None:
    async with platform.database.begin() as session:
        made = package_of(changed_lab(Change()), grader)
        version = await catalog.publish_lab(session, platform.blobs, platform.network.hub_id, made)
        asked = await under_way(session, catalog.CHECK, "lab_version_id", [str(version.id), str(uuid4())])
        assert asked == {str(version.id)}
        assert not await service.has_report(session, version.id)
    tasks = LabCheckTasks(platform.database, platform.blobs, grader, lambda: False, example_judge)
    await tasks.check(str(version.id))
    await tasks.check(str(version.id))
    async with platform.database.begin() as session:
        view = await service.check_of(session, platform.network.people["network_admin"], version.id)
        count = await session.scalar(
            sa.text("SELECT count(*) FROM lab_check WHERE lab_version_id = :id"), {"id": version.id}
        )
    assert view.report is not None
    assert (view.report.ok, view.check.state, count) == (True, CheckState.PASSED, 1)
    assert "few_misconceptions" in {warning.code for warning in view.report.warnings}
    assert len(view.report.questions) == 2
    await tasks.check(str(version.id), again=True)
    async with platform.database.begin() as session:
        count = await session.scalar(
            sa.text("SELECT count(*) FROM lab_check WHERE lab_version_id = :id"), {"id": version.id}
        )
    assert count == 2


async def test_the_list_asks_no_more_for_many_labs_than_for_one(platform: Platform) -> None:
    asked: list[str] = []

    def ask(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        asked.append(statement)

    numbers = []
    engine = platform.database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", ask)
    try:
        for slug in ("one-more", "and-one-more"):
            async with platform.database.begin() as session:
                lab = package(slug=slug, digest=slug)
                await catalog.publish_lab(session, platform.blobs, platform.network.hub_id, lab)
                asked.clear()
                lines = await service.taught_labs(session, platform.network.people["network_admin"])
                numbers.append(len(asked))
            assert CheckState.WAITING in {line.check.state for line in lines}
    finally:
        sa.event.remove(engine, "before_cursor_execute", ask)
    assert numbers[0] == numbers[1]


async def test_a_check_waits_while_a_submission_is_graded(platform: Platform, grader: Grader) -> None:
    busy = [True] * 3

    def is_busy() -> bool:
        return bool(busy) and busy.pop()

    await LabCheckTasks(platform.database, platform.blobs, grader, is_busy, example_judge).check(
        str(platform.network.lab_version_id), again=True
    )
    assert busy == []


async def test_a_version_nobody_has_is_told_to_nobody(session: AsyncSession, platform: Platform) -> None:
    with pytest.raises(NotFound):
        await service.check_of(session, platform.network.people["network_admin"], uuid4())
