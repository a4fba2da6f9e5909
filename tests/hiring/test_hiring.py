"""A profile is closed until its learner opens it, and at once when they close it; views are kept."""

import asyncio
import re
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from darsgah.credentials import service
from darsgah.db.columns import new_id
from tests.credentials.awarding import ISSUING, award
from tests.network import Platform
from tests.organisations.acting import acting, decide, mentor, mine

OPEN = {"is_open": True, "headline": "Looks for work with sensors", "skills": ["Python", "Sensors"]}
OWN = "/api/v1/me/hiring-profile"


async def opened(platform: Platform, name: str = "learner", **changes: Any) -> str:  # noqa: ANN401 # its fields
    """Open somebody's profile; its id as organisations find it, by a skill of its own."""
    skill = uuid4().hex
    async with platform.program(name) as client:
        version = (await client.get(OWN)).json()["version"]
        body = {**OPEN, "skills": ["Python", skill], "version": version, **changes}
        assert (await client.put(OWN, json=body)).status_code == 200
    return skill


async def find(client: httpx.AsyncClient, skill: str) -> list[dict[str, Any]]:
    """The open profiles with a skill."""
    answer = await client.get("/api/v1/hiring/profiles", params={"skill": skill.upper()})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["profiles"]
    return found


async def test_off_by_default_opened_seen_logged_and_closed_at_once(platform: Platform) -> None:
    owner, organisation_id, _ = await acting(platform, "Larkana Labs")
    async with platform.program("learner") as learner:
        assert await find(owner, "a\x00b") == []
        own = (await learner.get(OWN)).json()
        assert (own["is_open"], own["version"]) == (False, 0)
        nothing = await learner.put(OWN, json={"version": 0, "is_open": True})
        assert nothing.status_code == 422
        skill = await opened(platform)
        (line,) = await find(owner, skill)
        assert "name" not in line
        assert (await learner.get(f"{OWN}/views")).json()["views"] == []
        address = f"/api/v1/hiring/profiles/{line['id']}"
        seen = await owner.get(address)
        assert (seen.json()["name"], seen.json()["headline"]) == ("Learner", OPEN["headline"])
        assert "@" not in seen.text
        assert str(platform.network.people["learner"].account_id) not in seen.text
        (view,) = (await learner.get(f"{OWN}/views")).json()["views"]
        assert (view["organisation_id"], view["organisation"]) == (organisation_id, "Larkana Labs")
        page = await owner.get(f"/hiring/profiles/{line['id']}")
        assert OPEN["headline"] in page.text
        assert len((await learner.get(f"{OWN}/views")).json()["views"]) == 2
        assert (await learner.delete(f"{OWN}/open")).status_code == 204
        for gone in (address, f"/hiring/profiles/{line['id']}"):
            assert (await owner.get(gone)).status_code == 404
        assert (await owner.post(f"{address}/messages", json={"body": "Hello"})).status_code == 404
        assert await find(owner, skill) == []
        assert len((await learner.get(f"{OWN}/views")).json()["views"]) == 2
        kept = (await learner.get(OWN)).json()
        assert (kept["is_open"], kept["headline"]) == (False, OPEN["headline"])
    await owner.aclose()


async def test_only_verified_organisations_look(platform: Platform) -> None:
    owner, organisation_id, mentor_id = await acting(platform, "Multan Metals")
    waiting = await mentor(platform, "Bannu Bakery")
    skill = await opened(platform, "classmate")
    (line,) = await find(owner, skill)
    address = f"/api/v1/hiring/profiles/{line['id']}"
    assert (await waiting.get(address)).status_code == 404
    for name, status in (("hub_admin", 403), ("learner", 403), ("mentor", 404)):
        async with platform.program(name) as other:
            assert (await other.get(address)).status_code == status
            assert (await other.get("/hiring")).status_code == status
    await decide(platform, "organisations", organisation_id, "suspended")
    assert (await owner.get(address)).status_code == 404
    assert (await owner.get("/api/v1/hiring/profiles")).status_code == 404
    await decide(platform, "organisations", organisation_id)
    await decide(platform, "mentors", mentor_id, "suspended")
    assert (await owner.get(address)).status_code == 404
    for client in (owner, waiting):
        await client.aclose()


