"""Messages of a project: who reads them, and that they stay."""

import asyncio
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.db.session import Database
from darsgah.errors import MalformedInput, NotFound
from darsgah.notices.models import Notice
from darsgah.projects import messages, service
from darsgah.projects.errors import LastOfTeam, NotYourPart
from darsgah.projects.schemas import ProjectMove, TakingOut
from tests.projects.rooms import Match, build_match, open_room


@pytest.fixture
async def match(session: AsyncSession) -> Match:
    """A project whose room is open."""
    found = await build_match(session)
    await open_room(session, found)
    return found


async def test_everybody_in_the_room_reads_and_writes(session: AsyncSession, match: Match) -> None:
    for name in ("amna", "guide", "coordinator", "administrator"):
        await messages.send(session, match.people[name], match.id, f"From {name}")
    page = await messages.messages(session, match.bilal, match.id)
    assert [(one.author, one.part) for one in page.messages] == [
        ("Administrator", "hub"),
        ("Coordinator", "hub"),
        ("Guide", "mentor"),
        ("Amna", "team"),
    ]
    for name in ("stranger", "other_guide", "elsewhere", "auditing"):
        with pytest.raises(NotFound):
            await messages.messages(session, match.people[name], match.id)
        with pytest.raises(NotFound):
            await messages.send(session, match.people[name], match.id, "Let me in")


async def test_messages_stay_and_are_paged(session: AsyncSession, match: Match) -> None:
    for number in range(messages.PAGE + 1):
        await messages.send(session, match.amna, match.id, str(number))
    first = await messages.messages(session, match.amna, match.id)
    rest = await messages.messages(session, match.amna, match.id, before=first.next_before)
    assert [one.body for one in rest.messages] == ["0"]
    told = select_count(match.bilal.account_id)
    assert (await session.execute(told)).scalar_one() == 1, "one notice for messages in a row"
    with pytest.raises(IntegrityError, match="stays as it is"):
        await session.execute(sa.text("UPDATE project_message SET body = 'Never said'"))


def select_count(account_id: object) -> sa.Select[tuple[int]]:
    return sa.select(sa.func.count()).where(
        Notice.kind == "project_message",  # type: ignore[arg-type] # SQLModel's columns
        Notice.account_id == account_id,  # type: ignore[arg-type] # as above
    )


async def test_a_dispute_is_written_about_and_an_end_is_not(session: AsyncSession, match: Match) -> None:
    view = await service.room_view(session, match.amna, match.id)
    await service.move(session, match.amna, match.id, ProjectMove("dispute", view.version, "No answers."))
    await messages.send(session, match.guide, match.id, "I was ill.")
    await service.move(
        session, match.administrator, match.id, ProjectMove("cancel", view.version + 1, "No mentor.")
    )
    with pytest.raises(Exception, match="rests or has ended"):
        await messages.send(session, match.amna, match.id, "Still here")
    assert len((await messages.messages(session, match.amna, match.id)).messages) == 1


async def test_a_form_that_is_sent_twice_is_one_message(database: Database) -> None:
    async with database.begin() as session:
        match = await build_match(session)
        await open_room(session, match)

    async def send(name: str, body: str) -> UUID:
        async with database.begin() as session:
            return (await messages.send(session, match.people[name], match.id, body)).id

    assert len(set(await asyncio.gather(*(send("amna", "Hello") for _ in range(3))))) == 1
    said = {await send(name, body) for name, body in (("bilal", "Hello"), ("amna", "Hello"), ("amna", "Yes"))}
    assert len(said) == 3, "others may say the same, and it may be said again later"


async def test_nothing_is_no_message(session: AsyncSession, match: Match) -> None:
    for body in (" \n ", "\0", ""):
        with pytest.raises(MalformedInput):
            await messages.send(session, match.amna, match.id, body)


async def test_who_the_hub_takes_out_of_the_team_is_gone_and_why_stays(
    session: AsyncSession, match: Match
) -> None:
    wanted = TakingOut(match.bilal.account_id, "Never *answered*.")
    for name in ("amna", "guide"):
        with pytest.raises(NotYourPart):
            await service.take_out(session, match.people[name], match.id, wanted)
    for name in ("stranger", "elsewhere", "auditing"):
        with pytest.raises(NotFound):
            await service.take_out(session, match.people[name], match.id, wanted)
    with pytest.raises(MalformedInput):
        await service.take_out(session, match.coordinator, match.id, TakingOut(wanted.account_id, " "))
    assert (await service.room_view(session, match.coordinator, match.id)).may_take_out
    await service.take_out(session, match.coordinator, match.id, wanted)
    with pytest.raises(NotFound):
        await service.room_view(session, match.bilal, match.id)
    kept = (await messages.messages(session, match.amna, match.id)).messages[0]
    assert kept.author == "Coordinator"
    assert "Bilal is in the team no more." in kept.body
    assert kept.body.endswith("Never *answered*.")
    told = await session.execute(sa.select(Notice.kind).where(Notice.account_id == match.bilal.account_id))
    assert "team_taken_out" in told.scalars().all()
    with pytest.raises(LastOfTeam):
        await service.take_out(session, match.coordinator, match.id, TakingOut(match.amna.account_id, "Too"))
    assert not (await service.room_view(session, match.coordinator, match.id)).may_take_out
