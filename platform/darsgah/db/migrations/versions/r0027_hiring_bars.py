"""Organisations from which learners hide their open profiles."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody hides from anybody."""
    op.create_table(
        "hiring_bar",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "profile_id", "organisation_id")),
        sa.Column("barred", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hiring_bar"),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["hiring_profile.id"], name="fk_hiring_bar_profile_id_hiring_profile"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_hiring_bar_organisation_id_organisation"
        ),
    )
    op.create_index(
        "ix_hiring_bar_profile_id_organisation_id_id", "hiring_bar", ["profile_id", "organisation_id", "id"]
    )
    op.execute("""
        CREATE TRIGGER hiring_bar_frozen BEFORE UPDATE OR DELETE ON hiring_bar
        FOR EACH ROW EXECUTE FUNCTION refuse_change_of_hiring()
    """)


def downgrade() -> None:
    """Forget who hides from whom: an open profile is seen by every verified organisation again."""
    op.drop_table("hiring_bar")
