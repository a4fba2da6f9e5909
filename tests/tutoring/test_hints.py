"""Hints asked of the platform and made by the worker: levels in order, budgets, switches, what is told."""

import json
from typing import Any
from uuid import UUID

import pytest

from darsgah.db.columns import new_id
from darsgah.hinting.tasks import HintTasks
from darsgah.tutoring.questions import question_of
from darsgah.tutoring.schemas import AssignmentTutoring, CohortTutoring
from darsgah_grader.grading import Grader
from tests.network import RELEASE, SECRET, Platform, open_cohort
from tests.tutoring.asking import ask, told

WRONG = "def double(n):\n    return n + 2"
CHANGED = "def double(n):\n    return n * n"
RIGHT = "def double(n):\n    return 2 * n"


@pytest.fixture
async def asking(platform: Platform) -> str:
    """Where ``learner`` asks, in a cohort of its own with nothing asked yet."""
    network = platform.network
    async with platform.database.begin() as session:
        learner = network.people["learner"]
        name = f"Hints {new_id()}"
        _, assignment_id = await open_cohort(
            session, network.hub_id, network.course_version_id, learner, name=name
        )
    return f"/api/v1/assignments/{assignment_id}/hints"


async def cohort_of(platform: Platform, asking: str) -> UUID:
    async with platform.program("learner") as client:
        page = (await client.get(asking.removesuffix("/hints"))).json()
    return UUID(page["cohort"]["id"])


async def test_levels_come_in_order_after_a_change_or_a_reflection(
    platform: Platform, grader: Grader, asking: str
) -> None:
    async with platform.program("learner") as client:
        skipped = {"notebook": "lab", "cell_id": "double", "source": WRONG, "level": 2}
        refused = await client.post(asking, json=skipped)
        assert (refused.status_code, refused.json()["code"]) == (409, "level_not_yet")
        first = await told(platform, grader, client, asking, WRONG)
        assert (first["state"], first["level"], first["lines"]) == ("given", 0, [])
        assert "double(3)" in first["text"]
        same = await ask(client, asking, WRONG)
        assert (same["available"], same["reflect"]) == (False, True)
        second = await told(platform, grader, client, asking, CHANGED)
        assert second["level"] == 1
        third = await told(platform, grader, client, asking, CHANGED, reflection="I tried to square it.")
        assert third["level"] == 2
        again = await told(platform, grader, client, asking, CHANGED, level=0)
        assert again["level"] == 0
        right = await told(platform, grader, client, asking, RIGHT)
        assert right["correct"]
        assert (await told(platform, grader, client, asking, WRONG))["level"] == 0


async def test_a_hint_arrives_as_an_event_and_once(platform: Platform, grader: Grader, asking: str) -> None:
    async with platform.program("learner") as client:
        asked = await ask(client, asking, WRONG)
        twice = await ask(client, asking, WRONG)
        assert twice["hint"]["id"] == asked["hint"]["id"]
        assert twice["left"] == asked["left"]
        hint_id = asked["hint"]["id"]
        tasks = HintTasks(platform.database, platform.blobs, grader)
        await tasks.give(hint_id)
        await tasks.give(hint_id)
        events = await client.get(f"/api/v1/hints/{hint_id}/events")
        assert events.headers["content-type"].startswith("text/event-stream")
        assert events.text.count("event: hint") == 1
        assert '"state":"given"' in events.text


async def test_hints_tell_nothing_hidden_and_nobody_else(
    platform: Platform, grader: Grader, asking: str
) -> None:
    source = "def triple(n):\n    return n + 2"
    async with platform.program("learner") as client:
        for reflection in ("", "nothing helps me here", "nothing helps me here", "still nothing helps"):
            hint = await told(
                platform, grader, client, asking, source, cell_id="test-triple", reflection=reflection
            )
            assert hint["question"] == "triple"
            assert SECRET not in hint["text"]
            assert "42" not in hint["text"]
        place = f"/api/v1/hints/{hint['id']}"
        rated = await client.put(f"{place}/rating", json={"helpful": False})
        assert rated.json()["helpful"] is False
    async with platform.program("classmate") as other:
        for method, path in (("GET", place), ("GET", f"{place}/events"), ("DELETE", place)):
            assert (await other.request(method, path)).status_code == 404
        assert hint["id"] not in (await other.get("/api/v1/hints")).text


async def test_a_draft_is_what_the_answer_runs_among(platform: Platform, grader: Grader, asking: str) -> None:
    """The learner's own saved cells run before the answer; the answer is the one on the page."""
    uses_own = "def double(n):\n    return factor * n"
    notebook = json.loads(RELEASE)
    own: dict[str, Any] = {
        "id": "own",
        "metadata": {},
        "source": "factor = 2",
        "outputs": [],
        "execution_count": None,
    }
    notebook["cells"].insert(1, {"cell_type": "code", **own})
    async with platform.program("learner") as client:
        draft = asking.removesuffix("/hints") + "/drafts/lab"
        kept = await client.put(draft, json=notebook, headers={"If-Match": '"0"'})
        assert kept.status_code == 200, kept.text
        assert (await told(platform, grader, client, asking, uses_own))["correct"]


