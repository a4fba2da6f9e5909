"""Agreements: a hub's text in versions, a project's with its brief's choices in it, who accepted which words.

While acceptances are missing, a project goes by the hub's newest text; who accepted an older one accepts
again. With the last acceptance the room opens, and the words stay as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from babel.dates import format_date
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.briefs import moving
from darsgah.briefs.lifecycle import Stage
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.hubs import service as hubs
from darsgah.hubs.schemas import HubView
from darsgah.organisations import service as organisations
from darsgah.projects import milestones, queries
from darsgah.projects.agreement_text import (
    AI_POLICIES,
    IP_CHOICES,
    composed,
    digest,
    missing_places,
    shipped_texts,
    unknown_places,
)
from darsgah.projects.errors import AgreementChanged, AgreementSigned, ChangedInBetween, RoomAtRest
from darsgah.projects.models import AgreementAcceptance, AgreementText, ProjectAgreement
from darsgah.projects.room import Part, Room, enter, names_of
from darsgah.projects.schemas import (
    AgreementTextView,
    AgreementView,
    HubAgreement,
    NewAgreementText,
    Signature,
)
from darsgah.ui.language import Language, Languages, Message, translate

logger = structlog.get_logger("darsgah.projects")


@dataclass(frozen=True, slots=True)
class Words:
    """An agreement in both languages."""

    number: int
    body: str
    body_ur: str

    @property
    def sha256(self) -> str:
        """Names them."""
        return digest(self.body, self.body_ur)


async def agreement(
    session: AsyncSession, languages: Languages, actor: Actor, project_id: UUID
) -> AgreementView:
    """A project's agreement, and whose acceptance is there or missing.

    Raises:
        NotFound: the actor is nothing to the project.
    """
    room = await enter(session, actor, project_id)
    words = await words_of(session, languages, room)
    rows = await queries.acceptances(session, project_id)
    present = await queries.agreement_of(session, project_id, words.sha256)
    valid = [row for row in rows if present and row.agreement_id == present.id]
    earlier = [row for row in rows if row not in valid]
    names = await names_of(session, {row.account_id for row in rows} | room.members)
    signatures = _signatures(room, valid, names)
    mine = any(row.account_id == actor.account_id for row in valid)
    return AgreementView(
        number=words.number,
        body=words.body,
        body_ur=words.body_ur,
        sha256=words.sha256,
        signatures=signatures,
        earlier=tuple(_given(row, names) for row in earlier),
        signed_at=room.signed_at,
        mine=mine,
        may_accept=not mine and _open_to(room),
    )


async def accept(
    session: AsyncSession, languages: Languages, actor: Actor, project_id: UUID, sha256: str
) -> None:
    """Accept a project's agreement; accepting it twice changes nothing. The last one opens the room.

    Raises:
        NotFound: the actor is nothing to the project.
        AgreementChanged: the words are others now.
        AgreementSigned: everybody has accepted, and the actor's acceptance is not needed.
        RoomAtRest: the project has ended or is paused.
    """
    room = await enter(session, actor, project_id, lock=True)
    words = await words_of(session, languages, room)
    if words.sha256 != sha256:
        raise AgreementChanged
    kept = await queries.agreement_of(session, project_id, sha256)
    given = [
        row for row in await queries.acceptances(session, project_id) if kept and row.agreement_id == kept.id
    ]
    if any(row.account_id == actor.account_id for row in given):
        return
    if not _open_to(room):
        raise AgreementSigned if room.signed_at else RoomAtRest
    if kept is None:
        kept = ProjectAgreement(
            hub_id=room.project.hub_id,
            project_id=project_id,
            number=words.number,
            body=words.body,
            body_ur=words.body_ur,
            sha256=sha256,
        )
        session.add(kept)
        await session.flush()
    session.add(
        AgreementAcceptance(
            project_id=project_id, agreement_id=kept.id, account_id=actor.account_id, party=room.part.value
        )
    )
    await session.flush()
    logger.info("agreement_accepted", project=str(project_id), by=str(actor.account_id), sha256=sha256)
    await open_when_complete(session, room, kept.id)


async def open_when_complete(session: AsyncSession, room: Room, agreement_id: UUID) -> bool:
    """Open the room when nobody's acceptance is missing; the caller holds the room's lock.

    A member who leaves before accepting makes it complete as well: then a job of the platform finds it so.
    """
    rows = await queries.acceptances(session, room.project.id)
    valid = [row for row in rows if row.agreement_id == agreement_id]
    if any(one.accepted_at is None for one in _signatures(room, valid, {})):
        return False
    if room.signed_at is not None or room.project.stage is not Stage.MATCHED or room.mentor_id is None:
        return False
    row = await queries.lock_room(session, room.project.id, room.project.hub_id)
    row.agreement_id, row.signed_at = agreement_id, now()
    await session.flush()
    await milestones.copy_from_brief(session, room)
    await moving.move_project(session, None, room.project.id, "sign_agreements")
    return True


async def words_of(session: AsyncSession, languages: Languages, room: Room) -> Words:
    """The words that everybody accepted, or those that are to be accepted now."""
    if room.agreement_id is not None:
        kept = await queries.agreement(session, room.agreement_id)
        assert kept is not None  # noqa: S101 # a foreign key holds it
        return Words(kept.number, kept.body, kept.body_ur)
    text = await queries.newest_text(session, room.project.hub_id)
    number, body, body_ur = (text.number, text.body, text.body_ur) if text else (0, *shipped_texts())
    project = room.project
    known = await organisations.organisations_by_id(
        session, [project.organisation_id] if project.organisation_id else []
    )
    organisation = next((one.name for one in known.values()), "")
    english, urdu = languages["en"], languages["ur"]
    return Words(
        number,
        composed(body, _values(room, organisation, room.hub.name, english)),
        composed(body_ur, _values(room, organisation, room.hub.name_ur, urdu)) if body_ur else "",
    )


async def hub_agreements(session: AsyncSession, actor: Actor) -> tuple[HubAgreement, ...]:
    """The agreements of the hubs that the actor administers."""
    own = actor.hubs(Role.HUB_ADMIN)
    found = [
        hub
        for hub in await hubs.list_hubs(session)
        if hub.id in own or (actor.holds(Role.NETWORK_ADMIN) and hub.state == "open")
    ]
    rows = await queries.texts(session, [hub.id for hub in found])
    names = await names_of(session, {row.made_by for row in rows})
    return tuple(_hub_agreement(hub, [row for row in rows if row.hub_id == hub.id], names) for hub in found)


async def hub_agreement(session: AsyncSession, actor: Actor, hub_id: UUID) -> HubAgreement:
    """One of them.

    Raises:
        NotFound: there is none that the actor administers.
    """
    hub = await _administered(session, actor, hub_id)
    rows = await queries.texts(session, [hub_id])
    return _hub_agreement(hub, rows, await names_of(session, {row.made_by for row in rows}))


async def change_text(
    session: AsyncSession, actor: Actor, hub_id: UUID, new: NewAgreementText
) -> HubAgreement:
    """Add a version of a hub's agreement: projects whose agreement is not signed go by it from now on.

    Raises:
        NotFound: there is no such hub that the actor administers.
        ChangedInBetween: another version came meanwhile.
        MalformedInput: a place is missing, or one is unknown.
    """
    await _administered(session, actor, hub_id)
    fields = {}
    for name, body in (("body", new.body), ("body_ur", new.body_ur)):
        if not body.strip():
            continue
        missing, unknown = missing_places(body), unknown_places(body)
        if missing:
            fields[name] = Message("The text needs the place {place}.", place=f"{{{missing[0]}}}")
        elif unknown:
            fields[name] = Message("There is no place {place}.", place=f"{{{unknown[0]}}}")
    if not new.body.strip():
        fields["body"] = Message("This is needed.")
    if fields:
        raise MalformedInput(fields=fields)
    last = await queries.newest_text(session, hub_id)
    if new.number != (last.number if last else 0):
        raise ChangedInBetween
    try:
        await queries.add_text(session, hub_id, new.body.strip(), new.body_ur.strip(), actor.account_id)
    except IntegrityError as error:
        raise ChangedInBetween from error
    return await hub_agreement(session, actor, hub_id)


async def _administered(session: AsyncSession, actor: Actor, hub_id: UUID) -> HubView:
    hub = (await hubs.hubs_by_id(session, [hub_id])).get(hub_id)
    if hub is None or not actor.holds(Role.HUB_ADMIN, Role.NETWORK_ADMIN, hub_id=hub_id):
        raise NotFound
    return hub


def _hub_agreement(hub: HubView, rows: Sequence[AgreementText], names: Mapping[UUID, str]) -> HubAgreement:
    shipped = AgreementTextView(0, *shipped_texts(), "", None)
    versions = [*(_text_view(row, names.get(row.made_by, "")) for row in rows), shipped]
    return HubAgreement(hub.id, hub.name, hub.name_ur, versions[0], tuple(versions[1:]))


def _text_view(row: AgreementText, by: str) -> AgreementTextView:
    return AgreementTextView(row.number, row.body, row.body_ur, by, row.made_at)


def _open_to(room: Room) -> bool:
    """Whether the reader's acceptance is wanted: before the room opens everybody's, later a new mentor's."""
    if room.signed_at is None:
        return room.project.stage is Stage.MATCHED
    return room.part is Part.MENTOR and not room.resting


