"""Deciding about organisations and mentors, as pages for administrators of hubs and of the network."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.errors import Conflict, DarsgahError, Forbidden, MalformedInput
from darsgah.hubs import service as hubs
from darsgah.organisations import service, verifying
from darsgah.organisations.api import administrators
from darsgah.organisations.choices import LOOKED_AT
from darsgah.organisations.forms import kept, read_decision
from darsgah.organisations.names import country_name
from darsgah.organisations.schemas import (
    DecisionView,
    MentorView,
    OrganisationView,
    VerificationDecision,
    VerificationState,
)
from darsgah.ui.form_errors import wrong
from darsgah.ui.language import Message
from darsgah.ui.templating import Notice, Pages

TABS: Final[Mapping[VerificationState, Message]] = {
    VerificationState.UNVERIFIED: Message("Waiting"),
    VerificationState.VERIFIED: Message("Verified"),
    VerificationState.REFUSED: Message("Refused"),
    VerificationState.SUSPENDED: Message("Suspended"),
}
DECISIONS: Final[Mapping[VerificationDecision, Message]] = {
    VerificationDecision.VERIFIED: Message("Verify"),
    VerificationDecision.REFUSED: Message("Refuse"),
    VerificationDecision.SUSPENDED: Message("Suspend"),
}
DONE: Final = Message("Decided. Whoever it concerns was told.")


@get("/hub/organisations", guards=[administrators])
async def organisations_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    standing: FromQuery[str] = "",
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """The organisations that the reader decides about: those that wait, or of another state."""
    chosen = _tab(standing)
    found = await verifying.organisations(session, request.user, chosen, after)
    return await _list(
        request,
        session,
        pages,
        kind="organisations",
        rows=found.organisations,
        chosen=chosen,
        next_after=found.next_after,
        after=after,
    )


@get("/hub/mentors", guards=[administrators])
async def mentors_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    standing: FromQuery[str] = "",
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """The mentors that the reader decides about: those that wait, or of another state."""
    chosen = _tab(standing)
    found = await verifying.mentors(session, request.user, chosen, after)
    return await _list(
        request,
        session,
        pages,
        kind="mentors",
        rows=found.mentors,
        chosen=chosen,
        next_after=found.next_after,
        after=after,
    )


def _tab(standing: str) -> VerificationState:
    return (
        VerificationState(standing)
        if standing in {one.value for one in VerificationState}
        else VerificationState.UNVERIFIED
    )


async def _list(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    *,
    kind: str,
    rows: Sequence[OrganisationView] | Sequence[MentorView],
    chosen: VerificationState,
    next_after: UUID | None,
    after: UUID | None,
) -> Response[str]:
    code = pages.language_of(request).code
    return pages.respond(
        request,
        "organisations/cases.html",
        kind=kind,
        rows=rows,
        chosen=chosen,
        tabs=TABS,
        waiting=dict(
            zip(("organisations", "mentors"), await verifying.waiting(session, request.user), strict=True)
        ),
        hubs=await hubs.hubs_by_id(session, {one.hub_id for one in rows}),
        countries={one.country: country_name(one.country, code) for one in rows},
        next_after=next_after,
        paged=after is not None,
    )


@get("/hub/organisations/{organisation_id:uuid}", guards=[administrators])
async def organisation_case(
    organisation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[bool] = False,
) -> Response[str]:
    """One organisation with what was decided about it, and a form to decide."""
    return await _organisation(request, session, pages, organisation_id, done=done)


async def _organisation(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    organisation_id: UUID,
    *,
    done: bool = False,
    values: Mapping[str, Any] | None = None,
    error: DarsgahError | None = None,
) -> Response[str]:
    case = await verifying.organisation(session, request.user, organisation_id)
    people = await service.active_mentors(session, organisation_id)
    named = await service.mentors_by_id(session, [one.account_id for one in people])
    hub_id = case.organisation.hub_id
    hub = (await hubs.hubs_by_id(session, [hub_id]))[hub_id]
    return _case(
        request,
        pages,
        case.organisation,
        case.decisions,
        values=values,
        error=error,
        done=done,
        kind="organisations",
        people=list(named.values()),
        findings=case.findings,
        hub=hub,
        zone=hub.timezone,
    )


@post("/hub/organisations/{organisation_id:uuid}", guards=[administrators])
async def decide_organisation(
    organisation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Decide about an organisation; what was typed stays where something is missing."""
    form = await request.form()
    try:
        async with session.begin_nested():
            new = read_decision(form, form.getall("looked_at", []))
            await verifying.decide_organisation(session, request.user, organisation_id, new)
    except (Conflict, Forbidden, MalformedInput) as error:
        values = _typed(form)
        return await _organisation(request, session, pages, organisation_id, values=values, error=error)
    return Redirect(f"/hub/organisations/{organisation_id}?done=true", status_code=303)


@get("/hub/mentors/{mentor_id:uuid}", guards=[administrators])
async def mentor_case(
    mentor_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[bool] = False,
) -> Response[str]:
    """One mentor with what was decided about them, and a form to decide."""
    return await _mentor(request, session, pages, mentor_id, done=done)


async def _mentor(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    mentor_id: UUID,
    *,
    done: bool = False,
    values: Mapping[str, Any] | None = None,
    error: DarsgahError | None = None,
) -> Response[str]:
    case = await verifying.mentor(session, request.user, mentor_id)
    hub = (await hubs.hubs_by_id(session, [case.mentor.hub_id]))[case.mentor.hub_id]
    return _case(
        request,
        pages,
        case.mentor,
        case.decisions,
        values=values,
        error=error,
        done=done,
        kind="mentors",
        people=[],
        hub=hub,
        zone=hub.timezone,
    )


@post("/hub/mentors/{mentor_id:uuid}", guards=[administrators])
async def decide_mentor(
    mentor_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Decide about a mentor; what was typed stays where something is missing."""
    form = await request.form()
    try:
        async with session.begin_nested():
            new = read_decision(form, form.getall("looked_at", []))
            await verifying.decide_mentor(session, request.user, mentor_id, new)
    except (Conflict, Forbidden, MalformedInput) as error:
        values = _typed(form)
        return await _mentor(request, session, pages, mentor_id, values=values, error=error)
    return Redirect(f"/hub/mentors/{mentor_id}?done=true", status_code=303)


def _typed(form: Any) -> dict[str, Any]:  # noqa: ANN401 # Litestar's own type for a form
    return {**kept(form, ("note", "decision")), "looked_at": form.getall("looked_at", [])}


def _case(
    request: Request[Actor, str, Any],
    pages: Pages,
    subject: OrganisationView | MentorView,
    decisions: tuple[DecisionView, ...],
    *,
    values: Mapping[str, Any] | None,
    error: DarsgahError | None,
    done: bool,
    **others: Any,  # noqa: ANN401 # whatever the page shows
) -> Response[str]:
    language = pages.language_of(request)
    return pages.respond(
        request,
        "organisations/case.html",
        status_code=error.status if error else 200,
        notices=[Notice(DONE)] if done else [],
        subject=subject,
        decisions=decisions,
        offered=[(key, text) for key, text in DECISIONS.items() if subject.state in verifying.FROM[key]],
        looked_at=LOOKED_AT,
        values=values or {"note": "", "decision": "", "looked_at": []},
        **wrong(error, language),
        country=country_name(subject.country, language.code),
        **others,
    )


router = Router(
    path="/",
    route_handlers=[
        organisations_page,
        mentors_page,
        organisation_case,
        decide_organisation,
        mentor_case,
        decide_mentor,
    ],
    include_in_schema=False,
)
