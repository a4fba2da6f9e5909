"""Every page renders in both languages, holds nothing inline, and travels under the right headers."""

import gzip
import re
from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError
from litestar import Litestar, Response, get
from litestar.datastructures import State
from litestar.testing import AsyncTestClient

from darsgah.access import public
from darsgah.ui.headers import CONTENT_POLICY, SecurityHeaders, compression
from darsgah.ui.language import Languages
from darsgah.ui.static_files import MissingAssetError, StaticFiles, static_file
from darsgah.ui.templating import PageContext
from tests.ui.gallery import PICTURES, gallery_pages, picture_html

PAGES = gallery_pages()
NEXT_VISIT = 20_000


class Outline(HTMLParser):
    """Collects what a page must not have, and what it must."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.identifiers: list[str] = []
        self.headings: list[str] = []
        self.posts = 0
        self.tokens = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        given = dict(attrs)
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        self.inline += [tag] * (tag == "style" or (tag == "script" and "src" not in given))
        self.identifiers += [given["id"] or ""] if "id" in given else []
        self.headings += [tag] if re.fullmatch("h[1-6]", tag) else []
        self.posts += tag == "form" and given.get("method") == "post"
        self.tokens += given.get("name") == "_csrf_token"


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("name", PICTURES)
def test_a_page_is_whole(name: str, language: str) -> None:
    html = picture_html(PAGES, name, language)
    outline = Outline(html)
    assert outline.inline == []
    assert outline.headings.count("h1") == 1
    assert len(outline.identifiers) == len(set(outline.identifiers))
    assert outline.posts == outline.tokens >= 1
    assert f'<html lang="{language}" dir="{"rtl" if language == "ur" else "ltr"}">' in html
    assert len(gzip.compress(html.encode(), 6)) < NEXT_VISIT


def test_a_title_in_urdu_is_ordered_from_the_right_whatever_it_begins_with() -> None:
    title = "Python کے پہلے قدم"
    assert f'<bdi lang="ur" dir="rtl">{title}</bdi>' in picture_html(PAGES, "cohort", "ur")
    assert title not in picture_html(PAGES, "cohort", "en")


def test_open_hubs_come_first() -> None:
    html = picture_html(PAGES, "hubs", "en")
    assert html.index("Karachi Saddar") < html.index('id="planned"') < html.index("Quetta")
    assert html.count("Karachi Saddar") == 1


def test_who_hands_in_nothing_is_not_told_to_ask_an_instructor() -> None:
    assert "Ask your instructor" in picture_html(PAGES, "today-empty", "en")
    mentors = picture_html(PAGES, "today-mentor", "en")
    assert "Ask your instructor" not in mentors
    assert "You are a mentor." in mentors


def test_a_name_that_a_handler_forgot_is_an_error() -> None:
    page = PageContext(PAGES.languages["en"])
    with pytest.raises(UndefinedError):
        PAGES.render("hubs/hubs.html", page)


def test_text_of_people_is_escaped() -> None:
    page = PageContext(PAGES.languages["en"])
    html = PAGES.render(
        "ui/error.html", page, status=404, message="<script>alert(1)</script>", retry_after=None
    )
    assert "<script>alert" not in html


def test_an_address_changes_with_the_content_and_with_nothing_else() -> None:
    first, second = StaticFiles(), StaticFiles()
    assert first.url("app.css") == second.url("app.css")
    assert re.fullmatch(r"/static/app\.[0-9a-f]{12}\.css", first.url("app.css"))
    assert re.fullmatch(r"/static/vendor/nastaliq\.[0-9a-f]{12}\.woff2", first.url("vendor/nastaliq.woff2"))
    sheet = first.find(first.url("app.css").removeprefix("/static/")).content.decode()
    assert first.url("vendor/nastaliq.woff2") in sheet
    with pytest.raises(MissingAssetError, match="make setup"):
        first.url("vendor/never-built.js")


@get("/page", guards=[public], sync_to_thread=False)
def a_page() -> Response[str]:
    """A page long enough to be packed."""
    return Response("x" * 5000, media_type="text/html")


@get("/own-policy", guards=[public], sync_to_thread=False)
def own_policy() -> Response[str]:
    """A page that needs another policy."""
    return Response("x", headers={"Content-Security-Policy": "sandbox"})


async def test_headers_compression_and_caching() -> None:
    static_files = StaticFiles()
    app = Litestar(
        [a_page, own_policy, static_file],
        state=State({"static_files": static_files}),
        middleware=[SecurityHeaders(https=True)],
        compression_config=compression(),
        openapi_config=None,
    )
    async with AsyncTestClient(app) as client:
        page = await client.get("/page")
        assert page.headers["content-security-policy"] == CONTENT_POLICY
        assert "unsafe" not in CONTENT_POLICY
        assert page.headers["x-content-type-options"] == "nosniff"
        assert "max-age" in page.headers["strict-transport-security"]
        assert page.headers["content-encoding"] == "gzip"
        assert (await client.get("/own-policy")).headers["content-security-policy"] == "sandbox"
        for name in ("app.css", "app.js", "vendor/htmx.js", "vendor/nastaliq.woff2", "mark.svg"):
            packed = await client.get(static_files.url(name))
            plain = await client.get(static_files.url(name), headers={"Accept-Encoding": "identity"})
            assert packed.content == plain.content
            assert "immutable" in packed.headers["cache-control"]
            assert ("content-encoding" in packed.headers) == (not name.endswith("woff2"))
        for nothing in (
            "app.css",
            "app.000000000000.css",
            "../templating.py",
            "vendor/.stamp",
            "%2e%2e/app.css",
        ):
            assert (await client.get(f"/static/{nothing}")).status_code >= 400


async def test_without_https_nobody_is_sent_there() -> None:
    app = Litestar([a_page], middleware=[SecurityHeaders(https=False)], openapi_config=None)
    async with AsyncTestClient(app) as client:
        assert "strict-transport-security" not in (await client.get("/page")).headers


def test_every_language_has_a_switch_to_every_other() -> None:
    for language in Languages.load():
        html = picture_html(PAGES, "home", language.code)
        others = {other.code for other in PAGES.languages} - {language.code}
        assert set(re.findall(r'name="language" value="(\w+)"', html)) == others
