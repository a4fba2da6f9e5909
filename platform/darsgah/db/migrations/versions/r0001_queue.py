"""The queue: Procrastinate's tables, and how far their schema goes."""

from alembic import op

from darsgah.db import queue_schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Installs the schema of the library at hand; later ones are applied by every upgrade."""
    queue_schema.install(op.get_bind())


def downgrade() -> None:
    """Drops the queue with the jobs in it."""
    queue_schema.remove(op.get_bind())
