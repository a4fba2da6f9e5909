"""The web application: the only list of routers, and what stands around them.

Importing it is quick and starts nothing. It never reaches what grades or hints: that is the worker's
(``darsgah.worker``), and a contract of import-linter holds it so.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from litestar import Litestar, Router, get
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.params import FromPath
from litestar.plugins.prometheus import PrometheusConfig
from litestar.routes import BaseRoute, WebSocketRoute
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

import darsgah
from darsgah.access import RULES, public
from darsgah.accounts import api as accounts_api
from darsgah.accounts import pages as accounts_pages
from darsgah.applications import api as applications_api
from darsgah.applications import matching_api, matching_pages
from darsgah.applications import pages as applications_pages
from darsgah.blobs.store import BlobStore
from darsgah.briefs import api as briefs_api
from darsgah.briefs import desk_pages as briefs_desk_pages
from darsgah.briefs import pages as briefs_pages
from darsgah.briefs import writing_pages as briefs_writing_pages
from darsgah.credentials import api as credentials_api
from darsgah.credentials import documents as credential_documents
from darsgah.credentials import pages as credentials_pages
from darsgah.credentials import staff_api as credentials_staff_api
from darsgah.credentials import staff_pages as credentials_staff_pages
from darsgah.credentials import verify_pages
from darsgah.db.session import Database
from darsgah.enrolments import api as enrolments_api
from darsgah.enrolments import pages as enrolments_pages
from darsgah.errors import NotFound
from darsgah.evaluations import api as evaluations_api
from darsgah.evaluations import hub_pages as evaluations_hub_pages
from darsgah.evaluations import pages as evaluations_pages
from darsgah.grades import api as grades_api
from darsgah.grades import pages as grades_pages
from darsgah.hackathons import api as hackathons_api
from darsgah.hackathons import organising_pages as hackathons_organising_pages
from darsgah.hackathons import pages as hackathons_pages
from darsgah.hiring import api as hiring_api
from darsgah.hiring import pages as hiring_pages
from darsgah.hubs import api as hubs_api
from darsgah.hubs import pages as hubs_pages
from darsgah.jobs.notifications import Listener
from darsgah.kernels import api as kernels_api
from darsgah.kernels import pages as kernels_pages
from darsgah.kernels.open_pages import OpenPages
from darsgah.lab_checks import api as lab_checks_api
from darsgah.lab_checks import pages as lab_checks_pages
from darsgah.notices import api as notices_api
from darsgah.notices import pages as notices_pages
from darsgah.organisations import api as organisations_api
from darsgah.organisations import organisation_pages, verifying_pages
from darsgah.organisations import pages as organisations_pages
from darsgah.projects import api as projects_api
from darsgah.projects import gpu_pages, meeting_pages, meetings_api, milestone_pages
from darsgah.projects import pages as projects_pages
from darsgah.settings import Settings
from darsgah.submissions import api as submissions_api
from darsgah.submissions import pages as submissions_pages
from darsgah.teams import api as teams_api
from darsgah.teams import pages as teams_pages
from darsgah.tutor_nodes import api as tutor_nodes_api
from darsgah.tutor_nodes import pages as tutor_nodes_pages
from darsgah.tutoring import api as tutoring_api
from darsgah.tutoring import bank_api, bank_pages, threads_api
from darsgah.tutoring import pages as tutoring_pages
from darsgah.ui.browser_runtime import BrowserRuntime, runtime_file
from darsgah.ui.full_notebook import FullNotebook, full_notebook_file
from darsgah.ui.headers import SecurityHeaders, compression
from darsgah.ui.language import Languages
from darsgah.ui.service_worker import offline, service_worker
from darsgah.ui.static_files import StaticFiles, favicon, static_file
from darsgah.ui.templating import Pages
from darsgah.units import api as units_api
from darsgah.units import pages as units_pages
from darsgah.units import staff_pages as units_staff_pages
from darsgah.web import sent_once
from darsgah.web.authentication import Authentication
from darsgah.web.error_answers import EXCEPTION_HANDLERS
from darsgah.web.forged_requests import ForgedRequests, csrf_config
from darsgah.web.head_requests import HeadRequests
from darsgah.web.openapi_document import OpenApiDocument
from darsgah.web.operations import healthz, metrics, readyz
from darsgah.web.page_owner import PageOwner
from darsgah.web.readable_request import ReadableRequest
from darsgah.web.request_log import RequestLog
from darsgah.workspaces import api as workspaces_api
from darsgah.workspaces import full_notebook_page
from darsgah.workspaces import pages as workspaces_pages

API = "/api/v1"
BODY_BYTES = 1024 * 1024
"""What a request may carry where a route does not say otherwise."""


class RouteWithoutRule(RuntimeError):  # noqa: N818 - says what is wrong
    """A route does not say who may try it."""


def handlers_of(route: BaseRoute) -> list[BaseRouteHandler]:
    """The handlers of a route: several of an HTTP one, the one of a WebSocket."""
    if isinstance(route, WebSocketRoute):
        return [route.route_handler]
    return list(getattr(route, "route_handlers", ()))


def deny_by_default(app: Litestar) -> Litestar:
    """The same application, when each of its routes says who may try it (``darsgah.access``).

    Raises:
        RouteWithoutRule: names the first that does not.
    """
    for route in app.routes:
        for handler in handlers_of(route):
            automatic = isinstance(handler, HTTPRouteHandler) and handler.http_methods == {"OPTIONS"}
            if not automatic and not RULES.intersection(handler.resolve_guards()):
                raise RouteWithoutRule(f"{route.path} names no access rule in its guards")
    return app


@get("/{path:path}", guards=[public], include_in_schema=False)
async def nothing_here(path: FromPath[str]) -> None:
    """Every address that no other route takes: an ordinary page, with everything a page has."""
    raise NotFound


def create_app(settings: Settings, database: Database, blobs: BlobStore) -> Litestar:
    """The web application on a database that has been migrated, and a blob store.

    Raises:
        RouteWithoutRule: a route does not say who may try it.
    """
    static_files, languages = StaticFiles(), Languages.load()
    listener = Listener(database)
    state = State(
        {
            "settings": settings,
            "database": database,
            "blobs": blobs,
            "listener": listener,
            "static_files": static_files,
            "browser_runtime": BrowserRuntime(settings.browser_runtime),
            "full_notebook": FullNotebook(),
            "languages": languages,
            "pages": Pages(static_files, languages),
            "open_pages": OpenPages(),
        }
    )
    prometheus = PrometheusConfig(app_name="darsgah", prefix="darsgah", group_path=True)
    application = Litestar(
        route_handlers=_routes(),
        state=state,
        request_class=ReadableRequest,
        dependencies=_dependencies(),
        middleware=[
            prometheus.middleware,
            Authentication(lifetime=timedelta(days=settings.session_days)),
            DefineMiddleware(
                ForgedRequests, config=csrf_config(settings.cookie_key, secure=settings.secure_cookies)
            ),
        ],
        before_request=sent_once.receive,
        after_request=sent_once.note,
        exception_handlers=EXCEPTION_HANDLERS,
        compression_config=compression(),
        openapi_config=_openapi(),
        lifespan=[_open(listener, database)],
        request_max_body_size=BODY_BYTES,
        logging_config=None,
        pdb_on_exception=False,
        debug=False,
    )
    # Around the router, not on the routes: what no route answers (405, an unreadable path) has both as well.
    owned = PageOwner(key=settings.cookie_key)(HeadRequests()(application.asgi_handler))
    application.asgi_handler = RequestLog()(SecurityHeaders(https=settings.secure_cookies)(owned))
    return deny_by_default(application)


def _routes() -> list[ControllerRouterHandler]:
    """Every route there is; the last takes what no other does."""
    return [
        static_file,
        runtime_file,
        full_notebook_file,
        service_worker,
        offline,
        favicon,
        healthz,
        readyz,
        metrics,
        accounts_pages.router,
        hubs_pages.router,
        notices_pages.router,
        enrolments_pages.router,
        submissions_pages.router,
        lab_checks_pages.router,
        workspaces_pages.router,
        full_notebook_page.router,
        grades_pages.router,
        credential_documents.router,
        credentials_pages.router,
        credentials_staff_pages.router,
        verify_pages.router,
        tutoring_pages.router,
        bank_pages.router,
        kernels_pages.router,
        tutor_nodes_pages.router,
        units_pages.router,
        units_staff_pages.router,
        briefs_pages.router,
        briefs_desk_pages.router,
        briefs_writing_pages.router,
        organisations_pages.router,
        organisation_pages.router,
        verifying_pages.router,
        hiring_pages.router,
        teams_pages.router,
        applications_pages.router,
        matching_pages.router,
        evaluations_pages.router,
        evaluations_hub_pages.router,
        hackathons_pages.router,
        hackathons_organising_pages.router,
        projects_pages.router,
        milestone_pages.router,
        meeting_pages.router,
        gpu_pages.router,
        Router(
            path=API,
            route_handlers=[
                accounts_api.router,
                hubs_api.router,
                notices_api.router,
                enrolments_api.router,
                submissions_api.router,
                lab_checks_api.router,
                workspaces_api.router,
                tutoring_api.router,
                bank_api.router,
                threads_api.router,
                grades_api.router,
                credentials_api.router,
                credentials_staff_api.router,
                kernels_api.router,
                tutor_nodes_api.router,
                units_api.router,
                briefs_api.router,
                organisations_api.router,
                hiring_api.router,
                teams_api.router,
                applications_api.router,
                matching_api.router,
                evaluations_api.router,
                hackathons_api.router,
                projects_api.router,
                meetings_api.router,
            ],
        ),
        nothing_here,
    ]


def _dependencies() -> dict[str, Provide]:
    return {
        "session": Provide(_session),
        **{
            name: Provide(_from_state(name))
            for name in ("settings", "database", "blobs", "listener", "languages", "pages", "open_pages")
        },
    }


async def _session(state: State) -> AsyncIterator[AsyncSession]:
    """The request's transaction: committed before the answer is sent, rolled back when it is an error."""
    database: Database = state.database
    async with database.begin() as session, sent_once.carry_out(session):
        yield session


def _from_state(name: str) -> Callable[[State], Awaitable[Any]]:
    async def provide(state: State) -> Any:  # noqa: ANN401 # whatever was put there under that name
        return state[name]

    return provide


def _open(listener: Listener, database: Database) -> Any:  # noqa: ANN401 # Litestar's own type for it is private
    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with listener:
            yield
        await database.dispose()

    return lifespan


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Darsgah",
        version=darsgah.__version__,
        description="Everything the pages do. "
        "Sign in with `POST /api/v1/sessions` and send the token as a bearer.",
        # A router of its own: the library's page for missing schema files lies under this one address.
        openapi_router=Router(
            path=f"{API}/openapi.json", route_handlers=[], guards=[public], include_in_schema=False
        ),
        render_plugins=[OpenApiDocument(path="/")],
        components=Components(
            security_schemes={
                "session": SecurityScheme(type="http", scheme="bearer", description="A session.")
            }
        ),
        security=[{"session": []}],
    )
