"""Writing a brief: begin one, save it in any state, prefill one for a mentor, accept it, hand it over."""

import hashlib
import secrets
from enum import StrEnum
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.briefs import queries, telling
from darsgah.briefs.checking import check
from darsgah.briefs.content import COLUMNS, BriefContent, tidied
from darsgah.briefs.errors import BriefChanged, InvitationUsed, NoMentor, NotWritable, NotYours
from darsgah.briefs.gates import unknown
from darsgah.briefs.lifecycle import ENDED, WRITING, Stage, Who
from darsgah.briefs.models import Brief
from darsgah.briefs.moving import Standing, begin_history
from darsgah.briefs.parts import parts, standing_of, today_of
from darsgah.briefs.presenting import finding_views
from darsgah.briefs.reading import content_of
from darsgah.briefs.schemas import MadeInvitation, NewBrief, SavedBrief
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.hubs import service as hubs
from darsgah.organisations import service as organisations
from darsgah.ui.language import Language, Message

logger = structlog.get_logger("darsgah.briefs")


async def begin(session: AsyncSession, actor: Actor, new: NewBrief) -> Standing:
    """Begin a brief: as a mentor, one's own; as a coordinator, one for a mentor to accept.

    Raises:
        NotFound: there is no such hub where the actor mentors or coordinates.
        NoMentor: the actor mentors there and acts for no organisation yet.
    """
    mentors = new.hub_id in actor.hubs(Role.MENTOR)
    coordinates = actor.holds(*queries.COORDINATORS, Role.NETWORK_ADMIN, hub_id=new.hub_id)
    if new.hub_id not in await hubs.hubs_by_id(session, [new.hub_id]) or not (mentors or coordinates):
        raise NotFound
    standing = await standing_of(session, actor.account_id) if mentors else None
    if standing is None and not coordinates:
        raise NoMentor
    brief = Brief(
        hub_id=new.hub_id,
        organisation_id=standing.organisation_id if standing else None,
        mentor_id=actor.account_id if standing else None,
        created_by=actor.account_id,
    )
    session.add(brief)
    await session.flush()
    begin_history(session, brief, actor)
    await _write(session, brief, new.content)
    return Standing(brief.id, Stage(brief.stage), brief.version)


async def save(
    session: AsyncSession,
    actor: Actor,
    brief_id: UUID,
    content: BriefContent,
    language: Language,
    *,
    version: int | None,
) -> SavedBrief:
    """Save the text of a brief, as incomplete as it is.

    Args:
        version: of the text that the changes began from; None writes over whatever is there.

    Raises:
        NotYours, NotWritable, BriefChanged: nothing was saved.
        MalformedInput: a gate names a lab that neither the network nor the hub has, or no unit to be had.
    """
    brief = await writable(session, actor, brief_id)
    if version is not None and version != brief.version:
        raise BriefChanged(version=brief.version)
    await _write(session, brief, content)
    brief.version += 1
    brief.changed_at = now()
    await session.flush()
    written = await content_of(session, brief)
    findings = check(written, today=await today_of(session, brief))
    return SavedBrief(brief.id, brief.version, finding_views(findings, language))


async def writable(session: AsyncSession, actor: Actor, brief_id: UUID) -> Brief:
    """A brief that the actor may write in now, locked.

    Its mentor may; a coordinator of its hub may as long as no mentor has accepted it.

    Raises:
        NotYours, NotWritable: they may not.
    """
    brief = await queries.brief_for_update(session, brief_id)
    held = await parts(session, actor, brief) if brief else frozenset[Who]()
    if brief is None or not held:
        raise NotYours
    if not may_write(brief, held):
        raise NotWritable
    return brief


def may_write(brief: Brief, held: frozenset[Who]) -> bool:
    """Whether somebody who is that to a brief may change its text now."""
    theirs = Who.MENTOR in held or (brief.mentor_id is None and Who.COORDINATOR in held)
    return theirs and Stage(brief.stage) in WRITING


