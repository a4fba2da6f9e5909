"""Briefs that ask for units: asked anew when somebody looks, applies and is matched."""

from uuid import UUID

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.applications import conditions
from darsgah.applications import service as applications
from darsgah.applications.errors import NotEligible
from darsgah.blobs.store import memory_blobs
from darsgah.briefs import gates, offers, reading, service, wording, writing
from darsgah.briefs.content import Gate, GateRule
from darsgah.briefs.forms import form_values, read_brief
from darsgah.briefs.gate_choices import gate_choices
from darsgah.teams import service as teams
from darsgah.units import service as units
from darsgah.units.schemas import Outcome
from tests.applications.brief_and_teams import ENGLISH, apply, outcome, team_of
from tests.briefs.offering import applying, begun, content, verified_mentor
from tests.network import Network, build_network
from tests.units.judging import CODE, judge, lab_of, made


@pytest.fixture
async def network(session: AsyncSession) -> Network:
    """Two hubs with people, rolled back after the test."""
    return await build_network(session, memory_blobs())


@pytest.fixture
async def mentor(session: AsyncSession, network: Network) -> Actor:
    """A verified mentor of the first hub."""
    return await verified_mentor(session, "banu")


@pytest.fixture
async def unit_id(session: AsyncSession, network: Network) -> UUID:
    """The unit."""
    return (await made(session, network, labs=())).id


async def test_a_learner_sees_it_and_applies_once_found_competent(
    session: AsyncSession, network: Network, mentor: Actor, unit_id: UUID
) -> None:
    learner, classmate = network.people["learner"], network.people["classmate"]
    lab = Gate(await lab_of(session, network), 0.8)
    both = {"gates": (lab, Gate(unit_id=unit_id)), "gate_rule": GateRule.ANY}
    brief_id = await applying(session, mentor, network, **both)
    asked = (await service.view(session, learner, brief_id)).gates
    assert [(one.unit_id, one.met) for one in asked] == [(None, False), (unit_id, False)]
    assert asked[1].link == f"/units/{CODE}"
    people = [learner.account_id, classmate.account_id]
    lacking = await gates.missing(session, brief_id, people)
    assert lacking == dict.fromkeys(people, frozenset({lab.subject_id, unit_id}))

    only = await applying(session, mentor, network, gates=(Gate(unit_id=unit_id),), title="B", team_least=1)
    with pytest.raises(NotEligible):
        await apply(session, learner, only)
    (alone,) = (await applications.apply_view(session, learner, only, ENGLISH)).options
    assert [(one.code, one.link) for one in alone.hindrances] == [("gate", f"/units/{CODE}")]
    await judge(session, network)
    assert (await service.view(session, learner, brief_id)).gates[1].met
    lacking = await gates.missing(session, brief_id, people)
    assert lacking[learner.account_id] == {lab.subject_id}
    await units.retire(session, network.people["network_admin"], CODE, wanted=True)
    assert (await apply(session, learner, only)).state == "open"

    team_id = await team_of(session, "Two", learner, classmate)
    (card,) = (await teams.cards(session, {team_id})).values()
    offer = (await offers.offers(session, [only]))[only]
    lack, *_ = (await conditions.hindrances(session, [(offer, card)], capped=False))[only, team_id]
    assert "Classmate" in str(lack.text.values["people"])
    await judge(session, network, Outcome.NOT_YET, reason="It was another's.")
    lack, *_ = (await conditions.hindrances(session, [(offer, card)], capped=False))[only, team_id]
    assert "Learner" in str(lack.text.values["people"])


async def test_a_mentor_asks_for_it(
    session: AsyncSession, network: Network, mentor: Actor, unit_id: UUID
) -> None:
    brief_id = await begun(session, mentor, network.hub_id)
    typed = read_brief({"gate_subject_1": f"unit:{unit_id}", "gate_share_1": ""}, content())
    assert typed.content.gates == (Gate(unit_id=unit_id),)
    assert form_values(typed.content)["gate_subject_1"] == f"unit:{unit_id}"
    for nonsense in ("unit:", "course:" + str(unit_id), "lab:x", str(unit_id)):
        assert read_brief({"gate_subject_1": nonsense, "gate_share_1": "60"}, content()).errors
    for both in ({}, {"lab_id": str(unit_id), "unit_id": str(unit_id)}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(both, Gate, strict=False)
    none = content(gates=(Gate(unit_id=network.hub_id),))
    refused = writing.save(session, mentor, brief_id, none, ENGLISH, version=None)
    assert await outcome(refused) == "malformed"
    await writing.save(session, mentor, brief_id, typed.content, ENGLISH, version=None)
    await units.retire(session, network.people["network_admin"], CODE, wanted=True)
    await writing.save(session, mentor, brief_id, typed.content, ENGLISH, version=None)
    other = writing.save(
        session, mentor, await begun(session, mentor, network.hub_id), typed.content, ENGLISH, version=None
    )
    assert await outcome(other) == "malformed"
    offered = await gate_choices(session, network.hub_id, typed.content, ENGLISH)
    assert list(offered.units) == [f"unit:{unit_id}"]
    assert (await gate_choices(session, network.hub_id, content(), ENGLISH)).units == {}


def test_rounds_of_before_there_were_units_read_as_they_did() -> None:
    lab_id = "0190a000-0000-7000-8000-000000000001"
    before = {"gates": [{"lab_id": lab_id, "share": 0.6}]}
    after = {"gates": msgspec.to_builtins([Gate(UUID(lab_id))])}
    assert reading.changes(before, after) == ()
    assert wording.said("gates", before["gates"], ENGLISH, {lab_id: "Doubling"}) == "Doubling · 60%"
