"""The tutoring slice as JSON: hints as they are asked for and come, and what a course sets for them."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import ServerSentEvent, ServerSentEventMessage
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.blobs.store import BlobStore
from darsgah.db.session import Database
from darsgah.errors import DarsgahError
from darsgah.jobs.notifications import Listener
from darsgah.submissions.guards import staff
from darsgah.tutoring import calibrations, course_settings, service
from darsgah.tutoring.calibrations import LabCalibrationView
from darsgah.tutoring.schemas import (
    AssignmentTutoring,
    CohortTutoring,
    HintAnswer,
    HintPage,
    HintRequest,
    HintState,
    HintView,
    Rating,
)
from darsgah.ui.language import Language
from darsgah.ui.templating import Pages

KEEP_ALIVE_SECONDS: Final = 15.0
"""Silence after which proxies close a connection is longer than this."""
LOOK_SECONDS: Final = 2.0
"""Until it is looked how many wait before the one that is next; of those further back less often."""


@post("/assignments/{assignment_id:uuid}/hints", guards=[signed_in], status_code=HTTPStatus.OK)
async def ask_for_hint(
    *,
    assignment_id: FromPath[UUID],
    data: JSONBody[HintRequest],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
    pages: NamedDependency[Pages],
) -> HintAnswer:
    """Ask for a hint on a cell. It comes by ``GET /hints/{id}/events``, or by ``GET /hints/{id}``.

    Without ``level`` the next one is meant; 409 ``level_not_yet`` where one would be skipped. Where
    ``available`` is false, ``reason`` says why; with ``reflect`` a changed answer or a ``reflection`` helps.
    The notebook around the cell is the learner's as it was last saved.
    """
    answer = await service.ask(session, blobs, request.user, assignment_id, data)
    return answer.told(pages.language_of(request))


@get("/hints", guards=[signed_in])
async def list_hints(
    *,
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
    assignment: FromQuery[UUID | None] = None,
) -> HintPage:
    """Your hints, newest first, 50 at a time."""
    language = pages.language_of(request)
    return await service.transcript(session, request.user, language, assignment_id=assignment, after=after)


@delete("/hints", guards=[signed_in])
async def delete_hints(request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]) -> None:
    """Delete all of your hints, with what you wrote to the tutor."""
    await service.delete(session, request.user, None)


@get("/hints/{hint_id:uuid}", guards=[signed_in])
async def read_hint(
    hint_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> HintView:
    """One of your hints; ``state`` is ``waiting`` until a worker has made it."""
    return await service.read(session, request.user, hint_id, pages.language_of(request))


@delete("/hints/{hint_id:uuid}", guards=[signed_in])
async def delete_hint(
    hint_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> None:
    """Delete one of your hints. The day's count stays."""
    await service.delete(session, request.user, hint_id)


@get("/hints/{hint_id:uuid}/events", guards=[signed_in])
async def hint_events(
    hint_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    database: NamedDependency[Database],
    listener: NamedDependency[Listener],
    pages: NamedDependency[Pages],
) -> ServerSentEvent:
    """The hint as ``GET /hints/{id}`` has it, in an event ``hint`` as soon as it is made: then it ends.

    Until then it comes in events ``waiting``, whenever another number of hints is before it, or there is more
    of its text, where a language model says it.
    """
    language = pages.language_of(request)
    async with database.begin() as session:
        await service.read(session, request.user, hint_id, language)
    return ServerSentEvent(
        _events(request.user, hint_id, language, database=database, listener=listener),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(
    actor: Actor, hint_id: UUID, language: Language, *, database: Database, listener: Listener
) -> AsyncIterator[ServerSentEventMessage]:
    async with listener.watch(service.CHANNEL, str(hint_id)) as watch:
        told = (-1, "")
        while True:
            try:
                async with database.begin() as session:
                    view = await service.read(session, actor, hint_id, language)
            except DarsgahError:
                return  # the page asks again by itself, and meets the error there
            if view.state is not HintState.WAITING:
                yield ServerSentEventMessage(event="hint", data=msgspec.json.encode(view).decode())
                return
            before = view.waiting_before or 0
            if (before, view.text) != told:
                yield ServerSentEventMessage(event="waiting", data=msgspec.json.encode(view).decode())
                told = (before, view.text)
            else:
                yield ServerSentEventMessage(comment="still here")
            await watch.changed(min(KEEP_ALIVE_SECONDS, LOOK_SECONDS + before / 20))


@put("/hints/{hint_id:uuid}/rating", guards=[signed_in])
async def rate_hint(
    hint_id: FromPath[UUID],
    data: JSONBody[Rating],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> HintView:
    """Say whether a hint helped; the last word counts."""
    language = pages.language_of(request)
    return await service.rate(session, request.user, hint_id, language, helpful=data.helpful)


@get("/cohorts/{cohort_id:uuid}/tutoring", guards=[staff])
async def read_cohort_tutoring(
    cohort_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> CohortTutoring:
    """What a cohort that you teach or run sets for the tutor."""
    return await course_settings.cohort_tutoring(session, request.user, cohort_id)


@put("/cohorts/{cohort_id:uuid}/tutoring", guards=[staff])
async def change_cohort_tutoring(
    cohort_id: FromPath[UUID],
    data: JSONBody[CohortTutoring],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> CohortTutoring:
    """Set it: ``exam`` is the exam switch, ``transcripts`` lets staff read what learners asked."""
    return await course_settings.change_cohort_tutoring(session, request.user, cohort_id, data)


@get("/assignments/{assignment_id:uuid}/tutoring", guards=[staff])
async def read_assignment_tutoring(
    assignment_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> AssignmentTutoring:
    """What is set for the tutor in one lab."""
    return await course_settings.assignment_tutoring(session, request.user, assignment_id)


@put("/assignments/{assignment_id:uuid}/tutoring", guards=[staff])
async def change_assignment_tutoring(
    assignment_id: FromPath[UUID],
    data: JSONBody[AssignmentTutoring],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> AssignmentTutoring:
    """Set it for one lab; ``threshold`` is the least confidence with which a hint is given."""
    return await course_settings.change_assignment_tutoring(session, request.user, assignment_id, data)


@get("/assignments/{assignment_id:uuid}/tutoring/calibration", guards=[staff])
async def read_calibration(
    assignment_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> LabCalibrationView:
    """What thresholds mean for the lab: measured on wrong answers made from its own solutions."""
    return await calibrations.calibration(session, request.user, assignment_id)


@post(
    "/assignments/{assignment_id:uuid}/tutoring/calibration",
    guards=[staff],
    status_code=HTTPStatus.ACCEPTED,
)
async def ask_for_calibration(
    assignment_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> LabCalibrationView:
    """Have a worker measure it, when nothing is to be graded and nobody waits for a hint."""
    return await calibrations.measure_again(session, request.user, assignment_id)


router = Router(
    path="/",
    route_handlers=[
        ask_for_hint,
        list_hints,
        delete_hints,
        read_hint,
        delete_hint,
        hint_events,
        rate_hint,
        read_cohort_tutoring,
        change_cohort_tutoring,
        read_assignment_tutoring,
        change_assignment_tutoring,
        read_calibration,
        ask_for_calibration,
    ],
    tags=["tutoring"],
)
