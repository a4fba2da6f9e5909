"""A hackathon from its draft to its credentials, and what each may not do on the way."""

import re
from datetime import timedelta

import pytest

from darsgah.credentials import service as credentials
from darsgah.credentials.issuing import Issuing
from darsgah.db.columns import now
from darsgah.errors import MalformedInput
from darsgah.hackathons import forms
from darsgah.hackathons.tasks import HackathonTasks
from tests.hackathons.holding import (
    HACKATHONS,
    SCRIPT,
    handed_in,
    judge,
    let_end,
    mark_all,
    plan,
    published,
    signed_up,
    team,
)
from tests.network import Platform


async def test_from_a_draft_to_credentials(platform: Platform) -> None:
    hackathon = await published(platform)
    place = f"{HACKATHONS}/{hackathon['id']}"
    async with platform.program("learner") as one, platform.program("other_learner") as other:
        await handed_in(one, hackathon, "Ravi")
        await handed_in(other, hackathon, "Hingol")
    await judge(platform, hackathon, "instructor", "mentor", "auditor")
    async with platform.program("network_admin") as admin:
        early = await admin.post(f"{place}/dealing")
        assert early.json()["code"] == "not_in_this_phase", "only after the deadline"
        await let_end(platform, hackathon["id"])
        assert (await admin.post(f"{place}/dealing")).json() == {"added": 4, "lacking": 0}
        assert (await admin.post(f"{place}/dealing")).json() == {"added": 0, "lacking": 0}
        missing = await admin.post(f"{place}/results")
        assert (missing.status_code, missing.json()["code"]) == (409, "scores_missing")
        for name in ("instructor", "mentor", "auditor"):
            await mark_all(
                platform, hackathon["id"], name, {"Work of Ravi": [3, 3], "Work of Hingol": [5, 2]}
            )
        results = (await admin.post(f"{place}/results")).json()
    first, second = results["results"][0]["places"]
    assert (first["team"], first["place"], first["mean"]) == ("Hingol", 1, 4.0), "the first mark counts twice"
    assert (second["members"], second["judges"], second["mean"]) == (["Learner"], 2, 3.0)
    assert results["results"][1]["places"] == []
    async with platform.client() as stranger:
        page = await stranger.get(f"/hackathons/{hackathon['id']}")
        assert "Hingol" in page.text
        entry = await stranger.get(f"/hackathons/{hackathon['id']}/entries/{first['entry_id']}")
        assert "Work of Hingol" in entry.text
        assert SCRIPT not in page.text + entry.text
        assert 'href="javascript' not in entry.text
        told = (await stranger.get(f"{place}/entries/{first['entry_id']}/result")).json()
        assert (told["place"]["team"], told["summary"]) == ("Hingol", SCRIPT)
    async with platform.program("mentor") as late:
        (judged, *_) = (await late.get(f"{place}/judging")).json()["judgements"]
        refused = await late.put(f"{place}/judging/{judged['id']}", json={"marks": [1, 1]})
        assert (refused.status_code, refused.json()["code"]) == (403, "judging_over")
    tasks = HackathonTasks(platform.database, Issuing.of(platform.settings), platform.settings.site)
    await tasks.award(hackathon["id"])
    await tasks.award(hackathon["id"])
    async with platform.database.begin() as session:
        learner = platform.network.people["other_learner"]
        held = await credentials.own_credentials(session, Issuing.of(platform.settings).addresses, learner)
    (credential,) = held.credentials
    assert credential.achievement.name == "Water for Karachi, Leaks"
    assert [(one.name, one.value) for one in credential.results] == [("Score", "4.00"), ("Place", "1")]


