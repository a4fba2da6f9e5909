"""A page's form that is sent twice is carried out once, and leads where it led."""

import asyncio
import re

import httpx
import sqlalchemy as sa

from darsgah.accounts import service as accounts
from darsgah.db.columns import now
from tests.network import PASSWORD, Platform

KEY = re.compile('name="_form_key" value="([^"]+)"')


async def key_of(client: httpx.AsyncClient, path: str) -> str:
    """The key that a page gives its forms; one page has one."""
    (key,) = set(KEY.findall((await client.get(path)).text))
    return str(key)


async def teams(client: httpx.AsyncClient, *names: str) -> list[str]:
    """Which of one's teams have one of these names; the tests share their people."""
    found = [team["name"] for team in (await client.get("/api/v1/teams")).json()["teams"]]
    return sorted(name for name in found if name in names)


async def test_the_second_press_leads_where_the_first_did(platform: Platform) -> None:
    async with platform.browser("learner") as client:
        form = {"name": "Indus", "_form_key": await key_of(client, "/teams")}
        first = await client.post("/teams", data=form)
        second = await client.post("/teams", data=form)
        assert (first.status_code, second.status_code) == (303, 303)
        assert first.headers["location"] == second.headers["location"]
        assert await teams(client, "Indus") == ["Indus"]


async def test_presses_at_the_same_moment_found_one_team(platform: Platform) -> None:
    async with platform.browser("learner") as client:
        form = {"name": "Ravi", "_form_key": await key_of(client, "/teams")}
        answers = await asyncio.gather(*(client.post("/teams", data=form) for _ in range(8)))
        assert {answer.status_code for answer in answers} == {303}
        assert len({answer.headers["location"] for answer in answers}) == 1
        assert await teams(client, "Ravi") == ["Ravi"]


async def test_another_page_other_words_or_another_sender_is_another_form(platform: Platform) -> None:
    async with platform.browser("learner") as client, platform.browser("classmate") as other:
        key = await key_of(client, "/teams")
        for form in (
            {"name": "Chenab", "_form_key": key},
            {"name": "Jhelum", "_form_key": key},
            {"name": "Chenab", "_form_key": await key_of(client, "/teams")},
        ):
            assert (await client.post("/teams", data=form)).status_code == 303
        assert (await other.post("/teams", data={"name": "Chenab", "_form_key": key})).status_code == 303
        assert await teams(client, "Chenab", "Jhelum") == ["Chenab", "Chenab", "Jhelum"]
        assert await teams(other, "Chenab") == ["Chenab"]


async def test_after_another_form_the_first_is_meant_again(platform: Platform) -> None:
    """Back to a page that was left behind: what is pressed there now is not what was pressed before."""
    async with platform.browser("learner") as client:
        made = await client.post("/teams", data={"name": "Swat"})
        team = made.headers["location"]
        key = await key_of(client, team)
        for name in ("Kunhar", "Neelum", "Kunhar"):
            answer = await client.post(f"{team}/name", data={"name": name, "_form_key": key})
            assert answer.status_code == 303
            assert await teams(client, "Swat", "Kunhar", "Neelum") == [name]


async def test_a_form_that_was_refused_is_tried_again(platform: Platform) -> None:
    async with platform.browser("classmate") as client:
        key = await key_of(client, "/settings")
        form = {"current_password": "not mine", "new_password": "a longer one", "_form_key": key}
        for _ in range(2):
            assert (await client.post("/settings/password", data=form)).status_code == 422
        right = {**form, "current_password": PASSWORD}
        assert (await client.post("/settings/password", data=right)).status_code == 303


async def test_a_day_later_it_is_forgotten(platform: Platform) -> None:
    async with platform.browser("learner") as client:
        form = {"name": "Hunza", "_form_key": await key_of(client, "/teams")}
        await client.post("/teams", data=form)
        async with platform.database.begin() as session:
            await accounts.delete_expired(session, now())
        await client.post("/teams", data=form)
        assert await teams(client, "Hunza") == ["Hunza"]
        async with platform.database.begin() as session:
            await session.execute(sa.text("UPDATE sent_form SET created_at = now() - interval '25 hours'"))
            await accounts.delete_expired(session, now())
        await client.post("/teams", data=form)
        assert await teams(client, "Hunza") == ["Hunza", "Hunza"]
