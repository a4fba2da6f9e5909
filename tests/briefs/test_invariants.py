"""Random moves, legal and illegal, by random people, on the real database; what must hold holds after each.

What each person is to a brief is written down here a second time, as people would say it; which part may make
which move is held in ``test_lifecycle``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, TypeVar
from uuid import UUID

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, AsyncTransaction
from sqlmodel import col, select

from darsgah.access import Actor
from darsgah.blobs.store import memory_blobs
from darsgah.briefs import reviewing, writing
from darsgah.briefs.errors import MoveNotAllowed, NotYours, ReasonMissing
from darsgah.briefs.lifecycle import (
    BY_NAME,
    ENDED,
    INTERRUPTED,
    MOVES,
    OPEN,
    Lane,
    Move,
    Stage,
    Who,
    moves_from,
    replay,
)
from darsgah.briefs.models import Brief, BriefApproval, BriefMove, Project
from darsgah.briefs.moving import begin_project, move_brief, move_project
from darsgah.briefs.schemas import ApprovalForm, ReviewForm
from darsgah.db.session import Database
from darsgah.errors import DarsgahError
from darsgah.organisations.models import Organisation
from darsgah.ui.language import Languages
from tests.briefs.offering import begun, content, team_of, verified_mentor
from tests.database import DatabaseServer
from tests.network import Network, build_network

NAMES = sorted({move.name for move in MOVES})
CAPACITY = 2
IS: dict[str | None, set[Who]] = {
    "mentor": {Who.MENTOR},
    "other mentor": set(),
    "instructor": {Who.COORDINATOR},
    "hub_admin": {Who.COORDINATOR, Who.HUB_ADMIN},
    "network_admin": {Who.COORDINATOR, Who.HUB_ADMIN, Who.NETWORK_ADMIN},
    "auditor": set(),
    "other_hub_admin": set(),
    "learner": set(),
    "classmate": set(),
    "outsider": set(),
    None: {Who.SYSTEM},
}
"""What each person is to a brief of the first hub; the learners of its teams are TEAM in their projects."""
ENGLISH = next(iter(Languages.load()))
Turn = tuple[str | None, str, str]
people = st.sampled_from(sorted(IS, key=str))
Row = TypeVar("Row", Brief, Project)
reasons = st.sampled_from(["", " ", "We said so."])
scores = st.integers(1, 5)


@dataclass
class World:
    """What every run begins from: a network with two mentors and teams, in one transaction."""

    network: Network
    people: dict[str, Actor]
    teams: dict[str, UUID]


@dataclass
class Seen:
    """What the test remembers of a project."""

    brief_id: UUID
    member: str
    dates: tuple[date, date]


class Lives(RuleBasedStateMachine):
    """Some briefs and their projects, moved at random."""

    runner: ClassVar[asyncio.Runner]
    connection: ClassVar[AsyncConnection]
    world: ClassVar[World]

    def __init__(self) -> None:
        """Begin anew from the world."""
        super().__init__()
        self.transaction = self.runner.run(self._begin())
        self.session = AsyncSession(
            self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        self.briefs: list[UUID] = []
        self.ended: dict[UUID, Stage] = {}
        self.projects: dict[UUID, Seen] = {}

    async def _begin(self) -> AsyncTransaction:
        return await self.connection.begin_nested()

    def teardown(self) -> None:
        """Leave the world as it was."""
        self.runner.run(self._end())

    async def _end(self) -> None:
        await self.session.close()
        await self.transaction.rollback()

    def attempt(self, act: Callable[[], Awaitable[object]]) -> DarsgahError | None:
        """Do something as a request would: whole, or not at all."""

        async def whole() -> DarsgahError | None:
            try:
                async with self.session.begin_nested():
                    await act()
            except DarsgahError as error:
                return error
            return None

        return self.runner.run(whole())

    def actor(self, name: str | None) -> Actor | None:
        """Who that is; None is the platform."""
        return self.world.people[name] if name else None

    def brief(self, brief_id: UUID) -> Brief:
        """The row as it is."""
        return self.runner.run(self._row(Brief, brief_id))

    def project(self, project_id: UUID) -> Project:
        """The row as it is."""
        return self.runner.run(self._row(Project, project_id))

    async def _row(self, table: type[Row], row_id: UUID) -> Row:
        row = await self.session.get(table, row_id, populate_existing=True)
        assert row is not None
        return row

    @rule(faulty=st.booleans())
    @precondition(lambda self: len(self.briefs) < 2)
    def begin(self, *, faulty: bool) -> None:
        """The mentor begins a brief."""
        mentor = self.world.people["mentor"]

        async def act() -> None:
            changes = {"data_licence": ""} if faulty else {}
            made = await begun(self.session, mentor, self.world.network.hub_id, capacity=CAPACITY, **changes)
            self.briefs.append(made)

        assert self.attempt(act) is None

    def turn(self, data: st.DataObject, lane: Lane, stage: Stage, member: str = "") -> Turn:
        """Who tries which move with what reason: every second time it is somebody's turn, else anything."""
        sensible = [move for move in moves_from(lane, stage) if move.name != "withdraw"]
        wild: bool = data.draw(st.booleans())
        if sensible and not wild:
            move: Move = data.draw(st.sampled_from(sensible))
            able = [name for name in IS if (IS[name] | ({Who.TEAM} if name == member else set())) & move.who]
            return data.draw(st.sampled_from(sorted(able, key=str))), move.name, "We said so."
        names = [move.name for move in moves_from(lane, stage)] * 3 + NAMES
        return data.draw(people), data.draw(st.sampled_from(names)), data.draw(reasons)

    @rule(data=st.data())
    @precondition(lambda self: self.briefs)
    def move(self, data: st.DataObject) -> None:
        """Somebody tries a move of a brief."""
        brief_id = data.draw(st.sampled_from(self.briefs))
        stage = Stage(self.brief(brief_id).stage)
        name, move, reason = self.turn(data, Lane.BRIEF, stage)
        error = self.attempt(
            lambda: move_brief(self.session, self.actor(name), brief_id, move, reason=reason)
        )
        self._explain(Lane.BRIEF, move, stage, IS[name], reason, error)

    @rule(name=people, text=st.sampled_from(["", "CC BY 4.0"]))
    @precondition(lambda self: self.briefs)
    def write(self, name: str | None, text: str) -> None:
        """Somebody saves the text: only its mentor, and only while it may change."""
        brief_id, actor = self.briefs[-1], self.actor(name)
        if actor is None:
            return
        writable = Stage(self.brief(brief_id).stage) in (Stage.DRAFT, Stage.CHANGES_REQUESTED)
        written = content(data_licence=text, capacity=CAPACITY)
        error = self.attempt(
            lambda: writing.save(self.session, actor, brief_id, written, ENGLISH, version=None)
        )
        assert (error is None) == (name == "mentor" and writable), (name, error)

    @rule(
        data=st.data(),
        name=people,
        each=st.tuples(scores, scores, scores),
        kind=st.sampled_from(["brief", "hub"]),
    )
    @precondition(lambda self: self.briefs)
    def judge(self, data: st.DataObject, name: str | None, each: tuple[int, int, int], kind: str) -> None:
        """Somebody scores a brief and approves it."""
        brief_id, actor = data.draw(st.sampled_from(self.briefs)), self.actor(name)
        if actor is None:
            return
        reviewed = self.attempt(lambda: reviewing.review(self.session, actor, brief_id, ReviewForm(*each)))
        approved = self.attempt(lambda: reviewing.approve(self.session, actor, brief_id, ApprovalForm(kind)))
        in_review = Stage(self.brief(brief_id).stage) is Stage.IN_REVIEW
        assert (reviewed is None) == (in_review and Who.COORDINATOR in IS[name])
        if approved is None:
            assert in_review
            assert (Who.HUB_ADMIN if kind == "hub" else Who.COORDINATOR) in IS[name]

    @rule(data=st.data())
    @precondition(lambda self: self.briefs)
    def go_on(self, data: st.DataObject) -> None:
        """Everybody does their part, so that later stages are seen often."""
        brief_id = data.draw(st.sampled_from(self.briefs))
        admin, mentor = self.world.people["hub_admin"], self.world.people["mentor"]
        self._stand("verified")
        self.attempt(lambda: writing.save(
            self.session, mentor, brief_id, content(capacity=CAPACITY), ENGLISH, version=None
        ))  # fmt: skip
        for move in ("submit", "resubmit"):
            self.attempt(lambda move=move: move_brief(self.session, mentor, brief_id, move))  # type: ignore[misc] # bound now
        self.attempt(lambda: reviewing.review(self.session, admin, brief_id, ReviewForm(4, 4, 4)))
        for kind in ("brief", "hub"):
            self.attempt(
                lambda kind=kind: reviewing.approve(self.session, admin, brief_id, ApprovalForm(kind))  # type: ignore[misc] # bound now
            )
        self.attempt(lambda: move_brief(self.session, admin, brief_id, "publish"))
        member = data.draw(st.sampled_from(["", *self.world.teams]))
        if member:
            self._begin_project(brief_id, member, admin)

    @rule(data=st.data(), disputed=st.booleans())
    @precondition(lambda self: self.briefs)
    def interrupt(self, data: st.DataObject, *, disputed: bool) -> None:
        """A brief or a project is held up, and perhaps goes on."""
        admin = self.world.people["hub_admin"]
        moves = ("dispute", "settle") if disputed else ("pause", "resume")
        row_id = data.draw(st.sampled_from([*self.briefs, *self.projects]))
        for move in moves[: data.draw(st.sampled_from([1, 2, 2]))]:
            if row_id in self.projects:
                self.attempt(lambda move=move: move_project(  # type: ignore[misc] # bound now
                    self.session, admin, row_id, move, reason="We talk."
                ))  # fmt: skip
            else:
                self.attempt(lambda move=move: move_brief(  # type: ignore[misc] # bound now
                    self.session, admin, row_id, move, reason="We talk."
                ))  # fmt: skip

    @rule(data=st.data(), name=people | st.just("hub_admin"))
    @precondition(lambda self: self.briefs)
    def match_team(self, data: st.DataObject, name: str | None) -> None:
        """Somebody begins the project of a team."""
        brief_id, actor = data.draw(st.sampled_from(self.briefs)), self.actor(name)
        member = data.draw(st.sampled_from(sorted(self.world.teams)))
        if actor is not None and self._begin_project(brief_id, member, actor):
            assert Who.COORDINATOR in IS[name]
            assert Stage(self.brief(brief_id).stage) in OPEN

    def _begin_project(self, brief_id: UUID, member: str, actor: Actor) -> bool:
        """Whether the project of a team that has none there could be begun."""
        if any((seen.brief_id, seen.member) == (brief_id, member) for seen in self.projects.values()):
            return False

        async def act() -> None:
            team_id = self.world.teams[member]
            project_id = await begin_project(self.session, actor, brief_id, team_id)
            row = await self._row(Project, project_id)
            self.projects[project_id] = Seen(brief_id, member, (row.starts_on, row.ends_on))

        return self.attempt(act) is None

    @rule(data=st.data())
    @precondition(lambda self: self.projects)
    def move_on(self, data: st.DataObject) -> None:
        """Somebody tries a move of a project."""
        project_id = data.draw(st.sampled_from(list(self.projects)))
        stage, member = Stage(self.project(project_id).stage), self.projects[project_id].member
        name, move, reason = self.turn(data, Lane.PROJECT, stage, member)
        held = IS[name] | ({Who.TEAM} if name == member else set())
        error = self.attempt(
            lambda: move_project(self.session, self.actor(name), project_id, move, reason=reason)
        )
        self._explain(Lane.PROJECT, move, stage, held, reason, error)

    @rule(data=st.data())
    @precondition(lambda self: self.projects)
    def finish(self, data: st.DataObject) -> None:
        """A brief is matched, and its projects, or one of them, go to their end."""
        chosen = data.draw(st.sampled_from(list(self.projects)))
        brief_id, admin = self.projects[chosen].brief_id, self.world.people["hub_admin"]
        self.attempt(lambda: move_brief(self.session, admin, brief_id, "match"))
        together = data.draw(st.booleans())
        for project_id, seen in self.projects.items():
            if project_id != chosen and not (together and seen.brief_id == brief_id):
                continue
            for name, move in (
                (None, "sign_agreements"),
                ("mentor", "kick_off"),
                (seen.member, "start_milestones"),
                (seen.member, "submit_final"),
                ("instructor", "evaluate"),
                (None, "credential"),
                (None, "close"),
            ):
                self.attempt(lambda name=name, move=move, row=project_id: move_project(  # type: ignore[misc] # bound now
                    self.session, self.actor(name), row, move
                ))  # fmt: skip

    @rule(state=st.sampled_from(["verified", "verified", "suspended"]))
    def verify(self, state: str) -> None:
        """The organisation loses its verification, or has it back."""
        self._stand(state)

    def _stand(self, state: str) -> None:
        async def act() -> None:
            await self.session.execute(
                sa.update(Organisation).values(state=state).execution_options(synchronize_session="fetch")
            )

        assert self.attempt(act) is None

    def _explain(
        self, lane: Lane, move: str, stage: Stage, held: set[Who], reason: str, error: DarsgahError | None
    ) -> None:
        """Every refusal has its reason, and every success its right."""
        step = BY_NAME.get((lane, move))
        if not held:
            assert isinstance(error, NotYours), error
        elif step is None or stage not in step.sources or not step.who & held:
            assert isinstance(error, MoveNotAllowed), error
        elif step.reason_needed and not reason.strip():
            assert isinstance(error, ReasonMissing), error
        elif move not in ("publish", "match", "close", "open_applications") and not (
            lane is Lane.BRIEF and move == "resume"
        ):
            assert error is None, error

    @invariant()
    def what_must_hold(self) -> None:
        """See the module."""
        self.runner.run(self._look())

    async def _look(self) -> None:
        names: dict[UUID, list[str]] = {}
        lines = select(BriefMove).order_by(col(BriefMove.id))
        for line in (await self.session.execute(lines)).scalars():
            names.setdefault(line.project_id or line.brief_id, []).append(line.name)
        for brief_id in self.briefs:
            await self._look_at_brief(await self._row(Brief, brief_id), names[brief_id])
        for project_id, seen in self.projects.items():
            row = await self._row(Project, project_id)
            assert replay(Lane.PROJECT, names[project_id]) == Stage(row.stage)
            assert (row.starts_on, row.ends_on) == seen.dates
            assert (row.resume_stage is not None) == (Stage(row.stage) in INTERRUPTED)
            self._stays(project_id, Stage(row.stage))

    async def _look_at_brief(self, row: Brief, names: list[str]) -> None:
        stage = Stage(row.stage)
        assert replay(Lane.BRIEF, names) == stage
        assert stage is not Stage.AUTOMATIC_CHECK
        assert (row.resume_stage is not None) == (stage in INTERRUPTED)
        assert row.version >= len(names)
        assert row.round == sum(name in ("submit", "resubmit") for name in names)
        self._stays(row.id, stage)
        assert (row.published_at is not None) == ("publish" in names)
        if row.published_at is not None:
            kinds = select(col(BriefApproval.kind)).where(
                BriefApproval.brief_id == row.id, BriefApproval.round == row.round
            )
            found = (await self.session.execute(kinds)).scalars().all()
            assert sorted(found) == ["brief", "hub", "mentor", "organisation"]
        statement = select(col(Project.stage)).where(Project.brief_id == row.id)
        stages = [Stage(one) for one in (await self.session.execute(statement)).scalars()]
        assert len(stages) <= CAPACITY
        if stage is Stage.MATCHED:
            assert any(one not in ENDED for one in stages)
        if stage is Stage.CLOSED:
            assert stages
            assert all(one in ENDED for one in stages)

    def _stays(self, row_id: UUID, stage: Stage) -> None:
        assert self.ended.get(row_id, stage) == stage, "an end is no end"
        if stage in ENDED:
            self.ended[row_id] = stage


