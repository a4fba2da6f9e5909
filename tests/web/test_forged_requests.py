"""Requests that another site makes a browser send are refused; a program's are not in the way of it."""

import pytest

from darsgah.accounts.tokens import SESSION_COOKIE
from tests.network import PASSWORD, Platform

PROFILE = {"display_name": "Learner", "language": "en"}
CREDENTIALS = {"email": "classmate@example.org", "password": PASSWORD}
CHANGES = ["/sign-in", "/sign-up", "/sign-out", "/settings/profile", "/settings/password", "/language"]


@pytest.mark.parametrize("path", CHANGES)
async def test_a_form_without_its_token_is_refused(platform: Platform, path: str) -> None:
    async with platform.browser("learner") as client:
        del client.headers["x-csrf-token"]
        answer = await client.post(path, data=PROFILE | CREDENTIALS)
    assert answer.status_code == 403
    assert "expired" in answer.text


@pytest.mark.parametrize("token", ["", "forged", "ü", "a" * 128])
async def test_a_forged_token_is_refused(platform: Platform, token: str) -> None:
    async with platform.browser("learner") as client:
        del client.headers["x-csrf-token"]
        answer = await client.post("/settings/profile", data=PROFILE | {"_csrf_token": token})
        assert answer.status_code == 403
        client.cookies.delete("darsgah_csrf")
        answer = await client.post(
            "/settings/profile",
            data=PROFILE | {"_csrf_token": token},
            headers={"Cookie": f"{SESSION_COOKIE}={client.cookies[SESSION_COOKIE]}; darsgah_csrf=forged"},
        )
        assert answer.status_code == 403


async def test_the_token_of_another_browser_is_refused(platform: Platform) -> None:
    async with platform.browser() as other, platform.browser("learner") as client:
        client.headers["x-csrf-token"] = other.headers["x-csrf-token"]
        answer = await client.post("/settings/profile", data=PROFILE)
    assert answer.status_code == 403


async def test_the_token_in_the_form_is_taken(platform: Platform) -> None:
    async with platform.browser("learner") as client:
        token = client.headers.pop("x-csrf-token")
        page = await client.get("/settings")
        assert f'name="_csrf_token" value="{token}"' in page.text
        answer = await client.post("/settings/profile", data=PROFILE | {"_csrf_token": token})
        assert answer.status_code == 303
        upload = await client.post(
            f"/assignments/{platform.network.assignment_id}/submissions",
            data={"_csrf_token": token},
            files={"notebook": ("lab.ipynb", b"not a notebook")},
        )
        assert upload.status_code == 422


async def test_the_json_interface_with_a_cookie_alone_is_refused(platform: Platform) -> None:
    async with platform.browser("learner") as client:
        del client.headers["x-csrf-token"]
        assert (await client.get("/api/v1/me")).status_code == 200
        answer = await client.put("/api/v1/me", json=PROFILE)
        assert (answer.status_code, answer.json()["code"]) == (403, "request_not_proven")
        assert "x-csrf-token" in answer.json()["detail"]
        assert "Authorization" in answer.json()["detail"]


async def test_a_program_without_a_session_is_told_to_sign_in(platform: Platform) -> None:
    """A form's token is no matter of somebody who has no session that could be misused."""
    for cookies in ({}, {SESSION_COOKIE: "of-no-session"}):
        async with platform.client(cookies=cookies) as client:
            answer = await client.put("/api/v1/me", json=PROFILE)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


async def test_a_program_needs_no_token(platform: Platform) -> None:
    async with platform.program("learner") as client:
        assert (await client.put("/api/v1/me", json=PROFILE)).status_code == 200
    async with platform.client() as client:
        assert (await client.post("/api/v1/sessions", json=CREDENTIALS)).status_code == 201


async def test_a_made_up_bearer_does_not_open_the_cookies_session(platform: Platform) -> None:
    async with platform.browser("learner") as client:
        del client.headers["x-csrf-token"]
        answer = await client.put("/api/v1/me", json=PROFILE, headers={"Authorization": "Bearer made-up"})
        assert answer.status_code == 401


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(platform: Platform) -> None:
    async with platform.browser() as client:
        answer = await client.post("/sign-in", data=CREDENTIALS)
        home = await platform_home(platform)
    for cookie in [*answer.headers.get_list("set-cookie"), *home]:
        assert "httponly" in cookie.lower()
        assert "samesite=lax" in cookie.lower()


async def platform_home(platform: Platform) -> list[str]:
    """The cookies of a first visit."""
    async with platform.client() as client:
        return (await client.get("/")).headers.get_list("set-cookie")
