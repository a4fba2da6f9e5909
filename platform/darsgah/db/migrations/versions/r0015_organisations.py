"""Organisations, the people who act for them, mentors, and decisions about both, which are only added."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_STATES = "state in ('unverified', 'verified', 'refused', 'suspended')"


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _made(name: str = "created_at") -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _refers(table: str, column: str, to: str = "account.id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=f"fk_{table}_{column}_{to.split('.', maxsplit=1)[0]}")


def upgrade() -> None:
    """No organisation yet."""
    _organisations()
    _mentors()
    op.execute("""
        CREATE FUNCTION refuse_change_of_verification() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'decisions about organisations and mentors are only added';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER verification_frozen BEFORE UPDATE OR DELETE ON verification
        FOR EACH ROW EXECUTE FUNCTION refuse_change_of_verification()
    """)


def _organisations() -> None:
    op.create_table(
        "organisation",
        *map(_id, ("id", "hub_id")),
        *map(_text, ("name", "name_ur", "name_key", "country", "website", "about", "state")),
        sa.Column("version", sa.Integer(), nullable=False),
        _id("founded_by"),
        _made(),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
        _refers("organisation", "hub_id", "hub.id"),
        _refers("organisation", "founded_by"),
        sa.CheckConstraint(_STATES, name=op.f("ck_organisation_state")),
    )
    op.create_index(
        "uq_organisation_name_key",
        "organisation",
        ["name_key"],
        unique=True,
        postgresql_where=sa.text("state <> 'refused'"),
    )
    op.create_index("ix_organisation_hub_id_state", "organisation", ["hub_id", "state"])
    op.create_table(
        "organisation_member",
        *map(_id, ("organisation_id", "account_id")),
        *map(_text, ("role", "state")),
        _made("changed_at"),
        _id("changed_by", nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "account_id", name="pk_organisation_member"),
        _refers("organisation_member", "organisation_id", "organisation.id"),
        _refers("organisation_member", "account_id"),
        _refers("organisation_member", "changed_by"),
        sa.CheckConstraint("role in ('owner', 'mentor')", name=op.f("ck_organisation_member_role")),
        sa.CheckConstraint(
            "state in ('asked', 'active', 'removed')", name=op.f("ck_organisation_member_state")
        ),
    )
    op.create_index(
        "uq_organisation_member_account_id",
        "organisation_member",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'removed'"),
    )
    op.create_table(
        "organisation_invitation",
        *map(_id, ("id", "organisation_id")),
        _text("email"),
        _id("account_id", nullable=True),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        _id("made_by"),
        _made("made_at"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _id("accepted_by", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_organisation_invitation"),
        _refers("organisation_invitation", "organisation_id", "organisation.id"),
        *(_refers("organisation_invitation", name) for name in ("account_id", "made_by", "accepted_by")),
        sa.UniqueConstraint("secret_hash", name="uq_organisation_invitation_secret_hash"),
    )
    for column in ("organisation_id", "account_id"):
        op.create_index(f"ix_organisation_invitation_{column}", "organisation_invitation", [column])


def _mentors() -> None:
    op.create_table(
        "mentor",
        *map(_id, ("account_id", "hub_id")),
        *map(_text, ("timezone", "country", "headline", "expertise", "availability", "state")),
        sa.Column("version", sa.Integer(), nullable=False),
        _made(),
        sa.PrimaryKeyConstraint("account_id", name="pk_mentor"),
        _refers("mentor", "account_id"),
        _refers("mentor", "hub_id", "hub.id"),
        sa.CheckConstraint(_STATES, name=op.f("ck_mentor_state")),
    )
    op.create_index("ix_mentor_hub_id_state", "mentor", ["hub_id", "state"])
    op.create_table(
        "verification",
        _id("id"),
        *(_id(name, nullable=True) for name in ("organisation_id", "mentor_id")),
        _text("decision"),
        _id("by"),
        _id("hub_id", nullable=True),
        sa.Column("looked_at", JSONB(), nullable=False),
        _text("note"),
        _made("at"),
        sa.PrimaryKeyConstraint("id", name="pk_verification"),
        _refers("verification", "organisation_id", "organisation.id"),
        _refers("verification", "mentor_id", "mentor.account_id"),
        _refers("verification", "by"),
        _refers("verification", "hub_id", "hub.id"),
        sa.CheckConstraint(
            "(organisation_id is null) <> (mentor_id is null)", name=op.f("ck_verification_subject")
        ),
        sa.CheckConstraint(
            "decision in ('verified', 'refused', 'suspended', 'lapsed')",
            name=op.f("ck_verification_decision"),
        ),
    )
    for column in ("organisation_id", "mentor_id"):
        op.create_index(f"ix_verification_{column}", "verification", [column])


def downgrade() -> None:
    """Forget organisations, mentors and who verified them."""
    op.drop_table("verification")
    op.execute("DROP FUNCTION refuse_change_of_verification()")
    op.drop_table("mentor")
    op.drop_table("organisation_invitation")
    op.drop_table("organisation_member")
    op.drop_table("organisation")
