"""Reports of published labs, and what authors write beside a notebook, so that a worker can check it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Labs published before have nothing authored kept with them: they are checked as plain notebooks."""
    op.add_column("lab_version", sa.Column("authored", JSONB(), nullable=False, server_default="[]"))
    op.create_table(
        "lab_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lab_version_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("checker", sa.Integer(), nullable=True),
        sa.Column("ok", sa.Boolean(), nullable=True),
        sa.Column("mutation_score", sa.Double(), nullable=True),
        sa.Column("report", JSONB(), nullable=True),
        sa.Column("override_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("override_by", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lab_check"),
        sa.ForeignKeyConstraint(
            ["lab_version_id"], ["lab_version.id"], name="fk_lab_check_lab_version_id_lab_version"
        ),
        sa.CheckConstraint("report is not null or override_reason <> ''", name="ck_lab_check_says_something"),
    )
    op.create_index("ix_lab_check_lab_version_id_made_at", "lab_check", ["lab_version_id", "made_at"])


def downgrade() -> None:
    """Forget the reports."""
    op.drop_table("lab_check")
    op.drop_column("lab_version", "authored")
