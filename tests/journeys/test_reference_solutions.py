"""Reference solutions pass their visible tests in the page: of all labs in the browser, of one on the hub.

What the hub's kernel runs is the Python that grades, and ``tests/labs`` has every lab pass there.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urljoin

import pytest
from playwright.sync_api import Browser, Page

from darsgah.demo.handed_in import Material, partly_solved
from darsgah_labs.format import Runtime
from darsgah_labs.lab_folder import load
from darsgah_labs.shipped import shipped_labs
from tests.journeys.conftest import enter
from tests.journeys.demo_site import Site
from tests.journeys.lab_work import assignment, open_lab, save_draft

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

SECONDS = 400
FEWEST = 3
"""Questions with visible tests in a shipped lab; each has four or more, and a person may read one."""


def chosen() -> list[Path]:
    """The labs whose Python is the browser's own, and the first of the others."""
    manifests = {folder: load(folder).manifest for folder in shipped_labs()}
    in_browser = [folder for folder, found in manifests.items() if found and found.runtime is Runtime.BROWSER]
    return [*in_browser, next(folder for folder in manifests if folder not in in_browser)]


@pytest.fixture(scope="module")
def learner(browser: Browser, site: Site) -> Iterator[Page]:
    """A learner who does all labs in one browser, so that it has Python from the second one on."""
    context = browser.new_context()
    yield enter(context, site, "learner6@demo.example")
    context.close()


@pytest.mark.parametrize("folder", chosen(), ids=lambda folder: folder.name)
def test_the_solution_passes_in_the_page(learner: Page, folder: Path) -> None:
    for name, source in load(folder).notebooks.items():
        drafts = urljoin(learner.url, f"/api/v1{assignment(learner, folder.name)}/drafts/{quote(name)}")
        release = learner.request.get(f"{drafts}/original").body()
        solved = partly_solved(Material(folder.name, {name: source}, {name: release}), name, 1, 1)
        save_draft(learner, drafts, json.loads(solved))
        lab = open_lab(learner, folder.name, name)
        lab.button("Check all").click()
        summary = learner.locator(".lab-bar-notice").filter(has_text="Hidden tests run when you hand in")
        summary.wait_for(timeout=SECONDS * 1000)
        failures = lab.page.locator(".lab-question:has(.badge:not([hidden]):not(.badge-passed))")
        assert failures.all_inner_texts() == []
        assert lab.page.locator(".lab-question .badge-passed").count() >= FEWEST
