"""The rooms of projects: agreements, milestones and what is handed in, messages, meetings, GPU work."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEPT = ("agreement_text", "project_agreement", "agreement_acceptance", "project_message")
"""Tables whose rows stay as they were written."""


def upgrade() -> None:
    """No room yet."""
    _create_agreements()
    _create_milestones()
    _create_meetings()
    _create_gpu()
    op.execute("""
        CREATE FUNCTION refuse_change_of_project_record() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'what was agreed and written in a project stays as it is'
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
    """)
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_project_record()"
        )


def downgrade() -> None:
    """Forget the rooms."""
    for table in (
        "gpu_lease",
        "gpu_token",
        "project_reminder",
        "calendar_feed",
        "meeting_answer",
        "meeting_time",
        "project_meeting",
        "project_message",
        "deliverable",
        "milestone_submission",
        "project_milestone",
        "project_room",
        "agreement_acceptance",
        "project_agreement",
        "agreement_text",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change_of_project_record()")


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _made(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def _create_agreements() -> None:
    op.create_table(
        "agreement_text",
        _id("id"),
        _id("hub_id"),
        _number("number"),
        _text("body"),
        _text("body_ur"),
        _id("made_by"),
        _made("made_at"),
        sa.PrimaryKeyConstraint("id", name="pk_agreement_text"),
        sa.UniqueConstraint("hub_id", "number", name="uq_agreement_text_hub_id_number"),
        _key("agreement_text", "hub_id", "hub"),
        _key("agreement_text", "made_by", "account"),
    )
    op.create_table(
        "project_agreement",
        _id("id"),
        _id("hub_id"),
        _id("project_id"),
        _number("number"),
        _text("body"),
        _text("body_ur"),
        _text("sha256"),
        _made("made_at"),
        sa.PrimaryKeyConstraint("id", name="pk_project_agreement"),
        sa.UniqueConstraint("project_id", "sha256", name="uq_project_agreement_project_id_sha256"),
        _key("project_agreement", "hub_id", "hub"),
        _key("project_agreement", "project_id", "project"),
    )
    op.create_table(
        "agreement_acceptance",
        _id("id"),
        _id("project_id"),
        _id("agreement_id"),
        _id("account_id"),
        _text("party"),
        _made("accepted_at"),
        sa.PrimaryKeyConstraint("id", name="pk_agreement_acceptance"),
        sa.UniqueConstraint(
            "agreement_id", "account_id", name="uq_agreement_acceptance_agreement_id_account_id"
        ),
        sa.CheckConstraint("party in ('team', 'mentor', 'hub')", name="ck_agreement_acceptance_party"),
        _key("agreement_acceptance", "project_id", "project"),
        _key("agreement_acceptance", "agreement_id", "project_agreement"),
        _key("agreement_acceptance", "account_id", "account"),
    )
    op.create_index("ix_agreement_acceptance_project_id", "agreement_acceptance", ["project_id"])
    op.create_table(
        "project_room",
        _id("project_id"),
        _id("hub_id"),
        _id("agreement_id", nullable=True),
        _moment("signed_at", nullable=True),
        sa.PrimaryKeyConstraint("project_id", name="pk_project_room"),
        _key("project_room", "project_id", "project"),
        _key("project_room", "hub_id", "hub"),
        _key("project_room", "agreement_id", "project_agreement"),
    )
    op.create_table(
        "project_message",
        _id("id"),
        _id("project_id"),
        _id("account_id"),
        _text("party"),
        _text("body"),
        _made("sent_at"),
        sa.PrimaryKeyConstraint("id", name="pk_project_message"),
        sa.CheckConstraint("party in ('team', 'mentor', 'hub')", name="ck_project_message_party"),
        _key("project_message", "project_id", "project"),
        _key("project_message", "account_id", "account"),
    )
    op.create_index("ix_project_message_project_id_id", "project_message", ["project_id", "id"])


def _create_milestones() -> None:
    op.create_table(
        "project_milestone",
        _id("id"),
        _id("hub_id"),
        _id("project_id"),
        _number("position"),
        _text("title"),
        _number("hours"),
        sa.Column("due_on", sa.Date(), nullable=False),
        _text("state"),
        _number("version"),
        _made("changed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_project_milestone"),
        sa.UniqueConstraint("project_id", "position", name="uq_project_milestone_project_id_position"),
        sa.CheckConstraint(
            "state in ('open', 'submitted', 'accepted', 'changes_asked')", name="ck_project_milestone_state"
        ),
        _key("project_milestone", "hub_id", "hub"),
        _key("project_milestone", "project_id", "project"),
    )
    unfinished = sa.text("state <> 'accepted'")
    op.create_index(
        "ix_project_milestone_due_on", "project_milestone", ["due_on"], postgresql_where=unfinished
    )
    op.create_table(
        "milestone_submission",
        _id("id"),
        _id("project_id"),
        _id("milestone_id"),
        _number("number"),
        _text("note"),
        _text("digest"),
        _id("submitted_by"),
        _made("submitted_at"),
        _text("decision", nullable=True),
        _id("decided_by", nullable=True),
        _moment("decided_at", nullable=True),
        _text("decision_note"),
        sa.PrimaryKeyConstraint("id", name="pk_milestone_submission"),
        sa.UniqueConstraint("milestone_id", "number", name="uq_milestone_submission_milestone_id_number"),
        sa.CheckConstraint(
            "decision in ('accepted', 'changes_asked')", name="ck_milestone_submission_decision"
        ),
        _key("milestone_submission", "project_id", "project"),
        _key("milestone_submission", "milestone_id", "project_milestone"),
        _key("milestone_submission", "submitted_by", "account"),
        _key("milestone_submission", "decided_by", "account"),
    )
    op.create_index("ix_milestone_submission_project_id", "milestone_submission", ["project_id"])
    op.create_table(
        "deliverable",
        _id("id"),
        _id("project_id"),
        _id("submission_id"),
        _number("position"),
        _text("name"),
        _text("url", nullable=True),
        _text("sha256", nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliverable"),
        sa.UniqueConstraint("submission_id", "position", name="uq_deliverable_submission_id_position"),
        sa.CheckConstraint("(url is null) <> (sha256 is null)", name="ck_deliverable_kind"),
        _key("deliverable", "project_id", "project"),
        _key("deliverable", "submission_id", "milestone_submission"),
    )
    op.create_index("ix_deliverable_project_id", "deliverable", ["project_id"])


def _create_meetings() -> None:
    op.create_table(
        "project_meeting",
        _id("id"),
        _id("hub_id"),
        _id("project_id"),
        _text("title"),
        _text("place"),
        _number("minutes"),
        _text("state"),
        _moment("starts_at", nullable=True),
        _number("sequence"),
        _number("version"),
        _id("proposed_by"),
        _made("made_at"),
        _made("changed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_project_meeting"),
        sa.CheckConstraint("state in ('proposed', 'fixed', 'cancelled')", name="ck_project_meeting_state"),
        sa.CheckConstraint("state <> 'fixed' or starts_at is not null", name="ck_project_meeting_fixed"),
        _key("project_meeting", "hub_id", "hub"),
        _key("project_meeting", "project_id", "project"),
        _key("project_meeting", "proposed_by", "account"),
    )
    op.create_index("ix_project_meeting_project_id_id", "project_meeting", ["project_id", "id"])
    op.create_table(
        "meeting_time",
        _id("id"),
        _id("meeting_id"),
        _moment("starts_at"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_time"),
        sa.UniqueConstraint("meeting_id", "starts_at", name="uq_meeting_time_meeting_id_starts_at"),
        _key("meeting_time", "meeting_id", "project_meeting"),
    )
    op.create_table(
        "meeting_answer",
        _id("time_id"),
        _id("account_id"),
        sa.Column("suits", sa.Boolean(), nullable=False),
        _made("answered_at"),
        sa.PrimaryKeyConstraint("time_id", "account_id", name="pk_meeting_answer"),
        _key("meeting_answer", "time_id", "meeting_time"),
        _key("meeting_answer", "account_id", "account"),
    )
    op.create_table(
        "calendar_feed",
        _id("account_id"),
        _text("token"),
        _made("made_at"),
        sa.PrimaryKeyConstraint("account_id", name="pk_calendar_feed"),
        sa.UniqueConstraint("token", name="uq_calendar_feed_token"),
        _key("calendar_feed", "account_id", "account"),
    )
    op.create_table(
        "project_reminder",
        _id("project_id"),
        _id("account_id"),
        _text("kind"),
        _text("subject"),
        _made("sent_at"),
        sa.PrimaryKeyConstraint("project_id", "account_id", "kind", "subject", name="pk_project_reminder"),
        _key("project_reminder", "project_id", "project"),
        _key("project_reminder", "account_id", "account"),
    )


def _create_gpu() -> None:
    op.create_table(
        "gpu_token",
        _id("id"),
        _id("project_id"),
        _text("label"),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        _id("made_by"),
        _made("made_at"),
        _moment("withdrawn_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_gpu_token"),
        sa.UniqueConstraint("token_hash", name="uq_gpu_token_token_hash"),
        _key("gpu_token", "project_id", "project"),
        _key("gpu_token", "made_by", "account"),
    )
    op.create_index("ix_gpu_token_project_id", "gpu_token", ["project_id"])
    op.create_table(
        "gpu_lease",
        _id("id"),
        _id("hub_id"),
        _id("project_id"),
        _id("token_id"),
        _text("machine"),
        _number("gpus"),
        _moment("started_at"),
        _moment("renewed_at"),
        _moment("paid_until"),
        sa.Column("billed_seconds", sa.Double(), nullable=False),
        _moment("ended_at", nullable=True),
        _text("ended", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_gpu_lease"),
        sa.CheckConstraint("gpus between 1 and 64", name="ck_gpu_lease_gpus"),
        sa.CheckConstraint(
            "ended in ('done', 'quota', 'lost', 'stopped', 'withdrawn')", name="ck_gpu_lease_ended"
        ),
        _key("gpu_lease", "hub_id", "hub"),
        _key("gpu_lease", "project_id", "project"),
        _key("gpu_lease", "token_id", "gpu_token"),
    )
    op.create_index("ix_gpu_lease_project_id_id", "gpu_lease", ["project_id", "id"])
