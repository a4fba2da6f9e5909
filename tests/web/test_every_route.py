"""Every registered route, tried as every role, against a table of what each may do.

The rows that a route is tried on belong to the first hub: its cohort, its assignment, and a graded submission
of ``learner``. A route without a line in the table fails, and so does a line without a route.
"""

from collections.abc import Mapping
from typing import Any

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
from tests.hiring import routes as hiring_routes
from tests.network import DATA_FILE, PASSWORD, RELEASE, RIGHT, WORK, Platform
from tests.organisations.acting import PROFILE as MENTOR
from tests.organisations.acting import becoming
from tests.web import evaluation_routes, hackathon_routes, project_routes
from tests.web.may import (
    ADMINISTRATORS,
    COHORT,
    DECIDERS,
    HAND_IN,
    LEARN,
    LEARNERS,
    LEARNING,
    NO_INVITATION,
    NOBODY,
    OF_A_TEAM,
    OWN,
    PEOPLE_OF_IT,
    ROLES,
    STAFF,
    STAFF_ELSEWHERE,
    STAFF_OF_THE_HUB,
    STAFF_SAVE,
    STOPPERS,
    TEACHERS,
    Expected,
    asking,
    everyone,
    saved,
    signed_in,
)

EXPECTED: Mapping[str, Expected] = {
    "GET /": everyone(302, anonymous=200),
    "GET /healthz": everyone(200),
    "GET /readyz": everyone(200),
    "GET /metrics": everyone(200),
    "GET /static/{address:path}": everyone(200),
    "GET /runtime/{version:str}/{name:str}": everyone(200),
    "GET /full-notebook/{address:path}": everyone(200),
    "GET /service-worker.js": everyone(200),
    "GET /offline": everyone(200),
    "GET /favicon.ico": everyone(302),
    "GET /{path:path}": everyone(404),
    "GET /sign-in": everyone(302, anonymous=200),
    "POST /sign-in": everyone(303),
    "GET /sign-up": everyone(302, anonymous=200),
    "POST /sign-up": everyone(422),
    "POST /sign-out": everyone(303),
    "POST /language": everyone(303),
    "GET /hubs": everyone(200),
    "GET /hub": signed_in(403, **dict.fromkeys((*STAFF_ELSEWHERE, *STAFF_OF_THE_HUB), 200))
    | {"auditor": 403},
    "GET /settings": signed_in(200),
    "POST /settings/profile": signed_in(303),
    "POST /settings/password": signed_in(422),
    "GET /today": signed_in(200),
    "GET /cohorts/{cohort_id:uuid}": COHORT,
    "GET /cohorts/{cohort_id:uuid}/pages/{page_id:uuid}": COHORT,
    "GET /assignments/{assignment_id:uuid}": COHORT,
    "GET /full-notebook/notebooks/{assignment_id:uuid}": LEARN,
    "GET /assignments/{assignment_id:uuid}/lab": LEARN,
    "GET /assignments/{assignment_id:uuid}/notebooks/{name:str}": COHORT,
    "GET /assignments/{assignment_id:uuid}/files/{name:path}": COHORT,
    "POST /assignments/{assignment_id:uuid}/submissions": {**HAND_IN, "learner": 303, "classmate": 303},
    "GET /submissions/{submission_id:uuid}": OWN,
    "GET /submissions/{submission_id:uuid}/events": OWN,
    "GET /submissions/{submission_id:uuid}/notebooks/{name:str}": OWN,
    "GET /submissions/{submission_id:uuid}/executed/{name:str}": OWN,
    "GET /teach": TEACHERS,
    "GET /teach/cohorts/{cohort_id:uuid}/submissions": STAFF,
    "GET /teach/submissions/{submission_id:uuid}": STAFF,
    "GET /teach/submissions/{submission_id:uuid}/executed/{name:str}": STAFF,
    "GET /teach/labs": TEACHERS,
    "GET /teach/labs/{lab_version_id:uuid}": TEACHERS,
    "POST /teach/labs/{lab_version_id:uuid}/check": asking(303),
    "GET /hints": signed_in(200),
    "POST /hints/{hint_id:uuid}/messages": {**OWN, "learner": 303},
    "POST /teach/cohorts/{cohort_id:uuid}/tutor/hints/{hint_id:uuid}": {**STAFF_SAVE, "auditor": 403},
    "GET /hints/{hint_id:uuid}": OWN,
    "POST /hints/{hint_id:uuid}/rating": {**OWN, "learner": 303},
    "POST /submissions/{submission_id:uuid}/hints": {**OWN, "learner": 303},
    "GET /teach/cohorts/{cohort_id:uuid}/tutor": STAFF,
    "POST /teach/cohorts/{cohort_id:uuid}/tutor": {**STAFF_SAVE, "auditor": 403},
    "POST /teach/cohorts/{cohort_id:uuid}/tutor/{assignment_id:uuid}": {**STAFF_SAVE, "auditor": 403},
    "POST /teach/cohorts/{cohort_id:uuid}/tutor/{assignment_id:uuid}/measure": {**STAFF_SAVE, "auditor": 403},
    "GET /teach/assignments/{assignment_id:uuid}/hints": STAFF,
    "GET /teach/assignments/{assignment_id:uuid}/hints/{misconception:str}": STAFF,
    "POST /teach/assignments/{assignment_id:uuid}/hints/{misconception:str}": {**STAFF, "auditor": 200},
    "GET /hub/kernels": ADMINISTRATORS,
    "POST /hub/kernels/{learner_id:uuid}/{assignment_id:uuid}/stop": STOPPERS,
    "GET /api/v1/openapi.json": everyone(200),
    "GET /api/v1/openapi.json/openapi.json": everyone(200),
    "GET /api/v1/openapi.json/{path:str}": everyone(404),
    "POST /api/v1/sessions": everyone(201),
    "DELETE /api/v1/sessions/current": signed_in(204),
    "POST /api/v1/accounts": everyone(409),
    "GET /api/v1/me": signed_in(200),
    "PUT /api/v1/me": signed_in(200),
    "PUT /api/v1/me/password": signed_in(422),
    "GET /api/v1/hubs": everyone(200),
    "GET /api/v1/cohorts": signed_in(200),
    "GET /api/v1/cohorts/{cohort_id:uuid}": COHORT,
    "GET /api/v1/cohorts/{cohort_id:uuid}/pages/{page_id:uuid}": COHORT,
    "GET /api/v1/cohorts/{cohort_id:uuid}/submissions": STAFF,
    "GET /api/v1/assignments/{assignment_id:uuid}": COHORT,
    "GET /api/v1/assignments/{assignment_id:uuid}/notebooks/{name:str}": COHORT,
    "GET /api/v1/assignments/{assignment_id:uuid}/files/{name:path}": COHORT,
    "POST /api/v1/assignments/{assignment_id:uuid}/submissions": {
        **HAND_IN,
        "learner": 201,
        "classmate": 201,
    },
    "GET /api/v1/assignments/{assignment_id:uuid}/drafts": LEARN,
    "GET /api/v1/assignments/{assignment_id:uuid}/drafts/{name:str}": LEARN,
    "PUT /api/v1/assignments/{assignment_id:uuid}/drafts/{name:str}": LEARN,
    "GET /api/v1/assignments/{assignment_id:uuid}/drafts/{name:str}/versions": LEARN,
    "GET /api/v1/assignments/{assignment_id:uuid}/drafts/{name:str}/versions/{number:int}": LEARN,
    "GET /api/v1/assignments/{assignment_id:uuid}/drafts/{name:str}/original": LEARN,
    "POST /api/v1/assignments/{assignment_id:uuid}/hints": LEARN,
    "GET /api/v1/assignments/{assignment_id:uuid}/tutoring": STAFF,
    "PUT /api/v1/assignments/{assignment_id:uuid}/tutoring": {**STAFF, "auditor": 403},
    "GET /api/v1/assignments/{assignment_id:uuid}/tutoring/calibration": STAFF,
    "POST /api/v1/assignments/{assignment_id:uuid}/tutoring/calibration": {
        **{role: 202 if status == 200 else status for role, status in STAFF.items()},
        "auditor": 403,
    },
    "GET /api/v1/assignments/{assignment_id:uuid}/misconceptions": STAFF,
    "GET /api/v1/assignments/{assignment_id:uuid}/misconceptions/{misconception:str}": STAFF,
    "PUT /api/v1/assignments/{assignment_id:uuid}/misconceptions/{misconception:str}": {
        **dict.fromkeys(STAFF_OF_THE_HUB, 409),
        **{role: status for role, status in STAFF.items() if role not in STAFF_OF_THE_HUB},
        "auditor": 403,
    },
    "GET /api/v1/threads": signed_in(200),
    "GET /api/v1/hints/{hint_id:uuid}/messages": OWN,
    "POST /api/v1/hints/{hint_id:uuid}/messages": {**OWN, "learner": 201},
    "GET /api/v1/cohorts/{cohort_id:uuid}/threads": STAFF,
    "GET /api/v1/cohorts/{cohort_id:uuid}/threads/{hint_id:uuid}": STAFF,
    "POST /api/v1/cohorts/{cohort_id:uuid}/threads/{hint_id:uuid}": {
        **signed_in(403, **dict.fromkeys(STAFF_OF_THE_HUB, 201), **dict.fromkeys(STAFF_ELSEWHERE, 404)),
        "auditor": 403,
    },
    "GET /api/v1/cohorts/{cohort_id:uuid}/tutoring": STAFF,
    "PUT /api/v1/cohorts/{cohort_id:uuid}/tutoring": {**STAFF, "auditor": 403},
    "GET /api/v1/hints": signed_in(200),
    "GET /api/v1/hints/{hint_id:uuid}": OWN,
    "GET /api/v1/hints/{hint_id:uuid}/events": OWN,
    "PUT /api/v1/hints/{hint_id:uuid}/rating": OWN,
    "DELETE /api/v1/hints/{hint_id:uuid}": {**OWN, "learner": 204},
    "POST /hints/{hint_id:uuid}/delete": signed_in(404),
    "POST /hints/delete": signed_in(303),
    "DELETE /api/v1/hints": signed_in(204),
    "GET /api/v1/lab-versions/{lab_version_id:uuid}/check": TEACHERS,
    "POST /api/v1/lab-versions/{lab_version_id:uuid}/check": asking(202),
    "GET /hub/tutor-nodes": ADMINISTRATORS,
    "POST /hub/tutor-nodes": {**STOPPERS, "network_admin": 200},
    "POST /hub/tutor-nodes/{node_id:uuid}/delete": STOPPERS,
    "GET /api/v1/tutor-nodes": ADMINISTRATORS,
    "POST /api/v1/tutor-nodes": {**STOPPERS, "network_admin": 201},
    "DELETE /api/v1/tutor-nodes/{node_id:uuid}": STOPPERS,
    "GET /notices": signed_in(200),
    "GET /notices/{notice_id:uuid}": signed_in(404),
    "POST /notices/read": signed_in(303),
    "GET /api/v1/notices": signed_in(200),
    "POST /api/v1/notices/read": signed_in(204),
    "GET /mentors/sign-up": everyone(200, mentor=302),
    "POST /mentors/sign-up": everyone(422, mentor=302),
    "GET /mentors/me": signed_in(302, mentor=200),
    "POST /mentors/me": signed_in(302, mentor=422),
    "POST /mentors/me/organisation": signed_in(302, mentor=422),
    "POST /mentors/me/invitations/{invitation_id:uuid}": signed_in(404),
    "GET /organisations/invitations/{secret:str}": everyone(404),
    "POST /organisations/invitations/{secret:str}": signed_in(404),
    "GET /organisations": everyone(200),
    "GET /organisations/{organisation_id:uuid}": everyone(200),
    "GET /organisations/{organisation_id:uuid}/edit": signed_in(404, mentor=200),
    "POST /organisations/{organisation_id:uuid}/edit": signed_in(404, mentor=422),
    "GET /organisations/{organisation_id:uuid}/people": PEOPLE_OF_IT,
    "POST /organisations/{organisation_id:uuid}/people/{mentor_id:uuid}": saved(PEOPLE_OF_IT),
    "POST /organisations/{organisation_id:uuid}/invitations": signed_in(404, mentor=200),
    "POST /organisations/{organisation_id:uuid}/invitations/{invitation_id:uuid}/withdraw": signed_in(404),
    "GET /hub/organisations": ADMINISTRATORS,
    "GET /hub/organisations/{organisation_id:uuid}": DECIDERS,
    "POST /hub/organisations/{organisation_id:uuid}": saved(DECIDERS, 422),
    "GET /hub/mentors": ADMINISTRATORS,
    "GET /hub/mentors/{mentor_id:uuid}": DECIDERS,
    "POST /hub/mentors/{mentor_id:uuid}": saved(DECIDERS, 422),
    "POST /api/v1/mentors": everyone(409),
    "GET /api/v1/me/mentor": signed_in(404, mentor=200),
    "POST /api/v1/me/mentor": signed_in(422, mentor=409),
    "PUT /api/v1/me/mentor": signed_in(404, mentor=409),
    "POST /api/v1/me/organisation-invitations": signed_in(404),
    "POST /api/v1/me/organisation-invitations/{invitation_id:uuid}": signed_in(404),
    "GET /api/v1/organisations": everyone(200),
    "POST /api/v1/organisations": signed_in(404, mentor=409),
    "GET /api/v1/organisations/{organisation_id:uuid}": everyone(200),
    "PUT /api/v1/organisations/{organisation_id:uuid}": signed_in(404, mentor=409),
    "GET /api/v1/organisations/{organisation_id:uuid}/people": PEOPLE_OF_IT,
    "POST /api/v1/organisations/{organisation_id:uuid}/people/{mentor_id:uuid}": signed_in(404),
    "DELETE /api/v1/organisations/{organisation_id:uuid}/people/{mentor_id:uuid}": signed_in(404),
    "PUT /api/v1/organisations/{organisation_id:uuid}/owners/{mentor_id:uuid}": saved(PEOPLE_OF_IT, 204),
    "POST /api/v1/organisations/{organisation_id:uuid}/invitations": signed_in(404, mentor=201),
    "DELETE /api/v1/organisations/{organisation_id:uuid}/invitations/{invitation_id:uuid}": signed_in(404),
    "GET /api/v1/hub/organisations": ADMINISTRATORS,
    "GET /api/v1/hub/organisations/{organisation_id:uuid}": DECIDERS,
    "POST /api/v1/hub/organisations/{organisation_id:uuid}/decisions": saved(DECIDERS, 409),
    "GET /api/v1/hub/mentors": ADMINISTRATORS,
    "GET /api/v1/hub/mentors/{mentor_id:uuid}": DECIDERS,
    "POST /api/v1/hub/mentors/{mentor_id:uuid}/decisions": saved(DECIDERS, 409),
    "GET /teams": LEARNING,
    "POST /teams": saved(LEARNING),
    "GET /teams/{team_id:uuid}": OF_A_TEAM,
    "POST /teams/{team_id:uuid}/name": saved(OF_A_TEAM),
    "POST /teams/{team_id:uuid}/invitations": saved(OF_A_TEAM),
    "POST /teams/{team_id:uuid}/invitations/{invitation_id:uuid}/withdraw": NO_INVITATION,
    "POST /teams/{team_id:uuid}/link": saved(OF_A_TEAM),
    "POST /teams/{team_id:uuid}/take-out": NO_INVITATION,
    "POST /team-invitations/{invitation_id:uuid}": NO_INVITATION,
    "GET /teams/join/{token:str}": signed_in(404, anonymous=302),
    "POST /teams/join/{token:str}": NO_INVITATION,
    "GET /api/v1/teams": LEARNING,
    "POST /api/v1/teams": saved(LEARNING, 201),
    "GET /api/v1/teams/{team_id:uuid}": OF_A_TEAM,
    "PUT /api/v1/teams/{team_id:uuid}": OF_A_TEAM,
    "DELETE /api/v1/teams/{team_id:uuid}/members/{account_id:uuid}": NO_INVITATION,
    "POST /api/v1/teams/{team_id:uuid}/invitations": saved(OF_A_TEAM, 201),
    "DELETE /api/v1/teams/{team_id:uuid}/invitations/{invitation_id:uuid}": NO_INVITATION,
    "PUT /api/v1/teams/{team_id:uuid}/link": OF_A_TEAM,
    "DELETE /api/v1/teams/{team_id:uuid}/link": OF_A_TEAM,
    "POST /api/v1/team-invitations/{invitation_id:uuid}": NO_INVITATION,
    "POST /api/v1/team-joins": NO_INVITATION,
    "POST /api/v1/tutor/nodes": everyone(401),
    "DELETE /api/v1/tutor/nodes": everyone(401),
    "GET /api/v1/kernels": ADMINISTRATORS,
    "DELETE /api/v1/kernels/{learner_id:uuid}/{assignment_id:uuid}": STOPPERS,
    "GET /api/v1/submissions/{submission_id:uuid}": OWN,
    "GET /api/v1/submissions/{submission_id:uuid}/notebooks/{name:str}": OWN,
    "GET /api/v1/submissions/{submission_id:uuid}/executed/{name:str}": OWN,
    "GET /api/v1/reviews/{submission_id:uuid}": STAFF,
    "GET /api/v1/reviews/{submission_id:uuid}/executed/{name:str}": STAFF,
    **hackathon_routes.EXPECTED,
    **project_routes.EXPECTED,
    **evaluation_routes.EXPECTED,
    **application_routes.ROUTES,
    **brief_routes.ROUTES,
    **credential_routes.ROUTES,
    **hiring_routes.ROUTES,
}

