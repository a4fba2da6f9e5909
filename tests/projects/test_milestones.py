"""Milestones: what is handed in, by whom it is decided, and the final submission."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import memory_blobs
from darsgah.blobs.stored_file import described, store
from darsgah.briefs.errors import BriefChanged, MoveNotAllowed
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.projects import milestones, service
from darsgah.projects.errors import (
    ChangedInBetween,
    DayOutside,
    FileRefused,
    MilestonesOpen,
    NothingToDecide,
    NotYourPart,
    RoomAtRest,
    SubmittedTooOften,
)
from darsgah.projects.milestones import HandedIn
from darsgah.projects.schemas import Decision, MilestoneChange, MilestoneView, ProjectMove
from tests.projects.rooms import Match, build_match, open_room

LINK = ("https://example.org/report",)


@pytest.fixture
async def match(session: AsyncSession) -> Match:
    """A project at work on its milestones."""
    found = await build_match(session)
    await open_room(session, found)
    return found


async def steps(session: AsyncSession, match: Match) -> tuple[MilestoneView, ...]:
    return (await service.room_view(session, match.amna, match.id)).milestones


async def hand_in(session: AsyncSession, match: Match, number: int = 0, note: str = "") -> int:
    one = (await steps(session, match))[number]
    return await milestones.submit(session, match.amna, match.id, one.id, HandedIn((), LINK, note))


async def test_versions_and_decisions(session: AsyncSession, match: Match) -> None:
    plan = (await steps(session, match))[0]
    assert await hand_in(session, match) == 1
    assert await hand_in(session, match) == 1, "the same sent twice is one submission"
    with pytest.raises(MalformedInput):
        await milestones.decide(session, match.guide, match.id, plan.id, Decision(1, accepted=False))
    await milestones.decide(
        session, match.guide, match.id, plan.id, Decision(1, accepted=False, note="Which?")
    )
    assert await hand_in(session, match) == 2, "the same again after a decision is a new one"
    with pytest.raises(NothingToDecide):
        await milestones.decide(session, match.guide, match.id, plan.id, Decision(1, accepted=True))
    await milestones.decide(session, match.guide, match.id, plan.id, Decision(2, accepted=True))
    page = await milestones.page(session, match.guide, match.id, plan.id)
    assert [(one.number, one.decision) for one in page.submissions] == [(2, "accepted"), (1, "changes_asked")]
    assert page.milestone.state == "accepted"
    with pytest.raises(ChangedInBetween):
        await hand_in(session, match, note="Once more")


async def test_not_without_end(session: AsyncSession, match: Match, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(milestones, "MOST_SUBMISSIONS", 2)
    for number in (1, 2):
        assert await hand_in(session, match, note=str(number)) == number
    assert await hand_in(session, match, note="2") == 2, "a repeat is no other"
    with pytest.raises(SubmittedTooOften):
        await hand_in(session, match, note="3")


async def test_who_does_what(session: AsyncSession, match: Match) -> None:
    plan = (await steps(session, match))[0]
    for name in ("guide", "coordinator"):
        with pytest.raises(NotYourPart):
            await milestones.submit(session, match.people[name], match.id, plan.id, HandedIn((), LINK, ""))
    await hand_in(session, match)
    for name in ("amna", "coordinator"):
        with pytest.raises(NotYourPart):
            await milestones.decide(
                session, match.people[name], match.id, plan.id, Decision(1, accepted=True)
            )
    for name in ("stranger", "other_guide", "elsewhere"):
        with pytest.raises(NotFound):
            await milestones.page(session, match.people[name], match.id, plan.id)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE organisation_member SET state = 'removed' WHERE account_id = :who",
        "UPDATE mentor SET state = 'suspended' WHERE account_id = :who",
        "UPDATE organisation SET state = 'suspended'",
    ],
    ids=["removed", "suspended", "organisation"],
)
async def test_the_hub_takes_over_from_a_mentor_who_no_longer_stands(
    session: AsyncSession, match: Match, change: str
) -> None:
    plan = (await steps(session, match))[0]
    await hand_in(session, match)
    await session.execute(sa.text(change), {"who": match.guide.account_id} if ":who" in change else {})
    with pytest.raises(NotFound):
        await milestones.decide(session, match.guide, match.id, plan.id, Decision(1, accepted=True))
    with pytest.raises(NotFound):
        await service.room_view(session, match.guide, match.id)
    assert not (await service.projects(session, match.guide)).own
    await milestones.decide(session, match.coordinator, match.id, plan.id, Decision(1, accepted=True))
    assert (await service.room_view(session, match.amna, match.id)).mentor is None


async def test_who_left_the_team_sees_nothing(session: AsyncSession, match: Match) -> None:
    await session.execute(
        sa.text("UPDATE team_member SET left_at = now() WHERE account_id = :who"),
        {"who": match.bilal.account_id},
    )
    with pytest.raises(NotFound):
        await service.room_view(session, match.bilal, match.id)


async def test_the_final_submission_comes_once_and_whole(session: AsyncSession, match: Match) -> None:
    version = (await service.room_view(session, match.amna, match.id)).version
    final = ProjectMove("submit_final", version)
    await hand_in(session, match)
    with pytest.raises(MilestonesOpen) as refused:
        await service.move(session, match.amna, match.id, final)
    assert refused.value.details["milestones"] == "Report"
    await hand_in(session, match, 1)
    with pytest.raises(NotYourPart):
        await service.move(session, match.guide, match.id, final)
    with pytest.raises(BriefChanged):
        await service.move(session, match.amna, match.id, ProjectMove("submit_final", version - 1))
    await service.move(session, match.amna, match.id, final)
    with pytest.raises(MoveNotAllowed):
        await service.move(session, match.bilal, match.id, final)
    with pytest.raises(RoomAtRest):
        await hand_in(session, match, note="Late")
    again = ProjectMove("return_final", version + 1, "The data are missing.")
    await service.move(session, match.guide, match.id, again)
    assert await hand_in(session, match, note="With data") == 2


async def test_moves_of_evaluation_are_not_made_here(session: AsyncSession, match: Match) -> None:
    for name in ("evaluate", "credential", "close", "sign_agreements", "nonsense"):
        version = (await service.room_view(session, match.coordinator, match.id)).version
        with pytest.raises(MoveNotAllowed):
            await service.move(session, match.coordinator, match.id, ProjectMove(name, version))


async def test_milestones_are_changed_within_the_project(session: AsyncSession, match: Match) -> None:
    plan = (await steps(session, match))[0]
    later = now().date() + timedelta(days=20)
    with pytest.raises(NotYourPart):
        await milestones.change(
            session, match.amna, match.id, plan.id, MilestoneChange("Plan", later, 1, plan.version)
        )
    await milestones.change(
        session, match.guide, match.id, plan.id, MilestoneChange("Plan B", later, 1, plan.version)
    )
    with pytest.raises(ChangedInBetween):
        await milestones.change(
            session, match.guide, match.id, plan.id, MilestoneChange("Plan C", later, 1, plan.version)
        )
    outside = MilestoneChange("More", later + timedelta(days=400))
    with pytest.raises(DayOutside):
        await milestones.change(session, match.coordinator, match.id, None, outside)
    with pytest.raises(MalformedInput) as refused:
        await milestones.change(session, match.guide, match.id, None, MilestoneChange("More", later, 10_000))
    assert refused.value.details["fields"]["hours"].values == {"most": 500}
    await milestones.change(session, match.coordinator, match.id, None, MilestoneChange("More", later))
    assert [one.title for one in await steps(session, match)] == ["Plan B", "Report", "More"]


async def test_files_are_kept_and_saved_by_those_in_the_room(session: AsyncSession, match: Match) -> None:
    blobs = memory_blobs()
    files = await store(blobs, {"report.md": b"# Report"})
    plan = (await steps(session, match))[0]
    await milestones.submit(session, match.amna, match.id, plan.id, HandedIn(files, (), "", after=0))
    other = HandedIn(described({"other.md": b"Other"}), (), "", after=0)
    with pytest.raises(ChangedInBetween):
        await milestones.submit(session, match.bilal, match.id, plan.id, other)
    page = await milestones.page(session, match.guide, match.id, plan.id)
    (file,) = page.submissions[0].deliverables
    assert await milestones.download(session, blobs, match.guide, match.id, file.id) == (
        "report.md",
        b"# Report",
    )
    with pytest.raises(NotFound):
        await milestones.download(session, blobs, match.stranger, match.id, file.id)
    with pytest.raises(FileRefused):
        await milestones.submit(session, match.amna, match.id, plan.id, HandedIn((), (), "Nothing"))