async def build(session: AsyncSession) -> World:
    """The network, two mentors, and a team of each of two learners."""
    network = await build_network(session, memory_blobs())
    people = {name: network.people.get(name or "") for name in IS}
    people["mentor"] = await verified_mentor(session, "bano")
    people["other mentor"] = await verified_mentor(session, "somebody")
    teams = {name: await team_of(session, network, name) for name in ("learner", "outsider", "classmate")}
    return World(network, {name: found for name, found in people.items() if name and found}, teams)


def test_whatever_is_tried(server: DatabaseServer) -> None:
    async def connect(database: Database) -> tuple[AsyncConnection, World]:
        connection = await database.engine.connect()
        await connection.begin()
        async with AsyncSession(connection, join_transaction_mode="create_savepoint") as session:
            world = await build(session)
            await session.commit()
        return connection, world

    # A loop that this thread is not told of: the other tests' own stays what it is.
    with server.new_database() as url, asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        database = Database(url, pool=1, application="tests")
        connection, world = runner.run(connect(database))
        Lives.runner, Lives.connection, Lives.world = runner, connection, world
        try:
            run_state_machine_as_test(
                Lives,
                settings=settings(
                    max_examples=8,
                    stateful_step_count=25,
                    deadline=None,
                    derandomize=False,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                    phases=[Phase.explicit, Phase.generate],
                ),
            )
        finally:
            runner.run(connection.close())
            runner.run(database.dispose())
