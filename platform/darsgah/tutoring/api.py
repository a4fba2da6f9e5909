"""The tutoring slice as JSON."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from litestar import Request, Router, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.tutoring import service
from darsgah.tutoring.schemas import HintAnswer, HintRequest
from darsgah.ui.language import translate
from darsgah.ui.templating import Pages


@post("/assignments/{assignment_id:uuid}/hints", guards=[signed_in], status_code=HTTPStatus.OK)
async def ask_for_hint(
    assignment_id: FromPath[UUID],
    data: JSONBody[HintRequest],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> HintAnswer:
    """Ask for a hint on a cell. As long as no tutor is connected, ``available`` is false and says why."""
    reason = await service.hint(session, request.user, assignment_id, data)
    return HintAnswer(available=False, reason=translate(reason, pages.language_of(request)))


router = Router(path="/", route_handlers=[ask_for_hint], tags=["tutoring"])
