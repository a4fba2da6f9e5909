"""Who acts for an organisation: inviting, accepting, saying yes to who asked, and removing."""

import hashlib
import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.db.columns import now
from darsgah.errors import NotFound, TooMany
from darsgah.notices import service as notices
from darsgah.organisations import queries
from darsgah.organisations.errors import (
    ActsElsewhere,
    InvitationForAnother,
    InvitationOver,
    LastOwner,
    NotNow,
)
from darsgah.organisations.models import Organisation, OrganisationInvitation, OrganisationMember
from darsgah.organisations.schemas import (
    LinkedInvitation,
    MadeOrganisationInvitation,
    MemberRole,
    MemberState,
    MemberView,
    MyMentoring,
    NewOrganisationInvitation,
    OrganisationInvitationView,
    OrganisationView,
    PeopleView,
    ReceivedInvitation,
    VerificationState,
)
from darsgah.organisations.service import (
    mentors_by_id,
    organisation_view,
    organisations_by_id,
    owned,
    standing,
    tell_followers,
    verifies,
)

LASTS: Final = timedelta(days=14)
MOST_WAITING: Final = 50
"""Invitations of one organisation that may wait at once."""


class TooManyInvitations(TooMany):
    """Too many invitations wait already: withdraw some first."""

    code = "too_many_colleagues_asked"


async def people(session: AsyncSession, actor: Actor, organisation_id: UUID) -> PeopleView:
    """Who acts for an organisation; invitations are shown to owners alone.

    Raises:
        NotFound: there is none whose people the actor may see: they are its own, or verify it.
    """
    row = await queries.organisation(session, organisation_id)
    rows = await queries.members(session, organisation_id)
    own = next((member for member in rows if member.account_id == actor.account_id), None)
    inside = own is not None and own.state == MemberState.ACTIVE.value
    if row is None or not (inside or verifies(actor, row.hub_id)):
        raise NotFound
    owns = own is not None and own.role == MemberRole.OWNER.value and inside
    waiting = await queries.invitations(session, now(), organisation_id=organisation_id) if owns else ()
    return PeopleView(
        organisation_view(row),
        tuple(await _member_views(session, list(rows))),
        tuple(map(_invitation_view, waiting)),
        owns or verifies(actor, row.hub_id),
    )


async def mine(session: AsyncSession, actor: Actor) -> MyMentoring | None:
    """What a mentor sees of their own place; None for who is none."""
    found = await standing(session, actor.account_id)
    if found is None:
        return None
    place = (await queries.places(session, [actor.account_id])).get(actor.account_id)
    organisation = None
    if place is not None:
        organisation = (await organisations_by_id(session, [place.organisation_id]))[place.organisation_id]
    return MyMentoring(
        (await mentors_by_id(session, [actor.account_id]))[actor.account_id],
        organisation,
        (await _member_views(session, [place]))[0] if place else None,
        tuple(await received(session, actor)),
        found.may_act,
    )


async def place_of(session: AsyncSession, actor: Actor) -> OrganisationView | None:
    """The organisation that the actor has a place in or has asked, mentor or not."""
    place = (await queries.places(session, [actor.account_id])).get(actor.account_id)
    if place is None:
        return None
    return (await organisations_by_id(session, [place.organisation_id]))[place.organisation_id]


async def _member_views(session: AsyncSession, rows: list[OrganisationMember]) -> list[MemberView]:
    ids = [row.account_id for row in rows]
    names, found = await accounts.display_names(session, ids), await mentors_by_id(session, ids)
    views = []
    for row in rows:
        mentor = found.get(row.account_id)
        views.append(
            MemberView(
                account_id=row.account_id,
                name=names.get(row.account_id, ""),
                role=MemberRole(row.role),
                state=MemberState(row.state),
                headline=mentor.headline if mentor else "",
                country=mentor.country if mentor else "",
                timezone=mentor.timezone if mentor else "",
                mentor_state=mentor.state if mentor else None,
                since=row.changed_at,
            )
        )
    return views


