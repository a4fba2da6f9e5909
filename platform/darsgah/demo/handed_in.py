"""What the demo's classmates hand in: the labs' own solutions, each with another share of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.blobs.store import BlobStore
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import LabPackage, LabVersionView
from darsgah.db.session import Database
from darsgah.demo.people import CLASSMATES
from darsgah.enrolments import service as enrolments
from darsgah.submissions import service as submissions


@dataclass(frozen=True, slots=True)
class Material:
    """The notebooks of a lab by name: with solutions, and as learners get them."""

    slug: str
    sources: Mapping[str, bytes]
    releases: Mapping[str, bytes]


def work_key(slug: str, number: int) -> str:
    """The idempotency key of a classmate's work, so that it is handed in once."""
    return f"demo-{slug}-{number}"


async def material_of(database: Database, blobs: BlobStore, version: LabVersionView) -> Material:
    """The notebooks of a published lab."""
    async with database.begin() as session:
        sources = (await catalog.grading_material(session, version.id)).sources
    return Material(
        version.slug,
        {file.name: await blobs.get(file.sha256) for file in sources},
        {file.name: await blobs.get(file.sha256) for file in version.notebooks},
    )


async def hand_in(
    session: AsyncSession,
    blobs: BlobStore,
    actor: Actor,
    cohort_id: UUID,
    lab: Material,
    *,
    number: int,
) -> None:
    """Hand in a classmate's work, more of it solved the higher the number; once, whatever the lab is now."""
    key = work_key(lab.slug, number)
    if await submissions.was_handed_in(session, actor.account_id, key):
        return  # with the lab as it was then
    page = await enrolments.cohort_page(session, actor, cohort_id)
    assignment = next(view for view in page.assignments if view.lab.slug == lab.slug)
    work = {name: partly_solved(lab, name, number + 1, len(CLASSMATES)) for name in lab.sources}
    await submissions.hand_in(session, blobs, actor, assignment.id, work, idempotency_key=key)


def partly_solved(lab: Material | LabPackage, name: str, share: int, of: int) -> bytes:
    """The learner's version of a notebook with the first ``share`` of ``of`` parts of its answers in it."""
    released = msgspec.json.decode(lab.releases[name])
    solved = {
        cell["metadata"]["nbgrader"]["grade_id"]: _solution(cell)
        for cell in msgspec.json.decode(lab.sources[name])["cells"]
        if _is_answer(cell)
    }
    answers = [cell for cell in released["cells"] if _is_answer(cell)]
    for cell in answers[: len(answers) * share // of]:
        cell["source"] = solved[cell["metadata"]["nbgrader"]["grade_id"]]
    return msgspec.json.encode(released)


def _is_answer(cell: Mapping[str, Any]) -> bool:
    marks = cell.get("metadata", {}).get("nbgrader", {})
    return bool(marks.get("solution")) and cell["cell_type"] == "code"


def _solution(cell: Mapping[str, Any]) -> str:
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    return re.sub(r"(?m)^\s*### (BEGIN|END) SOLUTION\n?", "", source)
