"""The grades slice as pages: a learner's result with its live status, an instructor's review."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import ServerSentEvent, ServerSentEventMessage
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.blobs.store import BlobStore
from darsgah.db.session import Database
from darsgah.errors import DarsgahError
from darsgah.grades import service
from darsgah.grades.schemas import ResultView, StatusView
from darsgah.jobs.notifications import Listener
from darsgah.submissions.guards import staff
from darsgah.submissions.schemas import FINAL
from darsgah.submissions.service import CHANNEL
from darsgah.ui.cells import notebook_cells
from darsgah.ui.download import notebook_download
from darsgah.ui.templating import PageContext, Pages

KEEP_ALIVE_SECONDS: Final = 15.0
"""Silence after which proxies close a connection is longer than this."""
QUEUED_SECONDS: Final = 3.0
"""How often the place in the queue is looked up by those at its head; the further back, the less often."""


@get("/submissions/{submission_id:uuid}", guards=[signed_in])
async def result_page(
    submission_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """A learner's submission: live while it waits, then the score for each question, and the receipt."""
    view = await service.result(session, request.user, submission_id)
    return pages.respond(
        request,
        "grades/result.html",
        zone=view.cohort.timezone,
        submission=view.submission,
        cohort=view.cohort,
        assignment=view.assignment,
        result=view.run,
        attempts=view.attempts,
        allowance=view.allowance,
        place=_place(view),
        estimate=view.estimate,
    )


def _place(view: ResultView | StatusView) -> int | None:
    """1 for the next to be graded; None when it does not wait."""
    return None if view.submission.state in FINAL else view.waiting_before + 1


def _pause(waiting_before: int) -> float:
    """Seconds until a status is worth another look: thousands who wait must not keep the database busy."""
    if not waiting_before:
        return KEEP_ALIVE_SECONDS
    return min(KEEP_ALIVE_SECONDS, QUEUED_SECONDS + waiting_before / 20)


@get("/submissions/{submission_id:uuid}/events", guards=[signed_in])
async def result_events(
    submission_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    database: NamedDependency[Database],
    listener: NamedDependency[Listener],
    pages: NamedDependency[Pages],
) -> ServerSentEvent:
    """The status as it changes, then ``done``: server-sent events for the result page."""
    async with database.begin() as session:
        view = await service.result(session, request.user, submission_id)
    page = pages.context(request, zone=view.cohort.timezone)
    return ServerSentEvent(
        _events(
            request.user, page, database=database, listener=listener, pages=pages, submission_id=submission_id
        ),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(
    actor: Actor,
    page: PageContext,
    *,
    database: Database,
    listener: Listener,
    pages: Pages,
    submission_id: UUID,
) -> AsyncIterator[ServerSentEventMessage]:
    async with listener.watch(CHANNEL, str(submission_id)) as watch:
        shown = ""
        while True:
            try:
                async with database.begin() as session:
                    view = await service.status(session, actor, submission_id)
            except DarsgahError:
                return  # the browser connects again by itself, and meets the error there
            if view.submission.state in FINAL:
                yield ServerSentEventMessage(event="done", data="done")
                return
            html = pages.render(
                "submissions/status.html",
                page,
                submission=view.submission,
                place=_place(view),
                estimate=view.estimate,
            )
            if html != shown:
                yield ServerSentEventMessage(event="status", data=html)
                shown = html
            else:
                yield ServerSentEventMessage(comment="still here")
            await watch.changed(_pause(view.waiting_before))


@get("/submissions/{submission_id:uuid}/executed/{name:str}", guards=[signed_in])
async def executed_notebook(
    submission_id: FromPath[UUID],
    name: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> Response[bytes]:
    """The learner's notebook as it ran, with nothing of the hidden tests."""
    content = await service.learner_copy(session, blobs, request.user, submission_id, name)
    return notebook_download(name, content)


@get("/teach/submissions/{submission_id:uuid}", guards=[staff])
async def review_page(
    submission_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """A submission for those who review: the graded notebook with the tests' outcomes, and the flags."""
    view, notebooks = await service.review_with_notebooks(session, blobs, request.user, submission_id)
    return pages.respond(
        request,
        "grades/inspect.html",
        zone=view.cohort.timezone,
        submission=view.submission,
        learner=view.learner,
        cohort=view.cohort,
        assignment=view.assignment,
        result=view.run,
        notebooks=[
            (name, await asyncio.to_thread(notebook_cells, content)) for name, content in notebooks.items()
        ],
        attempts=view.attempts,
    )


@get("/teach/submissions/{submission_id:uuid}/executed/{name:str}", guards=[staff])
async def reviewed_notebook(
    submission_id: FromPath[UUID],
    name: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> Response[bytes]:
    """The notebook as it ran, hidden tests included."""
    content = await service.executed_notebook(session, blobs, request.user, submission_id, name)
    return notebook_download(name, content)


router = Router(
    path="/",
    route_handlers=[result_page, result_events, executed_notebook, review_page, reviewed_notebook],
    include_in_schema=False,
)
