"""How a project ends, as pages. A refused form comes back with what was typed."""

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
from darsgah.credentials.issuing import Issuing
from darsgah.errors import DarsgahError, MalformedInput
from darsgah.evaluations import claims, service
from darsgah.evaluations.schemas import (
    LEAST_LEVEL,
    MOST_CRITERIA,
    MOST_LEVEL,
    MOST_LINKS,
    ClaimDecision,
    Confirmation,
    Ending,
    NewClaim,
    NewEvaluation,
    Note,
    Side,
    Text,
)
from darsgah.settings import Settings
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import Refusal, attempt, refused, typed
from darsgah.ui.language import Message
from darsgah.ui.templating import Notice, Pages

PAGE = "/projects/{project_id:uuid}/evaluation"
SAID: Mapping[str, Message] = {
    "evaluated": Message("Your evaluation is kept. Until both sides can read them you may change it."),
    "confirmed": Message("The evaluation is confirmed."),
    "ended": Message("The project is closed."),
    "claimed": Message("The hub was asked to confirm the level."),
    "decided": Message("The team was told what you decided."),
}
LEVELS: Mapping[int, Message] = {
    3: Message("proof of concept"),
    4: Message("validated in the lab"),
    5: Message("validated in a relevant environment"),
    6: Message("prototype demonstrated in a relevant environment"),
}
SIDES: Mapping[Side, Message] = {
    Side.MENTOR: Message("Of the work, by the mentor"),
    Side.TEAM: Message("Of the mentorship, by the team"),
}


class ClaimForm(msgspec.Struct, frozen=True):
    """A claim's fields; links are a line each."""

    level: Annotated[int, msgspec.Meta(ge=LEAST_LEVEL, le=MOST_LEVEL)]
    statement: Text
    links: Text


class EvaluationForm(msgspec.Struct, frozen=True):
    """What is said beside the marks, which are the fields ``mark_0`` and so on."""

    comment: Note = ""


@get(PAGE, guards=[signed_in])
async def evaluation_page(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """How a project ends."""
    return await _evaluation(request, session, pages, project_id, done=done)


@post(PAGE, guards=[signed_in])
async def evaluate(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Give one's marks."""
    values = await typed(request)
    try:
        await attempt(session, service.evaluate(session, request.user, project_id, _marks(values)))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _evaluation(request, session, pages, project_id, refusal=refusal, at="evaluate")
    return Redirect(f"/projects/{project_id}/evaluation?done=evaluated", status_code=303)


@post(f"{PAGE}/confirm", guards=[signed_in])
async def confirm_evaluation(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Confirm the evaluation."""
    values = await typed(request)
    try:
        wanted = read_form(values, Confirmation)
        await attempt(session, service.confirm(session, request.user, project_id, wanted))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _evaluation(request, session, pages, project_id, refusal=refusal, at="confirm")
    return Redirect(f"/projects/{project_id}/evaluation?done=confirmed", status_code=303)


@post(f"{PAGE}/end", guards=[signed_in])
async def end_project(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Award the team, or close the project without credentials."""
    values = await typed(request)
    try:
        wanted = read_form(values, Ending)
        ending = service.end(session, Issuing.of(settings), request.user, project_id, wanted)
        await attempt(session, ending)
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _evaluation(request, session, pages, project_id, refusal=refusal, at="end")
    return Redirect(f"/projects/{project_id}/evaluation?done=ended", status_code=303)


@post(f"{PAGE}/claims", guards=[signed_in])
async def claim_level(
    project_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Say that a level of readiness is reached."""
    values = await typed(request)
    try:
        form = read_form(values, ClaimForm)
        new = _claim(form)
        await attempt(session, claims.claim(session, request.user, project_id, new))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _evaluation(request, session, pages, project_id, refusal=refusal, at="claim")
    return Redirect(f"/projects/{project_id}/evaluation?done=claimed#readiness", status_code=303)


@post(f"{PAGE}/claims/{{claim_id:uuid}}", guards=[signed_in])
async def decide_claim(
    project_id: FromPath[UUID],
    claim_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Confirm a claim, or refuse it."""
    values = await typed(request)
    try:
        decision = read_form(values, ClaimDecision)
        await attempt(session, claims.decide(session, request.user, project_id, claim_id, decision))
    except DarsgahError as error:
        refusal = refused(error, values, pages.language_of(request))
        return await _evaluation(request, session, pages, project_id, refusal=refusal, at=str(claim_id))
    return Redirect(f"/projects/{project_id}/evaluation?done=decided#readiness", status_code=303)


def _marks(values: Mapping[str, str]) -> NewEvaluation:
    """The marks of the form, in the order of the criteria.

    Raises:
        MalformedInput: one is none.
    """
    comment = read_form(values, EvaluationForm).comment
    fields = (f"mark_{number}" for number in range(MOST_CRITERIA))
    given = [values[name] for name in fields if values.get(name)]
    try:
        return msgspec.convert({"marks": given, "comment": comment}, NewEvaluation, strict=False)
    except msgspec.ValidationError:
        raise MalformedInput(fields={"marks": Message("Give one mark for each criterion.")}) from None


def _claim(form: ClaimForm) -> NewClaim:
    links = [line.strip() for line in form.links.splitlines() if line.strip()]
    if len(links) > MOST_LINKS:
        raise MalformedInput(fields={"links": Message("At most {count} lines.", count=MOST_LINKS)})
    written = {"level": form.level, "statement": form.statement, "links": links}
    try:
        return msgspec.convert(written, NewClaim)
    except msgspec.ValidationError:
        raise MalformedInput(
            fields={"links": Message("Each line is a web address that begins with https:// or http://.")}
        ) from None


async def _evaluation(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    project_id: UUID,
    *,
    done: str = "",
    refusal: Refusal | None = None,
    at: str = "",
) -> Response[str]:
    view = await service.view(session, request.user, project_id)
    form = refusal or Refusal()
    return pages.respond(
        request,
        "evaluations/evaluation.html",
        status_code=form.status,
        zone=view.timezone,
        notices=_said(done),
        view=view,
        form=form,
        at=at,
        levels=LEVELS,
        sides=SIDES,
    )


def _said(done: str) -> list[Notice]:
    return [Notice(SAID[done])] if done in SAID else []


router = Router(
    path="/",
    route_handlers=[
        evaluation_page,
        evaluate,
        confirm_evaluation,
        end_project,
        claim_level,
        decide_claim,
    ],
    include_in_schema=False,
)
