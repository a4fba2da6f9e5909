"""Evaluations, claims of readiness, hubs' rubrics and disputes as JSON."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role, requires, signed_in
from darsgah.credentials.issuing import Issuing
from darsgah.evaluations import claims, disputes, rubrics, service
from darsgah.evaluations.schemas import (
    ClaimDecision,
    ClaimView,
    Confirmation,
    Disputes,
    DisputeView,
    Ending,
    NewClaim,
    NewEvaluation,
    NewRubric,
    Outcome,
    ProjectEvaluation,
    RubricView,
    Side,
)
from darsgah.settings import Settings

administrators = requires(Role.HUB_ADMIN, Role.NETWORK_ADMIN)
coordinators = requires(Role.INSTRUCTOR, Role.HUB_ADMIN, Role.NETWORK_ADMIN)
PROJECT = "/projects/{project_id:uuid}"


class Claims(msgspec.Struct, frozen=True):
    """A project's claims of readiness, oldest first."""

    claims: tuple[ClaimView, ...]


@get(f"{PROJECT}/evaluation", guards=[signed_in])
async def read_evaluation(
    project_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> ProjectEvaluation:
    """How a project ends; what the other side gave is in it once both are in or the time is up."""
    return await service.view(session, request.user, project_id)


@put(f"{PROJECT}/evaluation", guards=[signed_in])
async def evaluate(
    project_id: FromPath[UUID],
    data: JSONBody[NewEvaluation],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> ProjectEvaluation:
    """Give your marks; until both sides see them you may give others."""
    return await service.evaluate(session, request.user, project_id, data)


@post(f"{PROJECT}/evaluation/confirmation", guards=[signed_in], status_code=HTTPStatus.OK)
async def confirm_evaluation(
    project_id: FromPath[UUID],
    data: JSONBody[Confirmation],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> ProjectEvaluation:
    """Confirm the evaluation, as a coordinator of the hub."""
    return await service.confirm(session, request.user, project_id, data)


@post(f"{PROJECT}/ending", guards=[signed_in], status_code=HTTPStatus.OK)
async def end_project(
    project_id: FromPath[UUID],
    data: JSONBody[Ending],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> ProjectEvaluation:
    """Award the team and close the project, or close it without credentials for a reason."""
    return await service.end(session, Issuing.of(settings), request.user, project_id, data)


@post(f"{PROJECT}/trl-claims", guards=[signed_in])
async def claim_level(
    project_id: FromPath[UUID],
    data: JSONBody[NewClaim],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Claims:
    """Say that your team has reached a level of readiness, and show it."""
    return Claims(await claims.claim(session, request.user, project_id, data))


@put(f"{PROJECT}/trl-claims/{{claim_id:uuid}}", guards=[signed_in])
async def decide_claim(
    project_id: FromPath[UUID],
    claim_id: FromPath[UUID],
    data: JSONBody[ClaimDecision],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Claims:
    """Confirm a claim or refuse it, as a coordinator of the hub."""
    return Claims(await claims.decide(session, request.user, project_id, claim_id, data))


@get("/hubs/{hub_id:uuid}/rubrics/{side:str}", guards=[administrators])
async def read_rubric(
    hub_id: FromPath[UUID],
    side: FromPath[Side],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> RubricView:
    """What a side marks in a hub."""
    return await rubrics.read(session, request.user, hub_id, side)


@put("/hubs/{hub_id:uuid}/rubrics/{side:str}", guards=[administrators])
async def change_rubric(
    hub_id: FromPath[UUID],
    side: FromPath[Side],
    data: JSONBody[NewRubric],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> RubricView:
    """Write another version of it, for evaluations that begin from now on."""
    return await rubrics.change(session, request.user, hub_id, side, data)


@get("/disputes", guards=[coordinators])
async def list_disputes(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    after: FromQuery[UUID | None] = None,
) -> Disputes:
    """The disputes of your hubs, newest first."""
    return await disputes.disputes(session, request.user, after)


@get("/disputes/{project_id:uuid}", guards=[coordinators])
async def read_dispute(
    project_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> DisputeView:
    """What a dispute is about."""
    return await disputes.dispute(session, request.user, project_id)


@post("/disputes/{project_id:uuid}/outcome", guards=[coordinators], status_code=HTTPStatus.NO_CONTENT)
async def decide_dispute(
    project_id: FromPath[UUID],
    data: JSONBody[Outcome],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """Have the project go on, or cancel it."""
    await disputes.decide(session, request.user, project_id, data)


router = Router(
    path="/",
    route_handlers=[
        read_evaluation,
        evaluate,
        confirm_evaluation,
        end_project,
        claim_level,
        decide_claim,
        read_rubric,
        change_rubric,
        list_disputes,
        read_dispute,
        decide_dispute,
    ],
    tags=["evaluations"],
)