async def test_the_deadline_is_the_servers(platform: Platform) -> None:
    hackathon = await published(platform)
    async with platform.program("learner") as client:
        entry = await signed_up(client, hackathon, "Late")
        place = f"{HACKATHONS}/{hackathon['id']}/entries/{entry['id']}"
        empty = await client.post(f"{place}/submission")
        assert (empty.status_code, empty.json()["code"]) == (409, "entry_incomplete")
        text = {"version": 1, "title": "A", "summary": "B"}
        assert (await client.put(place, json=text)).status_code == 200
        stale = await client.put(place, json=text)
        assert (stale.status_code, stale.json()["code"]) == (409, "hackathon_changed")
        await let_end(platform, hackathon["id"])
        for late in (client.post(f"{place}/submission"), client.put(place, json=text | {"version": 2})):
            answer = await late
            assert (answer.status_code, answer.json()["code"]) == (409, "hackathon_deadline_passed")
    async with platform.program("network_admin") as admin:
        none = await admin.post(f"{HACKATHONS}/{hackathon['id']}/results")
        assert none.json()["code"] == "no_entries"


async def test_before_the_start_nothing_is_handed_in(platform: Platform) -> None:
    hackathon = await published(platform, starts_at=(now() + timedelta(hours=1)).isoformat())
    async with platform.program("learner") as client:
        entry = await signed_up(client, hackathon, "Early")
        place = f"{HACKATHONS}/{hackathon['id']}/entries/{entry['id']}"
        assert (await client.put(place, json={"version": 1, "title": "A", "summary": "B"})).status_code == 200
        answer = await client.post(f"{place}/submission")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_yet_begun")


async def test_who_comes_into_a_second_team_later_hands_in_with_one(platform: Platform) -> None:
    """Teams take people in after sign-up; what they hand in is asked about again."""
    hackathon = await published(platform)
    async with platform.program("learner") as client, platform.program("other_learner") as other:
        await handed_in(other, hackathon, "Chenab")
        entry = await signed_up(client, hackathon, "Soan")
        place = f"{HACKATHONS}/{hackathon['id']}/entries/{entry['id']}"
        text = {"version": 1, "title": "A", "summary": "B"}
        assert (await client.put(place, json=text)).status_code == 200
        link = (await client.put(f"/api/v1/teams/{entry['team_id']}/link")).json()["link_token"]
        joined = await other.post("/api/v1/team-joins", json={"token": link})
        assert joined.status_code == 200, joined.text
        twice = await client.post(f"{place}/submission")
        assert (twice.status_code, twice.json()["code"]) == (409, "already_in")


def test_names_of_the_form_have_no_signs_that_are_not_seen() -> None:
    """What is typed a line each stands in signed credentials as the name does."""
    at = dict.fromkeys(forms.MOMENTS, "2026-11-23T10:00")
    typed = {"name": "H", "about": "a", "rules": "r", "tracks": "Leaks", "criteria": "Use", **at}
    typed |= {"team_least": "1", "team_most": "2", "judges_each": "2"}
    assert forms.read(typed, {}).tracks[0].name == "Leaks"
    for field, line in (("tracks", "Le\u202eaks"), ("tracks", "\u200b"), ("criteria", "Use | \u2066x")):
        with pytest.raises(MalformedInput) as refused:
            forms.read(typed | {field: line}, {})
        assert set(refused.value.details["fields"]) == {field}


async def test_nobody_takes_part_twice_or_judges_their_own(platform: Platform) -> None:
    hackathon = await published(platform)
    place = f"{HACKATHONS}/{hackathon['id']}"
    async with platform.program("learner") as client, platform.program("classmate") as other:
        await handed_in(client, hackathon, "First")
        again = {
            "team_id": await team(client, "Second"),
            "track_id": hackathon["tracks"][1]["id"],
            "accept_rules": True,
        }
        twice = await client.post(f"{place}/entries", json=again)
        assert (twice.status_code, twice.json()["code"]) == (409, "already_in")
        not_accepted = await client.post(f"{place}/entries", json=again | {"accept_rules": False})
        assert not_accepted.status_code == 422
        theirs = await other.get(f"{place}/entries")
        assert theirs.json() == {"entries": []}
    async with platform.program("network_admin") as admin:
        wanted = {"email": "learner@example.org", "track_id": hackathon["tracks"][1]["id"]}
        competing = await admin.post(f"{place}/judges", json=wanted)
        assert (competing.status_code, competing.json()["code"]) == (409, "competing")
        nobody = await admin.post(f"{place}/judges", json=wanted | {"email": "nobody@example.org"})
        assert nobody.json()["code"] == "judge_without_account"
        asked = await admin.post(f"{place}/judges", json=wanted | {"email": "classmate@example.org"})
        assert asked.status_code == 201
    async with platform.program("classmate") as client:
        judging = {
            "team_id": await team(client, "Judges"),
            "track_id": hackathon["tracks"][0]["id"],
            "accept_rules": True,
        }
        answer = await client.post(f"{place}/entries", json=judging)
        assert (answer.status_code, answer.json()["code"]) == (409, "judges_here")


