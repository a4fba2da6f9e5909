"""What a learner does on the lab page, in whichever language, and what the server has of it."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urljoin

from playwright.sync_api import Locator, Page

from tests.journeys.conftest import TIMEOUT
from tests.lab_page.lab_browser import lab_data, rewrite


class Lab:
    """An open lab: found by what things are, or by the page's own words for them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.words: dict[str, str] = lab_data(page)["texts"]

    def button(self, name: str, within: Locator | None = None) -> Locator:
        """A button by its English name."""
        place = within or self.page.locator("#lab")
        return place.get_by_role("button", name=self.words[name])

    def question(self, grade_id: str) -> Locator:
        """The panel below a question."""
        return self.page.locator(f"#question-{grade_id}")

    def answer(self, cell: str, source: str) -> None:
        """Write an answer in the place of what stands there."""
        rewrite(self.page, self.page.locator(f"#cell-{cell}"), source)

    def add_code(self, source: str) -> Locator:
        """A code cell of the learner's own at the end."""
        self.button("Add code").last.click()
        cell = self.page.locator(".lab-cell-code").last
        cell.locator(".cm-content").wait_for()
        self.page.keyboard.insert_text(source)
        return cell

    def check(self, grade_id: str, outcome: str) -> None:
        """Check a question and wait for what comes of it, named in English."""
        panel = self.question(grade_id)
        self.button("Check", panel).click()
        panel.locator(".badge").filter(has_text=self.words[outcome]).wait_for()

    def says(self, words: str) -> None:
        """Wait until the bar says so, in the page's language."""
        text = self.words[words].split("{")[0]
        self.page.locator(".lab-bar-status").filter(has_text=text).wait_for()

    def until_saved(self, part: str) -> None:
        """Wait until the server has a notebook with that text."""
        until(lambda: part in sources(self.draft()), f"not saved: {part}")

    def draft(self) -> dict[str, Any]:
        """The notebook as the server has it."""
        notebook: dict[str, Any] = self.page.request.get(self._draft_url()).json()
        return notebook

    def save(self, notebook: dict[str, Any]) -> None:
        """Make this the server's newest version past the page, as another editor does."""
        save_draft(self.page, self._draft_url(), notebook)

    def _draft_url(self) -> str:
        data = lab_data(self.page)
        [address] = (str(one["draftUrl"]) for one in data["notebooks"] if one["name"] == data["notebook"])
        return urljoin(self.page.url, address)


def sources(notebook: dict[str, Any]) -> str:
    """Everything that stands in the notebook's cells."""
    return "\n".join("".join(cell["source"]) for cell in notebook["cells"])


def save_draft(page: Page, address: str, notebook: dict[str, Any]) -> None:
    """Make this the newest version of a draft, link or no link, as whoever is signed in on the page."""
    headers = {
        "If-Match": page.request.get(address).headers["etag"],
        "x-csrf-token": page.locator("[name=_csrf_token]").first.input_value(),
        "Content-Type": "application/json",
    }
    answer = page.request.put(address, headers=headers, data=json.dumps(notebook))
    assert answer.ok, answer.text()


def assignment(page: Page, slug: str) -> str:
    """The path of a shipped lab's assignment, in whichever of the learner's courses it stands."""
    programs = f"{urljoin(page.url, '/api/v1')}/cohorts"
    for cohort in page.request.get(programs).json():
        for view in page.request.get(f"{programs}/{cohort['id']}").json()["assignments"]:
            if view["lab"]["slug"] == slug:
                return f"/assignments/{view['id']}"
    raise AssertionError(f"{slug} stands in no course of the demo")


def open_lab(page: Page, slug: str, notebook: str = "") -> Lab:
    """Go to a shipped lab's page, with one of its notebooks or the first."""
    query = f"?notebook={quote(notebook)}" if notebook else ""
    page.goto(urljoin(page.url, f"{assignment(page, slug)}/lab{query}"))
    return opened(page)


def opened(page: Page) -> Lab:
    """The lab that the page shows, when its notebook is there."""
    page.wait_for_selector("#lab[data-state=open]")
    return Lab(page)


def until(condition: Callable[[], object], what: str) -> None:
    """Wait for something that no page shows."""
    end = time.monotonic() + TIMEOUT / 1000
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.1)
