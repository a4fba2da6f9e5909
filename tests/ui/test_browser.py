"""The pages in a real browser: no overflow, nothing that axe finds, small, live, and in the right script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.ui.axe import violations
from tests.ui.gallery import PICTURES
from tests.ui.gallery_server import WIDTHS, chromium, served_gallery

FIRST_VISIT = 100_000
NEXT_VISIT = 20_000

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    """The address of the gallery."""
    with served_gallery() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of the file."""
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page with an empty cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_no_page_is_wider_than_its_screen(page: Page, gallery: str, language: str) -> None:
    wide = []
    for name in PICTURES:
        page.goto(f"{gallery}/gallery/{language}/{name}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append((name, width))
    assert wide == []


@pytest.mark.parametrize(
    ("language", "dark", "names"),
    [
        ("en", False, list(PICTURES)),
        ("ur", True, ["today", "lab-refused", "result", "inspect", "sign-up", "submissions-empty"]),
    ],
)
def test_axe_finds_nothing(
    browser: Browser, gallery: str, language: str, dark: bool, names: list[str]
) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, color_scheme="dark" if dark else "light"
    )
    page = context.new_page()
    found = []
    for name in names:
        page.goto(f"{gallery}/gallery/{language}/{name}")
        found += [f"{name}: {violation}" for violation in violations(page)]
    context.close()
    assert found == []


def test_pages_are_small_and_ask_nobody_else(page: Page, gallery: str) -> None:
    sizes: dict[str, int] = {}
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    asked: dict[str, str] = {}
    tools.on(
        "Network.requestWillBeSent", lambda sent: asked.update({sent["requestId"]: sent["request"]["url"]})
    )
    tools.on(
        "Network.loadingFinished",
        lambda ended: sizes.update({ended["requestId"]: ended["encodedDataLength"]}),
    )
    for language, name in [("ur", "home"), ("ur", "submissions"), ("en", "submissions"), ("en", "inspect")]:
        first = not sizes
        sizes.clear()
        page.goto(f"{gallery}/gallery/{language}/{name}", wait_until="networkidle")
        visit = sum(sizes.values())
        assert visit < (FIRST_VISIT if first else NEXT_VISIT), (name, visit)
        assert not first or visit > NEXT_VISIT, "the first visit brings the font: else nothing was measured"
    assert all(url.startswith((gallery, "data:")) for url in asked.values())


def test_an_urdu_name_on_an_english_page_has_its_letters(page: Page, gallery: str) -> None:
    """The face is fetched where no font of the device has them, within the budget of a first visit."""
    page.goto(f"{gallery}/gallery/en/today", wait_until="networkidle")
    page.evaluate(
        "for (const name of ['--latin', '--urdu'])"
        " document.documentElement.style.setProperty(name, '\"No Such Font\"')"
    )
    page.wait_for_function("[...document.fonts].some(font => font.status === 'loaded')")
    sent = page.evaluate(
        "performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize || 0), 0)"
    )
    assert 50_000 < sent < FIRST_VISIT


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_instructors_list_shows_state_and_score_on_every_screen(
    page: Page, gallery: str, language: str
) -> None:
    page.goto(f"{gallery}/gallery/{language}/submissions")
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        box = page.locator(".table-box")
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth"), width
        row = page.locator("tbody tr").nth(2)
        assert row.locator(".badge").is_visible()
        assert row.locator(".score").is_visible()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_line_under_the_header_reaches_both_edges(page: Page, gallery: str, language: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{gallery}/gallery/{language}/today")
    edges = page.locator(".site-nav").evaluate("nav => [nav.getBoundingClientRect().x, nav.offsetWidth]")
    assert edges == [0, 360]


def test_the_network_fits_a_phone(page: Page, gallery: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{gallery}/gallery/en/hubs")
    assert page.evaluate("document.documentElement.scrollHeight") < 5000


def test_urdu_is_set_in_nastaliq_and_english_fetches_no_font(page: Page, gallery: str) -> None:
    fonts: list[str] = []
    page.on("request", lambda request: fonts.append(request.url) if request.resource_type == "font" else None)
    page.goto(f"{gallery}/gallery/en/sign-in", wait_until="networkidle")
    assert fonts == []
    page.goto(f"{gallery}/gallery/ur/today", wait_until="networkidle")
    assert [".woff2" in url for url in fonts] == [True]
    assert page.evaluate("[...document.fonts].map(font => font.status)") == ["loaded"]
    assert page.evaluate("document.dir") == "rtl"
    page.goto(f"{gallery}/gallery/ur/inspect")
    code = page.locator("pre.code").first
    assert code.evaluate("block => getComputedStyle(block).direction") == "ltr"


def test_a_file_over_the_limit_is_not_sent(page: Page, gallery: str, tmp_path: Path) -> None:
    large, small = tmp_path / "large.ipynb", tmp_path / "small.ipynb"
    large.write_bytes(b" " * (20 * 1024 * 1024 + 1))
    small.write_bytes(b" " * 3210)
    page.goto(f"{gallery}/gallery/en/lab")
    page.set_input_files("#notebook-1", large)
    words = page.locator("#notebook-1-size")
    assert "21\u00a0MB" in words.inner_text()
    assert not page.evaluate("document.querySelector('form[data-upload]').checkValidity()")
    page.set_input_files("#notebook-1", small)
    assert words.inner_text() == "3.3\u00a0kB"
    assert page.evaluate("document.querySelector('form[data-upload]').checkValidity()")


def test_a_refused_or_broken_upload_keeps_the_page(page: Page, gallery: str, tmp_path: Path) -> None:
    notebook = tmp_path / "mine.ipynb"
    notebook.write_bytes(b"{}")
    page.goto(f"{gallery}/gallery/en/lab")
    page.route("**/assignments/*/submissions", lambda route: route.abort())
    page.set_input_files("#notebook-1", notebook)
    page.get_by_role("button", name="Hand in and grade").click()
    page.get_by_role("alert").get_by_text("still on your device").wait_for()
    assert page.get_by_role("button", name="Hand in and grade").is_enabled()
    page.unroute("**/assignments/*/submissions")
    page.route(
        "**/assignments/*/submissions",
        lambda route: route.fulfill(
            status=422,
            content_type="text/html",
            body="<main id='main'><p role='alert'>Not a notebook</p></main>",
        ),
    )
    page.get_by_role("button", name="Hand in and grade").click()
    page.get_by_role("alert").get_by_text("Not a notebook").wait_for()


def test_a_status_changes_live_and_leaves_the_focus_alone(page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with served_gallery() as address:
        page.goto(f"{address}/gallery/en/result-queued")
        page.locator(".brand").focus()
        page.get_by_text("Being graded now").wait_for()
        page.locator(".score-large").first.wait_for()
        assert page.locator("[data-live]").count() == 0
        assert page.evaluate("document.activeElement.className") == "brand"
    assert errors == []


def test_the_list_narrows_without_a_new_page(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/gallery/en/submissions", wait_until="networkidle")
    page.route(
        "**/teach/cohorts/**",
        lambda route: route.fulfill(
            body='<html><body><div id="list"><p>Narrowed</p></div></body></html>', content_type="text/html"
        ),
    )
    page.evaluate("window.sameDocument = true")
    page.select_option("#state", "graded")
    page.get_by_text("Narrowed").wait_for()
    assert page.evaluate("window.sameDocument") is True
    assert "state=graded" in page.url
    assert page.evaluate("document.activeElement.id") in {"state", ""}
