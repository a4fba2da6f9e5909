"""The submissions slice as JSON."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, FromQuery, HeaderParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.blobs.store import BlobStore
from darsgah.settings import Settings
from darsgah.submissions import service
from darsgah.submissions.guards import UPLOAD_BYTES, staff
from darsgah.submissions.schemas import AssignmentPage, State, SubmissionPage, SubmissionView
from darsgah.submissions.uploads import FIELD, FILES, read_uploads
from darsgah.ui.account_key import WorkOf, require_own_work
from darsgah.ui.download import notebook_download

IdempotencyKey = Annotated[str | None, HeaderParameter(name="Idempotency-Key", min_length=8, max_length=100)]


@get("/assignments/{assignment_id:uuid}", guards=[signed_in])
async def read_assignment(
    assignment_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> AssignmentPage:
    """An assignment, your attempts at it, and what you may still hand in."""
    return await service.assignment_page(session, request.user, assignment_id)


@dataclass
class NotebooksUpload(Operation):
    """The operation with its form: the handler reads the files itself, so nothing says what it takes."""

    def __post_init__(self) -> None:
        notebook = Schema(
            type=OpenAPIType.STRING,
            format=OpenAPIFormat.BINARY,
            content_media_type="application/x-ipynb+json",
        )
        form = Schema(
            type=OpenAPIType.OBJECT,
            required=[FIELD],
            properties={
                FIELD: Schema(
                    type=OpenAPIType.ARRAY,
                    items=notebook,
                    min_items=1,
                    max_items=FILES,
                    description="The lab's notebooks, each under the file name it was downloaded with.",
                )
            },
        )
        self.request_body = RequestBody(
            content={RequestEncodingType.MULTI_PART.value: OpenAPIMediaType(schema=form)}, required=True
        )


@post(
    "/assignments/{assignment_id:uuid}/submissions",
    guards=[signed_in],
    request_max_body_size=UPLOAD_BYTES,
    operation_class=NotebooksUpload,
)
async def create_submission(
    *,
    assignment_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
    settings: NamedDependency[Settings],
    idempotency_key: IdempotencyKey = None,
    account: WorkOf = "",
) -> SubmissionView:
    """Hand in: a multipart form with the lab's notebooks, each in a field named ``notebook``.

    The same ``Idempotency-Key`` with the same bytes returns the submission made before, so that a request
    whose answer was lost can be sent again. ``X-Account`` is the key that the lab's page names the account
    by: 409 ``other_account`` where it is not yours.
    """
    require_own_work(account, request.user, settings)
    return await service.hand_in(
        session,
        blobs,
        request.user,
        assignment_id,
        await read_uploads(request),
        idempotency_key=idempotency_key,
    )


@get("/submissions/{submission_id:uuid}/notebooks/{name:str}", guards=[signed_in])
async def read_submitted(
    submission_id: FromPath[UUID],
    name: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> Response[bytes]:
    """The exact bytes you handed in, by the notebook's name without ``.ipynb``."""
    submission = await service.own_submission(session, request.user, submission_id)
    return notebook_download(name, await service.notebook_bytes(blobs, submission, name))


@get("/cohorts/{cohort_id:uuid}/submissions", guards=[staff])
async def list_submissions(
    *,
    cohort_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    after: FromQuery[UUID | None] = None,
    assignment: FromQuery[UUID | None] = None,
    in_state: Annotated[State | None, QueryParameter(name="state")] = None,
    flagged: FromQuery[bool] = False,
) -> SubmissionPage:
    """Submissions of a cohort you teach or run, newest first, 50 at a time."""
    _, page = await service.cohort_submissions(
        session,
        request.user,
        cohort_id,
        after=after,
        assignment_id=assignment,
        state=in_state,
        flagged=flagged,
    )
    return page


router = Router(
    path="/",
    route_handlers=[read_assignment, create_submission, read_submitted, list_submissions],
    tags=["submissions"],
)
