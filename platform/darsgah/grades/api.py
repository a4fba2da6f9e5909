"""The grades slice as JSON."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.blobs.store import BlobStore
from darsgah.grades import service
from darsgah.grades.schemas import ResultView, ReviewView
from darsgah.submissions.guards import staff
from darsgah.ui.download import notebook_download


@get("/submissions/{submission_id:uuid}", guards=[signed_in])
async def read_result(
    submission_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> ResultView:
    """A submission of yours: receipt, state and, once graded, score and feedback for each question."""
    return await service.result(session, request.user, submission_id)


@get("/submissions/{submission_id:uuid}/executed/{name:str}", guards=[signed_in])
async def read_executed(
    submission_id: FromPath[UUID],
    name: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> Response[bytes]:
    """Your notebook as it ran, with nothing of the hidden tests."""
    content = await service.learner_copy(session, blobs, request.user, submission_id, name)
    return notebook_download(name, content)


@get("/reviews/{submission_id:uuid}", guards=[staff])
async def read_review(
    submission_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> ReviewView:
    """A submission of a cohort you teach or run: scores, verdicts and flags of every graded cell."""
    return await service.review(session, request.user, submission_id)


@get("/reviews/{submission_id:uuid}/executed/{name:str}", guards=[staff])
async def read_reviewed_notebook(
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
    route_handlers=[read_result, read_executed, read_review, read_reviewed_notebook],
    tags=["grades"],
)
