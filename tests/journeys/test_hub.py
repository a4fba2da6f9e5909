"""A hub's administrator: a mentor from abroad signs up and is verified; a hackathon is published."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from darsgah.demo.people import HUB
from tests.journeys.conftest import SignIn
from tests.journeys.demo_site import Site

pytestmark = pytest.mark.journey

ORGANISATION = "Thames Traffic Works"


def verify(page: Page, kind: str, name: str) -> None:
    """Verify what waits under that name, and say what was looked at."""
    page.goto(f"{page.url.split('/hub')[0]}/hub/{kind}")
    page.get_by_role("link", name=name).first.click()
    page.check("[name=looked_at][value=website]")
    page.click("button[name=decision][value=verified]")
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("Verified")


def test_a_mentor_abroad_is_verified(sign_in: SignIn, site: Site, browser: Browser) -> None:
    context = browser.new_context(locale="en-GB", timezone_id="America/Toronto")
    mentor = context.new_page()
    mentor.goto(f"{site.url}/mentors/sign-up")
    for name, value in {
        "display_name": "Demo Mentor Abroad",
        "email": "abroad@demo.example",
        "password": "a few words in a row",
        "organisation": ORGANISATION,
        "headline": "Traffic lights that see",
    }.items():
        mentor.fill(f"[name={name}]", value)
    for name, value in {"hub": HUB, "country": "CA", "timezone": "America/Toronto"}.items():
        mentor.select_option(f"[name={name}]", value)
    mentor.locator("details summary").first.click()
    mentor.select_option("[name=organisation_country]", "GB")
    mentor.fill("[name=organisation_website]", "https://thames.example")
    mentor.locator("form[action='/mentors/sign-up'] button").click()
    mentor.wait_for_url(lambda url: "/sign-up" not in url)

    hub = sign_in("hub@demo.example")
    hub.click("nav a[href='/hub']")
    hub.click("main a[href='/hub/organisations']")
    verify(hub, "organisations", ORGANISATION)
    verify(hub, "mentors", "Demo Mentor Abroad")

    mentor.goto(f"{site.url}/notices")
    expect(mentor.locator("main")).to_contain_text("You are verified as a mentor")
    mentor.goto(f"{site.url}/mentor/briefs")
    assert mentor.locator("form[action='/briefs'] button").count() == 1, "a brief can be begun"
    context.close()


def test_a_hackathon_is_published(sign_in: SignIn, site: Site) -> None:
    hub = sign_in("hub@demo.example", width=360)
    hub.goto(f"{site.url}/hackathons")
    hub.click("main a[href='/hub/hackathons/new']")
    begin = datetime.now() + timedelta(days=1)  # noqa: DTZ005 # a form's time, as its reader's clock has it
    times = {"sign_up_until": 2, "starts_at": 1, "ends_at": 3}
    for name, value in {
        "name": "Cool roofs",
        "about": "Measure *how hot* it gets below a roof.",
        "rules": "Be kind.",
        "tracks": "Measuring | پیمائش\nBuilding | تعمیر",
        "criteria": "Use | فائدہ | 2\nCare",
        **{name: (begin + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M") for name, days in times.items()},
    }.items():
        hub.fill(f"[name={name}]", value)
    hub.locator("form[action='/hub/hackathons/new'] button").click()
    hub.wait_for_url("**done=created*")
    hub.click("button[value=publish]")
    hub.wait_for_url("**done=published*")

    learner = sign_in("talib@demo.example")
    learner.goto(f"{site.url}/hackathons")
    learner.get_by_role("link", name="Cool roofs").click()
    expect(learner.locator("main")).to_contain_text("پیمائش")
    assert learner.locator("html").get_attribute("dir") == "rtl"
