"""The lab_checks slice as JSON: the report on a lab version, and a wish for another."""

from typing import Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.lab_checks import service
from darsgah.lab_checks.guards import staff
from darsgah.lab_checks.schemas import CheckView


@get("/lab-versions/{lab_version_id:uuid}/check", guards=[staff])
async def read_check(
    lab_version_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> CheckView:
    """The newest report on a lab version, for those whose cohorts use it."""
    return await service.check_of(session, request.user, lab_version_id)


@post("/lab-versions/{lab_version_id:uuid}/check", guards=[staff], status_code=202)
async def ask_for_check(
    lab_version_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> CheckView:
    """Have a worker check the version again, when nothing is to be graded."""
    return await service.check_again(session, request.user, lab_version_id)


router = Router(path="/", route_handlers=[read_check, ask_for_check], tags=["labs"])