def _signatures(
    room: Room, valid: Sequence[AgreementAcceptance], names: dict[UUID, str]
) -> tuple[Signature, ...]:
    """One for each member of the team, the mentor, and the hub; a coordinator who accepted is named."""
    when = {row.account_id: row.accepted_at for row in valid}
    found = [
        Signature(Part.TEAM, member.display_name, member.account_id, when.get(member.account_id))
        for member in room.team.members
    ]
    mentor = room.mentor_id
    found.append(
        Signature(
            Part.MENTOR, names.get(mentor, "") if mentor else "", mentor, when.get(mentor) if mentor else None
        )
    )
    of_hub = [row for row in valid if row.party == Part.HUB.value]
    found += [_given(row, names) for row in of_hub] or [Signature(Part.HUB, "", None, None)]
    return tuple(found)


def _given(row: AgreementAcceptance, names: dict[UUID, str]) -> Signature:
    return Signature(Part(row.party), names.get(row.account_id, ""), row.account_id, row.accepted_at)


def _values(room: Room, organisation: str, hub_name: str, language: Language) -> dict[str, str]:
    project = room.project
    title = project.title_ur if language.code == "ur" and project.title_ur else project.title
    said = project.ai_policy_note.strip()
    policy = translate(AI_POLICIES.get(project.ai_policy, AI_POLICIES[""]), language)
    return {
        "project": title,
        "organisation": organisation,
        "hub": hub_name,
        "starts_on": format_date(project.starts_on, "d MMMM y", locale=language.locale),
        "ends_on": format_date(project.ends_on, "d MMMM y", locale=language.locale),
        "ip_choice": translate(IP_CHOICES.get(project.ip_choice, IP_CHOICES[""]), language),
        "ai_policy": f"{policy} {said}" if said else policy,
        "data_licence": project.data_licence or "-",
    }