async def invite(
    session: AsyncSession, actor: Actor, organisation_id: UUID, new: NewOrganisationInvitation
) -> MadeOrganisationInvitation:
    """Make a link with which the account of that address may join; where there is one, it is told as well.

    The answer is the same whether there is such an account. The link is in this answer and nowhere else.

    Raises:
        NotFound: there is none that the actor owns.
        MalformedInput: it is no address.
        TooManyInvitations: enough wait.
    """
    row = await owned(session, actor, organisation_id)
    email = accounts.normalise_email(new.email)
    if len(await queries.invitations(session, now(), organisation_id=organisation_id)) >= MOST_WAITING:
        raise TooManyInvitations
    secret = secrets.token_urlsafe(24)
    known = await accounts.account_named(session, email)
    made = OrganisationInvitation(
        organisation_id=row.id,
        email=email,
        account_id=known.id if known else None,
        secret_hash=_hash(secret),
        made_by=actor.account_id,
        expires_at=now() + LASTS,
    )
    session.add(made)
    await session.flush()
    if known is not None:
        told = {"person": actor.display_name, "organisation": row.name}
        await notices.tell(session, [known.id], "organisation_invitation", told, "/mentors/me")
    return MadeOrganisationInvitation(_invitation_view(made), f"/organisations/invitations/{secret}")


async def withdraw_invitation(
    session: AsyncSession, actor: Actor, organisation_id: UUID, invitation_id: UUID
) -> None:
    """Withdraw an invitation that waits.

    Raises:
        NotFound: there is none of an organisation that the actor owns.
    """
    await owned(session, actor, organisation_id)
    made = await queries.invitation(session, invitation_id)
    if made is None or made.organisation_id != organisation_id:
        raise NotFound
    made.ended_at = made.ended_at or now()


async def received(session: AsyncSession, actor: Actor) -> list[ReceivedInvitation]:
    """The invitations that the actor's account was told of and that wait."""
    rows = await queries.invitations(session, now(), account_id=actor.account_id)
    return [await _received(session, row) for row in rows]


async def invitation_with(session: AsyncSession, actor: Actor | None, secret: str) -> LinkedInvitation:
    """The invitation of a link, and whether it is for the account that opens it; None is signed out.

    Raises:
        NotFound: there is none with that secret.
        InvitationOver: it was used, withdrawn or is too old.
    """
    made = await _live(await queries.invitation_with(session, _hash(secret)))
    fits = actor is not None and await _is_for(session, actor, made)
    return LinkedInvitation(await _received(session, made), fits)


async def accept_link(session: AsyncSession, actor: Actor, secret: str) -> UUID:
    """Join by the link of an invitation; returns the organisation's id.

    Raises:
        NotFound, InvitationOver: as for ``invitation_with``.
        InvitationForAnother: the actor's account has another address than the one that was invited.
        ActsElsewhere: the actor acts for another one.
    """
    made = await _live(await queries.invitation_with(session, _hash(secret)))
    if not await _is_for(session, actor, made):
        raise InvitationForAnother
    return await _join(session, actor, made)


async def answer_invitation(
    session: AsyncSession, actor: Actor, invitation_id: UUID, *, accept: bool
) -> UUID:
    """Accept or decline an invitation that the actor's account was told of; returns the organisation's id.

    Raises:
        NotFound: there is none for the actor.
        InvitationOver: it was used, withdrawn or is too old.
        ActsElsewhere: the actor acts for another one.
    """
    made = await queries.invitation(session, invitation_id)
    if made is None or made.account_id != actor.account_id:
        raise NotFound
    made = await _live(made)
    if accept:
        return await _join(session, actor, made)
    made.ended_at = now()
    return made.organisation_id


async def _is_for(session: AsyncSession, actor: Actor, made: OrganisationInvitation) -> bool:
    """Whether the actor's account has the invited address: a link that was passed on opens nothing."""
    own = (await accounts.contacts(session, [actor.account_id])).get(actor.account_id)
    return own is not None and accounts.normalise_email(own.email) == made.email


async def _live(made: OrganisationInvitation | None) -> OrganisationInvitation:
    if made is None:
        raise NotFound
    if made.ended_at is not None or made.expires_at <= now():
        raise InvitationOver
    return made


async def _join(session: AsyncSession, actor: Actor, made: OrganisationInvitation) -> UUID:
    place = (await queries.places(session, [actor.account_id])).get(actor.account_id)
    if place is not None and place.organisation_id != made.organisation_id:
        raise ActsElsewhere
    if place is None or place.state != MemberState.ACTIVE.value:
        await _place(session, made.organisation_id, actor.account_id, by=made.made_by)
    made.ended_at, made.accepted_by = now(), actor.account_id
    row = await queries.organisation(session, made.organisation_id)
    told = {"person": actor.display_name, "organisation": row.name if row else ""}
    whom, link = [made.made_by], f"/organisations/{made.organisation_id}/people"
    await notices.tell(session, whom, "organisation_joined", told, link)
    return made.organisation_id


