"""How sure the tutor was, and whether rightly, about wrong answers made from a lab's own solutions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No lab has been measured: labs published from now on are, others when somebody asks."""
    op.create_table(
        "lab_calibration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lab_version_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("tutor", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("answers", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lab_calibration"),
        sa.ForeignKeyConstraint(
            ["lab_version_id"], ["lab_version.id"], name="fk_lab_calibration_lab_version_id_lab_version"
        ),
    )
    op.create_index(
        "ix_lab_calibration_lab_version_id_made_at", "lab_calibration", ["lab_version_id", "made_at"]
    )


def downgrade() -> None:
    """Forget the measurements."""
    op.drop_table("lab_calibration")
