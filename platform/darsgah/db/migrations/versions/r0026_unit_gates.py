"""Briefs may ask for qualification units as they ask for labs."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each gate there is names a lab."""
    op.alter_column("brief_gate", "lab_id", nullable=True)
    op.add_column("brief_gate", sa.Column("unit_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_brief_gate_unit_id_unit", "brief_gate", "unit", ["unit_id"], ["id"])
    op.create_unique_constraint("uq_brief_gate_brief_id_unit_id", "brief_gate", ["brief_id", "unit_id"])
    op.create_check_constraint("ck_brief_gate_subject", "brief_gate", "(lab_id is null) <> (unit_id is null)")


def downgrade() -> None:
    """Forget the gates that name units."""
    op.execute("DELETE FROM brief_gate WHERE unit_id IS NOT NULL")
    op.drop_constraint("ck_brief_gate_subject", "brief_gate")
    op.drop_constraint("uq_brief_gate_brief_id_unit_id", "brief_gate")
    op.drop_column("brief_gate", "unit_id")
    op.alter_column("brief_gate", "lab_id", nullable=False)
