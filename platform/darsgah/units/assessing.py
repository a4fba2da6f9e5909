"""Judging: who waits for it, and finding somebody competent or not yet, with the credential that follows.

Assessors are the instructors and administrators of a hub in which the learner has a place. What they found is
only ever added to; the newest counts.
"""

import math
from collections.abc import Callable
from typing import Final
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import NETWORK_ROLES, Actor, Role
from darsgah.accounts import service as accounts
from darsgah.credentials import service as credentials
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.schemas import AchievementPlan, Alignment, Award, Kind, Result, ResultKind
from darsgah.credentials.schemas import Evidence as Shown
from darsgah.db.columns import now
from darsgah.enrolments.hub_learners import learners_of_hub, learns_in
from darsgah.errors import MalformedInput, NotFound
from darsgah.hubs import service as hubs
from darsgah.hubs.schemas import HubView
from darsgah.notices import service as notices
from darsgah.ui.language import Message
from darsgah.units import queries, service
from darsgah.units.errors import (
    AssessedMeanwhile,
    JudgedElsewhere,
    KeyUsed,
    NotOneself,
    ReasonMissing,
    UnitChanged,
    UnitRetired,
)
from darsgah.units.evidence import Evidence, gather
from darsgah.units.models import UnitAssessment
from darsgah.units.queries import Row
from darsgah.units.reading import assessment_views
from darsgah.units.schemas import (
    AssessmentView,
    Candidate,
    Candidates,
    LabEvidence,
    LearnerUnit,
    NewAssessment,
    Outcome,
    Show,
    State,
)

ASSESSORS: Final = (Role.INSTRUCTOR, Role.HUB_ADMIN)
PAGE: Final = 50
_AT_ONCE: Final = 200
"""Learners who are looked at at once: those who do not belong into the list are left out of them."""
_ANY: Final = "unit"
"""The occasion of a unit's credential: whoever is found competent again goes on holding the one they have."""
logger = structlog.get_logger("darsgah.units")


async def candidates(
    session: AsyncSession,
    actor: Actor,
    hub_id: UUID,
    code: str,
    show: Show = Show.READY,
    *,
    after: UUID | None = None,
) -> Candidates:
    """Learners of a hub and how each stands to a unit, ``PAGE`` at a time; ``after`` is the last one seen.

    Raises:
        NotFound: there is no such unit, or no such hub that the actor looks after.
    """
    hub, row = await _hub(session, actor, hub_id), await _row(session, code)
    belongs = _BELONGS[show]
    found: list[Candidate] = []
    place = after
    while len(found) <= PAGE:
        ids = await learners_of_hub(session, hub.id, after=place, limit=_AT_ONCE)
        known = await gather(session, [row], ids)
        found += [one for one in (_candidate(account_id, row, known) for account_id in ids) if belongs(one)]
        if len(ids) < _AT_ONCE:
            break
        place = ids[-1]
    shown = found[:PAGE]
    names = await accounts.display_names(session, [one.account_id for one in shown])
    return Candidates(
        unit=service.title(row),
        hub_id=hub.id,
        hub_name=hub.name,
        hub_name_ur=hub.name_ur,
        learners=tuple(msgspec.structs.replace(one, name=names.get(one.account_id, "")) for one in shown),
        next_after=shown[-1].account_id if len(found) > PAGE else None,
    )


_BELONGS: Final[dict[Show, Callable[[Candidate], bool]]] = {
    Show.READY: lambda one: one.state is State.READY,
    Show.ASSESSED: lambda one: one.assessed_at is not None,
    Show.ALL: lambda _: True,
}


def _candidate(account_id: UUID, row: Row, known: Evidence) -> Candidate:
    labs, last = known.of(account_id, row[0].id), known.newest.get((account_id, row[0].id))
    return Candidate(
        account_id=account_id,
        name="",
        state=known.state(account_id, row[0].id),
        passed=sum(lab.passed for lab in labs),
        labs=len(labs),
        assessed_at=last.at if last else None,
    )


