"""Every registered route, tried as every role, against a table of what each may do.

The rows that a route is tried on belong to the first hub: its cohort, its assignment, and a graded submission
of ``learner``. A route without a line in the table fails, and so does a line without a route.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar, WebSocket, get, websocket
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from darsgah.access import public
from darsgah.app import API, RouteWithoutRule, deny_by_default, handlers_of
from darsgah.enrolments import service as enrolments
from darsgah.grades.tasks import GradingTasks
from darsgah.organisations import joining, people, verifying
from darsgah.organisations.schemas import BecomeMentor, LookedAt, NewDecision, VerificationDecision
from darsgah.submissions import service as submissions
from darsgah.teams import service as teams
from darsgah.teams.schemas import NewTeam
from darsgah.tutoring import service as tutoring
from darsgah.tutoring.schemas import HintRequest, MadeHint
from darsgah.workspaces import service as workspaces
from darsgah_grader.grading import Grader
from tests.applications import routes as application_routes
from tests.briefs import routes as brief_routes
from tests.credentials import routes as credential_routes
from tests.network import DATA_FILE, RELEASE, WORK, Platform
from tests.organisations.acting import becoming
from tests.units import routes as unit_routes
from tests.web import evaluation_routes, hackathon_routes, platform_routes, project_routes
from tests.web.may import (
    LEARNERS,
    NOBODY,
    ROLES,
    Expected,
)

EXPECTED: Mapping[str, Expected] = {
    **platform_routes.EXPECTED,
    **hackathon_routes.EXPECTED,
    **project_routes.EXPECTED,
    **evaluation_routes.EXPECTED,
}
SENT: Mapping[str, Mapping[str, Any]] = {
    **platform_routes.SENT,
    **hackathon_routes.SENT,
    **project_routes.SENT,
    **evaluation_routes.SENT,
}


OF_SESSIONS = {
    "POST /sign-in",
    "POST /sign-out",
    "POST /sign-up",
    "POST /mentors/sign-up",
    "DELETE /api/v1/sessions/current",
}
"""Routes after which a visitor is signed in or out: they are tried by visitors of their own."""


@pytest.fixture(scope="module")
async def addresses(platform: Platform, grader: Grader) -> Mapping[str, str]:
    """Values for the parameters of paths, of rows that there are."""
    network, database = platform.network, platform.database
    async with database.begin() as session:
        handed_in = await submissions.hand_in(
            session, platform.blobs, network.people["learner"], network.assignment_id, {"lab.ipynb": WORK}
        )
        course = await enrolments.cohort_page(session, network.people["learner"], network.cohort_id)
        for learner in LEARNERS:
            await workspaces.save(
                session,
                network.people[learner],
                network.assignment_id,
                "lab",
                RELEASE,
                if_match="0",
                client="",
            )
    await GradingTasks(database, platform.blobs, grader).grade(str(handed_in.id))
    async with database.begin() as session:
        stuck = HintRequest("lab", "double", "def double(n):\n    return n")
        asked = await tutoring.ask(
            session, platform.blobs, network.people["learner"], network.assignment_id, stuck
        )
        assert asked.request
        await tutoring.record(session, asked.request.id, MadeHint({"en": "Look again."}))
        hint_id = asked.request.id
        mentor, hub_admin = network.people["mentor"], network.people["hub_admin"]
        await joining.become_mentor(session, mentor, msgspec.convert(becoming("The office"), BecomeMentor))
        office = await people.place_of(session, mentor)
        assert office
        decision = NewDecision(decision=VerificationDecision.VERIFIED, version=1, looked_at=(LookedAt.CALL,))
        await verifying.decide_organisation(session, hub_admin, office.id, decision)
        await verifying.decide_mentor(session, hub_admin, mentor.account_id, decision)
        team = await teams.found(session, network.people["learner"], NewTeam("The first team"))
        application_rows = await application_routes.rows(session, platform)
        brief_rows = await brief_routes.rows(session, platform)
        credential_rows = await credential_routes.rows(session, platform)
        unit_rows = await unit_routes.rows(session, platform)
        project_rows = await project_routes.addresses(session)
    return await hackathon_routes.addresses(database, network) | {
        **application_rows,
        **brief_rows,
        "/runtime/{version:str}/{name:str}": platform.app.state.browser_runtime.worker_url,
        "/full-notebook/{address:path}": platform.app.state.full_notebook.script,
        "{cohort_id:uuid}": str(network.cohort_id),
        "{hint_id:uuid}": str(hint_id),
        "{misconception:str}": "leaves-loop-in-first-round",
        "{learner_id:uuid}": str(network.people["learner"].account_id),
        "{page_id:uuid}": next(
            str(item.page.id) for module in course.modules for item in module.items if item.page
        ),
        "{assignment_id:uuid}": str(network.assignment_id),
        "{lab_version_id:uuid}": str(network.lab_version_id),
        f"{API}/organisations/{{organisation_id:uuid}}/people/{{mentor_id:uuid}}": (
            f"{API}/organisations/{office.id}/people/{NOBODY}"
        ),
        "{organisation_id:uuid}": str(office.id),
        "{mentor_id:uuid}": str(mentor.account_id),
        "{notice_id:uuid}": NOBODY,
        "{profile_id:uuid}": NOBODY,
        "{secret:str}": "nothing",
        "{team_id:uuid}": str(team.id),
        "{invitation_id:uuid}": NOBODY,
        "{account_id:uuid}": NOBODY,
        "{token:str}": "nothing",
        "{submission_id:uuid}": str(handed_in.id),
        "{node_id:uuid}": str(network.lab_version_id),
        **credential_rows,
        **unit_rows,
        **project_rows,
        **evaluation_routes.ADDRESSES,
        "{name:str}": "lab",
        "{name:path}": DATA_FILE,
        "{number:int}": "1",
        "{path:path}": "nothing/here",
        "{path:str}": "nothing",
        "{address:path}": platform.app.state.static_files.url("app.css").removeprefix("/static/"),
    }


def routes(app: Litestar) -> set[str]:
    """Method and path of everything registered, as the table writes it; the automatic OPTIONS aside."""
    return {
        f"{method} {route.path}"
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        for method in getattr(handler, "http_methods", ())
        if method != "OPTIONS"
    }


def test_the_table_names_every_route_and_no_other(platform: Platform) -> None:
    assert routes(platform.app) == set(EXPECTED)


def test_every_route_is_http_but_the_socket_of_kernels(platform: Platform) -> None:
    """Which ``tests/kernels`` tries as every role."""
    others = [route.path for route in platform.app.routes if not isinstance(route, HTTPRoute)]
    assert others == ["/api/v1/assignments/{assignment_id:uuid}/kernel"]
    assert all(
        isinstance(handler, HTTPRouteHandler)
        for route in platform.app.routes
        if isinstance(route, HTTPRoute)
        for handler in handlers_of(route)
    )


async def visit(platform: Platform, stack: AsyncExitStack, role: str) -> httpx.AsyncClient:
    """Somebody in that role, with a session of their own, until the stack ends."""
    client = platform.browser() if role == "anonymous" else platform.program(role)
    return await stack.enter_async_context(client)


@pytest.fixture(scope="module")
async def visitors(platform: Platform) -> AsyncIterator[Mapping[str, httpx.AsyncClient]]:
    """One for each role."""
    async with AsyncExitStack() as stack:
        yield {role: await visit(platform, stack, role) for role in ROLES}


@pytest.mark.parametrize("route", EXPECTED)
async def test_route(
    platform: Platform, addresses: Mapping[str, str], visitors: Mapping[str, httpx.AsyncClient], route: str
) -> None:
    method, path = route.split(" ")
    for parameter, value in addresses.items():
        path = path.replace(parameter, value)
    found, said = {}, {}
    for role in ROLES:
        async with AsyncExitStack() as stack:
            alone = route in OF_SESSIONS
            visitor = await visit(platform, stack, role) if alone else visitors[role]
            answer = await visitor.request(method, path, **SENT.get(route, {}))
        found[role] = answer.status_code
        if found[role] != EXPECTED[route][role]:
            said[role] = answer.text
    assert found == dict(EXPECTED[route]), said


def test_a_route_without_a_rule_is_refused() -> None:
    @get("/open")
    async def unguarded() -> None:
        """Says nothing of who may come."""

    with pytest.raises(RouteWithoutRule, match="/open"):
        deny_by_default(Litestar([unguarded], openapi_config=None))


def test_a_socket_without_a_rule_is_refused() -> None:
    @websocket("/open")
    async def unguarded(socket: WebSocket[None, None, Any]) -> None:
        """Says nothing of who may come."""

    with pytest.raises(RouteWithoutRule, match="/open"):
        deny_by_default(Litestar([unguarded], openapi_config=None))


def test_a_guard_that_is_no_rule_is_not_enough() -> None:
    async def let_in(*_: object) -> None:
        """Somebody's own guard."""

    @get("/open", guards=[let_in])
    async def unguarded() -> None:
        """Says nothing of who may come."""

    @get("/fine", guards=[public, let_in])
    async def guarded() -> None:
        """Says that anybody may come."""

    fine = Litestar([guarded], openapi_config=None)
    assert deny_by_default(fine) is fine
    with pytest.raises(RouteWithoutRule, match="/open"):
        deny_by_default(Litestar([guarded, unguarded], openapi_config=None))
