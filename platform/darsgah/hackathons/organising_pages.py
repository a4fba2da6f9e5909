"""Hackathons as their organisers see them."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.errors import DarsgahError
from darsgah.hackathons import forms, reading, service
from darsgah.hackathons.api import organisers
from darsgah.hackathons.errors import HackathonChanged
from darsgah.hackathons.pages import notices, zone_of
from darsgah.hackathons.schemas import Cancellation, HackathonChange, JudgeRequest, Phase
from darsgah.hubs import service as hubs
from darsgah.hubs.schemas import HubView
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import words_of, wrong
from darsgah.ui.language import Message
from darsgah.ui.templating import Pages

SAID: Mapping[str, Message] = {
    "created": Message("Kept as a draft. Ask judges, read it once more, then publish it."),
    "saved": Message("Saved."),
    "published": Message("Everybody sees it now, and teams can sign up."),
    "cancelled": Message("It is called off, and the teams were told why."),
    "asked": Message("They were asked, and answer on their page."),
    "taken-out": Message("They judge no more."),
    "excluded": Message("The entry was left out, and its team was told why."),
    "dealt": Message("The entries were given to the judges."),
    "results": Message("The results are out. Credentials follow within minutes."),
}
"""What just happened, by the word in the address."""


class StepForm(msgspec.Struct, frozen=True):
    """Which step is taken."""

    action: Annotated[str, msgspec.Meta(pattern=r"\A(publish|deal|results)\Z")]


@get("/hub/hackathons/new", guards=[organisers])
async def new_hackathon_page(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession], pages: NamedDependency[Pages]
) -> Response[str]:
    """A form to set one up."""
    return await _form(request, session, pages)


@post("/hub/hackathons/new", guards=[organisers])
async def create_hackathon(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession], pages: NamedDependency[Pages]
) -> Response[Any]:
    """Set one up and go to it."""
    values = {key: value for key, value in (await request.form()).items() if key != "version"}
    try:
        plan = forms.read(values, _zones(await _hubs(session, request.user)))
        made = await service.create(session, request.user, plan)
    except DarsgahError as error:
        return await _form(request, session, pages, error=error, values=values)
    return Redirect(f"/hub/hackathons/{made.id}?done=created", status_code=303)


@get("/hub/hackathons/{hackathon_id:uuid}/edit", guards=[organisers])
async def edit_page(
    hackathon_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """The same form with what there is."""
    await reading.organised(session, request.user, hackathon_id, lock=False)
    view = await reading.view(session, request.user, hackathon_id)
    return await _form(request, session, pages, hackathon_id=hackathon_id, values=forms.written(view))


@post("/hub/hackathons/{hackathon_id:uuid}/edit", guards=[organisers])
async def change_hackathon(
    hackathon_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Keep what was changed."""
    await reading.organised(session, request.user, hackathon_id, lock=False)
    values = {"version": ""} | dict(await request.form())
    try:
        wanted = forms.read(values, _zones(await _hubs(session, request.user)))
        if isinstance(wanted, HackathonChange):
            await service.change(session, request.user, hackathon_id, wanted)
    except DarsgahError as error:
        return await _form(request, session, pages, hackathon_id=hackathon_id, error=error, values=values)
    return Redirect(f"/hub/hackathons/{hackathon_id}?done=saved", status_code=303)


