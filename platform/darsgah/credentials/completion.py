"""When a course counts as completed, and its credential: by the cohort's rule, or by an instructor's hand."""

import math
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.credentials import queries, service
from darsgah.credentials.errors import NotInCohort, RuleChanged
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.models import CompletionRule, Credential
from darsgah.credentials.schemas import (
    AchievementPlan,
    Award,
    CohortCredentials,
    Evidence,
    HandAward,
    Kind,
    Result,
    ResultKind,
    RuleChange,
    RuleView,
    Standing,
)
from darsgah.db.columns import now
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.given_course import GivenCourse, active_members, given_course
from darsgah.errors import Forbidden
from darsgah.jobs.queue import JobKind, Queue, enqueue
from darsgah.submissions.released import ReleasedResult, best_results
from darsgah.ui import formats
from darsgah.ui.language import Message

DEFAULT: Final = RuleView(pass_share=0.6, automatic=True, version=0)
AWARD_COHORT: Final = JobKind("credentials.cohort", Queue.NOTICES)
"""Looks at all learners of a cohort after its rule has changed; takes ``cohort_id``."""
MOST_AT_ONCE: Final = 50
TEACHING: Final = (Role.INSTRUCTOR, Role.HUB_ADMIN, Role.NETWORK_ADMIN)
Results = Mapping[UUID, ReleasedResult]
logger = structlog.get_logger("darsgah.credentials")


async def rule_of(session: AsyncSession, cohort_id: UUID) -> RuleView:
    """The rule of a cohort that the caller may see."""
    row = await queries.rule(session, cohort_id)
    return DEFAULT if row is None else RuleView(row.pass_share, row.automatic, row.version)


async def change_rule(session: AsyncSession, actor: Actor, cohort_id: UUID, change: RuleChange) -> RuleView:
    """Set when a cohort's course counts as completed; credentials that were awarded stay.

    Raises:
        NotFound, Forbidden: the actor does not teach or run it.
        RuleChanged: somebody else changed it meanwhile.
    """
    cohort = await enrolments.staffed_cohort(session, actor, cohort_id)
    _must_teach(actor, cohort.hub_id)
    await queries.lock_occasion(session, f"rule of {cohort_id}")
    row = await queries.rule(session, cohort_id, lock=True)
    if (row.version if row else 0) != change.version:
        raise RuleChanged(version=row.version if row else 0)
    if row is None:
        row = CompletionRule(
            cohort_id=cohort_id,
            hub_id=cohort.hub_id,
            pass_share=change.pass_share,
            version=0,
            changed_by=actor.account_id,
            changed_at=now(),
        )
        session.add(row)
    row.pass_share, row.automatic, row.version = change.pass_share, change.automatic, row.version + 1
    row.changed_by, row.changed_at = actor.account_id, now()
    await session.flush()
    if row.automatic:
        await enqueue(session, AWARD_COHORT, cohort_id=str(cohort_id))
    return RuleView(row.pass_share, row.automatic, row.version)


def _must_teach(actor: Actor, hub_id: UUID) -> None:
    if not actor.holds(*TEACHING, hub_id=hub_id):
        raise Forbidden


async def cohort_credentials(session: AsyncSession, actor: Actor, cohort_id: UUID) -> CohortCredentials:
    """How far each learner of a cohort is, for those who teach or run it.

    Raises:
        NotFound, Forbidden: the actor does not teach or run it.
    """
    await enrolments.staffed_cohort(session, actor, cohort_id)
    course, rule = await given_course(session, cohort_id), await rule_of(session, cohort_id)
    members = sorted(await active_members(session, cohort_id))
    names = await accounts.display_names(session, members)
    best = await best_results(session, cohort_id, members)
    awarded = await _awarded(session, course, members)
    standings = [
        _standing((member, names[member]), course, rule, best.get(member, {}), awarded.get(member, ()))
        for member in members
    ]
    standings.sort(key=lambda one: (one.name.casefold(), one.account_id))
    return CohortCredentials(cohort_id, rule, len(course.assignments), tuple(standings))


async def _awarded(
    session: AsyncSession, course: GivenCourse, members: Sequence[UUID]
) -> dict[UUID, list[Credential]]:
    """What each was awarded for this cohort, the revoked too, newest first."""
    found: dict[UUID, list[Credential]] = {}
    rows = await queries.awarded(session, members, Kind.COURSE, _subject(course), str(course.cohort_id))
    for row in rows:
        found.setdefault(row.account_id, []).append(row)
    return found


def _subject(course: GivenCourse) -> str:
    """A hub's own credential of a course, over all its versions."""
    return f"{course.hub_id}:{course.course.course_id}"


def _standing(
    who: tuple[UUID, str],
    course: GivenCourse,
    rule: RuleView,
    best: Results,
    awarded: Sequence[Credential],
) -> Standing:
    counting = next((row for row in awarded if row.revoked_at is None), None)
    passed = len(_passed(course, rule, best))
    return Standing(
        account_id=who[0],
        name=who[1],
        passed=passed,
        complete=_is_complete(course, rule, best),
        credential_id=counting.id if counting else None,
        revoked=counting is None and bool(awarded),
    )


