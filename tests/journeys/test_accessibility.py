"""axe on the pages of labs with real content, in both languages: the lab, its dialogs, courses, reports."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import SignIn
from tests.journeys.lab_work import Lab, open_lab, opened
from tests.ui.axe import violations

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

SHAPES = [("ur", 360), ("en", 1280)]
"""English comes last: who is looked at reads English in the other tests."""


@pytest.fixture
def found() -> list[str]:
    """What axe found, by page."""
    return []


def look(page: Page, found: list[str], name: str) -> None:
    """Let axe see the page as it is now."""
    found += [f"{name}: {one}" for one in violations(page)]


def reads(page: Page, language: str) -> None:
    """From now on this account reads that language."""
    if page.get_attribute("html", "lang") != language:
        page.locator(f".language-switch [value={language}]").click()
        page.wait_for_selector(f"html[lang={language}]")


@pytest.mark.parametrize(("language", "width"), SHAPES)
def test_a_learners_pages(sign_in: SignIn, found: list[str], language: str, width: int) -> None:
    page = sign_in("learner7@demo.example", width=width)
    reads(page, language)
    look(page, found, "today")
    page.click("main a[href^='/cohorts/']")
    look(page, found, "course")
    page.click("main a.row-title[href*='/pages/']")
    look(page, found, "page of the course")
    page.click("main a.step-next")
    look(page, found, "about the lab")
    page.click("main a[href$='/lab']")
    lab = opened(page)
    lab.check("test-rickshaw-fare", "A test fails")
    look(page, found, "lab")
    for item in ("Restart", "Keys", "Earlier versions", "Start again from the original"):
        page.locator(".lab-menu summary").click()
        page.locator(".lab-menu").get_by_role("button", name=lab.words[item], exact=True).click()
        in_dialog(page, found, item)
    lab.button("Hand in").click()
    in_dialog(page, found, "hand in")
    choose_what_stays(lab, found)
    assert found == []


def in_dialog(page: Page, found: list[str], name: str) -> None:
    """Let axe see the dialog that is open, and leave it."""
    page.get_by_role("dialog").wait_for()
    look(page, found, f"dialog: {name}")
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")


def choose_what_stays(lab: Lab, found: list[str]) -> None:
    """The question that comes up when two machines changed one cell."""
    page = lab.page
    lab.answer("wettest", "def wettest(rainfall, n=3):\n    return 'first'")
    lab.until_saved("'first'")
    page.context.set_offline(True)
    lab.answer("wettest", "def wettest(rainfall, n=3):\n    return 'here'")
    lab.says("Kept on this device, sent when the link is back")
    elsewhere = lab.draft()
    [cell] = [cell for cell in elsewhere["cells"] if cell["id"] == "wettest"]
    cell["source"] = "def wettest(rainfall, n=3):\n    return 'there'"
    lab.save(elsewhere)
    page.context.set_offline(False)
    lab.button("Choose what stays").click()
    page.get_by_role("dialog").get_by_text("'there'").first.wait_for()
    in_dialog(page, found, "choose what stays")


@pytest.mark.parametrize(("language", "width"), SHAPES)
def test_a_lab_on_the_hubs_kernel_and_who_uses_what(
    sign_in: SignIn, found: list[str], language: str, width: int
) -> None:
    learner = sign_in("learner7@demo.example", width=width)
    reads(learner, language)
    lab = open_lab(learner, "hub-attendance-with-pandas")
    own = lab.add_code("import pandas\npandas.DataFrame({'units': [120, 80]})")
    lab.button("Run this cell", own).click()
    expect(own.locator(".lab-outputs table")).to_contain_text("120", timeout=120_000)
    look(learner, found, "lab on the hub")
    administrator = sign_in("hub@demo.example", width=width)
    reads(administrator, language)
    administrator.click("nav a[href='/hub']")
    administrator.click("main a[href='/hub/kernels']")
    expect(administrator.locator("main table tbody tr")).not_to_have_count(0)
    look(administrator, found, "kernels")
    administrator.click("main a[href='/hub/tutor-nodes']")
    administrator.fill("#label", "Room 3")
    administrator.click("form[action='/hub/tutor-nodes'] button")
    expect(administrator.locator("main pre")).to_contain_text("DARSGAH_NODE_TOKEN=")
    look(administrator, found, "machines for hints")
    assert found == []


@pytest.mark.parametrize(("language", "width"), SHAPES)
def test_the_instructors_pages_of_labs(sign_in: SignIn, found: list[str], language: str, width: int) -> None:
    page = sign_in("instructor@demo.example", width=width)
    reads(page, language)
    page.goto(page.url.replace("/today", "/teach/labs"))
    look(page, found, "labs")
    page.click("main a[href^='/teach/labs/']")
    look(page, found, "report of a lab")
    assert found == []
