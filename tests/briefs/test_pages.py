"""Briefs as browsers and programs meet them: what is typed is kept, writers meet, and no script runs."""

import asyncio
from dataclasses import replace
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest

from darsgah.access import Actor
from darsgah.briefs import writing
from darsgah.briefs.forms import form_values
from darsgah.briefs.moving import move_brief
from darsgah.briefs.schemas import NewBrief
from tests.briefs.offering import applying, approved, as_json, begun, content, published, verified_mentor
from tests.network import Platform
from tests.web.test_weird_input import NONSENSE, fine

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)> [mail](javascript:alert(3)) **bold**"


@pytest.fixture(scope="module")
async def mentor(platform: Platform) -> Actor:
    """A verified mentor, who can sign in as ``bano``."""
    async with platform.database.begin() as session:
        actor = await verified_mentor(session, "bano")
    platform.network = replace(platform.network, people={**platform.network.people, "bano": actor})
    return actor


async def draft(platform: Platform, mentor: Actor, **changes: object) -> UUID:
    """A draft of the mentor's."""
    async with platform.database.begin() as session:
        return await begun(session, mentor, platform.network.hub_id, **changes)


async def read(client: httpx.AsyncClient, brief_id: UUID) -> dict[str, object]:
    """What is saved."""
    return dict((await client.get(f"/api/v1/briefs/{brief_id}")).json())


