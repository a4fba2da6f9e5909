"""Hints on pages: a learner's own again, and what a course sets and sees."""

import re
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from darsgah.db.columns import new_id
from darsgah.grades.tasks import GradingTasks
from darsgah.hinting.tasks import HintTasks
from darsgah.submissions import service as submissions
from darsgah.tutoring import service
from darsgah.tutoring.schemas import HintRequest, MadeHint
from darsgah_grader.grading import Grader
from tests.network import SECRET, WORK, Platform, open_cohort

WRONG = "def double(n):\n    return n"
SAID = MadeHint(
    {"en": "Look at `line 2`.", "ur": "دوسری سطر دیکھیں"},
    lines=(2,),
    misconception="adds-for-doubling",
    confidence=0.9,
    reasons=(),
)


@pytest.fixture
async def course(platform: Platform) -> AsyncIterator[tuple[UUID, UUID, UUID]]:
    """A cohort of its own, its assignment, and a hint that ``learner`` was given there."""
    network = platform.network
    learner = network.people["learner"]
    async with platform.database.begin() as session:
        cohort_id, assignment_id = await open_cohort(
            session, network.hub_id, network.course_version_id, learner, name=f"Pages {new_id()}"
        )
        asked = HintRequest("lab", "double", WRONG, reflection="<script>alert(1)</script>")
        answer = await service.ask(session, platform.blobs, learner, assignment_id, asked)
        assert answer.request
        hint_id = answer.request.id
        await service.record(session, hint_id, SAID)
    yield cohort_id, assignment_id, hint_id
    async with platform.database.begin() as session:
        await service.delete(session, learner, None)


async def page(client: httpx.AsyncClient, address: str, **form: str) -> str:
    answer = await (client.post(address, data=form) if form else client.get(address))
    if answer.status_code == 303:
        answer = await client.get(answer.headers["location"])
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_learners_read_their_hints_again_and_delete_them(
    platform: Platform, course: tuple[UUID, UUID, UUID]
) -> None:
    async with platform.browser("learner") as client:
        shown = await page(client, "/hints")
        assert "<code>line 2</code>" in shown
        assert "alert(1)" in shown
        assert "<script>alert" not in shown
        assert "No hints yet" in await page(client, f"/hints/{course[2]}/delete", x="")


async def test_a_course_is_set_and_its_figures_are_seen(
    platform: Platform, course: tuple[UUID, UUID, UUID]
) -> None:
    cohort_id, assignment_id, hint_id = course
    place = f"/teach/cohorts/{cohort_id}/tutor"
    async with platform.browser("instructor") as teacher, platform.browser("learner") as learner:
        before = await page(teacher, place)
        assert "adds-for-doubling" in before
        assert "line 2" not in before, "nobody has said that instructors read transcripts"
        after = await page(teacher, place, hints="1", transcripts="1", daily_hints="7")
        assert "<code>line 2</code>" in after
        assert 'value="7"' in after
        lab = await page(teacher, f"{place}/{assignment_id}", hints="1", threshold="0.7")
        assert '<option value="0.7" selected>' in lab
        assert '<option value="0.7" selected>' not in await page(
            teacher, f"{place}/{assignment_id}", hints="1", threshold=""
        )
        assert (await teacher.post(place, data={"daily_hints": "many"})).status_code == 422
        await page(teacher, place, exam="1", daily_hints="7")
        assert "No hints yet" in await page(learner, "/hints")
        assert (await learner.get(f"/api/v1/hints/{hint_id}")).status_code == 404
        assert (await learner.get(place)).status_code == 403


