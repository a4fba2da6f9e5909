"""A learner opens a lab as a full notebook: the same work as in the lab page, in JupyterLite."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import SignIn
from tests.journeys.demo_site import Site
from tests.journeys.lab_work import until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]
KERNEL = 180_000
"""Milliseconds in which Python and what JupyterLab's kernel imports have started, on a busy machine."""


def open_full_notebook(page: Page) -> str:
    """From today to the first browser lab in JupyterLite; the lab's page, as a path."""
    page.goto(page.url)
    page.get_by_role("link", name=re.compile("Functions and data structures")).first.click()
    overview = page.url
    address = overview.replace("/assignments/", "/full-notebook/notebooks/").split("#")[0]
    page.goto(f"{address}?path=lab.ipynb")
    expect(page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible(timeout=60_000)
    return overview


def runs(page: Page, cell: Locator) -> bool:
    """Run the chosen cell; whether it was taken: JupyterLab runs nothing before it has a kernel."""
    page.keyboard.press("Control+Enter")
    return cell.locator(".jp-InputPrompt").inner_text() != "[ ]:"


def test_full_notebook(sign_in: SignIn) -> None:
    page = sign_in("learner@demo.example")
    overview = open_full_notebook(page)
    assert page.evaluate("crossOriginIsolated")
    first = page.locator(".jp-CodeCell").first
    first.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\n__import__('builtins').print(6 * 7)")
    until(lambda: runs(page, first), "JupyterLab runs nothing")
    expect(first.locator(".jp-OutputArea")).to_contain_text("42", timeout=KERNEL)
    expect(first.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[1\]"), timeout=KERNEL)

    with page.expect_response(lambda answer: answer.request.method == "PUT") as saved:
        page.keyboard.press("Control+s")
    assert saved.value.ok
    draft = page.request.get(saved.value.url)
    assert "print(6 * 7)" in draft.text()
    assert draft.headers["etag"] == '"1"'

    page.locator(".darsgah-hint").click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Hint")
    dialog.locator(".jp-mod-accept").click()
    page.locator(".darsgah-submit").click()
    dialog.locator(".jp-mod-accept").click()
    expect(dialog).to_contain_text("is handed in. Receipt:")
    address = dialog.get_by_role("link", name="See the result").get_attribute("href")
    assert address
    page.goto(overview)
    page.goto(page.url.split("/assignments/")[0] + address)
    expect(page.locator("#main")).to_contain_text(re.compile(r"/ 20|Waiting"))


def test_nothing_stays_in_the_browser(sign_in: SignIn) -> None:
    page = sign_in("learner2@demo.example")
    open_full_notebook(page)
    page.wait_for_timeout(2000)  # whatever it keeps, it keeps soon after its start
    kept = page.evaluate(
        """async () => {
          const databases = await indexedDB.databases();
          return [...databases.map((each) => each.name), ...Object.keys(localStorage)].filter(
            (name) => /jupyterlite/i.test(name));
        }"""
    )
    assert kept == []


def test_a_kernel_that_is_ended_before_it_started_is_no_error(sign_in: SignIn, site: Site) -> None:
    page = sign_in("learner2@demo.example")
    open_full_notebook(page)
    with page.context.expect_event("weberror") as noted:
        page.evaluate("() => void Promise.reject(`${crypto.randomUUID()} was disposed`)")
        page.evaluate("() => void Promise.reject('something else')")
    assert "something else" in str(noted.value.error)
    assert all("disposed" not in trouble for trouble in site.troubles())


def test_another_learners_notebook_is_not_there(sign_in: SignIn) -> None:
    page = sign_in("instructor.korangi@demo.example")
    answer = page.request.get(
        page.url.split("/today")[0] + "/full-notebook/notebooks/" + "0" * 8 + "-0000-0000-0000-" + "0" * 12
    )
    assert answer.status == 404
