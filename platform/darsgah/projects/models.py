"""Tables of the projects slice. A trigger keeps agreements, acceptances and messages as they were written."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column, moment_column


class AgreementText(Record, table=True):
    """What a hub has teams and mentors agree on, as one of its versions, from 1; a hub without one uses ours.

    ``body`` and ``body_ur`` are Markdown with the places of ``darsgah.projects.agreement_text``.
    """

    __tablename__ = "agreement_text"
    __table_args__ = (sa.UniqueConstraint("hub_id", "number"),)

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    number: int
    body: str = Field(sa_type=sa.Text)
    body_ur: str = Field(default="", sa_type=sa.Text)
    made_by: UUID = Field(foreign_key="account.id")
    made_at: datetime = created_at_column()


class ProjectAgreement(Record, table=True):
    """An agreement as somebody of a project accepted it, with the brief's choices written into it.

    ``number`` is the version of the hub's text, 0 for the one that comes with Darsgah. ``sha256`` is of both
    bodies (``agreement_text.digest``).
    """

    __tablename__ = "project_agreement"
    __table_args__ = (sa.UniqueConstraint("project_id", "sha256"),)

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    project_id: UUID = Field(foreign_key="project.id")
    number: int
    body: str = Field(sa_type=sa.Text)
    body_ur: str = Field(default="", sa_type=sa.Text)
    sha256: str = Field(sa_type=sa.Text)
    made_at: datetime = created_at_column()


class AgreementAcceptance(Record, table=True):
    """Somebody accepted an agreement, for the team, as the mentor, or for the hub."""

    __tablename__ = "agreement_acceptance"
    __table_args__ = (
        sa.UniqueConstraint("agreement_id", "account_id"),
        sa.CheckConstraint("party in ('team', 'mentor', 'hub')", name="party"),
    )

    id: UUID = id_column()
    project_id: UUID = Field(foreign_key="project.id", index=True)
    agreement_id: UUID = Field(foreign_key="project_agreement.id")
    account_id: UUID = Field(foreign_key="account.id")
    party: str = Field(sa_type=sa.Text)
    accepted_at: datetime = created_at_column()


class ProjectRoom(Record, table=True):
    """What two people may change at once in a project waits for this row, which is made when first needed.

    ``signed_at`` is when everybody had accepted ``agreement_id``: the room is open from then on.
    """

    __tablename__ = "project_room"

    project_id: UUID = Field(foreign_key="project.id", primary_key=True)
    hub_id: UUID = Field(foreign_key="hub.id")
    agreement_id: UUID | None = Field(default=None, foreign_key="project_agreement.id")
    signed_at: datetime | None = moment_column(nullable=True)


class ProjectMilestone(Record, table=True):
    """A step of a project, copied from the brief when the room opens; ``due_on`` ends in the hub's zone."""

    __tablename__ = "project_milestone"
    __table_args__ = (
        sa.UniqueConstraint("project_id", "position"),
        sa.CheckConstraint("state in ('open', 'submitted', 'accepted', 'changes_asked')", name="state"),
        sa.Index("ix_project_milestone_due_on", "due_on", postgresql_where=sa.text("state <> 'accepted'")),
    )

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    project_id: UUID = Field(foreign_key="project.id")
    position: int
    title: str = Field(sa_type=sa.Text)
    hours: int = 0
    due_on: date
    state: str = Field(default="open", sa_type=sa.Text)
    version: int = 1
    changed_at: datetime = created_at_column()


class MilestoneSubmission(Record, table=True):
    """What a team handed in for a milestone, a version of it, from 1, and what was decided about it."""

    __tablename__ = "milestone_submission"
    __table_args__ = (
        sa.UniqueConstraint("milestone_id", "number"),
        sa.CheckConstraint("decision in ('accepted', 'changes_asked')", name="decision"),
    )

    id: UUID = id_column()
    project_id: UUID = Field(foreign_key="project.id", index=True)
    milestone_id: UUID = Field(foreign_key="project_milestone.id")
    number: int
    note: str = Field(default="", sa_type=sa.Text)
    digest: str = Field(sa_type=sa.Text)
    submitted_by: UUID = Field(foreign_key="account.id")
    submitted_at: datetime = created_at_column()
    decision: str | None = Field(default=None, sa_type=sa.Text)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = moment_column(nullable=True)
    decision_note: str = Field(default="", sa_type=sa.Text)


class Deliverable(Record, table=True):
    """A file or a link of a submission; a file's content is in the blob store under ``sha256``."""

    __tablename__ = "deliverable"
    __table_args__ = (
        sa.CheckConstraint("(url is null) <> (sha256 is null)", name="kind"),
        sa.UniqueConstraint("submission_id", "position"),
    )

    id: UUID = id_column()
    project_id: UUID = Field(foreign_key="project.id", index=True)
    submission_id: UUID = Field(foreign_key="milestone_submission.id")
    position: int
    name: str = Field(sa_type=sa.Text)
    url: str | None = Field(default=None, sa_type=sa.Text)
    sha256: str | None = Field(default=None, sa_type=sa.Text)
    size: int = Field(default=0, sa_type=sa.BigInteger)


