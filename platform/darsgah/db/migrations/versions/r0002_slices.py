"""The first tables of the slices: accounts, hubs, catalog, enrolments, submissions and grades."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "account",
    "hub",
    "sign_in_failure",
    "account_session",
    "course",
    "lab",
    "role_grant",
    "course_version",
    "lab_version",
    "cohort",
    "module",
    "assignment",
    "enrolment",
    "module_lab",
    "submission",
    "grading_run",
    "cell_grade",
)
"""In order of creation: each after those it points to."""

FROZEN = ("course_version", "lab_version")
"""Tables whose published rows never change again."""


def upgrade() -> None:
    """Create the tables, and the trigger that keeps published versions as they are."""
    _accounts()
    _hubs()
    _catalog()
    _enrolments()
    _submissions()
    _grades()
    _freeze_published_versions()


def downgrade() -> None:
    """Drop the tables with everything in them."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change_of_published")


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("email", name="uq_account_email"),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_failure"),
    )
    op.create_index(
        "ix_sign_in_failure_subject_failed_at", "sign_in_failure", ["subject", "failed_at"], unique=False
    )
    op.create_table(
        "account_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_account_session_account_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_account_session"),
    )
    op.create_index("ix_account_session_account_id", "account_session", ["account_id"], unique=False)
    op.create_index("ix_account_session_expires_at", "account_session", ["expires_at"], unique=False)


