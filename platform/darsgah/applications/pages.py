"""Applications as pages: applying, one's applications, and a mentor's applicants.

What may be refused after something was written runs in a savepoint: a page which says no keeps nothing.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.applications import ranking, service
from darsgah.applications.api import learners
from darsgah.applications.schemas import NewApplication, Ranking, Statement, StatementChange, TeamOrder
from darsgah.errors import DarsgahError, MalformedInput
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import typed, wrong
from darsgah.ui.language import Message
from darsgah.ui.templating import Notice, Pages

SAID: Mapping[str, Message] = {
    "drafted": Message("Kept as a draft. Nobody but your team sees it until you send it."),
    "sent": Message("Sent. You are told as soon as there is an answer."),
    "withdrawn": Message("Withdrawn."),
    "saved": Message("Saved."),
}
"""What just happened, by the word in the address."""
LAST = 1_000_000
"""The place of what a form gives no number."""


class ApplyForm(msgspec.Struct, frozen=True):
    """The form of an application; an empty team is applying alone."""

    action: Annotated[str, msgspec.Meta(pattern="^(draft|send)$")]
    team: UUID | None = None
    statement: Statement = ""


class ApplicationForm(msgspec.Struct, frozen=True):
    """What is done with an application that there is."""

    action: Annotated[str, msgspec.Meta(pattern="^(save|send|withdraw)$")]
    version: int
    statement: Statement = ""


@get("/briefs/{brief_id:uuid}/apply", guards=[learners])
async def apply_page(
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """With whom one could apply to a brief, what is missing, and the form."""
    return await _apply(request, session, pages, brief_id)


@post("/briefs/{brief_id:uuid}/apply", guards=[learners])
async def apply(
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Keep an application as a draft, or send it."""
    values = await typed(request)
    try:
        form = read_form({key: value for key, value in values.items() if value != ""}, ApplyForm)
        new = NewApplication(form.team, form.statement, form.action == "send")
        async with session.begin_nested():
            made = await service.apply(session, request.user, brief_id, new, pages.language_of(request))
    except DarsgahError as error:
        if error.status not in {409, 422}:
            raise
        return await _apply(request, session, pages, brief_id, error=error, values=values)
    done = "sent" if new.send else "drafted"
    return Redirect(f"/applications/{made.id}?done={done}", status_code=303)


@get("/applications", guards=[learners])
async def applications_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
    done: FromQuery[str] = "",
) -> Response[str]:
    """What one's teams apply to, in each team's order, and what came of the rest."""
    return await _applications(request, session, pages, after=after, done=done)


