"""A course's credential: by the cohort's rule as soon as its last result is released, and by hand."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import memory_blobs
from darsgah.credentials import completion, service, tasks, tokens
from darsgah.credentials.errors import NotInCohort, RevokedBefore, RuleChanged
from darsgah.credentials.models import Credential
from darsgah.credentials.schemas import HandAward, RuleChange
from darsgah.credentials.tasks import CredentialTasks
from darsgah.db.columns import now
from darsgah.db.session import Database
from darsgah.errors import Forbidden, NotFound
from darsgah.grades import service as grades
from darsgah.submissions.models import Submission
from darsgah_grader.types import Assurance, CellGrade, Grade, SandboxLevel, Verdict
from tests.credentials.awarding import ISSUING
from tests.network import Network, Platform, build_network


@pytest.fixture
async def network(session: AsyncSession) -> Network:
    """Two hubs with people, rolled back after the test."""
    return await build_network(session, memory_blobs())


def grade(score: float, verdict: Verdict = Verdict.PASSED) -> Grade:
    """Of the lab's one question that counts, 5 points."""
    cell = CellGrade("lab", "test", "Test", "code", score, 5.0, verdict, hidden=False)
    return Grade(
        score=score,
        max_score=5.0,
        assurance=Assurance.SPLIT,
        sandbox=SandboxLevel.NAMESPACES,
        cells=(cell,),
    )


async def graded(session: AsyncSession, network: Network, name: str, score: float) -> UUID:
    """Something that somebody handed in, with its grade."""
    account_id = network.people[name].account_id
    made = select_attempts(account_id)
    row = Submission(
        hub_id=network.hub_id,
        cohort_id=network.cohort_id,
        assignment_id=network.assignment_id,
        account_id=account_id,
        attempt=(await session.execute(made)).scalar_one() + 1,
        state="queued",
        received_at=now(),
        sha256="a" * 64,
        size=1,
    )
    session.add(row)
    await session.flush()
    await grades.record(session, submission_id=row.id, hub_id=network.hub_id, grade=grade(score), executed=())
    return row.id


def select_attempts(account_id: UUID) -> sa.Select[tuple[int]]:
    """How often somebody handed in."""
    return sa.select(sa.func.count()).select_from(Submission).where(Submission.account_id == account_id)


async def holders(session: AsyncSession) -> list[UUID]:
    """Who has a credential that counts."""
    found = sa.select(Credential.account_id).where(Credential.revoked_at.is_(None))
    return list((await session.execute(found)).scalars())


async def by_rule(session: AsyncSession, network: Network) -> int:
    """What the job does, in the test's transaction."""
    return await completion.award_when_complete(session, ISSUING, network.cohort_id)


async def test_the_last_result_brings_it(session: AsyncSession, network: Network) -> None:
    await graded(session, network, "learner", 2.9)
    assert await by_rule(session, network) == 0
    await graded(session, network, "learner", 3.0)
    await graded(session, network, "learner", 1.0)
    assert await by_rule(session, network) == 1
    assert await by_rule(session, network) == 0
    assert await holders(session) == [network.people["learner"].account_id]
    (row,) = (await session.execute(sa.select(Credential))).scalars()
    said = tokens.read(row.jwt).payload
    assert said["credentialSubject"]["result"][0]["value"] == "60"
    assert said["evidence"][0]["description"] == "3 of 5 points"
    assert "a" * 64 in said["evidence"][0]["narrative"]
    assert "at least 60 percent" in said["credentialSubject"]["achievement"]["criteria"]["narrative"]


async def test_what_waits_for_a_person_is_not_released(session: AsyncSession, network: Network) -> None:
    submission = await graded(session, network, "learner", 5.0)
    row = await session.get(Submission, submission)
    assert row
    row.state = "needs_review"
    await session.flush()
    assert await by_rule(session, network) == 0


async def test_after_a_revocation_no_rule_gives_it_back(session: AsyncSession, network: Network) -> None:
    await graded(session, network, "learner", 5.0)
    await by_rule(session, network)
    (row,) = (await session.execute(sa.select(Credential))).scalars()
    await service.revoke(session, network.people["hub_admin"], row.id, "It was copied.")
    assert await by_rule(session, network) == 0
    wanted = HandAward(network.people["learner"].account_id)
    instructor = network.people["instructor"]
    with pytest.raises(RevokedBefore):
        await completion.award_by_hand(session, ISSUING, instructor, network.cohort_id, wanted)
    again = HandAward(wanted.account_id, again=True)
    assert await completion.award_by_hand(session, ISSUING, instructor, network.cohort_id, again) != row.id
    view = await completion.cohort_credentials(session, instructor, network.cohort_id)
    assert [(one.passed, one.complete, one.revoked) for one in view.standings if one.credential_id] == [
        (1, True, False)
    ]


