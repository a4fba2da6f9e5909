"""Work goes on without a link and is never lost, and nobody finds what another learner left behind."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.journeys.demo_site import Site
from tests.lab_page.lab_browser import (
    KEPT,
    SAVED,
    add_code,
    lab_address,
    lab_data,
    open_lab,
    rewrite,
    run,
    sees,
    sign_in,
    until,
    wait_for_service_worker,
)
from tests.ui.gallery_server import CHROMIUM, FLAGS

pytestmark = pytest.mark.journey

EVERYTHING_STORED = """
async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found.push(name, request.url);
      if (name.includes("pages")) found.push(await (await cache.match(request)).text());
    }
  }
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
    });
    for (const store of database.objectStoreNames) {
      const all = (kind) => new Promise((resolve) => {
        const asking = database.transaction(store).objectStore(store)[kind]();
        asking.onsuccess = () => resolve(asking.result);
      });
      for (const key of await all("getAllKeys")) found.push(`${store} ${key}`);
      for (const value of await all("getAll")) {
        const bytes = value.content ? new TextDecoder("latin1").decode(value.content) : "";
        found.push(JSON.stringify(value), bytes);
      }
    }
    database.close();
  }
  found.push(JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }));
  return found;
}
"""
Learner = Callable[..., Page]


@pytest.fixture
def learner(browser: Browser, site: Site) -> Iterator[Learner]:
    """Signs somebody in, each in a browser profile of their own."""
    contexts: list[BrowserContext] = []

    def signed_in(email: str) -> Page:
        contexts.append(browser.new_context())
        return sign_in(contexts[-1], site, email)

    yield signed_in
    for context in contexts:
        context.close()


@contextmanager
def profile(browser: Browser, folder: Path) -> Iterator[BrowserContext]:
    """A browser that still has what it stored after it was closed."""
    context = browser.browser_type.launch_persistent_context(
        str(folder), executable_path=CHROMIUM, args=FLAGS, accept_downloads=False
    )
    yield context
    context.close()


def on_server(page: Page) -> str:
    """Every source of the notebook that the server has for whoever is signed in."""
    data = lab_data(page)
    [address] = [entry["draftUrl"] for entry in data["notebooks"] if entry["name"] == data["notebook"]]
    answer = page.request.get("/".join(page.url.split("/")[:3]) + address)
    notebook: dict[str, Any] = answer.json()
    return "\n".join("".join(cell["source"]) for cell in notebook["cells"])


def output(cell: Locator, words: str) -> None:
    cell.locator(".lab-outputs").filter(has_text=words).wait_for()


def test_what_is_typed_is_saved_by_itself_and_stays(learner: Learner) -> None:
    page = learner("learner2@demo.example")
    open_lab(page, lab_address(page))
    add_code(page, "typed = 'by itself'")
    until(lambda: "typed = 'by itself'" in on_server(page), "it was not saved")
    sees(page, SAVED)
    page.reload()
    page.wait_for_selector("#lab[data-state=open]")
    page.get_by_text("typed = 'by itself'").first.wait_for()


def test_two_windows_follow_each_other(learner: Learner) -> None:
    page = learner("learner3@demo.example")
    address = lab_address(page)
    open_lab(page, address)
    other = page.context.new_page()
    open_lab(other, address)
    add_code(page, "first_window = 1")
    other.get_by_text("first_window = 1").first.wait_for()
    add_code(other, "second_window = 2")
    page.get_by_text("second_window = 2").first.wait_for()
    until(
        lambda: {"first_window = 1", "second_window = 2"} <= set(on_server(page).split("\n")), "one is lost"
    )


def test_two_machines_change_one_cell_and_a_person_chooses(learner: Learner) -> None:
    here = learner("learner4@demo.example")
    address = lab_address(here)
    open_lab(here, address)
    cell = add_code(here, "shared = 0")
    until(lambda: "shared = 0" in on_server(here), "it was not saved")
    there = learner("learner4@demo.example")
    open_lab(there, address)
    identifier = cell.get_attribute("id")
    here.context.set_offline(True)
    rewrite(here, cell, "shared = 'here'")
    add_code(here, "only_here = 1")
    rewrite(there, there.locator(f"#{identifier}"), "shared = 'there'")
    add_code(there, "only_there = 1")
    until(lambda: "only_there = 1" in on_server(there), "it was not saved")
    here.context.set_offline(False)
    here.get_by_role("button", name="Choose what stays").click()
    dialog = here.get_by_role("dialog")
    dialog.get_by_text("shared = 'there'").wait_for()
    dialog.locator("input[value=both]").first.check()
    dialog.get_by_role("button").filter(has_text="Keep").or_(
        dialog.locator("button.button").first
    ).first.click()
    wanted = {"shared = 'here'", "shared = 'there'", "only_here = 1", "only_there = 1"}
    until(lambda: wanted <= set(on_server(here).split("\n")), "something is lost")


def test_without_a_link_everything_but_handing_in_goes_on(learner: Learner, site: Site) -> None:
    page = learner("learner5@demo.example")
    address = lab_address(page)
    open_lab(page, address)
    first = add_code(page, "print('with the link', 6 * 7)")
    run(first)
    output(first, "with the link 42")
    until(lambda: "with the link" in on_server(page), "it was not saved")
    wait_for_service_worker(page)
    until(
        lambda: page.evaluate(
            "async () => (await (await caches.open('darsgah-files-1')).keys())"
            ".filter(({ url }) => url.includes('/runtime/')).length >= 7"
        ),
        "Python is not held",
    )
    page.context.set_offline(True)
    second = add_code(page, "print('without', 6 * 8)")
    run(second)
    output(second, "without 48")
    sees(page, KEPT)
    page.reload()
    page.wait_for_selector("#lab[data-state=open]")
    again = page.locator(".lab-cell-code").last
    again.get_by_text("without").first.wait_for()
    run(again)
    output(again, "without 48")
    sees(page, KEPT)
    page.goto(f"{site.url}/today")
    page.get_by_text("There is no link. This page is as it was at").wait_for()
    page.goto(f"{site.url}/settings")
    page.get_by_role("heading", name="No link").wait_for()
    page.goto(address)
    page.wait_for_selector("#lab[data-state=open]")
    page.context.set_offline(False)
    until(lambda: "print('without', 6 * 8)" in on_server(page), "it was not sent")
    sees(page, SAVED)


def test_the_browser_is_closed_before_the_link_is_back(site: Site, browser: Browser, tmp_path: Path) -> None:
    with profile(browser, tmp_path / "profile") as context:
        page = sign_in(context, site, "learner6@demo.example")
        address = lab_address(page)
        open_lab(page, address)
        wait_for_service_worker(page)
        context.set_offline(True)
        add_code(page, "kept = 'over night'")
        sees(page, KEPT)
        cookies = context.cookies()
    with profile(browser, tmp_path / "profile") as context:
        # Cookies of a session end with this browser, as they would not with one that opens its windows again.
        context.add_cookies(cookies)  # type: ignore[arg-type] # what it gave before
        page = context.new_page()
        open_lab(page, address)
        until(lambda: "kept = 'over night'" in on_server(page), "it was not sent")


def test_the_next_learner_finds_nothing_and_the_last_ones_work_waits(learner: Learner, site: Site) -> None:
    page = learner("learner7@demo.example")
    address = lab_address(page)
    open_lab(page, address)
    wait_for_service_worker(page)
    page.goto(f"{site.url}/today")
    open_lab(page, address)
    data = lab_data(page)
    page.context.set_offline(True)
    add_code(page, "mine_alone = 'secret work'")
    sees(page, KEPT)
    before = "\n".join(page.evaluate(EVERYTHING_STORED))
    assert data["account"]["key"] in before
    assert "Demo Learner 7" in before
    assert data["account"]["secret"] not in before, "what locks the work lies beside it"
    assert "secret work" not in before, "work lies here unlocked"
    page.context.set_offline(False)
    page.route("**/api/v1/**/drafts/**", lambda route: route.abort())
    page.goto(f"{site.url}/today")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "/today" not in url)
    until(
        lambda: "Demo Learner 7" not in "\n".join(page.evaluate(EVERYTHING_STORED)),
        "pages of the last one are here",
    )
    left = "\n".join(page.evaluate(EVERYTHING_STORED))
    assert "secret work" not in left
    assert "pages-1-" not in left
    assert not [line for line in left.split("\n") if line.startswith("keys ")]
    page.context.set_offline(True)
    page.goto(address)
    page.get_by_role("heading", name="No link").wait_for()
    page.context.set_offline(False)
    page.unroute("**/api/v1/**/drafts/**")
    page.close()
    other = sign_in(page.context, site, "learner2@demo.example")
    open_lab(other, address)
    assert "mine_alone" not in other.content()
    assert "mine_alone" not in on_server(other)
    other.goto(f"{site.url}/today")
    other.locator("details.menu summary").click()
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url(lambda url: "/today" not in url)
    other.close()
    again = sign_in(page.context, site, "learner7@demo.example")
    open_lab(again, address)
    until(lambda: "mine_alone = 'secret work'" in on_server(again), "the work that waited was not sent")


def test_a_sign_out_empties_other_windows_without_a_service_worker(browser: Browser, site: Site) -> None:
    """As over plain http, where there is none."""
    context = browser.new_context(service_workers="block")
    page = sign_in(context, site, "learner2@demo.example")
    others = [context.new_page(), context.new_page()]
    others[0].goto(f"{site.url}/today")
    open_lab(others[1], lab_address(page))
    add_code(others[1], "left_behind = 1")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    for other in others:
        other.locator("[name=password], a[href^='/sign-in']").first.wait_for()
        assert "Demo Learner 2" not in other.content()
        assert "left_behind" not in other.content()
    context.close()


def test_work_is_never_saved_for_whoever_signed_in_meanwhile(learner: Learner) -> None:
    page = learner("learner3@demo.example")
    address = lab_address(page)
    open_lab(page, address)
    answer = page.evaluate(
        """async (address) => {
          const answer = await fetch(address, { headers: { "X-Account": "somebody else" } });
          return [answer.status, (await answer.json()).code];
        }""",
        lab_data(page)["notebooks"][0]["draftUrl"],
    )
    assert answer == [409, "other_account"]


def test_a_session_that_ended_is_said_and_the_work_is_sent_after_the_next_sign_in(
    learner: Learner, site: Site
) -> None:
    page = learner("learner3@demo.example")
    address = lab_address(page)
    open_lab(page, address)
    page.context.clear_cookies()
    add_code(page, "after_the_session = 1")
    sees(page, "Your session has ended")
    page.get_by_role("button", name="Hand in", exact=True).click()
    page.get_by_role("dialog").get_by_text("sign in again in another window").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    sign_in(page.context, site, "learner3@demo.example")
    sees(page, SAVED)
    assert "after_the_session = 1" in on_server(page)


def test_outputs_that_are_too_large_are_cleared_and_the_work_is_saved(learner: Learner) -> None:
    page = learner("learner3@demo.example")
    open_lab(page, lab_address(page))
    for _ in range(3):
        cell = add_code(page, "print('x' * 900_000)")
        run(cell)
        output(cell, "xxxx")
    sees(page, "Clear large outputs first")
    page.locator(".lab-bar-status").get_by_role("button", name="Clear outputs").click()
    sees(page, "Saved at")
    assert on_server(page).count("print('x' * 900_000)") == 3
    assert page.locator(".lab-outputs").filter(has_text="xxxx").count() == 0
