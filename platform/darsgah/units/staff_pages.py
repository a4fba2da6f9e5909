"""Units as pages for those who write them and those who judge."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.catalog import service as catalog
from darsgah.credentials.issuing import Issuing
from darsgah.errors import Conflict, DarsgahError, MalformedInput
from darsgah.hubs import service as hubs
from darsgah.settings import Settings
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import wrong
from darsgah.ui.language import Message
from darsgah.ui.templating import Notice, Pages
from darsgah.units import assessing, service
from darsgah.units.errors import UnitChanged
from darsgah.units.forms import (
    SPARE_CRITERIA,
    SPARE_LABS,
    CodeForm,
    RetirementForm,
    kept,
    read_judgement,
    read_unit,
    rows,
    unit_values,
)
from darsgah.units.guards import assessors, keepers, staff
from darsgah.units.schemas import MOST_CRITERIA, MOST_LABS, Show, UnitView

_SAID: Final[Mapping[str, Message]] = {
    "saved": Message("Saved."),
    "assessed": Message("Kept. The learner is told."),
}


@get("/hub/units", guards=[staff])
async def list_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """Every unit, with the way to the learners of one's hubs."""
    own = await hubs.hubs_by_id(session, request.user.hubs(*assessing.ASSESSORS))
    return pages.respond(
        request,
        "units/hub.html",
        notices=[Notice(_SAID[done])] if done in _SAID else [],
        found=await service.units(session, request.user, after=after),
        hubs=sorted(own.values(), key=lambda hub: hub.code) or await hubs.list_hubs(session),
        paged=bool(after),
    )


@get("/hub/units/new", guards=[keepers])
async def new_page(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession], pages: NamedDependency[Pages]
) -> Response[str]:
    """The form of a new unit."""
    return await _form(request, session, pages, None, {"version": "0", "share": "60"})


@post("/hub/units/new", guards=[keepers])
async def make_unit(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession], pages: NamedDependency[Pages]
) -> Response[Any]:
    """Make a unit; a refusal keeps what was typed."""
    sent = dict(await request.form())
    try:
        code = read_form({"code": str(sent.get("code", "")).strip().upper()}, CodeForm).code
        await service.save(session, request.user, code, read_unit(sent))
    except (Conflict, MalformedInput) as error:
        return await _form(request, session, pages, None, kept(sent), error=error)
    return Redirect("/hub/units?done=saved", status_code=303)


@get("/hub/units/{unit:str}/edit", guards=[keepers])
async def edit_page(
    unit: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """The form of a unit's text."""
    view = await service.unit(session, request.user, unit)
    values = unit_values(view.content) | {"version": str(view.version)}
    return await _form(request, session, pages, view, values)


@post("/hub/units/{unit:str}/edit", guards=[keepers])
async def change_unit(
    unit: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Write another version; a refusal keeps what was typed, and a second save after another's decides."""
    view = await service.unit(session, request.user, unit)
    sent = dict(await request.form())
    try:
        await service.save(session, request.user, unit, read_unit(sent))
    except (Conflict, MalformedInput) as error:
        values = kept(sent)
        if isinstance(error, UnitChanged):
            values["version"] = str(view.version)
        return await _form(request, session, pages, view, values, error=error)
    return Redirect("/hub/units?done=saved", status_code=303)


@post("/hub/units/{unit:str}/retirement", guards=[keepers])
async def retire_unit(
    unit: FromPath[str], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Redirect:
    """Retire a unit, or take it up again."""
    form = read_form(await request.form(), RetirementForm)
    await service.retire(session, request.user, unit, wanted=form.retired)
    return Redirect("/hub/units?done=saved", status_code=303)


async def _form(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    view: UnitView | None,
    values: Mapping[str, str],
    *,
    error: DarsgahError | None = None,
) -> Response[str]:
    return pages.respond(
        request,
        "units/edit.html",
        status_code=error.status if error else 200,
        view=view,
        values=values,
        **wrong(error, pages.language_of(request)),
        labs=await catalog.labs_for_hub(session, None),
        criteria=rows(values, "criterion", SPARE_CRITERIA, MOST_CRITERIA),
        lab_rows=rows(values, "lab", SPARE_LABS, MOST_LABS),
    )


@get("/hub/units/{unit:str}/{hub_id:uuid}", guards=[staff])
async def learners_page(
    *,
    unit: FromPath[str],
    hub_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    show: FromQuery[Show] = Show.READY,
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """The learners of a hub: who waits for an assessor, who was judged, or all."""
    found = await assessing.candidates(session, request.user, hub_id, unit, show, after=after)
    return pages.respond(request, "units/learners.html", found=found, show=show, paged=after is not None)


@get("/hub/units/{unit:str}/{hub_id:uuid}/{learner_id:uuid}", guards=[staff])
async def learner_page(
    *,
    unit: FromPath[str],
    hub_id: FromPath[UUID],
    learner_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """One learner with their evidence, how they were judged, and the form to judge them."""
    return await _learner(request, session, pages, (hub_id, unit, learner_id), done=done)


@post("/hub/units/{unit:str}/{hub_id:uuid}/{learner_id:uuid}", guards=[assessors])
async def assess_learner(
    *,
    unit: FromPath[str],
    hub_id: FromPath[UUID],
    learner_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Judge somebody; a refusal keeps what was written."""
    sent = dict(await request.form())
    view = await assessing.learner(session, request.user, hub_id, unit, learner_id)
    try:
        new = read_judgement(sent, learner_id, hub_id, len(view.unit.content.criteria))
        await assessing.assess(session, Issuing.of(settings), request.user, unit, new)
    except (Conflict, MalformedInput) as error:
        return await _learner(request, session, pages, (hub_id, unit, learner_id), error=error, sent=sent)
    return Redirect(f"/hub/units/{unit}/{hub_id}/{learner_id}?done=assessed", status_code=303)


async def _learner(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    place: tuple[UUID, str, UUID],
    *,
    done: str = "",
    error: DarsgahError | None = None,
    sent: Mapping[str, Any] | None = None,
) -> Response[str]:
    view = await assessing.learner(session, request.user, *place)
    return pages.respond(
        request,
        "units/learner.html",
        status_code=error.status if error else 200,
        zone=view.hub_timezone,
        notices=[Notice(_SAID[done])] if done in _SAID else [],
        view=view,
        values=kept(sent) if sent is not None else {},
        **wrong(error, pages.language_of(request)),
    )


router = Router(
    path="/",
    route_handlers=[
        list_page,
        new_page,
        make_unit,
        edit_page,
        change_unit,
        retire_unit,
        learners_page,
        learner_page,
        assess_learner,
    ],
    include_in_schema=False,
)