@post("/teams/{team_id:uuid}/applications", guards=[learners])
async def order_applications(
    team_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Put a team's applications in order, by the number beside each."""
    values = await typed(request)
    try:
        wanted = TeamOrder(_by_number(values, "place-"))
        await service.order(session, request.user, team_id, wanted, pages.language_of(request))
    except MalformedInput as error:
        return await _applications(request, session, pages, error=error, values=values)
    return Redirect("/applications?done=saved", status_code=303)


@get("/applications/{application_id:uuid}", guards=[learners])
async def application_page(
    application_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """One application: where it stands, what is missing, and what one may do."""
    return await _application(request, session, pages, application_id, done=done)


@post("/applications/{application_id:uuid}", guards=[learners])
async def change_application(
    application_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Save a draft, send it, or withdraw an application."""
    values, language = await typed(request), pages.language_of(request)
    try:
        form = read_form(values, ApplicationForm)
        async with session.begin_nested():
            version = form.version
            if form.action in {"save", "send"}:
                wanted = StatementChange(form.statement, version)
                version = (
                    await service.change(session, request.user, application_id, wanted, language)
                ).version
            if form.action == "send":
                await service.send(session, request.user, application_id, version, language)
            if form.action == "withdraw":
                await service.withdraw(session, request.user, application_id, version, language)
    except DarsgahError as error:
        if error.status not in {409, 422}:
            raise
        return await _application(request, session, pages, application_id, error=error, values=values)
    done = {"save": "drafted", "send": "sent", "withdraw": "withdrawn"}[form.action]
    return Redirect(f"/applications/{application_id}?done={done}", status_code=303)


@get("/briefs/{brief_id:uuid}/applicants", guards=[signed_in])
async def applicants_page(
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Who applies to a brief, and the mentor's order of them."""
    return await _applicants(request, session, pages, brief_id, done=done)


@post("/briefs/{brief_id:uuid}/applicants", guards=[signed_in])
async def rank_applicants(
    brief_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Save the mentor's order, by the number beside each; those without one stay unranked."""
    values = await typed(request)
    try:
        refused = tuple(UUID(key.removeprefix("refuse-")) for key in values if _names_one(key, "refuse-"))
        ranked = tuple(one for one in _by_number(values, "place-", every=False) if one not in refused)
        await ranking.rank(session, request.user, brief_id, Ranking(ranked, refused))
    except DarsgahError as error:
        if error.status not in {409, 422}:
            raise
        return await _applicants(request, session, pages, brief_id, error=error, values=values)
    return Redirect(f"/briefs/{brief_id}/applicants?done=saved", status_code=303)


async def _apply(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    brief_id: UUID,
    *,
    error: DarsgahError | None = None,
    values: Mapping[str, str] | None = None,
) -> Response[str]:
    language = pages.language_of(request)
    return pages.respond(
        request,
        "applications/apply.html",
        status_code=error.status if error else 200,
        view=await service.apply_view(session, request.user, brief_id, language),
        values=values or {},
        **wrong(error, pages.language_of(request), whole=True),
    )


async def _applications(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    *,
    after: UUID | None = None,
    done: str = "",
    error: DarsgahError | None = None,
    values: Mapping[str, str] | None = None,
) -> Response[str]:
    language = pages.language_of(request)
    return pages.respond(
        request,
        "applications/applications.html",
        status_code=error.status if error else 200,
        notices=_notices(done),
        view=await service.own_applications(session, request.user, language, after=after),
        paged=after is not None,
        values=values or {},
        **wrong(error, pages.language_of(request), whole=True),
    )


async def _application(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    application_id: UUID,
    *,
    done: str = "",
    error: DarsgahError | None = None,
    values: Mapping[str, str] | None = None,
) -> Response[str]:
    language = pages.language_of(request)
    return pages.respond(
        request,
        "applications/application.html",
        status_code=error.status if error else 200,
        notices=_notices(done),
        view=await service.application(session, request.user, application_id, language),
        values=values or {},
        **wrong(error, pages.language_of(request), whole=True),
    )


async def _applicants(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    brief_id: UUID,
    *,
    done: str = "",
    error: DarsgahError | None = None,
    values: Mapping[str, str] | None = None,
) -> Response[str]:
    return pages.respond(
        request,
        "applications/applicants.html",
        status_code=error.status if error else 200,
        notices=_notices(done),
        view=await ranking.applicants(session, request.user, brief_id),
        values=values or {},
        **wrong(error, pages.language_of(request), whole=True),
    )


def _notices(done: str) -> list[Notice]:
    return [Notice(SAID[done])] if done in SAID else []


def _by_number(values: Mapping[str, str], prefix: str, *, every: bool = True) -> tuple[UUID, ...]:
    """The ids behind a prefix in the order of their numbers; without a number last, or not at all.

    Raises:
        MalformedInput: what was typed is no number.
    """
    found: list[tuple[int, int, UUID]] = []
    for number, (key, written) in enumerate(values.items()):
        if not _names_one(key, prefix):
            continue
        place = written.strip()
        if not place and not every:
            continue
        if place and not (place.isascii() and place.isdecimal() and len(place) < 6):
            raise MalformedInput(fields={key: Message("Write a number: 1 for the first.")})
        found.append((int(place) if place else LAST, number, UUID(key.removeprefix(prefix))))
    return tuple(one for _, _, one in sorted(found))


def _names_one(key: str, prefix: str) -> bool:
    """Whether the name of a field is the prefix and an id."""
    if not key.startswith(prefix):
        return False
    try:
        UUID(key.removeprefix(prefix))
    except ValueError:
        return False
    return True


router = Router(
    path="/",
    route_handlers=[
        apply_page,
        apply,
        applications_page,
        order_applications,
        application_page,
        change_application,
        applicants_page,
        rank_applicants,
    ],
    include_in_schema=False,
)
