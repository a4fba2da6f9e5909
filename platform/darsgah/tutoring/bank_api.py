"""The editor of a lab's hints as JSON."""

from typing import Any
from uuid import UUID

from litestar import Request, Router, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.blobs.store import BlobStore
from darsgah.submissions.guards import staff
from darsgah.tutoring import bank
from darsgah.tutoring.bank_schemas import BankEntry, LabBank, WordsChange


@get("/assignments/{assignment_id:uuid}/misconceptions", guards=[staff])
async def list_misconceptions(
    assignment_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> LabBank:
    """The misconceptions of a lab, its own and the general ones that occurred, with how their hints fared."""
    return await bank.lab_bank(session, blobs, request.user, assignment_id)


@get("/assignments/{assignment_id:uuid}/misconceptions/{misconception:str}", guards=[staff])
async def read_misconception(
    assignment_id: FromPath[UUID],
    misconception: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> BankEntry:
    """What learners who have it are told, what its author wrote, and every change of the words."""
    return await bank.entry(session, blobs, request.user, assignment_id, misconception)


@put("/assignments/{assignment_id:uuid}/misconceptions/{misconception:str}", guards=[staff])
async def change_misconception(
    *,
    assignment_id: FromPath[UUID],
    misconception: FromPath[str],
    data: JSONBody[WordsChange],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
) -> BankEntry:
    """Give it other words; ``words`` null goes back to its author's. The next hint has them.

    409 ``words_changed`` with the present ``version`` where somebody changed them since yours; 422 with what
    is wrong by ``level.language``.
    """
    return await bank.change(session, blobs, request.user, assignment_id, misconception, wanted=data)


router = Router(
    path="/",
    route_handlers=[list_misconceptions, read_misconception, change_misconception],
    tags=["tutoring"],
)
