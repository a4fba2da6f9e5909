"""Mentors and organisations for tests: signed up, verified, and asked about, through the JSON API."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import httpx

from darsgah.accounts import service as accounts
from tests.network import HUB, Platform, person

PROFILE = {"timezone": "Europe/London", "country": "GB", "headline": "Machine learning in shipping"}


def becoming(name: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 # whatever the form holds
    """What somebody sends to become a mentor who acts for that organisation."""
    form = {"hub": HUB, "profile": PROFILE, "organisation": name, "organisation_country": "GB"}
    return form | changes


async def mentor(platform: Platform, organisation: str) -> httpx.AsyncClient:
    """A program of somebody new who became a mentor and named that organisation; the caller closes it."""
    async with platform.database.begin() as session:
        actor = await person(session, f"mentor-{uuid4().hex}")
        started = await accounts.start_session(session, actor.account_id, lifetime=timedelta(hours=1))
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(cast("Any", platform.app)),
        base_url="http://darsgah.test",
        trust_env=False,
        headers={"Authorization": f"Bearer {started.token}"},
    )
    answer = await client.post("/api/v1/me/mentor", json=becoming(organisation))
    assert answer.status_code == 201, answer.text
    return client


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
    client = await mentor(platform, organisation)
    found = await mine(client)
    organisation_id, mentor_id = found["organisation"]["id"], found["mentor"]["account_id"]
    assert (await decide(platform, "organisations", organisation_id)).status_code == 201
    assert (await decide(platform, "mentors", mentor_id)).status_code == 201
    assert (await mine(client))["may_act"] is True
    return client, organisation_id, mentor_id
