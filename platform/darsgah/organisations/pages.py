"""Becoming a mentor, and a mentor's own place, as pages."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, public, signed_in
from darsgah.accounts import service as accounts
from darsgah.accounts.service import SignInPolicy
from darsgah.accounts.tokens import session_cookie
from darsgah.errors import Conflict, DarsgahError, MalformedInput
from darsgah.hubs import service as hubs
from darsgah.organisations import joining, people, service
from darsgah.organisations.choices import country_choices, zone_choices
from darsgah.organisations.forms import (
    ACCOUNT_FIELDS,
    JOINING_FIELDS,
    MENTOR_FIELDS,
    kept,
    read_joining,
    read_mentor,
    read_organisation,
    read_sign_up,
    read_version,
)
from darsgah.organisations.names import country_name
from darsgah.organisations.schemas import Answer, MentorChange
from darsgah.settings import Settings
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import wrong
from darsgah.ui.language import Message
from darsgah.ui.templating import Notice, Pages

MINE: Final = "/mentors/me"
SAID: Final[Mapping[str, Message]] = {
    "saved": Message("Saved."),
    "welcome": Message("You are signed up as a mentor. Your hub looks at what you wrote and tells you here."),
    "joined": Message("You act for this organisation now."),
    "declined": Message("You declined the invitation."),
    "named": Message("Your organisation was told, or waits to be verified: see below."),
    "left": Message("You left the organisation."),
}
NAMING_FIELDS: Final = ("name", "name_ur", "country", "website", "about")


@get("/mentors/sign-up", guards=[public])
async def sign_up_page(
    request: Request[Actor | None, str | None, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """The form of a new mentor; who is one goes to their place."""
    return await _sign_up_form(request, session, pages, {})


async def _sign_up_form(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    pages: Pages,
    values: Mapping[str, str],
    error: DarsgahError | None = None,
) -> Response[Any]:
    actor: Actor | None = request.user
    if actor and await people.mine(session, actor) is not None:
        return Redirect(MINE)
    place = await people.place_of(session, actor) if actor else None
    open_hubs = [hub for hub in await hubs.list_hubs(session) if hub.state == "open"]
    named = await service.verified_organisations(session)
    language = pages.language_of(request)
    return pages.respond(
        request,
        "organisations/sign_up.html",
        status_code=error.status if error else 200,
        values=values,
        **wrong(error, language),
        hubs=open_hubs,
        place=place,
        known=named.organisations,
        countries=country_choices(language),
        zones=zone_choices(),
    )


@post("/mentors/sign-up", guards=[public])
async def sign_up(
    request: Request[Actor | None, str | None, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Make the account where there is none, and the mentor; then show their place."""
    form = await request.form()
    actor, cookies = request.user, []
    try:
        async with session.begin_nested():
            if actor:
                placed = await people.place_of(session, actor) is not None
                await joining.become_mentor(session, actor, read_joining(form, placed=placed))
            else:
                asked = read_sign_up(form, pages.language_of(request).code)
                account = await joining.sign_up(session, asked)
                lifetime = SignInPolicy.of(settings).lifetime
                started = await accounts.start_session(session, account.id, lifetime=lifetime)
                secure = settings.secure_cookies
                cookies = [session_cookie(started.token, lifetime=lifetime, secure=secure)]
    except (Conflict, MalformedInput) as error:
        values = kept(form, (*ACCOUNT_FIELDS, *JOINING_FIELDS))
        return await _sign_up_form(request, session, pages, values, error)
    return Redirect(f"{MINE}?done=welcome", status_code=303, cookies=cookies)


