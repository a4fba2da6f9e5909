"""One demo site and one browser for all journeys of people."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Response

from darsgah.demo import PASSWORD
from tests.journeys.demo_site import Site, demo_site
from tests.ui.gallery_server import chromium

SignIn = Callable[..., Page]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, served for the whole run."""
    with demo_site(tmp_path_factory.mktemp("demo") / "home") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the journeys of a file: as long as it runs, no other test's event loop can start."""
    with chromium() as running:
        yield running


@pytest.fixture
def sign_in(browser: Browser, site: Site) -> Iterator[SignIn]:
    """Signs a demo account in, in a browser of its own that allows no request to another origin."""
    contexts = []

    def signed_in(email: str, *, width: int = 1280, language: str = "en-GB") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, locale=language)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda request: _stays_at_home(request.url, site))
        page.on("response", _is_there)
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        page.goto(f"{site.url}/sign-in")
        page.fill("[name=email]", email)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/today")
        return page

    yield signed_in
    for context in contexts:
        context.close()


def _is_there(response: Response) -> None:
    """What a page asks for by itself is there; what a person asks for may be missing."""
    if response.status == 404 and response.request.resource_type != "document":
        pytest.fail(f"a page asked for {response.url}, which is not there")


def _stays_at_home(url: str, site: Site) -> None:
    if not url.startswith((site.url, "data:", "blob:")):
        pytest.fail(f"a page asked another host: {url}")
