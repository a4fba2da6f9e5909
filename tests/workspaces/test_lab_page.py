"""The lab page as the server makes it: its data, its policies, and what it says without a script."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import CoursePlan, ModulePlan
from darsgah.db.columns import now
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import Terms
from darsgah.ui.static_files import StaticFiles
from darsgah.workspaces import pages, schemas
from tests.network import DATA_FILE, RELEASE, Platform, open_cohort, package

HOSTILE = "</script><script>alert(1)</script><!-- & ]]> 'نوٹ بک'"
HOSTILE_NAME = HOSTILE.replace("/", "")
DATA = re.compile(r'<script type="application/json" id="lab-data">(.*?)</script>', re.DOTALL)


def data_of(answer: httpx.Response) -> dict[str, Any]:
    """What the page tells its script, read as a browser reads it."""
    (found,) = DATA.findall(answer.text)
    read: dict[str, Any] = json.loads(found)
    return read


@pytest.fixture
def built(platform: Platform, tmp_path: Path) -> Iterator[Platform]:
    """A platform whose script has been built, whatever this tree has."""
    folder = tmp_path / "static"
    (folder / "vendor" / "lab").mkdir(parents=True)
    (folder / "vendor" / "lab" / "page.js").write_text("export {};")
    (folder / "lab.css").write_text("")
    before = platform.app.state.static_files
    platform.app.state.static_files = StaticFiles(folder)
    yield platform
    platform.app.state.static_files = before


async def lab(platform: Platform, terms: Terms | None = None, **changes: Any) -> UUID:  # noqa: ANN401 # a package's parts
    """An assignment of a lab of its own, with the learner in its cohort."""
    network, slug = platform.network, f"lab-{uuid4()}"
    async with platform.database.begin() as session:
        version = await catalog.publish_lab(session, platform.blobs, None, package(slug=slug, **changes))
        plan = CoursePlan(slug, "A course", (ModulePlan("One", (version.id,)),))
        course = await catalog.publish_course(session, None, plan)
        _, assignment = await open_cohort(
            session, network.hub_id, course.id, network.people["learner"], terms=terms
        )
    return assignment


async def test_the_data_say_what_the_script_needs(built: Platform) -> None:
    due = now().replace(microsecond=0) + timedelta(days=2)
    assignment = await lab(built, Terms(due_at=due, attempt_limit=3))
    async with built.browser("learner") as client:
        answer = await client.get(f"/assignments/{assignment}/lab")
        data = data_of(answer)
        base = f"/api/v1/assignments/{assignment}"
        assert data["notebooks"] == [
            {
                "name": "lab",
                "url": f"/assignments/{assignment}/lab?notebook=lab",
                "draftUrl": f"{base}/drafts/lab",
                "originalUrl": f"{base}/drafts/lab/original",
            }
        ]
        assert data["notebook"] == data["kernel"]["notebook"] == "lab"
        shown = data["assignment"]
        assert (shown["id"], shown["title"], shown["window"]) == (str(assignment), "Doubling", "open")
        assert (shown["attemptsLeft"], shown["refusal"]) == (3, "")
        assert shown["dueAt"] == due.isoformat().replace("+00:00", "Z")
        assert (data["kernel"]["runtime"], data["kernel"]["assignmentId"]) == ("browser", str(assignment))
        (file,) = data["kernel"]["files"]
        assert (file["path"], file["size"]) == (DATA_FILE, 6)
        assert (await client.get(file["url"])).content == b"1,2,3\n"
        for url in (shown["page"], shown["course"], data["notebooks"][0]["url"]):
            assert (await client.get(url)).status_code == 200
        assert (await client.get(data["notebooks"][0]["originalUrl"])).content == RELEASE
        hint = await client.post(data["hintUrl"], json={"notebook": "lab", "cell_id": "a", "source": ""})
        assert hint.json()["available"] is False
        client.headers["x-csrf-token"] = data["csrfToken"]
        saved = await client.put(
            data["notebooks"][0]["draftUrl"], content=RELEASE, headers={"If-Match": '"0"'}
        )
        assert saved.status_code == 200
        assert (data["language"], data["direction"]) == ("en", "ltr")
        assert data["texts"]["Run"] == "Run"


def test_the_contract_in_typescript_names_the_same_fields() -> None:
    source = (pages.__file__.rpartition("platform/")[0]) + "labs/lab-page/lab_data.ts"
    with open(source, encoding="utf-8") as file:  # noqa: PTH123 # one line
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.DOTALL)
    body = text[text.index("export interface LabData") :]
    account = re.search(r"account: \{(.*?)\};", body, re.DOTALL)
    assignment = re.search(r"assignment: \{(.*?)\};", body, re.DOTALL)
    assert account
    assert assignment
    for found, struct in ((account[1], schemas.PageAccount), (assignment[1], schemas.PageAssignment)):
        assert set(re.findall(r"(\w+):", found)) == set(struct.__struct_encode_fields__)
    rest = body.replace(account[0], "account: 1;").replace(assignment[0], "assignment: 1;")
    outer = set(re.findall(r"^  (\w+):", rest, re.MULTILINE))
    assert outer == set(schemas.LabData.__struct_encode_fields__)


async def test_no_text_ends_the_data(built: Platform) -> None:
    assignment = await lab(
        built,
        title=HOSTILE,
        sources={HOSTILE_NAME: RELEASE},
        releases={HOSTILE_NAME: RELEASE},
        files={HOSTILE: b"x"},
    )
    async with built.browser("learner") as client:
        answer = await client.get(f"/assignments/{assignment}/lab")
        data = data_of(answer)
        assert (data["assignment"]["title"], data["notebook"]) == (HOSTILE, HOSTILE_NAME)
        assert "<script>alert" not in answer.text
        assert len(re.findall("<script", answer.text)) == 3
        (notebook,) = data["notebooks"]
        again = await client.get(notebook["url"])
        assert data_of(again)["notebook"] == HOSTILE_NAME
        assert (await client.get(notebook["draftUrl"])).content == RELEASE
        headers = {"If-Match": '"0"'}
        assert (await client.put(notebook["draftUrl"], content=RELEASE, headers=headers)).status_code == 200
        assert (await client.get(data["kernel"]["files"][0]["url"])).content == b"x"


async def test_the_policies_let_python_run_and_nothing_else(built: Platform) -> None:
    assignment = await lab(built)
    async with built.browser("learner") as client:
        answer = await client.get(f"/assignments/{assignment}/lab")
        policy = dict(
            part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";")
        )
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
        assert policy["style-src"] == policy["worker-src"] == policy["frame-src"] == "'self'"
        assert policy["connect-src"] == "'self'"
        assert policy["img-src"] == "'self' data: blob:"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-embedder-policy"] == "require-corp"
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<style|\sstyle=|\son\w+=", answer.text)
        plain = await client.get("/today")
        assert "wasm-unsafe-eval" not in plain.headers["content-security-policy"]
        assert "cross-origin-embedder-policy" not in plain.headers


async def test_what_the_browser_keeps_is_named_and_locked_by_account(built: Platform) -> None:
    network = built.network
    found = []
    for name in ("learner", "classmate", "learner"):
        async with built.browser(name) as client:
            found.append(data_of(await client.get(f"/assignments/{network.assignment_id}/lab"))["account"])
    assert found[0] == found[2]
    assert len({found[0]["key"], found[0]["secret"], found[1]["key"], found[1]["secret"]}) == 4
    assert all(re.fullmatch(r"[\w-]{43}", account[field]) for account in found for field in ("key", "secret"))
    assert str(network.people["learner"].account_id) not in str(found[0])


async def test_a_lab_of_several_notebooks_shows_the_one_that_is_asked_for(built: Platform) -> None:
    both = {"one": RELEASE, "two": RELEASE}
    assignment = await lab(built, sources=both, releases=both)
    async with built.browser("learner") as client:
        assert data_of(await client.get(f"/assignments/{assignment}/lab"))["notebook"] == "one"
        answer = await client.get(f"/assignments/{assignment}/lab", params={"notebook": "two"})
        assert data_of(answer)["notebook"] == "two"
        assert re.search(r'notebook=two" aria-current="page"', answer.text)
        for name in ("three", "one.ipynb", "\0", "../one"):
            refused = await client.get(f"/assignments/{assignment}/lab", params={"notebook": name})
            assert refused.status_code == 404


async def test_before_a_lab_opens_and_after_it_has_closed(built: Platform) -> None:
    assignment = await lab(built, Terms(opens_at=now() + timedelta(days=1)))
    async with built.browser("learner") as client:
        refused = await client.get(f"/assignments/{assignment}/lab")
        assert refused.status_code == 409
        assert "has not opened yet" in refused.text
        assert '/lab"' not in (await client.get(f"/assignments/{assignment}")).text.replace(
            "notebooks/lab", ""
        )
        past = now() - timedelta(days=1)
        async with built.database.begin() as session:
            await enrolments.change_terms(session, assignment, Terms(due_at=past))
        closed = await client.get(f"/assignments/{assignment}/lab")
        assert closed.status_code == 200
        assert "you can read, run and check" in closed.text
        data = data_of(closed)["assignment"]
        assert (data["window"], data["refusal"][:25]) == ("closed", "The deadline has passed. ")


async def test_the_page_is_in_its_readers_language(built: Platform) -> None:
    assignment = await lab(built)
    async with built.browser("learner") as client:
        await client.post("/language", data={"language": "ur", "next": "/"})
        client.cookies.set("darsgah_language", "ur")
        answer = await client.get(f"/assignments/{assignment}/lab", headers={"Accept-Language": "ur"})
        await client.post("/language", data={"language": "en", "next": "/"})
    data = data_of(answer)
    assert (data["language"], data["direction"], data["assignment"]["title"]) == ("ur", "rtl", "دگنا کرنا")
    assert data["texts"]["Run"] != "Run"


async def test_without_a_script_the_page_gives_the_notebook_and_says_where_to_hand_in(
    built: Platform,
) -> None:
    assignment = await lab(built)
    async with built.browser("learner") as client:
        answer = await client.get(f"/assignments/{assignment}/lab")
        (plain,) = re.findall(r"<noscript>(.*?)</noscript>", answer.text, re.DOTALL)
        assert f"/assignments/{assignment}/notebooks/lab" in plain
        assert f"/assignments/{assignment}#hand-in" in plain
        built.app.state.static_files = StaticFiles()
        assert pages.SCRIPT in built.app.state.static_files or "not installed on this server" in (
            (await client.get(f"/assignments/{assignment}/lab")).text
        )


async def test_the_labs_own_page_opens_the_lab(platform: Platform) -> None:
    assignment = platform.network.assignment_id
    async with platform.browser("learner") as client:
        page = (await client.get(f"/assignments/{assignment}")).text
        assert f'<a class="button" href="/assignments/{assignment}/lab">' in page
    async with platform.browser("instructor") as client:
        assert (
            f'href="/assignments/{assignment}/lab"'
            not in (await client.get(f"/assignments/{assignment}")).text
        )


async def test_today_goes_on_in_the_lab(platform: Platform) -> None:
    assignment = await lab(platform, Terms(due_at=now() + timedelta(days=1)))
    async with platform.browser("learner") as client:
        assert f'href="/assignments/{assignment}/lab"' in (await client.get("/today")).text


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"notebook": "lab", "cell_id": "a"},
        {"notebook": "", "cell_id": "a", "source": ""},
        {"notebook": "lab", "cell_id": 7, "source": ""},
        {"notebook": "lab", "cell_id": "a", "source": "x" * 100_001},
        {"notebook": "lab", "cell_id": "a", "source": "", "error": []},
    ],
    ids=range(6),
)
async def test_a_hint_is_asked_for_in_the_right_form(platform: Platform, sent: dict[str, object]) -> None:
    url = f"/api/v1/assignments/{platform.network.assignment_id}/hints"
    async with platform.browser("learner") as client:
        refused = await client.post(url, json=sent)
        assert refused.status_code in (400, 422)


async def test_a_hint_on_what_is_not_there_or_not_open(platform: Platform) -> None:
    asked = {"notebook": "other", "cell_id": "a", "source": ""}
    later = await lab(platform, Terms(opens_at=now() + timedelta(days=1)))
    async with platform.browser("learner") as client:
        url = f"/api/v1/assignments/{platform.network.assignment_id}/hints"
        assert (await client.post(url, json=asked)).status_code == 404
        early = await client.post(f"/api/v1/assignments/{later}/hints", json=asked)
        assert (early.status_code, early.json()["code"]) == (409, "not_open")
