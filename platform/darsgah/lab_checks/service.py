"""What can be done with the reports of labs: keep them, show them to staff, ask for another."""

from collections.abc import Container, Mapping, Sequence
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import NETWORK_ROLES, Actor, Role
from darsgah.catalog import service as catalog
from darsgah.enrolments import service as enrolments
from darsgah.errors import Forbidden, NotFound
from darsgah.jobs.queue import enqueue, under_way
from darsgah.lab_checks import queries
from darsgah.lab_checks.models import LabCheck
from darsgah.lab_checks.schemas import CheckState, CheckSummary, CheckView, LabLine, Override
from darsgah_labs.check.report import LabReport

MAY_ASK = (Role.INSTRUCTOR, Role.HUB_ADMIN, Role.NETWORK_ADMIN)
"""Roles that may have a lab checked again; auditors only read."""

LONGEST_LIST = 200


async def record(
    session: AsyncSession,
    lab_version_id: UUID,
    report: LabReport | None,
    *,
    override_reason: str = "",
    override_by: str = "",
) -> None:
    """Keep a report, or the reason for publishing without one that passes, or both."""
    session.add(
        LabCheck(
            lab_version_id=lab_version_id,
            checker=report.checker if report else None,
            ok=report.ok if report else None,
            mutation_score=report.mutation_score if report else None,
            report=msgspec.to_builtins(report) if report else None,
            override_reason=override_reason,
            override_by=override_by,
        )
    )
    await session.flush()


async def has_report(session: AsyncSession, lab_version_id: UUID) -> bool:
    """Whether a lab version has been checked."""
    return lab_version_id in await queries.newest_reports(session, [lab_version_id])


async def taught_labs(session: AsyncSession, actor: Actor) -> list[LabLine]:
    """The lab versions that the actor's cohorts use, with how they stand, by title.

    Network roles are shown the newest of the whole network.
    """
    if actor.holds(*NETWORK_ROLES):
        ids = await catalog.newest_lab_versions(session, LONGEST_LIST)
    else:
        ids = await enrolments.labs_taught_by(session, actor, LONGEST_LIST)
    found = await catalog.lab_versions(session, ids)
    reports = await queries.newest_reports(session, ids)
    summaries = await _summaries(session, reports, ids, await _under_way(session, ids))
    lines = [LabLine(lab, summaries[lab.id]) for lab in found.values()]
    return sorted(lines, key=lambda line: (line.lab.title.casefold(), line.lab.number))


async def check_of(session: AsyncSession, actor: Actor, lab_version_id: UUID) -> CheckView:
    """A lab version's report.

    Raises:
        NotFound: no cohort that the actor teaches or runs uses that version.
    """
    if not actor.holds(*NETWORK_ROLES) and not await enrolments.teaches_lab(session, actor, lab_version_id):
        raise NotFound
    lab = await catalog.lab_version(session, lab_version_id)
    ids = [lab_version_id]
    reports, asked = await queries.newest_reports(session, ids), await _under_way(session, ids)
    summaries = await _summaries(session, reports, ids, asked)
    row = reports.get(lab_version_id)
    report = msgspec.convert(row.report, LabReport) if row else None
    return CheckView(lab, summaries[lab_version_id], report, lab_version_id in asked)


async def check_again(session: AsyncSession, actor: Actor, lab_version_id: UUID) -> CheckView:
    """Ask a worker for another report; one that was asked for already is enough.

    Raises:
        NotFound: as in ``check_of``.
        Forbidden: the actor may only read.
    """
    view = await check_of(session, actor, lab_version_id)
    if not actor.holds(*MAY_ASK):
        raise Forbidden
    if not view.under_way:
        await enqueue(session, catalog.CHECK, lab_version_id=str(lab_version_id), again=True)
    return await check_of(session, actor, lab_version_id)


async def _under_way(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the lab versions of which a worker has been asked for a report."""
    found = await under_way(session, catalog.CHECK, "lab_version_id", [str(each) for each in ids])
    return {UUID(each) for each in found}


async def _summaries(
    session: AsyncSession, reports: Mapping[UUID, LabCheck], ids: Sequence[UUID], asked: Container[UUID]
) -> dict[UUID, CheckSummary]:
    overrides = await queries.newest_overrides(session, ids)
    summaries: dict[UUID, CheckSummary] = {}
    for lab_version_id in ids:
        report, override = reports.get(lab_version_id), overrides.get(lab_version_id)
        if report is not None:
            state = CheckState.PASSED if report.ok else CheckState.FAILED
        else:
            state = CheckState.WAITING if lab_version_id in asked else CheckState.UNCHECKED
        summaries[lab_version_id] = CheckSummary(
            state=state,
            checked_at=report.made_at if report else None,
            mutation_score=report.mutation_score if report else None,
            override=Override(override.override_reason, override.override_by, override.made_at)
            if override
            else None,
        )
    return summaries
