"""Losing and getting back a verification or a place: at once, told, kept, and decided by nobody else."""

import asyncio
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.organisations import service
from darsgah.organisations.models import Verification
from darsgah.organisations.tasks import OrganisationTasks
from tests.network import Platform
from tests.organisations.acting import acting, becoming, decide, mentor, mine


async def may_act(platform: Platform, organisation_id: str, mentor_id: str) -> bool:
    """What other slices ask at each act."""
    async with platform.database.begin() as session:
        return await service.may_act_for(session, Actor(UUID(mentor_id), "", "en"), UUID(organisation_id))


async def followed(platform: Platform, organisation_id: str) -> list[tuple[UUID, UUID | None]]:
    """What slices above learn from the jobs that wait about an organisation."""
    heard: list[tuple[UUID, UUID | None]] = []

    async def follower(_: AsyncSession, organisation: UUID, account: UUID | None) -> None:
        heard.append((organisation, account))

    async with platform.database.begin() as session:
        jobs = await session.execute(
            sa.text(
                "DELETE FROM procrastinate_jobs WHERE task_name = :kind"
                " AND args->>'organisation_id' = :organisation RETURNING args"
            ),
            {"kind": service.STANDING_CHANGED.name, "organisation": organisation_id},
        )
        waiting = list(jobs.scalars())
    (task,) = OrganisationTasks(platform.database, [follower]).tasks()
    for values in waiting:
        await task.run(**values)
    return heard


async def test_an_organisation_that_loses_verification_acts_no_more(platform: Platform) -> None:
    owner, organisation_id, mentor_id = await acting(platform, "Gwadar Gears")
    await followed(platform, organisation_id)
    assert await may_act(platform, organisation_id, mentor_id)
    assert (await decide(platform, "organisations", organisation_id, "suspended")).status_code == 201
    assert not await may_act(platform, organisation_id, mentor_id)
    assert await followed(platform, organisation_id) == [(UUID(organisation_id), None)]
    (told, *_) = (await owner.get("/api/v1/notices")).json()["notices"]
    assert told["kind"] == "organisation_suspended"
    assert "suspended, for a test" in told["body"]
    async with platform.client() as stranger:
        assert (await stranger.get(f"/organisations/{organisation_id}")).status_code == 404
        listed = (await stranger.get("/api/v1/organisations")).json()["organisations"]
        assert organisation_id not in {one["id"] for one in listed}
    assert (await decide(platform, "organisations", organisation_id, "refused")).status_code == 201
    assert (await decide(platform, "organisations", organisation_id, "refused")).status_code == 409
    assert (await decide(platform, "organisations", organisation_id)).status_code == 201
    assert await may_act(platform, organisation_id, mentor_id)
    async with platform.program("network_admin") as admin:
        case = (await admin.get(f"/api/v1/hub/organisations/{organisation_id}")).json()
    assert [one["decision"] for one in case["decisions"]] == ["verified", "refused", "suspended", "verified"]
    await owner.aclose()


async def test_a_verified_organisation_that_becomes_another_is_to_be_verified_again(
    platform: Platform,
) -> None:
    owner, organisation_id, mentor_id = await acting(platform, "Hunza Honey")
    address = f"/api/v1/organisations/{organisation_id}"
    seen = (await owner.get(address)).json()
    body = {"version": seen["version"], "profile": {"name": "Famous Bank", "country": "GB"}}
    assert (await owner.put(address, json=body)).json()["state"] == "unverified"
    assert not await may_act(platform, organisation_id, mentor_id)
    async with platform.program("hub_admin") as admin:
        case = (await admin.get(f"/api/v1/hub/organisations/{organisation_id}")).json()
    assert case["decisions"][0]["decision"] == "lapsed"
    taken, *_ = await acting(platform, "Famous Bank Two")
    other = (await mine(taken))["organisation"]
    name = {"version": other["version"], "profile": {"name": "famous  BANK", "country": "GB"}}
    refused = await taken.put(f"/api/v1/organisations/{other['id']}", json=name)
    assert (refused.status_code, refused.json()["code"]) == (409, "name_taken")
    for client in (owner, taken):
        await client.aclose()


@pytest.mark.parametrize(
    ("field", "value", "state"),
    [
        ("website", "https://another.example.org", "unverified"),
        ("country", "PK", "unverified"),
        ("name_ur", "اور نام", "unverified"),
        ("about", "We also plant trees.", "verified"),
    ],
)
async def test_what_was_looked_at_makes_it_another(
    platform: Platform, field: str, value: str, state: str
) -> None:
    owner, organisation_id, _ = await acting(platform, f"Chitral {field}")
    address = f"/api/v1/organisations/{organisation_id}"
    seen = (await owner.get(address)).json()
    profile = {name: seen[name] for name in ("name", "name_ur", "country", "website", "about")}
    body = {"version": seen["version"], "profile": profile | {field: value}}
    assert (await owner.put(address, json=body)).json()["state"] == state
    await owner.aclose()


