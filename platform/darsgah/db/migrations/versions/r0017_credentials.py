"""Credentials, the keys that sign them, and the lists that say which are revoked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _id(name: str = "id", *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _made() -> sa.Column[object]:
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB(), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def upgrade() -> None:
    """Nobody has a credential; keys are made when the first is awarded."""
    _keys_and_lists()
    _achievements()
    _credentials()
    op.create_table(
        "completion_rule",
        _id("cohort_id"),
        _id("hub_id"),
        sa.Column("pass_share", sa.Double(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        _number("version"),
        _id("changed_by"),
        _moment("changed_at", nullable=False),
        sa.PrimaryKeyConstraint("cohort_id", name="pk_completion_rule"),
        _foreign("completion_rule", "cohort_id", "cohort"),
        _foreign("completion_rule", "hub_id", "hub"),
        _foreign("completion_rule", "changed_by", "account"),
        sa.CheckConstraint("pass_share > 0 and pass_share <= 1", name="ck_completion_rule_pass_share"),
    )


def _keys_and_lists() -> None:
    op.create_table(
        "issuer_key",
        _id(),
        _id("hub_id", nullable=True),
        _text("issuer"),
        _text("kid"),
        _json("public_jwk"),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        _text("state"),
        _made(),
        _moment("retired_at"),
        _id("retired_by", nullable=True),
        _text("reason"),
        sa.PrimaryKeyConstraint("id", name="pk_issuer_key"),
        sa.UniqueConstraint("kid", name="uq_issuer_key_kid"),
        _foreign("issuer_key", "hub_id", "hub"),
        _foreign("issuer_key", "retired_by", "account"),
        sa.CheckConstraint("state in ('active', 'retired', 'compromised')", name="ck_issuer_key_state"),
        sa.CheckConstraint("(state = 'active') = (sealed is not null)", name="ck_issuer_key_sealed"),
    )
    op.create_index("ix_issuer_key_hub_id", "issuer_key", ["hub_id"])
    active = sa.text("state = 'active'")
    op.create_index("uq_issuer_key_active", "issuer_key", ["issuer"], unique=True, postgresql_where=active)
    op.create_table(
        "status_list",
        _id(),
        _id("hub_id", nullable=True),
        _text("issuer"),
        *(_number(name) for name in ("number", "size", "taken", "revision")),
        _number("signed_revision", nullable=True),
        _moment("signed_at"),
        _id("key_id", nullable=True),
        _text("jwt"),
        sa.PrimaryKeyConstraint("id", name="pk_status_list"),
        sa.UniqueConstraint("issuer", "number", name="uq_status_list_issuer_number"),
        _foreign("status_list", "hub_id", "hub"),
        _foreign("status_list", "key_id", "issuer_key"),
    )
    op.create_index("ix_status_list_hub_id", "status_list", ["hub_id"])


def _achievements() -> None:
    op.create_table(
        "achievement",
        _id(),
        _id("hub_id", nullable=True),
        *(_text(name) for name in ("kind", "subject", "name", "name_ur", "description", "criteria")),
        _number("version"),
        _json("skills"),
        _json("alignments"),
        _made(),
        sa.PrimaryKeyConstraint("id", name="pk_achievement"),
        sa.UniqueConstraint("kind", "subject", "version", name="uq_achievement_kind_subject_version"),
        _foreign("achievement", "hub_id", "hub"),
        sa.CheckConstraint("kind in ('course', 'unit', 'brief', 'hackathon')", name="ck_achievement_kind"),
    )
    op.create_index("ix_achievement_hub_id", "achievement", ["hub_id"])


def _credentials() -> None:
    op.create_table(
        "credential",
        _id(),
        _id("hub_id", nullable=True),
        *(_id(name) for name in ("account_id", "achievement_id", "key_id", "status_list_id")),
        *(_text(name) for name in ("kind", "subject", "reference", "recipient_name", "jwt")),
        _number("status_index"),
        _moment("issued_at", nullable=False),
        _moment("valid_until"),
        _id("awarded_by", nullable=True),
        _json("evidence"),
        _json("results"),
        _number("trl", nullable=True),
        sa.Column("public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _moment("revoked_at"),
        _id("revoked_by", nullable=True),
        sa.Column("revoked_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_credential"),
        sa.UniqueConstraint(
            "status_list_id", "status_index", name="uq_credential_status_list_id_status_index"
        ),
        _foreign("credential", "hub_id", "hub"),
        _foreign("credential", "account_id", "account"),
        _foreign("credential", "achievement_id", "achievement"),
        _foreign("credential", "key_id", "issuer_key"),
        _foreign("credential", "status_list_id", "status_list"),
        _foreign("credential", "awarded_by", "account"),
        _foreign("credential", "revoked_by", "account"),
        sa.CheckConstraint("(revoked_at is null) = (revoked_reason = '')", name="ck_credential_revoked"),
        sa.CheckConstraint("trl between 1 and 9", name="ck_credential_trl"),
    )
    for columns in (["achievement_id"], ["key_id"], ["account_id", "id"], ["hub_id", "id"]):
        op.create_index(f"ix_credential_{'_'.join(columns)}", "credential", columns)
    op.create_index(
        "uq_credential_counting",
        "credential",
        ["account_id", "kind", "subject", "reference"],
        unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )


def downgrade() -> None:
    """Forget every credential and every key: what is out in the world can then be verified no more."""
    for table in ("completion_rule", "credential", "achievement", "status_list", "issuer_key"):
        op.drop_table(table)