async def looks_ever_more_seldom(client: httpx.AsyncClient, part: str) -> None:
    """A page asks for a hint that nobody makes, but not for ever; then a person may have it look again."""
    next_look = re.compile(r'hx-get="([^"]+)" hx-trigger="load delay:(\d+)ms"')
    pauses: list[int] = []
    shown = await page(client, part)
    while (found := next_look.search(shown)) and len(pauses) < 100:
        pauses.append(int(found[2]))
        shown = await page(client, found[1])
    assert pauses == sorted(pauses)
    assert 120 < sum(pauses) / 1000 < 600
    assert "hx-trigger" not in shown
    [again] = re.findall(r'<button[^>]* hx-get="([^"]+)"[^>]*>Look again', shown)
    assert "hx-trigger" in await page(client, again)


async def test_a_hint_is_asked_for_from_the_result_page(platform: Platform, grader: Grader) -> None:
    """With htmx and without; the answer is the one that was handed in, among the cells handed in."""
    network = platform.network
    learner = network.people["learner"]
    async with platform.database.begin() as session:
        _, assignment_id = await open_cohort(
            session, network.hub_id, network.course_version_id, learner, name=f"Results {new_id()}"
        )
        handed_in = await submissions.hand_in(
            session, platform.blobs, learner, assignment_id, {"lab.ipynb": WORK}
        )
    await GradingTasks(platform.database, platform.blobs, grader).grade(str(handed_in.id))
    address, sent = f"/submissions/{handed_in.id}/hints", {"notebook": "lab", "cell_id": "test-triple"}
    tasks = HintTasks(platform.database, platform.blobs, grader)
    async with platform.browser("learner") as client:
        result = await page(client, f"/submissions/{handed_in.id}")
        assert result.count(f'hx-post="{address}"') == 1, "the right answer needs none"
        asked = await client.post(address, data=sent, headers={"HX-Request": "true"})
        [part] = re.findall(r'hx-get="(/hints/[^"?]+)', asked.text)
        assert "<html" not in asked.text
        await looks_ever_more_seldom(client, part)
        await tasks.give(part.removeprefix("/hints/"))
        shown = await page(client, part)
        assert "What the tests saw" in shown
        assert SECRET not in shown
        rated = await client.post(f"{part}/rating", data={"helpful": "false"}, headers={"HX-Request": "1"})
        assert "Thank you." in rated.text
        same = await client.post(address, data=sent)
        assert 'name="reflection"' in same.text
        assert "<html" in same.text
        further = await client.post(address, data={**sent, "reflection": "I added two by mistake."})
        assert (further.status_code, further.headers["location"]) == (303, "/hints")
        kept = (await client.get(f"/api/v1/hints?assignment={assignment_id}")).json()["hints"]
        assert [hint["level"] for hint in kept] == [1, 0]
        assert kept[0]["source"] == "def triple(n):\n    return n + 2"


async def test_a_learner_asks_a_person_who_sees_the_hint_and_answers(
    platform: Platform, course: tuple[UUID, UUID, UUID]
) -> None:
    """Even where staff read no transcripts: whoever writes to them shares this hint."""
    cohort_id, _, hint_id = course
    place = f"/teach/cohorts/{cohort_id}/tutor"
    async with platform.browser("instructor") as teacher, platform.browser("learner") as learner:
        early = await teacher.post(f"{place}/hints/{hint_id}", data={"body": "Unasked."})
        assert early.status_code == 404
        assert (await learner.post(f"/hints/{hint_id}/messages", data={"body": "  "})).status_code == 422
        await page(learner, f"/hints/{hint_id}/messages", body="What is <b>wrong</b> in line 2?")
        seen = await page(teacher, place)
        assert "What is &lt;b&gt;wrong&lt;/b&gt; in line 2?" in seen
        assert "Waits for your answer" in seen
        assert "<code>line 2</code>" in seen
        await page(teacher, f"{place}/hints/{hint_id}", body="Count its arguments.")
        assert "Count its arguments." in await page(learner, "/hints")
        assert "Waits for your answer" not in await page(teacher, place)
        await page(learner, f"/hints/{hint_id}/delete", x="")
        assert "Count its arguments." not in await page(teacher, place)
