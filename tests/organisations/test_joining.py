"""Signing up as a mentor, naming, founding and changing an organisation, and inviting colleagues."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa

from darsgah.access import Role
from darsgah.accounts import service as accounts
from darsgah.accounts.models import Account
from darsgah.db.columns import now
from darsgah.hubs import service as hubs
from darsgah.organisations import service
from darsgah.organisations.lookalikes import mixed_words, shape
from darsgah.organisations.models import OrganisationInvitation
from darsgah.organisations.names import countries, name_key, zones
from tests.network import PASSWORD, Platform
from tests.organisations.acting import PROFILE, acting, becoming, decide, mentor, mine


async def test_a_mentor_abroad_founds_an_organisation_and_acts_once_both_are_verified(
    platform: Platform,
) -> None:
    email = "zahra@indus.example.org"
    body = {"email": email, "password": PASSWORD, "display_name": "Zahra"}
    async with platform.client() as client:
        made = await client.post("/api/v1/mentors", json={**body, "mentor": becoming("Indus Shipping")})
        assert made.status_code == 201, made.text
        started = await client.post("/api/v1/sessions", json={"email": email, "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {started.json()['token']}"
        await seen_from_sign_up_to_verification(platform, client, email)


async def seen_from_sign_up_to_verification(
    platform: Platform, client: httpx.AsyncClient, email: str
) -> None:
    found = await mine(client)
    organisation_id, mentor_id = found["organisation"]["id"], UUID(found["mentor"]["account_id"])
    assert (found["mentor"]["timezone"], found["mentor"]["country"]) == ("Europe/London", "GB")
    assert (found["organisation"]["state"], found["mentor"]["state"]) == ("unverified", "unverified")
    assert (found["member"]["role"], found["member"]["state"]) == ("owner", "active")
    assert found["may_act"] is False
    async with platform.database.begin() as session:
        account = await accounts.existing_account(session, email)
        assert (Role.MENTOR, platform.network.hub_id) in await hubs.grants(session, account.id)
    async with platform.client() as stranger:
        assert (await stranger.get(f"/api/v1/organisations/{organisation_id}")).status_code == 404
    async with platform.program("hub_admin") as admin:
        kinds = {one["kind"] for one in (await admin.get("/api/v1/notices")).json()["notices"]}
        assert {"mentor_signed_up", "organisation_founded"} <= kinds
    assert (await decide(platform, "organisations", organisation_id)).status_code == 201
    assert (await mine(client))["may_act"] is False
    assert (await decide(platform, "mentors", mentor_id)).status_code == 201
    assert (await mine(client))["may_act"] is True
    async with platform.client() as stranger:
        seen = (await stranger.get(f"/api/v1/organisations/{organisation_id}")).json()
        assert (seen["name"], seen["state"]) == ("Indus Shipping", "verified")
        assert email not in (await stranger.get(f"/organisations/{organisation_id}")).text
    async with platform.database.begin() as session:
        standing = await service.standing(session, mentor_id)
        decision = await service.latest_decision(session, mentor_id=mentor_id)
    assert standing
    assert (standing.may_act, standing.timezone) == (True, "Europe/London")
    assert decision
    assert [one.value for one in decision.looked_at] == ["call", "website"]


async def test_an_account_becomes_a_mentor_once(platform: Platform) -> None:
    async with platform.program("outsider") as client:
        assert (await client.get("/api/v1/me/mentor")).status_code == 404
        assert (
            await client.post("/api/v1/organisations", json={"name": "A", "country": "PK"})
        ).status_code == 404
        assert (await client.post("/api/v1/me/mentor", json=becoming("Outsider Works"))).status_code == 201
        again = await client.post("/api/v1/me/mentor", json=becoming("Outsider Works"))
        assert (again.status_code, again.json()["code"]) == (409, "mentor_already")
        another = await client.post("/api/v1/organisations", json={"name": "A", "country": "PK"})
        assert (another.status_code, another.json()["code"]) == (409, "acts_elsewhere")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hub": "nowhere"}, "hub"),
        ({"profile": PROFILE | {"timezone": "Mars/Olympus"}}, "timezone"),
        ({"profile": PROFILE | {"timezone": "/etc/passwd"}}, "timezone"),
        ({"profile": PROFILE | {"country": "ZZ"}}, "country"),
        ({"organisation": " \u200b "}, "organisation"),
        ({"organisation_website": "javascript:alert(1)"}, "organisation_website"),
        ({"organisation_country": "QQ"}, "organisation_country"),
    ],
)
async def test_what_cannot_be_makes_no_account(
    platform: Platform, changes: dict[str, object], field: str
) -> None:
    email = f"{uuid4().hex}@mentors.example.org"
    body = {
        "email": email,
        "password": PASSWORD,
        "display_name": "Z",
        "mentor": becoming("Nobody", **changes),
    }
    async with platform.client() as client:
        answer = await client.post("/api/v1/mentors", json=body)
        assert answer.status_code == 422, answer.text
        assert field in answer.json()["fields"]
    async with platform.database.begin() as session:
        assert await accounts.account_named(session, email) is None


async def test_who_names_an_organisation_that_is_there_waits_for_its_owner(platform: Platform) -> None:
    owner, organisation_id, _ = await acting(platform, "Ravi Robotics")
    colleague = await mentor(platform, "  RAVI\u200b   robotics ")
    found = await mine(colleague)
    assert (found["organisation"]["id"], found["member"]["state"]) == (organisation_id, "asked")
    mentor_id = found["mentor"]["account_id"]
    await decide(platform, "mentors", mentor_id)
    assert (await mine(colleague))["may_act"] is False
    address = f"/api/v1/organisations/{organisation_id}/people"
    assert (await colleague.get(address)).status_code == 404
    assert (await colleague.post(f"{address}/{mentor_id}", json={"accept": True})).status_code == 404
    assert (await owner.post(f"{address}/{mentor_id}", json={"accept": True})).status_code == 204
    assert (await owner.post(f"{address}/{mentor_id}", json={"accept": True})).status_code == 409
    assert (await mine(colleague))["may_act"] is True
    assert {one["role"] for one in (await colleague.get(address)).json()["members"]} == {"owner", "mentor"}
    refused = await mentor(platform, "Ravi Robotics")
    other = (await mine(refused))["mentor"]["account_id"]
    assert (await owner.post(f"{address}/{other}", json={"accept": False})).status_code == 204
    left = await mine(refused)
    assert (left["organisation"], left["may_act"]) == (None, False)
    assert (
        await refused.post("/api/v1/organisations", json={"name": "Own", "country": "PK"})
    ).status_code == 201
    for client in (owner, colleague, refused):
        await client.aclose()


async def test_an_invitation_is_used_once_by_whose_address_it_names(platform: Platform) -> None:
    owner, organisation_id, _ = await acting(platform, "Chenab Chips")
    address = f"/api/v1/organisations/{organisation_id}/invitations"
    known = await owner.post(address, json={"email": "instructor@example.org"})
    unknown = await owner.post(address, json={"email": "Guest.Of@example.org"})
    assert known.json().keys() == unknown.json().keys()
    assert known.json()["invitation"].keys() == unknown.json()["invitation"].keys()
    async with platform.program("instructor") as instructor:
        kinds = [one["kind"] for one in (await instructor.get("/api/v1/notices")).json()["notices"]]
        assert "organisation_invitation" in kinds
        made = f"/api/v1/me/organisation-invitations/{known.json()['invitation']['id']}"
        async with platform.program("learner") as other:
            assert (await other.post(made, json={"accept": True})).status_code == 404
        assert (await instructor.post(made, json={"accept": True})).status_code == 204
        assert (await instructor.post(made, json={"accept": True})).status_code == 409
        joined = await instructor.post("/api/v1/me/mentor", json=becoming(""))
        assert joined.json()["organisation_id"] == organisation_id
    secret = unknown.json()["link"].rpartition("/")[2]
    async with platform.database.begin() as session:
        guest_account = platform.network.people["classmate"].account_id
        named = sa.update(Account).where(Account.id == guest_account)
        await session.execute(named.values(email="guest.of@example.org"))
    async with platform.program("classmate") as guest, platform.program("learner") as late:
        use = "/api/v1/me/organisation-invitations"
        passed_on = await late.post(use, json={"secret": secret})
        assert (passed_on.status_code, passed_on.json()["code"]) == (403, "invitation_for_another")
        assert (await guest.post(use, json={"secret": "x"})).status_code == 404
        assert (await guest.post(use, json={"secret": secret})).status_code == 200
        assert (await late.post(use, json={"secret": secret})).status_code == 409
    withdrawn = (await owner.post(address, json={"email": "b@example.org"})).json()
    assert (await owner.delete(f"{address}/{withdrawn['invitation']['id']}")).status_code == 204
    old = (await owner.post(address, json={"email": "c@example.org"})).json()
    async with platform.database.begin() as session:
        await session.execute(
            sa.update(OrganisationInvitation)
            .where(OrganisationInvitation.id == UUID(old["invitation"]["id"]))
            .values(expires_at=now() - timedelta(seconds=1))
        )
    async with platform.program("learner") as late:
        for over in (withdrawn, old):
            answer = await late.post(use, json={"secret": over["link"].rpartition("/")[2]})
            assert (answer.status_code, answer.json()["code"]) == (409, "invitation_over")
    assert (await owner.get(f"/api/v1/organisations/{organisation_id}/people")).json()["invitations"] == []
    await owner.aclose()


@pytest.mark.parametrize(
    "name", ["\u0405wat \u0405olar", "SWAT S0LAR", "Sw\u0430t Solar", "Swat SoIar", "Svvat Solar"]
)
def test_names_that_look_alike(name: str) -> None:
    assert shape(name) == shape("Swat Solar")
    assert name_key(name) != name_key("Swat Solar")
    assert shape("Swat Silver") != shape("Swat Solar")
    assert mixed_words("Sw\u0430t Solar سوات \u0421\u0443\u0445") == ["Sw\u0430t"]


async def test_who_verifies_is_told_of_a_name_that_looks_like_anothers(platform: Platform) -> None:
    owner, organisation_id, _ = await acting(platform, "Mianwali Mills")
    other = await mentor(platform, "Mianwa1i Mi11s")
    place = (await mine(other))["organisation"]
    async with platform.browser("hub_admin") as admin:
        case = (await admin.get(f"/api/v1/hub/organisations/{place['id']}")).json()
        assert case["findings"] == [
            {"code": "looks_like", "name": "Mianwali Mills", "organisation_id": organisation_id}
        ]
        page = (await admin.get(f"/hub/organisations/{place['id']}")).text
        assert "Its name looks like that of another organisation, <bdi>Mianwali Mills</bdi>" in page
        told = (await admin.get("/api/v1/notices")).json()["notices"]
        assert "organisation_lookalike" in {one["kind"] for one in told}
    for client in (owner, other):
        await client.aclose()


async def test_a_form_that_is_sent_twice_names_an_organisation_once(platform: Platform) -> None:
    for there in ("Ravi Mills", "Chenab Mills"):
        await (await mentor(platform, there)).aclose()
    client = await mentor(platform, "Ravi Mills")
    try:
        found = await mine(client)
        place = f"/api/v1/organisations/{found['organisation']['id']}/people/{found['mentor']['account_id']}"
        assert (await client.delete(place)).status_code == 204
        wanted = {"name": "Chenab Mills", "country": "PK"}
        answers = await asyncio.gather(*(client.post("/api/v1/organisations", json=wanted) for _ in range(2)))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
    finally:
        await client.aclose()


async def test_somebody_elses_organisation_is_not_there(platform: Platform) -> None:
    owner, organisation_id, mentor_id = await acting(platform, "Jhelum Joinery")
    stranger, _, stranger_id = await acting(platform, "Sutlej Steel")
    base = f"/api/v1/organisations/{organisation_id}"
    change = {"version": 1, "profile": {"name": "Mine now", "country": "PK"}}
    invited = (await owner.post(f"{base}/invitations", json={"email": "x@example.org"})).json()
    tried = [
        await stranger.put(base, json=change),
        await stranger.get(f"{base}/people"),
        await stranger.post(f"{base}/invitations", json={"email": "a@example.org"}),
        await stranger.delete(f"{base}/invitations/{invited['invitation']['id']}"),
        await stranger.delete(f"{base}/people/{mentor_id}"),
        await stranger.put(f"{base}/owners/{stranger_id}"),
        await owner.put(f"{base}/owners/{stranger_id}"),
        await owner.delete(f"{base}/people/{stranger_id}"),
    ]
    assert [answer.status_code for answer in tried] == [404] * len(tried)
    for client in (owner, stranger):
        await client.aclose()


async def test_two_owners_who_change_at_once_do_not_overwrite_each_other(platform: Platform) -> None:
    owner, organisation_id, _ = await acting(platform, "Kabul Kilns")
    address = f"/api/v1/organisations/{organisation_id}"
    seen = (await owner.get(address)).json()
    words = {"name": "Kabul Kilns", "country": "GB", "about": "Bricks."}
    first = await owner.put(address, json={"version": seen["version"], "profile": words})
    assert (first.status_code, first.json()["state"]) == (200, "verified")
    second = await owner.put(address, json={"version": seen["version"], "profile": words})
    assert (second.status_code, second.json()["code"]) == (409, "changed_meanwhile")
    await owner.aclose()


async def test_script_in_markdown_and_names_stays_text(platform: Platform) -> None:
    owner, organisation_id, _ = await acting(platform, "<script>alert(1)</script> Works")
    address = f"/api/v1/organisations/{organisation_id}"
    seen = (await owner.get(address)).json()
    about = "<script>alert(2)</script> **Bold** [x](javascript:alert(3)) <img src=x onerror=alert(4)>"
    words = {"name": seen["name"], "country": seen["country"], "about": about}
    assert (await owner.put(address, json={"version": seen["version"], "profile": words})).status_code == 200
    async with platform.client() as stranger:
        page = (await stranger.get(f"/organisations/{organisation_id}")).text
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "<script" not in main
    assert 'href="javascript' not in main
    assert "<img" not in main
    assert "<strong>Bold</strong>" in main
    await owner.aclose()


def test_names_are_compared_as_people_read_them() -> None:
    assert name_key("  Indus\u200b  Works ") == name_key("INDUS WORKS") == name_key("Indus-Works")
    assert name_key("Café") == name_key("CAFE\u0301")
    assert name_key("\u0643\u064a") == name_key("\u06a9\u06cc")
    assert name_key("\u0627\u0646\u062f\u0633") != name_key("Indus")
    assert name_key(" \u200b!") == ""


def test_lists_to_choose_from() -> None:
    assert {"Asia/Karachi", "Europe/London", "America/Toronto", "UTC"} <= set(zones())
    english, urdu = dict(countries("en")), dict(countries("ur"))
    assert (english["PK"], urdu["PK"]) == ("Pakistan", "پاکستان")
    assert len(english) > 200
