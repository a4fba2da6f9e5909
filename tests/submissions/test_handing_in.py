"""Handing in: what is taken, when, how often, and that exactly the bytes sent are kept."""

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.blobs.store import BlobStore, memory_blobs
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import CoursePlan, ModulePlan
from darsgah.db.columns import new_id, now
from darsgah.db.session import Database
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import Terms
from darsgah.enrolments.service import LabNotOpen
from darsgah.errors import NotFound
from darsgah.submissions import service
from darsgah.submissions.errors import (
    CoolingDown,
    DeadlinePassed,
    KeyReused,
    NoAttemptsLeft,
    NotebookRefused,
    NotEnrolled,
)
from darsgah.submissions.schemas import State, SubmissionView
from darsgah_grader.types import Limits
from tests.grading.notebooks import answer, check, code, notebook, readonly
from tests.network import RELEASE, Network, build_network, open_cohort, package, work

HOUR = timedelta(hours=1)


@pytest.fixture
def blobs() -> BlobStore:
    """A place for notebooks."""
    return memory_blobs()


@pytest.fixture
async def network(session: AsyncSession, blobs: BlobStore) -> Network:
    """A small network."""
    return await build_network(session, blobs)


async def hand_in(
    session: AsyncSession,
    blobs: BlobStore,
    network: Network,
    content: bytes,
    *,
    name: str = "learner",
    key: str | None = None,
) -> SubmissionView:
    """One notebook of somebody, for the first hub's assignment."""
    return await service.hand_in(
        session,
        blobs,
        network.people[name],
        network.assignment_id,
        {"lab.ipynb": content},
        idempotency_key=key,
    )


async def made(session: AsyncSession) -> tuple[int, int]:
    """How many submissions and how many jobs there are."""
    statement = (
        "SELECT (SELECT count(*) FROM submission),"
        " (SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'grading')"
    )
    row = (await session.execute(sa.text(statement))).one()
    return row[0], row[1]


