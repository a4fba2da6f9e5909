"""What people are told, on the platform and by e-mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has been told anything; letters are on for everybody, and sent where the operator sets it up."""
    op.add_column("account", sa.Column("no_mail", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("telling_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("details", JSONB(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("calendar", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_refused", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_notice_account_id_account", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_notice_telling_id", "notice", ["telling_id"])
    op.create_index("ix_notice_account_id_id", "notice", ["account_id", "id"])
    op.create_index("ix_notice_unread", "notice", ["account_id"], postgresql_where=sa.text("read_at is null"))


def downgrade() -> None:
    """Forget what people were told."""
    op.drop_table("notice")
    op.drop_column("account", "no_mail")
