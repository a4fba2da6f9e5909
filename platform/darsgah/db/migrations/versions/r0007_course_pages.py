"""Pages between the labs of a module, as immutable as the rest of a published course version."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; its places are counted together with those of the module's labs."""
    op.create_table(
        "page",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("module_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_ur", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_ur", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_page"),
        sa.UniqueConstraint("module_id", "position", name="uq_page_module_id_position"),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name="fk_page_module_id_module"),
    )
    op.execute("""
        CREATE FUNCTION refuse_change_of_published_page() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM course_version JOIN module ON module.course_version_id = course_version.id
                WHERE published_at IS NOT NULL AND module.id IN (OLD.module_id, NEW.module_id)
            ) THEN
                RAISE EXCEPTION 'a published version never changes: publish a new one'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN coalesce(NEW, OLD);
        END $$
    """)
    op.execute("""
        CREATE TRIGGER page_frozen BEFORE INSERT OR UPDATE OR DELETE ON page
        FOR EACH ROW EXECUTE FUNCTION refuse_change_of_published_page()
    """)


def downgrade() -> None:
    """Drop the pages."""
    op.drop_table("page")
    op.execute("DROP FUNCTION refuse_change_of_published_page")
