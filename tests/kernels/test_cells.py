"""Cells of a lab that runs on the hub: what they show, ask and leave behind."""

import asyncio
import base64

from tests.kernels.conftest import Site
from tests.kernels.page import Page

ENVIRONMENT = "plots"


async def test_the_first_output_comes_with_the_limits(site: Site) -> None:
    async with site.page() as page:
        name = await page.begin("print('salam')\n6 * 7", "first")
        reply = await page.until("execute_reply", id=name)
        assert (reply["status"], reply["execution_count"], reply["cell"]) == ("ok", 1, "first")
        assert [event["type"] for event in page.of(name)] == [
            "execute_queued",
            "execute_input",
            "stream",
            "execute_result",
            "execute_reply",
        ]
        assert page.printed(name) == "salam\n"
        (limits,) = [message for message in page.heard if message["type"] == "limits"]
        assert limits["memory_bytes"] == 1024**3
        assert limits["idle_seconds"] == 1200.0


async def test_code_that_waits_is_bounded(site: Site) -> None:
    async with site.page() as page:
        running = await page.begin("import time\ntime.sleep(60)")
        await page.until("execute_input", id=running)
        waiting = [await page.begin("#" * 1_000_000) for _ in range(9)]
        reply = await page.until("execute_reply")
        assert (reply["id"], reply["status"]) == (waiting[-1], "aborted")
        await page.say("interrupt_request")
        assert (await page.until("execute_reply", id=running))["status"] == "error"


async def test_data_files_of_the_lab_are_there(site: Site) -> None:
    async with site.page() as page:
        assert await page.value("open('data/numbers.csv').read()") == "'1,2,3\\n'"


async def test_frames_and_figures_are_shown(site: Site) -> None:
    async with site.page() as page:
        reply = await page.run("import pandas as pd\npd.DataFrame({'a': [1]})")
        (frame,) = [event for event in page.of(reply["id"]) if event["type"] == "execute_result"]
        assert "<table" in frame["data"]["text/html"]
        reply = await page.run("import matplotlib.pyplot as plt\nplt.plot([1, 2, 3]);")
        (figure,) = [event for event in page.of(reply["id"]) if event["type"] == "display_data"]
        assert base64.b64decode(figure["data"]["image/png"]).startswith(b"\x89PNG")


async def test_scripts_are_not_passed_on_and_text_in_pieces_is_whole(site: Site) -> None:
    source = (
        "from IPython.display import display\n"
        "display({'text/html': '<b>x</b>', 'application/javascript': 'alert(1)'}, raw=True)\n"
        "import os\n"
        "for byte in 'سلام'.encode(): os.write(1, bytes([byte]))"
    )
    async with site.page() as page:
        reply = await page.run(source)
        (shown,) = [event for event in page.of(reply["id"]) if event["type"] == "display_data"]
        assert shown["data"] == {"text/html": "<b>x</b>"}
        assert page.printed(reply["id"]) == "سلام"


async def test_input_is_asked_for_and_answered(site: Site) -> None:
    async with site.page() as page:
        name = await page.begin("'<' + input('Your name? ') + '>'")
        asked = await page.until("input_request", id=name)
        assert (asked["prompt"], asked["password"]) == ("Your name? ", False)
        await page.say("input_reply", number=asked["number"] + 1, value="nobody asked")
        await page.say("input_reply", number=asked["number"], value="علی")
        result = await page.until("execute_result", id=name)
        assert result["data"]["text/plain"] == "'<علی>'"
        assert page.printed(name) == "Your name? علی\n"


async def test_giving_up_a_question_stops_the_cell(site: Site) -> None:
    async with site.page() as page:
        name = await page.begin("input()")
        asked = await page.until("input_request", id=name)
        await page.say("input_reply", number=asked["number"], value=None)
        reply = await page.until("execute_reply", id=name)
        assert reply["ename"] == "KeyboardInterrupt"
        assert await page.value("1 + 1") == "2"


async def test_an_interrupt_keeps_values_and_gives_up_what_waits(site: Site) -> None:
    async with site.page() as page:
        await page.run("x = 5")
        running = await page.begin("print('begun')\nwhile True: pass")
        waiting = await page.begin("x = 6")
        await page.until("stream", id=running)
        await page.say("interrupt_request")
        assert (await page.until("execute_reply", id=waiting))["status"] == "aborted"
        assert (await page.until("execute_reply", id=running))["ename"] == "KeyboardInterrupt"
        assert await page.value("x") == "5"


async def test_an_error_gives_up_what_waits(site: Site) -> None:
    async with site.page() as page:
        names = [await page.begin(code) for code in ("1 / 0", "print('never')", "2")]
        replies = [await page.until("execute_reply", id=name) for name in (names[0], *names[1:])]
        assert [reply["status"] for reply in replies] == ["error", "aborted", "aborted"]
        assert await page.value("3") == "3"


