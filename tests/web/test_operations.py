"""Health, readiness, metrics, request ids, security headers and the address a request comes from."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from litestar.connection import ASGIConnection
from litestar.datastructures import Headers

from darsgah.blobs.store import memory_blobs
from darsgah.client_address import client_address
from darsgah.db.session import Database
from darsgah.settings import Settings
from darsgah.ui.headers import HEADERS
from tests.database import StoppableServer
from tests.network import WORK, Platform, running


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/today"),
        ("GET", "/nothing/here"),
        ("POST", "/nothing/here"),
        ("POST", "/sign-in"),
        ("DELETE", "/hubs"),
        ("GET", "/api/v1/me"),
        ("POST", "/api/v1/nothing"),
        ("GET", "/api/v1/openapi.json"),
        ("GET", "/healthz"),
        ("OPTIONS", "/today"),
        ("HEAD", "/"),
        ("GET", "/static/nothing.css"),
    ],
)
async def test_every_answer_carries_the_security_headers_and_an_id(
    platform: Platform, method: str, path: str
) -> None:
    async with platform.client() as client:
        answer = await client.request(method, path)
    assert answer.status_code < 500
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/hubs", "/healthz", "/api/v1/hubs", "/nothing", "/sign-out"])
async def test_head_is_answered_as_get_without_the_content(platform: Platform, path: str) -> None:
    async with platform.client() as client:
        head, whole = await client.head(path), await client.get(path)
    assert head.status_code == whole.status_code
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert head.content == b""
    assert whole.content


async def test_the_sites_picture_is_found_where_browsers_look(platform: Platform) -> None:
    async with platform.client(follow_redirects=True) as client:
        picture = await client.get("/favicon.ico")
    assert picture.status_code == 200
    assert picture.headers["content-type"].startswith("image/svg+xml")


async def test_head_of_a_stream_ends(platform: Platform) -> None:
    """Nobody reads on, and so nothing may go on sending."""
    address = f"/api/v1/assignments/{platform.network.assignment_id}/submissions"
    async with platform.program("learner") as client:
        handed_in = await client.post(address, files={"notebook": ("lab.ipynb", WORK)})
        async with asyncio.timeout(20):
            head = await client.head(f"/submissions/{handed_in.json()['id']}/events")
    assert head.status_code == 200
    assert head.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize(("given", "kept"), [("0af7651916cd43dd", True), ("a b", False), ("x" * 65, False)])
async def test_a_proxys_request_id_is_kept_when_it_looks_like_one(
    platform: Platform, given: str, kept: bool
) -> None:
    async with platform.client(headers={"X-Request-Id": given}) as client:
        answer = await client.get("/healthz")
    assert (answer.headers["x-request-id"] == given) is kept


async def test_https_makes_cookies_secure_and_browsers_insist(platform: Platform, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, public_url="https://learn.example.org")
    database = Database(platform.database.url, pool=2)
    async with running(settings, database, platform.blobs) as app:
        transport = httpx.ASGITransport(cast("Any", app))
        async with httpx.AsyncClient(transport=transport, base_url="https://learn.example.org") as client:
            answer = await client.get("/")
    assert "max-age" in answer.headers["strict-transport-security"]
    assert "secure" in answer.headers["set-cookie"].lower()


async def test_metrics_are_for_this_machine(platform: Platform) -> None:
    async with platform.client() as client:
        answer = await client.get("/metrics")
        assert answer.status_code == 200
        assert 'darsgah_jobs{queue="grading",state="waiting"}' in answer.text
        proxied = await client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
        assert (proxied.status_code, proxied.json()["code"]) == (403, "metrics_forbidden")
    for stranger in ("203.0.113.9", "10.0.0.1", "::ffff:203.0.113.9", "", "unix"):
        async with platform.client(address=(stranger, 1)) as client:
            assert (await client.get("/metrics")).status_code == 403
    async with platform.client(address=("::1", 1)) as client:
        assert (await client.get("/metrics")).status_code == 200


async def test_metrics_with_a_token_are_for_who_sends_it(platform: Platform, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, metrics_token="open sesame")
    async with running(settings, Database(platform.database.url, pool=2), platform.blobs) as app:
        transport = httpx.ASGITransport(cast("Any", app), client=("203.0.113.9", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://darsgah.test") as client:
            right = await client.get("/metrics", headers={"Authorization": "Bearer open sesame"})
            wrong = await client.get("/metrics", headers={"Authorization": "Bearer open"})
            none = await client.get("/metrics")
    assert (right.status_code, wrong.status_code, none.status_code) == (200, 403, 403)


@pytest.fixture
async def away(
    stoppable_server: StoppableServer, tmp_path: Path
) -> AsyncIterator[tuple[httpx.AsyncClient, StoppableServer]]:
    """A client of an application whose database can be stopped."""
    settings = Settings(home=tmp_path / "home")
    database = Database(stoppable_server.url, pool=2)
    async with running(settings, database, memory_blobs()) as app:
        transport = httpx.ASGITransport(cast("Any", app))
        async with httpx.AsyncClient(transport=transport, base_url="http://darsgah.test") as client:
            yield client, stoppable_server


async def test_without_the_database_it_is_healthy_and_not_ready_and_says_so(
    away: tuple[httpx.AsyncClient, StoppableServer],
) -> None:
    client, server = away
    assert (await client.get("/readyz")).status_code == 200
    server.stop()
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["code"]) == (503, "database_away")
    page = await client.get("/hubs")
    assert page.status_code == 503
    assert "try again shortly" in page.text
    program = await client.get("/api/v1/me", headers={"Authorization": "Bearer somebody"})
    assert (program.status_code, program.json()["code"]) == (503, "database_away")
    signed_in = await client.get("/today", headers={"Cookie": "darsgah_session=somebody"})
    assert signed_in.status_code == 503
    server.start()
    assert (await client.get("/readyz")).status_code == 200
    assert (await client.get("/hubs")).status_code == 200


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, " , ", "192.0.2.1"),
        (1, "", "192.0.2.1"),
    ],
)
def test_only_the_trusted_proxies_entries_are_believed(proxies: int, forwarded: str, address: str) -> None:
    connection = SimpleNamespace(
        headers=Headers({"x-forwarded-for": forwarded}), client=SimpleNamespace(host="192.0.2.1")
    )
    assert client_address(cast("ASGIConnection[Any, Any, Any, Any]", connection), proxies) == address
