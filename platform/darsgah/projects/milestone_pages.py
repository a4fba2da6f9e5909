"""A project's milestones as pages: what was handed in, handing in, and deciding."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.blobs.store import BlobStore
from darsgah.errors import DarsgahError
from darsgah.projects import milestones, service
from darsgah.projects.file_checks import FILE_BYTES, TAKEN
from darsgah.projects.pages import ROOM, day_of, notices
from darsgah.projects.schemas import Decision, MilestoneChange
from darsgah.projects.uploads import UPLOAD_BYTES, read_handed_in
from darsgah.projects.wording import STATES
from darsgah.ui.download import download
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import Refusal, attempt, refused, typed
from darsgah.ui.templating import Pages

MILESTONE = f"{ROOM}/milestones/{{milestone_id:uuid}}"


@get(MILESTONE, guards=[signed_in])
async def milestone_page(
    *,
    project_id: FromPath[UUID],
    milestone_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """A milestone with everything that was handed in for it."""
    return await _milestone(request, session, pages, project_id, milestone_id, done=done)


@post(MILESTONE, guards=[signed_in])
async def change_milestone(
    project_id: FromPath[UUID],
    milestone_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Change its words and its date."""
    values = await typed(request)
    try:
        wanted = read_form({key: value for key, value in values.items() if value}, MilestoneChange)
        await attempt(session, milestones.change(session, request.user, project_id, milestone_id, wanted))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _milestone(request, session, pages, project_id, milestone_id, refusal=refusal)
    return _back(project_id, milestone_id, "saved")


@post(f"{MILESTONE}/submissions", guards=[signed_in], request_max_body_size=UPLOAD_BYTES)
async def submit_milestone(
    *,
    project_id: FromPath[UUID],
    milestone_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Hand in files and links."""
    await milestones.page(session, request.user, project_id, milestone_id)  # 404 before anything is kept
    values = await typed(request)
    try:
        handed_in = await read_handed_in(request, blobs)
        await attempt(session, milestones.submit(session, request.user, project_id, milestone_id, handed_in))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _milestone(request, session, pages, project_id, milestone_id, refusal=refusal)
    return _back(project_id, milestone_id, "sent")


@post(f"{MILESTONE}/decision", guards=[signed_in])
async def decide_milestone(
    project_id: FromPath[UUID],
    milestone_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Accept what was handed in, or ask for changes."""
    values = await typed(request)
    try:
        decision = read_form(values, Decision)
        await attempt(session, milestones.decide(session, request.user, project_id, milestone_id, decision))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _milestone(request, session, pages, project_id, milestone_id, refusal=refusal)
    return _back(project_id, milestone_id, "saved")


@get(f"{ROOM}/deliverables/{{deliverable_id:uuid}}", guards=[signed_in])
async def deliverable_file(
    project_id: FromPath[UUID],
    deliverable_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> Response[bytes]:
    """A file that was handed in: saved, never shown."""
    name, content = await milestones.download(session, blobs, request.user, project_id, deliverable_id)
    return download(name, content)


async def _milestone(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    project_id: UUID,
    milestone_id: UUID,
    *,
    done: str = "",
    refusal: Refusal | None = None,
) -> Response[str]:
    view = await milestones.page(session, request.user, project_id, milestone_id)
    room = await service.room_view(session, request.user, project_id)
    return pages.respond(
        request,
        "projects/milestone.html",
        status_code=refusal.status if refusal else 200,
        zone=room.timezone,
        notices=notices(done),
        room=room,
        view=view,
        states=STATES,
        limit=FILE_BYTES,
        taken=TAKEN,
        day=day_of(pages.language_of(request)),
        form=refusal or Refusal(),
    )


def _back(project_id: UUID, milestone_id: UUID, done: str) -> Redirect:
    return Redirect(f"/projects/{project_id}/milestones/{milestone_id}?done={done}", status_code=303)


router = Router(
    path="/",
    route_handlers=[milestone_page, change_milestone, submit_milestone, decide_milestone, deliverable_file],
    include_in_schema=False,
)
