"""Machines that run a language model for hints, each with a token of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SAID = ("label", "name", "url", "secret", "model", "device", "version")
_MOMENTS = ("renewed_at", "left_at", "answered_at", "unanswered_at")


def upgrade() -> None:
    """No machine yet."""
    op.create_table(
        "tutor_node",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _SAID),
        sa.Column("places", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in _MOMENTS),
        sa.PrimaryKeyConstraint("id", name="pk_tutor_node"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name="fk_tutor_node_hub_id_hub"),
        sa.UniqueConstraint("token_hash", name="uq_tutor_node_token_hash"),
    )
    op.create_index("ix_tutor_node_hub_id", "tutor_node", ["hub_id"])


def downgrade() -> None:
    """Forget the machines; each needs a new token."""
    op.drop_table("tutor_node")
