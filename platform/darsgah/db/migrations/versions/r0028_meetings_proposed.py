"""An index for the meetings that somebody proposed: each look at their calendar asks for them."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """By who proposed them."""
    op.create_index("ix_project_meeting_proposed_by", "project_meeting", ["proposed_by"])


def downgrade() -> None:
    """Without it."""
    op.drop_index("ix_project_meeting_proposed_by", table_name="project_meeting")
