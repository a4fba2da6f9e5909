"""The pages of mentors, organisations and who verifies them: whole, with what was typed kept."""

from uuid import uuid4

import httpx

from tests.network import HUB, PASSWORD, Platform
from tests.organisations.acting import acting, decide, mentor, mine

FORM = {
    "display_name": "Zahra",
    "password": PASSWORD,
    "hub": HUB,
    "country": "GB",
    "timezone": "Europe/London",
    "headline": "Ships",
    "organisation": "Hub River Hulls",
    "organisation_website": "hulls.example.org",
}


def main(answer: httpx.Response) -> str:
    """What a page shows between its header and its footer."""
    return answer.text.partition("<main")[2].partition("</main>")[0]


async def test_signing_up_as_a_mentor_step_by_step(platform: Platform) -> None:
    async with platform.browser() as client:
        page = await client.get("/mentors/sign-up")
        assert "Europe/London (UTC" in page.text
        wrong = await client.post("/mentors/sign-up", data={**FORM, "email": "no address", "timezone": "x"})
        assert wrong.status_code == 422
        assert 'value="Hub River Hulls"' in wrong.text
        assert "Ships" in wrong.text
        assert PASSWORD not in wrong.text
        email = f"{uuid4().hex}@mentors.example.org"
        done = await client.post("/mentors/sign-up", data={**FORM, "email": email})
        assert (done.status_code, done.headers["location"]) == (303, "/mentors/me?done=welcome")
        place = await client.get("/mentors/me?done=welcome")
        assert "Europe/London" in main(place)
        assert "PKT" in main(place)
        taken = await client.get("/mentors/sign-up")
        assert taken.headers["location"] == "/mentors/me"
        mine = (await client.get("/api/v1/me/mentor")).json()
        assert mine["organisation"]["website"] == "https://hulls.example.org"
        version = mine["mentor"]["version"]
        profile = {"version": version, "country": "CA", "timezone": "America/Toronto", "headline": "Boats"}
        assert (await client.post("/mentors/me", data=profile)).status_code == 303
        stale = await client.post("/mentors/me", data={**profile, "headline": "Rafts"})
        assert stale.status_code == 409
        assert 'value="Rafts"' in stale.text
    async with platform.browser() as again:
        refused = await again.post("/mentors/sign-up", data={**FORM, "email": email})
        assert refused.status_code == 409


async def test_a_hub_verifies_with_what_it_looked_at(platform: Platform) -> None:
    client = await mentor(platform, "Makran Motors")
    found = await mine(client)
    await client.aclose()
    for kind, subject in (
        ("organisations", found["organisation"]["id"]),
        ("mentors", found["mentor"]["account_id"]),
    ):
        address = f"/hub/{kind}/{subject}"
        async with platform.browser("hub_admin") as admin:
            assert address in (await admin.get(f"/hub/{kind}")).text
            nothing = await admin.post(address, data={"decision": "verified", "version": 1, "note": "Typed"})
            assert nothing.status_code == 422
            assert "Typed" in nothing.text
            unsaid = await admin.post(address, data={"decision": "refused", "version": 1, "note": " "})
            assert unsaid.status_code == 422
            ticked = {"decision": "verified", "version": 1, "looked_at": ["website", "call"], "note": "Fine"}
            assert (await admin.post(address, data=ticked)).status_code == 303
            shown = main(await admin.get(f"{address}?done=true"))
            assert "Its website" in shown
            assert "Fine" in shown
            assert (await admin.post(address, data=ticked)).status_code == 409
        async with platform.browser("other_hub_admin") as elsewhere:
            assert (await elsewhere.get(address)).status_code == 404
            assert address not in (await elsewhere.get(f"/hub/{kind}?standing=verified")).text
            assert (await elsewhere.post(address, data=ticked)).status_code == 404


async def test_owners_change_and_invite_on_pages(platform: Platform) -> None:
    owner, organisation_id, mentor_id = await acting(platform, "Thar Textiles")
    token = owner.headers["authorization"].partition(" ")[2]
    base = f"/organisations/{organisation_id}"
    async with platform.browser() as browser:
        browser.cookies.set("darsgah_session", token)
        await browser.get("/today")
        browser.headers["x-csrf-token"] = browser.cookies["darsgah_csrf"]
        assert (await browser.get(f"{base}/edit")).status_code == 200
        wrong = {"version": 2, "name": "", "country": "PK", "about": "Kept"}
        refused = await browser.post(f"{base}/edit", data=wrong)
        assert refused.status_code == 422
        assert "Kept" in refused.text
        nowhere = await browser.post(f"{base}/invitations", data={"email": "no address"})
        assert nowhere.status_code == 422
        assert 'value="no address"' in nowhere.text
        made = await browser.post(f"{base}/invitations", data={"email": "other-instructor@example.org"})
        link = made.text.partition("http://darsgah.test")[2].partition("</pre>")[0].strip()
        assert link.startswith("/organisations/invitations/")
        assert link not in (await browser.get(f"{base}/people")).text
        leaving = await browser.post(f"{base}/people/{mentor_id}", data={"action": "remove"})
        assert leaving.status_code == 409
        assert (await browser.post(f"{base}/people/{mentor_id}", data={"action": "?"})).status_code == 422
    async with platform.browser() as guest:
        assert "Thar Textiles" in (await guest.get(link)).text
    async with platform.browser("learner") as other:
        assert "for an account with another e-mail address" in main(await other.get(link))
        assert (await other.post(link)).status_code == 403
    async with platform.browser("other_instructor") as guest:
        joined = await guest.post(link)
        assert joined.headers["location"] == "/mentors/sign-up"
        assert "Thar Textiles" in main(await guest.get("/mentors/sign-up"))
    await owner.aclose()


async def test_every_page_is_whole(platform: Platform) -> None:
    owner, organisation_id, mentor_id = await acting(platform, "Zhob Zinc")
    await decide(platform, "organisations", organisation_id, "suspended")
    cookies = {"darsgah_session": owner.headers["authorization"].partition(" ")[2]}
    async with platform.browser("network_admin") as admin, platform.client(cookies=cookies) as own:
        for client, path in (
            (admin, "/hub/organisations?standing=suspended"),
            (admin, f"/hub/organisations/{organisation_id}"),
            (admin, "/hub/mentors?standing=verified"),
            (admin, f"/hub/mentors/{mentor_id}"),
            (admin, "/hub/mentors?standing=nonsense"),
            (admin, "/organisations"),
            (admin, "/notices"),
            (own, "/mentors/me"),
            (own, f"/organisations/{organisation_id}"),
            (own, f"/organisations/{organisation_id}/people"),
            (own, f"/organisations/{organisation_id}/edit"),
        ):
            page = await client.get(path)
            assert page.status_code == 200, path
            assert "<h1" in page.text
    await owner.aclose()
