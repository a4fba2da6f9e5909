"""What can be done with drafts: read them, save them, look at earlier versions."""

import asyncio
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.blobs.store import BlobStore
from darsgah.db.columns import now as utc_now
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import AssignmentView, CohortView, Window
from darsgah.enrolments.service import LabNotOpen
from darsgah.errors import NotFound
from darsgah.workspaces import queries
from darsgah.workspaces.content import checked, unpacked
from darsgah.workspaces.errors import DraftChanged, OnlyForLearners, VersionNotNamed
from darsgah.workspaces.history import goes_on, superfluous
from darsgah.workspaces.queries import HeldDraft, Place, Save
from darsgah.workspaces.schemas import DraftContent, DraftView, SavedDraft

GIVEN_OUT: Final = 0
"""The version of a notebook that its learner has not saved: as it was given out."""
_LARGEST_VERSION = 2**31 - 1


async def learners_assignment(
    session: AsyncSession, actor: Actor, assignment_id: UUID
) -> tuple[AssignmentView, CohortView]:
    """An assignment of the actor's own, with its cohort.

    Raises:
        NotFound: there is none that the actor may see.
        OnlyForLearners: the actor does not learn in its cohort.
    """
    assignment, cohort = await enrolments.assignment(session, actor, assignment_id)
    if not cohort.learner:
        raise OnlyForLearners
    return assignment, cohort


async def drafts(session: AsyncSession, actor: Actor, assignment_id: UUID) -> list[DraftView]:
    """The lab's notebooks as the actor has them, in the lab's order, then drafts of notebooks it has no more.

    Raises:
        NotFound, OnlyForLearners: not this person's.
    """
    assignment, _ = await learners_assignment(session, actor, assignment_id)
    saved = await queries.drafts(session, actor.account_id, assignment_id)
    views = []
    for file in assignment.lab.notebooks:
        draft = saved.pop(file.name, None)
        views.append(
            DraftView(file.name, draft.version, draft.saved_at, draft.size, draft.sha256)
            if draft
            else DraftView(file.name, GIVEN_OUT, None, file.size, file.sha256)
        )
    views += [
        DraftView(name, draft.version, draft.saved_at, draft.size, draft.sha256)
        for name, draft in saved.items()
    ]
    return views


async def draft(
    session: AsyncSession, blobs: BlobStore, actor: Actor, assignment_id: UUID, notebook: str
) -> DraftContent:
    """The newest version of a draft; where there is none, the notebook as it was given out.

    Raises:
        NotFound, OnlyForLearners: not this person's, or no such notebook.
        LabNotOpen: there is no draft and the lab has not opened.
    """
    await learners_assignment(session, actor, assignment_id)
    found = await queries.newest(session, _place(actor, assignment_id, notebook))
    if found is None:
        content = await original(session, blobs, actor, assignment_id, notebook)
        return DraftContent(GIVEN_OUT, None, content)
    version, saved_at, packed = found
    return DraftContent(version, saved_at, await asyncio.to_thread(unpacked, packed))


async def saved_notebook(
    session: AsyncSession, account_id: UUID, assignment_id: UUID, notebook: str
) -> bytes | None:
    """Somebody's draft as it was last saved, for the worker; None where there is none."""
    found = await queries.newest(session, Place(account_id, assignment_id, notebook))
    return None if found is None else await asyncio.to_thread(unpacked, found[2])


async def original(
    session: AsyncSession, blobs: BlobStore, actor: Actor, assignment_id: UUID, notebook: str
) -> bytes:
    """The notebook as it was given out.

    Raises:
        NotFound, OnlyForLearners: not this person's, or no such notebook.
        LabNotOpen: the lab has not opened.
    """
    await learners_assignment(session, actor, assignment_id)
    return await enrolments.lab_file(session, blobs, actor, assignment_id, notebook, notebook=True)


async def versions(
    session: AsyncSession, actor: Actor, assignment_id: UUID, notebook: str
) -> list[SavedDraft]:
    """The versions of a draft that are kept, newest first; none where nobody has saved.

    Raises:
        NotFound, OnlyForLearners: not this person's, or no such notebook.
    """
    assignment, _ = await learners_assignment(session, actor, assignment_id)
    found = await queries.versions(session, _place(actor, assignment_id, notebook))
    if not found:
        _require_notebook(assignment, notebook)
    return found