@get(MINE, guards=[signed_in])
async def my_place(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """A mentor's own place: whether they may act, for whom, who invites them, what they say."""
    notices = [Notice(SAID[done])] if done in SAID else []
    return await _mine(request, session, pages, notices=notices)


async def _mine(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    *,
    notices: list[Notice] | None = None,
    profile: Mapping[str, str] | None = None,
    naming: Mapping[str, str] | None = None,
    error: DarsgahError | None = None,
) -> Response[Any]:
    """The place; ``profile`` and ``naming`` are what was typed into a form that was refused."""
    found = await people.mine(session, request.user)
    invited = await people.received(session, request.user)
    decision = await service.latest_decision(session, mentor_id=request.user.account_id)
    hub = (await hubs.hubs_by_id(session, [found.mentor.hub_id]))[found.mentor.hub_id] if found else None
    if found is None and not invited:
        return Redirect("/mentors/sign-up")
    language = pages.language_of(request)
    refused = wrong(error, language)
    said = profile or (
        kept({name: getattr(found.mentor, name) for name in MENTOR_FIELDS}, MENTOR_FIELDS) if found else {}
    )
    return pages.respond(
        request,
        "organisations/me.html",
        status_code=error.status if error else 200,
        zone=hub.timezone if hub else "UTC",
        notices=notices or [],
        mine=found,
        invited=invited,
        hub=hub,
        decision=decision,
        values=said,
        naming=naming or {},
        profile_errors=refused["errors"] if profile is not None else {},
        naming_errors=refused["errors"] if naming is not None else {},
        error=refused["error"],
        country=country_name(found.mentor.country, language.code) if found else "",
        countries=country_choices(language),
        zones=zone_choices(),
    )


@post(MINE, guards=[signed_in])
async def change_my_profile(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Save what a mentor says of themselves."""
    form = await request.form()
    try:
        async with session.begin_nested():
            change = MentorChange(version=read_version(form), profile=read_mentor(form))
            await service.change_mentor(session, request.user, change)
    except (Conflict, MalformedInput) as error:
        return await _mine(request, session, pages, profile=kept(form, MENTOR_FIELDS), error=error)
    return Redirect(f"{MINE}?done=saved", status_code=303)


@post(f"{MINE}/organisation", guards=[signed_in])
async def name_organisation(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Name the organisation to act for, or found it."""
    form = await request.form()
    try:
        async with session.begin_nested():
            await joining.name_organisation(session, request.user, read_organisation(form))
    except (Conflict, MalformedInput) as error:
        return await _mine(request, session, pages, naming=kept(form, NAMING_FIELDS), error=error)
    return Redirect(f"{MINE}?done=named", status_code=303)


@post(f"{MINE}/invitations/{{invitation_id:uuid}}", guards=[signed_in])
async def answer_invitation(
    invitation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Accept or decline an invitation that one was told of."""
    answer = read_form(await request.form(), Answer)
    try:
        async with session.begin_nested():
            await people.answer_invitation(session, request.user, invitation_id, accept=answer.accept)
            mentor = await people.mine(session, request.user) is not None
    except Conflict as error:
        return await _mine(request, session, pages, error=error)
    done = "joined" if answer.accept else "declined"
    return Redirect(f"{MINE}?done={done}" if mentor else "/mentors/sign-up", status_code=303)


@get("/organisations/invitations/{secret:str}", guards=[public])
async def invitation_page(
    secret: FromPath[str],
    request: Request[Actor | None, str | None, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """What a link of an invitation is about, and a button to accept it for who is signed in."""
    link = await people.invitation_with(session, request.scope.get("user"), secret)
    return pages.respond(
        request, "organisations/invitation.html", invitation=link.invitation, fits=link.fits, secret=secret
    )


@post("/organisations/invitations/{secret:str}", guards=[signed_in])
async def accept_link(
    secret: FromPath[str], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Redirect:
    """Join by a link; who is no mentor yet becomes one next."""
    await people.accept_link(session, request.user, secret)
    mentor = await people.mine(session, request.user) is not None
    return Redirect(f"{MINE}?done=joined" if mentor else "/mentors/sign-up", status_code=303)


router = Router(
    path="/",
    route_handlers=[
        sign_up_page,
        sign_up,
        my_place,
        change_my_profile,
        name_organisation,
        answer_invitation,
        invitation_page,
        accept_link,
    ],
    include_in_schema=False,
)
