"""Hackathons: their tracks, the teams' entries, the judges of each track, and what these gave."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _created(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _reference(table: str, column: str, to: str) -> list[sa.schema.SchemaItem]:
    name = f"fk_{table}_{column}_{to}"
    return [
        sa.Column(column, sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name),
    ]


def upgrade() -> None:
    """No hackathon yet."""
    op.create_table(
        "hackathon",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=True),
        *(_text(name) for name in ("name", "name_ur", "about", "rules")),
        *(_moment(name) for name in ("sign_up_until", "starts_at", "ends_at")),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("team_least", "team_most", "judges_each")
        ),
        sa.Column("criteria", JSONB(), nullable=False),
        *(_text(name) for name in ("state", "cancelled_reason")),
        _moment("results_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_reference("hackathon", "created_by", "account"),
        _created("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_hackathon"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name="fk_hackathon_hub_id_hub"),
        sa.CheckConstraint("state in ('draft', 'published', 'cancelled')", name="ck_hackathon_state"),
        sa.CheckConstraint("sign_up_until <= ends_at and starts_at < ends_at", name="ck_hackathon_times"),
        sa.CheckConstraint("team_least between 1 and team_most", name="ck_hackathon_team"),
        sa.CheckConstraint("judges_each between 1 and 9", name="ck_hackathon_judges_each"),
    )
    op.create_index("ix_hackathon_hub_id_id", "hackathon", ["hub_id", "id"])
    op.create_table(
        "hackathon_track",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_reference("hackathon_track", "hackathon_id", "hackathon"),
        sa.Column("position", sa.Integer(), nullable=False),
        *(_text(name) for name in ("name", "name_ur")),
        sa.PrimaryKeyConstraint("id", name="pk_hackathon_track"),
        sa.UniqueConstraint("hackathon_id", "position", name="uq_hackathon_track_hackathon_id_position"),
    )
    _create_entry()
    _create_judging()


def _create_entry() -> None:
    op.create_table(
        "hackathon_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_reference("hackathon_entry", "hackathon_id", "hackathon"),
        *_reference("hackathon_entry", "track_id", "hackathon_track"),
        *_reference("hackathon_entry", "team_id", "team"),
        *(_text(name) for name in ("title", "summary")),
        sa.Column("links", JSONB(), nullable=False),
        *_reference("hackathon_entry", "rules_accepted_by", "account"),
        _moment("rules_accepted_at"),
        _moment("submitted_at", nullable=True),
        sa.Column("members", JSONB(), nullable=False),
        _moment("withdrawn_at", nullable=True),
        _text("excluded_reason"),
        sa.Column("version", sa.Integer(), nullable=False),
        _created("created_at"),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("mean", sa.Double(), nullable=True),
        sa.Column("judges", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hackathon_entry"),
        sa.UniqueConstraint("hackathon_id", "team_id", name="uq_hackathon_entry_hackathon_id_team_id"),
        sa.CheckConstraint("(place is null) = (score is null)", name="ck_hackathon_entry_place"),
    )
    op.create_index("ix_hackathon_entry_track_id", "hackathon_entry", ["track_id"])
    op.create_index("ix_hackathon_entry_team_id", "hackathon_entry", ["team_id"])


def _create_judging() -> None:
    op.create_table(
        "hackathon_judge",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_reference("hackathon_judge", "hackathon_id", "hackathon"),
        *_reference("hackathon_judge", "track_id", "hackathon_track"),
        *_reference("hackathon_judge", "account_id", "account"),
        _text("state"),
        *_reference("hackathon_judge", "asked_by", "account"),
        _created("asked_at"),
        sa.PrimaryKeyConstraint("id", name="pk_hackathon_judge"),
        sa.UniqueConstraint("track_id", "account_id", name="uq_hackathon_judge_track_id_account_id"),
        sa.CheckConstraint(
            "state in ('asked', 'accepted', 'declined', 'removed')", name="ck_hackathon_judge_state"
        ),
    )
    op.create_index("ix_hackathon_judge_hackathon_id", "hackathon_judge", ["hackathon_id"])
    op.create_index("ix_hackathon_judge_account_id", "hackathon_judge", ["account_id"])
    op.create_table(
        "hackathon_judgement",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_reference("hackathon_judgement", "entry_id", "hackathon_entry"),
        *_reference("hackathon_judgement", "judge_id", "hackathon_judge"),
        sa.Column("marks", JSONB(none_as_null=True), nullable=True),
        _text("note"),
        _moment("scored_at", nullable=True),
        sa.Column("conflict", sa.Text(), nullable=True),
        _created("dealt_at"),
        sa.PrimaryKeyConstraint("id", name="pk_hackathon_judgement"),
        sa.UniqueConstraint("entry_id", "judge_id", name="uq_hackathon_judgement_entry_id_judge_id"),
        sa.CheckConstraint("scored_at is null or marks is not null", name="ck_hackathon_judgement_marks"),
    )
    op.create_index("ix_hackathon_judgement_judge_id", "hackathon_judgement", ["judge_id"])


def downgrade() -> None:
    """Forget the hackathons."""
    for table in (
        "hackathon_judgement",
        "hackathon_judge",
        "hackathon_entry",
        "hackathon_track",
        "hackathon",
    ):
        op.drop_table(table)
