"""Units as JSON: what they ask for, how one stands, writing them, and judging."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.credentials.issuing import Issuing
from darsgah.settings import Settings
from darsgah.units import assessing, service
from darsgah.units.guards import assessors, keepers, staff
from darsgah.units.schemas import (
    Assessments,
    AssessmentView,
    Candidates,
    LearnerUnit,
    NewAssessment,
    Retirement,
    Show,
    UnitChange,
    UnitList,
    UnitView,
)

IdempotencyKey = Annotated[str | None, HeaderParameter(name="Idempotency-Key", min_length=8, max_length=100)]


@get("/units", guards=[signed_in])
async def list_units(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    held: FromQuery[bool | None] = None,
    after: FromQuery[str] = "",
) -> UnitList:
    """Units by code, 50 at a time, with how you stand to each; ``held`` lists those you hold, or the others.

    ``after`` is the last code of the page before.
    """
    return await service.units(session, request.user, held=held, after=after)


@get("/units/{unit:str}", guards=[signed_in])
async def read_unit(
    unit: FromPath[str], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> UnitView:
    """One unit by its code: what it asks for, how far you are, and how you were judged last."""
    return await service.unit(session, request.user, unit)


@put("/units/{unit:str}", guards=[keepers])
async def save_unit(
    unit: FromPath[str],
    data: JSONBody[UnitChange],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> UnitView:
    """Make a unit, or write another version of it; ``version`` is the one you saw, 0 for a new unit."""
    return await service.save(session, request.user, unit, data)


@put("/units/{unit:str}/retirement", guards=[keepers])
async def retire_unit(
    unit: FromPath[str],
    data: JSONBody[Retirement],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> UnitView:
    """Retire a unit, or take it up again. Who holds it goes on holding it."""
    return await service.retire(session, request.user, unit, wanted=data.retired)


@get("/units/{unit:str}/assessments", guards=[signed_in])
async def own_assessments(
    unit: FromPath[str], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Assessments:
    """How you were judged in a unit, newest first."""
    return await service.own_history(session, request.user, unit)


@post("/units/{unit:str}/assessments", guards=[assessors])
async def assess_learner(
    *,
    unit: FromPath[str],
    data: JSONBody[NewAssessment],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    idempotency_key: IdempotencyKey = None,
) -> AssessmentView:
    """Find a learner of your hub competent, which awards the unit's credential, or not yet.

    The same ``Idempotency-Key`` returns what was written first. ``seen`` is the newest assessment that you
    know of: 409 where somebody assessed the learner meanwhile.
    """
    issuing = Issuing.of(settings)
    return await assessing.assess(session, issuing, request.user, unit, data, key=idempotency_key)


@get("/hubs/{hub_id:uuid}/units/{unit:str}/ready", guards=[staff])
async def list_ready(
    hub_id: FromPath[UUID],
    unit: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    after: FromQuery[UUID | None] = None,
) -> Candidates:
    """The learners of a hub who passed all labs of a unit and wait for an assessor, 50 at a time."""
    return await assessing.candidates(session, request.user, hub_id, unit, after=after)


@get("/hubs/{hub_id:uuid}/units/{unit:str}/learners", guards=[staff])
async def list_learners(
    *,
    hub_id: FromPath[UUID],
    unit: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    show: FromQuery[Show] = Show.ALL,
    after: FromQuery[UUID | None] = None,
) -> Candidates:
    """The learners of a hub and how each stands to a unit, 50 at a time."""
    return await assessing.candidates(session, request.user, hub_id, unit, show, after=after)


@get("/hubs/{hub_id:uuid}/units/{unit:str}/learners/{learner_id:uuid}", guards=[staff])
async def read_learner(
    *,
    hub_id: FromPath[UUID],
    unit: FromPath[str],
    learner_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> LearnerUnit:
    """One learner of a hub: their evidence for a unit, and how they were judged."""
    return await assessing.learner(session, request.user, hub_id, unit, learner_id)


router = Router(
    path="/",
    route_handlers=[
        list_units,
        read_unit,
        save_unit,
        retire_unit,
        own_assessments,
        assess_learner,
        list_ready,
        list_learners,
        read_learner,
    ],
    tags=["units"],
)
