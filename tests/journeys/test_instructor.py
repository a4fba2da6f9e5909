"""An instructor's look at a cohort: who handed in what, with which score, and one notebook as it ran."""

import pytest

from tests.journeys.conftest import SignIn

pytestmark = pytest.mark.journey


def test_from_the_list_to_a_graded_notebook(sign_in: SignIn) -> None:
    page = sign_in("instructor@demo.example")
    page.click("nav a[href='/teach']")
    page.click("main a[href*='/teach/cohorts/']")
    page.wait_for_selector("main table a[href*='/teach/submissions/']")
    for _ in range(60):
        if page.locator("main table").get_by_text("Waiting").count() == 0:
            break
        page.wait_for_timeout(500)
        page.reload()
    assert page.locator("main table tbody tr").count() >= 12
    page.locator("main table a[href*='/teach/submissions/']").first.click()
    page.wait_for_selector(".question")
    text = page.inner_text("main")
    assert "SHA-256" in text
    assert page.get_by_text("BEGIN HIDDEN TESTS").count() >= 1, "instructors see the hidden tests as they ran"


def test_another_hubs_instructor_sees_nobody(sign_in: SignIn) -> None:
    page = sign_in("instructor.korangi@demo.example")
    page.click("nav a[href='/teach']")
    assert page.locator("main a[href*='/teach/cohorts/']").count() == 0