def _passed(course: GivenCourse, rule: RuleView, best: Results) -> list[UUID]:
    """The assignments whose best result reaches the rule's share."""
    return [
        view.id
        for view in course.assignments
        if view.id in best and best[view.id].share >= rule.pass_share - 1e-9
    ]


def _is_complete(course: GivenCourse, rule: RuleView, best: Results) -> bool:
    return bool(course.assignments) and len(_passed(course, rule, best)) == len(course.assignments)


async def award_when_complete(
    session: AsyncSession, issuing: Issuing, cohort_id: UUID, account_ids: Sequence[UUID] | None = None
) -> int:
    """Award the course's credential to those of a cohort who have completed it, if its rule wants that.

    Whoever had one for this cohort gets no other by rule, also after it was revoked. ``MOST_AT_ONCE`` are
    awarded in one go, since nobody else is awarded anything by the hub before the transaction ends.

    Args:
        account_ids: whom to look at; None for all.

    Returns:
        How many were awarded.
    """
    rule = await rule_of(session, cohort_id)
    if not rule.automatic:
        return 0
    course = await given_course(session, cohort_id)
    active = await active_members(session, cohort_id)
    members = sorted(active if account_ids is None else active.intersection(account_ids))
    best = await best_results(session, cohort_id, members)
    done = [member for member in members if _is_complete(course, rule, best.get(member, {}))]
    awarded = await _awarded(session, course, done)
    waiting = [member for member in done if member not in awarded][:MOST_AT_ONCE]
    for member in waiting:
        await service.award(session, issuing, _award(course, rule, member, best[member]))
    return len(waiting)


async def award_by_hand(
    session: AsyncSession, issuing: Issuing, actor: Actor, cohort_id: UUID, wanted: HandAward
) -> UUID:
    """Award a course's credential to a learner of the cohort, whatever the rule says.

    Raises:
        NotFound, Forbidden: the actor does not teach or run the cohort.
        NotInCohort: the person has no place in it.
        RevokedBefore: theirs was revoked, and ``again`` does not say that this is meant.
    """
    cohort = await enrolments.staffed_cohort(session, actor, cohort_id)
    _must_teach(actor, cohort.hub_id)
    if wanted.account_id not in await active_members(session, cohort_id):
        raise NotInCohort(fields={"account_id": Message("Choose a learner of the cohort.")})
    course, rule = await given_course(session, cohort_id), await rule_of(session, cohort_id)
    best = (await best_results(session, cohort_id, [wanted.account_id])).get(wanted.account_id, {})
    made = _award(course, rule, wanted.account_id, best, by=actor.account_id, again=wanted.again)
    return await service.award(session, issuing, made)


def _award(
    course: GivenCourse,
    rule: RuleView,
    account_id: UUID,
    best: Results,
    *,
    by: UUID | None = None,
    again: bool = False,
) -> Award:
    by_hand = Evidence(
        "Awarded by an instructor", "An instructor of the hub looked at the work and awarded it."
    )
    return Award(
        account_id=account_id,
        hub_id=course.hub_id,
        achievement=_plan(course, rule),
        reference=str(course.cohort_id),
        awarded_by=by,
        evidence=(*_evidence(course, best), *((by_hand,) if by else ())),
        results=(_total(course, best),) if best else (),
        again=again,
    )


def _plan(course: GivenCourse, rule: RuleView) -> AchievementPlan:
    titles = [view.lab.title for view in course.assignments]
    labs = "\n".join(f"- {title}" for title in titles)
    share = f"{rule.pass_share * 100:g}"
    skills = {skill: None for view in course.assignments for skill in view.lab.skills}
    return AchievementPlan(
        kind=Kind.COURSE,
        subject=_subject(course),
        name=course.course.title,
        name_ur=course.course.title_ur,
        description=course.course.summary or f"The course “{course.course.title}”.",
        criteria=f"Reach at least {share} percent of the points in every lab of the course:\n\n{labs}",
        skills=tuple(skills),
    )


def _evidence(course: GivenCourse, best: Results) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            name=view.lab.title,
            description=_points(best[view.id]),
            narrative=f"SHA-256 of the work that was graded: {best[view.id].sha256}",
            genre="Graded lab",
        )
        for view in course.assignments
        if view.id in best
    )


def _points(result: ReleasedResult) -> str:
    return f"{formats.points(result.score)} of {formats.points(result.max_score)} points"


def _total(course: GivenCourse, best: Results) -> Result:
    """The share of all points in whole percent, cut and never rounded up."""
    most = sum(view.lab.points for view in course.assignments)
    share = sum(best[view.id].share * view.lab.points for view in course.assignments if view.id in best)
    percent = math.floor(100 * share / most + 1e-9) if most else 0
    return Result("Share of all points", str(percent), ResultKind.PERCENT, "0", "100")
