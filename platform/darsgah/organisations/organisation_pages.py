"""Organisations as pages: the public ones, and for owners their words and their people."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, public, signed_in
from darsgah.errors import Conflict, DarsgahError, MalformedInput, TooMany
from darsgah.hubs import service as hubs
from darsgah.organisations import people, service
from darsgah.organisations.choices import country_choices
from darsgah.organisations.forms import ORGANISATION_FIELDS, kept, read_organisation, read_version
from darsgah.organisations.names import country_name
from darsgah.organisations.schemas import (
    MadeOrganisationInvitation,
    NewOrganisationInvitation,
    OrganisationChange,
)
from darsgah.settings import Settings
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import wrong
from darsgah.ui.language import Message
from darsgah.ui.templating import Notice, Pages

PAGE: Final = "/organisations/{organisation_id:uuid}"
SAID: Final[Mapping[str, Message]] = {
    "saved": Message("Saved."),
    "withdrawn": Message("The invitation is withdrawn."),
    "accepted": Message("They act for the organisation now."),
    "removed": Message("They act for the organisation no more, and were told so."),
    "owner": Message("They are an owner now."),
}


@get("/organisations", guards=[public])
async def organisations_page(
    request: Request[Actor | None, str | None, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """The verified organisations."""
    view = await service.verified_organisations(session, after)
    code = pages.language_of(request).code
    named = {one.country: country_name(one.country, code) for one in view.organisations}
    return pages.respond(
        request, "organisations/organisations.html", view=view, countries=named, paged=after is not None
    )


@get(PAGE, guards=[public])
async def organisation_page(
    organisation_id: FromPath[UUID],
    request: Request[Actor | None, str | None, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """One organisation: what it says of itself, and who verified it when."""
    actor = request.user
    view = await service.seen_organisation(session, actor, organisation_id)
    hub = (await hubs.hubs_by_id(session, [view.hub_id]))[view.hub_id]
    place = await people.place_of(session, actor) if actor else None
    return pages.respond(
        request,
        "organisations/organisation.html",
        zone=hub.timezone,
        notices=[Notice(SAID[done])] if done in SAID else [],
        organisation=view,
        hub=hub,
        country=country_name(view.country, pages.language_of(request).code),
        inside=place is not None and place.id == view.id,
        verifies=service.verifies(actor, view.hub_id),
    )


@get(f"{PAGE}/edit", guards=[signed_in])
async def edit_page(
    organisation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """What an organisation says of itself, for its owners to change."""
    return await _edit(request, session, pages, organisation_id)


async def _edit(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    organisation_id: UUID,
    *,
    values: Mapping[str, str] | None = None,
    error: DarsgahError | None = None,
) -> Response[str]:
    await service.owned(session, request.user, organisation_id)
    view = await service.seen_organisation(session, request.user, organisation_id)
    language = pages.language_of(request)
    said = values or {name: getattr(view, name) for name in ORGANISATION_FIELDS}
    return pages.respond(
        request,
        "organisations/edit.html",
        status_code=error.status if error else 200,
        organisation=view,
        values=said,
        **wrong(error, language),
        countries=country_choices(language),
    )


@post(f"{PAGE}/edit", guards=[signed_in])
async def change_organisation(
    organisation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Save what an organisation says of itself."""
    form = await request.form()
    try:
        async with session.begin_nested():
            change = OrganisationChange(version=read_version(form), profile=read_organisation(form))
            await service.change_organisation(session, request.user, organisation_id, change)
    except (Conflict, MalformedInput) as error:
        values = kept(form, ORGANISATION_FIELDS)
        return await _edit(request, session, pages, organisation_id, values=values, error=error)
    return Redirect(f"/organisations/{organisation_id}?done=saved", status_code=303)


@get(f"{PAGE}/people", guards=[signed_in])
async def people_page(
    organisation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Who acts for an organisation; owners invite, say yes, and remove here."""
    notices = [Notice(SAID[done])] if done in SAID else []
    return await _people(request, session, pages, organisation_id, notices=notices)


async def _people(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    organisation_id: UUID,
    *,
    notices: list[Notice] | None = None,
    made: MadeOrganisationInvitation | None = None,
    site: str = "",
    email: str = "",
    error: DarsgahError | None = None,
) -> Response[str]:
    view = await people.people(session, request.user, organisation_id)
    hub_id = view.organisation.hub_id
    hub = (await hubs.hubs_by_id(session, [hub_id]))[hub_id]
    language = pages.language_of(request)
    me = request.user.account_id
    return pages.respond(
        request,
        "organisations/people.html",
        status_code=error.status if error else 200,
        zone=hub.timezone,
        notices=notices or [],
        view=view,
        owns=any(one.account_id == me and one.role == "owner" for one in view.members),
        me=me,
        countries={one.country: country_name(one.country, language.code) for one in view.members},
        made=made,
        site=site,
        email=email,
        **wrong(error, language),
    )


@post(f"{PAGE}/invitations", guards=[signed_in], status_code=200)
async def invite(
    organisation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Invite a colleague and show the link: there is no second time."""
    form = await request.form()
    try:
        async with session.begin_nested():
            new = read_form(form, NewOrganisationInvitation)
            made = await people.invite(session, request.user, organisation_id, new)
    except (MalformedInput, TooMany) as error:
        email = kept(form, ("email",))["email"]
        return await _people(request, session, pages, organisation_id, email=email, error=error)
    site = (settings.public_url or str(request.base_url)).rstrip("/")
    return await _people(request, session, pages, organisation_id, made=made, site=site)


@post(f"{PAGE}/invitations/{{invitation_id:uuid}}/withdraw", guards=[signed_in])
async def withdraw_invitation(
    organisation_id: FromPath[UUID],
    invitation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Redirect:
    """Withdraw an invitation."""
    await people.withdraw_invitation(session, request.user, organisation_id, invitation_id)
    return Redirect(f"/organisations/{organisation_id}/people?done=withdrawn", status_code=303)


@post(f"{PAGE}/people/{{mentor_id:uuid}}", guards=[signed_in])
async def change_person(
    organisation_id: FromPath[UUID],
    mentor_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Say yes or no to who asked, remove somebody or leave, or make somebody an owner."""
    action, actor = (await request.form()).get("action"), request.user
    done = {"accept": "accepted", "decline": "removed", "remove": "removed", "owner": "owner"}.get(
        str(action)
    )
    if done is None:
        raise MalformedInput
    try:
        async with session.begin_nested():
            if action in {"accept", "decline"}:
                accept = action == "accept"
                await people.answer_asking(session, actor, organisation_id, mentor_id, accept=accept)
            elif action == "remove":
                await people.remove(session, actor, organisation_id, mentor_id)
            else:
                await people.make_owner(session, actor, organisation_id, mentor_id)
    except Conflict as error:
        return await _people(request, session, pages, organisation_id, error=error)
    if action == "remove" and mentor_id == actor.account_id:
        return Redirect("/mentors/me?done=left", status_code=303)
    return Redirect(f"/organisations/{organisation_id}/people?done={done}", status_code=303)


router = Router(
    path="/",
    route_handlers=[
        organisations_page,
        organisation_page,
        edit_page,
        change_organisation,
        people_page,
        invite,
        withdraw_invitation,
        change_person,
    ],
    include_in_schema=False,
)
