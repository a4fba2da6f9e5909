"""Finding: words in English and Urdu however they are typed, filters, pages of a list, and gates."""

from collections.abc import Coroutine
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.blobs.store import memory_blobs
from darsgah.briefs import finding, gates, queries, service
from darsgah.briefs.content import Gate, GateRule, Place
from darsgah.briefs.lifecycle import Stage
from darsgah.briefs.schemas import Wanted
from darsgah.catalog import service as catalog
from darsgah.db.columns import new_id, now
from darsgah.submissions.models import Submission
from tests.briefs.offering import applying, begun, day, published, verified_mentor
from tests.network import Network, build_network
from tests.statements import statements


@pytest.fixture
async def network(session: AsyncSession) -> Network:
    """Two hubs and somebody in every role."""
    return await build_network(session, memory_blobs())


@pytest.fixture
async def mentor(session: AsyncSession, network: Network) -> Actor:
    """A verified mentor of a verified organisation."""
    return await verified_mentor(session, "bano")


async def titles(session: AsyncSession, actor: Actor, **wanted: object) -> list[str]:
    """What somebody finds."""
    found = await finding.find(session, actor, Wanted(**wanted))  # type: ignore[arg-type] # by name
    return [brief.title for brief in found.briefs]


async def test_words_however_they_are_typed(session: AsyncSession, network: Network, mentor: Actor) -> None:
    learner = network.people["learner"]
    await applying(session, mentor, network)
    await published(
        session,
        mentor,
        network,
        title="Sorting letters",
        title_ur="خطوط کی چھانٹی\u06d4",
        skills=("statistics",),
        problem="Ledgers. " * 30,
    )
    await begun(session, mentor, network.hub_id, title="A draft about leaves")
    leaf, letters = "Leaf diseases on an old phone", "Sorting letters"
    for words, expected in {
        "": [letters, leaf],
        "leaves": [leaf],
        "DISEASE phone": [leaf],
        '"old phone"': [leaf],
        "phone -leaf": [],
        "sort or disease": [letters, leaf],
        "ledger": [letters],
        "computer vision": [leaf],
        "پتوں": [leaf],
        "بیماریاں": [leaf],
        "بيماريان": [],
        "پرانے فون پر": [leaf],
        "فُون": [leaf],
        "كي": [letters, leaf],
        "چھانٹی": [letters],
        "کی خطوط": [letters],
        "خطوط \u06d4": [letters],
        "nothing of this": [],
        "'; drop table brief; --": [],
        "\0": [letters, leaf],
        "!!! & | <-> :*": [letters, leaf],
    }.items():
        if words == "!!! & | <-> :*":
            await titles(session, learner, words=words)
            continue
        assert await titles(session, learner, words=words) == expected, words


async def test_filters_and_pages(
    session: AsyncSession, network: Network, mentor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = network.people["other_learner"]
    far = await published(
        session, mentor, network, title="Far", place=Place.REMOTE, hours_week=12, trl_in=5, trl_target=6
    )
    near = await published(session, mentor, network, title="Near", place=Place.HUB, skills=("sql",))
    for wanted, expected in (
        ({}, ["Near", "Far"]),
        ({"remote": True}, ["Far"]),
        ({"hours": 8}, ["Near"]),
        ({"trl": 4}, ["Near"]),
        ({"trl": 5}, ["Near", "Far"]),
        ({"skill": " SQL "}, ["Near"]),
        ({"skill": "cobol"}, []),
        ({"hub_id": network.hub_id}, ["Near", "Far"]),
        ({"hub_id": network.other_hub_id}, []),
    ):
        assert await titles(session, learner, **wanted) == expected, wanted
    assert await finding.skills(session) == ["computer vision", "python", "sql"]
    monkeypatch.setattr(finding, "PAGE", 1)
    monkeypatch.setattr(finding, "_AT_ONCE", 2)
    first = await finding.find(session, learner, Wanted())
    assert ([brief.id for brief in first.briefs], first.next_after) == ([near], near)
    second = await finding.find(session, learner, Wanted(), after=near)
    assert ([brief.id for brief in second.briefs], second.next_after) == ([far], None)
    midnight = datetime.combine(day(14), time(19), UTC)  # in Karachi
    monkeypatch.setattr(finding, "now", lambda: midnight - timedelta(minutes=1))
    assert (await finding.find(session, learner, Wanted())).briefs, "their last day is not over there"
    monkeypatch.setattr(finding, "now", lambda: midnight)
    assert not (await finding.find(session, learner, Wanted())).briefs


async def test_gates_are_asked_anew(session: AsyncSession, network: Network, mentor: Actor) -> None:
    learner, classmate = network.people["learner"], network.people["classmate"]
    lab = await catalog.lab_version(session, network.lab_version_id)
    brief_id = await applying(session, mentor, network, gates=(Gate(lab.lab_id, 0.8),))

    async def graded(actor: Actor, score: float, attempt: int, state: str = "graded") -> None:
        row = Submission(
            id=new_id(), hub_id=network.hub_id, cohort_id=network.cohort_id,
            assignment_id=network.assignment_id, account_id=actor.account_id, attempt=attempt, state=state,
            received_at=now(), sha256="", size=0, score=score, max_score=5.0,
        )  # fmt: skip
        session.add(row)
        await session.flush()

    (gate,) = (await service.view(session, learner, brief_id)).gates
    assert (gate.met, gate.reached, gate.link) == (
        False,
        None,
        f"/assignments/{network.assignment_id}",
    )
    await graded(learner, 3.9, 1)
    (gate,) = (await service.view(session, learner, brief_id)).gates
    assert (gate.met, round(gate.reached or 0, 2)) == (False, 0.78)
    await graded(learner, 4.0, 2)
    await graded(learner, 1.0, 3)
    await graded(classmate, 5.0, 1, state="needs_review")
    (found,) = (await finding.find(session, learner, Wanted())).briefs
    assert (found.gates[0].met, found.gates[0].reached) == (True, 0.8)
    lacking = await gates.missing(session, brief_id, [learner.account_id, classmate.account_id])
    assert lacking == {learner.account_id: frozenset(), classmate.account_id: frozenset({lab.lab_id})}
    assert not gates.passes(GateRule.ALL, lacking)
    assert gates.passes(GateRule.ANY, lacking)
    (gate,) = (await service.view(session, network.people["other_learner"], brief_id)).gates
    assert (gate.met, gate.link) == (False, f"/assignments/{network.other_assignment_id}")
    assert not gates.passes(GateRule.ANY, {})


async def used_index(session: AsyncSession, call: Coroutine[Any, Any, Any]) -> str:
    """The index by which the first statement of a call finds its rows, where a table is never read whole."""
    with statements(session) as found:
        await call
    for kind in ("seqscan", "sort", "bitmapscan"):
        await session.execute(sa.text(f"SET LOCAL enable_{kind} = off"))
    statement, parameters = found[0]
    plan = await (await session.connection()).exec_driver_sql(
        f"EXPLAIN (FORMAT JSON) {statement}", parameters
    )
    node = plan.scalar_one()[0]["Plan"]
    while "Index Name" not in node:
        node = node["Plans"][0]
    return str(node["Index Name"])


async def test_lists_cost_what_they_show_and_not_all_that_there_ever_was(
    session: AsyncSession, network: Network
) -> None:
    found = queries.found(session, Wanted(), None, until=now().date(), limit=20)
    assert await used_index(session, found) == "ix_brief_open"
    in_review = queries.run(session, network.people["network_admin"], Stage.IN_REVIEW, after=None, limit=20)
    assert await used_index(session, in_review) == "ix_brief_stage_id"