async def test_a_mentor_who_is_removed_or_suspended_acts_no_more(platform: Platform) -> None:
    owner, organisation_id, owner_id = await acting(platform, "Swat Solar")
    colleague = await mentor(platform, "Swat Solar")
    colleague_id = (await mine(colleague))["mentor"]["account_id"]
    people = f"/api/v1/organisations/{organisation_id}/people"
    await owner.post(f"{people}/{colleague_id}", json={"accept": True})
    await decide(platform, "mentors", colleague_id)
    assert await may_act(platform, organisation_id, colleague_id)
    assert (await decide(platform, "mentors", colleague_id, "suspended")).status_code == 201
    assert not await may_act(platform, organisation_id, colleague_id)
    await decide(platform, "mentors", colleague_id)
    await followed(platform, organisation_id)
    assert (await owner.delete(f"{people}/{colleague_id}")).status_code == 204
    assert not await may_act(platform, organisation_id, colleague_id)
    assert (UUID(organisation_id), UUID(colleague_id)) in await followed(platform, organisation_id)
    assert (await colleague.get(people)).status_code == 404
    (told, *_) = (await colleague.get("/api/v1/notices")).json()["notices"]
    assert told["kind"] == "mentor_removed"
    last = await owner.delete(f"{people}/{owner_id}")
    assert (last.status_code, last.json()["code"]) == (409, "last_owner")
    async with platform.program("hub_admin") as admin:
        assert (await admin.delete(f"{people}/{owner_id}")).status_code == 204
    async with platform.database.begin() as session:
        assert await service.active_mentors(session, UUID(organisation_id)) == []
    for client in (owner, colleague):
        await client.aclose()


async def test_nobody_decides_elsewhere_or_about_themselves_or_on_what_has_changed(
    platform: Platform,
) -> None:
    owner, organisation_id, mentor_id = await acting(platform, "Bolan Bricks")
    for kind, subject in (("organisations", organisation_id), ("mentors", mentor_id)):
        address = f"/api/v1/hub/{kind}/{subject}"
        body = {"decision": "suspended", "version": 2, "note": "Elsewhere"}
        for name, status in (("other_hub_admin", 404), ("instructor", 403), ("auditor", 403)):
            async with platform.program(name) as client:
                assert (await client.get(address)).status_code == status
                assert (await client.post(f"{address}/decisions", json=body)).status_code == status
        async with platform.program("hub_admin") as admin:
            for wrong, status in (
                ({"version": 1}, 409),
                ({"note": "  "}, 422),
                ({"decision": "lapsed"}, 409),
                ({"decision": "verified"}, 409),
            ):
                answer = await admin.post(f"{address}/decisions", json=body | wrong)
                assert answer.status_code == status, answer.text
    async with platform.program("network_admin") as admin:
        assert (await admin.post("/api/v1/me/mentor", json=becoming("Own Office"))).status_code == 201
        own = await mine(admin)
    for kind, subject in (
        ("organisations", own["organisation"]["id"]),
        ("mentors", own["mentor"]["account_id"]),
    ):
        answer = await decide(platform, kind, subject, by="network_admin")
        assert (answer.status_code, answer.json()["code"]) == (403, "own_case")
    await owner.aclose()


async def test_of_two_administrators_at_once_one_is_told_that_it_changed(platform: Platform) -> None:
    client = await mentor(platform, "Potohar Pumps")
    organisation_id = (await mine(client))["organisation"]["id"]
    await client.aclose()
    answers = await asyncio.gather(
        decide(platform, "organisations", organisation_id, "verified", by="hub_admin"),
        decide(platform, "organisations", organisation_id, "refused", by="network_admin"),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]


@pytest.mark.parametrize("change", ["UPDATE verification SET note = ''", "DELETE FROM verification"])
async def test_decisions_are_only_added(platform: Platform, change: str) -> None:
    client = await mentor(platform, f"Kept {change.split(maxsplit=1)[0]}")
    await decide(platform, "organisations", (await mine(client))["organisation"]["id"])
    await client.aclose()
    with pytest.raises(DBAPIError, match="only added"):
        async with platform.database.begin() as session:
            await session.execute(sa.text(change))
    async with platform.database.begin() as session:
        assert (await session.execute(sa.select(sa.func.count()).select_from(Verification))).scalar_one()
