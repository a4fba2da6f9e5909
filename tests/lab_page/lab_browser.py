"""The lab page in a real browser: signing in, the notebook's cells, and the words of the bar."""

import json
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page

from darsgah.demo.people import PASSWORD
from tests.journeys.demo_site import Site
from tests.journeys.watching import watch

LEARNER = "learner@demo.example"
SECONDS = 40_000
LAB = "Functions and data structures"
KEPT = "Kept on this device"
SAVED = "Saved"


def sign_in(context: BrowserContext, site: Site, email: str = LEARNER) -> Page:
    """A page of that person; script errors and requests to another origin are noted on the site."""
    watch(context, site)
    page = context.new_page()
    page.set_default_timeout(SECONDS)
    page.goto(f"{site.url}/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/today")
    return page


def lab_address(page: Page, title: str = LAB) -> str:
    """The address of a lab's page, from the page of today."""
    link = page.locator("a[href$='/lab']").filter(has_text=title).first
    return page.evaluate("address => new URL(address, location.href).href", link.get_attribute("href"))  # type: ignore[no-any-return] # text


def open_lab(page: Page, address: str) -> None:
    """Open the lab and wait until the notebook is there."""
    page.goto(address)
    page.wait_for_selector("#lab[data-state=open]")


def lab_data(page: Page) -> dict[str, Any]:
    """What the server told the page."""
    data: dict[str, Any] = json.loads(page.text_content("#lab-data") or "")
    return data


def add_code(page: Page, source: str) -> Locator:
    """A new code cell at the end with that source; the cell."""
    page.get_by_role("button", name="Add code", exact=True).click()
    cell = page.locator(".lab-cell-code").last
    cell.locator(".cm-content").wait_for()
    page.keyboard.insert_text(source)
    return cell


def rewrite(page: Page, cell: Locator, source: str) -> None:
    """Put another source into a code cell."""
    cell.locator(".lab-code").click()
    cell.locator(".cm-content").wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)


def run(cell: Locator) -> None:
    """Press the cell's own button."""
    cell.get_by_role("button", name="Run this cell").click()


def sees(page: Page, words: str) -> None:
    """Wait until the bar says so."""
    page.locator(".lab-bar-status").filter(has_text=words).wait_for()


def until(condition: Callable[[], object], what: str) -> None:
    """Wait for something outside of the page."""
    end = time.monotonic() + SECONDS / 1000
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.1)


IS_HELD = """
async () => {
  if (navigator.serviceWorker.controller === null) return false;
  const { assignment, kernel } = JSON.parse(document.getElementById("lab-data").textContent);
  const files = kernel.files.map(({ url }) => url);
  const waiting = [location.href, "/today", "/offline", assignment.course, assignment.page, ...files];
  for (const { name } of performance.getEntriesByType("resource")) {
    if (/\\/static\\/.*\\.(js|css)$/.test(name)) waiting.push(name);
  }
  const seen = new Set();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const address = new URL(next, location.href).href;
    if (seen.has(address)) continue;
    seen.add(address);
    const held = await caches.match(address, { ignoreVary: true });
    if (held === undefined) return false;
    if (!address.includes("/vendor/lab/")) continue;
    for (const [, piece] of (await held.text()).matchAll(/["'](\\.\\/[\\w.-]+\\.js)["']/g)) {
      waiting.push(new URL(piece, address).href);
    }
  }
  return true;
}
"""
"""Whether this browser holds the pages about the lab, its data, and every piece of the script."""


def wait_for_service_worker(page: Page) -> None:
    """Until the page is held, with everything that it needs without a link."""
    until(lambda: page.evaluate(IS_HELD), "no service worker holds the page")
