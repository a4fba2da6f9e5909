"""The room over HTTP: pages and JSON, what is typed stays, nothing that is written or handed in runs."""

import dataclasses
import json
import re
from datetime import timedelta

import httpx
import pytest
from icalendar import Calendar

from darsgah.db.columns import now
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import Terms
from darsgah.projects import feeds
from tests.network import Platform
from tests.projects.rooms import Match, build_match, open_room
from tests.projects.test_files import JPG, PNG

EVIL = "<script>alert(1)</script> [x](javascript:alert(2)) <img src=x onerror=alert(3)> **bold**"


@pytest.fixture(scope="module")
async def match(platform: Platform) -> Match:
    """A project at work on its milestones."""
    async with platform.database.begin() as session:
        found = await build_match(session)
        await open_room(session, found)
    return found


@pytest.fixture(scope="module")
def inside(platform: Platform, match: Match) -> Platform:
    """The platform, asked by the people of the project."""
    return dataclasses.replace(platform, network=dataclasses.replace(platform.network, people=match.people))


def main(answer: httpx.Response) -> str:
    """What a page shows between its header and its footer."""
    assert answer.status_code in (200, 409, 413, 422), answer.text
    return answer.text.partition("<main")[2].partition("</main>")[0]


def harmless(page: str) -> bool:
    return not re.search(r"<script|<[a-z][^<>]*\son\w+=|href=\"javascript", page)


async def test_every_page_is_there_for_everybody_in_the_room(inside: Platform, match: Match) -> None:
    for name in ("amna", "guide", "coordinator"):
        async with inside.browser(name) as client:
            assert "Count cars at a junction" in main(await client.get("/projects"))
            room = main(await client.get(f"/projects/{match.id}"))
            for page in set(re.findall(rf'href="(/projects/{match.id}/[^"]+)"', room)):
                assert "<h1" in main(await client.get(page))
            assert "<h1" in main(await client.get("/calendar"))
        async with inside.program(name) as client:
            view = (await client.get(f"/api/v1/projects/{match.id}")).json()
            assert view["project"]["stage"] == "milestones"
    async with inside.browser("stranger") as client:
        assert (await client.get(f"/projects/{match.id}/messages")).status_code == 404
        assert "No project yet" in main(await client.get("/projects"))


async def test_in_urdu(inside: Platform, match: Match) -> None:
    async with inside.browser("amna") as client:
        await client.post("/language", data={"language": "ur"})
        answer = await client.get(f"/projects/{match.id}/agreement")
        assert 'dir="rtl"' in answer.text
        assert "معاہدہ" in answer.text
        await client.post("/language", data={"language": "en"})


async def test_messages_show_markdown_and_run_nothing(inside: Platform, match: Match) -> None:
    address = f"/projects/{match.id}/messages"
    async with inside.browser("amna") as client:
        assert (await client.post(address, data={"body": EVIL})).status_code == 303
        page = await client.get(address)
        assert "<strong>bold</strong>" in main(page)
        assert harmless(main(page))
        assert "'unsafe-inline'" not in page.headers["content-security-policy"]
        long = "x" * 9000
        refused = await client.post(address, data={"body": long})
        assert refused.status_code == 422
        assert long in refused.text


