"""Milestones: from the brief when the room opens; the team hands in versions, the mentor decides."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.blobs.store import BlobStore
from darsgah.blobs.stored_file import StoredFile
from darsgah.briefs import moving
from darsgah.briefs.content import MOST_STEP_HOURS
from darsgah.briefs.lifecycle import Stage
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.notices import service as notices
from darsgah.projects import queries
from darsgah.projects.errors import (
    ChangedInBetween,
    DayOutside,
    FileRefused,
    MilestonesOpen,
    NothingToDecide,
    SubmittedTooOften,
)
from darsgah.projects.models import Deliverable, MilestoneSubmission, ProjectMilestone
from darsgah.projects.room import Part, Room, enter, names_of, require, require_acceptance
from darsgah.projects.schemas import (
    MOST_FILES,
    MOST_MILESTONES,
    MOST_SUBMISSIONS,
    Decision,
    DeliverableView,
    MilestoneChange,
    MilestonePage,
    MilestoneView,
    MilestoneWorkView,
)
from darsgah.ui.language import Message

AT_WORK = frozenset({Stage.MILESTONES})
"""The stage in which things are handed in and decided."""
PLANNED = frozenset({Stage.AGREEMENTS_SIGNED, Stage.KICKOFF, Stage.MILESTONES})
"""Stages in which milestones may be changed."""
HOURS_A_DAY = 12
"""Of one person, on no day more."""
logger = structlog.get_logger("darsgah.projects")


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a team hands in: files that are checked and kept already, links that are checked, and words.

    ``after`` is how many submissions the team had seen; None where a program does not say.
    """

    files: Sequence[StoredFile]
    links: Sequence[str]
    note: str
    after: int | None = None

    @property
    def digest(self) -> str:
        """Names the content, so that the same thing sent twice is one submission."""
        parts = [*(f"{file.name}\0{file.sha256}" for file in self.files), *self.links, self.note]
        return hashlib.sha256("\1".join(parts).encode()).hexdigest()


