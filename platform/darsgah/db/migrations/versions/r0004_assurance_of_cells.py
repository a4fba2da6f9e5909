"""How far the score of each cell can be trusted, where a test was run for it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Cells graded before have none of their own: what was said of their whole run is theirs."""
    op.add_column("cell_grade", sa.Column("assurance", sa.Text(), nullable=True))
    op.execute("""
        UPDATE cell_grade SET assurance = grading_run.assurance
        FROM grading_run
        WHERE grading_run.id = cell_grade.run_id AND cell_grade.kind = 'autograded'
    """)


def downgrade() -> None:
    """Forget it."""
    op.drop_column("cell_grade", "assurance")
