"""Teams as pages. A form that is refused comes back with what was typed and what is wrong with it."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role, public
from darsgah.errors import DarsgahError
from darsgah.hubs import service as hubs
from darsgah.settings import Settings
from darsgah.teams import invitations, service
from darsgah.teams.api import learners
from darsgah.teams.schemas import InvitationAnswer, NewInvitation, NewTeam, TeamRename
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import words_of, wrong
from darsgah.ui.language import Message, explain
from darsgah.ui.templating import Notice, Pages

SAID: Mapping[str, Message] = {
    "left": Message("You left the team."),
    "declined": Message("You declined the invitation."),
    "joined": Message("You are in the team."),
    "invited": Message("The invitation waits. Whoever has an account with that address sees it there."),
    "changed": Message("Saved."),
}
"""What just happened, by the word in the address."""


class TakeOutForm(msgspec.Struct, frozen=True):
    """Who is taken out."""

    account_id: UUID


class LinkForm(msgspec.Struct, frozen=True):
    """Whether a link is made or ended."""

    action: Annotated[str, msgspec.Meta(pattern="^(make|end)$")]


@get("/teams", guards=[learners])
async def teams_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """One's teams, the invitations that wait, and a form to found another."""
    return await _teams(request, session, pages, done=done)


@post("/teams", guards=[learners])
async def found_team(
    request: Request[Actor, str, Any], session: NamedDependency[AsyncSession], pages: NamedDependency[Pages]
) -> Response[Any]:
    """Found a team and go to it."""
    values = {key: value for key, value in (await request.form()).items() if value != ""}
    try:
        made = await service.found(session, request.user, read_form(values, NewTeam))
    except DarsgahError as error:
        return await _teams(request, session, pages, error=error, values=values)
    return Redirect(f"/teams/{made.id}", status_code=303)


@post("/team-invitations/{invitation_id:uuid}", guards=[learners])
async def answer_invitation(
    invitation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Come into a team that asked, or decline."""
    form = read_form(await request.form(), InvitationAnswer)
    try:
        team_id = await invitations.answer(session, request.user, invitation_id, accept=form.accept)
    except DarsgahError as error:
        if error.status != 409:
            raise
        return await _teams(request, session, pages, error=error)
    return Redirect(
        f"/teams/{team_id}?done=joined" if form.accept else "/teams?done=declined", status_code=303
    )


@get("/teams/{team_id:uuid}", guards=[learners])
async def team_page(
    *,
    team_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """One team: who is in it, who is asked, and how to change that."""
    return await _team(request, session, settings, pages, team_id, done=done)


@post("/teams/{team_id:uuid}/name", guards=[learners])
async def rename_team(
    team_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Give the team another name."""
    values = dict(await request.form())
    try:
        await service.rename(session, request.user, team_id, read_form(values, TeamRename))
    except DarsgahError as error:
        return await _team(request, session, settings, pages, team_id, error=error, values=values)
    return Redirect(f"/teams/{team_id}?done=changed", status_code=303)


@post("/teams/{team_id:uuid}/invitations", guards=[learners])
async def invite(
    team_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Ask an e-mail address into the team."""
    values = dict(await request.form())
    try:
        await invitations.invite(session, request.user, team_id, read_form(values, NewInvitation))
    except DarsgahError as error:
        return await _team(request, session, settings, pages, team_id, error=error, values=values)
    return Redirect(f"/teams/{team_id}?done=invited", status_code=303)


@post("/teams/{team_id:uuid}/invitations/{invitation_id:uuid}/withdraw", guards=[learners])
async def withdraw_invitation(
    team_id: FromPath[UUID],
    invitation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Redirect:
    """Take an invitation back."""
    await invitations.withdraw(session, request.user, team_id, invitation_id)
    return Redirect(f"/teams/{team_id}?done=changed", status_code=303)


@post("/teams/{team_id:uuid}/link", guards=[learners])
async def change_link(
    team_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Redirect:
    """Make the team's link anew, or end it."""
    form = read_form(await request.form(), LinkForm)
    if form.action == "make":
        await invitations.new_link(session, request.user, team_id)
    else:
        await invitations.end_link(session, request.user, team_id)
    return Redirect(f"/teams/{team_id}#link", status_code=303)


@post("/teams/{team_id:uuid}/take-out", guards=[learners])
async def take_out(
    team_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Redirect:
    """Leave the team, or take somebody out of it."""
    form = read_form(await request.form(), TakeOutForm)
    await service.take_out(session, request.user, team_id, form.account_id)
    left = form.account_id == request.user.account_id
    return Redirect("/teams?done=left" if left else f"/teams/{team_id}?done=changed", status_code=303)


# Whoever is sent a link may have to sign in first, and then comes back here.
@get("/teams/join/{token:str}", guards=[public])
async def join_page(
    token: FromPath[str],
    request: Request[Actor | None, str | None, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """What a team's link shows: the team, and a button to come in."""
    if request.user is None:
        return Redirect(f"/sign-in?next={request.scope['path']}")
    return await _join(request, session, pages, request.user, token)


@post("/teams/join/{token:str}", guards=[learners])
async def join_team(
    token: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Come into the team."""
    try:
        team_id = await invitations.join(session, request.user, token)
    except DarsgahError as error:
        if error.status != 409:
            raise
        return await _join(request, session, pages, request.user, token, error=error)
    return Redirect(f"/teams/{team_id}?done=joined", status_code=303)


async def _join(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    pages: Pages,
    actor: Actor,
    token: str,
    *,
    error: DarsgahError | None = None,
) -> Response[str]:
    return pages.respond(
        request,
        "teams/join.html",
        status_code=error.status if error else 200,
        team=await invitations.behind_link(session, actor, token),
        may_join=actor.holds(Role.LEARNER),
        error=explain(error, pages.language_of(request)) if error else "",
    )


async def _teams(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    *,
    done: str = "",
    error: DarsgahError | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response[str]:
    own = request.user.hubs(Role.LEARNER)
    return pages.respond(
        request,
        "teams/teams.html",
        status_code=error.status if error else 200,
        notices=_notices(done),
        teams=await service.own_teams(session, request.user),
        invitations=await invitations.waiting(session, request.user),
        hubs=list((await hubs.hubs_by_id(session, own)).values()),
        values=words_of(values),
        **wrong(error, pages.language_of(request)),
    )


async def _team(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    settings: Settings,
    pages: Pages,
    team_id: UUID,
    *,
    done: str = "",
    error: DarsgahError | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response[str]:
    """The team's page; an error that says that it is not the actor's is raised again by reading it."""
    address = (settings.public_url or str(request.base_url)).rstrip("/")
    return pages.respond(
        request,
        "teams/team.html",
        status_code=error.status if error else 200,
        notices=_notices(done),
        team=await service.view(session, request.user, team_id),
        address=address,
        me=request.user.account_id,
        values=words_of(values),
        **wrong(error, pages.language_of(request)),
    )


def _notices(done: str) -> list[Notice]:
    return [Notice(SAID[done])] if done in SAID else []


router = Router(
    path="/",
    route_handlers=[
        teams_page,
        found_team,
        answer_invitation,
        team_page,
        rename_team,
        invite,
        withdraw_invitation,
        change_link,
        take_out,
        join_page,
        join_team,
    ],
    include_in_schema=False,
)