async def invite(
    session: AsyncSession, actor: Actor, brief_id: UUID, mentor_id: UUID | None
) -> MadeInvitation:
    """Make a link with which a mentor accepts a coordinator's brief; the link made before works no more.

    Args:
        mentor_id: somebody to be told of it as well, who acts for an organisation.

    Raises:
        NotYours, NotWritable: it is no brief of the actor's, or it has a mentor.
        NotFound: the one to be told is no mentor.
    """
    brief = await writable(session, actor, brief_id)
    if brief.mentor_id is not None:
        raise InvitationUsed
    token = secrets.token_urlsafe(24)
    brief.invitation = _hash(token)
    link = f"/brief-invitations/{token}"
    if mentor_id is not None:
        if await standing_of(session, mentor_id) is None:
            raise NotFound
        hub = (await hubs.hubs_by_id(session, [brief.hub_id]))[brief.hub_id]
        await telling.tell_invited(session, brief, mentor_id, hub.name, link)
    await session.flush()
    return MadeInvitation(link)


async def invited(session: AsyncSession, token: str) -> Brief:
    """The brief of an invitation's link.

    Raises:
        NotFound: there is none, or it was accepted.
    """
    brief = await queries.invited(session, _hash(token))
    if brief is None or Stage(brief.stage) in ENDED:
        raise NotFound
    return brief


async def accept(session: AsyncSession, actor: Actor, token: str) -> Standing:
    """Take a coordinator's brief as one's own: for the organisation that the actor acts for.

    Raises:
        NotFound: there is no such invitation, or somebody accepted it.
        NoMentor: the actor acts for no organisation.
    """
    standing = await standing_of(session, actor.account_id)
    if standing is None:
        raise NoMentor
    brief = await queries.invited_for_update(session, _hash(token))
    if brief is None or brief.mentor_id is not None or Stage(brief.stage) in ENDED:
        raise NotFound
    brief.mentor_id, brief.organisation_id, brief.invitation = (
        actor.account_id,
        standing.organisation_id,
        None,
    )
    brief.version += 1
    brief.changed_at = now()
    if brief.hub_id not in actor.hubs(Role.MENTOR):
        await hubs.grant(session, actor.account_id, Role.MENTOR, brief.hub_id)
    await session.flush()
    logger.info("brief_accepted", brief=str(brief.id), by=str(actor.account_id))
    return Standing(brief.id, Stage(brief.stage), brief.version)


async def name_mentor(
    session: AsyncSession, actor: Actor, brief_id: UUID, account_id: UUID, *, version: int | None = None
) -> Standing:
    """Name another mentor of the same organisation: by its mentor, or by the hub when they left.

    Raises:
        NotYours: the actor is nothing to the brief.
        BriefChanged: somebody changed it meanwhile.
        MalformedInput: the other one does not act for the organisation.
    """
    brief = await queries.brief_for_update(session, brief_id)
    held = await parts(session, actor, brief) if brief else frozenset[Who]()
    if brief is None or not held & {Who.MENTOR, Who.COORDINATOR} or Stage(brief.stage) in ENDED:
        raise NotYours
    if version is not None and version != brief.version:
        raise BriefChanged(version=brief.version)
    if brief.organisation_id is None:
        raise NoMentor
    others = await organisations.active_mentors(session, brief.organisation_id)
    if account_id not in {one.account_id for one in others}:
        raise MalformedInput(fields={"account_id": Message("This is not one of the choices.")})
    brief.mentor_id = account_id
    brief.version += 1
    brief.changed_at = now()
    await session.flush()
    logger.info("brief_mentor_named", brief=str(brief.id), mentor=str(account_id), by=str(actor.account_id))
    await telling.tell_named(session, brief, actor.account_id)
    return Standing(brief.id, Stage(brief.stage), brief.version)


async def _write(session: AsyncSession, brief: Brief, content: BriefContent) -> None:
    written = tidied(content)
    before = {gate.subject_id for gate in (await content_of(session, brief)).gates}
    new = [gate for gate in written.gates if gate.subject_id not in before]
    if await unknown(session, brief.hub_id, new):
        raise MalformedInput(fields={"gates": Message("This is not one of the choices.")})
    for name in COLUMNS:
        value = getattr(written, name)
        setattr(brief, name, _kept(name, value))
    await queries.replace_gates(session, brief.id, written.gates)


def _kept(name: str, value: object) -> object:
    """A field's value as its column holds it."""
    if name == "milestones":
        return msgspec.to_builtins(value)
    if name == "skills":
        return list(value) if isinstance(value, tuple) else []
    return value.value if isinstance(value, StrEnum) else value


def _hash(token: str) -> bytes:
    """What is kept of an invitation's token: its SHA-256. Whatever was sent has one."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