async def test_an_entry_given_back_goes_to_somebody_else(platform: Platform) -> None:
    hackathon = await published(platform, judges_each=1)
    place = f"{HACKATHONS}/{hackathon['id']}"
    async with platform.program("learner") as client:
        await handed_in(client, hackathon, "Only")
    await judge(platform, hackathon, "instructor", "mentor")
    await let_end(platform, hackathon["id"])
    async with platform.program("network_admin") as admin:
        assert (await admin.post(f"{place}/dealing")).json() == {"added": 1, "lacking": 0}
        async with platform.program("instructor") as first, platform.program("mentor") as second:
            (dealt,) = (await first.get(f"{place}/judging")).json()["judgements"]
            assert (await second.get(f"{place}/judging")).json()["judgements"] == []
            others = await second.put(f"{place}/judging/{dealt['id']}", json={"marks": [5, 5]})
            assert others.status_code == 404, "what somebody else was dealt"
            wrong = await first.put(f"{place}/judging/{dealt['id']}", json={"marks": [5]})
            assert wrong.status_code == 422
            back = await first.post(f"{place}/judging/{dealt['id']}/conflict", json={"reason": "My student"})
            assert back.status_code == 204
        assert (await admin.get(f"{place}/organising")).json()["lacking"] == 1
        assert (await admin.post(f"{place}/dealing")).json() == {"added": 1, "lacking": 0}
        async with platform.program("mentor") as second:
            assert len((await second.get(f"{place}/judging")).json()["judgements"]) == 1


async def test_what_teams_signed_up_to_stays(platform: Platform) -> None:
    hackathon = await published(platform)
    place = f"{HACKATHONS}/{hackathon['id']}"
    async with platform.program("network_admin") as admin:
        sent = {
            **plan(), "version": hackathon["version"],
            **{name: hackathon[name] for name in ("sign_up_until", "starts_at", "ends_at")},
        }  # fmt: skip
        for change in ({"ends_at": "9999-12-31T23:59:59Z"}, {"starts_at": "0001-01-01T00:00:00+05:00"}):
            far = await admin.put(place, json=sent | change)
            assert far.json()["fields"].keys() == change.keys(), far.text
        for change in ({"team_most": 3}, {"tracks": [{"name": "Other"}]}, {"criteria": [{"name": "Use"}]}):
            refused = await admin.put(place, json=sent | change)
            assert (refused.status_code, refused.json()["code"]) == (409, "not_in_this_phase"), change
        sooner = (now() + timedelta(hours=2.5)).isoformat()
        earlier = await admin.put(place, json=sent | {"ends_at": sooner})
        assert earlier.status_code == 422
        saved = await admin.put(place, json=sent | {"rules": "Be kinder."})
        assert (saved.status_code, saved.json()["rules"]) == (200, "Be kinder.")
        stale = await admin.put(place, json=sent)
        assert (stale.status_code, stale.json()["code"]) == (409, "hackathon_changed")
    async with platform.program("hub_admin") as other:
        assert (await other.put(place, json=sent)).status_code == 404, "the network's is not a hub's"