async def _place(session: AsyncSession, organisation_id: UUID, account_id: UUID, *, by: UUID) -> None:
    """Give somebody an active place as a mentor, for the first time or again."""
    member = await queries.member(session, organisation_id, account_id, lock=True)
    if member is None:
        member = OrganisationMember(organisation_id=organisation_id, account_id=account_id)
        session.add(member)
    elif member.state == MemberState.REMOVED.value:
        member.role = MemberRole.MENTOR.value
    member.state, member.changed_at, member.changed_by = MemberState.ACTIVE.value, now(), by
    try:
        await session.flush()
    except IntegrityError as error:  # they joined another in the same moment
        raise ActsElsewhere from error
    await tell_followers(session, organisation_id, account_id)


async def answer_asking(
    session: AsyncSession, actor: Actor, organisation_id: UUID, account_id: UUID, *, accept: bool
) -> None:
    """Say yes or no to somebody who named the organisation at sign-up.

    Raises:
        NotFound: the actor neither owns nor verifies it, or nobody of that account asked.
        NotNow: that was answered already.
    """
    row = await queries.organisation(session, organisation_id, lock=True)
    if row is None or not await _decides(session, actor, row):
        raise NotFound
    member = await queries.member(session, organisation_id, account_id, lock=True)
    if member is None or member.state == MemberState.REMOVED.value:
        raise NotFound
    if member.state != MemberState.ASKED.value:
        raise NotNow
    if accept:
        await _place(session, organisation_id, account_id, by=actor.account_id)
        return
    await _remove(session, row, member, "organisation_declined", by=actor.account_id)


async def remove(session: AsyncSession, actor: Actor, organisation_id: UUID, account_id: UUID) -> None:
    """End somebody's place: by an owner, by who verifies the organisation, or by themselves.

    Raises:
        NotFound: there is no such place that the actor may end.
        LastOwner: an owner, or the person themselves, would leave it without one.
    """
    row = await queries.organisation(session, organisation_id, lock=True)
    member = await queries.member(session, organisation_id, account_id, lock=True)
    if row is None or member is None or member.state == MemberState.REMOVED.value:
        raise NotFound
    owners = await queries.owners(session, organisation_id)
    decides = verifies(actor, row.hub_id)
    if not decides and actor.account_id not in {*owners, account_id}:
        raise NotFound
    if owners == [account_id] and not decides:
        raise LastOwner
    await _remove(session, row, member, "mentor_removed", by=actor.account_id)


async def _remove(
    session: AsyncSession, row: Organisation, member: OrganisationMember, kind: str, *, by: UUID
) -> None:
    member.state, member.role = MemberState.REMOVED.value, MemberRole.MENTOR.value
    member.changed_at, member.changed_by = now(), by
    await session.flush()
    if by != member.account_id:
        told = {"organisation": row.name}
        await notices.tell(session, [member.account_id], kind, told, "/mentors/me")
    await tell_followers(session, row.id, member.account_id)


async def make_owner(session: AsyncSession, actor: Actor, organisation_id: UUID, account_id: UUID) -> None:
    """Make an active member an owner: by an owner, or by who verifies the organisation.

    Raises:
        NotFound: there is no such member, or the actor may not.
    """
    row = await queries.organisation(session, organisation_id, lock=True)
    member = await queries.member(session, organisation_id, account_id, lock=True)
    if row is None or member is None or member.state != MemberState.ACTIVE.value:
        raise NotFound
    if not await _decides(session, actor, row):
        raise NotFound
    member.role, member.changed_at, member.changed_by = MemberRole.OWNER.value, now(), actor.account_id


async def _decides(session: AsyncSession, actor: Actor, row: Organisation) -> bool:
    """Whether the actor decides who acts for it: an owner, or who verifies it."""
    return verifies(actor, row.hub_id) or actor.account_id in await queries.owners(session, row.id)


async def _received(session: AsyncSession, row: OrganisationInvitation) -> ReceivedInvitation:
    found = await queries.organisation(session, row.organisation_id)
    names = await accounts.display_names(session, [row.made_by])
    name = found.name if found and found.state != VerificationState.REFUSED.value else ""
    return ReceivedInvitation(row.id, row.organisation_id, name, names.get(row.made_by, ""), row.expires_at)


def _invitation_view(row: OrganisationInvitation) -> OrganisationInvitationView:
    return OrganisationInvitationView(row.id, row.email, row.made_at, row.expires_at)


def _hash(secret: str) -> bytes:
    """What is kept of an invitation's secret: its SHA-256."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()
