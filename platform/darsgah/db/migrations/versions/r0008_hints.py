"""Hints that learners ask for, how many a day, what a course sets for the tutor, and who wants no AI."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everybody has hints as before they were asked: the tutor's, unless they say otherwise."""
    op.add_column("account", sa.Column("no_ai", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "hint_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in _OWNERS),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("notebook", "cell_id", "question")),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("no_ai", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(name, JSONB(), nullable=False) for name in ("text", "told_lines", "suspects")),
        sa.Column("correct", sa.Boolean(), nullable=False),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("reasons", JSONB(), nullable=False),
        sa.Column("misconception", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("seconds", JSONB(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_hint_request"),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_hint_request_{name}_{table}")
            for name, table in _OWNERS.items()
        ),
        sa.CheckConstraint("state in ('waiting', 'given', 'failed')", name="ck_hint_request_state"),
        sa.CheckConstraint("level between 0 and 4", name="ck_hint_request_level"),
    )
    op.create_index(
        "ix_hint_request_account_id_assignment_id_id", "hint_request", ["account_id", "assignment_id", "id"]
    )
    op.create_index("ix_hint_request_assignment_id_question", "hint_request", ["assignment_id", "question"])
    op.create_table(
        "hint_day",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "day", name="pk_hint_day"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_hint_day_account_id_account"),
    )
    op.create_table(
        "cohort_tutor",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("hints", "exam", "transcripts")),
        sa.Column("daily_hints", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("cohort_id", name="pk_cohort_tutor"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_cohort_tutor_cohort_id_cohort"),
    )
    op.create_table(
        "assignment_tutor",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("hints", "exam")),
        sa.Column("threshold", sa.Double(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("assignment_id", name="pk_assignment_tutor"),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name="fk_assignment_tutor_assignment_id_assignment"
        ),
    )


_OWNERS = {
    "hub_id": "hub",
    "cohort_id": "cohort",
    "assignment_id": "assignment",
    "account_id": "account",
}


def downgrade() -> None:
    """Forget every hint and what was set for the tutor."""
    for table in ("assignment_tutor", "cohort_tutor", "hint_day", "hint_request"):
        op.drop_table(table)
    op.drop_column("account", "no_ai")
