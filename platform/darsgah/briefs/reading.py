"""From rows to what is shown: the text of a brief, its history, its rounds and what changed between them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.accounts import service as accounts
from darsgah.briefs import queries
from darsgah.briefs.content import COLUMNS, FIELDS, BriefContent, Gate
from darsgah.briefs.lifecycle import Stage
from darsgah.briefs.models import Brief, BriefApproval
from darsgah.briefs.schemas import (
    ApprovalKind,
    ApprovalView,
    Change,
    FindingView,
    HistoryLine,
    ReviewView,
    RoundView,
)
from darsgah.ui.language import Language, translate


async def content_of(session: AsyncSession, brief: Brief) -> BriefContent:
    """What is written in a brief now."""
    gates = await queries.gates(session, [brief.id])
    return content(brief, gates.get(brief.id, ()))


def content(brief: Brief, gates: Sequence[Gate]) -> BriefContent:
    """What is written in a brief whose gates were read."""
    values: dict[str, Any] = {name: getattr(brief, name) for name in COLUMNS}
    written: BriefContent = msgspec.convert(values, BriefContent)
    return msgspec.structs.replace(written, gates=tuple(gates))


async def history(
    session: AsyncSession, brief_id: UUID, project_id: UUID | None = None
) -> tuple[HistoryLine, ...]:
    """The history of a brief or of one of its projects, oldest first; the caller has seen who may read it."""
    rows = await queries.history(session, brief_id, project_id)
    names = await accounts.display_names(session, list({row.by_id for row in rows if row.by_id}))
    return tuple(
        HistoryLine(
            name=row.name,
            from_stage=Stage(row.from_stage) if row.from_stage else None,
            to_stage=Stage(row.to_stage),
            by=names.get(row.by_id, "") if row.by_id else None,
            at=row.at,
            reason=row.reason,
        )
        for row in rows
    )


async def rounds(session: AsyncSession, brief_id: UUID, language: Language) -> tuple[RoundView, ...]:
    """Every round, oldest first: what changed since the one before, what was found, how it was scored."""
    rows = await queries.rounds(session, brief_id)
    found = await queries.reviews(session, brief_id)
    ids = {row.submitted_by for row in rows} | {row.reviewer_id for row in found}
    names = await accounts.display_names(session, list(ids))
    views: list[RoundView] = []
    before: Mapping[str, Any] | None = None
    for row in rows:
        views.append(
            RoundView(
                number=row.number,
                submitted_by=names.get(row.submitted_by, ""),
                submitted_at=row.submitted_at,
                findings=tuple(_finding(one, language) for one in row.findings),
                reviews=tuple(
                    ReviewView(
                        reviewer=names.get(one.reviewer_id, ""),
                        relevance=one.relevance,
                        clarity=one.clarity,
                        mentorship=one.mentorship,
                        note=one.note,
                        at=one.at,
                    )
                    for one in found
                    if one.round == row.number
                ),
                changes=changes(before, row.content) if before is not None else (),
            )
        )
        before = row.content
    return tuple(views)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """The fields that differ between two texts as they are kept, in the order of the form."""
    return tuple(
        Change(name, before.get(name), after.get(name))
        for name in FIELDS
        if _comparable(before.get(name)) != _comparable(after.get(name))
    )


def _comparable(value: object) -> object:
    """A field as it is kept; what was kept before a key was added lacks the key."""
    if isinstance(value, list | tuple):
        return [_comparable(one) for one in value]
    if isinstance(value, dict):
        return {key: one for key, one in value.items() if one is not None}
    return value


def approvals(
    rows: Sequence[BriefApproval], names: Mapping[UUID, str], verified: tuple[bool, bool], *, frozen: bool
) -> tuple[ApprovalView, ...]:
    """The four approvals in their order; the first two are read from verifications until they are frozen."""
    given = {row.kind: row for row in rows}
    live = {ApprovalKind.ORGANISATION: verified[0], ApprovalKind.MENTOR: verified[1]}
    views = []
    for kind in ApprovalKind:
        row = given.get(kind.value)
        holds = row is not None or (not frozen and live.get(kind, False))
        by = names.get(row.by_id, "") if row and row.by_id else None
        views.append(ApprovalView(kind, holds, by, row.at if row else None))
    return tuple(views)


def _finding(kept: Mapping[str, Any], language: Language) -> FindingView:
    text = translate(str(kept["text"]), language).format_map(kept["values"])
    return FindingView(kept["field"], kept["code"], text)
