"""Briefs, their gates, rounds, reviews and approvals, the projects out of them, and the history of both."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STAGES = (
    "'draft', 'automatic_check', 'in_review', 'changes_requested', 'published', 'applications', 'matched', "
    "'agreements_signed', 'kickoff', 'milestones', 'final_submitted', 'evaluated', 'credentialed', 'closed', "
    "'withdrawn', 'paused', 'disputed', 'cancelled', 'expired'"
)


def upgrade() -> None:
    """No brief yet."""
    _make_words_findable()
    _create_brief()
    _create_project()
    _create_parts()
    _create_history()


def downgrade() -> None:
    """Forget briefs and projects."""
    for table in (
        "brief_threshold",
        "brief_move",
        "brief_approval",
        "brief_review",
        "brief_round",
        "brief_gate",
        "project",
        "brief",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change_of_history()")
    op.execute("DROP FUNCTION refuse_change_of_match()")
    op.execute("DROP FUNCTION brief_words(text, text, jsonb, text, text)")
    op.execute("DROP FUNCTION plain_letters(text)")


def _make_words_findable() -> None:
    """Functions that never change what they return, so that an index may hold it.

    ``plain_letters`` writes what Urdu keyboards write differently in one way: Arabic ye, alef maqsura, kaf
    and heh as Urdu has them, do-chashmi he kept; digits as in Latin script; marks of vowels, tatweel and
    joiners left out; Urdu punctuation as blanks, since PostgreSQL's parser takes it for letters in some
    locales. ``brief_words`` keeps the search path that it was made with, for dumps are restored with none.
    """
    op.execute(r"""
        CREATE FUNCTION plain_letters(text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
            SELECT translate(
                regexp_replace(
                    normalize($1, NFKC),
                    '[\u0610-\u061A\u064B-\u065F\u0670\u06D6-\u06DC\u06DF-\u06ED\u0640\u200B-\u200F]', '', 'g'
                ),
                E'\u064A\u0649\u0643\u0647\u0629\u06C0\u06C2\u06C3\u06D5'
                    '\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669'
                    '\u06F0\u06F1\u06F2\u06F3\u06F4\u06F5\u06F6\u06F7\u06F8\u06F9'
                    '\u06D4\u060C\u061F\u061B\u066B',
                E'\u06CC\u06CC\u06A9\u06C1\u06C1\u06C1\u06C1\u06C1\u06C1'
                    '0123456789'
                    '0123456789'
                    '     '
            )
        $$
    """)
    op.execute("""
        CREATE FUNCTION brief_words(title text, title_ur text, skills jsonb, problem text, deliverables text)
        RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
            SELECT
                setweight(to_tsvector('simple'::regconfig, plain_letters(title || ' ' || title_ur)), 'A')
                || setweight(to_tsvector('english'::regconfig, plain_letters(title)), 'A')
                || setweight(to_tsvector('simple'::regconfig, plain_letters(skills::text)), 'B')
                || setweight(to_tsvector('english'::regconfig, plain_letters(skills::text)), 'B')
                || setweight(to_tsvector('simple'::regconfig, plain_letters(problem)), 'C')
                || setweight(to_tsvector('english'::regconfig, plain_letters(problem)), 'C')
                || setweight(to_tsvector('english'::regconfig, plain_letters(deliverables)), 'D')
        $$
    """)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=False)


def _count(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=True)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _created(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def _create_brief() -> None:
    op.create_table(
        "brief",
        _id("id"),
        _id("hub_id"),
        _id("organisation_id", nullable=True),
        _id("mentor_id", nullable=True),
        _id("created_by"),
        sa.Column("invitation", sa.LargeBinary(), nullable=True),
        _created("created_at"),
        _created("changed_at"),
        _text("stage"),
        sa.Column("resume_stage", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        _moment("published_at", nullable=True),
        *(_text(name) for name in ("title", "title_ur", "problem", "deliverables")),
        sa.Column("skills", JSONB(), nullable=False),
        *(_text(name) for name in ("data_kind", "data", "data_licence")),
        _count("hours_total"),
        _count("hours_week"),
        sa.Column("milestones", JSONB(), nullable=False),
        *(_count(name) for name in ("team_least", "team_most", "capacity")),
        *(_text(name) for name in ("mode", "gate_rule", "place")),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("apply_until", "starts_on", "ends_on")),
        _count("mentor_hours_week"),
        *(_text(name) for name in ("availability", "ip_choice", "ai_policy", "ai_policy_note")),
        _count("gpu_hours"),
        _text("gpu_need"),
        _count("trl_in"),
        _count("trl_target"),
        sa.Column(
            "search",
            TSVECTOR(),
            sa.Computed("brief_words(title, title_ur, skills, problem, deliverables)", persisted=True),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_brief"),
        sa.UniqueConstraint("invitation", name="uq_brief_invitation"),
        _key("brief", "hub_id", "hub"),
        _key("brief", "organisation_id", "organisation"),
        _key("brief", "mentor_id", "account"),
        _key("brief", "created_by", "account"),
        sa.CheckConstraint(f"stage in ({STAGES})", name="ck_brief_stage"),
        sa.CheckConstraint(f"resume_stage in ({STAGES})", name="ck_brief_resume_stage"),
    )
    op.create_index("ix_brief_hub_id_id", "brief", ["hub_id", "id"])
    op.create_index("ix_brief_mentor_id_id", "brief", ["mentor_id", "id"])
    op.create_index("ix_brief_organisation_id", "brief", ["organisation_id"])
    published = sa.text("published_at is not null")
    op.create_index("ix_brief_found", "brief", ["published_at", "id"], postgresql_where=published)
    op.create_index("ix_brief_search", "brief", ["search"], postgresql_using="gin")


def _create_project() -> None:
    op.create_table(
        "project",
        _id("id"),
        _id("brief_id"),
        _id("hub_id"),
        _id("team_id"),
        _text("stage"),
        sa.Column("resume_stage", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _moment("matched_at"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_project"),
        sa.UniqueConstraint("brief_id", "team_id", name="uq_project_brief_id_team_id"),
        _key("project", "brief_id", "brief"),
        _key("project", "hub_id", "hub"),
        _key("project", "team_id", "team"),
        sa.CheckConstraint(f"stage in ({STAGES})", name="ck_project_stage"),
        sa.CheckConstraint(f"resume_stage in ({STAGES})", name="ck_project_resume_stage"),
    )
    op.create_index("ix_project_hub_id_id", "project", ["hub_id", "id"])
    op.create_index("ix_project_team_id", "project", ["team_id"])
    op.execute("""
        CREATE FUNCTION refuse_change_of_match() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the brief, the team and the dates of a project stay as they were at the match'
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER project_match_stays BEFORE UPDATE ON project FOR EACH ROW WHEN (
            (OLD.brief_id, OLD.team_id, OLD.matched_at, OLD.starts_on, OLD.ends_on)
            IS DISTINCT FROM (NEW.brief_id, NEW.team_id, NEW.matched_at, NEW.starts_on, NEW.ends_on)
        ) EXECUTE FUNCTION refuse_change_of_match()
    """)


def _create_parts() -> None:
    op.create_table(
        "brief_gate",
        _id("id"),
        _id("brief_id"),
        _id("lab_id"),
        sa.Column("share", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_brief_gate"),
        sa.UniqueConstraint("brief_id", "lab_id", name="uq_brief_gate_brief_id_lab_id"),
        _key("brief_gate", "brief_id", "brief"),
        _key("brief_gate", "lab_id", "lab"),
        sa.CheckConstraint("share > 0 and share <= 1", name="ck_brief_gate_share"),
    )
    op.create_table(
        "brief_round",
        _id("brief_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("findings", JSONB(), nullable=False),
        _id("submitted_by"),
        _created("submitted_at"),
        sa.PrimaryKeyConstraint("brief_id", "number", name="pk_brief_round"),
        _key("brief_round", "brief_id", "brief"),
        _key("brief_round", "submitted_by", "account"),
    )
    op.create_table(
        "brief_review",
        _id("id"),
        _id("brief_id"),
        sa.Column("round", sa.Integer(), nullable=False),
        _id("reviewer_id"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("relevance", "clarity", "mentorship")),
        _text("note"),
        _moment("at"),
        sa.PrimaryKeyConstraint("id", name="pk_brief_review"),
        sa.UniqueConstraint(
            "brief_id", "round", "reviewer_id", name="uq_brief_review_brief_id_round_reviewer_id"
        ),
        _key("brief_review", "brief_id", "brief"),
        _key("brief_review", "reviewer_id", "account"),
        sa.CheckConstraint(
            "relevance between 1 and 5 and clarity between 1 and 5 and mentorship between 1 and 5",
            name="ck_brief_review_scores",
        ),
    )
    op.create_table(
        "brief_approval",
        _id("id"),
        _id("brief_id"),
        sa.Column("round", sa.Integer(), nullable=False),
        _text("kind"),
        _id("by_id", nullable=True),
        _moment("at"),
        sa.PrimaryKeyConstraint("id", name="pk_brief_approval"),
        sa.UniqueConstraint("brief_id", "round", "kind", name="uq_brief_approval_brief_id_round_kind"),
        _key("brief_approval", "brief_id", "brief"),
        _key("brief_approval", "by_id", "account"),
        sa.CheckConstraint(
            "kind in ('organisation', 'mentor', 'brief', 'hub')", name="ck_brief_approval_kind"
        ),
    )
    op.create_table(
        "brief_threshold",
        _id("hub_id"),
        sa.Column("mean", sa.Double(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        _id("changed_by"),
        _moment("changed_at"),
        sa.PrimaryKeyConstraint("hub_id", name="pk_brief_threshold"),
        _key("brief_threshold", "hub_id", "hub"),
        _key("brief_threshold", "changed_by", "account"),
        sa.CheckConstraint("mean between 1 and 5", name="ck_brief_threshold_mean"),
        sa.CheckConstraint("least between 1 and 5", name="ck_brief_threshold_least"),
    )


def _create_history() -> None:
    op.create_table(
        "brief_move",
        _id("id"),
        _id("brief_id"),
        _id("project_id", nullable=True),
        _text("name"),
        sa.Column("from_stage", sa.Text(), nullable=True),
        _text("to_stage"),
        _id("by_id", nullable=True),
        _moment("at"),
        _text("reason"),
        sa.PrimaryKeyConstraint("id", name="pk_brief_move"),
        _key("brief_move", "brief_id", "brief"),
        _key("brief_move", "project_id", "project"),
        _key("brief_move", "by_id", "account"),
    )
    op.create_index("ix_brief_move_brief_id_id", "brief_move", ["brief_id", "id"])
    op.create_index("ix_brief_move_project_id_id", "brief_move", ["project_id", "id"])
    op.execute("""
        CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'a line of history stays as it is'
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER brief_move_stays BEFORE UPDATE OR DELETE ON brief_move
        FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history()
    """)
