"""What can be done with teams: found one, see one's own, rename, leave, and what other slices ask of them.

Every change locks the team's row first, so that two people at once never overfill a team or bring an ended
one back. Somebody's teams and invitations are theirs alone: a team that one is not in is answered like none.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.hubs import service as hubs
from darsgah.notices import service as notices
from darsgah.teams import queries
from darsgah.teams.errors import NotYoursToTakeOut, TeamAtWork, TeamClosed, TeamFull, TooManyTeams
from darsgah.teams.models import Team, TeamMember
from darsgah.teams.schemas import (
    MOST_MEMBERS,
    MOST_TEAMS,
    InvitationView,
    Member,
    NewTeam,
    Purpose,
    TeamCard,
    TeamRename,
    TeamView,
)
from darsgah.ui.language import Message


async def found(session: AsyncSession, actor: Actor, new: NewTeam) -> TeamView:
    """Found a team, with the actor as its first member.

    Raises:
        MalformedInput: the name is blank, or the hub is none in which the actor learns.
        TooManyTeams: the actor is in as many as one may be.
    """
    name = checked_name(new.name)
    own = actor.hubs(Role.LEARNER)
    hub_id = new.hub_id or (next(iter(own)) if len(own) == 1 else None)
    if hub_id not in own:
        raise MalformedInput(fields={"hub_id": Message("Choose one of the hubs in which you learn.")})
    await refuse_too_many(session, actor.account_id)
    made = await _make(session, hub_id, name, new.purpose, by=actor.account_id, members=[actor.account_id])
    return await view(session, actor, made.id)


async def view(session: AsyncSession, actor: Actor, team_id: UUID) -> TeamView:
    """One of the actor's teams.

    Raises:
        NotFound: the actor is in no such team.
    """
    return (await _views(session, actor, [await own_team(session, actor, team_id)]))[0]


async def own_teams(session: AsyncSession, actor: Actor) -> tuple[TeamView, ...]:
    """The teams that the actor is in, newest first; ``MOST_TEAMS`` at most."""
    return await _views(session, actor, await queries.teams_of(session, actor.account_id, solo=False))


async def rename(session: AsyncSession, actor: Actor, team_id: UUID, wanted: TeamRename) -> TeamView:
    """Give a team of the actor's another name.

    Raises:
        NotFound: the actor is in no such team.
        MalformedInput: the name is blank.
    """
    team = await own_team(session, actor, team_id, lock=True)
    team.name = checked_name(wanted.name)
    await session.flush()
    return await view(session, actor, team_id)


async def take_out(session: AsyncSession, actor: Actor, team_id: UUID, account_id: UUID) -> None:
    """Leave a team, or take somebody else out of it. With its last member a team ends.

    Raises:
        NotFound: the actor is in no such team, or the other one is not.
        NotYoursToTakeOut: somebody else has been in it longest.
        TeamAtWork: the team has begun its work, and the other one would lose what comes of it.
    """
    team = await own_team(session, actor, team_id, lock=True)
    stay = await queries.stay(session, team_id, account_id)
    if stay is None:
        raise NotFound
    present = await queries.present(session, [team_id])
    if account_id != actor.account_id and present[0].account_id != actor.account_id:
        raise NotYoursToTakeOut
    if account_id != actor.account_id and team.closed_at is not None:
        raise TeamAtWork
    await _part_with(session, team, stay, by=actor.account_id)


async def remove(session: AsyncSession, team_id: UUID, account_id: UUID, *, by: UUID) -> None:
    """Take somebody out of a team for whoever looks after its work; the caller has seen that they may.

    Raises:
        NotFound: there is no such team, or they are not in it.
    """
    team = await queries.team(session, team_id, lock=True)
    stay = await queries.stay(session, team_id, account_id)
    if team is None or stay is None:
        raise NotFound
    await _part_with(session, team, stay, by=by)


async def _part_with(session: AsyncSession, team: Team, stay: TeamMember, *, by: UUID) -> None:
    """End somebody's stay, and the team with its last member; the others are told, and who was taken out."""
    account_id, moment = stay.account_id, now()
    stay.left_at = moment
    present = await queries.present(session, [team.id])
    others = [member.account_id for member in present if member.account_id != account_id]
    if not others:
        team.ended_at, team.link_token = moment, None
        await queries.answer_waiting(session, team.id, None, "withdrawn", moment)
    await session.flush()
    names = await accounts.display_names(session, [account_id])
    told = {"person": names.get(account_id, ""), "team": team.name}
    await notices.tell(session, set(others) - {by}, "team_member_left", told, f"/teams/{team.id}")
    if account_id != by:
        await notices.tell(session, [account_id], "team_taken_out", {"team": team.name}, "/teams")


