"""The life of a brief, and of each project that comes out of it, as one machine.

A brief goes one way up to the match. It may take several teams, and from the match on each of them has a
project that goes its own way; the brief closes when all of them are at an end. So a move belongs to a lane.
``MOVES`` is all there is: ``darsgah.briefs.moving`` makes no other, and ``darsgah.briefs.diagram`` draws it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a brief or a project stands."""

    DRAFT = "draft"
    AUTOMATIC_CHECK = "automatic_check"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    PUBLISHED = "published"
    APPLICATIONS = "applications"
    MATCHED = "matched"
    AGREEMENTS_SIGNED = "agreements_signed"
    KICKOFF = "kickoff"
    MILESTONES = "milestones"
    FINAL_SUBMITTED = "final_submitted"
    EVALUATED = "evaluated"
    CREDENTIALED = "credentialed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    PAUSED = "paused"
    DISPUTED = "disputed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Lane(StrEnum):
    """Whose stage a move changes: the brief's, or one project's."""

    BRIEF = "brief"
    PROJECT = "project"


class Who(StrEnum):
    """What somebody is to one brief.

    MENTOR: named on it, and still of its organisation. COORDINATOR: an instructor or administrator of its
    hub, unless they are its mentor. TEAM: in the project's team. SYSTEM: the platform itself, by a date or by
    what others did.
    """

    MENTOR = "mentor"
    COORDINATOR = "coordinator"
    HUB_ADMIN = "hub_admin"
    NETWORK_ADMIN = "network_admin"
    TEAM = "team"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Move:
    """One way from a stage to another.

    Attributes:
        target: None leads back to the stage that a pause or a dispute began in.
        who: each of them may make it alone.
        reason_needed: it is refused without words why.
    """

    name: str
    lane: Lane
    sources: frozenset[Stage]
    target: Stage | None
    who: frozenset[Who]
    reason_needed: bool = False


FIRST = {Lane.BRIEF: Stage.DRAFT, Lane.PROJECT: Stage.MATCHED}
"""The stage that each begins in; the first line of its history leads there from nowhere."""
BEGIN = "begin"
"""The name of that first line."""
ENDED = frozenset({Stage.CLOSED, Stage.WITHDRAWN, Stage.CANCELLED, Stage.EXPIRED})
"""Stages that nothing leads out of."""
OPEN = frozenset({Stage.PUBLISHED, Stage.APPLICATIONS})
"""Stages of a brief in which learners find it."""
SHOWN = OPEN | {Stage.PAUSED, Stage.MATCHED, Stage.CLOSED, Stage.EXPIRED}
"""Stages of a brief, once published, in which learners who have its address may still read it."""
WRITING = frozenset({Stage.DRAFT, Stage.CHANGES_REQUESTED})
"""Stages of a brief in which its text may change."""
RUNNING = frozenset(
    {Stage.MATCHED, Stage.AGREEMENTS_SIGNED, Stage.KICKOFF, Stage.MILESTONES, Stage.FINAL_SUBMITTED}
)
"""Stages of a project in which the team still works."""
INTERRUPTED = frozenset({Stage.PAUSED, Stage.DISPUTED})
"""Stages from which a move without a target leads back."""

_MENTOR, _COORDINATOR, _ADMIN = Who.MENTOR, Who.COORDINATOR, Who.HUB_ADMIN
_TEAM, _SYSTEM = Who.TEAM, Who.SYSTEM


def _brief(
    name: str, sources: Iterable[Stage], target: Stage | None, *who: Who, reason: bool = False
) -> Move:
    return Move(name, Lane.BRIEF, frozenset(sources), target, frozenset(who), reason)


def _project(
    name: str, sources: Iterable[Stage], target: Stage | None, *who: Who, reason: bool = False
) -> Move:
    return Move(name, Lane.PROJECT, frozenset(sources), target, frozenset(who), reason)


_UNPUBLISHED = frozenset({Stage.DRAFT, Stage.CHANGES_REQUESTED, Stage.IN_REVIEW})

