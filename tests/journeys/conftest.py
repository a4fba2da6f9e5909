"""One demo site and one browser for all journeys of people."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from darsgah.demo.people import PASSWORD
from tests.journeys.demo_site import Site
from tests.journeys.watching import watch, watch_answers
from tests.ui.gallery_server import chromium

SignIn = Callable[..., Page]
TIMEOUT = 60_000
"""Milliseconds that a step may take on a machine that does much else."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the journeys of a file: as long as it runs, no other test's event loop can start."""
    expect.set_options(timeout=TIMEOUT)
    with chromium() as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_else_went_wrong(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test in which a browser did what none may do."""
    yield
    if "site" in request.fixturenames:
        assert request.getfixturevalue("site").troubles() == []


@pytest.fixture
def sign_in(browser: Browser, site: Site) -> Iterator[SignIn]:
    """Signs a demo account in, in a browser of its own that allows no request to another origin."""
    contexts = []

    def signed_in(
        email: str, *, width: int = 1280, language: str = "en-GB", bypass_csp: bool = False
    ) -> Page:
        size = ViewportSize(width=width, height=800)
        contexts.append(browser.new_context(viewport=size, locale=language))
        return enter(contexts[-1], site, email)

    yield signed_in
    for context in contexts:
        context.close()


def enter(context: BrowserContext, site: Site, email: str) -> Page:
    """A page of that account, in a browser that is watched from now on."""
    watch(context, site)
    watch_answers(context, site)
    page = context.new_page()
    page.set_default_timeout(TIMEOUT)
    page.goto(f"{site.url}/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/today")
    return page