DRAFT = {"content": WORK, "headers": {"If-Match": "1"}}
STUCK = {"notebook": "lab", "cell_id": "a", "source": "x ="}
UPLOAD = {"files": {"notebook": ("lab.ipynb", RIGHT)}}
CREDENTIALS = {"email": "learner@example.org", "password": PASSWORD}
NEW = {"email": "learner@example.org", "password": "ten or more", "display_name": "Somebody"}
PROFILE = {"display_name": "Another name", "language": "en"}
PASSWORDS = {"current_password": "not this one", "new_password": "ten or more"}
SAID = ("name", "token", "model", "device", "version")
NODE = {"url": "http://10.0.0.5:8100", "places": 1, **dict.fromkeys(SAID, "gpu-1")}

OFFICE = {"name": "Somebody's", "country": "PK"}
REFUSAL = {"decision": "refused", "version": 0, "note": "Because."}

SENT: Mapping[str, Mapping[str, Any]] = {
    "POST /sign-in": {"data": CREDENTIALS},
    "POST /sign-up": {"data": {**NEW, "email": "no address"}},
    "POST /language": {"data": {"language": "en"}},
    "POST /settings/profile": {"data": PROFILE},
    "POST /settings/password": {"data": PASSWORDS},
    "POST /assignments/{assignment_id:uuid}/submissions": UPLOAD,
    "POST /api/v1/sessions": {"json": CREDENTIALS},
    "POST /api/v1/accounts": {"json": NEW},
    "PUT /api/v1/me": {"json": PROFILE},
    "PUT /api/v1/me/password": {"json": PASSWORDS},
    "POST /api/v1/assignments/{assignment_id:uuid}/submissions": UPLOAD,
    "PUT /api/v1/assignments/{assignment_id:uuid}/drafts/{name:str}": DRAFT,
    "POST /api/v1/assignments/{assignment_id:uuid}/hints": {"json": STUCK},
    "PUT /api/v1/assignments/{assignment_id:uuid}/tutoring": {"json": {}},
    "PUT /api/v1/cohorts/{cohort_id:uuid}/tutoring": {"json": {}},
    "POST /hints/{hint_id:uuid}/messages": {"data": {"body": "Why?"}},
    "POST /teach/cohorts/{cohort_id:uuid}/tutor/hints/{hint_id:uuid}": {"data": {"body": "Because."}},
    "POST /hints/{hint_id:uuid}/rating": {"data": {"helpful": "true"}},
    "POST /submissions/{submission_id:uuid}/hints": {"data": {"notebook": "lab", "cell_id": "test-triple"}},
    "POST /teach/cohorts/{cohort_id:uuid}/tutor": {"data": {"hints": "1"}},
    "POST /teach/cohorts/{cohort_id:uuid}/tutor/{assignment_id:uuid}": {"data": {"hints": "1"}},
    "POST /teach/assignments/{assignment_id:uuid}/hints/{misconception:str}": {"data": {"action": "preview"}},
    "PUT /api/v1/assignments/{assignment_id:uuid}/misconceptions/{misconception:str}": {
        "json": {"version": 17, "words": None}
    },
    "POST /api/v1/hints/{hint_id:uuid}/messages": {"json": {"body": "Why?"}},
    "POST /api/v1/cohorts/{cohort_id:uuid}/threads/{hint_id:uuid}": {"json": {"body": "Because."}},
    "PUT /api/v1/hints/{hint_id:uuid}/rating": {"json": {"helpful": True}},
    "POST /hub/tutor-nodes": {"data": {"label": "Room 3"}},
    "POST /api/v1/tutor-nodes": {"json": {"label": "Room 3"}},
    "POST /api/v1/notices/read": {"json": {}},
    "POST /mentors/me/invitations/{invitation_id:uuid}": {"data": {"accept": "true"}},
    "POST /organisations/{organisation_id:uuid}/people/{mentor_id:uuid}": {"data": {"action": "owner"}},
    "POST /organisations/{organisation_id:uuid}/invitations": {"data": {"email": "somebody@example.org"}},
    "POST /api/v1/mentors": {"json": {**NEW, "mentor": becoming("Somebody's")}},
    "POST /api/v1/me/mentor": {"json": becoming("Somebody's", hub="nowhere")},
    "PUT /api/v1/me/mentor": {"json": {"version": 0, "profile": MENTOR}},
    "POST /api/v1/me/organisation-invitations": {"json": {"secret": "nothing"}},
    "POST /api/v1/me/organisation-invitations/{invitation_id:uuid}": {"json": {"accept": True}},
    "POST /api/v1/organisations": {"json": OFFICE},
    "PUT /api/v1/organisations/{organisation_id:uuid}": {"json": {"version": 0, "profile": OFFICE}},
    "POST /api/v1/organisations/{organisation_id:uuid}/people/{mentor_id:uuid}": {"json": {"accept": True}},
    "POST /api/v1/organisations/{organisation_id:uuid}/invitations": {"json": {"email": "a@example.org"}},
    "POST /api/v1/hub/organisations/{organisation_id:uuid}/decisions": {"json": REFUSAL},
    "POST /api/v1/hub/mentors/{mentor_id:uuid}/decisions": {"json": REFUSAL},
    "POST /teams": {"data": {"name": "A team"}},
    "POST /teams/{team_id:uuid}/name": {"data": {"name": "A team"}},
    "POST /teams/{team_id:uuid}/invitations": {"data": {"email": "somebody@example.org"}},
    "POST /teams/{team_id:uuid}/link": {"data": {"action": "end"}},
    "POST /teams/{team_id:uuid}/take-out": {"data": {"account_id": NOBODY}},
    "POST /team-invitations/{invitation_id:uuid}": {"data": {"accept": "true"}},
    "POST /api/v1/teams": {"json": {"name": "A team"}},
    "PUT /api/v1/teams/{team_id:uuid}": {"json": {"name": "A team"}},
    "POST /api/v1/teams/{team_id:uuid}/invitations": {"json": {"email": "somebody@example.org"}},
    "POST /api/v1/team-invitations/{invitation_id:uuid}": {"json": {"accept": True}},
    "POST /api/v1/team-joins": {"json": {"token": "nothing"}},
    "POST /api/v1/tutor/nodes": {"json": NODE},
    **credential_routes.BODIES,
    **hiring_routes.BODIES,
    **hackathon_routes.SENT,
    **project_routes.SENT,
    **evaluation_routes.SENT,
    **application_routes.BODIES,
    **brief_routes.BODIES,
}
"""What is sent to the routes that read something."""


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


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", EXPECTED)
async def test_route(platform: Platform, addresses: Mapping[str, str], route: str, role: str) -> None:
    method, path = route.split(" ")
    for parameter, value in addresses.items():
        path = path.replace(parameter, value)
    name = None if role == "anonymous" else role
    async with platform.program(name) if name else platform.browser() as client:
        answer = await client.request(method, path, **SENT.get(route, {}))
    assert answer.status_code == EXPECTED[route][role], answer.text


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