async def learner(
    session: AsyncSession, actor: Actor, hub_id: UUID, code: str, account_id: UUID
) -> LearnerUnit:
    """One learner of a hub with their evidence and how they were judged.

    Raises:
        NotFound: there is no such unit, no such hub that the actor looks after, or nobody of that id in it.
    """
    hub, row = await _hub(session, actor, hub_id), await _row(session, code)
    if not await learns_in(session, account_id, hub.id):
        raise NotFound
    names = await accounts.display_names(session, [account_id])
    rows = await queries.history(session, account_id, row[0].id)
    return LearnerUnit(
        unit=await service.unit_view(session, row, account_id),
        account_id=account_id,
        name=names.get(account_id, ""),
        hub_id=hub.id,
        hub_name=hub.name,
        hub_name_ur=hub.name_ur,
        hub_timezone=hub.timezone,
        may_assess=hub.id in actor.hubs(*ASSESSORS) and account_id != actor.account_id,
        history=await assessment_views(session, rows),
    )


async def assess(
    session: AsyncSession,
    issuing: Issuing,
    actor: Actor,
    code: str,
    new: NewAssessment,
    *,
    key: str | None = None,
) -> AssessmentView:
    """Find a learner competent, which awards the unit's credential, or not yet, which takes it back.

    Args:
        key: a repeat under the same key writes nothing and returns what was written first.

    Raises:
        NotFound: there is no such unit, or no such learner in a hub where the actor assesses.
        NotOneself, UnitChanged, UnitRetired, AssessedMeanwhile, JudgedElsewhere, KeyUsed: it cannot be now.
        ReasonMissing, MalformedInput: something of what was sent is missing or does not fit together.
    """
    row = await queries.unit_locked(session, code)
    mine = new.hub_id in actor.hubs(*ASSESSORS)
    if row is None or not mine or not await learns_in(session, new.account_id, new.hub_id):
        raise NotFound
    if new.account_id == actor.account_id:
        raise NotOneself
    if key is not None and (before := await queries.sent_before(session, actor.account_id, key)):
        return await _repeated(session, before, row, new)
    known = await gather(session, [row], [new.account_id])
    last = known.newest.get((new.account_id, row[0].id))
    labs = known.of(new.account_id, row[0].id)
    _refuse(row, new, last, labs)
    made = UnitAssessment(
        unit_id=row[0].id,
        number=row[1].number,
        account_id=new.account_id,
        hub_id=new.hub_id,
        assessor_id=actor.account_id,
        outcome=new.outcome.value,
        met=list(new.met),
        note=new.note.strip(),
        reason=new.reason.strip(),
        prior_learning=_is_prior_learning(new, labs),
        labs=[
            {"lab_id": str(lab.lab_id), "title": lab.title, "share": lab.share, "reached": lab.reached}
            for lab in labs
        ],
        idempotency_key=key,
        at=now(),
    )
    if new.outcome is Outcome.COMPETENT:
        made.credential_id = await credentials.award(session, issuing, _award(row, made, labs))
    elif last is not None and last.credential_id is not None:
        await credentials.take_back(session, last.credential_id, by=actor.account_id, reason=made.reason)
    session.add(made)
    await session.flush()
    await _tell(session, row, made)
    logger.info("unit_assessed", unit=code, outcome=made.outcome, by=str(actor.account_id))
    return (await assessment_views(session, [made]))[0]


async def _repeated(
    session: AsyncSession, before: UnitAssessment, row: Row, new: NewAssessment
) -> AssessmentView:
    sent = (row[0].id, new.account_id, new.outcome.value)
    if sent != (before.unit_id, before.account_id, before.outcome):
        raise KeyUsed
    return (await assessment_views(session, [before]))[0]