async def test_a_restart_forgets_values_and_counts_anew(site: Site) -> None:
    async with site.page() as page:
        await page.run("x = 1")
        running = await page.begin("while True: pass")
        await page.until("execute_input", id=running)
        await page.say("restart_request")
        assert (await page.until("execute_reply", id=running))["status"] == "aborted"
        await page.until("status", execution_state="idle")
        assert await page.value("x") == "NameError"
        reply = await page.run("1")
        assert reply["execution_count"] == 2


async def test_names_are_completed_and_explained(site: Site) -> None:
    async with site.page() as page:
        await page.run("numbers = [1]")
        await page.say("complete_request", id="c", code="numbers.app", cursor_pos=11)
        reply = await page.until("complete_reply", id="c")
        assert "append" in [match["text"] for match in reply["matches"]]
        assert (reply["cursor_start"], reply["cursor_end"]) == (8, 11)
        await page.say("inspect_request", id="i", code="print(", cursor_pos=5)
        assert "Prints the values" in (await page.until("inspect_reply", id="i"))["text"]


async def test_a_busy_kernel_says_so_to_a_question(site: Site) -> None:
    async with site.page() as page:
        await page.until("status", execution_state="idle") if not await _idle(page) else None
        running = await page.begin("import time\ntime.sleep(0.5)")
        await page.until("execute_input", id=running)
        await page.say("complete_request", id="c", code="pri", cursor_pos=3)
        assert (await page.until("complete_reply", id="c"))["status"] == "busy"
        await page.until("execute_reply", id=running)


async def _idle(page: Page) -> bool:
    """Whether the kernel was idle when the page came."""
    return bool((await page.until("kernel_info"))["execution_state"] == "idle")


async def test_a_flood_is_cut_with_a_note(site: Site) -> None:
    async with site.page() as page:
        reply = await page.run("for n in range(60_000): print('x' * 100)")
        printed = page.printed(reply["id"])
        assert printed.endswith("[output cut: a cell may show 1024 KiB and 1000 outputs]\n")
        assert len(printed) < 1_050_000
        assert reply["status"] == "ok"
        assert await page.value("'still here'") == "'still here'"


async def test_a_memory_limit_is_told_and_a_restart_begins_anew(site: Site) -> None:
    """Processes that share the limit: Python itself raises nothing, and the machine ends one of them."""
    source = (
        "import os, time\n"
        "for n in range(3):\n"
        "    if os.fork() == 0:\n        held = bytearray(450 * 2**20)\n        time.sleep(5); os._exit(0)\n"
        "held = bytearray(600 * 2**20)\n"
        "for n in range(100): held[::4096] = bytes(len(held[::4096])); time.sleep(0.05)"
    )
    async with site.page() as page:
        name = await page.begin(source)
        reply = await page.until("execute_reply", id=name)
        if reply["status"] == "ok":
            return  # one of the others was taken, and the cell went on
        if not reply["ename"]:
            dead = await page.until("status", execution_state="dead")
            assert dead["reason"] == "memory"
            refused = await page.run("1")
            assert refused["status"] == "aborted"
        await page.say("restart_request")
        await page.until("status", execution_state="idle")
        assert await page.value("1 + 1") == "2"


async def test_a_crash_is_told(site: Site) -> None:
    async with site.page() as page:
        name = await page.begin("import os\nprint('last words', flush=True)\nos._exit(1)")
        waiting = await page.begin("1")
        assert (await page.until("execute_reply", id=name))["status"] == "error"
        assert (await page.until("execute_reply", id=waiting))["status"] == "aborted"
        assert (await page.until("status", execution_state="dead"))["reason"] == "ended"
        assert page.printed(name) == "last words\n"


async def test_a_cell_that_takes_too_long_is_stopped(site: Site) -> None:
    bounds = type(site.kernels.host.bounds)(places=8, cell_seconds=0.5) if site.kernels.host else None
    assert bounds is not None
    await site.kernels.start(bounds)
    async with site.page() as page:
        reply = await page.run("while True: pass")
        assert reply["ename"] == "KeyboardInterrupt"
        assert "[stopped: a cell may run for 1 minutes]" in page.printed(reply["id"])


async def test_nonsense_is_passed_over(site: Site) -> None:
    async with site.page() as page:
        for text in ("", "null", "[]", "{", '{"type": 5}', "[" * 5000, '{"type": "execute_request"}'):
            await page.send_raw(text)
        await page.say("execute_request", id=["a"], cell=5, code="1")
        await page.say("complete_request", id="c", code="x", cursor_pos=7)
        await page.say("input_reply", number=1, value="nobody asked")
        await page.say("ping")
        await page.until("pong")
        assert await page.value("1 + 1") == "2"


async def test_a_message_that_is_too_large_ends_the_page_alone(site: Site) -> None:
    async with site.page() as page:
        await page.run("x = 1")
        await page.send_raw("x" * 1_100_000)
        assert (await page.end())[0] in {4413, 1009}
    async with site.page() as page:
        await asyncio.sleep(0)
        assert await page.value("x") == "1"