async def test_nothing_typed_is_lost(platform: Platform, mentor: Actor) -> None:
    brief_id = await draft(platform, mentor)
    url = f"/briefs/{brief_id}/edit"
    async with platform.browser("bano") as page, platform.program("bano") as program:
        typed = form_values(content()) | {
            "title": "Another title", "hours_week": "eight or so", "skills": "SQL، python, sql",
            "trl_in": "۳", "starts_on": "next spring", "milestone_hours_1": "many", "gate_subject_1": "",
            "gate_share_1": "60", "version": "1",
        }  # fmt: skip
        answer = await page.post(url, data=typed)
        assert answer.status_code == 422
        for kept in ("eight or so", "next spring", 'value="many"', "Another title", "Field test"):
            assert kept in answer.text
        saved = await read(program, brief_id)
        assert saved["version"] == 2
        written = dict(saved["content"])  # type: ignore[call-overload] # JSON
        assert (written["title"], written["trl_in"], written["hours_week"]) == ("Another title", 3, 8)
        assert written["skills"] == ["sql", "python"]
        assert len(written["milestones"]) == 2
        answer = await page.post(url, data=form_values(content(title="")) | {"version": "2"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{url}?saved=1")
        for nonsense in NONSENSE.values():
            names = (
                "title",
                "problem",
                "hours_week",
                "apply_until",
                "skills",
                "gate_subject_1",
                "gate_share_1",
            )
            sent = typed | dict.fromkeys((*names, "milestone_due_1", "mode"), nonsense)
            for version in ("", nonsense):
                wanted = sent | {"version": version}
                fine(await page.post(url, data={
                    key: value.encode("utf-8", "surrogatepass") for key, value in wanted.items()
                }))  # fmt: skip


async def test_two_who_write_at_once_see_each_other(platform: Platform, mentor: Actor) -> None:
    brief_id = await draft(platform, mentor)
    async with platform.browser("bano") as page, platform.program("bano") as program:
        url = f"/api/v1/briefs/{brief_id}"
        answer = await program.put(url, json=as_json(content(title="Theirs")), headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
        for odd in ('"1"', "nonsense", "9" * 30):
            stale = await program.put(url, json={}, headers={"If-Match": odd})
            assert (stale.status_code, stale.json()["code"]) == (409, "brief_changed")
        mine = form_values(content(title="Mine")) | {"version": "1"}
        answer = await page.post(f"/briefs/{brief_id}/edit", data=mine)
        assert answer.status_code == 409
        assert 'value="Mine"' in answer.text
        assert "Theirs" in answer.text
        assert 'name="version" value="2"' in answer.text
        answer = await page.post(f"/briefs/{brief_id}/edit", data=mine | {"version": "2", "submit": "1"})
        assert answer.headers["location"] == f"/briefs/{brief_id}?done=moved"
        assert (await read(program, brief_id))["stage"] == "in_review"
        assert (await page.get(f"/briefs/{brief_id}/edit")).status_code == 409


async def test_of_two_coordinators_at_the_same_moment_one_decides(platform: Platform, mentor: Actor) -> None:
    for _ in range(3):
        brief_id = await draft(platform, mentor)
        async with platform.database.begin() as session:
            await move_brief(session, mentor, brief_id, "submit")
            await approved(session, platform.network.people["hub_admin"], brief_id)
        async with platform.program("hub_admin") as one, platform.program("network_admin") as other:
            version = (await read(one, brief_id))["version"]
            url, reason = f"/api/v1/briefs/{brief_id}/moves", "Which crops?"
            answers = await asyncio.gather(
                one.post(url, json={"move": "publish", "version": version}),
                other.post(url, json={"move": "request_changes", "reason": reason, "version": version}),
            )
            assert sorted(answer.status_code for answer in answers) == [200, 409]
            lines = (await one.get(f"/api/v1/briefs/{brief_id}/desk")).json()["history"]
            assert len(lines) == 4


async def test_script_in_markdown_never_runs(platform: Platform, mentor: Actor) -> None:
    written = dict.fromkeys(("problem", "deliverables", "data", "availability"), f"{SCRIPT} {'word ' * 60}")
    async with platform.database.begin() as session:
        brief_id = await published(
            session, mentor, platform.network, title=SCRIPT[:80], ai_policy_note=SCRIPT, **written
        )
    async with platform.browser("learner") as learner, platform.browser("hub_admin") as admin:
        pages = [
            await learner.get("/briefs"),
            await learner.get(f"/briefs/{brief_id}"),
            await admin.get(f"/briefs/{brief_id}"),
            await admin.get("/hub/briefs"),
            await admin.get(f"/briefs/{brief_id}/rounds"),
        ]
    for answer in pages:
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "<img" not in answer.text
        assert 'href="javascript' not in answer.text
        assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "<strong>bold</strong>" in pages[1].text


async def test_a_refused_move_is_said_and_its_reason_kept(platform: Platform, mentor: Actor) -> None:
    async with platform.database.begin() as session:
        brief_id = await applying(session, mentor, platform.network)
    url = f"/briefs/{brief_id}/moves"
    async with platform.browser("bano") as page, platform.browser("hub_admin") as admin:
        answer = await page.post(url, data={"move": "pause", "reason": " "})
        assert answer.status_code == 422
        answer = await admin.post(url, data={"move": "pause", "reason": "A holiday.", "version": "1"})
        assert (answer.status_code, "A holiday." in answer.text) == (409, True)
        answer = await page.post(url, data={"move": "publish"})
        assert (answer.status_code, "Nothing was changed" in answer.text) == (409, True)
        answer = await page.post(url, data={"move": "pause", "reason": "A holiday."})
        assert answer.headers["location"] == f"/briefs/{brief_id}?done=moved"
        shown = (await page.get(f"/briefs/{brief_id}")).text
        assert "A holiday." in shown
        assert (await page.get(f"/briefs/{brief_id}?done=moved")).status_code == 200


async def test_a_coordinators_brief_is_accepted_by_its_link(platform: Platform, mentor: Actor) -> None:
    instructor = platform.network.people["instructor"]
    async with platform.database.begin() as session:
        made = await writing.begin(session, instructor, NewBrief(platform.network.hub_id, content()))
    async with platform.browser("instructor") as staff, platform.browser("bano") as page:
        assert "Make the link" in (await staff.get(f"/briefs/{made.id}")).text
        answer = await staff.post(f"/briefs/{made.id}/invitation")
        link = answer.text.partition("/brief-invitations/")[2].partition("<")[0].strip()
        invitation = f"/brief-invitations/{link}"
        assert "Accept and hand it in" in (await page.get(invitation)).text
        assert (await page.get(f"/briefs/{made.id}")).status_code == 404
        answer = await page.post(invitation, data={"submit": "1"})
        assert answer.headers["location"] == f"/briefs/{made.id}?done=accepted"
        assert "In review" in (await page.get(f"/briefs/{made.id}")).text
        assert (await page.get(invitation)).status_code == 404
        for odd in ("%00", "x" * 3000, "%ff", "..%2f"):
            fine(await page.get(f"/brief-invitations/{odd}"))


async def test_searching_is_never_an_error(platform: Platform, mentor: Actor) -> None:
    async with platform.browser("learner") as page, platform.program("learner") as program:
        for nonsense in NONSENSE.values():
            said = quote(nonsense[:2000].encode("utf-8", "surrogatepass"))
            fine(await page.get(f"/briefs?words={said}&skill={said}"))
            fine(await page.get(f"/briefs?hub_id={said}&trl={said}&hours={said}&remote={said}"))
            for name in ("words", "skill", "hub_id", "trl", "after"):
                fine(await program.get(f"/api/v1/briefs?{name}={said}"))
        answer = await page.get("/briefs?hours=many&words=leaf")
        assert (answer.status_code, "field-error" in answer.text, "many" in answer.text) == (200, True, True)


async def test_a_brief_from_beginning_to_publishing_as_json(platform: Platform, mentor: Actor) -> None:
    hub_id = str(platform.network.hub_id)
    async with platform.program("bano") as program, platform.program("hub_admin") as admin:
        begun_one = await program.post(
            "/api/v1/briefs", json={"hub_id": hub_id, "content": as_json(content())}
        )
        assert begun_one.status_code == 201
        url = f"/api/v1/briefs/{begun_one.json()['id']}"
        handed_in = await program.post(f"{url}/moves", json={"move": "submit", "version": 1})
        assert handed_in.json()["stage"] == "in_review"
        refused = await admin.post(f"{url}/moves", json={"move": "publish"})
        assert (refused.status_code, refused.json()["code"]) == (409, "approvals_missing")
        scores = {"relevance": 4, "clarity": 5, "mentorship": 4, "note": "Good."}
        assert (await admin.put(f"{url}/review", json=scores)).status_code == 204
        assert (await admin.put(f"{url}/review", json=scores | {"clarity": 6})).status_code in (400, 422)
        for kind in ("brief", "hub"):
            assert (await admin.post(f"{url}/approvals", json={"kind": kind})).status_code == 204
        desk = (await admin.get(f"{url}/desk")).json()
        assert [one["given"] for one in desk["approvals"]] == [True] * 4
        assert {move["name"] for move in desk["moves"]} == {"request_changes", "publish", "cancel"}
        assert (await admin.post(f"{url}/moves", json={"move": "publish"})).json()["stage"] == "published"
        history = (await program.get(f"{url}/desk")).json()["history"]
        assert [line["name"] for line in history] == ["begin", "submit", "pass_check", "publish"]
        assert [line["by"] for line in history][2:] == [None, "Hub Admin"]
        assert (await admin.get(f"{url}/desk")).json()["sees_applicants"]
    async with platform.program("auditor") as auditor:
        assert not (await auditor.get(f"{url}/desk")).json()["sees_applicants"]
        assert (await auditor.get(f"{url}/applicants")).status_code == 404
    async with platform.program("learner") as learner:
        found = (await learner.get("/api/v1/briefs?words=leaf")).json()
        assert str(url.rpartition("/")[2]) in {brief["id"] for brief in found["briefs"]}
