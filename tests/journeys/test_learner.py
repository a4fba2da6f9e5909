"""A learner's day: find the lab, take the notebook, hand it in, watch it being graded, read the result."""

import hashlib
import json
from pathlib import Path

import httpx
import pytest

from darsgah.demo.handed_in import partly_solved
from darsgah.demo.people import PASSWORD
from darsgah.publishing import package_of
from darsgah_grader.grading import Grader
from darsgah_labs.lab_folder import load
from darsgah_labs.shipped import shipped_labs
from tests.journeys.conftest import SignIn
from tests.journeys.demo_site import Site

pytestmark = pytest.mark.journey

FOUNDATIONS = "python-functions-and-data"


@pytest.fixture(scope="module")
def solved(grader: Grader, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The foundations lab with every answer but the last two filled in."""
    folder = next(folder for folder in shipped_labs() if folder.name == FOUNDATIONS)
    package = package_of(load(folder), grader)
    path = tmp_path_factory.mktemp("work") / "my work.ipynb"
    path.write_bytes(partly_solved(package, "lab", 5, 7))
    return path


@pytest.mark.parametrize(
    ("email", "language", "width"),
    [("learner@demo.example", "en-GB", 1280), ("talib@demo.example", "ur-PK", 360)],
)
def test_from_today_to_a_graded_result(
    sign_in: SignIn, solved: Path, tmp_path: Path, email: str, language: str, width: int
) -> None:
    page = sign_in(email, width=width, language=language)
    assert page.get_attribute("html", "dir") == ("rtl" if language == "ur-PK" else "ltr")
    page.click("main a[href^='/cohorts/']")
    page.click("main a[href^='/assignments/']")

    with page.expect_download() as download:
        page.click("main a[href*='/notebooks/']")
    release = tmp_path / "release.ipynb"
    download.value.save_as(release)
    assert "BEGIN SOLUTION" not in release.read_text()
    assert "BEGIN HIDDEN TESTS" not in release.read_text()

    page.set_input_files("input[type=file]", solved)
    page.click("form[action$='/submissions'] button[type=submit], form[action$='/submissions'] button")
    page.wait_for_url("**/submissions/*")
    page.evaluate("window.notReloaded = true")
    page.wait_for_selector(".question", timeout=60_000)
    assert page.evaluate("window.notReloaded") is True, "the result came without reloading"

    assert page.locator(".question").count() == 7
    receipt = hashlib.sha256(solved.read_bytes()).hexdigest()
    assert receipt in page.inner_text("main").replace("\n", "")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_file_that_is_no_notebook_is_refused_and_nothing_is_lost(sign_in: SignIn, tmp_path: Path) -> None:
    page = sign_in("learner2@demo.example")
    page.click("main a[href^='/cohorts/']")
    page.click("main a[href^='/assignments/']")
    before = page.locator("a[href^='/submissions/']").count()
    wrong = tmp_path / "essay.ipynb"
    wrong.write_text("Once upon a time")
    page.set_input_files("input[type=file]", wrong)
    page.click("form[action$='/submissions'] button")
    message = page.wait_for_selector("main [role=alert]")
    assert message is not None
    assert "Nothing was recorded" in message.inner_text()
    assert page.locator("a[href^='/submissions/']").count() == before


def test_works_before_any_script_runs(site: Site, solved: Path) -> None:
    """Forms and a reload are enough: what htmx and events add is comfort."""
    with httpx.Client(base_url=site.url, follow_redirects=True, timeout=30) as browser:
        page = browser.get("/sign-in")
        token = page.text.split('name="_csrf_token" value="')[1].split('"')[0]
        form = {"email": "learner3@demo.example", "password": PASSWORD, "_csrf_token": token}
        today = browser.post("/sign-in", data=form)
        assert str(today.url).endswith("/today")
        cohort = browser.get("/cohorts/" + today.text.split('href="/cohorts/')[1].split('"')[0])
        lab = browser.get("/assignments/" + cohort.text.split('href="/assignments/')[1].split('"')[0])
        result = browser.post(
            f"{lab.url.path}/submissions",
            data={"_csrf_token": token, "idempotency_key": "without-script-1"},
            files={"notebook": ("lab.ipynb", solved.read_bytes())},
        )
        assert result.url.path.startswith("/submissions/")
        assert result.status_code == 200


def test_nothing_of_hidden_tests_reaches_a_learner(site: Site, solved: Path) -> None:
    source = json.loads((next(f for f in shipped_labs() if f.name == FOUNDATIONS) / "lab.ipynb").read_text())
    with httpx.Client(base_url=f"{site.url}/api/v1", timeout=30) as api:
        session = api.post("/sessions", json={"email": "learner4@demo.example", "password": PASSWORD})
        api.headers["Authorization"] = f"Bearer {session.json()['token']}"
        cohort = api.get(f"/cohorts/{api.get('/cohorts').json()[0]['id']}").json()
        assignment = next(a for a in cohort["assignments"] if a["lab"]["slug"] == FOUNDATIONS)
        attempts = api.get(f"/assignments/{assignment['id']}").json()["attempts"]
        submission = attempts[0]["id"]
        answers = [
            api.get(f"/submissions/{submission}").text,
            api.get(f"/submissions/{submission}/executed/lab").text,
            api.get(f"/assignments/{assignment['id']}/notebooks/lab").text,
            api.get(f"{site.url}/submissions/{submission}").text,
        ]
    released = answers[2]
    hidden = [line for line in _hidden_lines(source) if json.dumps(line)[1:-1] not in released]
    assert len(hidden) > 20
    assert not [line for line in hidden for answer in answers if json.dumps(line)[1:-1] in answer]


def _hidden_lines(notebook: dict[str, object]) -> list[str]:
    lines = []
    cells = notebook["cells"]
    assert isinstance(cells, list)
    for cell in cells:
        inside = False
        for line in "".join(cell["source"]).splitlines():
            if "### BEGIN HIDDEN TESTS" in line or "### END HIDDEN TESTS" in line:
                inside = "BEGIN" in line
            elif inside and len(line.strip()) > 12:
                lines.append(line.strip())
    return lines