async def cards(session: AsyncSession, team_ids: Collection[UUID]) -> dict[UUID, TeamCard]:
    """Teams with who is in them now, by id; the caller has seen that its reader may know."""
    rows = await queries.teams(session, team_ids)
    members = await _members(session, [row.id for row in rows])
    return {row.id: _card(row, members.get(row.id, ())) for row in rows}


async def card(session: AsyncSession, team_id: UUID, *, lock: bool = False) -> TeamCard:
    """One team; with ``lock`` nobody comes or leaves before this transaction ends.

    Raises:
        NotFound: there is none.
    """
    row = await queries.team(session, team_id, lock=lock)
    if row is None:
        raise NotFound
    return _card(row, (await _members(session, [team_id])).get(team_id, ()))


async def team_ids_of(session: AsyncSession, account_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The teams that each of some people is in, alone or with others; without those who are in none."""
    found: dict[UUID, frozenset[UUID]] = {}
    for account_id, team_id in await queries.team_ids_of(session, account_ids):
        found[account_id] = found.get(account_id, frozenset()) | {team_id}
    return found


async def solo_team(session: AsyncSession, account_id: UUID, hub_id: UUID, purpose: Purpose) -> UUID:
    """The team that is one person alone in a hub; made when it is first asked for."""
    for row in await queries.teams_of(session, account_id, solo=True):
        if row.hub_id == hub_id and row.purpose == purpose:
            return row.id
    names = await accounts.display_names(session, [account_id])
    made = await _make(
        session, hub_id, names.get(account_id, ""), purpose, by=account_id, members=[account_id], solo=True
    )
    return made.id


async def assemble(
    session: AsyncSession, hub_id: UUID, name: str, account_ids: Sequence[UUID], *, by: UUID
) -> UUID:
    """A team for a brief that staff put together; the caller has seen that all of them learn in the hub.

    Raises:
        MalformedInput: the name is blank.
        TeamFull: more people than a team has.
    """
    if len(account_ids) > MOST_MEMBERS:
        raise TeamFull(most=MOST_MEMBERS)
    made = await _make(session, hub_id, checked_name(name), Purpose.BRIEF, by=by, members=account_ids)
    return made.id


async def close(session: AsyncSession, team_id: UUID) -> None:
    """Let nobody in any more, since the team begins its work; closing twice is no error."""
    team = await queries.team(session, team_id, lock=True)
    if team is None:
        raise NotFound
    if team.closed_at is None:
        team.closed_at, team.link_token = now(), None
        await queries.answer_waiting(session, team_id, None, "withdrawn", now())
    await session.flush()


async def own_team(session: AsyncSession, actor: Actor, team_id: UUID, *, lock: bool = False) -> Team:
    """A team of several that the actor is in.

    Raises:
        NotFound: there is none.
    """
    team = await queries.team(session, team_id, lock=lock)
    if team is None or team.solo or await queries.stay(session, team_id, actor.account_id) is None:
        raise NotFound
    return team


async def come_in(session: AsyncSession, team: Team, actor: Actor) -> None:
    """Make the actor a member; being one already changes nothing. The caller holds the team's lock.

    Raises:
        TeamClosed, TeamFull, TooManyTeams: the actor is not in it.
    """
    present = await queries.present(session, [team.id])
    others = [member.account_id for member in present]
    if actor.account_id in others:
        return
    if team.closed_at is not None or team.ended_at is not None:
        raise TeamClosed
    if len(present) >= MOST_MEMBERS:
        raise TeamFull(most=MOST_MEMBERS)
    await refuse_too_many(session, actor.account_id)
    session.add(TeamMember(team_id=team.id, account_id=actor.account_id))
    await session.flush()
    told = {"person": actor.display_name, "team": team.name}
    await notices.tell(session, others, "team_member_joined", told, f"/teams/{team.id}")


async def refuse_too_many(session: AsyncSession, account_id: UUID) -> None:
    """Returns when somebody may be in one more team.

    Raises:
        TooManyTeams: they are in as many as one may be.
    """
    if len(await queries.teams_of(session, account_id, solo=False)) >= MOST_TEAMS:
        raise TooManyTeams(most=MOST_TEAMS)


def checked_name(name: str) -> str:
    """The name as it is kept.

    Raises:
        MalformedInput: it is blank.
    """
    if not name.strip():
        raise MalformedInput(fields={"name": Message("This is needed.")})
    return name.strip()


async def _make(
    session: AsyncSession,
    hub_id: UUID,
    name: str,
    purpose: Purpose,
    *,
    by: UUID,
    members: Sequence[UUID],
    solo: bool = False,
) -> Team:
    team = Team(hub_id=hub_id, name=name, purpose=purpose.value, solo=solo, created_by=by)
    session.add(team)
    await session.flush()
    session.add_all(TeamMember(team_id=team.id, account_id=account_id) for account_id in members)
    await session.flush()
    return team


async def _members(session: AsyncSession, team_ids: Collection[UUID]) -> dict[UUID, tuple[Member, ...]]:
    rows = await queries.present(session, team_ids)
    names = await accounts.display_names(session, list({row.account_id for row in rows}))
    found: dict[UUID, tuple[Member, ...]] = {}
    for row in rows:
        member = Member(row.account_id, names.get(row.account_id, ""), row.joined_at)
        found[row.team_id] = (*found.get(row.team_id, ()), member)
    return found


def _card(row: Team, members: tuple[Member, ...]) -> TeamCard:
    return TeamCard(
        id=row.id,
        hub_id=row.hub_id,
        name=members[0].display_name if row.solo and members else row.name,
        purpose=Purpose(row.purpose),
        solo=row.solo,
        closed=row.closed_at is not None,
        ended=row.ended_at is not None,
        members=members,
    )


async def _views(session: AsyncSession, actor: Actor, rows: Sequence[Team]) -> tuple[TeamView, ...]:
    ids = [row.id for row in rows]
    members = await _members(session, ids)
    places = await hubs.hubs_by_id(session, {row.hub_id for row in rows})
    waiting = await queries.waiting_of_teams(session, ids)
    names = await accounts.display_names(session, list({row.invited_by for row in waiting}))
    return tuple(
        TeamView(
            id=row.id,
            hub_id=row.hub_id,
            hub_name=places[row.hub_id].name,
            hub_name_ur=places[row.hub_id].name_ur,
            name=row.name,
            purpose=Purpose(row.purpose),
            closed=row.closed_at is not None,
            created_at=row.created_at,
            members=members.get(row.id, ()),
            invitations=tuple(
                InvitationView(one.id, one.email, names.get(one.invited_by, ""), one.invited_at)
                for one in waiting
                if one.team_id == row.id
            ),
            leads=bool(members.get(row.id)) and members[row.id][0].account_id == actor.account_id,
            link_token=row.link_token,
        )
        for row in rows
    )
