"""Who may run cells of a lab, and who sees and ends whose kernels."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from darsgah.accounts import service as accounts
from darsgah.accounts.models import AccountSession
from darsgah.db.columns import now
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import Terms
from darsgah.kernels import open_pages, relay, service
from tests.kernels.conftest import Site


@pytest.mark.parametrize("who", ["learner", "classmate", "instructor", "hub_admin", "network_admin"])
async def test_those_of_the_cohort_may_run(site: Site, who: str) -> None:
    async with site.page(who) as page:
        assert await page.value("1 + 1") == "2"


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (None, 4401),
        ("outsider", 4404),
        ("other_learner", 4404),
        ("other_instructor", 4404),
        ("other_hub_admin", 4404),
        ("mentor", 4404),
        ("auditor", 4403),
    ],
)
async def test_nobody_else_may(site: Site, who: str | None, code: int) -> None:
    async with site.page(who) as page:
        assert (await page.end())[0] == code
    assert site.kernels.host is not None
    assert not site.kernels.host.held


async def test_another_learner_has_a_kernel_of_their_own(site: Site) -> None:
    async with site.page("learner") as mine, site.page("classmate") as theirs:
        await mine.run("x = 'secret'\nopen('file', 'w').write('secret')")
        assert await theirs.value("x") == "NameError"
        assert await theirs.value("open('file')") == "FileNotFoundError"
        assert mine.session != theirs.session
    async with site.page("classmate", session=mine.session, after=0) as page:
        await page.until("caught_up")
        assert page.session == theirs.session  # the id of another's kernel opens nothing
        assert all("secret" not in str(message) for message in page.heard)


@pytest.mark.parametrize(
    "origin", [None, "http://elsewhere.example", "http://127.0.0.1:1", "null", "https://127.0.0.1.example"]
)
async def test_a_page_of_another_site_is_refused(site: Site, origin: str | None) -> None:
    async with site.page(origin=origin) as page:
        assert await page.end() == (4403, "another_site")


async def test_a_lab_that_has_not_opened_is_for_its_staff_alone(site: Site) -> None:
    assignment = site.network.assignment_id
    async with site.database.begin() as session:
        await enrolments.change_terms(session, assignment, Terms(opens_at=now() + timedelta(days=1)))
    try:
        async with site.page("learner") as page:
            assert await page.end() == (4409, "not_open")
        async with site.page("instructor") as page:
            assert await page.value("1") == "1"
    finally:
        async with site.database.begin() as session:
            await enrolments.change_terms(session, assignment, Terms())


async def test_there_is_no_kernel_for_what_is_not_there(site: Site) -> None:
    async with site.page(assignment=uuid4()) as page:
        assert (await page.end())[0] == 4404


@pytest.mark.parametrize("query", [("x" * 99, 0), ("x", -1)])
async def test_a_strange_address_is_refused(site: Site, query: tuple[str, int]) -> None:
    async with site.page(session=query[0], after=query[1]) as page:
        assert await page.end() == (4422, "malformed")


async def test_signing_out_ends_an_open_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "ASK_AGAIN_SECONDS", 0.1)
    token = await site.token("learner")
    async with site.page(token=token) as page:
        await page.run("x = 1")
        async with site.database.begin() as session:
            await accounts.sign_out(session, token)
        assert await page.end() == (4401, "not_signed_in")


async def test_an_open_page_is_no_use_of_the_session(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asyncio.Event()
    ask = service.still_may

    async def asking(*arguments: Any) -> None:  # noqa: ANN401 # as it takes them
        await ask(*arguments)
        asked.set()

    monkeypatch.setattr(relay, "ASK_AGAIN_SECONDS", 0.1)
    monkeypatch.setattr(service, "still_may", asking)
    token = await site.token("learner")
    async with site.page(token=token) as page:
        await page.run("x = 1")
        ends = now() + timedelta(hours=1)
        async with site.database.begin() as session:
            row = await session.get_one(AccountSession, accounts.hash_token(token))
            row.seen_at, row.expires_at = now() - timedelta(days=2), ends
        asked.clear()
        await asyncio.wait_for(asked.wait(), 30)
        await asyncio.sleep(0.2)
        async with site.database.begin() as session:
            assert (await session.get_one(AccountSession, accounts.hash_token(token))).expires_at == ends


async def test_the_oldest_of_too_many_windows_has_to_go(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_pages, "MOST_PAGES", 2)
    async with site.page() as first, site.page("classmate") as another, site.page() as second:
        await first.run("x = 1")
        async with site.page() as third:
            assert await first.end() == (4429, "too_many_pages")
            assert [await page.value("x") for page in (second, third)] == ["1", "1"]
            assert await another.value("2") == "2"
        async with site.page() as fourth:  # what has been closed no longer counts
            assert [await page.value("x") for page in (second, fourth)] == ["1", "1"]


async def test_administrators_see_the_kernels_of_their_hubs(site: Site) -> None:
    other = site.network.other_assignment_id
    async with site.page("learner") as mine, site.page("other_learner", assignment=other) as theirs:
        await mine.run("held = bytearray(50_000_000)\nsum(range(10**6))")
        await theirs.run("1")
        seen = {}
        for who in ("hub_admin", "other_hub_admin", "network_admin"):
            async with site.program(who) as program:
                report = (await program.get("/api/v1/kernels")).json()
                assert not report["away"]
                assert report["hosts"][0]["places"] == 8
                seen[who] = {row["learner_name"]: row for row in report["kernels"]}
        assert [set(names) for names in seen.values()] == [
            {"Learner"},
            {"Other Learner"},
            {"Learner", "Other Learner"},
        ]
        row = seen["hub_admin"]["Learner"]
        assert (row["lab"], row["state"], row["watched"], row["environment"]) == (
            "Doubling",
            "idle",
            True,
            "python",
        )
        assert row["memory_bytes"] > 50_000_000
        assert row["cpu_seconds"] > 0
        assert row["idle_since"] is not None
        for who, code in (("learner", 403), ("instructor", 403), ("auditor", 403)):
            async with site.program(who) as program:
                assert (await program.get("/api/v1/kernels")).status_code == code


async def test_the_page_of_kernels_shows_them_and_stops_one(site: Site) -> None:
    learner, assignment = site.network.people["learner"].account_id, site.network.assignment_id
    async with site.page("learner") as mine:
        await mine.run("x = 1")
        async with site.browser("other_hub_admin") as browser:
            shown = await browser.get("/hub/kernels")
            assert "Doubling" not in shown.text
            refused = await browser.post(f"/hub/kernels/{learner}/{assignment}/stop")
            assert refused.status_code == 404
        async with site.browser("hub_admin") as browser:
            shown = await browser.get("/hub/kernels")
            assert "Doubling" in shown.text
            with capture_logs() as logged:
                stopped = await browser.post(f"/hub/kernels/{learner}/{assignment}/stop")
            assert stopped.status_code == 303
            (line,) = [line for line in logged if line["event"] == "kernel_stopped"]
            assert line["by"] == str(site.network.people["hub_admin"].account_id)
            assert line["learner"] == str(learner)
        assert await mine.end() == (4410, "ended")
        async with site.program("hub_admin") as program:
            assert (await program.delete(f"/api/v1/kernels/{learner}/{assignment}")).status_code == 404


async def test_a_host_that_is_away_is_said_to_be(site: Site) -> None:
    await site.kernels.stop()
    async with site.page() as page:
        assert await page.end() == (4503, "kernels_away")
    async with site.program("network_admin") as program:
        report = (await program.get("/api/v1/kernels")).json()
        assert report["kernels"] == report["hosts"] == []
        assert len(report["away"]) == 1
    async with site.browser("network_admin") as browser:
        assert "do not answer" in (await browser.get("/hub/kernels")).text
    await asyncio.sleep(0)