MOVES: tuple[Move, ...] = (
    _brief("submit", [Stage.DRAFT], Stage.AUTOMATIC_CHECK, _MENTOR),
    _brief("resubmit", [Stage.CHANGES_REQUESTED], Stage.AUTOMATIC_CHECK, _MENTOR),
    _brief("pass_check", [Stage.AUTOMATIC_CHECK], Stage.IN_REVIEW, _SYSTEM),
    _brief("fail_check", [Stage.AUTOMATIC_CHECK], Stage.CHANGES_REQUESTED, _SYSTEM, reason=True),
    _brief("request_changes", [Stage.IN_REVIEW], Stage.CHANGES_REQUESTED, _COORDINATOR, reason=True),
    _brief("publish", [Stage.IN_REVIEW], Stage.PUBLISHED, _COORDINATOR),
    _brief("open_applications", [Stage.PUBLISHED], Stage.APPLICATIONS, _MENTOR, _COORDINATOR, _SYSTEM),
    _brief("match", OPEN, Stage.MATCHED, _COORDINATOR),
    _brief("close", [Stage.MATCHED], Stage.CLOSED, _SYSTEM),
    _brief("withdraw", _UNPUBLISHED | OPEN | {Stage.PAUSED}, Stage.WITHDRAWN, _MENTOR, reason=True),
    _brief("pause", OPEN, Stage.PAUSED, _MENTOR, _COORDINATOR, _SYSTEM, reason=True),
    _brief("resume", [Stage.PAUSED], None, _MENTOR, _COORDINATOR),
    _brief("cancel", _UNPUBLISHED | OPEN | {Stage.PAUSED}, Stage.CANCELLED, _COORDINATOR, reason=True),
    _brief("expire", OPEN | {Stage.PAUSED}, Stage.EXPIRED, _SYSTEM),
    _project("sign_agreements", [Stage.MATCHED], Stage.AGREEMENTS_SIGNED, _SYSTEM),
    _project("kick_off", [Stage.AGREEMENTS_SIGNED], Stage.KICKOFF, _MENTOR, _COORDINATOR),
    _project("start_milestones", [Stage.KICKOFF], Stage.MILESTONES, _MENTOR, _COORDINATOR, _TEAM),
    _project("submit_final", [Stage.MILESTONES], Stage.FINAL_SUBMITTED, _TEAM),
    _project("return_final", [Stage.FINAL_SUBMITTED], Stage.MILESTONES, _MENTOR, _COORDINATOR, reason=True),
    _project("evaluate", [Stage.FINAL_SUBMITTED], Stage.EVALUATED, _COORDINATOR),
    _project("credential", [Stage.EVALUATED], Stage.CREDENTIALED, _COORDINATOR, _SYSTEM),
    _project("close", [Stage.CREDENTIALED], Stage.CLOSED, _COORDINATOR, _SYSTEM),
    _project("close_without_credential", [Stage.EVALUATED], Stage.CLOSED, _COORDINATOR, reason=True),
    _project("withdraw", RUNNING - {Stage.FINAL_SUBMITTED}, Stage.WITHDRAWN, _TEAM, reason=True),
    _project("pause", RUNNING, Stage.PAUSED, _MENTOR, _COORDINATOR, _SYSTEM, reason=True),
    _project(
        "dispute", RUNNING | {Stage.EVALUATED}, Stage.DISPUTED, _MENTOR, _TEAM, _COORDINATOR, reason=True
    ),
    _project("resume", [Stage.PAUSED], None, _MENTOR, _COORDINATOR),
    _project("settle", [Stage.DISPUTED], None, _ADMIN, reason=True),
    _project("cancel", RUNNING | {Stage.EVALUATED} | INTERRUPTED, Stage.CANCELLED, _COORDINATOR, reason=True),
    _project("expire", [Stage.MATCHED], Stage.EXPIRED, _SYSTEM),
)
"""Every move there is."""

BY_NAME = {(move.lane, move.name): move for move in MOVES}
"""The same by lane and name."""


def moves_from(lane: Lane, stage: Stage) -> tuple[Move, ...]:
    """The moves that lead out of a stage, in the order of ``MOVES``."""
    return tuple(move for move in MOVES if move.lane is lane and stage in move.sources)


def replay(lane: Lane, names: Iterable[str]) -> Stage | None:
    """The stage that a history leads to, its first line being ``BEGIN``; None where it cannot be one."""
    stage: Stage | None = None
    before: Stage | None = None
    for name in names:
        if name == BEGIN:
            if stage is not None:
                return None
            stage = FIRST[lane]
            continue
        move = BY_NAME.get((lane, name))
        if move is None or stage is None or stage not in move.sources:
            return None
        target = move.target or before
        if target in INTERRUPTED and stage not in INTERRUPTED:
            before = stage
        stage = target
    return stage
