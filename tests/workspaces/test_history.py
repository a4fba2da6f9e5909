"""Which versions stay: typing is folded, another window's work never is, and every day keeps its last."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import memory_blobs
from darsgah.workspaces import history, service
from tests.network import Network, build_network, work

KARACHI = ZoneInfo("Asia/Karachi")
START = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
async def network(session: AsyncSession) -> Network:
    """A learner with an assignment."""
    return await build_network(session, memory_blobs())


class Typing:
    """Saves of one learner, at moments that the test chooses."""

    def __init__(self, session: AsyncSession, network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
        self.session, self.network, self.monkeypatch, self.version = session, network, monkeypatch, 0

    async def save(self, number: int, at: timedelta, window: str = "one") -> None:
        """The notebook of that number becomes the newest version."""
        self.monkeypatch.setattr(service, "utc_now", lambda: START + at)
        saved = await service.save(
            self.session,
            self.network.people["learner"],
            self.network.assignment_id,
            "lab",
            work(number),
            if_match=f'"{self.version}"',
            client=window,
        )
        assert (saved.version, saved.saved_at) == (self.version + 1, START + at)
        self.version = saved.version

    async def kept(self) -> list[int]:
        """Numbers of the versions that are kept, newest first."""
        learner = self.network.people["learner"]
        found = await service.versions(self.session, learner, self.network.assignment_id, "lab")
        return [view.version for view in found]

    async def content(self, number: int) -> bytes:
        """The bytes of a version."""
        learner = self.network.people["learner"]
        found = await service.version(self.session, learner, self.network.assignment_id, "lab", number)
        return found.notebook


@pytest.fixture
def typing(session: AsyncSession, network: Network, monkeypatch: pytest.MonkeyPatch) -> Typing:
    """Somebody who types."""
    return Typing(session, network, monkeypatch)


async def test_typing_is_one_version_for_each_stretch(typing: Typing) -> None:
    for second in range(0, 900, 30):
        await typing.save(second, timedelta(seconds=second))
    assert await typing.kept() == [30, 20, 10]
    assert [await typing.content(number) for number in (10, 20, 30)] == [work(270), work(570), work(870)]


async def test_another_window_never_takes_a_versions_place(typing: Typing) -> None:
    await typing.save(1, timedelta(seconds=0), "one")
    await typing.save(2, timedelta(seconds=1), "two")
    await typing.save(3, timedelta(seconds=2), "two")
    await typing.save(4, timedelta(seconds=3), "one")
    assert await typing.kept() == [4, 3, 1]
    assert [await typing.content(number) for number in (1, 3, 4)] == [work(1), work(3), work(4)]


async def test_a_program_without_a_window_makes_a_version_each(typing: Typing) -> None:
    for number in range(1, 4):
        await typing.save(number, timedelta(seconds=number), "")
    assert await typing.kept() == [3, 2, 1]


async def test_thirty_versions_stay_and_every_day_keeps_its_last(typing: Typing) -> None:
    for day in range(3):
        for minute in range(0, 200, 10):
            await typing.save(1000 * day + minute, timedelta(days=day, minutes=minute))
    # 20 a day, as the hub counts days: the oldest went, but not the last of the first day.
    assert await typing.kept() == [*range(60, 31, -1), 20]
    assert await typing.content(20) == work(190)


def moments(*hours: float) -> list[tuple[int, datetime]]:
    """Versions, newest first, so many hours ago."""
    return [(len(hours) - place, START - timedelta(hours=hour)) for place, hour in enumerate(hours)]


def test_nothing_goes_while_there_is_room() -> None:
    assert history.superfluous(moments(*range(history.KEPT)), KARACHI) == []


def test_the_oldest_of_a_day_goes_first() -> None:
    # Karachi is five hours ahead: START is nine in the morning there, and its day began nine hours before.
    hours = [place / 10 for place in range(29)] + [9.5, 9.9]
    versions = moments(*hours)
    assert history.superfluous(versions, KARACHI) == [1]


def test_a_month_of_days_lets_the_oldest_day_go() -> None:
    versions = moments(*(24.0 * day for day in range(history.KEPT + 2)))
    assert history.superfluous(versions, KARACHI) == [1, 2]


def test_the_newest_never_goes() -> None:
    versions = [(number, START) for number in range(40, 0, -1)]
    assert history.superfluous(versions, KARACHI) == list(range(1, 11))
