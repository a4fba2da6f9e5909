"""Grading runs: recorded once, shown in full to reviewers, and without anything hidden to the learner."""

import asyncio
import json
from html import unescape

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import BlobStore, memory_blobs
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import CoursePlan, ModulePlan
from darsgah.db.session import Database
from darsgah.errors import NotFound
from darsgah.grades import service
from darsgah.grades.flags import UNGRADED
from darsgah.grades.tasks import GradingTasks
from darsgah.submissions import service as submissions
from darsgah.submissions.schemas import State, SubmissionView
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assurance, CellGrade, Flag, Grade, SandboxLevel, Verdict
from tests.grading.notebooks import code, notebook
from tests.network import SECRET, WORK, Network, Platform, build_network, cells, open_cohort, package, work

CHEAT = notebook(
    *cells("def double(n):\n    return 2 * n", "def triple(n):\n    return n + 2", hidden=False),
    code("import inspect\nprint('what I wrote')"),
)
GRADE = Grade(
    score=2.0,
    max_score=5.0,
    assurance=Assurance.IN_PROCESS,
    sandbox=SandboxLevel.NAMESPACES,
    cells=(
        CellGrade(
            notebook="lab",
            grade_id="test-triple",
            title="Tripling",
            kind="autograded",
            score=2.0,
            max_score=5.0,
            verdict=Verdict.PARTIAL,
            hidden=True,
            flags=(Flag("suspicious_thing", "evidence of it"),),
        ),
    ),
    flags=(Flag("another_thing", "more evidence"),),
)


async def handed_in(platform: Platform, content: bytes, name: str = "learner") -> SubmissionView:
    """Somebody's submission, committed."""
    async with platform.database.begin() as session:
        return await submissions.hand_in(
            session,
            platform.blobs,
            platform.network.people[name],
            platform.network.assignment_id,
            {"lab.ipynb": content},
        )


async def graded(platform: Platform, grader: Grader, content: bytes) -> SubmissionView:
    """A submission of the learner's that the worker's task has graded."""
    view = await handed_in(platform, content)
    await GradingTasks(platform.database, platform.blobs, grader).grade(str(view.id))
    return view


async def test_a_learner_sees_nothing_hidden_anywhere(platform: Platform, grader: Grader) -> None:
    view = await graded(platform, grader, CHEAT)
    places = [
        f"/submissions/{view.id}",
        f"/submissions/{view.id}/events",
        f"/submissions/{view.id}/executed/lab",
        f"/submissions/{view.id}/notebooks/lab",
        f"/assignments/{platform.network.assignment_id}",
        f"/assignments/{platform.network.assignment_id}/notebooks/lab",
        f"/cohorts/{platform.network.cohort_id}",
        "/today",
    ]
    async with platform.program("learner") as client:
        for place in [*places, *(f"/api/v1{place}" for place in places)]:
            answer = await client.get(place)
            for secret in (SECRET, "HIDDEN TESTS", "triple(14)", "flag", "SOLUTION", "evidence"):
                assert secret not in answer.text, place
        executed = json.loads((await client.get(places[2])).content)
        assert "def triple(n)" in json.dumps(executed)
        assert "what I wrote" in json.dumps(executed)
        result = (await client.get(f"/api/v1/submissions/{view.id}")).json()
    assert [(cell["grade_id"], cell["score"]) for cell in result["run"]["cells"]] == [
        ("test-double", 2.0),
        ("test-triple", 0.0),
    ]
    assert not {"flags", "hidden", "code_seconds", "flagged"} & set(result["run"])


async def test_those_who_review_see_it_all(platform: Platform, grader: Grader) -> None:
    view = await graded(platform, grader, WORK)
    async with platform.program("instructor") as client:
        page = await client.get(f"/teach/submissions/{view.id}")
        assert SECRET in page.text
        assert "Hidden test" in page.text
        review = (await client.get(f"/api/v1/reviews/{view.id}")).json()
        executed = await client.get(f"/api/v1/reviews/{view.id}/executed/lab")
        listed = await client.get(f"/teach/cohorts/{platform.network.cohort_id}/submissions")
    assert review["learner"] == "Learner"
    assert [(cell["grade_id"], cell["hidden"]) for cell in review["run"]["cells"]] == [
        ("test-double", False),
        ("test-triple", True),
    ]
    assert SECRET in executed.text
    assert f"/teach/submissions/{view.id}" in listed.text


async def test_flags_ask_a_person_and_stay_with_staff(platform: Platform) -> None:
    view = await handed_in(platform, work(50), "classmate")
    async with platform.database.begin() as session:
        await service.record(
            session,
            submission_id=view.id,
            hub_id=platform.network.hub_id,
            grade=GRADE,
            executed=(),
        )
    async with platform.program("classmate") as learner, platform.program("instructor") as staff:
        page = await learner.get(f"/submissions/{view.id}")
        result = await learner.get(f"/api/v1/submissions/{view.id}")
        review = await staff.get(f"/api/v1/reviews/{view.id}")
        shown = await staff.get(f"/teach/submissions/{view.id}")
        only = await staff.get(f"/api/v1/cohorts/{platform.network.cohort_id}/submissions?flagged=true")
    assert result.json()["submission"]["state"] == "needs_review"
    for text in (page.text, result.text):
        assert "_thing" not in text
        assert "evidence" not in text
    assert "suspicious_thing" in review.text
    assert "Flagged" in shown.text
    for text in (review.text, shown.text):
        assert "another_thing" in text
        assert "more evidence" in text
    assert [row["id"] for row in only.json()["submissions"]] == [str(view.id)]


