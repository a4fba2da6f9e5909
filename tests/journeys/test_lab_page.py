"""A learner's whole lab in the browser: erring, asking, mending, losing the link, coming back, handing in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.journeys.conftest import TIMEOUT, SignIn, enter
from tests.journeys.demo_site import Site
from tests.journeys.lab_work import Lab, opened
from tests.journeys.watching import watch, watch_answers
from tests.lab_page.lab_browser import wait_for_service_worker
from tests.ui.gallery_server import CHROMIUM, FLAGS

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

FARE, BILL = "test-rickshaw-fare", "test-electricity-bill"
WRONG = "def rickshaw_fare(distance_km, waiting_minutes=0):\n    return 100"
MENDED = "    return 100 + 45 * math.ceil(max(distance_km - 2, 0)) + 4 * waiting_minutes"
FARE_ANSWER = f"def rickshaw_fare(distance_km, waiting_minutes=0):\n{MENDED}"
LAST_LINE = "    return bill + units * TOP_RATE  # written without a link"
BILL_ANSWER = f"""def electricity_bill(units):
    if units < 0:
        raise ValueError("units cannot be negative")
    bill = 0
    for size, rate in SLABS:
        in_slab = min(units, size)
        bill += in_slab * rate
        units -= in_slab
{LAST_LINE}"""


@contextmanager
def profile(browser: Browser, folder: Path, width: int, language: str) -> Iterator[BrowserContext]:
    """A browser that has, after it was closed, what it kept before."""
    context = browser.browser_type.launch_persistent_context(
        str(folder),
        executable_path=CHROMIUM,
        args=FLAGS,
        viewport=ViewportSize(width=width, height=800),
        locale=language,
    )
    yield context
    context.close()


def from_today(page: Page) -> Lab:
    """By the course to its first lab."""
    page.click("main a[href^='/cohorts/']")
    page.click("main a.row-title[href^='/assignments/']")
    page.click("main a[href$='/lab']")
    return opened(page)


def err_ask_and_mend(lab: Lab) -> None:
    """A wrong answer, the reason, hints of the first two levels and a judgement, the right answer."""
    panel = lab.question(FARE)
    lab.answer("rickshaw-fare", WRONG)
    lab.check(FARE, "A test fails")
    expect(panel.locator(".question-message")).to_contain_text("started kilometre")
    lab.button("Hint", panel).click()
    hint = panel.locator(".lab-hint")
    expect(hint).to_contain_text(lab.words["What the tests saw"], timeout=60_000)
    expect(hint).to_contain_text("rickshaw_fare(")
    lab.button("Hint", panel).click()
    hint.locator("textarea").fill("I add up the kilometres.")
    lab.button("Ask for the next hint", hint).click()
    lab.button("Yes", hint).click(timeout=60_000)
    expect(hint).to_contain_text(lab.words["Thank you."])
    lab.answer("rickshaw-fare", FARE_ANSWER)
    expect(panel.locator(".badge")).to_contain_text(lab.words["Changed since the check"])
    lab.check(FARE, "Visible tests pass")
    lab.until_saved(MENDED)


def go_on_without_a_link(lab: Lab) -> None:
    """Everything but handing in: write, run, check."""
    lab.answer("electricity-bill", BILL_ANSWER)
    lab.check(BILL, "Visible tests pass")
    own = lab.add_code("print('alone', electricity_bill(0))")
    lab.button("Run this cell", own).click()
    expect(own.locator(".lab-outputs")).to_contain_text("alone 0")
    lab.says("Kept on this device, sent when the link is back")
    lab.button("Hand in").click()
    dialog = lab.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text(lab.words["No link"])
    lab.button("Close", dialog).click()


def hand_in(lab: Lab) -> None:
    """Hand in, and stay until both questions say their points."""
    lab.button("Hand in").click()
    lab.button("Hand in and grade", lab.page.get_by_role("dialog")).click()
    for question, points in ((FARE, "2"), (BILL, "3")):
        graded = lab.words["Handed in: {score} of {most} points"].format(score=points, most=points)
        expect(lab.question(question).locator(".lab-grade")).to_contain_text(graded, timeout=180_000)
    lab.button("See the result", lab.page.locator(".lab-bar-notice")).click()
    lab.page.wait_for_url("**/submissions/*")
    assert lab.page.locator(".question").count() == 7


@pytest.mark.parametrize(
    ("email", "language", "width"),
    [("learner5@demo.example", "en-GB", 1280), ("talib@demo.example", "ur-PK", 360)],
)
def test_a_whole_lab_with_the_link_lost_and_the_browser_closed(
    site: Site, browser: Browser, tmp_path: Path, email: str, language: str, width: int
) -> None:
    with profile(browser, tmp_path, width, language) as context:
        page = enter(context, site, email)
        lab = from_today(page)
        address = page.url
        err_ask_and_mend(lab)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        wait_for_service_worker(page)
        context.set_offline(True)
        go_on_without_a_link(lab)
        cookies = context.cookies()
    with profile(browser, tmp_path, width, language) as context:
        watch(context, site)
        watch_answers(context, site)
        context.set_default_timeout(TIMEOUT)
        # Cookies of a session end with this browser, as they would not with one that opens its windows again.
        context.add_cookies(cookies)  # type: ignore[arg-type] # what it gave before
        page = context.new_page()
        page.goto(address)
        lab = opened(page)
        expect(page.locator("#cell-electricity-bill")).to_contain_text(LAST_LINE.strip())
        lab.until_saved(LAST_LINE)
        lab.check(BILL, "Visible tests pass")
        hand_in(lab)


def test_a_lab_by_keyboard_alone(sign_in: SignIn) -> None:
    page = sign_in("learner6@demo.example")
    keys = page.keyboard
    for link in (
        "main a[href^='/cohorts/']",
        "main a.row-title[href^='/assignments/']",
        "main a[href$='/lab']",
    ):
        tab_to(page, link)
        before = page.url
        keys.press("Enter")
        page.wait_for_url(lambda address, before=before: address != before)
    lab = opened(page)
    tab_to(page, ".lab-cell")
    reach(page, "ArrowDown", "#cell-rickshaw-fare")
    keys.press("Enter")
    page.locator("#cell-rickshaw-fare .cm-focused").wait_for()
    keys.press("Control+a")
    keys.insert_text(FARE_ANSWER + "\nprint('by keyboard')")
    keys.press("Shift+Enter")
    expect(page.locator("#cell-rickshaw-fare .lab-outputs")).to_contain_text("by keyboard")
    tab_to(page, f"#question-{FARE} button")
    keys.press("Enter")
    expect(lab.question(FARE).locator(".badge")).to_contain_text("Visible tests pass")
    reach(page, "Shift+Tab", ".lab-send")
    keys.press("Enter")
    page.get_by_role("dialog").wait_for()
    tab_to(page, "dialog .button")
    keys.press("Enter")
    expect(lab.question(FARE).locator(".lab-grade")).to_contain_text("2 of 2 points", timeout=180_000)
    assert focused(page, ".lab-send"), "the focus is where it was"
    reach(page, "Shift+Tab", ".lab-bar-notice .button-quiet")
    keys.press("Enter")
    page.wait_for_url("**/submissions/*")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    reach(page, "Tab", selector)


def reach(page: Page, key: str, selector: str) -> None:
    """Press a key until the focus is there."""
    for _ in range(300):
        page.keyboard.press(key)
        if focused(page, selector):
            return
    pytest.fail(f"{key} never comes to {selector}")


def focused(page: Page, selector: str) -> bool:
    """Whether the focus is there."""
    return bool(page.evaluate("selector => document.activeElement.matches(selector)", selector))
