"""The submissions slice as pages: a person's day, a cohort, a lab with its upload, an instructor's list."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.blobs.store import BlobStore
from darsgah.db.session import Database
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.course_steps import course_steps, neighbours
from darsgah.errors import DarsgahError, NotFound
from darsgah.submissions import service
from darsgah.submissions.guards import UPLOAD_BYTES, staff
from darsgah.submissions.schemas import State
from darsgah.submissions.uploads import read_uploads
from darsgah.ui.download import download, notebook_download
from darsgah.ui.language import explain
from darsgah.ui.templating import Pages


@get("/today", guards=[signed_in])
async def today_page(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession], pages: NamedDependency[Pages]
) -> Response[str]:
    """What is due, what was handed in last, and where the person teaches."""
    day = await service.today(session, request.user)
    return pages.respond(
        request,
        "enrolments/today.html",
        cohorts=day.cohorts,
        due=day.due,
        latest=day.latest,
        teaching=day.teaching,
        teaches_more=day.teaches_more,
    )


@get("/cohorts/{cohort_id:uuid}", guards=[signed_in])
async def cohort_page(
    cohort_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """A course as a cohort takes it: modules, pages and labs, dates and one's own progress."""
    page = await enrolments.cohort_page(session, request.user, cohort_id)
    return pages.respond(
        request,
        "enrolments/cohort.html",
        zone=page.cohort.timezone,
        cohort=page.cohort,
        modules=course_steps(page),
        assignments=page.assignments,
        progress=await service.progress(session, request.user, page.assignments),
    )


@get("/assignments/{assignment_id:uuid}", guards=[signed_in])
async def lab_page(
    assignment_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    database: NamedDependency[Database],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """A lab: what it is about, the notebook to work in, the upload, and one's attempts."""
    return await _lab(request, database, pages, assignment_id)


async def _lab(
    request: Request[Actor, str, Any],
    database: Database,
    pages: Pages,
    assignment_id: UUID,
    error: DarsgahError | None = None,
) -> Response[str]:
    async with database.begin() as session:
        page = await service.assignment_page(session, request.user, assignment_id)
        cohort = await enrolments.cohort_page(session, request.user, page.cohort.id)
    module = next((view for view in cohort.modules if view.id == page.assignment.module_id), None)
    before, after = neighbours(course_steps(cohort), assignment_id)
    return pages.respond(
        request,
        "submissions/lab.html",
        status_code=error.status if error else 200,
        headers=error.headers if error else None,
        zone=page.cohort.timezone,
        cohort=page.cohort,
        assignment=page.assignment,
        module=module,
        before=before,
        after=after,
        allowance=page.allowance,
        attempts=page.attempts,
        error=explain(error, pages.language_of(request)) if error else None,
        idempotency_key=str(uuid4()),
    )


@post("/assignments/{assignment_id:uuid}/submissions", guards=[signed_in], request_max_body_size=UPLOAD_BYTES)
async def hand_in(
    assignment_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    database: NamedDependency[Database],
    blobs: NamedDependency[BlobStore],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Hand in the chosen notebooks; a refusal shows the lab again with the reason above the form."""
    try:
        uploads = await read_uploads(request)
        key = str((await request.form()).get("idempotency_key", ""))[:100] or None
        async with database.begin() as session:
            submission = await service.hand_in(
                session, blobs, request.user, assignment_id, uploads, idempotency_key=key
            )
    except NotFound:
        raise
    except DarsgahError as error:
        return await _lab(request, database, pages, assignment_id, error)
    return Redirect(f"/submissions/{submission.id}", status_code=303)


@get("/assignments/{assignment_id:uuid}/notebooks/{name:str}", guards=[signed_in])
async def release_notebook(
    assignment_id: FromPath[UUID],
    name: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> Response[bytes]:
    """The notebook to work in."""
    content = await enrolments.lab_file(session, blobs, request.user, assignment_id, name, notebook=True)
    return notebook_download(name, content)


@get("/assignments/{assignment_id:uuid}/files/{name:path}", guards=[signed_in])
async def data_file(
    assignment_id: FromPath[UUID],
    name: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> Response[bytes]:
    """A data file of the lab."""
    path = name.lstrip("/")
    content = await enrolments.lab_file(session, blobs, request.user, assignment_id, path, notebook=False)
    return download(path.rpartition("/")[2], content)


@get("/submissions/{submission_id:uuid}/notebooks/{name:str}", guards=[signed_in])
async def submitted_notebook(
    submission_id: FromPath[UUID],
    name: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> Response[bytes]:
    """The exact bytes handed in."""
    submission = await service.own_submission(session, request.user, submission_id)
    return notebook_download(name, await service.notebook_bytes(blobs, submission, name))


@get("/teach", guards=[staff])
async def teaching_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """The cohorts a person teaches or runs, newest first, a page at a time."""
    taught = await enrolments.taught_cohorts(session, request.user, after=after)
    return pages.respond(
        request,
        "enrolments/teaching.html",
        cohorts=taught.cohorts,
        next_after=taught.next_after,
        paged=after is not None,
    )


@get("/teach/cohorts/{cohort_id:uuid}/submissions", guards=[staff])
async def cohort_submissions_page(
    *,
    cohort_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
    assignment: FromQuery[str] = "",
    in_state: Annotated[str, QueryParameter(name="state")] = "",
    flagged: FromQuery[bool] = False,
) -> Response[str]:
    """A cohort's submissions with scores, newest first; a filter that means nothing filters nothing."""
    page = await enrolments.cohort_page(session, request.user, cohort_id)
    chosen = next((view.id for view in page.assignments if str(view.id) == assignment), None)
    cohort, listed = await service.cohort_submissions(
        session,
        request.user,
        cohort_id,
        after=after,
        assignment_id=chosen,
        state=State(in_state) if in_state in set(State) else None,
        flagged=flagged,
    )
    return pages.respond(
        request,
        "submissions/cohort_submissions.html",
        zone=cohort.timezone,
        cohort=cohort,
        assignments=page.assignments,
        submissions=listed.submissions,
        next_after=listed.next_after,
        paged=after is not None,
        chosen={"assignment": assignment if chosen else "", "state": in_state, "flagged": flagged},
    )


router = Router(
    path="/",
    route_handlers=[
        today_page,
        cohort_page,
        lab_page,
        hand_in,
        release_notebook,
        data_file,
        submitted_notebook,
        teaching_page,
        cohort_submissions_page,
    ],
    include_in_schema=False,
)