def _hubs() -> None:
    op.create_table(
        "hub",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_ur", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state in ('open', 'planned', 'closed')", name="ck_hub_state"),
        sa.PrimaryKeyConstraint("id", name="pk_hub"),
        sa.UniqueConstraint("code", name="uq_hub_code"),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(hub_id is null) = (role in ('network_admin', 'auditor'))", name="ck_role_grant_scope"
        ),
        sa.CheckConstraint(
            "role in ('learner', 'instructor', 'mentor', 'hub_admin', 'network_admin', 'auditor')",
            name="ck_role_grant_role",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_role_grant_account_id_account", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name="fk_role_grant_hub_id_hub", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_role_grant"),
        sa.UniqueConstraint(
            "account_id",
            "role",
            "hub_id",
            name="uq_role_grant_account_id_role_hub_id",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_role_grant_account_id", "role_grant", ["account_id"], unique=False)


def _catalog() -> None:
    op.create_table(
        "course",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name="fk_course_hub_id_hub"),
        sa.PrimaryKeyConstraint("id", name="pk_course"),
        sa.UniqueConstraint(
            "hub_id", "slug", name="uq_course_hub_id_slug", postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "lab",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name="fk_lab_hub_id_hub"),
        sa.PrimaryKeyConstraint("id", name="pk_lab"),
        sa.UniqueConstraint("hub_id", "slug", name="uq_lab_hub_id_slug", postgresql_nulls_not_distinct=True),
    )
    op.create_table(
        "course_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_ur", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("summary_ur", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_course_version_course_id_course"),
        sa.PrimaryKeyConstraint("id", name="pk_course_version"),
        sa.UniqueConstraint("course_id", "number", name="uq_course_version_course_id_number"),
    )
    op.create_table(
        "lab_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lab_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_ur", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("summary_ur", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("runtime", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("skills", postgresql.JSONB(), nullable=False),
        sa.Column("limits", postgresql.JSONB(), nullable=False),
        sa.Column("sources", postgresql.JSONB(), nullable=False),
        sa.Column("releases", postgresql.JSONB(), nullable=False),
        sa.Column("files", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_lab_version_lab_id_lab"),
        sa.PrimaryKeyConstraint("id", name="pk_lab_version"),
        sa.UniqueConstraint("lab_id", "number", name="uq_lab_version_lab_id_number"),
    )
    op.create_table(
        "module",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_ur", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_version_id"], ["course_version.id"], name="fk_module_course_version_id_course_version"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_module"),
        sa.UniqueConstraint("course_version_id", "position", name="uq_module_course_version_id_position"),
    )
    op.create_table(
        "module_lab",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("module_id", sa.Uuid(), nullable=False),
        sa.Column("lab_version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lab_version_id"], ["lab_version.id"], name="fk_module_lab_lab_version_id_lab_version"
        ),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name="fk_module_lab_module_id_module"),
        sa.PrimaryKeyConstraint("id", name="pk_module_lab"),
        sa.UniqueConstraint("module_id", "position", name="uq_module_lab_module_id_position"),
    )
    op.create_index("ix_module_lab_lab_version_id", "module_lab", ["lab_version_id"], unique=False)


def _enrolments() -> None:
    op.create_table(
        "cohort",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("course_version_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("enrolled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("capacity is null or enrolled <= capacity", name="ck_cohort_capacity"),
        sa.ForeignKeyConstraint(
            ["course_version_id"], ["course_version.id"], name="fk_cohort_course_version_id_course_version"
        ),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name="fk_cohort_hub_id_hub"),
        sa.PrimaryKeyConstraint("id", name="pk_cohort"),
    )
    op.create_index("ix_cohort_course_version_id", "cohort", ["course_version_id"], unique=False)
    op.create_index("ix_cohort_hub_id_id", "cohort", ["hub_id", "id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("lab_version_id", sa.Uuid(), nullable=False),
        sa.Column("module_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt_limit", sa.Integer(), nullable=True),
        sa.Column("cooldown_seconds", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "closes_at is null or due_at is null or closes_at >= due_at",
            name="ck_assignment_closes_after_due",
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_assignment_cohort_id_cohort"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name="fk_assignment_hub_id_hub"),
        sa.ForeignKeyConstraint(
            ["lab_version_id"], ["lab_version.id"], name="fk_assignment_lab_version_id_lab_version"
        ),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name="fk_assignment_module_id_module"),
        sa.PrimaryKeyConstraint("id", name="pk_assignment"),
        sa.UniqueConstraint("cohort_id", "position", name="uq_assignment_cohort_id_position"),
    )
    op.create_index("ix_assignment_lab_version_id", "assignment", ["lab_version_id"], unique=False)
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state in ('active', 'left')", name="ck_enrolment_state"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_enrolment_account_id_account"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_enrolment_cohort_id_cohort"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name="fk_enrolment_hub_id_hub"),
        sa.PrimaryKeyConstraint("id", name="pk_enrolment"),
        sa.UniqueConstraint("cohort_id", "account_id", name="uq_enrolment_cohort_id_account_id"),
    )
    op.create_index("ix_enrolment_account_id", "enrolment", ["account_id"], unique=False)


def _submissions() -> None:
    op.create_table(
        "submission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("notebooks", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("job", sa.BigInteger(), nullable=True),
        sa.Column("current_run_id", sa.Uuid(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("max_score", sa.Double(), nullable=True),
        sa.Column("flagged", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "state in ('received', 'queued', 'grading', 'graded', 'rejected', 'needs_review')",
            name="ck_submission_state",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_submission_account_id_account"),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name="fk_submission_assignment_id_assignment"
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_submission_cohort_id_cohort"),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name="fk_submission_hub_id_hub"),
        sa.PrimaryKeyConstraint("id", name="pk_submission"),
        sa.UniqueConstraint("account_id", "idempotency_key", name="uq_submission_account_id_idempotency_key"),
        sa.UniqueConstraint(
            "assignment_id", "account_id", "attempt", name="uq_submission_assignment_id_account_id_attempt"
        ),
    )
    op.create_index("ix_submission_account_id_id", "submission", ["account_id", "id"], unique=False)
    op.create_index("ix_submission_cohort_id_id", "submission", ["cohort_id", "id"], unique=False)


def _grades() -> None:
    op.create_table(
        "grading_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("assurance", sa.Text(), nullable=False),
        sa.Column("sandbox", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("max_score", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("code_seconds", sa.Double(), nullable=False),
        sa.Column("flags", postgresql.JSONB(), nullable=False),
        sa.Column("executed", postgresql.JSONB(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name="fk_grading_run_hub_id_hub"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name="fk_grading_run_submission_id_submission"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_grading_run"),
        sa.UniqueConstraint("submission_id", "number", name="uq_grading_run_submission_id_number"),
    )
    op.create_table(
        "cell_grade",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("notebook", sa.Text(), nullable=False),
        sa.Column("grade_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("max_score", sa.Double(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("flags", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["grading_run.id"], name="fk_cell_grade_run_id_grading_run"),
        sa.PrimaryKeyConstraint("run_id", "position", name="pk_cell_grade"),
    )


def _freeze_published_versions() -> None:
    op.execute("""
        CREATE FUNCTION refuse_change_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'a published version never changes: publish a new one'
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
    """)
    for table in FROZEN:
        op.execute(f"""
            CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION refuse_change_of_published()
        """)