async def test_learners_delete_their_hints_and_the_count_stays(
    platform: Platform, grader: Grader, asking: str
) -> None:
    async with platform.program("learner") as client:
        first = await told(platform, grader, client, asking, WRONG)
        assert (await client.delete(f"/api/v1/hints/{first['id']}")).status_code == 204
        assert (await client.get(f"/api/v1/hints/{first['id']}")).status_code == 404
        waiting = await ask(client, asking, WRONG)
        assert (await client.delete("/api/v1/hints")).status_code == 204
        assert (await client.get("/api/v1/hints")).json()["hints"] == []
        await HintTasks(platform.database, platform.blobs, grader).give(waiting["hint"]["id"])
        assert (await ask(client, asking, WRONG))["left"] == waiting["left"] - 1


async def test_the_exam_switch_and_hints_off(platform: Platform, grader: Grader, asking: str) -> None:
    cohort = await cohort_of(platform, asking)
    lab, course = asking.removesuffix("/hints") + "/tutoring", f"/api/v1/cohorts/{cohort}/tutoring"
    async with platform.program("learner") as client, platform.program("instructor") as teacher:
        hint = await told(platform, grader, client, asking, WRONG)
        for url, setting in ((course, {"exam": True}), (lab, {"exam": True})):
            assert (await teacher.put(url, json=setting)).status_code == 200
            assert "exam" in (await ask(client, asking, CHANGED))["reason"]
            assert (await client.get(f"/api/v1/hints/{hint['id']}")).status_code == 404
            assert hint["id"] not in (await client.get("/api/v1/hints")).text
            assert (await teacher.put(url, json={"hints": False})).status_code == 200
            assert "switched hints off" in (await ask(client, asking, CHANGED))["reason"]
            assert (await teacher.put(url, json={})).status_code == 200
        assert (await teacher.put(lab, json={"threshold": 1.0})).json()["threshold"] == 1.0
        held_back = await told(platform, grader, client, asking, CHANGED)
        assert (held_back["level"], held_back["withheld"], held_back["lines"]) == (1, True, [])
        assert (await client.put(course, json={})).status_code == 403


async def test_the_day_has_an_end_and_what_fails_is_not_counted(
    platform: Platform, grader: Grader, asking: str
) -> None:
    cohort = await cohort_of(platform, asking)
    async with platform.program("learner") as client, platform.program("instructor") as teacher:
        course = f"/api/v1/cohorts/{cohort}/tutoring"
        left = (await ask(client, asking, WRONG, cell_id="nowhere"))["left"]
        spent = 30 - left
        assert (await teacher.put(course, json={"daily_hints": spent + 1})).status_code == 200
        first = await ask(client, asking, WRONG)
        assert (first["left"], first["daily"]) == (0, spent + 1)
        tasks = HintTasks(platform.database, platform.blobs, grader)
        await tasks.give_up(first["hint"]["id"], reason="the machine burnt down")
        failed = (await client.get(f"/api/v1/hints/{first['hint']['id']}")).json()
        assert failed["state"] == "failed"
        assert "not counted" in failed["text"]
        assert "burnt" not in failed["text"]
        await told(platform, grader, client, asking, WRONG)
        assert f"{spent + 1} hints" in (await ask(client, asking, CHANGED))["reason"]


async def test_who_wants_no_ai_is_told_what_the_tests_saw(
    platform: Platform, grader: Grader, asking: str
) -> None:
    async with platform.program("learner") as client:
        me = {"display_name": "Learner", "language": "en"}
        assert (await client.put("/api/v1/me", json={**me, "no_ai": True})).json()["no_ai"] is True
        try:
            for source in (WRONG, CHANGED, CHANGED):
                hint = await told(platform, grader, client, asking, source)
                assert (hint["level"], hint["state"]) == (0, "given")
            assert (await client.put("/api/v1/me", json=me)).json()["no_ai"] is True
        finally:
            await client.put("/api/v1/me", json={**me, "no_ai": False})


def test_a_cell_belongs_to_the_answer_above_it() -> None:
    assert question_of(RELEASE, "double") == "double"
    assert question_of(RELEASE, "test-double") == "double"
    assert question_of(RELEASE, "test-triple") == "triple"
    assert question_of(RELEASE, "nowhere") is None


def test_settings_begin_with_hints_on_and_nothing_read_by_others() -> None:
    assert CohortTutoring() == CohortTutoring(hints=True, exam=False, transcripts=False)
    assert AssignmentTutoring().threshold is None
