"""No page of any kind holds a script in its text, and every policy says so; found by following every link."""

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from darsgah.demo.people import PASSWORD
from tests.journeys.demo_site import Site

pytestmark = pytest.mark.journey

NAMED = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
LAB = re.compile(r"/assignments/[^/]+$")
ALLOWED = {"'self'", "'wasm-unsafe-eval'", "'unsafe-eval'"}
"""Scripts are files of this origin; where Python runs they may compile it, and JupyterLab its settings."""
BEGINNINGS = ("/today", "/", "/sign-in", "/offline", "/no-such-page")
EMAILS = ("learner2@demo.example", "instructor@demo.example", "hub@demo.example", "network@demo.example")
"""Who see every kind of page between them; the learner has handed something in."""
OF_A_KIND = 3
PAGES_AT_LEAST = {
    "/",
    "/sign-in",
    "/sign-up",
    "/settings",
    "/today",
    "/hubs",
    "/cohorts/*",
    "/cohorts/*/pages/*",
    "/assignments/*",
    "/assignments/*/lab",
    "/full-notebook/notebooks/*",
    "/submissions/*",
    "/teach",
    "/teach/labs",
    "/teach/labs/*",
    "/teach/cohorts/*/submissions",
    "/teach/submissions/*",
    "/hub/kernels",
    "/hub/tutor-nodes",
}


class Markup(HTMLParser):
    """What a page's markup holds: its links, and what a browser would run of it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link, or something that would run."""
        attributes = dict(attrs)
        if tag == "a" and attributes.get("href") and "download" not in attributes:
            self.links.append(attributes["href"] or "")
        if tag == "script" and "src" not in attributes and attributes.get("type") != "application/json":
            self.inline.append("<script>")
        self.inline += [name for name in attributes if name.startswith("on")]
        self.inline += [
            value or "" for value in attributes.values() if (value or "").lstrip().startswith("javascript:")
        ]


def pages_of(browser: httpx.Client) -> Iterator[tuple[str, httpx.Response, Markup]]:
    """Pages of each kind that links lead to from today; a kind is a path with stars for its identifiers.

    Some of a kind, because the first may be empty and lead nowhere.
    """
    waiting, visited = [*BEGINNINGS], set[str]()
    kinds: Counter[str] = Counter()
    while waiting:
        path = waiting.pop()
        kind = NAMED.sub("*", path)
        if path in visited or kinds[kind] == OF_A_KIND:
            continue
        answer = browser.get(path)
        visited.add(path)
        kinds[kind] += answer.is_success
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        markup = Markup()
        markup.feed(answer.text)
        links = [urlsplit(urljoin(path, link)).path for link in markup.links]
        waiting += links
        # The lab page's script holds the way to the full notebook, which some labs do not have.
        waiting += [
            link.replace("/assignments/", "/full-notebook/notebooks/") for link in links if LAB.match(link)
        ]
        yield kind, answer, markup


def trouble(answer: httpx.Response, markup: Markup) -> list[str]:
    """What of a page would run inline, or might."""
    policy = dict(
        part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";")
    )
    allowed = policy.get("script-src", policy["default-src"]).split()
    wrong = [source for source in allowed if source not in ALLOWED]
    return (
        wrong
        + markup.inline
        + [name for name in ("object-src", "base-uri") if policy.get(name, "'none'") != "'none'"]
    )


def test_no_page_of_any_kind_runs_what_stands_in_its_text(site: Site) -> None:
    found, seen = [], set()
    for email in (None, *EMAILS):
        with httpx.Client(base_url=site.url, follow_redirects=True, timeout=60) as browser:
            token = browser.get("/sign-in").text.split('name="_csrf_token" value="')[1].split('"')[0]
            form = {"email": email, "password": PASSWORD, "_csrf_token": token}
            assert email is None or browser.post("/sign-in", data=form).url.path == "/today"
            for kind, answer, markup in pages_of(browser):
                seen.add(kind)
                found += [f"{kind} as {email}: {wrong}" for wrong in trouble(answer, markup)]
    assert seen >= PAGES_AT_LEAST, PAGES_AT_LEAST - seen
    assert found == []


def test_what_would_run_inline_is_noticed() -> None:
    markup = Markup()
    markup.feed("<script src=/a.js></script><script type='application/json'>{}</script><a href='/b'>b</a>")
    assert markup.inline == []
    markup.feed("<script>1</script><p onclick='1'><a href=' javascript:1'>c</a>")
    policy = {"Content-Security-Policy": "default-src 'none'; script-src 'self' 'unsafe-inline'"}
    assert len(trouble(httpx.Response(200, headers=policy), markup)) == 4
