"""Forms that were carried out, so that one sent twice is carried out once."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No form is known yet."""
    op.create_table(
        "sent_form",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "digest", name="pk_sent_form"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_sent_form_account_id_account", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Know no form again."""
    op.drop_table("sent_form")
