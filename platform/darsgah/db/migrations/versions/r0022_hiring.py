"""Profiles that learners open to verified organisations, who saw them, and what was written."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_KEPT = ("hiring_view", "hiring_message")


def _id(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=False)


def _made(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def upgrade() -> None:
    """Nobody has opened a profile."""
    op.create_table(
        "hiring_profile",
        _id("id"),
        _id("account_id"),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("skills", JSONB(), nullable=False),
        sa.Column("projects", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _made("changed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_hiring_profile"),
        sa.UniqueConstraint("account_id", name="uq_hiring_profile_account_id"),
        _refers("hiring_profile", "account_id", "account"),
    )
    op.create_index("ix_hiring_profile_open", "hiring_profile", ["id"], postgresql_where=sa.text("is_open"))
    op.create_table(
        "hiring_view",
        *map(_id, ("id", "profile_id", "organisation_id", "viewer_id")),
        _made("at"),
        sa.PrimaryKeyConstraint("id", name="pk_hiring_view"),
        _refers("hiring_view", "profile_id", "hiring_profile"),
        _refers("hiring_view", "organisation_id", "organisation"),
        _refers("hiring_view", "viewer_id", "account"),
    )
    op.create_index("ix_hiring_view_profile_id_id", "hiring_view", ["profile_id", "id"])
    op.create_table(
        "hiring_message",
        *map(_id, ("id", "profile_id", "organisation_id", "author_id")),
        sa.Column("by_learner", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _made("sent_at"),
        sa.PrimaryKeyConstraint("id", name="pk_hiring_message"),
        _refers("hiring_message", "profile_id", "hiring_profile"),
        _refers("hiring_message", "organisation_id", "organisation"),
        _refers("hiring_message", "author_id", "account"),
    )
    op.create_index(
        "ix_hiring_message_profile_id_organisation_id_id",
        "hiring_message",
        ["profile_id", "organisation_id", "id"],
    )
    op.create_index("ix_hiring_message_organisation_id_id", "hiring_message", ["organisation_id", "id"])
    op.execute("""
        CREATE FUNCTION refuse_change_of_hiring() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'views and messages of hiring are only added';
        END $$
    """)
    for table in _KEPT:
        op.execute(f"""
            CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change_of_hiring()
        """)


def downgrade() -> None:
    """Forget profiles, who saw them, and what was written."""
    for table in reversed(_KEPT):
        op.drop_table(table)
    op.drop_table("hiring_profile")
    op.execute("DROP FUNCTION refuse_change_of_hiring()")