class ProjectMessage(Record, table=True):
    """What somebody wrote in a project's room; ``party`` is what they were in it then."""

    __tablename__ = "project_message"
    __table_args__ = (
        sa.CheckConstraint("party in ('team', 'mentor', 'hub')", name="party"),
        sa.Index("ix_project_message_project_id_id", "project_id", "id"),
    )

    id: UUID = id_column()
    project_id: UUID = Field(foreign_key="project.id")
    account_id: UUID = Field(foreign_key="account.id")
    party: str = Field(sa_type=sa.Text)
    body: str = Field(sa_type=sa.Text)
    sent_at: datetime = created_at_column()


class ProjectMeeting(Record, table=True):
    """A meeting: first times are proposed, then one is fixed; ``sequence`` is the invitation's (RFC 5545)."""

    __tablename__ = "project_meeting"
    __table_args__ = (
        sa.CheckConstraint("state in ('proposed', 'fixed', 'cancelled')", name="state"),
        sa.CheckConstraint("state <> 'fixed' or starts_at is not null", name="fixed"),
        sa.Index("ix_project_meeting_project_id_id", "project_id", "id"),
        sa.Index("ix_project_meeting_proposed_by", "proposed_by"),
    )

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    project_id: UUID = Field(foreign_key="project.id")
    title: str = Field(sa_type=sa.Text)
    place: str = Field(default="", sa_type=sa.Text)
    minutes: int
    state: str = Field(default="proposed", sa_type=sa.Text)
    starts_at: datetime | None = moment_column(nullable=True)
    sequence: int = 0
    version: int = 1
    proposed_by: UUID = Field(foreign_key="account.id")
    made_at: datetime = created_at_column()
    changed_at: datetime = created_at_column()


class MeetingTime(Record, table=True):
    """One of the times that are proposed for a meeting."""

    __tablename__ = "meeting_time"
    __table_args__ = (sa.UniqueConstraint("meeting_id", "starts_at"),)

    id: UUID = id_column()
    meeting_id: UUID = Field(foreign_key="project_meeting.id")
    starts_at: datetime = moment_column()


class MeetingAnswer(Record, table=True):
    """Whether a proposed time suits somebody; their last word counts."""

    __tablename__ = "meeting_answer"

    time_id: UUID = Field(foreign_key="meeting_time.id", primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", primary_key=True)
    suits: bool
    answered_at: datetime = created_at_column()


class CalendarFeed(Record, table=True):
    """The secret in the address of somebody's calendar, kept as it is, since they may read it again."""

    __tablename__ = "calendar_feed"

    account_id: UUID = Field(foreign_key="account.id", primary_key=True)
    token: str = Field(sa_type=sa.Text, unique=True)
    made_at: datetime = created_at_column()


class ProjectReminder(Record, table=True):
    """Somebody was reminded of something, once; ``subject`` says of what, with a date that may change."""

    __tablename__ = "project_reminder"

    project_id: UUID = Field(foreign_key="project.id", primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", primary_key=True)
    kind: str = Field(sa_type=sa.Text, primary_key=True)
    subject: str = Field(sa_type=sa.Text, primary_key=True)
    sent_at: datetime = created_at_column()


class GpuToken(Record, table=True):
    """With which a GPU machine takes leases for a project; of the token itself only the SHA-256 is kept."""

    __tablename__ = "gpu_token"

    id: UUID = id_column()
    project_id: UUID = Field(foreign_key="project.id", index=True)
    label: str = Field(sa_type=sa.Text)
    token_hash: bytes = Field(sa_type=sa.LargeBinary, unique=True)
    made_by: UUID = Field(foreign_key="account.id")
    made_at: datetime = created_at_column()
    withdrawn_at: datetime | None = moment_column(nullable=True)


class GpuLease(Record, table=True):
    """GPU work of a project, from its start to its end.

    While it runs, the time to ``paid_until`` is set aside from the quota, so that no two leases get the same
    seconds. ``billed_seconds`` is what it took, in seconds of one GPU; final once ``ended_at`` is set.
    """

    __tablename__ = "gpu_lease"
    __table_args__ = (
        sa.CheckConstraint("gpus between 1 and 64", name="gpus"),
        sa.CheckConstraint("ended in ('done', 'quota', 'lost', 'stopped', 'withdrawn')", name="ended"),
        sa.Index("ix_gpu_lease_project_id_id", "project_id", "id"),
    )

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    project_id: UUID = Field(foreign_key="project.id")
    token_id: UUID = Field(foreign_key="gpu_token.id")
    machine: str = Field(default="", sa_type=sa.Text)
    gpus: int = 1
    started_at: datetime = moment_column()
    renewed_at: datetime = moment_column()
    paid_until: datetime = moment_column()
    billed_seconds: float = Field(default=0.0, sa_type=sa.Double)
    ended_at: datetime | None = moment_column(nullable=True)
    ended: str | None = Field(default=None, sa_type=sa.Text)
