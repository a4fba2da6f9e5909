"""Both sides evaluate unseen, levels are confirmed, credentials follow, disputes are the hub's."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.briefs import moving, project_cards
from darsgah.briefs.errors import BriefChanged, MoveNotAllowed, ReasonMissing
from darsgah.briefs.lifecycle import Stage
from darsgah.briefs.models import Project
from darsgah.credentials import service as credentials
from darsgah.credentials.issuing import Issuing
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.evaluations import claims, disputes, rubrics, service
from darsgah.evaluations.errors import (
    AlreadyOpen,
    ClaimDecided,
    ClaimsWaiting,
    ClaimWaiting,
    NotBeingEvaluated,
    NothingEvaluated,
    RubricChanged,
    StillHidden,
)
from darsgah.evaluations.models import EvaluationRound
from darsgah.evaluations.schemas import (
    ClaimDecision,
    Confirmation,
    Criterion,
    Ending,
    NewClaim,
    NewEvaluation,
    NewRubric,
    Outcome,
    Side,
)
from darsgah.organisations.models import OrganisationMember
from darsgah.projects.errors import NotYourPart
from darsgah.settings import Settings
from darsgah.teams.models import Team
from tests.network import Platform
from tests.projects.rooms import Match, build_match, open_room
from tests.statements import statements

LINKS = ["https://example.org/measured"]
WORK, MENTORSHIP = NewEvaluation([5, 4, 3, 5, 4, 5], "Well **done**."), NewEvaluation([4, 5, 4, 5, 5])


@pytest.fixture
async def match(session: AsyncSession) -> Match:
    """A project whose final result is submitted."""
    found = await build_match(session)
    await open_room(session, found)
    await moving.move_project(session, found.amna, found.id, "submit_final")
    return found


@pytest.fixture
def issuing(tmp_path: Path) -> Issuing:
    """A platform with keys of its own."""
    return Issuing.of(Settings(home=tmp_path))


async def stage(session: AsyncSession, match: Match) -> tuple[Stage, int]:
    card = await project_cards.card(session, match.id)
    assert card is not None
    return card.stage, card.version


async def all_evaluate(session: AsyncSession, match: Match) -> None:
    await service.evaluate(session, match.guide, match.id, WORK)
    await service.evaluate(session, match.amna, match.id, MENTORSHIP)
    await service.evaluate(session, match.bilal, match.id, MENTORSHIP)


async def test_neither_side_sees_the_other_before_both_are_in(session: AsyncSession, match: Match) -> None:
    await service.evaluate(session, match.guide, match.id, NewEvaluation([1] * 6, "Too early."))
    await service.evaluate(session, match.guide, match.id, WORK)
    await service.evaluate(session, match.amna, match.id, MENTORSHIP)
    for name in ("amna", "guide", "coordinator"):
        seen = (await service.view(session, match.people[name], match.id)).round
        assert seen is not None
        assert (seen.open, seen.evaluations) == (False, ()), name
        assert seen.given == {Side.MENTOR: 1, Side.TEAM: 1}
    with pytest.raises(StillHidden):
        await service.confirm(
            session, match.coordinator, match.id, Confirmation((await stage(session, match))[1])
        )
    seen = (await service.evaluate(session, match.bilal, match.id, MENTORSHIP)).round
    assert seen is not None
    assert [(one.side, one.mean) for one in seen.evaluations] == [
        (Side.MENTOR, 26 / 6),
        (Side.TEAM, 4.6),
        (Side.TEAM, 4.6),
    ]
    with pytest.raises(AlreadyOpen):
        await service.evaluate(session, match.guide, match.id, WORK)


async def test_after_the_time_what_is_in_is_shown(session: AsyncSession, match: Match) -> None:
    await service.evaluate(session, match.amna, match.id, MENTORSHIP)
    await session.execute(sa.update(EvaluationRound).values(due_at=now() - timedelta(minutes=1)))
    seen = (await service.view(session, match.guide, match.id)).round
    assert seen is not None
    assert [one.side for one in seen.evaluations] == [Side.TEAM]
    with pytest.raises(AlreadyOpen):
        await service.evaluate(session, match.guide, match.id, WORK)
    with pytest.raises(NothingEvaluated):
        await service.confirm(
            session, match.coordinator, match.id, Confirmation((await stage(session, match))[1])
        )


async def test_whose_it_is_and_what_fits(session: AsyncSession, match: Match) -> None:
    for name in ("coordinator", "administrator"):
        with pytest.raises(NotYourPart):
            await service.evaluate(session, match.people[name], match.id, WORK)
    for name in ("stranger", "elsewhere", "other_guide", "auditing"):
        with pytest.raises(NotFound):
            await service.evaluate(session, match.people[name], match.id, WORK)
        with pytest.raises(NotFound):
            await service.view(session, match.people[name], match.id)
    with pytest.raises(MalformedInput):
        await service.evaluate(session, match.amna, match.id, WORK)
    with pytest.raises(NotYourPart):
        await service.confirm(session, match.amna, match.id, Confirmation(1))


async def test_where_the_mentor_is_gone_the_hub_marks_the_work(session: AsyncSession, match: Match) -> None:
    await session.execute(
        sa.update(OrganisationMember)
        .where(sa.column("account_id") == match.guide.account_id)
        .values(state="removed")
    )
    with pytest.raises(NotFound):
        await service.evaluate(session, match.guide, match.id, WORK)
    seen = (await service.evaluate(session, match.coordinator, match.id, WORK)).round
    assert seen is not None
    assert (seen.side, seen.given[Side.MENTOR]) == (Side.MENTOR, 1)


async def test_one_evaluation_of_the_work_counts(
    session: AsyncSession, match: Match, issuing: Issuing
) -> None:
    """The hub marked it while the mentor was away; then the mentor came back and did."""

    async def mentor(state: str) -> None:
        await session.execute(
            sa.update(OrganisationMember)
            .where(sa.column("account_id") == match.guide.account_id)
            .values(state=state)
        )

    await mentor("removed")
    await service.evaluate(session, match.coordinator, match.id, NewEvaluation([2] * 6))
    await mentor("active")
    await service.evaluate(session, match.amna, match.id, MENTORSHIP)
    seen = (await service.evaluate(session, match.bilal, match.id, MENTORSHIP)).round
    assert seen is not None
    assert not seen.open, "the mentor who stands has not evaluated"
    await service.evaluate(session, match.guide, match.id, WORK)
    await mentor("removed")
    done = await service.confirm(
        session, match.coordinator, match.id, Confirmation((await stage(session, match))[1])
    )
    await service.end(session, issuing, match.coordinator, match.id, Ending(done.version, award=True))
    held = await credentials.own_credentials(session, issuing.addresses, match.amna)
    (credential,) = held.credentials
    assert [one.value for one in credential.results] == ["5", "4", "3", "5", "4", "5"]
    assert "Guide of Indus Works" in credential.evidence[0].description


async def test_returned_work_is_evaluated_anew(session: AsyncSession, match: Match) -> None:
    await service.evaluate(session, match.guide, match.id, WORK)
    await moving.move_project(session, match.guide, match.id, "return_final", reason="The report.")
    with pytest.raises(NotBeingEvaluated):
        await service.evaluate(session, match.guide, match.id, WORK)
    await moving.move_project(session, match.amna, match.id, "submit_final")
    seen = (await service.view(session, match.guide, match.id)).round
    assert seen is not None
    assert (seen.given[Side.MENTOR], seen.own) == (0, None)


async def test_levels_are_claimed_with_evidence_and_confirmed(session: AsyncSession, match: Match) -> None:
    with pytest.raises(NotYourPart):
        await claims.claim(session, match.guide, match.id, NewClaim(4, "In our lab.", LINKS))
    (first,) = await claims.claim(session, match.amna, match.id, NewClaim(4, "In our lab.", LINKS))
    with pytest.raises(ClaimWaiting):
        await claims.claim(session, match.bilal, match.id, NewClaim(4, "Again.", LINKS))
    with pytest.raises(NotYourPart):
        await claims.decide(session, match.guide, match.id, first.id, ClaimDecision(confirmed=True))
    with pytest.raises(MalformedInput):
        await claims.decide(session, match.coordinator, match.id, first.id, ClaimDecision(confirmed=False))
    refusal = ClaimDecision(confirmed=False, note="Show the error.")
    await claims.decide(session, match.coordinator, match.id, first.id, refusal)
    with pytest.raises(ClaimDecided):
        await claims.decide(session, match.coordinator, match.id, first.id, ClaimDecision(confirmed=True))
    *_, second = await claims.claim(session, match.amna, match.id, NewClaim(4, "With its error.", LINKS))
    await all_evaluate(session, match)
    with pytest.raises(ClaimsWaiting):
        await service.confirm(
            session, match.coordinator, match.id, Confirmation((await stage(session, match))[1])
        )
    await claims.decide(session, match.coordinator, match.id, second.id, ClaimDecision(confirmed=True))
    assert await claims.reached(session, match.id) == 4


async def test_credentials_follow_a_confirmed_evaluation(
    session: AsyncSession, match: Match, issuing: Issuing
) -> None:
    (claim,) = await claims.claim(session, match.amna, match.id, NewClaim(5, "At the junction.", LINKS))
    await claims.decide(session, match.coordinator, match.id, claim.id, ClaimDecision(confirmed=True))
    await all_evaluate(session, match)
    _, version = await stage(session, match)
    with pytest.raises(BriefChanged):
        await service.confirm(session, match.coordinator, match.id, Confirmation(version - 1))
    done = await service.confirm(session, match.coordinator, match.id, Confirmation(version, "Agreed."))
    assert (done.stage, done.round.trl if done.round else None) == (Stage.EVALUATED, 5)
    with pytest.raises(ReasonMissing):
        await service.end(session, issuing, match.coordinator, match.id, Ending(done.version, award=False))
    ended = await service.end(session, issuing, match.coordinator, match.id, Ending(done.version, award=True))
    assert ended.stage is Stage.CLOSED
    for name in ("amna", "bilal"):
        held = await credentials.own_credentials(session, issuing.addresses, match.people[name])
        (credential,) = held.credentials
        assert credential.achievement.name == "Count cars at a junction"
        assert credential.trl == 5
        assert [one.value for one in credential.results] == ["5", "4", "3", "5", "4", "5"]
    assert not (await credentials.own_credentials(session, issuing.addresses, match.guide)).credentials


async def test_a_hub_writes_its_own_rubric(session: AsyncSession, match: Match) -> None:
    own = NewRubric([Criterion("Use", "فائدہ", "It is used."), Criterion("Care")])
    with pytest.raises(NotFound):
        await rubrics.change(session, match.elsewhere, match.hub_id, Side.MENTOR, own)
    made = await rubrics.change(session, match.administrator, match.hub_id, Side.MENTOR, own)
    assert (made.number, len(made.criteria)) == (1, 2)
    with pytest.raises(RubricChanged):
        await rubrics.change(session, match.administrator, match.hub_id, Side.MENTOR, own)
    await service.evaluate(session, match.guide, match.id, NewEvaluation([5, 4]))
    again = NewRubric([Criterion("Only this")], number=1)
    await rubrics.change(session, match.administrator, match.hub_id, Side.MENTOR, again)
    seen = (await service.view(session, match.guide, match.id)).round
    assert seen is not None
    assert len(seen.criteria[Side.MENTOR]) == 2, "an evaluation that has begun keeps its own"
    twice = NewRubric([Criterion("Same"), Criterion("Same")], number=2)
    with pytest.raises(MalformedInput):
        await rubrics.change(session, match.administrator, match.hub_id, Side.MENTOR, twice)


async def test_two_people_save_a_rubric_on_its_page(platform: Platform) -> None:
    page = f"/hub/rubrics/{platform.network.hub_id}/mentor"
    async with platform.browser("hub_admin") as one, platform.browser("network_admin") as other:
        shown = (await one.get(page)).text
        assert re.search(r'name="name_ur_1"[^>]*\slang="ur"\s+dir="rtl"', shown)
        unnamed = await one.post(page, data={"number": "0", "meaning_ur_2": "نام نہیں"})
        assert unnamed.status_code == 422
        assert "نام نہیں" in unnamed.text
        assert 'id="name_2-error"' in unnamed.text
        first = {"number": "0", "name_1": "Use | care", "name_ur_1": "فائدہ", "name_3": "Craft"}
        assert (await other.post(page, data=first)).status_code == 303
        late = await one.post(page, data={"number": "0", "name_1": "Mine", "meaning_1": "It is mine."})
        assert late.status_code == 409
        for kept in ("Use | care", "Craft", 'value="Mine"', "It is mine.", 'name="number" value="1"'):
            assert kept in late.text, kept
        again = await one.post(page, data={"number": "1", "name_1": "Mine"})
        assert again.status_code == 303
        said = (await one.get(f"/api/v1/hubs/{platform.network.hub_id}/rubrics/mentor")).json()
        assert (said["number"], [one["name"] for one in said["criteria"]]) == (2, ["Mine"])


async def queries_of(session: AsyncSession, match: Match, more: int = 0) -> int:
    """How many the list of disputes takes, with so many disputes more."""
    for number in range(more):
        team = Team(hub_id=match.hub_id, name=f"{number}", purpose="brief", created_by=match.amna.account_id)
        session.add(team)
        await session.flush()
        day = now().date()
        other = Project(brief_id=match.brief_id, hub_id=match.hub_id, team_id=team.id, stage="disputed")
        other.matched_at, other.starts_on, other.ends_on = now(), day, day
        session.add(other)
    await session.flush()
    with statements(session) as made:
        found = await disputes.disputes(session, match.coordinator)
    assert len(found.disputes) == 1 + more
    return len(made)


async def test_a_dispute_is_the_hubs(session: AsyncSession, match: Match) -> None:
    await service.evaluate(session, match.guide, match.id, NewEvaluation([1] * 6, "Nothing works."))
    assert (await disputes.disputes(session, match.coordinator)).disputes == ()
    await moving.move_project(session, match.amna, match.id, "dispute", reason="It does work.")
    for name in ("amna", "guide", "elsewhere"):
        with pytest.raises(NotFound):
            await disputes.dispute(session, match.people[name], match.id)
    assert (await disputes.disputes(session, match.elsewhere)).disputes == ()
    (card,) = (await disputes.disputes(session, match.coordinator)).disputes
    assert card.reason == "It does work."
    assert await queries_of(session, match) == await queries_of(session, match, more=3)
    seen = await disputes.dispute(session, match.coordinator, match.id)
    assert seen.evaluations == (), "what is hidden from the sides is hidden from the hub"
    assert [line.name for line in seen.history][-2:] == ["submit_final", "dispute"]
    goes_on = Outcome(seen.version, goes_on=True, reason="The video shows it.")
    with pytest.raises(MoveNotAllowed):
        await disputes.decide(session, match.coordinator, match.id, goes_on)
    await disputes.decide(session, match.administrator, match.id, goes_on)
    assert (await stage(session, match))[0] is Stage.FINAL_SUBMITTED
    kept = (await service.view(session, match.guide, match.id)).round
    assert kept is not None
    assert kept.own is not None, "the evaluation goes on where it was"
