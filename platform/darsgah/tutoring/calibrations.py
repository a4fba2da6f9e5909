"""The measurements of labs: a worker makes them, staff see what a threshold means, or ask for another."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.catalog import service as catalog
from darsgah.enrolments import service as enrolments
from darsgah.jobs.queue import enqueue, under_way
from darsgah.tutoring import queries
from darsgah.tutoring.course_settings import require_change
from darsgah.tutoring.gate_figures import (
    GateFigures,
    Measured,
    MeasuredAnswer,
    figures_at,
    proposed,
    table,
)
from darsgah.tutoring.models import LabCalibration


class Calibration(msgspec.Struct, frozen=True):
    """What thresholds mean for a lab version.

    Attributes:
        tutor, made_at: which tutor was measured, and when.
        answers, questions: wrong answers that it was measured on, and of how many questions.
        own: the tutor's own threshold, which holds where none is set.
        current: the one that is set.
        proposed: the least at which 95 % of what is told is right; None where none reaches it.
        rows: others, from the least on.
    """

    tutor: str
    made_at: datetime
    answers: int
    questions: int
    own: GateFigures
    current: GateFigures
    proposed: GateFigures | None
    rows: tuple[GateFigures, ...]


class LabCalibrationView(msgspec.Struct, frozen=True):
    """A lab's newest measurement, if there is one; ``under_way`` says that a worker was asked for another."""

    calibration: Calibration | None
    under_way: bool


async def record(session: AsyncSession, lab_version_id: UUID, measured: Measured) -> None:
    """Keep a measurement."""
    session.add(
        LabCalibration(
            lab_version_id=lab_version_id,
            tutor=measured.tutor,
            threshold=measured.threshold,
            questions=measured.questions,
            answers=[msgspec.structs.asdict(answer) for answer in measured.answers],
        )
    )
    await session.flush()


async def measured_by(session: AsyncSession, lab_version_id: UUID, tutor: str) -> bool:
    """Whether the newest measurement of a lab version is this tutor's."""
    newest = await queries.newest_calibrations(session, [lab_version_id])
    return lab_version_id in newest and newest[lab_version_id].tutor == tutor


async def calibrations(
    session: AsyncSession, thresholds: Sequence[tuple[UUID, float | None]]
) -> list[LabCalibrationView]:
    """For each lab version and the threshold set there, for a caller that may see it, what that means."""
    ids = list({lab_version_id for lab_version_id, _ in thresholds})
    newest = await queries.newest_calibrations(session, ids)
    asked = await under_way(session, catalog.CALIBRATE, "lab_version_id", [str(each) for each in ids])
    return [
        LabCalibrationView(
            _view(newest[lab_version_id], threshold) if lab_version_id in newest else None,
            str(lab_version_id) in asked,
        )
        for lab_version_id, threshold in thresholds
    ]


async def calibration(session: AsyncSession, actor: Actor, assignment_id: UUID) -> LabCalibrationView:
    """What thresholds mean for the lab of an assignment.

    Raises:
        NotFound, Forbidden: the actor does not teach or run the cohort.
    """
    assignment, _ = await enrolments.assignment(session, actor, assignment_id)
    await enrolments.staffed_cohort(session, actor, assignment.cohort_id)
    here = await queries.assignment_tutoring(session, assignment_id)
    return (await calibrations(session, [(assignment.lab.id, here.threshold)]))[0]


async def measure_again(session: AsyncSession, actor: Actor, assignment_id: UUID) -> LabCalibrationView:
    """Ask a worker to measure an assignment's lab; one that was asked already is enough.

    Raises:
        NotFound, Forbidden: as above, or the actor may only read.
    """
    assignment, _ = await enrolments.assignment(session, actor, assignment_id)
    cohort = await enrolments.staffed_cohort(session, actor, assignment.cohort_id)
    require_change(actor, cohort.hub_id)
    if not (await calibration(session, actor, assignment_id)).under_way:
        await enqueue(session, catalog.CALIBRATE, lab_version_id=str(assignment.lab.id), again=True)
    return await calibration(session, actor, assignment_id)


async def ask_where_missing(session: AsyncSession) -> int:
    """Have each lab measured that cohorts work on and nobody has measured; returns how many were asked for.

    A measurement that was given up is not asked for again: the course's page offers it.
    """
    used = await enrolments.labs_in_use(session)
    newest = await queries.newest_calibrations(session, used)
    missing = [str(each) for each in used if each not in newest]
    asked = await under_way(session, catalog.CALIBRATE, "lab_version_id", missing, or_given_up=True)
    wanted = [each for each in missing if each not in asked]
    for each in wanted:
        await enqueue(session, catalog.CALIBRATE, lab_version_id=each)
    return len(wanted)


def _view(row: LabCalibration, threshold: float | None) -> Calibration:
    answers = msgspec.convert(row.answers, list[MeasuredAnswer])
    least = proposed(answers)
    return Calibration(
        tutor=row.tutor,
        made_at=row.made_at,
        answers=len(answers),
        questions=row.questions,
        own=figures_at(answers, row.threshold),
        current=figures_at(answers, row.threshold if threshold is None else threshold),
        proposed=least,
        rows=table(answers, threshold, row.threshold, least.threshold if least else None),
    )