async def test_handing_in_over_the_page(inside: Platform, match: Match) -> None:
    async with inside.browser("amna") as client:
        room = main(await client.get(f"/projects/{match.id}"))
        step = re.findall(rf"/projects/{match.id}/milestones/[0-9a-f-]+", room)[0]
        files = [
            ("file", ('../"><script>alert(1)</script>.png', PNG)),
            ("file", ("رپورٹ.md", f"Of: {EVIL}".encode())),
        ]
        words = {"note": EVIL, "link": "https://example.org/code", "after": "0"}
        refused = await client.post(f"{step}/submissions", data=words, files=[("file", ("a.png", JPG))])
        assert refused.status_code == 422
        assert "is not what its name says" in main(refused)
        assert 'value="https://example.org/code"' in main(refused)
        assert harmless(main(refused))
        wrong = await client.post(
            f"/api/v1{step}/submissions", data=words, files=[("report", ("a.png", PNG))]
        )
        assert "the field report, and files go each into a field named file" in wrong.json()["detail"]
        keyed = {**words, "_form_key": "the same press"}
        for _ in range(2):
            sent = await client.post(f"{step}/submissions", data=keyed, files=files)
            assert sent.status_code == 303, sent.text
        another = await client.post(
            f"{step}/submissions", data=keyed, files=[*files[:1], ("file", ("b.png", PNG))]
        )
        assert another.status_code == 409, "not the files that were sent before"
        page = main(await client.get(step))
        assert harmless(page)
        assert "رپورٹ.md" in page
        found = re.findall(r'href="(/projects/[^"]+/deliverables/[^"]+)"', page)
        for address in (found[0], f"/api/v1{found[0]}"):
            file = await client.get(address)
            assert file.content == PNG
            assert file.headers["content-disposition"].startswith("attachment; ")
            assert file.headers["x-content-type-options"] == "nosniff"
            assert file.headers["content-type"] == "application/octet-stream"
        other = await client.post(f"{step}/submissions", data={**words, "note": "Second"}, files=[])
        assert other.status_code == 409, "the form had not seen the first"
        assert "Second" in other.text
    async with inside.browser("stranger") as client:
        assert (await client.get(found[0])).status_code == 404
    async with inside.browser("guide") as client:
        asked = await client.post(f"{step}/decision", data={"number": "1", "accepted": "false", "note": " "})
        assert asked.status_code == 422
        assert (
            await client.post(f"{step}/decision", data={"number": "1", "accepted": "true", "note": EVIL})
        ).status_code == 303
        assert harmless(main(await client.get(step)))


