"""What learners and staff write to each other about hints, through the API."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from darsgah.db.columns import new_id
from darsgah.tutoring import queries, service
from darsgah.tutoring.schemas import CohortTutoring, HintRequest, MadeHint
from tests.network import Platform, open_cohort

WRONG = "def double(n):\n    return n"


@pytest.fixture
async def course(platform: Platform) -> AsyncIterator[tuple[UUID, list[UUID]]]:
    """A cohort of its own, and two hints that ``learner`` was given there, about two questions."""
    network = platform.network
    learner = network.people["learner"]
    hints = []
    async with platform.database.begin() as session:
        cohort_id, assignment_id = await open_cohort(
            session, network.hub_id, network.course_version_id, learner, name=f"Threads {new_id()}"
        )
        for cell in ("double", "triple"):
            asked = HintRequest("lab", cell, WRONG)
            answer = await service.ask(session, platform.blobs, learner, assignment_id, asked)
            assert answer.request
            await service.record(session, answer.request.id, MadeHint({"en": "Look again."}))
            hints.append(answer.request.id)
    yield cohort_id, hints
    async with platform.database.begin() as session:
        await service.delete(session, learner, None)


async def test_a_learner_writes_and_staff_answer(platform: Platform, course: tuple[UUID, list[UUID]]) -> None:
    cohort_id, (first, second) = course
    staff = f"/api/v1/cohorts/{cohort_id}/threads"
    async with platform.program("learner") as client, platform.program("instructor") as teacher:
        assert (await client.get(f"/api/v1/hints/{first}/messages")).json()["messages"] == []
        assert (await teacher.get(staff)).json()["threads"] == []
        assert (await teacher.get(f"{staff}/{first}")).status_code == 404, "nothing was shared yet"
        early = await teacher.post(f"{staff}/{first}", json={"body": "Unasked."})
        assert early.status_code == 404
        for hint in (first, second):
            written = await client.post(f"/api/v1/hints/{hint}/messages", json={"body": "Why line 2?"})
            assert (written.status_code, len(written.json()["messages"])) == (201, 1)
        listed = (await teacher.get(staff, params={"waiting": "true"})).json()["threads"]
        assert [thread["about"]["hint"]["id"] for thread in listed] == [str(second), str(first)]
        assert (listed[0]["waiting"], listed[0]["about"]["learner"]) == (True, "Learner")
        assert listed[0]["about"]["hint"]["source"] == WRONG
        answered = await teacher.post(f"{staff}/{first}", json={"body": "Count its arguments."})
        assert (answered.status_code, answered.json()["waiting"]) == (201, False)
        waiting = (await teacher.get(staff, params={"waiting": "true"})).json()["threads"]
        assert [thread["about"]["hint"]["id"] for thread in waiting] == [str(second)]
        older = (await teacher.get(staff, params={"after": str(second)})).json()["threads"]
        assert [thread["about"]["hint"]["id"] for thread in older] == [str(first)]
        own = (await client.get("/api/v1/threads")).json()["threads"]
        assert [thread["hint"]["id"] for thread in own] == [str(second), str(first)]
        said = [(message["learners"], message["body"]) for message in own[1]["messages"]]
        assert said == [(True, "Why line 2?"), (False, "Count its arguments.")]


async def test_nobody_else_reads_them_and_an_exam_hides_them(
    platform: Platform, course: tuple[UUID, list[UUID]]
) -> None:
    cohort_id, (first, _) = course
    own, staff = f"/api/v1/hints/{first}/messages", f"/api/v1/cohorts/{cohort_id}/threads"
    async with platform.program("learner") as client:
        await client.post(own, json={"body": "Why?"})
        for body in ("", "   ", "x" * 4001, 7):
            refused = await client.post(own, json={"body": body})
            assert refused.status_code == 422, body
            assert "body" in refused.json()["fields"]
        assert (await client.get(staff)).status_code == 403
        for name, status in (("classmate", 404), ("instructor", 404), ("mentor", 404)):
            async with platform.program(name) as other:
                assert (await other.get(own)).status_code == status
                assert (await other.post(own, json={"body": "Mine?"})).status_code == status
        async with platform.program("other_instructor") as stranger:
            assert (await stranger.get(f"{staff}/{first}")).status_code == 404
        async with platform.program("auditor") as auditor:
            assert (await auditor.get(f"{staff}/{first}")).status_code == 200
            assert (await auditor.post(f"{staff}/{first}", json={"body": "Hm."})).status_code == 403
        async with platform.database.begin() as session:
            await queries.set_cohort_tutoring(session, cohort_id, CohortTutoring(exam=True))
        assert (await client.get(own)).status_code == 404
        assert (await client.post(own, json={"body": "In the exam."})).status_code == 404
        assert (await client.get("/api/v1/threads")).json()["threads"] == []
        async with platform.program("instructor") as teacher:
            (thread,) = (await teacher.get(staff)).json()["threads"]
            assert [message["body"] for message in thread["messages"]] == ["Why?"]
