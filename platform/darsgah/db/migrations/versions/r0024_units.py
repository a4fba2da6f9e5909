"""Qualification units in versions, the labs that give evidence for them, and how people were judged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_KEPT = ("unit_version", "unit_lab", "unit_assessment")


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def upgrade() -> None:
    """There is no unit yet; labs that name units' codes do so from their next publishing on."""
    op.add_column("lab", sa.Column("units", JSONB(), server_default="[]", nullable=False))
    op.create_table(
        "unit",
        _id("id"),
        _text("code"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        _moment("retired_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
        sa.UniqueConstraint("code", name="uq_unit_code"),
    )
    _create_versions()
    _create_assessments()
    op.execute("""
        CREATE FUNCTION refuse_change_of_units() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'texts of units and assessments are only added';
        END $$
    """)
    for table in _KEPT:
        op.execute(f"""
            CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change_of_units()
        """)


def downgrade() -> None:
    """Forget units and how people were judged; credentials stay."""
    for table in reversed(_KEPT):
        op.drop_table(table)
    op.drop_table("unit")
    op.drop_column("lab", "units")
    op.execute("DROP FUNCTION refuse_change_of_units()")


def _create_versions() -> None:
    op.create_table(
        "unit_version",
        _id("unit_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        *map(_text, ("title", "title_ur")),
        sa.Column("criteria", JSONB(), nullable=False),
        *map(_text, ("knowledge", "tools")),
        sa.Column("credits", sa.Double(), nullable=True),
        *map(_text, ("level", "framework", "framework_version", "framework_url")),
        sa.Column("share", sa.Double(), nullable=False),
        _id("changed_by"),
        _moment("changed_at"),
        sa.PrimaryKeyConstraint("unit_id", "number", name="pk_unit_version"),
        _refers("unit_version", "unit_id", "unit"),
        _refers("unit_version", "changed_by", "account"),
        sa.CheckConstraint("share > 0 and share <= 1", name="ck_unit_version_share"),
    )
    op.create_table(
        "unit_lab",
        _id("unit_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _id("lab_id"),
        sa.Column("share", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "number", "lab_id", name="pk_unit_lab"),
        sa.ForeignKeyConstraint(
            ["unit_id", "number"],
            ["unit_version.unit_id", "unit_version.number"],
            name="fk_unit_lab_unit_id_number_unit_version",
        ),
        _refers("unit_lab", "lab_id", "lab"),
        sa.CheckConstraint("share > 0 and share <= 1", name="ck_unit_lab_share"),
    )


def _create_assessments() -> None:
    op.create_table(
        "unit_assessment",
        *map(_id, ("id", "unit_id")),
        sa.Column("number", sa.Integer(), nullable=False),
        *map(_id, ("account_id", "hub_id", "assessor_id")),
        _text("outcome"),
        sa.Column("met", JSONB(), nullable=False),
        _text("note"),
        _text("reason"),
        sa.Column("prior_learning", sa.Boolean(), nullable=False),
        sa.Column("labs", JSONB(), nullable=False),
        _id("credential_id", nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        _moment("at"),
        sa.PrimaryKeyConstraint("id", name="pk_unit_assessment"),
        sa.ForeignKeyConstraint(
            ["unit_id", "number"],
            ["unit_version.unit_id", "unit_version.number"],
            name="fk_unit_assessment_unit_id_number_unit_version",
        ),
        *(_refers("unit_assessment", f"{name}_id", name) for name in ("account", "hub", "credential")),
        _refers("unit_assessment", "assessor_id", "account"),
        sa.CheckConstraint("outcome in ('competent', 'not_yet')", name="ck_unit_assessment_outcome"),
        sa.UniqueConstraint(
            "assessor_id", "idempotency_key", name="uq_unit_assessment_assessor_id_idempotency_key"
        ),
    )
    op.create_index(
        "ix_unit_assessment_account_id_unit_id_id", "unit_assessment", ["account_id", "unit_id", "id"]
    )
    op.create_index("ix_unit_assessment_unit_id_hub_id_id", "unit_assessment", ["unit_id", "hub_id", "id"])