async def test_a_draft_is_its_organisers_alone(platform: Platform) -> None:
    async with platform.program("hub_admin") as admin:
        mine = plan(hub_id=str(platform.network.hub_id))
        made = (await admin.post(HACKATHONS, json=mine)).json()
        elsewhere = await admin.post(HACKATHONS, json=plan(hub_id=str(platform.network.other_hub_id)))
        assert elsewhere.status_code == 403
        whole = await admin.post(HACKATHONS, json=plan())
        assert whole.status_code == 403
        assert made["id"] in (await admin.get("/hackathons")).text
    for name in (None, "learner", "other_hub_admin"):
        async with platform.program(name) as client:
            assert (await client.get(f"{HACKATHONS}/{made['id']}")).status_code == 404
            assert made["id"] not in (await client.get("/hackathons")).text


async def test_the_form_keeps_what_was_typed(platform: Platform) -> None:
    year = now().year + 1
    async with platform.browser("hub_admin") as browser:
        form = {
            "name": "Clean air", "name_ur": "صاف ہوا", "hub_id": str(platform.network.hub_id),
            "about": "Measure it.", "rules": "Be kind.",
            "sign_up_until": f"{year}-01-01T10:00", "starts_at": f"{year}-01-01T12:00",
            "ends_at": f"{year}-01-01T11:00",
            "tracks": "Sensors | حساسے\nMaps", "criteria": "Use | فائدہ | 2\nCraft",
            "team_least": "1", "team_most": "4", "judges_each": "2",
        }  # fmt: skip
        refused = await browser.post("/hub/hackathons/new", data=form)
        assert refused.status_code == 422
        assert "This lies before the start." in refused.text
        many = await browser.post("/hub/hackathons/new", data=form | {"judges_each": "10", "team_most": "x"})
        assert "Write a whole number from 1 to 9." in many.text
        assert "Write a whole number from 1 to 12." in many.text
        assert "صاف ہوا" in refused.text
        assert "Sensors | حساسے" in refused.text
        made = await browser.post("/hub/hackathons/new", data=form | {"ends_at": f"{year}-01-02T11:00"})
        assert made.status_code == 303
        place = made.headers["location"].split("?")[0]
        edited = (await browser.get(f"{place}/edit")).text
        assert f'value="{year}-01-01T12:00"' in edited
        assert "Use | فائدہ | 2\nCraft" in edited
        for text in ("", "a | b | 99", "a | b | 00011999", "|", "Same\nSame", "\n".join("abcdefgh")):
            wrong = await browser.post("/hub/hackathons/new", data=form | {"criteria": text})
            assert wrong.status_code == 422, text
        stale = form | {"ends_at": f"{year}-01-02T11:00", "version": "1"}
        assert (await browser.post(f"{place}/edit", data=stale)).status_code == 303
        conflict = await browser.post(f"{place}/edit", data=stale | {"name": "Cleaner air"})
        assert conflict.status_code == 409
        assert "Cleaner air" in conflict.text
        (present,) = re.findall(r'name="version" value="(\d+)"', conflict.text)
        again = await browser.post(f"{place}/edit", data=stale | {"name": "Cleaner air", "version": present})
        assert again.status_code == 303, "saving again decides"
        assert (await browser.post(f"{place}/step", data={"action": "publish"})).status_code == 303
        assert (await browser.get(place)).status_code == 200


