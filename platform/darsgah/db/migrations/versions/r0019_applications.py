"""Teams that apply to briefs, and the matching of the two."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _to(table: str, column: str, referred: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{referred}.id"], name=f"fk_{table}_{column}_{referred}")


def upgrade() -> None:
    """Nobody has applied yet."""
    _applications()
    _matchings()


def _applications() -> None:
    op.create_table(
        "application",
        _id("id"),
        _id("hub_id"),
        _id("brief_id"),
        _id("team_id"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("assigned", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("mentor_place", sa.Integer(), nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _now("created_at"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_application"),
        *(_to("application", f"{one}_id", one) for one in ("hub", "brief", "team")),
        sa.CheckConstraint(
            "state in ('draft', 'open', 'withdrawn', 'accepted', 'declined', 'lapsed')",
            name="ck_application_state",
        ),
    )
    op.create_index("ix_application_brief_id_state", "application", ["brief_id", "state"])
    op.create_index("ix_application_team_id", "application", ["team_id"])
    live = sa.text("state in ('draft', 'open')")
    op.create_index(
        "uq_application_live", "application", ["brief_id", "team_id"], unique=True, postgresql_where=live
    )
    op.create_table(
        "application_change",
        _id("id"),
        _id("application_id"),
        sa.Column("state", sa.Text(), nullable=False),
        _id("by_id", nullable=True),
        _now("at"),
        sa.PrimaryKeyConstraint("id", name="pk_application_change"),
        _to("application_change", "application_id", "application"),
        _to("application_change", "by_id", "account"),
    )
    op.create_index("ix_application_change_application_id", "application_change", ["application_id"])
    op.create_table(
        "application_cap",
        _id("hub_id"),
        sa.Column("most", sa.Integer(), nullable=False),
        _id("changed_by"),
        _now("changed_at"),
        sa.PrimaryKeyConstraint("hub_id", name="pk_application_cap"),
        _to("application_cap", "hub_id", "hub"),
        _to("application_cap", "changed_by", "account"),
        sa.CheckConstraint("most between 1 and 50", name="ck_application_cap_most"),
    )


def _matchings() -> None:
    op.create_table(
        "matching",
        _id("id"),
        _id("hub_id"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("brief_ids", JSONB(), nullable=False),
        _id("made_by"),
        _now("made_at"),
        _id("ended_by", nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_matching"),
        _to("matching", "hub_id", "hub"),
        _to("matching", "made_by", "account"),
        _to("matching", "ended_by", "account"),
        sa.CheckConstraint("state in ('proposed', 'confirmed', 'discarded')", name="ck_matching_state"),
    )
    proposed = sa.text("state = 'proposed'")
    op.create_index("uq_matching_proposed", "matching", ["hub_id"], unique=True, postgresql_where=proposed)
    op.create_index("ix_matching_hub_id_id", "matching", ["hub_id", "id"])
    op.create_table(
        "matching_pair",
        _id("matching_id"),
        _id("application_id"),
        _id("team_id"),
        _id("brief_id"),
        sa.Column("matched", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        _id("project_id", nullable=True),
        sa.PrimaryKeyConstraint("matching_id", "application_id", name="pk_matching_pair"),
        *(
            _to("matching_pair", f"{one}_id", one)
            for one in ("matching", "application", "team", "brief", "project")
        ),
        sa.CheckConstraint("decision in ('fixed', 'barred')", name="ck_matching_pair_decision"),
    )
    op.create_index(
        "uq_matching_pair_matched",
        "matching_pair",
        ["matching_id", "team_id"],
        unique=True,
        postgresql_where=sa.text("matched"),
    )


def downgrade() -> None:
    """Forget applications and matchings."""
    for table in ("matching_pair", "matching", "application_cap", "application_change", "application"):
        op.drop_table(table)
