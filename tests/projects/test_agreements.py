"""Agreements: whose acceptance opens a room, of which words, and that neither changes afterwards."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.errors import MalformedInput, NotFound
from darsgah.notices.models import Notice
from darsgah.organisations.models import OrganisationMember
from darsgah.projects import agreements, meetings, messages, service
from darsgah.projects.errors import (
    AgreementChanged,
    AgreementSigned,
    ChangedInBetween,
    NotAcceptedByYou,
    RoomLocked,
)
from darsgah.projects.schemas import NewAgreementText
from darsgah.ui.richtext import markdown
from tests.projects.rooms import LANGUAGES, Match, accept, build_match, open_room

TEXT = "Ours: {ip_choice} {ai_policy}"


@pytest.fixture
async def match(session: AsyncSession) -> Match:
    """A project just matched."""
    return await build_match(session)


async def test_the_room_opens_with_the_last_acceptance(session: AsyncSession, match: Match) -> None:
    await accept(session, match, "amna", "guide", "coordinator")
    view = await service.room_view(session, match.amna, match.id)
    assert (view.signed_at, view.unsigned, view.project.stage) == (None, 1, "matched")
    with pytest.raises(RoomLocked):
        await messages.send(session, match.amna, match.id, "Hello")
    await accept(session, match, "bilal")
    view = await service.room_view(session, match.amna, match.id)
    assert view.signed_at
    assert view.project.stage == "agreements_signed"
    assert [one.title for one in view.milestones] == ["Plan", "Report"]
    assert view.milestones[-1].due_on == view.project.ends_on
    kept = await agreements.agreement(session, LANGUAGES, match.guide, match.id)
    assert {one.part for one in kept.signatures} == {"team", "mentor", "hub"}
    assert all(one.accepted_at for one in kept.signatures)


async def test_the_briefs_choices_stand_in_it_as_plain_words(session: AsyncSession, match: Match) -> None:
    view = await agreements.agreement(session, LANGUAGES, match.amna, match.id)
    shown = markdown(view.body)
    assert "belongs to the team and the organisation together" in shown
    assert "No *secret* data in any tool." in shown
    assert "<em>secret" not in shown
    assert "CC BY 4.0" in shown
    assert "مشترکہ" in view.body_ur
    assert "{" not in view.body_ur


async def test_another_text_is_accepted_again_until_all_have(session: AsyncSession, match: Match) -> None:
    before = await agreements.agreement(session, LANGUAGES, match.amna, match.id)
    await accept(session, match, "amna")
    await agreements.change_text(session, match.administrator, match.hub_id, NewAgreementText(TEXT))
    with pytest.raises(AgreementChanged):
        await agreements.accept(session, LANGUAGES, match.bilal, match.id, before.sha256)
    view = await agreements.agreement(session, LANGUAGES, match.amna, match.id)
    assert (view.number, view.mine, view.may_accept) == (1, False, True)
    assert [one.name for one in view.earlier] == ["Amna"]
    await open_room(session, match, at_work=False)
    again = NewAgreementText(TEXT + " And more.", number=1)
    await agreements.change_text(session, match.administrator, match.hub_id, again)
    signed = await agreements.agreement(session, LANGUAGES, match.bilal, match.id)
    assert (signed.number, signed.mine) == (1, True)
    with pytest.raises(AgreementSigned):
        await agreements.accept(session, LANGUAGES, match.administrator, match.id, signed.sha256)


async def test_a_hubs_text_needs_its_places(session: AsyncSession, match: Match) -> None:
    for body in (" ", "{ip_choice} alone", TEXT + " {password}"):
        with pytest.raises(MalformedInput):
            await agreements.change_text(session, match.administrator, match.hub_id, NewAgreementText(body))


async def test_two_who_change_the_text_at_once(session: AsyncSession, match: Match) -> None:
    await agreements.change_text(session, match.administrator, match.hub_id, NewAgreementText(TEXT))
    with pytest.raises(ChangedInBetween):
        await agreements.change_text(session, match.administrator, match.hub_id, NewAgreementText(TEXT))
    with pytest.raises(NotFound):
        await agreements.change_text(session, match.elsewhere, match.hub_id, NewAgreementText(TEXT))


async def test_nobody_else_reads_or_accepts(session: AsyncSession, match: Match) -> None:
    view = await agreements.agreement(session, LANGUAGES, match.amna, match.id)
    for name in ("stranger", "other_guide", "elsewhere", "auditing"):
        for attempt in (
            agreements.agreement(session, LANGUAGES, match.people[name], match.id),
            agreements.accept(session, LANGUAGES, match.people[name], match.id, view.sha256),
            service.room_view(session, match.people[name], match.id),
        ):
            with pytest.raises(NotFound):
                await attempt


async def test_what_was_accepted_stays(session: AsyncSession, match: Match) -> None:
    await agreements.change_text(session, match.administrator, match.hub_id, NewAgreementText(TEXT))
    await accept(session, match, "amna")
    for table in ("agreement_text", "project_agreement", "agreement_acceptance"):
        for change in ("UPDATE {} SET id = id", "DELETE FROM {}"):
            with pytest.raises(IntegrityError, match="stays as it is"):
                async with session.begin_nested():
                    await session.execute(sa.text(change.format(table)))


async def test_a_new_mentor_accepts_before_they_act(session: AsyncSession, match: Match) -> None:
    await open_room(session, match)
    await _name(session, match, "other_guide")
    with pytest.raises(NotFound):
        await messages.messages(session, match.guide, match.id)
    from_now = await agreements.agreement(session, LANGUAGES, match.other_guide, match.id)
    assert (from_now.mine, from_now.may_accept) == (False, True)
    for attempt in (
        messages.messages(session, match.other_guide, match.id),
        messages.send(session, match.other_guide, match.id, "Hello"),
        meetings.meetings(session, match.other_guide, match.id),
    ):
        with pytest.raises(NotAcceptedByYou):
            await attempt
    await accept(session, match, "other_guide")
    await messages.send(session, match.other_guide, match.id, "Hello")
    told = await session.execute(sa.select(Notice.account_id).where(Notice.kind == "project_message"))  # type: ignore[call-overload] # SQLModel's columns
    assert match.amna.account_id in set(told.scalars())


async def test_without_a_mentor_the_room_does_not_open(session: AsyncSession, match: Match) -> None:
    await session.execute(
        sa.update(OrganisationMember)
        .where(OrganisationMember.account_id == match.guide.account_id)  # type: ignore[arg-type] # as above
        .values(state="removed")
    )
    await accept(session, match, "amna", "bilal", "coordinator")
    assert (await service.room_view(session, match.amna, match.id)).signed_at is None


async def _name(session: AsyncSession, match: Match, name: str) -> None:
    values: dict[str, Any] = {"who": match.people[name].account_id, "brief": match.brief_id}
    await session.execute(sa.text("UPDATE brief SET mentor_id = :who WHERE id = :brief"), values)
