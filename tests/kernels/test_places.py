"""How the places of a machine are shared out when there are fewer than learners."""

import asyncio
import time
from dataclasses import replace

from darsgah_grader.kernel_wire import Opening
from darsgah_grader.sandbox.kernel_host import Bounds, Refused
from darsgah_grader.sandbox.kernels import Kernel
from tests.kernels.conftest import Site
from tests.kernels.page import Page

_TWO = Bounds(places=2, each=1, look_seconds=0.1, spare_seconds=0.3)


async def test_who_waits_is_told_where_and_gets_the_longest_unused_place(site: Site) -> None:
    await site.kernels.start(replace(_TWO, spare_seconds=1.5))
    async with site.page("learner") as first, site.page("classmate") as second:
        await first.run("x = 1")
        await second.run("x = 2")
        await first.run("x")
        async with site.page("instructor") as third, site.page("hub_admin") as fourth:
            assert (await third.until("queue"))["position"] == 1
            assert (await fourth.until("queue"))["position"] == 2
            running = await first.begin("import time\ntime.sleep(4)")
            assert (await second.until("ended"))["reason"] == "idle"
            assert (await third.until("queue"))["position"] == 0
            assert (await fourth.until("queue"))["position"] == 1
            assert await third.value("3") == "3"
            assert (await first.until("execute_reply", id=running))["status"] == "ok"


async def test_who_goes_away_while_waiting_gives_up_the_turn(site: Site) -> None:
    await site.kernels.start(replace(_TWO, places=1, spare_seconds=60))
    async with site.page("learner") as first:
        await first.run("x = 1")
        async with site.page("classmate") as second:
            await second.until("queue")
            assert site.kernels.host is not None
            async with site.page("instructor") as third:
                assert (await third.until("queue"))["position"] == 2
                await second.close()
                assert (await third.until("queue"))["position"] == 1
                await third.begin("'ran as soon as there was a place'")
                site.kernels.host.stop(
                    str(site.network.people["learner"].account_id), str(site.network.assignment_id)
                )
                result = await third.until("execute_result")
                assert "as soon as" in result["data"]["text/plain"]


async def test_a_learner_has_a_bounded_number(site: Site) -> None:
    other = site.network.other_assignment_id
    await site.kernels.start(_TWO)
    async with site.page("network_admin") as one:
        await one.run("x = 1")
        async with site.page("network_admin", assignment=other) as two:
            assert await two.value("2") == "2"
            assert (await one.until("ended"))["reason"] == "idle"
            running = await two.begin("import time\ntime.sleep(2)")
            await two.until("execute_input", id=running)
            async with site.page("network_admin") as three:
                assert (await three.until("ended"))["reason"] == "full"
                assert await three.end() == (4410, "full")


async def test_labs_that_a_learner_opens_at_once_are_counted(site: Site) -> None:
    host = await site.kernels.start(_TWO)
    asked = Opening("somebody", "a lab", "hub", "A lab", "Somebody", "python")
    kernel, refused = await asyncio.gather(
        *(host.open(replace(asked, assignment=lab), {}, lambda _: None) for lab in ("a lab", "another")),
        return_exceptions=True,
    )
    assert isinstance(kernel, Kernel)
    assert isinstance(refused, Refused)
    assert refused.reason == "full"
    kernel.end("ended")


async def test_a_kernel_in_the_place_of_one_that_is_just_ending_has_the_data(site: Site) -> None:
    async with site.page() as first:
        await first.run("x = 1")
        assert site.kernels.host is not None
        [held] = site.kernels.host.held
        free = held.close

        def slowly() -> None:
            time.sleep(0.5)
            free()

        held.close = slowly
        held.kernel.end("idle")
        async with site.page() as second:
            assert await second.value("open('data/numbers.csv').read()") == "'1,2,3\\n'"


async def test_windows_that_open_at_once_get_one_kernel(site: Site) -> None:
    async def opened() -> str:
        async with site.page("classmate") as page:
            await page.until("caught_up")
            return page.session

    sessions = await asyncio.gather(*(opened() for _ in range(5)))
    assert len(set(sessions)) == 1
    assert site.kernels.host is not None
    assert len(site.kernels.host.held) == 1


async def test_an_environment_that_does_not_start_is_told(site: Site) -> None:
    assert site.kernels.host is not None
    site.kernels.host.warm.close()
    async with site.page() as page:
        assert (await page.until("ended"))["reason"] == "failed"
        assert await page.end() == (4410, "failed")
    await site.kernels.start(_TWO)


async def test_many_pages_of_many_kernels_do_not_wait_for_each_other(site: Site) -> None:
    people = ("learner", "classmate", "instructor", "hub_admin", "network_admin")

    async def counted(page: Page, number: int) -> list[str]:
        return [await page.value(f"{number} * {n}") for n in range(10)]

    async with asyncio.TaskGroup() as group:

        async def work(number: int, who: str) -> None:
            async with site.page(who) as page:
                assert await counted(page, number) == [str(number * n) for n in range(10)]

        for number, who in enumerate(people):
            group.create_task(work(number, who))
