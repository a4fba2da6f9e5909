"""One browser for the tests that open the lab page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.ui.gallery_server import chromium


@pytest.fixture(autouse=True)
def nothing_else_went_wrong(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test in which a browser did what none may do."""
    yield
    if "site" in request.fixturenames:
        assert request.getfixturevalue("site").troubles() == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a file."""
    with chromium() as running:
        yield running
