"""Briefs as pages: finding them, the lists of those who write or look after them, and invitations."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.briefs import finding, reviewing, service, wording, writing
from darsgah.briefs.api import administrators, finders, mentors, staff, writers
from darsgah.briefs.content import BriefContent
from darsgah.briefs.forms import ChosenHub, read_wanted
from darsgah.briefs.lifecycle import Stage
from darsgah.briefs.moving import move_brief
from darsgah.briefs.parts import standing_of
from darsgah.briefs.schemas import NewBrief, Threshold
from darsgah.hubs import service as hubs
from darsgah.ui.form_data import read_form
from darsgah.ui.language import Message
from darsgah.ui.templating import Notice, Pages


@get("/briefs", guards=[finders])
async def find_page(
    *,
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """Open briefs, to search, to filter, and to see which gates one meets."""
    wanted, typed, errors = read_wanted(request.query_params)
    found = await finding.find(session, request.user, wanted, after=after)
    return pages.respond(
        request,
        "briefs/found.html",
        found=found,
        typed=typed,
        errors=errors,
        skills=await finding.skills(session),
        hubs=[hub for hub in await hubs.list_hubs(session) if hub.state == "open"],
        query=urlencode({name: value for name, value in typed.items() if value}, errors="replace"),
        paged=after is not None,
        words=wording,
    )


@get("/mentor/briefs", guards=[mentors])
async def own_page(
    *,
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """A mentor's own briefs, and the way to a new one."""
    found = await service.own_briefs(session, request.user, after=after)
    standing = await standing_of(session, request.user.account_id)
    own = request.user.hubs(Role.MENTOR)
    return pages.respond(
        request,
        "briefs/own.html",
        found=found,
        acts=standing is not None,
        verified=standing is not None and standing.may_act,
        hubs=list((await hubs.hubs_by_id(session, own)).values()),
        paged=after is not None,
        words=wording,
    )


@get("/hub/briefs", guards=[staff])
async def hub_page(
    *,
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    stage: FromQuery[Stage | None] = None,
    after: FromQuery[UUID | None] = None,
    done: FromQuery[str] = "",
) -> Response[str]:
    """The briefs of the hubs that somebody looks after, by stage; what waits for a review stands first."""
    actor = request.user
    own = actor.hubs(Role.INSTRUCTOR, Role.HUB_ADMIN)
    every = actor.holds(Role.NETWORK_ADMIN, Role.AUDITOR)
    places = [
        hub for hub in await hubs.list_hubs(session) if hub.state == "open" and (every or hub.id in own)
    ]
    return pages.respond(
        request,
        "briefs/hub.html",
        found=await service.hub_briefs(session, actor, stage, after=after),
        counts=await service.stage_counts(session, actor),
        stage=stage,
        hubs=places,
        thresholds=[
            (hub, await reviewing.threshold(session, hub.id))
            for hub in places
            if actor.holds(Role.HUB_ADMIN, hub_id=hub.id)
        ],
        may_begin=actor.holds(Role.INSTRUCTOR, Role.HUB_ADMIN, Role.NETWORK_ADMIN),
        notices=[Notice(Message("Saved."))] if done == "saved" else [],
        paged=after is not None,
        words=wording,
    )


@post("/hub/briefs/threshold", guards=[administrators])
async def change_threshold(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession], pages: NamedDependency[Pages]
) -> Response[Any]:
    """Set what a hub asks of a review."""
    form = await request.form()
    chosen, wanted = read_form(form, ChosenHub), read_form(form, Threshold)
    await reviewing.change_threshold(session, request.user, chosen.hub_id, wanted)
    return Redirect("/hub/briefs?done=saved", status_code=303)


@post("/briefs", guards=[writers])
async def begin_brief(request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]) -> Redirect:
    """Begin a brief in a hub, and go on writing it."""
    chosen = read_form(await request.form(), ChosenHub)
    made = await writing.begin(session, request.user, NewBrief(chosen.hub_id, BriefContent()))
    return Redirect(f"/briefs/{made.id}/edit", status_code=303)


@get("/brief-invitations/{token:str}", guards=[mentors])
async def invitation_page(
    token: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """A brief that waits for a mentor: everything in it, and one button."""
    found = await service.invited(session, request.user, token)
    return pages.respond(
        request,
        "briefs/invitation.html",
        zone=found.brief.hub_timezone,
        brief=found.brief,
        may_accept=found.may_accept,
        token=token,
        words=wording,
    )


@post("/brief-invitations/{token:str}", guards=[mentors])
async def accept_invitation(
    token: FromPath[str], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Redirect:
    """Accept it, and hand it in at once where that was asked for."""
    form = await request.form()
    accepted = await writing.accept(session, request.user, token)
    if form.get("submit"):
        await move_brief(session, request.user, accepted.id, "submit")
    return Redirect(f"/briefs/{accepted.id}?done=accepted", status_code=303)


router = Router(
    path="/",
    route_handlers=[
        find_page,
        own_page,
        hub_page,
        change_threshold,
        begin_brief,
        invitation_page,
        accept_invitation,
    ],
    include_in_schema=False,
)