async def test_teams_and_judges_use_the_pages(platform: Platform) -> None:
    hackathon = await published(platform, judges_each=1)
    place = f"/hackathons/{hackathon['id']}"
    async with platform.browser("learner") as browser:
        team_id = await team(browser, "Pages")
        assert "Sign up" in (await browser.get(place)).text
        form = {"team_id": team_id, "track_id": hackathon["tracks"][0]["id"]}
        refused = await browser.post(f"{place}/entries", data=form)
        assert refused.status_code == 422
        assert "Accept the rules" in refused.text
        signed = await browser.post(f"{place}/entries", data=form | {"accept_rules": "true"})
        assert signed.status_code == 303
        (entry,) = (await browser.get(f"/api/v1{place}/entries")).json()["entries"]
        text = {"version": "1", "title": "A", "summary": "B", "links": "ftp://x", "action": "submit"}
        wrong = await browser.post(f"{place}/entries/{entry['id']}", data=text)
        assert wrong.status_code == 422
        assert "ftp://x" in wrong.text
        sent = await browser.post(
            f"{place}/entries/{entry['id']}", data=text | {"links": "https://a.example"}
        )
        assert (sent.status_code, sent.headers["location"]) == (303, f"{place}?done=submitted#entry")
        assert "Handed in" in (await browser.get(place)).text
        stale = text | {"links": "", "summary": "Mine", "action": "save"}
        conflict = await browser.post(f"{place}/entries/{entry['id']}", data=stale)
        assert conflict.status_code == 409
        assert "https://a.example" in conflict.text, "what the other one of the team saved"
        assert "Mine</textarea>" in conflict.text
    await judge(platform, hackathon, "mentor")
    await let_end(platform, hackathon["id"])
    async with platform.browser("network_admin") as admin:
        await admin.post(f"/hub{place}/step", data={"action": "deal"})
        assert (await admin.get(f"/hub{place}")).status_code == 200
    async with platform.browser("mentor") as browser:
        (dealt,) = (await browser.get(f"/api/v1{place}/judging")).json()["judgements"]
        missing = await browser.post(f"{place}/judging/{dealt['id']}", data={"mark_0": "4", "note": "Hm"})
        assert missing.status_code == 422
        assert "Hm</textarea>" in missing.text
        marked = await browser.post(f"{place}/judging/{dealt['id']}", data={"mark_0": "4", "mark_1": "5"})
        assert marked.status_code == 303


async def test_marks_of_a_judge_who_was_taken_out_count_no_more(platform: Platform) -> None:
    hackathon = await published(platform, judges_each=1)
    place = f"{HACKATHONS}/{hackathon['id']}"
    async with platform.program("learner") as client:
        await handed_in(client, hackathon, "Swat")
    await judge(platform, hackathon, "instructor", "mentor")
    await let_end(platform, hackathon["id"])
    async with platform.program("network_admin") as admin:
        assert (await admin.post(f"{place}/dealing")).json() == {"added": 1, "lacking": 0}
        for name in ("instructor", "mentor"):
            await mark_all(platform, hackathon["id"], name, {"Work of Swat": [5, 5]})
        judges = (await admin.get(f"{place}/organising")).json()["judges"]
        (marked,) = [one["id"] for one in judges if one["judged"]]
        assert (await admin.delete(f"{place}/judges/{marked}")).status_code == 204
        missing = await admin.post(f"{place}/results")
        assert missing.json()["code"] == "scores_missing"
        assert (await admin.post(f"{place}/dealing")).json() == {"added": 1, "lacking": 0}, "to the other"


async def test_a_draft_is_its_organisers_and_its_judges(platform: Platform) -> None:
    """Whoever is asked answers before it is published; one called off as a draft is never shown."""
    async with platform.program("network_admin") as admin, platform.program("mentor") as asked:
        made = (await admin.post(HACKATHONS, json=plan())).json()
        place = f"{HACKATHONS}/{made['id']}"
        assert (await asked.get(f"{place}/judging")).status_code == 404
        await judge(platform, made, "mentor")
        assert (await asked.get(f"{place}/judging")).json()["judgeships"][0]["state"] == "accepted"
        async with platform.program("learner") as other, platform.client() as stranger:
            for client in (other, stranger):
                assert (await client.get(place)).status_code == 404
            called_off = await admin.post(f"{place}/cancellation", json={"reason": "No room."})
            assert called_off.json()["phase"] == "cancelled"
            for client in (other, stranger):
                assert (await client.get(place)).status_code == 404
                listed = (await client.get(HACKATHONS)).json()["hackathons"]
                assert made["id"] not in {one["id"] for one in listed}