async def test_a_rule_of_the_cohorts_own(session: AsyncSession, network: Network) -> None:
    instructor = network.people["instructor"]
    await graded(session, network, "learner", 4.0)
    strict = RuleChange(pass_share=0.9, automatic=True, version=0)
    await completion.change_rule(session, instructor, network.cohort_id, strict)
    assert await by_rule(session, network) == 0
    with pytest.raises(RuleChanged):
        await completion.change_rule(session, instructor, network.cohort_id, strict)
    by_hand = RuleChange(pass_share=0.5, automatic=False, version=1)
    await completion.change_rule(session, instructor, network.cohort_id, by_hand)
    assert await by_rule(session, network) == 0
    by_itself = RuleChange(pass_share=0.8, automatic=True, version=2)
    await completion.change_rule(session, instructor, network.cohort_id, by_itself)
    assert await by_rule(session, network) == 1


async def test_who_awards_by_hand(session: AsyncSession, network: Network) -> None:
    wanted = HandAward(network.people["classmate"].account_id)
    people = network.people
    for who, error in {"auditor": Forbidden, "learner": Forbidden, "other_instructor": NotFound}.items():
        with pytest.raises(error):
            await completion.award_by_hand(session, ISSUING, people[who], network.cohort_id, wanted)
    elsewhere = HandAward(people["outsider"].account_id)
    with pytest.raises(NotInCohort):
        await completion.award_by_hand(session, ISSUING, people["instructor"], network.cohort_id, elsewhere)
    first = await completion.award_by_hand(session, ISSUING, people["instructor"], network.cohort_id, wanted)
    again = await completion.award_by_hand(session, ISSUING, people["hub_admin"], network.cohort_id, wanted)
    assert first == again
    said = tokens.read((await session.get_one(Credential, first)).jwt).payload
    assert said["evidence"][-1]["name"] == "Awarded by an instructor"
    assert "result" not in said["credentialSubject"]


async def test_the_jobs(database: Database) -> None:
    """As a worker runs them, each in a transaction of its own, and again without effect."""
    async with database.begin() as session:
        network = await build_network(session, memory_blobs())
        submission = await graded(session, network, "learner", 5.0)
        waiting = sa.text(
            "SELECT args->>'submission_id' FROM procrastinate_jobs WHERE task_name = 'result_released'"
        )
        assert (await session.execute(waiting)).scalars().all() == [str(submission)]
        await graded(session, network, "classmate", 0.0)
        assert len((await session.execute(waiting)).scalars().all()) == 1, "nothing was earned"
    tasks = CredentialTasks(database, ISSUING)
    for _ in range(2):
        await tasks.after_result(str(submission))
        await tasks.after_rule(str(network.cohort_id))
    await tasks.after_result(str(network.cohort_id))
    async with database.begin() as session:
        assert await holders(session) == [network.people["learner"].account_id]


async def test_many_are_awarded_some_at_a_time(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (completion, tasks):
        monkeypatch.setattr(module, "MOST_AT_ONCE", 1)
    async with database.begin() as session:
        network = await build_network(session, memory_blobs())
        for name in ("learner", "classmate"):
            await graded(session, network, name, 5.0)
        assert await by_rule(session, network) == 1
    await CredentialTasks(database, ISSUING).after_rule(str(network.cohort_id))
    async with database.begin() as session:
        assert len(await holders(session)) == 2


@pytest.fixture
def staffed(platform: Platform) -> tuple[Platform, str]:
    """The application, and the address of the cohort's credentials."""
    return platform, f"/teach/cohorts/{platform.network.cohort_id}/credentials"


async def test_the_page(staffed: tuple[Platform, str]) -> None:
    platform, address = staffed
    async with platform.browser("instructor") as client, platform.browser("auditor") as auditor:
        assert "Award it by hand" in (await client.get(address)).text
        assert "Award it by hand" not in (await auditor.get(address)).text
        odd = await client.post(f"{address}/rule", data={"percent": "a lot", "version": "0"})
        assert odd.status_code == 422
        assert 'value="a lot"' in odd.text
        assert "Write a number from 1 to 100." in odd.text
        saved = await client.post(
            f"{address}/rule", data={"percent": "75%", "version": "0", "automatic": "true"}
        )
        assert saved.status_code == 303
        late = await client.post(f"{address}/rule", data={"percent": "50", "version": "0"})
        assert late.status_code == 409
        assert "Somebody else changed the rule" in late.text
        assert 'value="75"' in (await client.get(address)).text
        learner = str(platform.network.people["learner"].account_id)
        done = await client.post(address, data={"account_id": learner, "again": "false"})
        assert done.status_code == 303
        assert (await client.get(done.headers["location"])).status_code == 200
        assert "Awarded" in (await client.get(address)).text
