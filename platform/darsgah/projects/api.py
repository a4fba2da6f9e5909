"""Projects as JSON: the room, agreements, milestones and messages."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role, requires, signed_in
from darsgah.blobs.store import BlobStore
from darsgah.projects import agreements, messages, milestones, service
from darsgah.projects.schemas import (
    Acceptance,
    AgreementView,
    Decision,
    HubAgreement,
    MessagePage,
    MessageView,
    MilestoneChange,
    MilestonePage,
    NewAgreementText,
    NewMessage,
    ProjectMove,
    ProjectPage,
    RoomView,
    TakingOut,
)
from darsgah.projects.uploads import FILE, LINK, NOTE, UPLOAD_BYTES, read_handed_in
from darsgah.ui.download import download
from darsgah.ui.language import Languages

administrators: Final = requires(Role.HUB_ADMIN, Role.NETWORK_ADMIN)


class HandedInNumber(msgspec.Struct, frozen=True):
    """The number of a submission: its version of the milestone."""

    number: int


@dataclass
class DeliverablesUpload(Operation):
    """The operation with its form: the handler reads the files itself, so nothing says what it takes."""

    def __post_init__(self) -> None:
        text = Schema(type=OpenAPIType.STRING)
        content = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        form = Schema(
            type=OpenAPIType.OBJECT,
            properties={
                FILE: Schema(type=OpenAPIType.ARRAY, items=content),
                LINK: Schema(type=OpenAPIType.ARRAY, items=text),
                NOTE: text,
            },
        )
        self.request_body = RequestBody(
            content={RequestEncodingType.MULTI_PART.value: OpenAPIMediaType(schema=form)}, required=True
        )


@get("/projects", guards=[signed_in])
async def list_projects(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    after: FromQuery[UUID | None] = None,
) -> ProjectPage:
    """Your projects, and those of the hubs that you coordinate, newest first; of these 50 at a time."""
    return await service.projects(session, request.user, after=after)


@get("/projects/{project_id:uuid}", guards=[signed_in])
async def read_project(
    project_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> RoomView:
    """A project's room: its people, its milestones, its GPU hours, and what you may do now."""
    return await service.room_view(session, request.user, project_id)


