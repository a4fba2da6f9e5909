"""The enrolments slice as JSON."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.blobs.store import BlobStore
from darsgah.catalog.schemas import PageView
from darsgah.enrolments import service
from darsgah.enrolments.schemas import CohortPage, CohortView
from darsgah.ui.download import download, notebook_download


@get("/cohorts", guards=[signed_in])
async def list_cohorts(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    after: FromQuery[UUID | None] = None,
) -> list[CohortView]:
    """Cohorts you learn in or teach, newest first, 50 at a time; ``after`` is the last id you have."""
    return await service.list_cohorts(session, request.user, after=after)


@get("/cohorts/{cohort_id:uuid}", guards=[signed_in])
async def read_cohort(
    cohort_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> CohortPage:
    """A cohort with its modules, what is in them in order, and its assignments."""
    return await service.cohort_page(session, request.user, cohort_id)


@get("/cohorts/{cohort_id:uuid}/pages/{page_id:uuid}", guards=[signed_in])
async def read_page(
    cohort_id: FromPath[UUID],
    page_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> PageView:
    """A page of a cohort's course, with its text in Markdown."""
    return (await service.course_page(session, request.user, cohort_id, page_id)).page


@get("/assignments/{assignment_id:uuid}/notebooks/{name:str}", guards=[signed_in])
async def read_release(
    assignment_id: FromPath[UUID],
    name: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> Response[bytes]:
    """The notebook to work in, by its name without ``.ipynb``."""
    content = await service.lab_file(session, blobs, request.user, assignment_id, name, notebook=True)
    return notebook_download(name, content)


@get("/assignments/{assignment_id:uuid}/files/{name:path}", guards=[signed_in])
async def read_data_file(
    assignment_id: FromPath[UUID],
    name: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> Response[bytes]:
    """A data file of the lab, by its relative path."""
    path = name.lstrip("/")
    content = await service.lab_file(session, blobs, request.user, assignment_id, path, notebook=False)
    return download(path.rpartition("/")[2], content)


router = Router(
    path="/",
    route_handlers=[list_cohorts, read_cohort, read_page, read_release, read_data_file],
    tags=["enrolments"],
)
