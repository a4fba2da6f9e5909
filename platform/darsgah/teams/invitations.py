"""How people come into a team: asked by their e-mail address, or by the team's link."""

import secrets
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.db.columns import now
from darsgah.errors import NotFound
from darsgah.hubs import service as hubs
from darsgah.notices import service as notices
from darsgah.teams import queries
from darsgah.teams.errors import LinkOver, TeamClosed, TooManyInvitations
from darsgah.teams.models import Team, TeamInvitation
from darsgah.teams.schemas import MOST_INVITATIONS, Invited, JoinView, NewInvitation, TeamView
from darsgah.teams.service import come_in, own_team, view


async def invite(session: AsyncSession, actor: Actor, team_id: UUID, new: NewInvitation) -> TeamView:
    """Ask an e-mail address into a team. One that was asked, or whose owner is in it, is not asked again.

    The answer is the same whether the address has an account or not.

    Raises:
        NotFound: the actor is in no such team.
        MalformedInput: it is no address.
        TeamClosed: the team takes nobody in any more.
        TooManyInvitations: as many wait for an answer as may.
    """
    email = accounts.normalise_email(new.email)
    team = await own_team(session, actor, team_id, lock=True)
    if team.closed_at is not None:
        raise TeamClosed
    waiting = await queries.waiting_of_teams(session, [team_id])
    if email not in {one.email for one in waiting}:
        if len(waiting) >= MOST_INVITATIONS:
            raise TooManyInvitations(most=MOST_INVITATIONS)
        session.add(TeamInvitation(team_id=team_id, email=email, invited_by=actor.account_id))
        await session.flush()
        if invited := await accounts.account_named(session, email):
            told = {"person": actor.display_name, "team": team.name}
            await notices.tell(session, [invited.id], "team_invitation", told, "/teams")
    return await view(session, actor, team_id)


async def withdraw(session: AsyncSession, actor: Actor, team_id: UUID, invitation_id: UUID) -> TeamView:
    """Take an invitation back.

    Raises:
        NotFound: the actor is in no such team, or it has no such invitation waiting.
    """
    await own_team(session, actor, team_id, lock=True)
    row = await queries.invitation(session, invitation_id)
    if row is None or row.team_id != team_id:
        raise NotFound
    row.state, row.answered_at = "withdrawn", now()
    await session.flush()
    return await view(session, actor, team_id)


async def waiting(session: AsyncSession, actor: Actor) -> tuple[Invited, ...]:
    """The invitations that wait for the actor's answer, newest first."""
    account = await accounts.profile(session, actor.account_id)
    rows = await queries.waiting_for(session, account.email)
    names = await accounts.display_names(session, list({row.invited_by for row, _ in rows}))
    places = await hubs.hubs_by_id(session, {team.hub_id for _, team in rows})
    return tuple(
        Invited(
            id=row.id,
            team_id=team.id,
            team_name=team.name,
            hub_name=places[team.hub_id].name,
            hub_name_ur=places[team.hub_id].name_ur,
            invited_by=names.get(row.invited_by, ""),
            invited_at=row.invited_at,
        )
        for row, team in rows
    )


async def answer(session: AsyncSession, actor: Actor, invitation_id: UUID, *, accept: bool) -> UUID:
    """Come into a team that asked, or decline; returns the team's id.

    Raises:
        NotFound: no such invitation waits for the actor.
        TeamClosed, TeamFull, TooManyTeams: the actor is not in it, and the invitation still waits.
    """
    account = await accounts.profile(session, actor.account_id)
    row = await queries.invitation(session, invitation_id)
    if row is None or row.email != account.email:
        raise NotFound
    team = await _locked(session, row.team_id)
    await session.refresh(row)
    if row.state != "waiting":
        raise NotFound
    if accept:
        await come_in(session, team, actor)
    row.state, row.answered_at = "accepted" if accept else "declined", now()
    await session.flush()
    return row.team_id


async def new_link(session: AsyncSession, actor: Actor, team_id: UUID) -> TeamView:
    """Give a team a link, in place of the one it had.

    Raises:
        NotFound: the actor is in no such team.
        TeamClosed: the team takes nobody in any more.
    """
    team = await own_team(session, actor, team_id, lock=True)
    if team.closed_at is not None:
        raise TeamClosed
    team.link_token = secrets.token_urlsafe(16)
    await session.flush()
    return await view(session, actor, team_id)


async def end_link(session: AsyncSession, actor: Actor, team_id: UUID) -> TeamView:
    """Let a team's link be good no more; without one nothing changes.

    Raises:
        NotFound: the actor is in no such team.
    """
    team = await own_team(session, actor, team_id, lock=True)
    team.link_token = None
    await session.flush()
    return await view(session, actor, team_id)


async def behind_link(session: AsyncSession, actor: Actor, token: str) -> JoinView:
    """What a team's link shows to who may come in.

    Raises:
        LinkOver: no team has that link now.
    """
    team = await queries.by_token(session, token)
    if team is None:
        raise LinkOver
    hub = (await hubs.hubs_by_id(session, [team.hub_id]))[team.hub_id]
    present = await queries.present(session, [team.id])
    mine = any(member.account_id == actor.account_id for member in present)
    return JoinView(team.id, team.name, hub.name, hub.name_ur, len(present), mine)


async def join(session: AsyncSession, actor: Actor, token: str) -> UUID:
    """Come into a team by its link; returns the team's id. Doing so again changes nothing.

    Raises:
        LinkOver: no team has that link now.
        TeamClosed, TeamFull, TooManyTeams: the actor is not in it.
    """
    found = await queries.by_token(session, token)
    team = await queries.team(session, found.id, lock=True) if found else None
    if team is None or team.link_token != token:
        raise LinkOver
    await come_in(session, team, actor)
    email = (await accounts.profile(session, actor.account_id)).email
    await queries.answer_waiting(session, team.id, email, "accepted", now())
    return team.id


async def _locked(session: AsyncSession, team_id: UUID) -> Team:
    team = await queries.team(session, team_id, lock=True)
    if team is None:
        raise NotFound
    return team