async def test_the_receipt_is_of_the_exact_bytes(
    session: AsyncSession, blobs: BlobStore, network: Network
) -> None:
    content = work(1) + b"\n \n"
    view = await hand_in(session, blobs, network, content)
    assert (view.sha256, view.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert view.state is State.QUEUED
    assert await service.notebook_bytes(blobs, view, "lab") == content
    assert await made(session) == (1, 1)
    with pytest.raises(NotFound):
        await service.notebook_bytes(blobs, view, "other")


@pytest.mark.parametrize(
    ("terms", "error"),
    [
        (Terms(opens_at=now() + HOUR), LabNotOpen),
        (Terms(due_at=now() - HOUR), DeadlinePassed),
        (Terms(due_at=now() - 2 * HOUR, closes_at=now() - HOUR), DeadlinePassed),
        (Terms(opens_at=now() - HOUR, due_at=now() + HOUR), None),
    ],
)
async def test_dates(
    session: AsyncSession, blobs: BlobStore, network: Network, terms: Terms, error: type[Exception] | None
) -> None:
    await enrolments.change_terms(session, network.assignment_id, terms)
    if error is None:
        assert not (await hand_in(session, blobs, network, work(1))).late
        return
    with pytest.raises(error):
        await hand_in(session, blobs, network, work(1))
    assert await made(session) == (0, 0)


async def test_work_between_due_and_close_is_late(
    session: AsyncSession, blobs: BlobStore, network: Network
) -> None:
    terms = Terms(due_at=now() - HOUR, closes_at=now() + HOUR)
    await enrolments.change_terms(session, network.assignment_id, terms)
    assert (await hand_in(session, blobs, network, work(1))).late


async def test_attempts_are_numbered_and_end(
    session: AsyncSession, blobs: BlobStore, network: Network
) -> None:
    await enrolments.change_terms(session, network.assignment_id, Terms(attempt_limit=2))
    assert [(await hand_in(session, blobs, network, work(n))).attempt for n in (1, 2)] == [1, 2]
    with pytest.raises(NoAttemptsLeft):
        await hand_in(session, blobs, network, work(3))
    page = await service.assignment_page(session, network.people["learner"], network.assignment_id)
    assert (page.allowance.attempts_left, page.allowance.refusal) == (0, NoAttemptsLeft.code)
    assert (await hand_in(session, blobs, network, work(1), name="classmate")).attempt == 1


async def test_a_rejected_attempt_costs_nothing(
    session: AsyncSession, blobs: BlobStore, network: Network
) -> None:
    await enrolments.change_terms(
        session, network.assignment_id, Terms(attempt_limit=1, cooldown_seconds=600)
    )
    first = await hand_in(session, blobs, network, work(1))
    await session.execute(
        sa.text("UPDATE submission SET state = 'rejected' WHERE id = :id"), {"id": first.id}
    )
    session.expire_all()
    assert (await hand_in(session, blobs, network, work(2))).attempt == 2


async def test_between_attempts_there_is_a_pause(
    session: AsyncSession, blobs: BlobStore, network: Network
) -> None:
    await enrolments.change_terms(session, network.assignment_id, Terms(cooldown_seconds=600))
    await hand_in(session, blobs, network, work(1))
    with pytest.raises(CoolingDown) as caught:
        await hand_in(session, blobs, network, work(2))
    assert 590 <= caught.value.details["retry_after"] <= 601
    await session.execute(sa.text("UPDATE submission SET received_at = now() - interval '11 minutes'"))
    session.expire_all()
    assert (await hand_in(session, blobs, network, work(2))).attempt == 2


async def test_the_same_key_with_the_same_bytes_is_the_same_submission(
    session: AsyncSession, blobs: BlobStore, network: Network
) -> None:
    await enrolments.change_terms(session, network.assignment_id, Terms(attempt_limit=1))
    first = await hand_in(session, blobs, network, work(1), key="a key of mine")
    assert await hand_in(session, blobs, network, work(1), key="a key of mine") == first
    with pytest.raises(KeyReused):
        await hand_in(session, blobs, network, work(2), key="a key of mine")
    assert await made(session) == (1, 1)
    other = await hand_in(session, blobs, network, work(1), name="classmate", key="a key of mine")
    assert other.id != first.id


async def test_a_key_still_answers_after_the_deadline(
    session: AsyncSession, blobs: BlobStore, network: Network
) -> None:
    first = await hand_in(session, blobs, network, work(1), key="a key of mine")
    await enrolments.change_terms(session, network.assignment_id, Terms(due_at=now() - HOUR))
    assert (await hand_in(session, blobs, network, work(1), key="a key of mine")).id == first.id


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_json"),
        (b"hello", "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        (RELEASE[:200], "not_json"),
        (b"[]", "not_a_notebook"),
        (b'{"cells": []}', "not_a_notebook"),
        (notebook(nbformat=99), "unsupported_format"),
        (b"PK\x03\x04" + bytes(100), "zip"),
        (b"\x1f\x8b" + bytes(100), "zip"),
        (b'{"nbformat": 4, "metadata": ' + b'{"a":' * 20_000 + b"1" + b"}" * 20_001, "too_deep"),
        (notebook({"cell_type": "code", "metadata": {}, "source": "\0"}), "forbidden_character"),
    ],
    ids=["empty", "text", "binary", "cut", "list", "bare", "format", "zip", "gzip", "deep", "nul"],
)
async def test_what_is_no_notebook_is_refused_and_not_recorded(
    session: AsyncSession, blobs: BlobStore, network: Network, content: bytes, code: str
) -> None:
    with pytest.raises(NotebookRefused, match="recorded") as caught:
        await hand_in(session, blobs, network, content)
    assert caught.value.details["reason"] in (code, "not_text")
    assert await made(session) == (0, 0)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (notebook(), "no_questions"),
        (notebook(code("def double(n):\n    return 2 * n")), "no_questions"),
        (
            notebook(answer("other-lab", "1"), check("test-other-lab", "1"), readonly("imports", "1")),
            "no_questions",
        ),
        (notebook(answer("double", "def double(n):\n    return 2 * n")), None),
    ],
    ids=["empty", "marks lost", "another lab", "some cells"],
)
async def test_a_notebook_without_any_cell_of_the_questions_is_refused(
    session: AsyncSession, blobs: BlobStore, network: Network, content: bytes, reason: str | None
) -> None:
    if reason is None:
        assert (await hand_in(session, blobs, network, content)).attempt == 1
        return
    with pytest.raises(NotebookRefused, match=r"none of the cells.* no attempt is used") as caught:
        await hand_in(session, blobs, network, content)
    assert caught.value.details == {"reason": reason, "notebook": "lab"}
    assert await made(session) == (0, 0)


