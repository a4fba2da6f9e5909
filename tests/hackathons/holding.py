"""A hackathon for tests, set up, entered and judged through the JSON API."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from darsgah.db.columns import now
from darsgah.hackathons.models import Hackathon
from tests.network import Platform

HACKATHONS = "/api/v1/hackathons"
SCRIPT = "<script>alert(1)</script>"


def plan(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 # whatever a plan holds
    """A hackathon of the whole network that runs now, as JSON."""
    at = {"sign_up_until": 2, "starts_at": -1, "ends_at": 3}
    return {
        "name": "Water for Karachi",
        "about": f"Find leaks. {SCRIPT} [link](javascript:alert(1))",
        "rules": "Be kind.",
        **{name: (now() + timedelta(hours=hours)).isoformat() for name, hours in at.items()},
        "tracks": [{"name": "Leaks", "name_ur": "رساؤ"}, {"name": "Demand"}],
        "criteria": [{"name": "Use", "weight": 2}, {"name": "Craft"}],
        "judges_each": 2,
        "team_most": 2,
    } | changes


async def published(platform: Platform, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 # as above
    """One that everybody sees."""
    async with platform.program("network_admin") as admin:
        made = await admin.post(HACKATHONS, json=plan(**changes))
        assert made.status_code == 201, made.text
        answer = await admin.post(f"{HACKATHONS}/{made.json()['id']}/publication")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


async def team(client: httpx.AsyncClient, name: str) -> str:
    """A new team for a hackathon."""
    answer = await client.post("/api/v1/teams", json={"name": name, "purpose": "hackathon"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def signed_up(client: httpx.AsyncClient, hackathon: dict[str, Any], name: str) -> dict[str, Any]:
    """The entry of a new team in the first track."""
    wanted = {
        "team_id": await team(client, name),
        "track_id": hackathon["tracks"][0]["id"],
        "accept_rules": True,
    }
    answer = await client.post(f"{HACKATHONS}/{hackathon['id']}/entries", json=wanted)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def handed_in(client: httpx.AsyncClient, hackathon: dict[str, Any], name: str) -> str:
    """The id of an entry that was handed in."""
    entry = await signed_up(client, hackathon, name)
    place = f"{HACKATHONS}/{hackathon['id']}/entries/{entry['id']}"
    text = {"version": 1, "title": f"Work of {name}", "summary": SCRIPT, "links": ["https://example.org/a"]}
    assert (await client.put(place, json=text)).status_code == 200
    assert (await client.post(f"{place}/submission")).status_code == 200
    return str(entry["id"])


async def let_end(platform: Platform, hackathon_id: str) -> None:
    """Move its times into the past."""
    async with platform.database.begin() as session:
        past = {name: now() - timedelta(hours=hours) for name, hours in (("starts_at", 3), ("ends_at", 1))}
        await session.execute(
            sa.update(Hackathon)
            .where(sa.column("id") == UUID(hackathon_id))
            .values(**past, sign_up_until=now() - timedelta(hours=2))
        )


async def judge(platform: Platform, hackathon: dict[str, Any], *names: str) -> None:
    """Have people judge the first track."""
    place = f"{HACKATHONS}/{hackathon['id']}"
    async with platform.program("network_admin") as admin:
        for name in names:
            wanted = {
                "email": f"{name.replace('_', '-')}@example.org",
                "track_id": hackathon["tracks"][0]["id"],
            }
            asked = await admin.post(f"{place}/judges", json=wanted)
            assert asked.status_code == 201, asked.text
            async with platform.program(name) as client:
                judgeships = (await client.get(f"{place}/judging")).json()["judgeships"]
                answered = await client.put(f"{place}/judges/{judgeships[0]['id']}", json={"accept": True})
                assert answered.status_code == 204, answered.text


async def mark_all(platform: Platform, hackathon_id: str, name: str, marks: dict[str, list[int]]) -> None:
    """Give everything that a judge was dealt the marks by its title."""
    place = f"{HACKATHONS}/{hackathon_id}/judging"
    async with platform.program(name) as client:
        for one in (await client.get(place)).json()["judgements"]:
            answer = await client.put(f"{place}/{one['id']}", json={"marks": marks[one["title"]]})
            assert answer.status_code == 200, answer.text
