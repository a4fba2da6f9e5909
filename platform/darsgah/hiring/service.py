"""A learner's profile, opened and closed by themselves alone; who sees it is kept, and shown to them."""

import re
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.briefs import project_cards
from darsgah.briefs.lifecycle import Stage
from darsgah.credentials.cards import public_cards
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.hiring import queries
from darsgah.hiring.errors import ProfileChanged
from darsgah.hiring.models import HiringProfile, HiringView
from darsgah.hiring.schemas import (
    HiringProfileChange,
    OpenProfile,
    OwnProfile,
    ProfileLine,
    ProfileList,
    ProjectLine,
    SeenBy,
    SeenList,
)
from darsgah.organisations import service as organisations
from darsgah.teams import service as teams
from darsgah.ui.language import Message

PAGE: Final = 50
MOST_PROJECTS: Final = 50
_NO_SKILL: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
"""Signs that no skill has, and that the database takes in no text."""
_HIDDEN: Final = frozenset({Stage.CANCELLED, Stage.WITHDRAWN, Stage.EXPIRED})


async def own_profile(session: AsyncSession, actor: Actor) -> OwnProfile:
    """The actor's own profile; closed and empty before they wrote one."""
    row = await queries.own(session, actor.account_id) or HiringProfile(account_id=actor.account_id)
    return OwnProfile(
        row.is_open,
        row.headline,
        row.about,
        tuple(row.skills),
        await _projects(session, actor.account_id, set(row.projects)),
        await public_cards(session, actor.account_id),
        row.version,
    )


async def change(session: AsyncSession, actor: Actor, wanted: HiringProfileChange) -> OwnProfile:
    """Write, open or close the actor's profile. Once this commits, nobody sees a closed one.

    Raises:
        ProfileChanged: it is not the version that was read any more.
        MalformedInput: it is to be open and says nothing.
    """
    if wanted.is_open and not wanted.headline.strip():
        raise MalformedInput(fields={"headline": Message("Say in a line what you look for or can do.")})
    row = await queries.own_for_update(session, actor.account_id)
    if row.version != wanted.version:
        raise ProfileChanged(version=row.version)
    own = {line.id for line in await _projects(session, actor.account_id, set())}
    row.is_open = wanted.is_open
    row.headline, row.about = wanted.headline.strip(), wanted.about.strip()
    row.skills = list(dict.fromkeys(skill.strip() for skill in wanted.skills if skill.strip()))
    row.projects = [str(one) for one in dict.fromkeys(wanted.projects) if one in own]
    row.version += 1
    row.changed_at = now()
    await session.flush()
    return await own_profile(session, actor)


async def close(session: AsyncSession, actor: Actor) -> None:
    """Close the actor's profile, whatever was changed meanwhile; closing it twice changes nothing."""
    row = await queries.own_for_update(session, actor.account_id)
    if row.is_open:
        row.is_open, row.changed_at = False, now()
        row.version += 1


async def seen_by(session: AsyncSession, actor: Actor, after: UUID | None = None) -> SeenList:
    """Who saw the actor's profile, newest first, ``PAGE`` at a time."""
    row = await queries.own(session, actor.account_id)
    rows = await queries.views(session, row.id, after, PAGE + 1) if row else []
    shown = rows[:PAGE]
    named = await organisations.organisations_by_id(session, {view.organisation_id for view in shown})
    names = await accounts.display_names(session, [view.viewer_id for view in shown])
    views = tuple(
        SeenBy(
            view.id,
            view.organisation_id,
            named[view.organisation_id].name,
            names.get(view.viewer_id, ""),
            view.at,
        )
        for view in shown
    )
    return SeenList(views, shown[-1].id if len(rows) > PAGE else None)


async def profiles(
    session: AsyncSession, actor: Actor, *, skill: str = "", after: UUID | None = None
) -> ProfileList:
    """The open profiles, for who acts for a verified organisation; without names.

    Raises:
        NotFound: the actor does not.
    """
    organisation_id = await acting_for(session, actor)
    if _NO_SKILL.search(skill):
        return ProfileList((), None)
    rows = await queries.list_opened(
        session, organisation_id, skill=skill.strip(), after=after, limit=PAGE + 1
    )
    shown = rows[:PAGE]
    lines = tuple(ProfileLine(row.id, row.headline, tuple(row.skills)) for row in shown)
    return ProfileList(lines, shown[-1].id if len(rows) > PAGE else None)


async def see(session: AsyncSession, actor: Actor, profile_id: UUID) -> tuple[OpenProfile, UUID]:
    """An open profile, and for which organisation the actor sees it.

    That it was seen is written in the same transaction, and shown to its learner.

    Raises:
        NotFound: it is closed or hidden from the organisation, there is none, or the actor acts for none.
    """
    row, organisation_id = await open_to(session, actor, profile_id)
    session.add(HiringView(profile_id=row.id, organisation_id=organisation_id, viewer_id=actor.account_id))
    await session.flush()
    names = await accounts.display_names(session, [row.account_id])
    shown = set(row.projects)
    lines = await _projects(session, row.account_id, shown)
    view = OpenProfile(
        row.id,
        names.get(row.account_id, ""),
        row.headline,
        row.about,
        tuple(row.skills),
        tuple(line for line in lines if line.shown),
        await public_cards(session, row.account_id),
        (),
    )
    return view, organisation_id


async def open_to(session: AsyncSession, actor: Actor, profile_id: UUID) -> tuple[HiringProfile, UUID]:
    """A profile that is open, and the organisation that the actor acts for; it is not noted as seen.

    Raises:
        NotFound: as for ``see``.
    """
    organisation_id = await acting_for(session, actor)
    row = await queries.opened(session, profile_id, organisation_id)
    if row is None or row.account_id == actor.account_id:
        raise NotFound
    return row, organisation_id


async def acting_for(session: AsyncSession, actor: Actor) -> UUID:
    """The verified organisation that the actor acts for.

    Raises:
        NotFound: they do not.
    """
    standing = await organisations.standing(session, actor.account_id)
    if standing is None or not standing.may_act or standing.organisation_id is None:
        raise NotFound
    return standing.organisation_id


async def _projects(session: AsyncSession, account_id: UUID, shown: set[str]) -> tuple[ProjectLine, ...]:
    """The projects that somebody is or was in with a team, newest first."""
    ids = (await teams.team_ids_of(session, [account_id])).get(account_id, frozenset())
    cards = [
        card
        for card in await project_cards.of_teams(session, ids, MOST_PROJECTS)
        if card.stage not in _HIDDEN
    ]
    wanted = {card.organisation_id for card in cards if card.organisation_id is not None}
    named = await organisations.organisations_by_id(session, wanted)
    return tuple(
        ProjectLine(
            card.id,
            card.title,
            card.title_ur,
            named[card.organisation_id].name if card.organisation_id else "",
            card.stage.value,
            card.starts_on.isoformat(),
            card.ends_on.isoformat(),
            str(card.id) in shown,
        )
        for card in cards
    )
