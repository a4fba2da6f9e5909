"""Whatever is sent: no 500, no traceback, nothing of the machine's inside.

Two ways: every place that takes text gets every sort of nonsense we could think of, and schemathesis makes up
requests from the OpenAPI document, some that fit it and some that do not.
"""

import asyncio
import warnings
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance

from darsgah.accounts.tokens import SESSION_COOKIE
from tests.network import PASSWORD, WORK, Platform

EXAMPLES = 4
"""Made-up requests for each operation."""

NONSENSE: Mapping[str, str] = {
    "empty": "",
    "blank": " \t\n ",
    "nul": "ab\x00cdefghijkl",
    "control": "\x01\x1b[31m\x7fabcdefghijk",
    "surrogate": "\ud800abcdefghijk",
    "bidi": "\u202eabcdefghijk",
    "astral": "😀" * 20,
    "huge": "x" * 200_000,
    "markup": "<script>alert(1)</script>",
    "sql": "'; DROP TABLE account; --",
    "template": "{{ 7 * 7 }} {0.__class__} %s",
    "path": "../../../../etc/passwd",
}
ACCOUNT = {"email": "somebody@example.org", "password": PASSWORD, "display_name": "Somebody"}
FORMS: Mapping[str, Mapping[str, str]] = {
    "/sign-in": {"email": "classmate@example.org", "password": PASSWORD, "next": "/today"},
    "/sign-up": {**ACCOUNT, "hub": "khi-saddar"},
    "/language": {"language": "en", "next": "/"},
    "/settings/profile": {"display_name": "A name", "language": "en"},
    "/settings/password": {"current_password": "wrong", "new_password": PASSWORD},
}
BODIES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("POST", "/api/v1/sessions"): {"email": "classmate@example.org", "password": PASSWORD},
    ("POST", "/api/v1/accounts"): {**ACCOUNT, "hub": "khi-saddar", "language": "en"},
    ("PUT", "/api/v1/me"): {"display_name": "A name", "language": "en"},
    ("PUT", "/api/v1/me/password"): {"current_password": "wrong", "new_password": PASSWORD},
}


def fine(answer: httpx.Response) -> None:
    """The answer is no fault of ours, and shows nothing of the inside."""
    assert answer.status_code < 500, answer.text
    assert "Traceback" not in answer.text
    assert "psycopg" not in answer.text


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("path", FORMS)
async def test_forms(platform: Platform, path: str, nonsense: str) -> None:
    text = NONSENSE[nonsense]
    name = "outsider" if path.startswith("/settings") else None
    elsewhere = (f"forms of {nonsense}", 1)  # so that the pause after failed sign-ins hides nothing
    async with platform.browser(name, address=elsewhere) as client:
        for field in FORMS[path]:
            form = {key: value.encode() for key, value in FORMS[path].items()}
            form[field] = text.encode("utf-8", "surrogatepass")
            fine(await client.post(path, data=form))
            fine(await client.post(path, files={key: (None, value) for key, value in form.items()}))
        fine(
            await client.post(
                path, files={next(iter(FORMS[path])): ("a file", text.encode("utf-8", "ignore"))}
            )
        )


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("route", BODIES, ids=" ".join)
async def test_json_bodies(platform: Platform, route: tuple[str, str], nonsense: str) -> None:
    method, path = route
    async with platform.program("outsider") as client:
        for field in BODIES[route]:
            body = {**BODIES[route], field: NONSENSE[nonsense]}
            fine(await client.request(method, path, content=_ascii_json(body), headers=JSON))
        for odd in (
            b"[]",
            b"null",
            b'"text"',
            b"1e999",
            b"[" * 100_000,
            b'{"email": 7}',
            b"\xff\xfe",
            b"NaN",
        ):
            fine(await client.request(method, path, content=odd, headers=JSON))


JSON = {"Content-Type": "application/json"}


def _ascii_json(body: Mapping[str, str]) -> bytes:
    """JSON with escapes, so that lone surrogates travel."""
    pairs = (f'"{key}": "{"".join(_escaped(value))}"' for key, value in body.items())
    return ("{" + ", ".join(pairs) + "}").encode("ascii")