async def test_an_employer_is_barred_and_nobody_else(platform: Platform) -> None:
    employer, employer_id, _ = await acting(platform, "Rohri Roads")
    other, _, _ = await acting(platform, "Sukkur Software")
    skill = await opened(platform, "classmate")
    (line,) = await find(employer, skill)
    address = f"/api/v1/hiring/profiles/{line['id']}"
    assert (await employer.post(f"{address}/messages", json={"body": "Hi"})).status_code == 204
    async with platform.browser("classmate") as learner:
        wrong = await learner.post("/hiring/me/barred", data={"name": "Rohri Rods"})
        assert wrong.status_code == 422
        assert 'value="Rohri Rods"' in wrong.text
        done = await learner.post("/hiring/me/barred", data={"name": " ROHRI roads"})
        assert done.status_code == 303, done.text
        assert await find(employer, skill) == []
        for gone in (address, f"/hiring/profiles/{line['id']}"):
            assert (await employer.get(gone)).status_code == 404
        assert (await employer.post(f"{address}/messages", json={"body": "Hi"})).status_code == 404
        assert await find(other, skill) == [line]
        assert (await other.get(address)).status_code == 200
        answer = await learner.post(f"/hiring/conversations/{employer_id}", data={"body": "No"})
        assert answer.status_code == 409
        page = (await learner.get("/hiring/me")).text
        (end,) = re.findall(r'action="(/hiring/me/barred/[^"]+/end)"', page)
        assert (await learner.post(end)).status_code == 303
        assert await find(employer, skill) == [line]
        barred = f"{OWN}/barred/{employer_id}"
        assert [(await learner.put(barred)).status_code for _ in range(2)] == [200, 200]
        assert (await employer.get(address)).status_code == 404
        said = (await learner.get(f"{OWN}/barred")).json()
        assert [one["organisation"] for one in said["organisations"]] == ["Rohri Roads"]
        assert [one["barred"] for one in said["changes"]] == [True, False, True]
        assert (await learner.put(f"{OWN}/barred/{uuid4()}")).status_code == 404
    for client in (employer, other):
        await client.aclose()


async def test_writing_through_the_platform(platform: Platform) -> None:
    owner, organisation_id, mentor_id = await acting(platform, "Nowshera Nets")
    stranger, _, _ = await acting(platform, "Other Office")
    skill = await opened(platform, "outsider")
    (line,) = await find(owner, skill)
    write = f"/api/v1/hiring/profiles/{line['id']}/messages"
    answer = f"/api/v1/me/hiring-conversations/{organisation_id}"
    async with platform.program("outsider") as learner:
        assert (await learner.post(answer, json={"body": "Before"})).status_code == 404
        for number in range(3):
            assert (await owner.post(write, json={"body": f"Hello {number}"})).status_code == 204
        assert (await owner.post(write, json={"body": "Again"})).status_code == 429
        assert (await owner.post(write, json={"body": "  "})).status_code in {422, 429}
        kinds = [one["kind"] for one in (await learner.get("/api/v1/notices")).json()["notices"]]
        assert kinds.count("hiring_message") == 3
        said = await learner.post(answer, json={"body": "<script>alert(1)</script> Yes"})
        assert [one["by_learner"] for one in said.json()["messages"]] == [False, False, False, True]
        page = (await learner.get(f"/hiring/conversations/{organisation_id}")).text
        assert "<script>alert(1)" not in page
        (told, *_) = (await owner.get("/api/v1/notices")).json()["notices"]
        assert told["kind"] == "hiring_answer"
        assert (await owner.post(write, json={"body": "Good"})).status_code == 204
        read = await owner.get(f"/api/v1/hiring/profiles/{line['id']}")
        assert len(read.json()["messages"]) == 5
        assert "@" not in read.text
        other = await stranger.get(f"/api/v1/hiring/profiles/{line['id']}")
        assert other.json()["messages"] == []
        (kept,) = (await learner.get("/api/v1/me/hiring-conversations")).json()
        assert kept["organisation"] == "Nowshera Nets"
        assert (await learner.get(f"/api/v1/me/hiring-conversations/{uuid4()}")).status_code == 404
        assert (await decide(platform, "mentors", mentor_id, "suspended")).status_code == 201
        assert (await learner.post(answer, json={"body": "Are you there?"})).status_code == 201
        kinds = [one["kind"] for one in (await owner.get("/api/v1/notices")).json()["notices"]]
        assert kinds.count("hiring_answer") == 1, "who no longer acts for it is told nothing more"
    for client in (owner, stranger):
        await client.aclose()


