"""The workspaces slice as JSON: drafts of notebooks, in versions."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, put
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, HeaderParameter
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.blobs.store import BlobStore
from darsgah.settings import Settings
from darsgah.submissions.guards import UPLOAD_BYTES
from darsgah.ui.account_key import WorkOf, require_own_work
from darsgah.ui.download import NOTEBOOK, notebook_download
from darsgah.workspaces import service
from darsgah.workspaces.schemas import DraftContent, DraftView, SavedDraft

IfMatch = Annotated[str, HeaderParameter(name="If-Match", max_length=200, required=False)]
Client = Annotated[str, HeaderParameter(name="X-Client", max_length=64, required=False)]


def _answer(name: str, content: DraftContent) -> Response[bytes]:
    """A notebook's exact bytes with its version.

    No cache keeps them: the next learner at the same machine asks at the same address, and might well be told
    that the version of the one before them is still the newest.
    """
    answer = notebook_download(name, content.notebook)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["ETag"] = f'"{content.version}"'
    if content.saved_at is not None:
        answer.headers["Last-Modified"] = _http_date(content.saved_at)
    return answer


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


@get("/assignments/{assignment_id:uuid}/drafts", guards=[signed_in])
async def list_drafts(
    assignment_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> list[DraftView]:
    """The lab's notebooks as you have them; version 0 is one that you have not saved yet."""
    return await service.drafts(session, request.user, assignment_id)


@get("/assignments/{assignment_id:uuid}/drafts/{name:str}", guards=[signed_in])
async def read_draft(
    *,
    assignment_id: FromPath[UUID],
    name: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
    settings: NamedDependency[Settings],
    account: WorkOf = "",
) -> Response[bytes]:
    """Your copy of a notebook, with its version as ETag; before the first save the notebook as given out.

    ``X-Account`` is the key that the lab's page names the account by: 409 ``other_account`` where it is not
    yours.
    """
    require_own_work(account, request.user, settings)
    return _answer(name, await service.draft(session, blobs, request.user, assignment_id, name))


@dataclass
class NotebookBody(Operation):
    """The operation with its body: the handler takes the bytes as they are, so nothing says what they are."""

    def __post_init__(self) -> None:
        notebook = Schema(
            type=OpenAPIType.OBJECT,
            required=["nbformat", "cells"],
            properties={
                "nbformat": Schema(type=OpenAPIType.INTEGER, const=4),
                "cells": Schema(type=OpenAPIType.ARRAY, items=Schema(type=OpenAPIType.OBJECT)),
            },
            description="A notebook of nbformat 4. Its exact bytes are kept, with whatever else is in it.",
        )
        self.request_body = RequestBody(
            content={
                "application/json": OpenAPIMediaType(schema=notebook),
                NOTEBOOK: OpenAPIMediaType(schema=notebook),
            },
            required=True,
        )


@put(
    "/assignments/{assignment_id:uuid}/drafts/{name:str}",
    guards=[signed_in],
    request_max_body_size=UPLOAD_BYTES,
    operation_class=NotebookBody,
)
async def save_draft(
    *,
    assignment_id: FromPath[UUID],
    name: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    if_match: IfMatch = "",
    client: Client = "",
    account: WorkOf = "",
) -> Response[SavedDraft]:
    """Save your copy of a notebook, naming in ``If-Match`` the version that the changes began from.

    412 with the code ``draft_changed`` and the present ``version`` when somebody saved meanwhile: read that
    version, join the two and save again. 428 when no version is named. ``X-Client`` is a random name of the
    window: its saves within five minutes become one version. Another name keeps the version before.
    ``X-Account`` as for reading.
    """
    require_own_work(account, request.user, settings)
    saved = await service.save(
        session,
        request.user,
        assignment_id,
        name,
        await request.body(),
        if_match=if_match,
        client=client,
    )
    return Response(saved, status_code=HTTPStatus.OK, headers={"ETag": f'"{saved.version}"'})


@get("/assignments/{assignment_id:uuid}/drafts/{name:str}/versions", guards=[signed_in])
async def list_versions(
    assignment_id: FromPath[UUID],
    name: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> list[SavedDraft]:
    """The versions of your copy that are kept, newest first: at most 30, with the last one of each day."""
    return await service.versions(session, request.user, assignment_id, name)


@get("/assignments/{assignment_id:uuid}/drafts/{name:str}/versions/{number:int}", guards=[signed_in])
async def read_version(
    assignment_id: FromPath[UUID],
    name: FromPath[str],
    number: FromPath[int],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Response[bytes]:
    """An earlier version of your copy."""
    return _answer(name, await service.version(session, request.user, assignment_id, name, number))


@get("/assignments/{assignment_id:uuid}/drafts/{name:str}/original", guards=[signed_in])
async def read_original(
    assignment_id: FromPath[UUID],
    name: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> Response[bytes]:
    """The notebook as it was given out, to start again from."""
    return notebook_download(name, await service.original(session, blobs, request.user, assignment_id, name))


router = Router(
    path="/",
    route_handlers=[list_drafts, read_draft, save_draft, list_versions, read_version, read_original],
    tags=["drafts"],
)