async def test_a_labs_own_size_limit_holds(session: AsyncSession, blobs: BlobStore, network: Network) -> None:
    limits = {"submission_bytes": 2000}
    version = await catalog.publish_lab(
        session, blobs, None, package(slug="small", limits=limits, digest="b" * 64)
    )
    plan = CoursePlan("small", "Small", (ModulePlan("One", (version.id,)),))
    course = await catalog.publish_course(session, None, plan)
    learner = network.people["learner"]
    _, assignment_id = await open_cohort(session, network.hub_id, course.id, learner, name="Small")
    with pytest.raises(NotebookRefused) as caught:
        await service.hand_in(session, blobs, learner, assignment_id, {"lab.ipynb": RELEASE + b" " * 2000})
    assert caught.value.details["reason"] == "too_large"
    assert Limits().submission_bytes == 20 * 1024 * 1024
    with pytest.raises(NotebookRefused):
        await hand_in(session, blobs, network, RELEASE + b" " * (20 * 1024 * 1024))


@pytest.fixture
async def pair(session: AsyncSession, blobs: BlobStore, network: Network) -> tuple[Actor, UUID]:
    """A learner, and the assignment of a lab with two notebooks."""
    both = {"first": work(1), "second": work(2)}
    lab = package(slug="pair", sources=both, releases=both, digest="c" * 64)
    version = await catalog.publish_lab(session, blobs, None, lab)
    plan = CoursePlan("pair", "Pair", (ModulePlan("One", (version.id,)),))
    course = await catalog.publish_course(session, None, plan)
    learner = network.people["learner"]
    _, assignment_id = await open_cohort(session, network.hub_id, course.id, learner, name="Pair")
    return learner, assignment_id


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (("first.ipynb", "second.ipynb"), ("first", "second")),
        (("second", "first"), ("first", "second")),
        (("second.ipynb",), ("second",)),
        (("third.ipynb",), None),
        (("first.ipynb", "other.ipynb"), None),
        ((), None),
    ],
)
async def test_several_notebooks_go_by_their_names(
    session: AsyncSession,
    blobs: BlobStore,
    pair: tuple[Actor, UUID],
    names: tuple[str, ...],
    kept: tuple[str, ...] | None,
) -> None:
    learner, assignment_id = pair
    uploads: Mapping[str, bytes] = {name: work(10 + number) for number, name in enumerate(names)}
    if kept is None:
        with pytest.raises(NotebookRefused):
            await service.hand_in(session, blobs, learner, assignment_id, uploads)
        return
    view = await service.hand_in(session, blobs, learner, assignment_id, uploads)
    assert tuple(file.name for file in view.notebooks) == kept
    assert view.size == sum(file.size for file in view.notebooks)
    for name, content in uploads.items():
        assert await service.notebook_bytes(blobs, view, name.removesuffix(".ipynb")) == content