async def test_a_result_is_recorded_once(platform: Platform) -> None:
    view = await handed_in(platform, work(60))

    async def record() -> bool:
        async with platform.database.begin() as session:
            return await service.record(
                session,
                submission_id=view.id,
                hub_id=platform.network.hub_id,
                grade=GRADE,
                executed=(),
            )

    outcomes = await asyncio.gather(*(record() for _ in range(4)))
    assert sorted(outcomes) == [False, False, False, True]
    async with platform.database.begin() as session:
        runs = await session.scalar(
            sa.text("SELECT count(*) FROM grading_run WHERE submission_id = :id"), {"id": view.id}
        )
    assert runs == 1


async def test_grading_twice_and_grading_what_is_gone_change_nothing(
    platform: Platform, grader: Grader
) -> None:
    view = await graded(platform, grader, work(61))
    tasks = GradingTasks(platform.database, platform.blobs, grader)
    await tasks.grade(str(view.id))
    await tasks.give_up(str(view.id), reason="something")
    await tasks.grade(str(platform.network.cohort_id))
    async with platform.database.begin() as session:
        result = await service.result(session, platform.network.people["learner"], view.id)
    assert result.run is not None
    assert (result.run.number, result.run.score, result.submission.state) == (1, 5.0, State.GRADED)


async def test_what_cannot_be_graded_goes_to_a_person(platform: Platform, grader: Grader) -> None:
    view = await handed_in(platform, work(62))
    await GradingTasks(platform.database, platform.blobs, grader).give_up(
        str(view.id), reason="EnvironmentBroken: No module named 'numpy'"
    )
    async with platform.program("learner") as learner, platform.program("instructor") as staff:
        result = await learner.get(f"/api/v1/submissions/{view.id}")
        page = await learner.get(f"/submissions/{view.id}")
        review = await staff.get(f"/api/v1/reviews/{view.id}")
        shown = await staff.get(f"/teach/submissions/{view.id}")
    assert result.json()["submission"]["state"] == "needs_review"
    assert page.status_code == 200
    for text in (result.text, page.text):
        assert UNGRADED not in text
        assert "EnvironmentBroken" not in text
    (flag,) = review.json()["run"]["flags"]
    assert flag["name"] == UNGRADED
    assert "No module named 'numpy'" in flag["evidence"]
    assert flag["evidence"] in unescape(shown.text)
    # Nothing ran: there is nothing to say of questions, a sandbox, or a notebook as it ran.
    for text in (page.text, shown.text):
        assert 'id="questions"' not in text
        assert 'id="trust"' not in text
        assert "/executed/" not in text


async def test_before_the_grade_there_is_a_place_in_the_queue(platform: Platform) -> None:
    first, second = await handed_in(platform, work(70)), await handed_in(platform, work(71))
    people = platform.network.people
    async with platform.database.begin() as session:
        ahead = (await service.result(session, people["learner"], first.id)).waiting_before
        result = await service.result(session, people["learner"], second.id)
    assert result.waiting_before == ahead + 1
    assert result.run is None
    async with platform.program("learner") as client:
        page = await client.get(f"/submissions/{second.id}")
        assert f"number {ahead + 2} in the queue" in page.text
        assert (await client.get(f"/submissions/{second.id}/executed/lab")).status_code == 404


@pytest.fixture
def blobs() -> BlobStore:
    """A place for notebooks."""
    return memory_blobs()


async def test_a_lab_at_fault_is_no_fault_of_the_learners(
    database: Database, blobs: BlobStore, grader: Grader
) -> None:
    async with database.begin() as session:
        network = await build_network(session, blobs)
        view, _ = await _broken_lab(session, blobs, network)
    await GradingTasks(database, blobs, grader).grade(str(view.id))
    async with database.begin() as session:
        result = await service.result(session, network.people["learner"], view.id)
        with pytest.raises(NotFound):
            await service.result(session, network.people["classmate"], view.id)
    assert (result.submission.state, result.submission.score) == (State.NEEDS_REVIEW, None)


async def _broken_lab(
    session: AsyncSession, blobs: BlobStore, network: Network
) -> tuple[SubmissionView, Network]:
    lab = package(slug="broken", sources={"lab": b"{}"}, digest="d" * 64)
    version = await catalog.publish_lab(session, blobs, None, lab)
    plan = CoursePlan("broken", "Broken", (ModulePlan("One", (version.id,)),))
    course = await catalog.publish_course(session, None, plan)
    learner = network.people["learner"]
    _, assignment_id = await open_cohort(session, network.hub_id, course.id, learner, name="Broken")
    return await submissions.hand_in(session, blobs, learner, assignment_id, {"lab.ipynb": WORK}), network
