"""Units in versions, the labs that show them, and finding people competent: the newest counts."""

from uuid import UUID

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import memory_blobs
from darsgah.catalog import service as catalog
from darsgah.credentials import service as credentials
from darsgah.credentials import tokens
from darsgah.credentials.models import Credential
from darsgah.db.columns import new_id
from darsgah.errors import NotFound
from darsgah.notices import service as notices
from darsgah.ui.language import Languages
from darsgah.units import assessing, service
from darsgah.units.models import UnitAssessment, UnitLab
from darsgah.units.schemas import ChosenLab, Outcome, Show, State, UnitChange
from tests.applications.brief_and_teams import outcome, passes
from tests.credentials.awarding import ISSUING
from tests.network import Network, build_network, package
from tests.units.judging import CODE, CONTENT, judge, lab_of, made


@pytest.fixture
async def network(session: AsyncSession) -> Network:
    """Two hubs with people, rolled back after the test."""
    return await build_network(session, memory_blobs())


async def held(session: AsyncSession, network: Network, unit_id: UUID, name: str = "learner") -> bool:
    """Whether somebody holds the unit."""
    return bool(await service.held(session, [network.people[name].account_id], [unit_id]))


async def test_a_unit_is_written_in_versions(session: AsyncSession, network: Network) -> None:
    admin, unit = network.people["network_admin"], await made(session, network)
    assert (unit.version, unit.state, unit.content.framework_version) == (1, State.OPEN, "2021")
    same = await service.save(session, admin, CODE, UnitChange(unit.content, 1))
    assert same.version == 1
    other = msgspec.structs.replace(unit.content, framework_version="2026", labs=())
    assert (await service.save(session, admin, CODE, UnitChange(other, 1))).version == 2
    late = service.save(session, admin, CODE, UnitChange(unit.content, 1))
    assert await outcome(late) == "unit_changed"
    claims = msgspec.structs.replace(unit.content, level="Accredited by the commission")
    assert await outcome(service.save(session, admin, "X-1", UnitChange(claims, 0))) == "claims_too_much"
    unknown = msgspec.structs.replace(unit.content, labs=(ChosenLab(new_id()),))
    assert await outcome(service.save(session, admin, "X-1", UnitChange(unknown, 0))) == "malformed"
    await judge(session, network, reason="Ten years of work with it")
    for table in (UnitLab, UnitAssessment):
        with pytest.raises(DBAPIError):
            async with session.begin_nested():
                await session.execute(sa.delete(table))


async def test_a_lab_that_names_a_unit_is_its_evidence(session: AsyncSession, network: Network) -> None:
    """Publishing it again says so, though nothing else of it has changed."""
    learner = network.people["learner"]
    unit = await made(session, network, labs=(), share=0.5)
    assert unit.labs == ()
    again = await catalog.publish_lab(session, memory_blobs(), None, package(units=(CODE,)))
    assert again.id == network.lab_version_id
    hubs_own = package(slug="own", digest="b" * 64, units=(CODE,))
    await catalog.publish_lab(session, memory_blobs(), network.other_hub_id, hubs_own)
    (lab,) = (await service.unit(session, learner, CODE)).labs
    assert (lab.lab_id, lab.share, lab.named) == (await lab_of(session, network), 0.5, True)
    assert (lab.reached, lab.link) == (None, f"/assignments/{network.assignment_id}")
    await catalog.publish_lab(session, memory_blobs(), None, package())
    assert (await service.unit(session, learner, CODE)).labs == ()


async def test_who_is_ready_waits_for_an_assessor(session: AsyncSession, network: Network) -> None:
    await made(session, network)
    instructor, learner = network.people["instructor"], network.people["learner"]

    async def listed(show: Show = Show.READY, name: str = "instructor") -> list[tuple[UUID, str]]:
        found = await assessing.candidates(session, network.people[name], network.hub_id, CODE, show)
        return [(one.account_id, one.state.value) for one in found.learners]

    assert await listed() == []
    await passes(session, network, learner, 0.79)
    assert await listed() == []
    await passes(session, network, network.people["classmate"], 0.8)
    waiting = [(network.people["classmate"].account_id, "ready")]
    assert await listed() == await listed(name="auditor") == waiting
    assert dict(await listed(Show.ALL)) == {learner.account_id: "open", waiting[0][0]: "ready"}
    await judge(session, network, account_id=waiting[0][0])
    assert await listed() == []
    assert await listed(Show.ASSESSED) == [(waiting[0][0], "held")]
    for name in ("other_instructor", "learner", "mentor"):
        with pytest.raises(NotFound):
            await listed(name=name)
    with pytest.raises(NotFound):
        await assessing.learner(
            session, instructor, network.hub_id, CODE, network.people["other_learner"].account_id
        )


