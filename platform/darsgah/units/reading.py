"""Assessments as they are shown: with the words that somebody was judged by, and by whom."""

from collections.abc import Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.accounts import service as accounts
from darsgah.hubs import service as hubs
from darsgah.units import queries
from darsgah.units.models import UnitAssessment
from darsgah.units.schemas import AssessmentView, CriterionResult, LabShare, Outcome


async def assessment_views(
    session: AsyncSession, rows: Sequence[UnitAssessment]
) -> tuple[AssessmentView, ...]:
    """The same in the same order; the caller has seen who may read them."""
    if not rows:
        return ()
    texts = await queries.versions(session, {(row.unit_id, row.number) for row in rows})
    names = await accounts.display_names(session, list({row.assessor_id for row in rows}))
    known = await hubs.hubs_by_id(session, {row.hub_id for row in rows})
    return tuple(
        AssessmentView(
            id=row.id,
            unit_version=row.number,
            outcome=Outcome(row.outcome),
            criteria=tuple(
                CriterionResult(one["text"], one["text_ur"], met)
                for one, met in zip(texts[row.unit_id, row.number].criteria, row.met, strict=True)
            ),
            note=row.note,
            reason=row.reason,
            prior_learning=row.prior_learning,
            labs=msgspec.convert(tuple(row.labs), tuple[LabShare, ...]),
            hub_id=row.hub_id,
            hub_name=known[row.hub_id].name,
            hub_name_ur=known[row.hub_id].name_ur,
            assessor=names.get(row.assessor_id, ""),
            at=row.at,
            credential_id=row.credential_id,
        )
        for row in rows
    )
