"""Signing up, in and out: sessions that end, a pause after failures, and nowhere to be sent to but here."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.accounts import service
from darsgah.accounts.passwords import HASHER
from darsgah.accounts.schemas import PasswordChange, SignIn, SignUp
from darsgah.accounts.service import EmailTaken, SignInPaused, SignInPolicy, WrongCredentials
from darsgah.db.columns import now
from darsgah.db.session import Database
from darsgah.errors import MalformedInput
from tests.network import PASSWORD, Platform, person

POLICY = SignInPolicy(lifetime=timedelta(hours=1), attempts=3, address_attempts=5)
LIFETIME = POLICY.lifetime


def test_guessing_a_password_takes_its_work() -> None:
    """As RFC 9106 wants it, and as it was read before the tests made it quick."""
    assert HASHER.memory_cost >= 64 * 1024
    assert HASHER.time_cost >= 3


async def test_an_address_has_one_account_whatever_its_case(session: AsyncSession) -> None:
    made = await service.create_account(session, SignUp("Somebody@Example.org", PASSWORD, "  Some Body "))
    assert (made.email, made.display_name) == ("somebody@example.org", "Some Body")
    with pytest.raises(EmailTaken):
        await service.create_account(session, SignUp("SOMEBODY@example.org", PASSWORD, "Other"))


@pytest.mark.parametrize(("email", "name"), [("nobody", "A"), ("a@b", "A"), ("a@b.org", "   ")])
async def test_an_account_needs_an_address_and_a_name(session: AsyncSession, email: str, name: str) -> None:
    with pytest.raises(MalformedInput):
        await service.create_account(session, SignUp(email, PASSWORD, name))


async def test_neither_password_nor_token_is_stored(session: AsyncSession) -> None:
    account = await service.create_account(session, SignUp("a@example.org", PASSWORD, "A"))
    started = await service.start_session(session, account.id, lifetime=LIFETIME)
    await session.flush()
    for table in ("account", "account_session"):
        rows = str((await session.execute(sa.text(f"SELECT * FROM {table}"))).all())  # noqa: S608 # two names
        assert PASSWORD not in rows
        assert started.token not in rows
    found = await service.resume(session, started.token, LIFETIME)
    assert found is not None
    assert found.id == account.id
    assert await service.resume(session, started.token + "x", LIFETIME) is None


async def test_sessions_end(session: AsyncSession) -> None:
    account = (await person(session, "somebody")).account_id
    one = await service.start_session(session, account, lifetime=LIFETIME)
    two = await service.start_session(session, account, lifetime=LIFETIME)
    over = await service.start_session(session, account, lifetime=-LIFETIME)
    await session.flush()
    assert await service.resume(session, over.token, LIFETIME) is None
    await service.sign_out(session, two.token)
    await service.sign_out(session, two.token)
    assert await service.resume(session, two.token, LIFETIME) is None
    await session.execute(sa.text("UPDATE account SET is_active = false"))
    assert await service.resume(session, one.token, LIFETIME) is None


async def test_a_used_session_goes_on(session: AsyncSession) -> None:
    account = (await person(session, "somebody")).account_id
    started = await service.start_session(session, account, lifetime=LIFETIME)
    await session.flush()
    await session.execute(sa.text("UPDATE account_session SET seen_at = now() - interval '2 hours'"))
    session.expire_all()
    await service.resume(session, started.token, timedelta(days=9))
    ends = await session.scalar(sa.text("SELECT expires_at FROM account_session"))
    assert ends > now() + timedelta(days=8)


async def test_a_new_password_ends_every_other_session(session: AsyncSession) -> None:
    account = (await person(session, "somebody")).account_id
    here = await service.start_session(session, account, lifetime=LIFETIME)
    there = await service.start_session(session, account, lifetime=LIFETIME)
    await session.flush()
    with pytest.raises(MalformedInput):
        await service.change_password(session, account, PasswordChange("wrong", "n" * 10), token=here.token)
    assert await service.resume(session, there.token, LIFETIME) is not None
    await service.change_password(session, account, PasswordChange(PASSWORD, "n" * 10), token=here.token)
    assert await service.resume(session, here.token, LIFETIME) is not None
    assert await service.resume(session, there.token, LIFETIME) is None


async def attempt(database: Database, email: str, password: str, address: str) -> str:
    """A sign-in; what came of it."""
    try:
        await service.sign_in(database, SignIn(email, password), address=address, policy=POLICY)
    except (WrongCredentials, SignInPaused) as error:
        return error.code
    return "signed in"


async def test_failures_pause_the_account_and_the_address(database: Database) -> None:
    async with database.begin() as session:
        await person(session, "somebody")
    email, wrong, paused = "somebody@example.org", WrongCredentials.code, SignInPaused.code
    tries = [await attempt(database, email, "wrong", f"192.0.2.{number}") for number in range(4)]
    assert tries == [wrong, wrong, wrong, paused]
    assert await attempt(database, email, PASSWORD, "192.0.2.9") == paused
    tries = [
        await attempt(database, f"nobody{number}@example.org", "wrong", "198.51.100.1") for number in range(6)
    ]
    assert tries == [wrong, wrong, wrong, wrong, wrong, paused]
    async with database.begin() as session:
        await session.execute(sa.text("UPDATE sign_in_failure SET failed_at = now() - interval '16 minutes'"))
    assert await attempt(database, email, PASSWORD, "198.51.100.1") == "signed in"
    async with database.begin() as session:
        await service.delete_expired(session, now())
        assert await session.scalar(sa.text("SELECT count(*) FROM sign_in_failure")) == 0


async def test_a_good_sign_in_forgets_the_accounts_failures(database: Database) -> None:
    async with database.begin() as session:
        await person(session, "somebody")
    email = "somebody@example.org"
    for _ in range(2):
        for number in range(2):
            assert await attempt(database, email, "wrong", f"192.0.2.{number}") == WrongCredentials.code
        assert await attempt(database, " Somebody@Example.ORG ", PASSWORD, "192.0.2.9") == "signed in"
        async with database.begin() as session:
            await session.execute(sa.text("DELETE FROM sign_in_failure"))


async def test_the_pause_says_how_long(platform: Platform) -> None:
    async with platform.browser(address=("203.0.113.7", 1)) as client:
        for _ in range(3):
            form = {"email": "nobody@example.org", "password": "wrong"}
            assert (await client.post("/sign-in", data=form)).status_code == 401
        page = await client.post("/sign-in", data=form)
        program = await client.post("/api/v1/sessions", json=form)
    assert (page.status_code, program.status_code) == (429, 429)
    for answer in (page, program):
        assert 800 < int(answer.headers["retry-after"]) <= 900
    assert program.json()["retry_after"] == int(program.headers["retry-after"])


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/settings", "/settings"),
        ("/cohorts?after=1", "/cohorts?after=1"),
        ("", "/today"),
        ("https://elsewhere.example", "/today"),
        ("//elsewhere.example", "/today"),
        ("/\\elsewhere.example", "/today"),
        ("/\t/elsewhere.example", "/today"),
        ("\\\\elsewhere.example", "/today"),
        ("javascript:alert(1)", "/today"),
        ("/a\r\nSet-Cookie: x=y", "/today"),
    ],
)
async def test_signing_in_leads_nowhere_else(platform: Platform, target: str, goes_to: str) -> None:
    async with platform.browser() as client:
        form = {"email": "auditor@example.org", "password": PASSWORD, "next": target}
        answer = await client.post("/sign-in", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, goes_to)
        signed_in = await client.get("/sign-in", params={"next": target})
        assert signed_in.headers["location"] == goes_to


async def test_the_language_is_kept_for_guests_and_accounts(platform: Platform) -> None:
    async with platform.browser() as guest:
        answer = await guest.post("/language", data={"language": "ur", "next": "/hubs"})
        assert answer.headers["location"] == "/hubs"
        page = await guest.get("/hubs")
        assert 'lang="ur" dir="rtl"' in page.text
        for code in ("xx", "", "../ur"):
            await guest.post("/language", data={"language": code, "next": "https://elsewhere.example"})
        assert 'dir="rtl"' in (await guest.get("/hubs")).text
    async with platform.browser("mentor") as first, platform.browser("mentor") as second:
        await first.post("/language", data={"language": "ur"})
        assert 'dir="rtl"' in (await second.get("/today")).text


async def test_signing_up_joins_the_hub_and_signs_in(platform: Platform) -> None:
    async with platform.browser() as client:
        form = {"email": "new@example.org", "password": PASSWORD, "display_name": "نئی", "hub": "khi-lyari"}
        assert (await client.post("/sign-up", data=form)).headers["location"] == "/today"
        assert "نئی" in (await client.get("/today")).text
        assert (await client.post("/sign-out")).status_code == 303
        assert (await client.get("/today")).status_code == 401
        closed = await client.post(
            "/sign-up", data=form | {"email": "other@example.org", "hub": "no-such-hub"}
        )
        assert closed.status_code == 422
        assert "Choose one of the open hubs" in closed.text
        again = await client.post(
            "/api/v1/sessions", json={"email": "other@example.org", "password": PASSWORD}
        )
        assert again.status_code == 401