async def test_the_list_goes_on_from_page_to_page(
    session: AsyncSession, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assessing, "PAGE", 1)
    monkeypatch.setattr(assessing, "_AT_ONCE", 1)
    await made(session, network)
    instructor, seen, after = network.people["instructor"], [], None
    while True:
        page = await assessing.candidates(session, instructor, network.hub_id, CODE, Show.ALL, after=after)
        seen += [one.name for one in page.learners]
        after = page.next_after
        if after is None:
            break
    assert sorted(seen) == ["Classmate", "Learner"]


async def test_competent_brings_a_credential_and_its_reversal_takes_it_back(
    session: AsyncSession, network: Network
) -> None:
    unit, learner = await made(session, network), network.people["learner"]
    await passes(session, network, learner)
    first = await judge(session, network)
    assert (first.outcome, first.prior_learning, first.unit_version) == (Outcome.COMPETENT, False, 1)
    assert [one.met for one in first.criteria] == [True, True]
    assert await held(session, network, unit.id)
    view, token = await credentials.credential(session, ISSUING.addresses, learner, first.credential_id)  # type: ignore[arg-type] # it is awarded
    assert (view.achievement.kind, view.achievement.name) == ("unit", CONTENT.title)
    said = tokens.read(token).payload
    assert said["credentialSubject"]["achievement"]["alignment"][0]["targetFramework"] == "NVQF 2021"
    assert {one["value"] for one in said["credentialSubject"]["result"]} == {"competent", "met"}
    assert said["evidence"][0]["description"] == "100 percent of its points"
    assert "ten minutes" not in token
    again = await judge(session, network)
    assert again.credential_id == first.credential_id

    assert await outcome(judge(session, network, Outcome.NOT_YET)) == "assessment_reason_missing"
    back = await judge(session, network, Outcome.NOT_YET, by="hub_admin", reason="The work was another's.")
    assert back.credential_id is None
    assert not await held(session, network, unit.id)
    view, _ = await credentials.credential(session, ISSUING.addresses, learner, view.id)
    assert view.revoked_reason == "The work was another's."
    found = await service.unit(session, learner, CODE)
    assert (found.state, found.credential_id) == (State.NOT_YET, None)
    assert found.assessment
    assert found.assessment.note
    third = await judge(session, network)
    assert third.credential_id not in {None, first.credential_id}
    history = (await service.own_history(session, learner, CODE)).assessments
    assert [one.id for one in history] == [third.id, back.id, again.id, first.id]
    told = (await notices.notices(session, learner, Languages.load()["en"])).notices
    assert {one.kind for one in told} >= {"unit_competent", "unit_not_yet", "credential_revoked"}


async def test_a_credential_that_the_hub_revoked_counts_no_more(
    session: AsyncSession, network: Network
) -> None:
    unit = await made(session, network, labs=())
    found = await judge(session, network)
    assert found.credential_id
    await credentials.revoke(session, network.people["hub_admin"], found.credential_id, "Because.")
    assert not await held(session, network, unit.id)


async def test_prior_learning_is_recognised_for_a_reason(session: AsyncSession, network: Network) -> None:
    await made(session, network)
    assert await outcome(judge(session, network)) == "assessment_reason_missing"
    found = await judge(session, network, reason="Five years of work, shown in her own code.")
    assert found.prior_learning
    assert found.labs[0].reached is None
    row = (await session.execute(sa.select(Credential))).scalar_one()
    assert "Prior learning" in row.evidence[-1]["description"]


async def test_what_an_assessor_cannot_do(session: AsyncSession, network: Network) -> None:
    unit, learner = await made(session, network, labs=()), network.people["learner"]
    for name in ("other_instructor", "network_admin", "auditor", "learner"):
        with pytest.raises(NotFound):
            await judge(session, network, by=name)
    with pytest.raises(NotFound):
        await judge(session, network, account_id=network.people["outsider"].account_id)
    assert await outcome(judge(session, network, met=(True,))) == "malformed"
    assert await outcome(judge(session, network, met=(True, False))) == "malformed"
    assert await outcome(judge(session, network, note="  ")) == "malformed"
    assert await outcome(judge(session, network, version=2)) == "unit_changed"
    first = await judge(session, network, key="the first time")
    repeated = await judge(session, network, key="the first time", seen=None)
    assert repeated.id == first.id
    other = judge(session, network, Outcome.NOT_YET, key="the first time", reason="No.")
    assert await outcome(other) == "key_used"
    assert await outcome(judge(session, network, seen=None)) == "assessed_meanwhile"
    await service.retire(session, network.people["network_admin"], CODE, wanted=True)
    assert await outcome(judge(session, network)) == "unit_retired"
    assert await held(session, network, unit.id)
    assert [one.code for one in (await service.units(session, learner)).units] == []
    assert [one.code for one in (await service.units(session, learner, held=True)).units] == [CODE]
