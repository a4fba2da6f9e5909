"""Words that a hub's staff give to the hints of a lab in place of its author's, in versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every hint has its author's words."""
    op.create_table(
        "hint_words",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in _OWNERS),
        sa.Column("misconception", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", JSONB(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hint_words"),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=f"fk_hint_words_{name}_{table}")
            for name, table in _OWNERS.items()
        ),
        sa.UniqueConstraint(
            "hub_id",
            "lab_id",
            "misconception",
            "version",
            name="uq_hint_words_hub_id_lab_id_misconception_version",
        ),
    )


_OWNERS = {"hub_id": "hub", "lab_id": "lab", "lab_version_id": "lab_version", "account_id": "account"}


def downgrade() -> None:
    """Forget the words, and who wrote them."""
    op.drop_table("hint_words")
