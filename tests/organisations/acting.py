"""Mentors and organisations for tests: signed up, verified, and asked about, through the JSON API."""

from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.network import HUB, PASSWORD, Platform

PROFILE = {"timezone": "Europe/London", "country": "GB", "headline": "Machine learning in shipping"}


def becoming(name: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 # whatever the form holds
    """What somebody sends to become a mentor who acts for that organisation."""
    form = {"hub": HUB, "profile": PROFILE, "organisation": name, "organisation_country": "GB"}
    return form | changes


async def signed_up(platform: Platform, organisation: str, name: str | None = None) -> str:
    """The address of somebody new who signed up as a mentor."""
    email = f"{name or uuid4().hex}@mentors.example.org"
    body = {"email": email, "password": PASSWORD, "display_name": "Zahra", "mentor": becoming(organisation)}
    async with platform.client() as client:
        answer = await client.post("/api/v1/mentors", json=body)
        assert answer.status_code == 201, answer.text
    return email


async def program(platform: Platform, email: str) -> httpx.AsyncClient:
    """A program with a session of the account with that address; the caller closes it."""
    async with platform.client() as client:
        answer = await client.post("/api/v1/sessions", json={"email": email, "password": PASSWORD})
        token = answer.json()["token"]
    transport = httpx.ASGITransport(platform.app)  # type: ignore[arg-type] # the two packages' types of ASGI differ
    return httpx.AsyncClient(
        transport=transport,
        base_url="http://darsgah.test",
        trust_env=False,
        headers={"Authorization": f"Bearer {token}"},
    )


async def mine(client: httpx.AsyncClient) -> dict[str, Any]:
    """What a mentor sees of their own place."""
    answer = await client.get("/api/v1/me/mentor")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def decide(
    platform: Platform, kind: str, subject: str | UUID, decision: str = "verified", by: str = "hub_admin"
) -> httpx.Response:
    """Decide about an organisation or a mentor as it stands."""
    address = f"/api/v1/hub/{kind}/{subject}"
    async with platform.program(by) as client:
        case = (await client.get(address)).json()
        version = case[kind.removesuffix("s")]["version"]
        body = {
            "decision": decision,
            "version": version,
            "looked_at": ["website", "call"],
            "note": f"{decision}, for a test",
        }
        return await client.post(f"{address}/decisions", json=body)


async def acting(platform: Platform, organisation: str) -> tuple[httpx.AsyncClient, str, str]:
    """A program of a verified mentor of a verified organisation, its id and the mentor's."""
    client = await program(platform, await signed_up(platform, organisation))
    found = await mine(client)
    organisation_id, mentor_id = found["organisation"]["id"], found["mentor"]["account_id"]
    assert (await decide(platform, "organisations", organisation_id)).status_code == 201
    assert (await decide(platform, "mentors", mentor_id)).status_code == 201
    assert (await mine(client))["may_act"] is True
    return client, organisation_id, mentor_id