def _escaped(text: str) -> list[str]:
    units = text.encode("utf-16-be", "surrogatepass")
    return [f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data", "nonsense", "a/b; c=\x7f"]
)
@pytest.mark.parametrize("path", ["/api/v1/sessions", "/sign-in", "upload", "api upload"])
async def test_wrong_content_types(platform: Platform, path: str, kind: str) -> None:
    async with platform.browser("learner") as client:
        for body in (b"", b"x" * 2000, b"--a\r\n", b'{"email": "a@b.c", "password": "x"}'):
            fine(await client.post(_upload(platform, path), content=body, headers={"Content-Type": kind}))


def _upload(platform: Platform, path: str) -> str:
    uploads = f"/assignments/{platform.network.assignment_id}/submissions"
    return {"upload": uploads, "api upload": f"/api/v1{uploads}"}.get(path, path)


MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}
PART = b'--b\r\nContent-Disposition: form-data; name="notebook"; filename="lab.ipynb"\r\n\r\n'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b",
        b"--b--",
        b"--b\r\n\r\n\r\n--b--\r\n",
        b"--other\r\n",
        PART,
        PART + WORK,
        PART.replace(b"lab.ipynb", b"") + b"x\r\n--b--\r\n",
        PART.replace(b"lab.ipynb", b"\xff\x00.ipynb") + b"x\r\n--b--\r\n",
        PART.replace(b'name="notebook"; ', b"") + b"x\r\n--b--\r\n",
        (PART + b"x\r\n") * 60 + b"--b--\r\n",
        (PART + b"x\r\n") * 5000 + b"--b--\r\n",
        (PART + b"x\r\n") * 2 + b"--b--\r\n",
    ],
    ids=range(13),
)
@pytest.mark.parametrize("path", ["upload", "api upload"])
async def test_malformed_multipart(platform: Platform, path: str, body: bytes) -> None:
    async with platform.browser("learner") as client:
        answer = await client.post(_upload(platform, path), content=body, headers=MULTIPART)
    fine(answer)
    assert answer.status_code in (400, 413, 422)


async def test_an_odd_idempotency_key_is_refused_or_kept_whole(platform: Platform) -> None:
    files = {"notebook": ("lab.ipynb", b"not a notebook")}
    async with platform.browser("learner") as client:
        for key in (*NONSENSE.values(), "short", "k" * 101):
            data = {"idempotency_key": key.encode("utf-8", "surrogatepass")}
            fine(await client.post(_upload(platform, "upload"), data=data, files={"notebook": ("a", WORK)}))
        for key in ("short", "k" * 101, "ключ".encode().decode("latin-1"), " "):
            answer = await client.post(
                _upload(platform, "api upload"),
                files=files,
                headers={b"Idempotency-Key": key.encode("latin-1")},
            )
            assert answer.status_code == 422


