"""Pages that go away and come back, pages beside each other, and kernels that are gone meanwhile."""

import asyncio

from darsgah_grader.sandbox.kernel_host import Bounds
from tests.kernels.conftest import BOUNDS, Site
from tests.kernels.page import Event, Page

_UNNUMBERED = {"limits", "kernel_info", "usage", "caught_up", "queue", "pong"}
_COUNT = "import time\nfor n in range(20):\n    print(n)\n    time.sleep(0.05)"


def _numbers(pages: list[Page], execution: str) -> list[int]:
    """What the counting cell printed, over several pages."""
    return [int(line) for page in pages for line in page.printed(execution).split()]


async def test_all_that_was_missed_comes_in_order_and_once(site: Site) -> None:
    async with site.page() as first:
        name = await first.begin(_COUNT)
        await first.until("stream", id=name)
        first.break_off()
        while await first.hear() is not None:
            pass
    await asyncio.sleep(0.3)
    async with site.page(session=first.session, after=first.last) as second:
        assert (await second.until("kernel_info"))["complete"]
        reply = await second.until("execute_reply", id=name)
    assert reply["status"] == "ok"
    assert _numbers([first, second], name) == list(range(20))
    numbers = [
        event["seq"] for page in (first, second) for event in page.heard if event["type"] not in _UNNUMBERED
    ]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_a_page_that_is_loaded_again_is_told_of_the_cell_that_runs(site: Site) -> None:
    async with site.page() as first:
        done = await first.run("print('seen')")
        name = await first.begin(_COUNT, "counting")
        await first.until("stream", id=name)
    async with site.page() as second:
        await second.until("execute_reply", id=name)
        queued = second.of(name)[0]
        assert (queued["type"], queued["cell"]) == ("execute_queued", "counting")
        assert _numbers([second], name) == list(range(20))
        assert second.of(done["id"]) == []


async def test_a_cell_that_ended_unseen_is_told_once(site: Site) -> None:
    async with site.page() as first:
        name = await first.begin("import time\ntime.sleep(0.3)\n'over'")
        await first.until("execute_input", id=name)
    await asyncio.sleep(0.6)
    async with site.page() as second:
        reply = await second.until("execute_reply", id=name)
        assert reply["status"] == "ok"
        await second.until("caught_up")
    async with site.page() as third:
        await third.until("caught_up")
        assert third.of(name) == []
        assert (await third.run("1"))["execution_count"] == 2


async def test_a_request_that_is_sent_again_runs_once(site: Site) -> None:
    async with site.page() as page:
        await page.run("n = 0")
        for _ in range(3):
            await page.say("execute_request", id="same", cell="c", code="n += 1")
        await page.until("execute_reply", id="same")
        assert await page.value("n") == "1"


async def test_a_question_waits_for_the_page_to_come_back(site: Site) -> None:
    async with site.page() as first:
        name = await first.begin("input('who? ')")
        await first.until("input_request", id=name)
    async with site.page(session=first.session, after=0) as second:
        asked = await second.until("input_request", id=name)
        await second.say("input_reply", number=asked["number"], value="me")
        await second.until("input_done")
        result = await second.until("execute_result", id=name)
        assert result["data"]["text/plain"] == "'me'"


async def test_two_windows_share_the_kernel_and_see_the_same(site: Site) -> None:
    async with site.page() as one, site.page() as other:
        await one.until("caught_up")
        await other.until("caught_up")
        assert one.session == other.session
        name = await one.begin("x = 1\nprint('shared')\ninput('? ')", "cell of one")
        for page in (one, other):
            asked = await page.until("input_request", id=name)
        await other.say("input_reply", number=asked["number"], value="from the other")
        for page in (one, other):
            await page.until("execute_reply", id=name)
            assert page.printed(name) == "shared\n? from the other\n"
        assert await other.value("x") == "1"

        def told(page: Page) -> list[Event]:
            return [event for event in page.heard if "seq" in event and event["type"] != "caught_up"]

        await one.until("execute_reply")
        assert told(one)[-5:] == told(other)[-5:]


async def test_a_kernel_that_nobody_uses_is_ended_and_its_page_told(site: Site) -> None:
    await site.kernels.start(Bounds(places=8, idle_seconds=0.5, look_seconds=0.1))
    async with site.page() as page:
        await page.run("x = 1")
        assert (await page.until("ended"))["reason"] == "idle"
        assert await page.end() == (4410, "idle")
    async with site.page(session=page.session, after=page.last) as again:
        assert await again.end() == (4410, "ended")
    async with site.page() as new:
        assert await new.value("x") == "NameError"


async def test_a_page_finds_its_way_after_the_host_was_started_again(site: Site) -> None:
    async with site.page() as page:
        await page.run("x = 1")
        await site.kernels.stop()
        assert (await page.end())[0] in {4410, 4503}
        async with site.page(session=page.session, after=page.last) as meanwhile:
            assert await meanwhile.end() == (4503, "kernels_away")
        await site.kernels.start(BOUNDS)
        async with site.page(session=page.session, after=page.last) as again:
            assert await again.end() == (4410, "ended")
        async with site.page() as new:
            assert await new.value("x") == "NameError"


async def test_a_death_of_the_warm_process_is_told(site: Site) -> None:
    async with site.page() as page:
        await page.run("x = 1")
        assert site.kernels.host is not None
        (held,) = site.kernels.host.held
        site.kernels.host.warm.close()
        assert (await page.until("ended"))["reason"] == "ended"
        await held.over.wait()
    await site.kernels.start(Bounds(places=8))