async def test_a_meeting_from_form_to_file(inside: Platform, match: Match) -> None:
    address = f"/projects/{match.id}/meetings"
    soon = now() + timedelta(days=3)
    form = {
        "title": f"Review {EVIL[:25]}",
        "minutes": "30",
        "place": "https://meet.example.org/a",
        "zone": "mentor",
    }
    async with inside.browser("guide") as client:
        wrong = await client.post(address, data={**form, "time_1": "2001-01-01T10:00"})
        assert wrong.status_code == 422
        assert "Choose times to come" in main(wrong)
        assert 'value="2001-01-01T10:00"' in main(wrong)
        sent = await client.post(address, data={**form, "time_1": soon.strftime("%Y-%m-%dT%H:%M")})
        assert sent.status_code == 303, sent.text
        page = main(await client.get(address))
        assert harmless(page)
        assert "PKT" in page
        (fixing,) = re.findall(rf"({address}/[^/\"]+)/fixing", page)
        for strange in (str(match.id), "soon"):
            refused = await client.post(f"{fixing}/answer", data={"time": strange})
            assert refused.status_code == 422
            assert "is not proposed for this meeting" in main(refused)
        past = await client.post(f"{fixing}/times", data={"zone": "hub", "time_1": "2001-01-01T10:00"})
        assert past.status_code == 422
        assert main(past).count('value="2001-01-01T10:00"') == 1
        other = (soon + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
        assert f'action="{fixing}/times"' in page
        assert (await client.post(f"{fixing}/times", data={"time_1": other})).status_code == 303
        page = main(await client.get(address))
        fields = {
            "version": re.findall(r'name="version" value="(\d+)"', page)[0],
            "time_id": re.findall(r'<option value="([0-9a-f-]{36})"', page)[0],
        }
        assert (await client.post(f"{fixing}/fixing", data=fields)).status_code == 303
        file = await client.get(f"{fixing}/invitation")
        assert file.headers["content-type"] == "text/calendar; charset=utf-8"
        assert file.headers["content-disposition"].startswith("attachment")
        (event,) = Calendar.from_ical(file.content).walk("VEVENT")
        assert event["DTSTART"].dt.minute == soon.minute


async def test_the_calendars_address_needs_no_session_and_no_other_works(inside: Platform) -> None:
    async with inside.browser("bilal") as client:
        assert (await client.post("/calendar")).status_code == 303
        address = re.findall(r"http://[^<]+calendar\.ics\?key=[\w-]+", main(await client.get("/calendar")))[0]
    path = "/calendar.ics" + address.partition("calendar.ics")[2]
    async with inside.client() as client:
        file = await client.get(path)
        assert file.content.startswith(b"BEGIN:VCALENDAR\r\n")
        for odd in (f"{path}x", "/calendar.ics", "/calendar.ics?key=%00", "/calendar.ics?key=%ff%fe"):
            assert (await client.get(odd)).status_code in (400, 404)


async def test_what_is_due_in_a_course_stands_in_its_learners_calendars(platform: Platform) -> None:
    network, due_at = platform.network, (now() + timedelta(days=9)).replace(microsecond=0)
    async with platform.database.begin() as session:
        await enrolments.change_terms(session, network.assignment_id, Terms(due_at=due_at))
        found = {
            name: (await feeds.new_address(session, platform.settings, network.people[name])).address or ""
            for name in ("learner", "outsider")
        }
    async with platform.client() as client:
        for name, address in found.items():
            file = await client.get(address[address.index("/calendar.ics") :])
            events = Calendar.from_ical(file.content).walk("VEVENT")
            expected = [(f"assignment-{network.assignment_id}", due_at)] if name == "learner" else []
            assert [(one["UID"], one["DTSTART"].dt) for one in events] == expected


async def test_a_lease_needs_a_token_not_a_session(inside: Platform, match: Match) -> None:
    leases = f"/api/v1/projects/{match.id}/gpu-leases"
    async with inside.browser("amna") as client:
        made = await client.post(f"/projects/{match.id}/gpu-tokens", data={"label": "gpu-1"})
        token = re.findall(r"dgp_[\w-]+", main(made))[0]
        assert token not in main(await client.get(f"/projects/{match.id}/gpu"))
        assert (await client.post(leases, json={})).status_code == 404
    async with inside.client(headers={"X-Project-Token": token}) as client:
        lease = (await client.post(leases, json={"machine": "gpu-1"})).json()
        assert (await client.post(f"{leases}/{lease['id']}/renewal")).json()["granted_seconds"] > 0
        assert (await client.delete(f"{leases}/{lease['id']}")).json()["ended"] == "done"
        again = await client.post(f"{leases}/{lease['id']}/renewal")
        assert (again.status_code, again.json()["code"]) == (409, "gpu_lease_over")
        for odd in ("\x7f", "x" * 500, "é"):
            answer = await client.post(leases, json={}, headers={b"X-Project-Token": odd.encode("latin-1")})
            assert answer.status_code in (400, 404, 422), answer.text


@pytest.mark.parametrize("odd", ["\0", "\ud800", "9" * 40, "-1", "' OR 1=1", "\u202e", "{}"])
async def test_odd_input_is_answered(inside: Platform, match: Match, odd: str) -> None:
    body = json.dumps({"a": odd}, ensure_ascii=True)[6:-1]
    async with inside.browser("amna") as client:
        page = f"/projects/{match.id}"
        fields = (
            "move",
            "version",
            "reason",
            "title",
            "due_on",
            "hours",
            "time_1",
            "minutes",
            "zone",
            "body",
            "label",
        )
        sent = {field: odd.encode("utf-8", "surrogatepass") for field in fields}
        for where in ("moves", "milestones", "messages", "meetings", "gpu-tokens", "agreement"):
            assert (await client.post(f"{page}/{where}", data=sent)).status_code < 500
        for where in ("moves", "milestones", "messages", "meetings", "gpu-tokens"):
            for field in ("move", "title", "body", "label"):
                content = f'{{"{field}": {body}, "version": 1, "times": [{body}], "due_on": {body}}}'
                answer = await client.post(
                    f"/api/v1{page}/{where}", content=content, headers={"Content-Type": "application/json"}
                )
                assert answer.status_code < 500, answer.text
