"""What learners and staff write to each other about hints, as JSON."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.submissions.guards import staff
from darsgah.tutoring import threads
from darsgah.tutoring.schemas import NewMessage
from darsgah.tutoring.threads import CourseThreads, LearnersThread, Thread, ThreadPage
from darsgah.ui.templating import Pages


@get("/threads", guards=[signed_in])
async def list_threads(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
) -> ThreadPage:
    """Your hints that you wrote to a person about, with the answers, 50 at a time."""
    return await threads.own_threads(session, request.user, pages.language_of(request), after=after)


@get("/hints/{hint_id:uuid}/messages", guards=[signed_in])
async def read_thread(
    hint_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Thread:
    """One of your hints, and what was written about it."""
    return await threads.own_thread(session, request.user, hint_id, pages.language_of(request))


@post("/hints/{hint_id:uuid}/messages", guards=[signed_in], status_code=HTTPStatus.CREATED)
async def write_to_person(
    hint_id: FromPath[UUID],
    data: JSONBody[NewMessage],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Thread:
    """Write to the course's staff about a hint: they see it, and the answer as it stood."""
    await threads.ask_person(session, request.user, hint_id, data.body)
    return await threads.own_thread(session, request.user, hint_id, pages.language_of(request))


@get("/cohorts/{cohort_id:uuid}/threads", guards=[staff])
async def list_course_threads(
    *,
    cohort_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
    waiting: FromQuery[bool] = False,
) -> CourseThreads:
    """Hints that learners of a course wrote about, 50 at a time; ``waiting`` leaves out the answered ones."""
    language = pages.language_of(request)
    return await threads.course_threads(
        session, request.user, cohort_id, language, after=after, waiting=waiting
    )


@get("/cohorts/{cohort_id:uuid}/threads/{hint_id:uuid}", guards=[staff])
async def read_course_thread(
    cohort_id: FromPath[UUID],
    hint_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> LearnersThread:
    """One of them, with the hint, the answer as it stood, and why the tutor held back if it did."""
    language = pages.language_of(request)
    return await threads.course_thread(session, request.user, cohort_id, hint_id, language)


@post("/cohorts/{cohort_id:uuid}/threads/{hint_id:uuid}", guards=[staff], status_code=HTTPStatus.CREATED)
async def answer_thread(
    *,
    cohort_id: FromPath[UUID],
    hint_id: FromPath[UUID],
    data: JSONBody[NewMessage],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> LearnersThread:
    """Answer a learner who wrote about a hint; they read it beside the hint."""
    await threads.answer(session, request.user, cohort_id, hint_id, data.body)
    language = pages.language_of(request)
    return await threads.course_thread(session, request.user, cohort_id, hint_id, language)


router = Router(
    path="/",
    route_handlers=[
        list_threads,
        read_thread,
        write_to_person,
        list_course_threads,
        read_course_thread,
        answer_thread,
    ],
    tags=["tutoring"],
)
