"""Teams of learners, who is in them, and who is asked to come."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _created(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def upgrade() -> None:
    """No team yet."""
    op.create_table(
        "team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("solo", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        _created("created_at"),
        sa.Column("link_token", sa.Text(), nullable=True),
        _moment("closed_at"),
        _moment("ended_at"),
        sa.PrimaryKeyConstraint("id", name="pk_team"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name="fk_team_hub_id_hub"),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name="fk_team_created_by_account"),
        sa.UniqueConstraint("link_token", name="uq_team_link_token"),
        sa.CheckConstraint("purpose in ('brief', 'hackathon')", name="ck_team_purpose"),
    )
    op.create_index("ix_team_hub_id", "team", ["hub_id"])
    op.create_table(
        "team_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        _created("joined_at"),
        _moment("left_at"),
        sa.PrimaryKeyConstraint("id", name="pk_team_member"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_team_member_team_id_team"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_team_member_account_id_account"),
    )
    op.create_index("ix_team_member_account_id", "team_member", ["account_id"])
    op.create_index(
        "uq_team_member_present",
        "team_member",
        ["team_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("left_at is null"),
    )
    op.create_table(
        "team_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        _created("invited_at"),
        sa.Column("state", sa.Text(), nullable=False),
        _moment("answered_at"),
        sa.PrimaryKeyConstraint("id", name="pk_team_invitation"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_team_invitation_team_id_team"),
        sa.ForeignKeyConstraint(["invited_by"], ["account.id"], name="fk_team_invitation_invited_by_account"),
        sa.CheckConstraint(
            "state in ('waiting', 'accepted', 'declined', 'withdrawn')", name="ck_team_invitation_state"
        ),
    )
    op.create_index("ix_team_invitation_email", "team_invitation", ["email"])
    op.create_index(
        "uq_team_invitation_waiting",
        "team_invitation",
        ["team_id", "email"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    """Forget the teams."""
    for table in ("team_invitation", "team_member", "team"):
        op.drop_table(table)
