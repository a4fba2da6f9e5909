"""Applying and matching over HTTP: as pages without a script, in both languages, and as JSON."""

import re
from uuid import UUID

import httpx
import pytest

from darsgah.access import Actor
from darsgah.briefs.content import Mode
from tests.applications.brief_and_teams import gate
from tests.briefs.offering import published, verified_mentor
from tests.network import Platform
from tests.web.test_weird_input import NONSENSE

FIRST_TEAM = "<b>Indus</b>"


@pytest.fixture(scope="module")
async def briefs(platform: Platform) -> dict[str, UUID]:
    """Published briefs of a mentor, ``banu`` to the platform: a gated one, two open, one assigned."""
    network = platform.network
    async with platform.database.begin() as session:
        mentor: Actor = await verified_mentor(session, "banu")
        gates = (await gate(session, network),)
        found = {
            "gated": await published(session, mentor, network, team_least=1, title="Gated", gates=gates),
            "open": await published(session, mentor, network, team_least=1, title="<i>Open</i>"),
            "other": await published(session, mentor, network, team_least=1, title="Other"),
            "assigned": await published(session, mentor, network, title="Given", mode=Mode.ASSIGNED),
        }
    people: dict[str, Actor] = platform.network.people  # type: ignore[assignment] # a dict, shown as a Mapping
    people["banu"] = mentor
    return found


async def sent(client: httpx.AsyncClient, brief_id: UUID) -> str:
    """The id of an application that is sent alone, by the page."""
    answer = await client.post(f"/briefs/{brief_id}/apply", data={"action": "send", "statement": "We *can*."})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("/")[-1].partition("?")[0]


async def test_a_learner_applies_by_the_page(platform: Platform, briefs: dict[str, UUID]) -> None:
    async with platform.browser("learner") as client:
        form = await client.get(f"/briefs/{briefs['gated']}/apply")
        assert "not yet 60 % of the points in the lab Doubling" in form.text
        assert f'href="/assignments/{platform.network.assignment_id}"' in form.text
        typed = {"action": "send", "statement": "Kept <words>."}
        refused = await client.post(f"/briefs/{briefs['gated']}/apply", data=typed)
        assert refused.status_code == 409
        assert "Kept &lt;words&gt;." in refused.text
        assert (await client.get("/api/v1/applications")).json()["live"] == [], "nothing was kept"
        blank = await client.post(f"/briefs/{briefs['open']}/apply", data={"action": "send"})
        assert (blank.status_code, "Say why your team is right" in blank.text) == (422, True)
        application = await sent(client, briefs["open"])
        page = await client.get(f"/applications/{application}")
        assert "Waits for an answer" in page.text
        assert "<em>can</em>" in page.text
        assert "&lt;i&gt;Open&lt;/i&gt;" in page.text
        again = await client.post(f"/briefs/{briefs['open']}/apply", data=typed)
        assert (again.status_code, "has an application to this brief already" in again.text) == (409, True)
        draft = await client.post(f"/briefs/{briefs['other']}/apply", data={"action": "draft"})
        place = draft.headers["location"].partition("?")[0]
        version = re.search(r'name="version" value="(\d+)"', (await client.get(place)).text)
        assert version
        stale = await client.post(place, data={"action": "save", "version": "99", "statement": "Typed"})
        assert (stale.status_code, "Typed" in stale.text) == (409, True)
        saved = await client.post(place, data={"action": "save", "version": version[1], "statement": "Mine"})
        assert saved.status_code == 303
        listed = (await client.get("/api/v1/applications")).json()["live"]
        ids = [one["id"] for one in listed[0]["applications"]]
        order = {f"place-{ids[0]}": "2", f"place-{ids[1]}": "1"}
        assert (
            await client.post(f"/teams/{listed[0]['team_id']}/applications", data=order)
        ).status_code == 303
        page = await client.get("/applications")
        assert page.text.index(ids[1]) < page.text.index(ids[0])
        odd = await client.post(
            f"/teams/{listed[0]['team_id']}/applications", data={**order, f"place-{ids[0]}": "x"}
        )
        assert odd.status_code == 422
        assigned = await client.get(f"/briefs/{briefs['assigned']}/apply")
        assert "The hub assigns teams to this brief" in assigned.text
        await client.post("/language", data={"language": "ur"})
        for path in ("/applications", place, f"/briefs/{briefs['gated']}/apply", "/teams"):
            assert (await client.get(path)).status_code == 200
        await client.post("/language", data={"language": "en"})