async def copy_from_brief(session: AsyncSession, room: Room) -> None:
    """Write the milestones that the brief promised; those without a date are spread over the project."""
    project = room.project
    planned = list(project.milestones)
    days = (project.ends_on - project.starts_on).days
    count = len(planned) or 1
    rows = []
    for position in range(count):
        step = planned[position] if planned else None
        spread = project.starts_on + timedelta(days=days * (position + 1) // count)
        due_on = step.due_on if step and step.due_on else spread
        rows.append(
            ProjectMilestone(
                hub_id=project.hub_id,
                project_id=project.id,
                position=position + 1,
                title=step.title if step and step.title else project.title,
                hours=step.hours if step else 0,
                due_on=min(max(due_on, project.starts_on), project.ends_on),
            )
        )
    session.add_all(rows)
    await session.flush()


async def change(
    session: AsyncSession, actor: Actor, project_id: UUID, milestone_id: UUID | None, wanted: MilestoneChange
) -> UUID:
    """Change a milestone, or add one at the end without ``milestone_id``; for the mentor and the hub.

    Raises:
        DayOutside: the day is not one of the project's.
        MalformedInput: it has no title, or more hours than the project's days.
        ChangedInBetween: it was changed meanwhile, or is accepted already.
        NotFound, and what ``require`` raises.
    """
    room = await enter(session, actor, project_id, lock=True)
    require(room, actor, Part.MENTOR, Part.HUB, stages=PLANNED)
    project = room.project
    if not wanted.title.strip():
        raise MalformedInput(fields={"title": Message("This is needed.")})
    if not project.starts_on <= wanted.due_on <= project.ends_on:
        raise DayOutside(fields={"due_on": Message("Choose a day of the project.")})
    most = min(MOST_STEP_HOURS, HOURS_A_DAY * ((project.ends_on - project.starts_on).days + 1))
    if wanted.hours > most:
        text = Message("The days of the project leave {most} hours of one person at most.", most=most)
        raise MalformedInput(fields={"hours": text})
    if milestone_id is None:
        row = await _added(session, room, wanted)
    else:
        row = await _found(session, room, milestone_id)
        if row.version != wanted.version or row.state == "accepted":
            raise ChangedInBetween
        row.title, row.due_on, row.hours = wanted.title.strip(), wanted.due_on, wanted.hours
        row.version, row.changed_at = row.version + 1, now()
    await session.flush()
    told = {"project": project.title, "milestone": row.title, "day": wanted.due_on.isoformat()}
    await notices.tell(
        session, room.members - {actor.account_id}, "project_milestone_changed", told, _address(room, row)
    )
    return row.id


async def page(session: AsyncSession, actor: Actor, project_id: UUID, milestone_id: UUID) -> MilestonePage:
    """A milestone with what was handed in for it.

    Raises:
        NotFound: the actor is nothing to the project, or it has no such milestone.
    """
    room = await enter(session, actor, project_id)
    require_acceptance(room, actor)
    row = await _found(session, room, milestone_id)
    rows = await queries.submissions(session, milestone_id)
    files = await queries.deliverables(session, [one.id for one in rows])
    names = await names_of(
        session, [one for row in rows for one in (row.submitted_by, row.decided_by) if one]
    )
    accepted = room.part is Part.HUB or actor.account_id in room.accepted
    working = accepted and room.project.stage in AT_WORK
    return MilestonePage(
        milestone=view(row, room, len(rows)),
        submissions=tuple(
            _submission_view(one, [file for file in files if file.submission_id == one.id], names)
            for one in rows
        ),
        may_submit=working and room.part is Part.TEAM and row.state != "accepted",
        may_decide=working and room.part is room.decider and row.state == "submitted",
        may_change=accepted
        and room.part is not Part.TEAM
        and room.project.stage in PLANNED
        and row.state != "accepted",
    )


async def submit(
    session: AsyncSession, actor: Actor, project_id: UUID, milestone_id: UUID, handed_in: HandedIn
) -> int:
    """Hand something in for a milestone, as its next version; the same sent again is the one before.

    Returns:
        The number of the submission.

    Raises:
        ChangedInBetween: somebody else handed something in meanwhile, or the milestone is accepted.
        FileRefused: nothing was sent, or too much.
        SubmittedTooOften: as it says.
        NotFound, and what ``require`` raises.
    """
    room = await enter(session, actor, project_id, lock=True)
    require(room, actor, Part.TEAM, stages=AT_WORK)
    row = await _found(session, room, milestone_id)
    before = await queries.submissions(session, milestone_id)
    if before and before[0].digest == handed_in.digest and before[0].decision is None:
        return before[0].number
    if row.state == "accepted" or (handed_in.after is not None and handed_in.after != len(before)):
        raise ChangedInBetween
    if len(before) >= MOST_SUBMISSIONS:
        raise SubmittedTooOften(most=MOST_SUBMISSIONS)
    if not handed_in.files and not handed_in.links:
        raise FileRefused("Choose a file or write a link; nothing was handed in.")
    if len(handed_in.files) + len(handed_in.links) > MOST_FILES:
        raise FileRefused(
            "At most {most} files and links in one go; pack them into a zip file.", most=MOST_FILES
        )
    made = MilestoneSubmission(
        project_id=project_id,
        milestone_id=milestone_id,
        number=before[0].number + 1 if before else 1,
        note=handed_in.note.strip(),
        digest=handed_in.digest,
        submitted_by=actor.account_id,
    )
    session.add(made)
    await session.flush()
    session.add_all(_deliverables(project_id, made.id, handed_in))
    row.state, row.version, row.changed_at = "submitted", row.version + 1, now()
    await session.flush()
    told = {"project": room.project.title, "milestone": row.title, "person": actor.display_name}
    await notices.tell(
        session, room.members - {actor.account_id}, "project_milestone_submitted", told, _address(room, row)
    )
    logger.info(
        "milestone_submitted", project=str(project_id), milestone=str(milestone_id), number=made.number
    )
    return made.number


async def decide(
    session: AsyncSession, actor: Actor, project_id: UUID, milestone_id: UUID, decision: Decision
) -> None:
    """Accept what was handed in last, or ask for changes; for the mentor, or the hub where there is none.

    Raises:
        NothingToDecide: nothing waits, or another version came meanwhile.
        MalformedInput: changes are asked for without saying which.
        NotFound, and what ``require`` raises.
    """
    room = await enter(session, actor, project_id, lock=True)
    require(room, actor, room.decider, stages=AT_WORK)
    row = await _found(session, room, milestone_id)
    rows = await queries.submissions(session, milestone_id)
    if not rows or rows[0].number != decision.number or rows[0].decision is not None:
        raise NothingToDecide
    note = decision.note.strip()
    if not decision.accepted and not note:
        raise MalformedInput(fields={"note": Message("Say what is to be changed.")})
    outcome = "accepted" if decision.accepted else "changes_asked"
    last = rows[0]
    last.decision, last.decision_note = outcome, note
    last.decided_by, last.decided_at = actor.account_id, now()
    row.state, row.version, row.changed_at = outcome, row.version + 1, now()
    await session.flush()
    told = {"project": room.project.title, "milestone": row.title, "note": note or "-"}
    kind = "project_milestone_accepted" if decision.accepted else "project_milestone_changes"
    await notices.tell(session, room.team.account_ids, kind, told, _address(room, row))


async def submit_final(
    session: AsyncSession, actor: Actor, project_id: UUID, *, version: int | None, reason: str = ""
) -> None:
    """Make the final submission: what was handed in last for each milestone. Twice is refused by the machine.

    Raises:
        MilestonesOpen: for some milestone nothing was handed in, or changes are asked for.
        MoveNotAllowed, BriefChanged, NotFound, and what ``require`` raises.
    """
    room = await enter(session, actor, project_id, lock=True)
    if room.project.stage in AT_WORK:
        require(room, actor, Part.TEAM)
        rows = await queries.milestones(session, project_id)
        still = [row.title for row in rows if row.state in {"open", "changes_asked"}]
        if still:
            raise MilestonesOpen(milestones=", ".join(still))
    await moving.move_project(session, actor, project_id, "submit_final", reason=reason, version=version)


async def download(
    session: AsyncSession, blobs: BlobStore, actor: Actor, project_id: UUID, deliverable_id: UUID
) -> tuple[str, bytes]:
    """A file that was handed in: its name and its content.

    Raises:
        NotFound: the actor is nothing to the project, or there is no such file in it.
    """
    require_acceptance(await enter(session, actor, project_id), actor)
    found = await queries.deliverable(session, project_id, deliverable_id)
    if found is None or found.sha256 is None:
        raise NotFound
    return found.name, await blobs.get(found.sha256)


def view(row: ProjectMilestone, room: Room, submissions: int) -> MilestoneView:
    """A milestone as it is shown."""
    return MilestoneView(
        id=row.id,
        position=row.position,
        title=row.title,
        hours=row.hours,
        due_on=row.due_on,
        due_at=end_of(row.due_on, room.hub.timezone),
        state=row.state,
        version=row.version,
        submissions=submissions,
    )


def end_of(day: date, zone: str) -> datetime:
    """The last minute of a day in a zone."""
    return datetime.combine(day, time(23, 59), ZoneInfo(zone))


async def _found(session: AsyncSession, room: Room, milestone_id: UUID) -> ProjectMilestone:
    row = await queries.milestone(session, room.project.id, milestone_id)
    if row is None:
        raise NotFound
    return row


async def _added(session: AsyncSession, room: Room, wanted: MilestoneChange) -> ProjectMilestone:
    rows = await queries.milestones(session, room.project.id)
    if len(rows) >= MOST_MILESTONES:
        raise MalformedInput(fields={"title": Message("At most {count} milestones.", count=MOST_MILESTONES)})
    row = ProjectMilestone(
        hub_id=room.project.hub_id,
        project_id=room.project.id,
        position=max((one.position for one in rows), default=0) + 1,
        title=wanted.title.strip(),
        hours=wanted.hours,
        due_on=wanted.due_on,
    )
    session.add(row)
    return row


def _deliverables(project_id: UUID, submission_id: UUID, handed_in: HandedIn) -> list[Deliverable]:
    files = [
        Deliverable(
            project_id=project_id,
            submission_id=submission_id,
            position=position,
            name=file.name,
            sha256=file.sha256,
            size=file.size,
        )
        for position, file in enumerate(handed_in.files)
    ]
    links = [
        Deliverable(project_id=project_id, submission_id=submission_id, position=position, name=url, url=url)
        for position, url in enumerate(handed_in.links, len(files))
    ]
    return [*files, *links]


def _submission_view(
    row: MilestoneSubmission, files: Sequence[Deliverable], names: dict[UUID, str]
) -> MilestoneWorkView:
    return MilestoneWorkView(
        id=row.id,
        number=row.number,
        note=row.note,
        by=names.get(row.submitted_by, ""),
        submitted_at=row.submitted_at,
        deliverables=tuple(
            DeliverableView(file.id, file.name, file.url, file.sha256, file.size) for file in files
        ),
        decision=row.decision,
        decided_by=names.get(row.decided_by, "") if row.decided_by else "",
        decided_at=row.decided_at,
        decision_note=row.decision_note,
    )


def _address(room: Room, row: ProjectMilestone) -> str:
    return f"/projects/{room.project.id}/milestones/{row.id}"