async def test_messages_at_once_do_not_pass_the_limit(platform: Platform) -> None:
    owner, _, _ = await acting(platform, "Okara Oils")
    (line,) = await find(owner, await opened(platform, "other_learner"))
    write = f"/api/v1/hiring/profiles/{line['id']}/messages"
    answers = await asyncio.gather(*(owner.post(write, json={"body": "Hi"}) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [204, 204, 204, 429, 429]
    await owner.aclose()


async def test_public_credentials_that_count_are_shown_and_no_others(platform: Platform) -> None:
    network = platform.network
    owner, _, _ = await acting(platform, "Qasim Quarries")
    async with platform.database.begin() as session:
        made = [
            await service.award(session, ISSUING, award(network, "classmate", reference=f"project {number}"))
            for number in range(3)
        ]
        learner = network.people["classmate"]
        for credential_id in made[:2]:
            await service.make_public(session, learner, credential_id, public=True)
        await service.revoke(session, network.people["hub_admin"], made[1], "By mistake.")
    (line,) = await find(owner, await opened(platform, "classmate"))
    seen = (await owner.get(f"/api/v1/hiring/profiles/{line['id']}")).json()
    assert [one["id"] for one in seen["credentials"]] == [str(made[0])]
    assert (seen["credentials"][0]["name"], seen["credentials"][0]["trl"]) == ("Flood maps for a ward", 4)
    page = (await owner.get(f"/hiring/profiles/{line['id']}")).text
    assert f"/credentials/{made[0]}" in page
    assert str(made[2]) not in page
    await owner.aclose()


async def test_pages_keep_what_was_typed(platform: Platform) -> None:
    async with platform.browser("classmate") as browser:
        version = (await browser.get(OWN)).json()["version"]
        form = {"version": version, "is_open": "true", "headline": "", "about": "Typed", "skills": "a, b"}
        refused = await browser.post("/hiring/me", data=form)
        assert refused.status_code == 422
        assert "Typed" in refused.text
        long = await browser.post("/hiring/me", data={**form, "headline": "x", "skills": "y" * 61})
        assert long.status_code == 422
        nonsense = await browser.post("/hiring/me", data={**form, "headline": "x", "projects": "z"})
        assert nonsense.status_code == 422
        saved = await browser.post("/hiring/me", data={**form, "headline": "Builds"})
        assert saved.headers["location"] == "/hiring/me?done=saved"
        stale = await browser.post("/hiring/me", data={**form, "headline": "Other"})
        assert stale.status_code == 409
        assert 'value="Other"' in stale.text
        version += 1
        closed = await browser.post(
            "/hiring/me", data={"version": version, "is_open": "false", "headline": "B"}
        )
        assert closed.headers["location"] == "/hiring/me?done=closed"
        foreign = {"version": version + 1, "is_open": False, "projects": [str(new_id())]}
        assert (await browser.put(OWN, json=foreign)).json()["projects"] == []


@pytest.mark.parametrize("table", ["hiring_view", "hiring_message", "hiring_bar"])
async def test_views_and_messages_are_only_added(platform: Platform, table: str) -> None:
    owner, _, _ = await acting(platform, f"Keeper of {table}")
    (line,) = await find(owner, await opened(platform, "learner"))
    await owner.post(f"/api/v1/hiring/profiles/{line['id']}/messages", json={"body": "Hi"})
    await owner.get(f"/api/v1/hiring/profiles/{line['id']}")
    async with platform.program("learner") as learner:
        assert (await learner.post(f"{OWN}/barred", json={"name": f"Keeper of {table}"})).status_code == 200
    with pytest.raises(DBAPIError, match="only added"):
        async with platform.database.begin() as session:
            await session.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 # a constant
    assert UUID((await mine(owner))["organisation"]["id"])
    await owner.aclose()
