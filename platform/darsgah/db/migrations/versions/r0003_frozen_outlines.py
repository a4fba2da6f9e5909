"""The modules of a published course version, and the labs in them, never change either."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PARENTS = {
    "module": "SELECT unnest(ARRAY[OLD.course_version_id, NEW.course_version_id])",
    "module_lab": "SELECT course_version_id FROM module WHERE id IN (OLD.module_id, NEW.module_id)",
}
"""How the course versions of a row are found; outside an update either the old or the new row is null."""


def upgrade() -> None:
    """Refuse every change below a published course version."""
    for table, parents in _PARENTS.items():
        op.execute(f"""
            CREATE FUNCTION refuse_change_of_published_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (
                    SELECT FROM course_version WHERE published_at IS NOT NULL AND id IN ({parents})
                ) THEN
                    RAISE EXCEPTION 'a published version never changes: publish a new one'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN coalesce(NEW, OLD);
            END $$
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change_of_published_{table}()
        """)


def downgrade() -> None:
    """Let the outlines change again."""
    for table in _PARENTS:
        op.execute(f"DROP TRIGGER {table}_frozen ON {table}")
        op.execute(f"DROP FUNCTION refuse_change_of_published_{table}")
