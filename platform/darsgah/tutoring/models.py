"""Tables of the tutoring slice."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from darsgah.db.columns import Record, created_at_column, id_column, moment_column


class HintRequest(Record, table=True):
    """A hint that a learner asked for, and what the tutor said: a line of their transcript.

    ``question`` is the grade_id of the answer cell, ``source`` what stood in it and ``words`` the learner's
    line of reflection. ``suspects`` are the lines that the tutor suspects, ``told_lines`` those that the
    learner was told. ``reasons`` say why the tutor held its hint back. The learner may delete the row.
    """

    __tablename__ = "hint_request"
    __table_args__ = (
        sa.CheckConstraint("state in ('waiting', 'given', 'failed')", name="state"),
        sa.CheckConstraint("level between 0 and 4", name="level"),
        sa.Index("ix_hint_request_account_id_assignment_id_id", "account_id", "assignment_id", "id"),
        sa.Index("ix_hint_request_assignment_id_question", "assignment_id", "question"),
    )

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    cohort_id: UUID = Field(foreign_key="cohort.id")
    assignment_id: UUID = Field(foreign_key="assignment.id")
    account_id: UUID = Field(foreign_key="account.id")
    notebook: str = Field(sa_type=sa.Text)
    cell_id: str = Field(sa_type=sa.Text)
    question: str = Field(sa_type=sa.Text)
    level: int
    no_ai: bool = False
    day: date
    source: str = Field(sa_type=sa.Text)
    words: str = Field(default="", sa_type=sa.Text)
    asked_at: datetime = created_at_column()
    state: str = Field(default="waiting", sa_type=sa.Text)
    answered_at: datetime | None = moment_column(nullable=True)
    text: dict[str, str] = Field(default_factory=dict, sa_type=JSONB)
    told_lines: list[int] = Field(default_factory=list, sa_type=JSONB)
    suspects: list[int] = Field(default_factory=list, sa_type=JSONB)
    correct: bool = False
    withheld: bool = False
    reasons: list[str] = Field(default_factory=list, sa_type=JSONB)
    misconception: str | None = Field(default=None, sa_type=sa.Text)
    confidence: float | None = Field(default=None, sa_type=sa.Double)
    model: str = Field(default="", sa_type=sa.Text)
    seconds: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    helpful: bool | None = None


class HintMessage(Record, table=True):
    """A message about a hint, of its learner or of the course's staff."""

    __tablename__ = "hint_message"

    id: UUID = id_column()
    hint_id: UUID = Field(foreign_key="hint_request.id", ondelete="CASCADE", index=True)
    account_id: UUID = Field(foreign_key="account.id")
    body: str = Field(sa_type=sa.Text)
    sent_at: datetime = created_at_column()


class HintDay(Record, table=True):
    """How many hints somebody asked for on a day of their hub; deleting a hint gives none back."""

    __tablename__ = "hint_day"

    account_id: UUID = Field(foreign_key="account.id", primary_key=True)
    day: date = Field(primary_key=True)
    asked: int


class CohortTutor(Record, table=True):
    """What a cohort's staff set for the tutor; without a row the defaults of ``schemas.CohortTutoring`` hold.

    ``exam`` is the exam switch: as long as it is on there are no hints, and no transcripts to read.
    """

    __tablename__ = "cohort_tutor"

    cohort_id: UUID = Field(foreign_key="cohort.id", primary_key=True)
    hints: bool
    exam: bool
    transcripts: bool
    daily_hints: int
    changed_at: datetime = created_at_column()


class AssignmentTutor(Record, table=True):
    """What a cohort's staff set for the tutor in one lab; ``threshold`` null is the tutor's own."""

    __tablename__ = "assignment_tutor"

    assignment_id: UUID = Field(foreign_key="assignment.id", primary_key=True)
    hints: bool
    exam: bool
    threshold: float | None = Field(default=None, sa_type=sa.Double)
    changed_at: datetime = created_at_column()


class HintWords(Record, table=True):
    """What a hub's staff wrote for one misconception in a lab, as one of its versions, from 1.

    Rows are only ever added, so that they tell who changed what and when. ``words`` are texts by level and
    language, as in ``hints.toml``; null goes back to the author's. ``lab_version_id`` is what the lab was
    when they were written; they hold for its other versions too.
    """

    __tablename__ = "hint_words"
    __table_args__ = (sa.UniqueConstraint("hub_id", "lab_id", "misconception", "version"),)

    id: UUID = id_column()
    hub_id: UUID = Field(foreign_key="hub.id")
    lab_id: UUID = Field(foreign_key="lab.id")
    lab_version_id: UUID = Field(foreign_key="lab_version.id")
    account_id: UUID = Field(foreign_key="account.id")
    misconception: str = Field(sa_type=sa.Text)
    version: int
    words: dict[str, dict[str, str]] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    written_at: datetime = created_at_column()


class LabCalibration(Record, table=True):
    """What the tutor made of wrong answers that were made from a lab version's solutions.

    Rows are only ever added. ``tutor`` says which tutor it was, ``threshold`` is the one it has by itself,
    ``questions`` how many could be measured on, ``answers`` are ``gate_figures.MeasuredAnswer``.
    """

    __tablename__ = "lab_calibration"
    __table_args__ = (sa.Index("ix_lab_calibration_lab_version_id_made_at", "lab_version_id", "made_at"),)

    id: UUID = id_column()
    lab_version_id: UUID = Field(foreign_key="lab_version.id")
    made_at: datetime = created_at_column()
    tutor: str = Field(sa_type=sa.Text)
    threshold: float = Field(sa_type=sa.Double)
    questions: int
    answers: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
