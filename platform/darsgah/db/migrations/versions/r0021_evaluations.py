"""Evaluations of projects by both sides, hubs' rubrics for them, and levels of readiness."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB(), nullable=False)


def _reference(table: str, column: str, to: str, *, nullable: bool = False) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(column, sa.Uuid(), nullable=nullable),
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}"),
    ]


def upgrade() -> None:
    """Nothing was evaluated yet."""
    op.create_table(
        "evaluation_rubric",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_reference("evaluation_rubric", "hub_id", "hub"),
        _text("side"),
        sa.Column("number", sa.Integer(), nullable=False),
        _json("criteria"),
        *_reference("evaluation_rubric", "made_by", "account"),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation_rubric"),
        sa.UniqueConstraint("hub_id", "side", "number", name="uq_evaluation_rubric_hub_id_side_number"),
        sa.CheckConstraint("side in ('mentor', 'team')", name="ck_evaluation_rubric_side"),
    )
    op.create_table(
        "evaluation_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_reference("evaluation_round", "project_id", "project"),
        *_reference("evaluation_round", "hub_id", "hub"),
        _moment("opened_at"),
        _moment("due_at"),
        _json("mentor_criteria"),
        _json("team_criteria"),
        _moment("revealed_at", nullable=True),
        *_reference("evaluation_round", "confirmed_by", "account", nullable=True),
        _moment("confirmed_at", nullable=True),
        _text("note"),
        sa.Column("trl", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation_round"),
        sa.UniqueConstraint("project_id", "opened_at", name="uq_evaluation_round_project_id_opened_at"),
    )
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_reference("evaluation", "round_id", "evaluation_round"),
        *_reference("evaluation", "account_id", "account"),
        _text("side"),
        _json("marks"),
        _text("comment"),
        _moment("submitted_at"),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation"),
        sa.UniqueConstraint("round_id", "account_id", name="uq_evaluation_round_id_account_id"),
        sa.CheckConstraint("side in ('mentor', 'team')", name="ck_evaluation_side"),
    )
    op.create_table(
        "trl_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_reference("trl_claim", "project_id", "project"),
        sa.Column("level", sa.Integer(), nullable=False),
        _text("statement"),
        _json("links"),
        *_reference("trl_claim", "by_id", "account"),
        _moment("at"),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        *_reference("trl_claim", "decided_by", "account", nullable=True),
        _moment("decided_at", nullable=True),
        _text("note"),
        sa.PrimaryKeyConstraint("id", name="pk_trl_claim"),
        sa.CheckConstraint("level between 1 and 9", name="ck_trl_claim_level"),
        sa.CheckConstraint("(decided_at is null) = (confirmed is null)", name="ck_trl_claim_decided"),
    )
    op.create_index("ix_trl_claim_project_id_id", "trl_claim", ["project_id", "id"])


def downgrade() -> None:
    """Forget all evaluations."""
    for table in ("trl_claim", "evaluation", "evaluation_round", "evaluation_rubric"):
        op.drop_table(table)