@pytest.mark.parametrize(
    "odd", ["%00", "%ff%fe", "..%2f..%2fetc", "a" * 5000, "💣", "lab%0d%0aX: y", "'", '"']
)
async def test_paths_and_queries(platform: Platform, odd: str) -> None:
    network = platform.network
    async with platform.browser("learner") as client, platform.browser("instructor") as staff:
        for path in (
            f"/{odd}",
            f"/static/{odd}",
            f"/cohorts/{odd}",
            f"/api/v1/cohorts/{odd}",
            f"/assignments/{network.assignment_id}/notebooks/{odd}",
            f"/assignments/{network.assignment_id}/files/{odd}",
            f"/assignments/{network.assignment_id}/lab?notebook={odd}",
            f"/api/v1/assignments/{network.assignment_id}/drafts/{odd}",
            f"/api/v1/assignments/{network.assignment_id}/drafts/{odd}/versions",
            f"/api/v1/assignments/{network.assignment_id}/drafts/lab/versions/{odd}",
            f"/cohorts/{network.cohort_id}/pages/{odd}",
            f"/api/v1/submissions/{uuid4()}/executed/{odd}",
            f"/sign-in?next={odd}",
            f"/settings?saved={odd}",
            f"/api/v1/cohorts?after={odd}",
            f"/api/v1/openapi.json/{odd}",
        ):
            fine(await client.get(path))
        base = f"/teach/cohorts/{network.cohort_id}/submissions"
        for query in (f"assignment={odd}", f"state={odd}", f"flagged={odd}", f"after={odd}", odd):
            fine(await staff.get(f"{base}?{query}"))
            fine(await staff.get(f"/api/v1/cohorts/{network.cohort_id}/submissions?{query}"))


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": f"{SESSION_COOKIE}=%00"},
        {"Cookie": f"{SESSION_COOKIE}={'x' * 20_000}"},
        {"Cookie": "=; ;;=;"},
        {"Cookie": b"darsgah_session=\xff\xfe"},
        {"Cookie": "darsgah_language=../../etc"},
        {"Cookie": "darsgah_csrf=x"},
        {"Authorization": "Bearer"},
        {"Authorization": b"Bearer \xff"},
        {"Authorization": "Basic YTpi"},
        {"Accept-Language": ",;q=;;*,en;q=nan,ur;q=inf" * 300},
        {"Accept-Language": b"\xff"},
        {"User-Agent": "x" * 50_000},
        {"X-Request-Id": "x" * 50_000},
        {"Accept-Encoding": "\x7f"},
        {"X-Forwarded-For": ",,,,"},
    ],
    ids=range(15),
)
async def test_headers(platform: Platform, headers: dict[str, Any]) -> None:
    async with platform.client() as client:
        for path in ("/", "/today", "/api/v1/me", "/healthz", "/nothing"):
            fine(await client.get(path, headers=headers))
        fine(await client.post("/api/v1/sessions", headers=headers, json=BODIES["POST", "/api/v1/sessions"]))


@pytest.mark.parametrize(
    "odd", [b"\xff\xfe", b'"', b"W/", b",,,", b"1" * 199, b"-1", b"1e9", b"\xdb\xb1", b"x" * 9000]
)
async def test_what_a_save_names(platform: Platform, odd: bytes) -> None:
    url = f"/api/v1/assignments/{platform.network.assignment_id}/drafts/lab"
    async with platform.program("classmate") as client:
        for headers in ({b"If-Match": odd}, {b"If-Match": b"0", b"X-Client": odd}):
            fine(await client.put(url, content=WORK, headers=headers))


# A form that is refused before its route leaves its file to the garbage collector, at once.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_forms_token_may_be_anything(platform: Platform) -> None:
    async with platform.browser("learner") as client:
        del client.headers["x-csrf-token"]
        for sent in ({"data": {"_csrf_token": ["a", "b"]}}, {"files": {"_csrf_token": ("file", b"x")}}):
            answer = await client.post("/settings/profile", **sent)
            assert answer.status_code == 403


async def test_a_browser_of_any_name_can_sign_in(platform: Platform) -> None:
    async with platform.browser(address=("198.51.100.7", 1)) as client:
        client.headers["User-Agent"] = "agent \x7f \xff"
        form = {"email": "mentor@example.org", "password": PASSWORD}
        answer = await client.post("/sign-in", data=form)
    assert answer.status_code == 303


@pytest.fixture(scope="module")
async def address(platform: Platform) -> AsyncIterator[str]:
    """The application behind a real server on a free port."""
    config = uvicorn.Config(platform.app, port=0, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 # the server offers no event
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    with suppress(asyncio.CancelledError):
        await serving


async def test_what_schemathesis_makes_up(platform: Platform, address: str) -> None:
    token = await platform.token("auditor")
    made = await asyncio.to_thread(_make_up, address, token)
    assert made > 15


def _make_up(address: str, token: str) -> int:
    """Sends the made-up requests, and returns how many operations there were."""
    schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")
    headers = {"Authorization": f"Bearer {token}"}
    operations = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.label == "DELETE /api/v1/sessions/current":
            continue  # it would end the session that all others use
        operations += 1

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def attempt(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(
                headers=headers, checks=[not_a_server_error, response_schema_conformance], timeout=30
            )

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library's own deprecations
            attempt()
    return operations
