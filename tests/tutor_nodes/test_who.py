"""Who makes and withdraws nodes' tokens, what nodes may say of themselves, and how they are seen to fare."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from darsgah.db.columns import now
from darsgah.tutor_nodes import service
from darsgah.tutor_nodes.models import TutorNode
from tests.network import Platform
from tests.web.test_weird_input import NONSENSE

NODES, PLACE = "/api/v1/tutor-nodes", "/api/v1/tutor/nodes"
CARD: Mapping[str, Any] = {
    "name": "gpu-1",
    "url": "http://10.0.0.5:8100",
    "token": "what workers send",
    "model": "Qwen2.5-Coder-1.5B-Instruct",
    "device": "NVIDIA L4, bfloat16",
    "places": 64,
    "version": "0.5.0",
}


async def made(platform: Platform, who: str = "hub_admin", **new: object) -> tuple[str, dict[str, str]]:
    """A node of the first hub: its id, and the header with its token."""
    asked = {"label": "Room 3", "hub_id": str(platform.network.hub_id), **new}
    async with platform.program(who) as admin:
        answer = await admin.post(NODES, json=asked)
        assert answer.status_code == 201, answer.text
    return answer.json()["node"]["id"], {"Authorization": f"Bearer {answer.json()['token']}"}


async def state(platform: Platform, node_id: str, who: str = "hub_admin") -> str | None:
    """How somebody sees the node; None where they do not."""
    async with platform.program(who) as admin:
        answer = await admin.get(NODES)
    assert CARD["token"] not in answer.text
    return next((node["state"] for node in answer.json()["nodes"] if node["id"] == node_id), None)


async def test_a_node_comes_and_goes_with_the_token_of_its_hub(platform: Platform) -> None:
    node_id, bearer = await made(platform)
    assert await state(platform, node_id) == "expected"
    async with platform.client(headers=bearer) as node:
        answer = await node.post(PLACE, json=CARD)
        assert (answer.status_code, answer.json()) == (200, {"id": node_id, "renew_seconds": 30.0})
        assert await state(platform, node_id) == "ready"
        assert await state(platform, node_id, "network_admin") == "ready"
        assert await state(platform, node_id, "other_hub_admin") is None
        async with platform.database.begin() as session:
            await service.note(session, {UUID(node_id): False})
        assert await state(platform, node_id) == "unreached"
        assert (await node.post(PLACE, json=CARD)).status_code == 200
        assert await state(platform, node_id) == "unreached", "renewing is not being reached"
        async with platform.database.begin() as session:
            await service.note(session, {UUID(node_id): True})
            (listed,) = [one for one in await service.listed(session) if str(one.id) == node_id]
        assert (listed.url, listed.secret) == (CARD["url"], CARD["token"])
        assert await state(platform, node_id) == "ready"
        async with platform.database.begin() as session:
            long_ago = now() - timedelta(seconds=91)
            await session.execute(sa.update(TutorNode).values(renewed_at=long_ago))
            assert await service.listed(session) == []
        assert await state(platform, node_id) == "silent"
        for _ in range(2):
            assert (await node.delete(PLACE)).status_code == 204
        assert await state(platform, node_id) == "left"
        assert (await node.post(PLACE, json=CARD)).status_code == 200
        assert await state(platform, node_id) == "ready"
        async with platform.program("other_hub_admin") as other:
            assert (await other.delete(f"{NODES}/{node_id}")).status_code == 404
        async with platform.program("hub_admin") as admin:
            assert (await admin.delete(f"{NODES}/{node_id}")).status_code == 204
        assert await state(platform, node_id) is None
        for answer in (await node.post(PLACE, json=CARD), await node.delete(PLACE)):
            assert (answer.status_code, answer.json()["code"]) == (401, "node_unknown")


async def test_a_hubs_administrator_makes_none_for_others(platform: Platform) -> None:
    other, nobodys = str(platform.network.other_hub_id), "01890a5d-ac96-774b-bcce-b302099a8057"
    async with platform.program("hub_admin") as admin, platform.program("network_admin") as network:
        for hub in (other, None, nobodys):
            refused = await admin.post(NODES, json={"label": "x", "hub_id": hub})
            assert refused.status_code == 404
        assert (await network.post(NODES, json={"label": "x", "hub_id": nobodys})).status_code == 404
        for hub in (other, None):
            assert (await network.post(NODES, json={"label": "x", "hub_id": hub})).status_code == 201
        seen = (await admin.get(NODES)).json()
        assert {node["hub_id"] for node in seen["nodes"]} <= {str(platform.network.hub_id)}
        assert [hub["id"] for hub in seen["hubs"]] == [str(platform.network.hub_id)]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"url": "10.0.0.5:8100"}, "node_out_of_reach"),
        ({"url": "ftp://10.0.0.5"}, "node_out_of_reach"),
        ({"url": "http://me:secret@10.0.0.5"}, "node_out_of_reach"),
        ({"url": "http://10.0.0.5:port"}, "node_out_of_reach"),
        ({"url": "http://[::1"}, "node_out_of_reach"),
        ({"url": "http://0.0.0.0:8100"}, "node_out_of_reach"),
        ({"url": "http://169.254.169.254/latest"}, "node_out_of_reach"),
        ({"url": "http://127.0.0.1:8100"}, "node_out_of_reach"),
        ({"places": 0}, "malformed"),
        ({"name": ""}, "malformed"),
        ({"name": "two\nlines"}, "malformed"),
    ],
)
async def test_what_a_node_may_not_say(platform: Platform, wrong: dict[str, object], code: str) -> None:
    _, bearer = await made(platform)
    async with platform.client(headers=bearer, address=("10.0.0.5", 40000)) as node:
        refused = await node.post(PLACE, json={**CARD, **wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text


async def test_a_node_that_says_nonsense_breaks_nothing(platform: Platform) -> None:
    node_id, bearer = await made(platform)
    async with platform.client(headers={**bearer, "Content-Type": "application/json"}) as node:
        for field in CARD:
            for nonsense in NONSENSE.values():
                answer = await node.post(PLACE, content=json.dumps({**CARD, field: nonsense}))
                assert answer.status_code in {200, 400, 422}, (field, answer.text)
        for nonsense in ("x" * 70_000, "é", ""):
            odd = [(b"authorization", b"Bearer " + nonsense.encode())]
            assert (await node.delete(PLACE, headers=odd)).status_code in {401, 431}
    assert await state(platform, node_id) is not None
    async with platform.browser("hub_admin") as admin:
        assert (await admin.get("/hub/tutor-nodes")).status_code == 200


async def test_a_node_beside_the_platform_is_reached_there(platform: Platform) -> None:
    _, bearer = await made(platform)
    async with platform.client(headers=bearer) as node:
        for url in ("http://127.0.0.1:8100", "http://localhost:8100/", "http://[::1]:8100"):
            assert (await node.post(PLACE, json={**CARD, "url": url})).status_code == 200


async def test_the_page_shows_a_token_once_in_both_languages(platform: Platform) -> None:
    async with platform.browser("network_admin") as admin:
        fields = {"label": "<b>Room 4</b>", "hub": str(platform.network.hub_id)}
        answer = await admin.post("/hub/tutor-nodes", data=fields)
        assert answer.status_code == 200
        assert "export DARSGAH_NODE_TOKEN=" in answer.text
        assert "http://darsgah.test" in answer.text
        assert "&lt;b&gt;Room 4" in answer.text
        token = answer.text.partition("DARSGAH_NODE_TOKEN=")[2].split()[0]
        async with platform.client(headers={"Authorization": f"Bearer {token}"}) as node:
            node_id = (await node.post(PLACE, json=CARD)).json()["id"]
        again = (await admin.get("/hub/tutor-nodes")).text
        assert token not in again
        assert CARD["token"] not in again
        assert all(one in again for one in ("ready", CARD["model"], CARD["device"], CARD["url"]))
        await admin.post("/language", data={"language": "ur"})
        assert "تیار ہے" in (await admin.get("/hub/tutor-nodes")).text
        assert (await admin.post("/hub/tutor-nodes", data={"label": ""})).status_code == 422
        gone = await admin.post(f"/hub/tutor-nodes/{node_id}/delete")
        assert gone.status_code == 303
        assert node_id not in (await admin.get("/hub/tutor-nodes")).text