async def test_whoever_has_no_place_hands_nothing_in(
    session: AsyncSession, blobs: BlobStore, network: Network
) -> None:
    for name, error in {
        "outsider": NotFound,
        "other_learner": NotFound,
        "mentor": NotFound,
        "other_instructor": NotFound,
        "instructor": NotEnrolled,
        "network_admin": NotEnrolled,
    }.items():
        with pytest.raises(error):
            await hand_in(session, blobs, network, work(1), name=name)
    with pytest.raises(NotFound):
        await service.hand_in(session, blobs, network.people["learner"], new_id(), {"lab.ipynb": work(1)})
    await session.execute(sa.text("UPDATE enrolment SET state = 'left'"))
    with pytest.raises(NotFound):
        await hand_in(session, blobs, network, work(1))
    assert await made(session) == (0, 0)


async def test_only_its_learner_and_its_hubs_staff_see_a_submission(
    session: AsyncSession, blobs: BlobStore, network: Network
) -> None:
    view = await hand_in(session, blobs, network, work(1))
    people = network.people
    assert (await service.own_submission(session, people["learner"], view.id)).id == view.id
    staff = {"instructor", "hub_admin", "network_admin", "auditor"}
    for name in set(people) - {"learner"}:
        with pytest.raises(NotFound):
            await service.own_submission(session, people[name], view.id)
    for name in people:
        if name in staff:
            assert (await service.staffed_submission(session, people[name], view.id))[0].id == view.id
        else:
            with pytest.raises(NotFound):
                await service.staffed_submission(session, people[name], view.id)


async def committed(database: Database, blobs: BlobStore, terms: Terms) -> Network:
    """A network that other connections see."""
    async with database.begin() as session:
        network = await build_network(session, blobs)
        await enrolments.change_terms(session, network.assignment_id, terms)
    return network


async def at_once(
    database: Database, blobs: BlobStore, network: Network, *sent: tuple[bytes, str | None]
) -> list[SubmissionView | BaseException]:
    """What became of several that one learner sent at the same moment, each in a connection of its own."""

    async def send(content: bytes, key: str | None) -> SubmissionView:
        async with database.begin() as session:
            return await hand_in(session, blobs, network, content, key=key)

    return await asyncio.gather(*(send(*one) for one in sent), return_exceptions=True)


async def test_two_at_once_get_the_last_attempt_once(database: Database, blobs: BlobStore) -> None:
    network = await committed(database, blobs, Terms(attempt_limit=1))
    outcomes = await at_once(database, blobs, network, *((work(number), None) for number in range(4)))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoAttemptsLeft"] * 3 + [
        "SubmissionView"
    ]
    async with database.begin() as session:
        assert await made(session) == (1, 1)


async def test_several_at_once_are_numbered_one_by_one(database: Database, blobs: BlobStore) -> None:
    network = await committed(database, blobs, Terms())
    outcomes = await at_once(database, blobs, network, *((work(number), None) for number in range(4)))
    attempts = [outcome.attempt for outcome in outcomes if isinstance(outcome, SubmissionView)]
    assert sorted(attempts) == [1, 2, 3, 4]


async def test_the_same_request_sent_twice_at_once_is_one_submission(
    database: Database, blobs: BlobStore
) -> None:
    network = await committed(database, blobs, Terms())
    outcomes = await at_once(database, blobs, network, *[(work(1), "a key of mine")] * 4)
    assert len({outcome.id for outcome in outcomes if isinstance(outcome, SubmissionView)}) == 1
    async with database.begin() as session:
        assert await made(session) == (1, 1)


async def test_what_is_rolled_back_leaves_neither_row_nor_job(database: Database, blobs: BlobStore) -> None:
    network = await committed(database, blobs, Terms())
    with pytest.raises(LookupError):
        await _hand_in_and_fail(database, blobs, network)
    async with database.begin() as session:
        assert await made(session) == (0, 0)


async def _hand_in_and_fail(database: Database, blobs: BlobStore, network: Network) -> None:
    async with database.begin() as session:
        await hand_in(session, blobs, network, work(1))
        assert await made(session) == (1, 1)
        raise LookupError("something later fails")
