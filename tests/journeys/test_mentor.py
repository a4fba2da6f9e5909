"""From a mentor's brief to a credential that a stranger verifies, in the browsers of all who take part."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from darsgah.demo.handed_in import Material, partly_solved
from darsgah.demo.people import PASSWORD
from darsgah_labs.lab_folder import load
from darsgah_labs.shipped import shipped_labs
from tests.journeys.conftest import SignIn
from tests.journeys.demo_site import Site

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

GATE = "http-parser-and-rate-limiter"
"""The lab that teams must have passed; nobody of the demo has handed it in."""
TITLE = "Count rickshaws at a junction"
TODAY = date.today()  # noqa: DTZ011 # a form's day, as its reader's calendar has it
PROBLEM = (
    "Nobody knows when the junction fills. The lights are set by hand, once a year, and at school time "
    "rickshaws wait for three rounds. A count for each quarter of an hour would let the office set them by "
    "the day and the hour."
)
BRIEF = {
    "title": TITLE,
    "title_ur": "چوراہے پر رکشے گننا",
    "problem": f"{PROBLEM} Write to me at mentor (at) example dot com.",
    "deliverables": "A count for each quarter of an hour, with its error.",
    "skills": "python, statistics",
    "data": "Forty hours of video, handed over on a disk.",
    "data_licence": "CC BY 4.0",
    "hours_week": "5",
    "hours_total": "60",
    "milestone_title_1": "Plan",
    "milestone_hours_1": "20",
    "milestone_due_1": (TODAY + timedelta(days=30)).isoformat(),
    "milestone_title_2": "Report",
    "milestone_hours_2": "40",
    "milestone_due_2": (TODAY + timedelta(days=100)).isoformat(),
    "team_least": "1",
    "team_most": "1",
    "capacity": "1",
    "mentor_hours_week": "1",
    "availability": "Evenings in London.",
    "ai_policy_note": "Say which tools you used.",
    "gpu_hours": "0",
    "apply_until": (TODAY + timedelta(days=10)).isoformat(),
    "starts_on": (TODAY + timedelta(days=11)).isoformat(),
    "ends_on": (TODAY + timedelta(days=110)).isoformat(),
}
CHOSEN = {
    "data_kind": "provided", "mode": "applying", "place": "remote", "gate_rule": "all",
    "ip_choice": "shared", "ai_policy": "declared", "trl_in": "3", "trl_target": "5",
}  # fmt: skip


@contextmanager
def program(site: Site, email: str) -> Iterator[httpx.Client]:
    """A program of somebody, for what is not this journey's subject."""
    with httpx.Client(base_url=f"{site.url}/api/v1", trust_env=False, timeout=60) as client:
        session = client.post("/sessions", json={"email": email, "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {session.json()['token']}"
        yield client


def pass_lab(site: Site, email: str) -> None:
    """Hand in the solution of the gate's lab, and wait for its grade."""
    (folder,) = [one for one in shipped_labs() if one.name == GATE]
    with program(site, email) as client:
        given = assignment_of(client, GATE)
        files = {}
        for name, source in load(folder).notebooks.items():
            release = client.get(f"/assignments/{given}/drafts/{name}/original").content
            solved = partly_solved(Material(GATE, {name: source}, {name: release}), name, 1, 1)
            files["notebook"] = (f"{name}.ipynb", solved)
        sent = client.post(f"/assignments/{given}/submissions", files=files)
        assert sent.status_code in {200, 201, 202}, sent.text
        until(
            lambda: client.get(f"/submissions/{sent.json()['id']}").json()["submission"]["state"] == "graded"
        )


def assignment_of(client: httpx.Client, slug: str) -> str:
    """The assignment of a lab, as the learner's courses have it."""
    for cohort in client.get("/cohorts").json():
        for one in client.get(f"/cohorts/{cohort['id']}").json()["assignments"]:
            if one["lab"]["slug"] == slug:
                return str(one["id"])
    raise AssertionError(f"nobody gives {slug}")


def until(holds: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for something that the server does by itself."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.5)


def form(page: Page, action: str) -> Locator:
    """The form that is sent there."""
    return page.locator(f"form[action$='{action}']")


def move(page: Page, name: str, reason: str = "") -> None:
    """Press the button of a move, with its reason."""
    found = page.locator(f"form:has(input[name=move][value={name}])")
    for folded in page.locator(f"details:not([open]):has(input[name=move][value={name}])").all():
        folded.locator("summary").first.click()
    if reason:
        found.locator("[name=reason]").fill(reason)
    found.locator("button").click()
    page.wait_for_load_state()


def write_brief(page: Page) -> str:
    """A mentor begins a brief, and hands it in with an address in it; the check says so, and it goes."""
    page.click("nav a[href='/mentor/briefs']")
    page.locator("form[action='/briefs'] button").click()
    page.wait_for_url("**/edit*")
    for name, value in BRIEF.items():
        page.fill(f"[name={name}]", value)
    for name, value in CHOSEN.items():
        page.select_option(f"[name={name}]", value)
    lab = page.locator("[name=gate_subject_1] option").filter(has_text="HTTP").first
    page.select_option("[name=gate_subject_1]", lab.get_attribute("value"))
    page.click("button[name=submit]")
    page.wait_for_url(re.compile(r"/briefs/[0-9a-f-]+\?done"))
    address = page.url.split("?")[0]
    page.goto(f"{address}/edit")
    assert page.locator(".finding").count() == 1, page.locator(".finding").all_inner_texts()
    page.fill("[name=problem]", PROBLEM)
    page.click("button[name=submit]")
    page.wait_for_url(re.compile(r"/briefs/[0-9a-f-]+\?done"))
    return address


def review(page: Page, address: str, scores: tuple[int, int, int]) -> None:
    """A coordinator scores a brief."""
    page.goto(address)
    for name, score in zip(("relevance", "clarity", "mentorship"), scores, strict=True):
        page.check(f"[name={name}][value='{score}']")
    form(page, "/review").locator("button").click()
    page.wait_for_load_state()


def approve(page: Page, address: str, kind: str) -> None:
    """Give one of the approvals."""
    page.goto(address)
    page.locator(f"form[action$='/approvals']:has(input[name=kind][value={kind}]) button").click()
    page.wait_for_load_state()


def apply(page: Page, address: str, statement: str) -> None:
    """Apply alone."""
    page.goto(f"{address}/apply")
    page.check("[name=team][value='']")
    page.fill("[name=statement]", statement)
    page.click("button[name=action][value=send]")
    page.wait_for_url("**done=sent*")


def evaluate(page: Page, address: str, marks: int) -> None:
    """Give the same mark for each criterion."""
    page.goto(f"{address}/evaluation")
    for choice in page.locator("select[name^=mark_]").all():
        choice.select_option(str(marks))
    page.fill("[name=comment]", f"We say {marks}.")
    form(page, "/evaluation").locator("button").click()
    page.wait_for_url("**done=evaluated*")


def test_from_a_brief_to_a_credential(sign_in: SignIn, site: Site, browser: Browser) -> None:
    for learner in ("learner3@demo.example", "learner4@demo.example"):
        pass_lab(site, learner)
    mentor, instructor = sign_in("mentor@demo.example"), sign_in("instructor@demo.example")
    hub, team = sign_in("hub@demo.example"), sign_in("learner5@demo.example")

    # The mentor posts it, the coordinator asks for changes, both approvals are given, it is published.
    address = write_brief(mentor)
    review(instructor, address, (5, 2, 4))
    move(instructor, "request_changes", "Say what the count is for.")
    mentor.goto(address)
    expect(mentor.locator("main")).to_contain_text("Say what the count is for.")
    mentor.goto(f"{address}/edit")
    mentor.fill("[name=deliverables]", "A count for each quarter of an hour, so that the lights can be set.")
    mentor.click("button[name=submit]")
    mentor.wait_for_url("**done=moved*")
    review(instructor, address, (5, 5, 4))
    approve(instructor, address, "brief")
    approve(hub, address, "hub")
    instructor.goto(address)
    move(instructor, "publish")

    # Three apply; one is shut out by a lab, passes it, and applies.
    team.goto(address)
    expect(team.locator("main")).to_contain_text("Nobody knows when the junction fills.")
    team.goto(f"{address}/apply")
    assert team.locator("main a[href*='/assignments/']").count(), "the lab that is missing, with its link"
    pass_lab(site, "learner5@demo.example")
    apply(team, address, "I counted buses last year.")
    for name in ("learner3", "learner4"):
        apply(sign_in(f"{name}@demo.example"), address, f"{name} would like to.")

    # The mentor ranks, the coordinator proposes and confirms.
    mentor.goto(f"{address}/applicants")
    places = mentor.locator(".question")
    expect(places).to_have_count(3)
    for number, place in enumerate(places.all(), start=2):
        mine = "Demo Learner 5" in place.inner_text()
        place.locator("input[name^=place-]").fill("1" if mine else str(number))
    form(mentor, "/applicants").locator("button").click()
    mentor.wait_for_load_state()
    instructor.goto(f"{site.url}/hub/matching")
    if not re.search(r"/hub/matching/[0-9a-f-]+", instructor.url):
        instructor.locator("main a[href*='/hub/matching/']").first.click()
    brief_id = address.rsplit("/", 1)[1]
    for one in instructor.locator("input[name=brief]").all():
        one.set_checked(one.get_attribute("value") == brief_id)
    instructor.click("button[name=action][value=propose]")
    instructor.wait_for_load_state()
    instructor.click("button[name=action][value=confirm]")
    instructor.wait_for_load_state()

    # Agreements, milestones, the final result.
    team.goto(f"{site.url}/projects")
    team.get_by_role("link", name=TITLE).first.click()
    project = team.url.split("?")[0]
    for page in (team, mentor, instructor):
        page.goto(f"{project}/agreement")
        form(page, "/agreement").locator("button").click()
        page.wait_for_load_state()
    mentor.goto(project)
    move(mentor, "kick_off")
    move(mentor, "start_milestones")
    team.goto(project)
    steps = [one.get_attribute("href") or "" for one in team.locator("main a[href*='/milestones/']").all()]
    for step in dict.fromkeys(steps):
        team.goto(f"{site.url}{step}")
        team.fill("[name=link]", "https://example.org/count")
        form(team, "/submissions").locator("button").last.click()
        team.wait_for_load_state()
        mentor.goto(f"{site.url}{step}")
        mentor.click("button[name=accepted][value=true]")
        mentor.wait_for_load_state()
    team.goto(f"{project}/evaluation")
    team.select_option("[name=level]", "4")
    team.fill("[name=statement]", "In our lab, on ten hours of video.")
    form(team, "/claims").locator("[name=links]").fill("https://example.org/error")
    form(team, "/claims").locator("button").click()
    team.wait_for_url("**done=claimed*")
    instructor.goto(f"{project}/evaluation")
    instructor.click("button[name=confirmed][value=true]")
    instructor.wait_for_url("**done=decided*")
    team.goto(project)
    move(team, "submit_final")

    # Both evaluate unseen, the instructor confirms and closes, and a stranger verifies what comes of it.
    evaluate(mentor, project, 5)
    team.goto(f"{project}/evaluation")
    expect(team.locator("main")).not_to_contain_text("We say 5.")
    evaluate(team, project, 4)
    for page in (mentor, team):
        page.goto(f"{project}/evaluation")
        expect(page.locator("main")).to_contain_text("We say 5.")
        expect(page.locator("main")).to_contain_text("We say 4.")
    instructor.goto(f"{project}/evaluation")
    form(instructor, "/confirm").locator("button").click()
    instructor.wait_for_url("**done=confirmed*")
    instructor.click("button[name=award][value=true]")
    instructor.wait_for_url("**done=ended*")
    with program(site, "learner5@demo.example") as client:
        held = client.get("/credentials").json()["credentials"]
        (credential,) = [one for one in held if one["achievement"]["name"] == TITLE]
        token = client.get(f"/credentials/{credential['id']}/jwt").text
    stranger = browser.new_context().new_page()
    hidden = stranger.goto(f"{site.url}/credentials/{credential['id']}")
    assert hidden
    assert hidden.status == 404, "its owner alone decides who sees the page"
    stranger.goto(f"{site.url}/verify")
    stranger.fill("[name=credential]", token)
    stranger.locator("main form button").first.click()
    expect(stranger.locator("main")).to_contain_text(TITLE)
    stranger.goto(f"{site.url}/verify")
    stranger.fill("[name=credential]", token[:-6] + "AAAAAA")
    stranger.locator("main form button").first.click()
    expect(stranger.locator("main")).not_to_contain_text(TITLE)
    stranger.context.close()
    assert credential["trl"] == 4
