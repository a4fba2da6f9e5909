"""Which evaluation of a project's work counts, once that is settled."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was confirmed before counts as it stood: the first of its round."""
    op.add_column("evaluation", sa.Column("counts", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.alter_column("evaluation", "counts", server_default=None)
    op.execute(
        "UPDATE evaluation SET counts = true WHERE id IN (SELECT DISTINCT ON (one.round_id) one.id"
        " FROM evaluation one JOIN evaluation_round round ON round.id = one.round_id"
        " WHERE one.side = 'mentor' AND round.confirmed_at IS NOT NULL ORDER BY one.round_id, one.id)"
    )


def downgrade() -> None:
    """Forget which."""
    op.drop_column("evaluation", "counts")
