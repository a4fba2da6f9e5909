"""When a hackathon was published: one that was called off as a draft is nobody else's to see."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those that teams signed up to, or that are published now, were."""
    op.add_column("hackathon", sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE hackathon SET published_at = created_at WHERE state = 'published'"
        " OR EXISTS (SELECT 1 FROM hackathon_entry WHERE hackathon_id = hackathon.id)"
    )


def downgrade() -> None:
    """Forget when."""
    op.drop_column("hackathon", "published_at")
