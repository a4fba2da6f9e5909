"""Errors: problem details for programs, a page for people, and nothing of the machine's inside in either."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from darsgah.errors import DarsgahError
from darsgah.web.error_answers import answer_error
from tests.network import PASSWORD, RELEASE, Platform

PROBLEM = "application/problem+json"
NOBODYS = UUID("01980000-0000-7000-8000-000000000000")

Case = tuple[str | None, str, str, Mapping[str, Any], int, str]
CASES: Mapping[str, Case] = {
    "not signed in": (None, "GET", "/api/v1/me", {}, 401, "not_signed_in"),
    "a session that is over": (
        None,
        "GET",
        "/api/v1/me",
        {"headers": {"Authorization": "Bearer nothing"}},
        401,
        "session_over",
    ),
    "not allowed": ("learner", "GET", f"/api/v1/reviews/{NOBODYS}", {}, 403, "forbidden"),
    "no such row": ("learner", "GET", f"/api/v1/cohorts/{NOBODYS}", {}, 404, "not_found"),
    "no such address": ("learner", "GET", "/api/v1/nothing", {}, 404, "not_found"),
    "no such address to send to": ("learner", "POST", "/api/v1/nothing", {}, 404, "not_found"),
    "not that method": ("learner", "DELETE", "/api/v1/me", {}, 405, "method_not_allowed"),
    "taken": (
        None,
        "POST",
        "/api/v1/accounts",
        {"json": {"email": "learner@example.org", "password": "long enough", "display_name": "A"}},
        409,
        "email_taken",
    ),
    "malformed": (None, "POST", "/api/v1/sessions", {"json": {"email": "a@b.c"}}, 422, "malformed"),
    "not JSON": (
        None,
        "POST",
        "/api/v1/sessions",
        {"content": b"{", "headers": {"Content-Type": "application/json"}},
        400,
        "unreadable",
    ),
    "too large": (
        None,
        "POST",
        "/api/v1/sessions",
        {"json": {"email": "a@b.c", "password": "x" * 1_100_000}},
        413,
        "too_large",
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_programs_get_problem_details(platform: Platform, case: str) -> None:
    name, method, path, sent, status, code = CASES[case]
    async with platform.program(name) as client:
        answer = await client.request(method, path, **sent)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"].startswith("urn:darsgah:problem:")
    assert problem["detail"]
    assert problem["title"][0].isupper()
    assert problem["title"][1:] == problem["title"][1:].lower()
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert ("www-authenticate" in answer.headers) == (status == 401)


async def test_a_problem_names_the_fields_at_fault(platform: Platform) -> None:
    async with platform.client() as client:
        sent = {"email": "x", "password": "short", "display_name": "A"}
        answer = await client.post("/api/v1/accounts", json=sent)
        assert answer.status_code == 422
        assert answer.json()["fields"]
        sent = {"email": "no address", "password": "long enough", "display_name": "A"}
        answer = await client.post("/api/v1/accounts", json=sent)
        assert set(answer.json()["fields"]) == {"email"}


@pytest.mark.parametrize(
    ("path", "status"),
    [("/today", 401), ("/nothing", 404), (f"/assignments/{NOBODYS}", 401), ("/cohorts/not-an-id", 404)],
)
async def test_people_get_a_page(platform: Platform, path: str, status: int) -> None:
    async with platform.client(headers={"Accept-Language": "ur"}) as client:
        answer = await client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert '<html lang="ur"' in answer.text
    assert 'href="/sign-in"' in answer.text
    assert ('class="lead"' in answer.text) == (status != 401)  # the heading has said it


async def test_an_address_that_takes_no_posts_is_a_page_for_people(platform: Platform) -> None:
    async with platform.browser() as client:
        answer = await client.post("/hubs")
    assert answer.status_code == 405
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-request-id"]
    assert "Something broke" not in answer.text


async def test_problems_are_told_in_the_readers_language(platform: Platform) -> None:
    async with platform.client(headers={"Accept-Language": "ur"}) as client:
        urdu = (await client.get("/api/v1/me")).json()["detail"]
    async with platform.client() as client:
        english = (await client.get("/api/v1/me")).json()["detail"]
    assert english == "Sign in first."
    assert urdu != english


async def test_a_fault_of_ours_shows_nothing_of_itself(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("the inside of the machine")

    monkeypatch.setattr("darsgah.hubs.queries.all_hubs", fail)
    async with platform.client() as client:
        problem = await client.get("/api/v1/hubs")
        page = await client.get("/hubs")
    assert (problem.status_code, page.status_code) == (500, 500)
    assert problem.json()["code"] == "error"
    for answer in (problem, page):
        assert "inside" not in answer.text
        assert "Traceback" not in answer.text
        assert answer.headers["content-security-policy"]
        assert answer.headers["x-request-id"]


async def test_a_sender_that_goes_away_is_no_fault_of_ours(platform: Platform) -> None:
    path = f"/api/v1/assignments/{platform.network.assignment_id}/drafts/lab"
    headers = {
        "host": "testserver",
        "authorization": f"Bearer {await platform.token('learner')}",
        "if-match": '"0"',
        "content-type": "application/json",
        "content-length": "1000",
    }
    heard = iter([{"type": "http.request", "body": b'{"cells"', "more_body": True}])
    sent: list[Any] = []

    async def receive() -> Any:  # noqa: ANN401 # a message of ASGI
        return next(heard, {"type": "http.disconnect"})

    async def send(message: Any) -> None:  # noqa: ANN401 # a message of ASGI
        sent.append(message)

    scope: Any = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PUT",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "server": ("testserver", 80),
        "client": ("127.0.0.1", 1),
        "root_path": "",
    }
    with capture_logs() as logged:
        await platform.app(scope, receive, send)
    assert [(line["event"], line["log_level"]) for line in logged] == [("request", "info")]
    assert b"sender_gone" in b"".join(message.get("body", b"") for message in sent)


def test_every_error_has_a_status_and_a_code_of_its_own() -> None:
    assert answer_error is not None  # everything that raises is imported with the application
    classes, found = [DarsgahError], []
    while classes:
        kind = classes.pop()
        classes += kind.__subclasses__()
        found.append(kind)
        assert 400 <= kind.status < 600
        assert (kind.__doc__ or "").strip()
    ours = [kind for kind in found if kind.__module__.startswith("darsgah.")]
    codes = [kind.code for kind in ours]
    assert len(set(codes)) == len(codes)


async def test_errors_of_a_form_keep_what_was_typed(platform: Platform) -> None:
    async with platform.browser() as client:
        form = {"email": "somebody@example.org", "password": "short", "display_name": "Some <b>body</b>"}
        answer = await client.post("/sign-up", data=form)
        assert answer.status_code == 422
        assert "Some &lt;b&gt;body&lt;/b&gt;" in answer.text
        assert "somebody@example.org" in answer.text
        assert "At least 10 characters." in answer.text
        taken = {"email": "Learner@example.org", "password": PASSWORD, "display_name": "A"}
        answer = await client.post("/sign-up", data=taken)
        assert answer.status_code == 409
        assert "already" in answer.text


async def test_a_refused_upload_shows_the_lab_again_with_the_reason(platform: Platform) -> None:
    address = f"/assignments/{platform.network.assignment_id}/submissions"
    async with platform.browser("learner") as client:
        answer = await client.post(address, files={"notebook": ("lab.ipynb", b"PK\x03\x04 zip")})
        assert answer.status_code == 422
        assert "packed archive" in answer.text
        assert 'name="notebook"' in answer.text
        answer = await client.post(address, data={"nothing": "sent"})
        assert answer.status_code == 422
        assert "Choose the notebook" in answer.text
    async with platform.program("learner") as client:
        files = {"notebook": ("lab.ipynb", RELEASE[:40])}
        answer = await client.post("/api/v1" + address, files=files)
        assert (answer.status_code, answer.json()["code"]) == (422, "not_json")


async def test_an_upload_in_the_wrong_shape_is_told_the_right_one(platform: Platform) -> None:
    address = f"/api/v1/assignments/{platform.network.assignment_id}/submissions"
    async with platform.program("learner") as client:
        file = ("lab.ipynb", RELEASE)
        for sent, code in (
            ({"json": {"notebook": "x"}}, "nothing_sent"),
            ({"files": {"file": file}}, "wrong_field"),
            ({"files": {"notebook": file, "notebook2": file}}, "wrong_field"),
        ):
            answer = await client.post(address, **sent)
            assert (answer.status_code, answer.json()["code"]) == (422, code)
            assert "multipart/form-data" in answer.json()["detail"]
            assert "field named notebook" in answer.json()["detail"]
        assert "the field notebook2" in answer.json()["detail"]


async def test_a_problem_names_parameters_as_they_are_sent(platform: Platform) -> None:
    network = platform.network
    async with platform.program("instructor") as client:
        answer = await client.get(f"/api/v1/cohorts/{network.cohort_id}/submissions?state=foo")
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == ["state"]
    async with platform.program("learner") as client:
        answer = await client.post(
            f"/api/v1/assignments/{network.assignment_id}/submissions", headers={"Idempotency-Key": "short"}
        )
    assert list(answer.json()["fields"]) == ["Idempotency-Key"]
