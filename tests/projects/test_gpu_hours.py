"""GPU hours: nobody gets more than the brief promised, however many start at once."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.db.session import Database
from darsgah.errors import NotFound
from darsgah.projects import gpu, service
from darsgah.projects.errors import GpuLeaseOver, GpuNotNow, GpuQuotaUsed, GpuTokenUnknown
from darsgah.projects.gpu import LeaseGrant, NewLease, NewToken
from darsgah.projects.models import GpuLease
from darsgah.projects.schemas import ProjectMove
from tests.projects.rooms import Match, build_match, open_room


@pytest.fixture
async def match(session: AsyncSession) -> Match:
    """A project at work, with one GPU hour."""
    found = await build_match(session)
    await open_room(session, found)
    return found


async def token(session: AsyncSession, match: Match) -> str:
    return (await gpu.make_token(session, match.amna, match.id, NewToken("gpu-1"))).token


async def back(session: AsyncSession, lease: LeaseGrant, seconds: float) -> None:
    """Have everything about a lease be that much earlier."""
    row = await session.get(GpuLease, lease.id, populate_existing=True)
    assert row
    for name in ("started_at", "renewed_at", "paid_until"):
        setattr(row, name, getattr(row, name) - timedelta(seconds=seconds))
    await session.flush()


async def used(session: AsyncSession, match: Match) -> float:
    return (await service.room_view(session, match.amna, match.id)).gpu.used_seconds


async def test_a_lease_is_paid_for_as_it_goes(session: AsyncSession, match: Match) -> None:
    secret = await token(session, match)
    lease = await gpu.start(session, secret, match.id, NewLease("gpu-1", gpus=2))
    assert lease.granted_seconds == gpu.SLICE_SECONDS
    assert await used(session, match) == pytest.approx(120, abs=1)
    await back(session, lease, 30)
    renewed = await gpu.renew(session, secret, match.id, lease.id)
    assert renewed.left_seconds == pytest.approx(3600 - 60 - 120, abs=2)
    ended = await gpu.end(session, secret, match.id, lease.id)
    assert (ended.ended, ended.billed_seconds) == ("done", pytest.approx(60, abs=2))
    assert await gpu.end(session, secret, match.id, lease.id) == ended
    assert await used(session, match) == pytest.approx(60, abs=2), "what was set aside goes back"
    with pytest.raises(GpuLeaseOver):
        await gpu.renew(session, secret, match.id, lease.id)


async def test_lost_work_is_billed_what_was_set_aside_for_it(session: AsyncSession, match: Match) -> None:
    """Else starting again and again without a word would cost nothing."""
    secret = await token(session, match)
    lease = await gpu.start(session, secret, match.id, NewLease())
    await back(session, lease, 40)
    await gpu.renew(session, secret, match.id, lease.id)
    await back(session, lease, 500)
    assert await used(session, match) == pytest.approx(100, abs=2)
    await gpu.start(session, secret, match.id, NewLease())
    row = await session.get(GpuLease, lease.id, populate_existing=True)
    assert row
    assert (row.ended, row.billed_seconds) == ("lost", pytest.approx(100, abs=2))


async def test_work_is_cut_when_the_hours_end(session: AsyncSession, match: Match) -> None:
    secret = await token(session, match)
    lease = await gpu.start(session, secret, match.id, NewLease(gpus=64))
    assert lease.granted_seconds == pytest.approx(3600 / 64)
    with pytest.raises(GpuQuotaUsed):
        await gpu.start(session, secret, match.id, NewLease())
    await back(session, lease, 3600 / 64 - 9)
    last = await gpu.renew(session, secret, match.id, lease.id)
    assert last.granted_seconds == pytest.approx(9, abs=1)
    assert last.renew_seconds == last.granted_seconds
    await session.execute(
        sa.text("UPDATE gpu_lease SET billed_seconds = 3600, paid_until = now() + interval '1s'")
    )
    assert (await gpu.renew(session, secret, match.id, lease.id)).granted_seconds == 0
    row = await session.get(GpuLease, lease.id, populate_existing=True)
    assert row
    assert row.ended == "quota"


async def test_two_starts_at_once_never_get_the_same_seconds(database: Database) -> None:
    async with database.begin() as session:
        match = await build_match(session, gpu_hours=1)
        await open_room(session, match)
        secret = await token(session, match)
        first = await gpu.start(session, secret, match.id, NewLease())
        await gpu.end(session, secret, match.id, first.id)
        await session.execute(sa.text("UPDATE gpu_lease SET billed_seconds = 3600 - 50"))

    async def start() -> float:
        async with database.begin() as session:
            return (await gpu.start(session, secret, match.id, NewLease())).granted_seconds

    outcomes = await asyncio.gather(start(), start(), start(), return_exceptions=True)
    granted = [one for one in outcomes if isinstance(one, float)]
    assert granted == [pytest.approx(50, abs=1)]
    assert [type(one) for one in outcomes if not isinstance(one, float)] == [GpuQuotaUsed, GpuQuotaUsed]


async def test_whose_token_it_is(session: AsyncSession, match: Match) -> None:
    secret = await token(session, match)
    for wrong in (None, "", "dgp_wrong", "\udcff", secret.upper()):
        with pytest.raises(GpuTokenUnknown):
            await gpu.start(session, wrong, match.id, NewLease())
    with pytest.raises(GpuTokenUnknown):
        await gpu.start(session, secret, match.brief_id, NewLease())
    lease = await gpu.start(session, secret, match.id, NewLease())
    other = await token(session, match)
    with pytest.raises(NotFound):
        await gpu.renew(session, other, match.id, lease.id)
    with pytest.raises(NotFound):
        await gpu.stop(session, match.stranger, match.id, lease.id)
    tokens = (await gpu.page(session, match.guide, match.id)).tokens
    await gpu.withdraw_token(session, match.guide, match.id, tokens[0].id)
    with pytest.raises(GpuTokenUnknown):
        await gpu.renew(session, secret, match.id, lease.id)
    assert [one.ended for one in (await gpu.page(session, match.amna, match.id)).leases] == ["withdrawn"]


async def test_work_ends_with_the_project(session: AsyncSession, match: Match) -> None:
    secret = await token(session, match)
    lease = await gpu.start(session, secret, match.id, NewLease())
    version = (await service.room_view(session, match.guide, match.id)).version
    await service.move(session, match.guide, match.id, ProjectMove("pause", version, "A holiday."))
    with pytest.raises(GpuLeaseOver):
        await gpu.renew(session, secret, match.id, lease.id)
    with pytest.raises(GpuNotNow):
        await gpu.start(session, secret, match.id, NewLease())


async def test_without_hours_nothing_begins(session: AsyncSession) -> None:
    match = await build_match(session, gpu_hours=0)
    await open_room(session, match)
    with pytest.raises(GpuQuotaUsed):
        await gpu.start(session, await token(session, match), match.id, NewLease())