@post("/projects/{project_id:uuid}/moves", guards=[signed_in], status_code=HTTPStatus.OK)
async def move_project(
    project_id: FromPath[UUID],
    data: JSONBody[ProjectMove],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> RoomView:
    """Move the project's stage, by one of the ``moves`` of its room. ``submit_final`` hands in the result."""
    await service.move(session, request.user, project_id, data)
    return await service.room_view(session, request.user, project_id)


@post("/projects/{project_id:uuid}/taking-out", guards=[signed_in], status_code=HTTPStatus.OK)
async def take_out(
    project_id: FromPath[UUID],
    data: JSONBody[TakingOut],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> RoomView:
    """Take somebody out of the team, as its coordinator; why is kept in the project's messages."""
    await service.take_out(session, request.user, project_id, data)
    return await service.room_view(session, request.user, project_id)


@get("/projects/{project_id:uuid}/agreement", guards=[signed_in])
async def read_agreement(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    languages: NamedDependency[Languages],
) -> AgreementView:
    """The agreement of a project, and who has accepted it."""
    return await agreements.agreement(session, languages, request.user, project_id)


@put("/projects/{project_id:uuid}/agreement/acceptance", guards=[signed_in])
async def accept_agreement(
    project_id: FromPath[UUID],
    data: JSONBody[Acceptance],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    languages: NamedDependency[Languages],
) -> AgreementView:
    """Accept the agreement whose ``sha256`` you have read; 409 ``agreement_changed`` if it is another now."""
    await agreements.accept(session, languages, request.user, project_id, data.sha256)
    return await agreements.agreement(session, languages, request.user, project_id)


@post("/projects/{project_id:uuid}/milestones", guards=[signed_in])
async def add_milestone(
    project_id: FromPath[UUID],
    data: JSONBody[MilestoneChange],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> MilestonePage:
    """Add a milestone; for the mentor and the hub."""
    made = await milestones.change(session, request.user, project_id, None, data)
    return await milestones.page(session, request.user, project_id, made)


@get("/projects/{project_id:uuid}/milestones/{milestone_id:uuid}", guards=[signed_in])
async def read_milestone(
    project_id: FromPath[UUID],
    milestone_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> MilestonePage:
    """A milestone with everything that was handed in for it."""
    return await milestones.page(session, request.user, project_id, milestone_id)


@put("/projects/{project_id:uuid}/milestones/{milestone_id:uuid}", guards=[signed_in])
async def change_milestone(
    project_id: FromPath[UUID],
    milestone_id: FromPath[UUID],
    data: JSONBody[MilestoneChange],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> MilestonePage:
    """Change a milestone's words and date; 409 ``project_changed`` if ``version`` is another now."""
    await milestones.change(session, request.user, project_id, milestone_id, data)
    return await milestones.page(session, request.user, project_id, milestone_id)


@post(
    "/projects/{project_id:uuid}/milestones/{milestone_id:uuid}/submissions",
    guards=[signed_in],
    request_max_body_size=UPLOAD_BYTES,
    operation_class=DeliverablesUpload,
)
async def submit_milestone(
    project_id: FromPath[UUID],
    milestone_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> HandedInNumber:
    """Hand in for a milestone: a multipart form with ``file`` and ``link`` fields, and a ``note``.

    The same sent again while it waits for a decision is the submission made before.
    """
    await milestones.page(session, request.user, project_id, milestone_id)  # 404 before anything is kept
    handed_in = await read_handed_in(request, blobs)
    return HandedInNumber(await milestones.submit(session, request.user, project_id, milestone_id, handed_in))


@post(
    "/projects/{project_id:uuid}/milestones/{milestone_id:uuid}/decision",
    guards=[signed_in],
    status_code=HTTPStatus.OK,
)
async def decide_milestone(
    project_id: FromPath[UUID],
    milestone_id: FromPath[UUID],
    data: JSONBody[Decision],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> MilestonePage:
    """Accept submission ``number`` or ask for changes; for the mentor, or the hub where there is none."""
    await milestones.decide(session, request.user, project_id, milestone_id, data)
    return await milestones.page(session, request.user, project_id, milestone_id)


@get("/projects/{project_id:uuid}/deliverables/{deliverable_id:uuid}", guards=[signed_in])
async def read_deliverable(
    project_id: FromPath[UUID],
    deliverable_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> Response[bytes]:
    """A file that was handed in, to be saved."""
    name, content = await milestones.download(session, blobs, request.user, project_id, deliverable_id)
    return download(name, content)


@get("/projects/{project_id:uuid}/messages", guards=[signed_in])
async def list_messages(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    before: FromQuery[UUID | None] = None,
) -> MessagePage:
    """The messages of a project, newest first, 50 at a time."""
    return await messages.messages(session, request.user, project_id, before=before)


@post("/projects/{project_id:uuid}/messages", guards=[signed_in])
async def send_message(
    project_id: FromPath[UUID],
    data: JSONBody[NewMessage],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> MessageView:
    """Write to everybody in the room, in Markdown. Messages are kept as they are."""
    return await messages.send(session, request.user, project_id, data.body)


@get("/hubs/{hub_id:uuid}/agreement", guards=[administrators])
async def read_hub_agreement(
    hub_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> HubAgreement:
    """What a hub that you administer has teams and mentors agree on, with its earlier versions."""
    return await agreements.hub_agreement(session, request.user, hub_id)


@post("/hubs/{hub_id:uuid}/agreement", guards=[administrators])
async def change_hub_agreement(
    hub_id: FromPath[UUID],
    data: JSONBody[NewAgreementText],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> HubAgreement:
    """Add a version of it; agreements that everybody has accepted stay as they are."""
    return await agreements.change_text(session, request.user, hub_id, data)


router = Router(
    path="/",
    route_handlers=[
        list_projects,
        read_project,
        move_project,
        take_out,
        read_agreement,
        accept_agreement,
        add_milestone,
        read_milestone,
        change_milestone,
        submit_milestone,
        decide_milestone,
        read_deliverable,
        list_messages,
        send_message,
        read_hub_agreement,
        change_hub_agreement,
    ],
    tags=["projects"],
)