def _refuse(row: Row, new: NewAssessment, last: UnitAssessment | None, labs: tuple[LabEvidence, ...]) -> None:
    """Returns when the judgement can be written."""
    unit, text = row
    if new.version != unit.version:
        raise UnitChanged(version=unit.version)
    if new.seen != (last.id if last else None):
        raise AssessedMeanwhile
    competent = new.outcome is Outcome.COMPETENT
    if competent and unit.retired_at is not None:
        raise UnitRetired
    if not new.note.strip():
        raise MalformedInput(fields={"note": Message("This is needed.")})
    if len(new.met) != len(text.criteria):
        raise MalformedInput(fields={"met": Message("Say of each criterion whether it is met.")})
    if competent and not all(new.met):
        text_of = Message("Somebody is competent who meets every criterion: one is not marked.")
        raise MalformedInput(fields={"met": text_of})
    reverses = not competent and last is not None and last.outcome == Outcome.COMPETENT.value
    if reverses and last is not None and last.hub_id != new.hub_id:
        raise JudgedElsewhere
    if (reverses or _is_prior_learning(new, labs)) and not new.reason.strip():
        why = (
            Message("Say why the competence is taken back.")
            if reverses
            else Message("Not every lab is passed: say why this is recognised all the same.")
        )
        raise ReasonMissing(fields={"reason": why})


def _is_prior_learning(new: NewAssessment, labs: tuple[LabEvidence, ...]) -> bool:
    return new.outcome is Outcome.COMPETENT and not all(lab.passed for lab in labs)


def _award(row: Row, made: UnitAssessment, labs: tuple[LabEvidence, ...]) -> Award:
    unit, text = row
    judged = "An assessor of the hub judged each criterion as met."
    if made.prior_learning:
        judged += " Prior learning was recognised: not every lab was passed."
    outcome = Result("Outcome", "competent", ResultKind.LEVEL, allowed=("not yet competent", "competent"))
    return Award(
        account_id=made.account_id,
        hub_id=made.hub_id,
        achievement=_plan(row, labs),
        reference=_ANY,
        awarded_by=made.assessor_id,
        evidence=(
            *(
                Shown(lab.title, f"{_percent(lab.reached)} percent of its points", genre="Graded lab")
                for lab in labs
                if lab.reached is not None
            ),
            Shown("Assessment", judged, narrative=f"By version {text.number} of the unit {unit.code}."),
        ),
        results=(
            outcome,
            *(
                Result(one["text"], "met", ResultKind.LEVEL, allowed=("not yet met", "met"))
                for one in text.criteria
            ),
        ),
        again=True,
    )


def _plan(row: Row, labs: tuple[LabEvidence, ...]) -> AchievementPlan:
    unit, text = row
    criteria = "\n".join(f"- {one['text']}" for one in text.criteria)
    passed = "\n".join(f"- {lab.title}: {_percent(lab.share)} percent of its points" for lab in labs)
    worth = f" {text.credits:g} credits." if text.credits is not None else ""
    level = Alignment(
        name=text.level,
        url=text.framework_url,
        framework=f"{text.framework} {text.framework_version}".strip(),
        description="Comparable to this level, in the words of the network; no body has confirmed it.",
    )
    return AchievementPlan(
        kind=Kind.UNIT,
        subject=unit.code,
        name=text.title,
        name_ur=text.title_ur,
        description=f"The qualification unit {unit.code}.{worth}",
        criteria=f"Be found competent in each of these:\n\n{criteria}"
        + (f"\n\nLabs that give evidence:\n\n{passed}" if labs else ""),
        alignments=(level,) if text.level and text.framework_url else (),
    )


def _percent(share: float | None) -> int:
    """Whole percent, cut and never rounded up."""
    return math.floor(100 * (share or 0.0) + 1e-9)


async def _tell(session: AsyncSession, row: Row, made: UnitAssessment) -> None:
    hub = (await hubs.hubs_by_id(session, [made.hub_id]))[made.hub_id]
    kind = "unit_competent" if made.outcome == Outcome.COMPETENT.value else "unit_not_yet"
    said = {"unit": row[1].title, "hub": hub.name}
    await notices.tell(session, [made.account_id], kind, said, f"/units/{row[0].code}")


async def _row(session: AsyncSession, code: str) -> Row:
    row = await queries.unit(session, code)
    if row is None:
        raise NotFound
    return row


async def _hub(session: AsyncSession, actor: Actor, hub_id: UUID) -> HubView:
    """The hub, for those who assess there, and for the roles of the network."""
    hub = (await hubs.hubs_by_id(session, [hub_id])).get(hub_id)
    if hub is None or not (hub_id in actor.hubs(*ASSESSORS) or actor.holds(*NETWORK_ROLES)):
        raise NotFound
    return hub
