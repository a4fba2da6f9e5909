"""Credentials as pages for those who issue them: a cohort's, a hub's, and the keys."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.credentials import completion, keys, service
from darsgah.credentials.errors import RuleChanged
from darsgah.credentials.guards import key_keepers, staff
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.schemas import Compromise, HandAward, Rotation, RuleChange
from darsgah.enrolments import service as enrolments
from darsgah.errors import DarsgahError, MalformedInput
from darsgah.hubs import service as hubs
from darsgah.settings import Settings
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import wrong
from darsgah.ui.language import Message
from darsgah.ui.templating import Pages


class RuleForm(msgspec.Struct, frozen=True):
    """The rule as it is typed: percent, and whether it awards by itself."""

    percent: str
    version: int
    automatic: bool = False


@get("/teach/cohorts/{cohort_id:uuid}/credentials", guards=[staff])
async def cohort_page(
    cohort_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """When a cohort's course counts as completed, and how far each of its learners is."""
    return await _cohort(request, session, pages, cohort_id)


async def _cohort(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    cohort_id: UUID,
    *,
    error: DarsgahError | None = None,
    percent: str | None = None,
) -> Response[str]:
    cohort = await enrolments.staffed_cohort(session, request.user, cohort_id)
    view = await completion.cohort_credentials(session, request.user, cohort_id)
    return pages.respond(
        request,
        "credentials/cohort.html",
        status_code=error.status if error else 200,
        zone=cohort.timezone,
        cohort=cohort,
        view=view,
        percent=percent if percent is not None else f"{view.rule.pass_share * 100:g}",
        may_change=request.user.holds(*completion.TEACHING, hub_id=cohort.hub_id),
        **wrong(error, pages.language_of(request)),
    )


@post("/teach/cohorts/{cohort_id:uuid}/credentials/rule", guards=[staff])
async def change_rule(
    cohort_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Set the rule; a refusal keeps what was typed."""
    values = await request.form()
    try:
        form = read_form(values, RuleForm)
        change = RuleChange(_share(form.percent), form.automatic, form.version)
        await completion.change_rule(session, request.user, cohort_id, change)
    except (MalformedInput, RuleChanged) as error:
        typed = str(values.get("percent", ""))[:20]
        return await _cohort(request, session, pages, cohort_id, error=error, percent=typed)
    return Redirect(f"/teach/cohorts/{cohort_id}/credentials", status_code=303)


def _share(percent: str) -> float:
    """What was typed as a share of 1."""
    try:
        share = float(percent.strip().removesuffix("%")) / 100
    except ValueError:
        share = 0.0
    if not 0.01 <= share <= 1:
        raise MalformedInput(fields={"percent": Message("Write a number from 1 to 100.")})
    return share


@post("/teach/cohorts/{cohort_id:uuid}/credentials", guards=[staff])
async def award_by_hand(
    cohort_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> Redirect:
    """Award the course's credential to one learner, and show it."""
    form = read_form(await request.form(), HandAward)
    made = await completion.award_by_hand(session, Issuing.of(settings), request.user, cohort_id, form)
    return Redirect(f"/credentials/{made}", status_code=303)


@get("/hub/credentials", guards=[staff])
async def issued_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """What one's hubs issued."""
    found = await service.issued_credentials(
        session, Issuing.of(settings).addresses, request.user, after=after
    )
    return pages.respond(request, "credentials/issued.html", view=found, paged=after is not None)


@get("/hub/issuer-keys", guards=[key_keepers])
async def keys_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """The keys that sign and signed."""
    return await _keys(request, session, settings, pages)


async def _keys(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    settings: Settings,
    pages: Pages,
    *,
    error: DarsgahError | None = None,
    wrong: UUID | None = None,
) -> Response[str]:
    return pages.respond(
        request,
        "credentials/keys.html",
        status_code=error.status if error else 200,
        issuers=await keys.issuers(session, Issuing.of(settings).addresses),
        hubs=await hubs.list_hubs(session),
        errors=error.details.get("fields", {}) if error else {},
        wrong=wrong,
    )


@post("/hub/issuer-keys", guards=[key_keepers])
async def rotate_key(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> Redirect:
    """Have another key sign for an issuer."""
    form = read_form(await request.form(), Rotation)
    hub = await keys.hub_named(session, form.hub) if form.hub else None
    await keys.rotate(session, Issuing.of(settings), hub, by=request.user, reason=form.reason)
    return Redirect("/hub/issuer-keys", status_code=303)


@post("/hub/issuer-keys/{key_id:uuid}/compromise", guards=[key_keepers])
async def compromise_key(
    key_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Say that a key is in other hands."""
    values = await request.form()
    try:
        form = read_form({"reason": str(values.get("reason", "")).strip()}, Compromise)
    except MalformedInput as error:
        return await _keys(request, session, settings, pages, error=error, wrong=key_id)
    await keys.compromise(session, Issuing.of(settings), key_id, by=request.user, reason=form.reason)
    return Redirect("/hub/issuer-keys", status_code=303)


router = Router(
    path="/",
    route_handlers=[
        cohort_page,
        change_rule,
        award_by_hand,
        issued_page,
        keys_page,
        rotate_key,
        compromise_key,
    ],
    include_in_schema=False,
)