async def test_a_mentor_ranks_and_a_coordinator_matches_by_the_page(
    platform: Platform, briefs: dict[str, UUID]
) -> None:
    base = f"/hub/matching/{platform.network.hub_id}"
    async with platform.browser("classmate") as client:
        application = await sent(client, briefs["open"])
    async with platform.browser("banu") as mentor:
        place = f"/briefs/{briefs['open']}/applicants"
        shown = await mentor.get(place)
        assert "Classmate" in shown.text
        assert "classmate@" not in shown.text
        saved = await mentor.post(place, data={f"place-{application}": "1"})
        assert saved.status_code == 303
        odd = await mentor.post(place, data={f"place-{application}": "first"})
        assert (odd.status_code, 'value="first"' in odd.text) == (422, True)
    async with platform.browser("hub_admin") as client:
        assert (await client.get("/hub/matching")).headers["location"] == base
        none = await client.post(base, data={"action": "propose"})
        assert none.status_code == 422
        chosen = {"action": "propose", "brief": [str(briefs["open"]), str(briefs["assigned"])]}
        assert (await client.post(base, data=chosen)).status_code == 303
        page = await client.get(base)
        assert "number 1 of 2" in page.text
        again = await client.post(base, data=chosen)
        assert (again.status_code, "changed the proposal meanwhile" in again.text) == (409, True)
        fields = {"brief_id": str(briefs["assigned"]), "name": FIRST_TEAM, "version": "1"}
        wrong = await client.post(f"{base}/assignments", data={**fields, "emails": "nobody@example.org"})
        assert wrong.status_code == 422
        assert "No learner of this hub has the address nobody@example.org" in wrong.text
        people = {"emails": "classmate@example.org,\noutsider@example.org"}
        assert (await client.post(f"{base}/assignments", data={**fields, **people})).status_code == 303
        page = await client.get(base)
        assert "&lt;b&gt;Indus" in page.text
        assert "In another team that gets a brief as well: Classmate" in page.text
        edit = {"application_id": application, "decision": "fix", "version": "2"}
        assert (await client.post(f"{base}/edits", data=edit)).status_code == 303
        assert (await client.post(f"{base}/edits", data=edit)).status_code == 409
        assert (await client.post(f"{base}/cap", data={"most": "5"})).status_code == 303
        assert (await client.post(f"{base}/cap", data={"most": "0"})).status_code == 422
        confirmed = await client.post(base, data={"action": "confirm", "version": "3"})
        assert confirmed.headers["location"] == f"{base}?done=confirmed"
        assert "Confirmed: 3 teams" in (await client.get(base)).text
        await client.post("/language", data={"language": "ur"})
        assert (await client.get(base)).status_code == 200
    async with platform.browser("classmate") as client:
        assert "Accepted" in (await client.get(f"/applications/{application}")).text


async def test_nonsense_breaks_nothing(platform: Platform, briefs: dict[str, UUID]) -> None:
    base = f"/hub/matching/{platform.network.hub_id}"
    nobody = UUID(int=0)
    async with platform.browser("outsider") as client, platform.browser("instructor") as staff:
        for nonsense in NONSENSE.values():
            typed = nonsense.encode("utf-8", "surrogatepass")
            for path, fields in (
                (f"/briefs/{briefs['other']}/apply", ("action", "team", "statement")),
                (f"/teams/{nobody}/applications", (f"place-{nobody}", "place-x")),
                (f"/applications/{nobody}", ("action", "version", "statement")),
                (f"/briefs/{briefs['other']}/applicants", (f"place-{nobody}", f"refuse-{nobody}")),
            ):
                answer = await client.post(path, data=dict.fromkeys(fields, typed))
                assert answer.status_code in {303, 400, 404, 409, 422}, (path, answer.status_code)
            for path, fields in (
                (base, ("action", "brief", "version")),
                (f"{base}/edits", ("application_id", "decision", "version")),
                (f"{base}/assignments", ("brief_id", "name", "emails", "version")),
                (f"{base}/cap", ("most",)),
            ):
                answer = await staff.post(path, data=dict.fromkeys(fields, typed))
                assert answer.status_code in {303, 400, 404, 409, 422}, (path, answer.status_code)
