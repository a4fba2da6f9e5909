"""Hints about what nobody should hand in, and when a part of the tutor fails: never an error page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
import pytest

from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import CoursePlan, ModulePlan
from darsgah.db.columns import new_id
from darsgah.hinting.tasks import HintTasks
from darsgah_grader.grading import Grader
from darsgah_tutor.types import Diagnosis, Evidence, Finding, Question
from tests.network import RELEASE, Platform, open_cohort, package
from tests.tutor.bad_answers import BAD_ANSWERS
from tests.tutoring.asking import ask, told

WRONG = "def double(n):\n    return n + 2"


@pytest.fixture
async def asking(platform: Platform) -> str:
    """Where ``learner`` asks, in a cohort of its own."""
    return await asking_about(platform, platform.network.course_version_id)


async def asking_about(platform: Platform, course_version_id: UUID) -> str:
    network = platform.network
    async with platform.database.begin() as session:
        learner = network.people["learner"]
        name = f"Bad input {new_id()}"
        _, assignment = await open_cohort(session, network.hub_id, course_version_id, learner, name=name)
    return f"/api/v1/assignments/{assignment}/hints"


async def asking_about_lab(platform: Platform, **changes: object) -> str:
    """Where ``learner`` asks about another lab."""
    slug = f"lab-{new_id()}"
    async with platform.database.begin() as session:
        version = await catalog.publish_lab(
            session, platform.blobs, None, package(slug=slug, digest=new_id().hex * 2, **changes)
        )
        plan = CoursePlan(slug, "Bad input", (ModulePlan("One", (version.id,)),))
        course = await catalog.publish_course(session, None, plan)
    return await asking_about(platform, course.id)


@pytest.mark.parametrize("name", ["does not parse", "hangs", "prints a gigabyte", "ends its process"])
async def test_a_bad_answer_is_told_what_it_did(
    platform: Platform, grader: Grader, asking: str, name: str
) -> None:
    bad = BAD_ANSWERS[name]
    async with platform.program("learner") as client:
        hint = await told(platform, grader, client, asking, bad.source)
        assert (hint["state"], hint["correct"], hint["lines"]) == ("given", False, [])
        assert bad.said in hint["text"]


async def test_a_correct_answer_is_told_so_with_a_question_to_think_about(
    platform: Platform, grader: Grader, asking: str
) -> None:
    async with platform.program("learner") as client:
        hint = await told(platform, grader, client, asking, "def double(n):\n    return n + n")
        assert hint["correct"]
        assert hint["text"].startswith("Your answer is correct")
        assert hint["text"].rstrip().endswith("?")


async def test_a_lab_without_a_reference_has_hints_all_the_same(platform: Platform, grader: Grader) -> None:
    asking = await asking_about_lab(platform, sources={"lab": RELEASE})
    async with platform.program("learner") as client:
        for level in (0, 1):
            hint = await told(
                platform, grader, client, asking, WRONG, reflection="It should be twice as much."
            )
            assert (hint["state"], hint["level"]) == ("given", level)
            assert hint["text"]


async def test_a_lab_that_cannot_be_run_costs_no_hint(platform: Platform, grader: Grader) -> None:
    asking = await asking_about_lab(platform, environment="nowhere")
    async with platform.program("learner") as client:
        before = (await ask(client, asking, WRONG, cell_id="nowhere"))["left"]
        hint = await told(platform, grader, client, asking, WRONG)
        assert hint["state"] == "failed"
        assert hint["text"].startswith("No hint could be made just now. It was not counted")
        assert (await ask(client, asking, WRONG, cell_id="nowhere"))["left"] == before


class _Breaking:
    """A model whose device is gone: whatever it is asked, it raises."""

    def diagnose(self, question: Question, evidence: Evidence, findings: Sequence[Finding]) -> Diagnosis:
        raise RuntimeError("CUDA error: device-side assert triggered")


async def test_a_model_that_breaks_leaves_what_the_tests_saw(
    platform: Platform, grader: Grader, asking: str
) -> None:
    async with platform.program("learner") as client:
        tasks = HintTasks(platform.database, platform.blobs, grader)
        tasks._tutor = replace(tasks._tutor, model=_Breaking())
        for _ in range(2):
            asked = await ask(client, asking, WRONG, reflection="It should be twice as much.")
            await tasks.give(asked["hint"]["id"])
            hint = (await client.get(f"/api/v1/hints/{asked['hint']['id']}")).json()
            assert hint["state"] == "given"
            assert "`double(3)` gives `5`" in hint["text"]
            assert "CUDA" not in str(hint)
        assert hint["withheld"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        msgspec.json.encode({"notebook": "lab", "cell_id": "double"}),
        msgspec.json.encode({"notebook": "lab", "cell_id": "double", "source": "x" * 100_001}),
        msgspec.json.encode({"notebook": "lab", "cell_id": "double", "source": 3}),
        msgspec.json.encode({"notebook": "lab", "cell_id": "", "source": ""}),
        msgspec.json.encode({"notebook": "lab", "cell_id": "double", "source": "", "level": 5}),
        msgspec.json.encode({"notebook": "nowhere", "cell_id": "double", "source": ""}),
        b'{"notebook": "lab", "cell_id": "double", "source": "\\ud800"}',
        b"[" * 100_000,
    ],
)
async def test_what_is_no_request_is_refused_with_a_problem(
    platform: Platform, asking: str, body: bytes
) -> None:
    async with platform.program("learner") as client:
        answer = await client.post(asking, content=body, headers={"Content-Type": "application/json"})
        assert 400 <= answer.status_code < 500, answer.text
        problem: dict[str, Any] = answer.json()
        assert problem["code"]
        assert "Traceback" not in answer.text


async def test_who_waits_is_told_how_many_are_before(platform: Platform, grader: Grader, asking: str) -> None:
    others = [await asking_about(platform, platform.network.course_version_id) for _ in range(2)]
    async with platform.program("learner") as client:
        waiting = [(await ask(client, url, WRONG))["hint"] for url in (*others, asking)]
        first, second, third = (hint["waiting_before"] for hint in waiting)
        assert (second, third) == (first + 1, first + 2)
        assert (await ask(client, asking, WRONG))["hint"]["waiting_before"] == third
        last = f"/api/v1/hints/{waiting[-1]['id']}"
        assert (await client.get(last)).json()["waiting_before"] == third
        await HintTasks(platform.database, platform.blobs, grader).give(waiting[-1]["id"])
        assert (await client.get(last)).json()["waiting_before"] is None