@get("/hub/hackathons/{hackathon_id:uuid}", guards=[organisers])
async def organising_page(
    hackathon_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Entries, judges, and the next step."""
    return await _organising(request, session, pages, hackathon_id, done=done)


@post("/hub/hackathons/{hackathon_id:uuid}/step", guards=[organisers])
async def take_step(
    hackathon_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Publish it, deal its entries, or publish its results."""
    form = read_form(await request.form(), StepForm)
    said = {"publish": "published", "deal": "dealt", "results": "results"}[form.action]
    try:
        if form.action == "publish":
            await service.publish(session, request.user, hackathon_id)
        elif form.action == "deal":
            await service.deal_entries(session, request.user, hackathon_id)
        else:
            await service.publish_results(session, request.user, hackathon_id)
    except DarsgahError as error:
        return await _organising(request, session, pages, hackathon_id, error=error)
    return Redirect(f"/hub/hackathons/{hackathon_id}?done={said}", status_code=303)


@post("/hub/hackathons/{hackathon_id:uuid}/cancel", guards=[organisers])
async def cancel_hackathon(
    hackathon_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Call it off."""
    values = dict(await request.form())
    try:
        reason = read_form(values, Cancellation).reason
        await service.cancel(session, request.user, hackathon_id, reason)
    except DarsgahError as error:
        return await _organising(request, session, pages, hackathon_id, error=error, values=values)
    return Redirect(f"/hub/hackathons/{hackathon_id}?done=cancelled", status_code=303)


@post("/hub/hackathons/{hackathon_id:uuid}/entries/{entry_id:uuid}/exclude", guards=[organisers])
async def exclude_entry(
    hackathon_id: FromPath[UUID],
    entry_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Leave an entry out."""
    try:
        reason = read_form(await request.form(), Cancellation).reason
        await service.exclude(session, request.user, hackathon_id, entry_id, reason)
    except DarsgahError as error:
        if error.status == 404:
            raise
        return await _organising(request, session, pages, hackathon_id, error=error)
    return Redirect(f"/hub/hackathons/{hackathon_id}?done=excluded#entries", status_code=303)


@post("/hub/hackathons/{hackathon_id:uuid}/judges", guards=[organisers])
async def ask_judge(
    hackathon_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Ask somebody to judge a track."""
    values = dict(await request.form())
    try:
        await service.ask_judge(session, request.user, hackathon_id, read_form(values, JudgeRequest))
    except DarsgahError as error:
        return await _organising(request, session, pages, hackathon_id, error=error, values=values)
    return Redirect(f"/hub/hackathons/{hackathon_id}?done=asked#judges", status_code=303)


@post("/hub/hackathons/{hackathon_id:uuid}/judges/{judge_id:uuid}/take-out", guards=[organisers])
async def take_out_judge(
    hackathon_id: FromPath[UUID],
    judge_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Redirect:
    """Have somebody judge no more."""
    await service.take_out_judge(session, request.user, hackathon_id, judge_id)
    return Redirect(f"/hub/hackathons/{hackathon_id}?done=taken-out#judges", status_code=303)


async def _hubs(session: AsyncSession, actor: Actor) -> list[HubView]:
    """The hubs that somebody organises for."""
    if actor.holds(Role.NETWORK_ADMIN):
        return await hubs.list_hubs(session)
    return list((await hubs.hubs_by_id(session, actor.hubs(Role.HUB_ADMIN))).values())


def _zones(held: list[HubView]) -> dict[str, str]:
    return {str(hub.id): hub.timezone for hub in held}


async def _form(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    *,
    hackathon_id: UUID | None = None,
    error: DarsgahError | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response[str]:
    """The form; an error that says that it is not the actor's is raised by the caller before.

    Where somebody else saved meanwhile, saving again decides: the form then names the present version.
    """
    shown = {key: str(value) for key, value in (values or {}).items()}
    changed = isinstance(error, HackathonChanged)
    if error is not None and changed:
        shown["version"] = str(error.details["version"])
    return pages.respond(
        request,
        "hackathons/form.html",
        status_code=error.status if error else 200,
        hackathon_id=hackathon_id,
        hubs=await _hubs(session, request.user),
        for_network=request.user.holds(Role.NETWORK_ADMIN),
        values=shown,
        changed=changed,
        **wrong(error, pages.language_of(request)),
    )


async def _organising(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    hackathon_id: UUID,
    *,
    done: str = "",
    error: DarsgahError | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response[str]:
    organising = await reading.organising(session, request.user, hackathon_id)
    view = await reading.view(session, request.user, hackathon_id)
    return pages.respond(
        request,
        "hackathons/organising.html",
        status_code=error.status if error else 200,
        zone=zone_of(view),
        notices=notices(done, SAID),
        hackathon=view,
        organising=organising,
        phases=Phase,
        values=words_of(values),
        **wrong(error, pages.language_of(request)),
    )


router = Router(
    path="/",
    route_handlers=[
        new_hackathon_page,
        create_hackathon,
        edit_page,
        change_hackathon,
        organising_page,
        take_step,
        cancel_hackathon,
        exclude_entry,
        ask_judge,
        take_out_judge,
    ],
    include_in_schema=False,
)