async def version(
    session: AsyncSession, actor: Actor, assignment_id: UUID, notebook: str, number: int
) -> DraftContent:
    """One version of a draft.

    Raises:
        NotFound, OnlyForLearners: not this person's, or not kept.
    """
    await learners_assignment(session, actor, assignment_id)
    found = None
    if 0 < number <= _LARGEST_VERSION:
        found = await queries.version(session, _place(actor, assignment_id, notebook), number)
    if found is None:
        raise NotFound
    saved_at, packed = found
    return DraftContent(number, saved_at, await asyncio.to_thread(unpacked, packed))


async def save(
    session: AsyncSession,
    actor: Actor,
    assignment_id: UUID,
    notebook: str,
    sent: bytes,
    *,
    if_match: str,
    client: str,
) -> SavedDraft:
    """Make these bytes the newest version of a draft, if they began from the one that is.

    The same bytes as the newest version's change nothing and return it, so that a save whose answer was lost
    can be sent again. Dates do not matter: work that has begun can be saved after the deadline.

    Args:
        if_match: the entity tag of the version that the changes began from, as an If-Match header has it.
        client: names the window; its saves within one stretch of typing become one version. Empty: a
            version each.

    Raises:
        NotFound, OnlyForLearners: not this person's, or no such notebook.
        LabNotOpen: there is no draft and the lab has not opened.
        VersionNotNamed: ``if_match`` is empty.
        DraftChanged: another version is the newest.
        DraftTooLarge, NotANotebook: nothing that can be kept.
    """
    assignment, cohort = await learners_assignment(session, actor, assignment_id)
    if not if_match.strip():
        raise VersionNotNamed
    content = await asyncio.to_thread(checked, sent, assignment.lab.submission_bytes)
    place, made = _place(actor, assignment_id, notebook), Save(content, client, utc_now())
    found = await queries.held(session, place)
    if found is None:
        _require_notebook(assignment, notebook)
        if assignment.window is Window.NOT_OPEN:
            raise LabNotOpen
        if not _names(if_match, GIVEN_OUT):
            raise DraftChanged(version=GIVEN_OUT)
        if await queries.begin(session, place, assignment.hub_id, made):
            return SavedDraft(1, made.at, content.size, content.sha256)
        found = await queries.held(session, place)
        if found is None:
            raise DraftChanged(version=GIVEN_OUT)
    if found.saved.sha256 == content.sha256:
        return found.saved
    if not _names(if_match, found.saved.version):
        raise DraftChanged(version=found.saved.version)
    return await _follow(session, found, made, ZoneInfo(cohort.timezone))


async def _follow(session: AsyncSession, found: HeldDraft, made: Save, zone: ZoneInfo) -> SavedDraft:
    """Write the version after a held draft's newest, which stays among the versions or is taken in."""
    same_stretch = goes_on(found.client, found.begun_at, made.client, made.at)
    if not same_stretch:
        await queries.keep(session, found.id)
    number = await queries.replace(
        session, found.id, made, begun_at=found.begun_at if same_stretch else made.at
    )
    if not same_stretch:
        kept = [(number, made.at)] + [
            (before.version, before.saved_at) for before in await queries.earlier(session, found.id)
        ]
        if dropped := superfluous(kept, zone):
            await queries.drop(session, found.id, dropped)
    return SavedDraft(number, made.at, made.content.size, made.content.sha256)


def _names(if_match: str, version: int) -> bool:
    """Whether an If-Match header (RFC 9110, 13.1.1) names a version.

    Weak tags and bare numbers count too, since proxies that pack answers weaken their tags. ``*`` does not:
    it would overwrite what somebody has not seen.
    """
    tags = (tag.strip().removeprefix("W/").strip('"') for tag in if_match.split(","))
    return str(version) in tags


def _place(actor: Actor, assignment_id: UUID, notebook: str) -> Place:
    """Where the actor's draft of that notebook is.

    Raises:
        NotFound: no notebook can have that name.
    """
    if "\0" in notebook:
        raise NotFound
    return Place(actor.account_id, assignment_id, notebook)


def _require_notebook(assignment: AssignmentView, notebook: str) -> None:
    if all(file.name != notebook for file in assignment.lab.notebooks):
        raise NotFound
