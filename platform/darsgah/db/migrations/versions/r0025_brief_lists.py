"""Indexes for the lists of briefs and projects, whose cost grew with all that there ever were."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_OPEN = "stage in ('published', 'applications')"
_RUNNING = "stage not in ('closed', 'withdrawn', 'cancelled', 'expired')"


def upgrade() -> None:
    """What learners find, what a hub or the network has in a stage, and the projects that go on."""
    op.create_index("ix_brief_open", "brief", ["published_at", "id"], postgresql_where=sa.text(_OPEN))
    op.create_index("ix_brief_hub_id_stage_id", "brief", ["hub_id", "stage", "id"])
    op.create_index("ix_brief_stage_id", "brief", ["stage", "id"])
    op.create_index("ix_project_running", "project", ["id"], postgresql_where=sa.text(_RUNNING))
    op.drop_index("ix_brief_found", table_name="brief")


def downgrade() -> None:
    """As they were."""
    op.create_index(
        "ix_brief_found",
        "brief",
        ["published_at", "id"],
        postgresql_where=sa.text("published_at is not null"),
    )
    op.drop_index("ix_project_running", table_name="project")
    op.drop_index("ix_brief_stage_id", table_name="brief")
    op.drop_index("ix_brief_hub_id_stage_id", table_name="brief")
    op.drop_index("ix_brief_open", table_name="brief")
