"""What a learner and a person write to each other about a hint that did not help."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No hint has a message yet."""
    op.create_table(
        "hint_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hint_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hint_message"),
        sa.ForeignKeyConstraint(
            ["hint_id"],
            ["hint_request.id"],
            name="fk_hint_message_hint_id_hint_request",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_hint_message_account_id_account"),
    )
    op.create_index("ix_hint_message_hint_id", "hint_message", ["hint_id"])


def downgrade() -> None:
    """Forget what was written."""
    op.drop_table("hint_message")
