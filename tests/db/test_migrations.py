"""The chain of migrations runs up, down and up again, and ends where the models are."""

import threading
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import Column, ForeignKey, Integer, MetaData, NullPool, Table, Text, create_engine, text

from darsgah.db import schema
from darsgah.db.address import sqlalchemy_url
from darsgah.db.columns import NAMING
from darsgah.db.metadata import metadata
from darsgah.db.queue_schema import TABLE as QUEUE_VERSION
from tests.database import DatabaseServer

# Everything a database holds beyond PostgreSQL's own: kind, name and definition.
_CONTENTS = """
SELECT 'relation', c.relname || '.' || coalesce(a.attname, ''),
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
  FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S')
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'function', oid::regprocedure::text, pg_get_functiondef(oid) FROM pg_proc
 WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'type', typname, typtype::text FROM pg_type
 WHERE typnamespace = 'public'::regnamespace AND typtype IN ('c', 'e', 'd')
"""


def contents(url: str) -> set[tuple[str, ...]]:
    with psycopg.connect(url) as connection:
        return set(connection.execute(_CONTENTS).fetchall())


def differences(url: str, expected: MetaData) -> list[object]:
    """How the database differs from the tables given, the queue's own and Alembic's left aside."""

    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or not str(name).startswith(("procrastinate_", QUEUE_VERSION))

    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "include_name": ours}
        )
        return list(compare_metadata(context, expected))


def test_up_down_and_up_again(server: DatabaseServer) -> None:
    with server.new_database(migrated=False) as url:
        empty = contents(url)
        applied = schema.upgrade(url)
        assert applied == sorted(applied)
        assert applied[0] == "0001"
        migrated = contents(url)
        schema.downgrade(url)
        assert {name for kind, name, _ in contents(url) - empty if kind == "relation"} == {
            "alembic_version.version_num"
        }
        assert schema.upgrade(url) == applied
        assert contents(url) == migrated
        assert schema.upgrade(url) == []
        assert schema.pending(url) == []


def test_each_revision_can_be_taken_back_alone(server: DatabaseServer) -> None:
    with server.new_database(migrated=False) as url:
        revisions = schema.upgrade(url)
        for revision in reversed(revisions):
            after = contents(url)
            schema.downgrade(url, "-1")
            assert schema.upgrade(url, revision) == [revision]
            assert contents(url) == after
            schema.downgrade(url, "-1")


def test_the_models_are_what_the_migrations_make(server: DatabaseServer) -> None:
    with server.new_database() as url:
        assert differences(url, metadata) == []


def test_a_difference_is_seen(server: DatabaseServer) -> None:
    """Shows that the comparison above can fail: a missing table, index, foreign key, type and default."""
    expected = MetaData(naming_convention=NAMING)
    Table("shelf", expected, Column("id", Integer, primary_key=True))
    Table(
        "book",
        expected,
        Column("id", Integer, primary_key=True),
        Column("shelf_id", ForeignKey("shelf.id"), index=True),
        Column("title", Text, server_default="none"),
    )
    with server.new_database() as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE book (id int PRIMARY KEY, shelf_id int, title int)")
        seen = str(differences(url, expected))
    for what in ("add_table", "add_index", "add_fk", "modify_type", "modify_default"):
        assert what in seen


def test_two_processes_may_migrate_at_once(server: DatabaseServer) -> None:
    with server.new_database(migrated=False) as url:
        applied: list[list[str]] = []
        threads = [threading.Thread(target=lambda: applied.append(schema.upgrade(url))) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(map(len, applied))[:2] == [0, 0]
        assert len(applied[0] + applied[1] + applied[2]) == len(max(applied, key=len)) > 0


def test_a_failed_migration_leaves_nothing(server: DatabaseServer) -> None:
    with server.new_database(migrated=False) as url:
        with psycopg.connect(url) as connection:
            connection.execute(f"CREATE TABLE {QUEUE_VERSION} (version text)")
        before = contents(url)
        with pytest.raises(Exception, match="already exists"):
            schema.upgrade(url)
        assert contents(url) == before


def test_the_queue_follows_its_library(server: DatabaseServer) -> None:
    """A database from an older library is brought to the installed one by the library's own files."""
    with server.new_database() as url, server.new_database(migrated=False) as older:
        with psycopg.connect(older) as connection:
            for file in _library_files():
                if file.stem > "03.01":
                    break
                recorded = file.stem
                connection.execute(file.read_text(encoding="utf-8"))
            connection.execute(f"CREATE TABLE {QUEUE_VERSION} (version text NOT NULL PRIMARY KEY)")
            connection.execute(f"INSERT INTO {QUEUE_VERSION} VALUES (%s)", [recorded])  # noqa: S608 # a constant
            connection.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
            connection.execute("INSERT INTO alembic_version VALUES ('0001')")
        schema.upgrade(older)
        engine = create_engine(sqlalchemy_url(older), poolclass=NullPool)
        with engine.connect() as alchemy:
            newest = alchemy.scalar(text(f"SELECT version FROM {QUEUE_VERSION}"))  # noqa: S608 # a constant
        assert newest == _library_files()[-1].stem
        assert _queue_functions(older) >= _queue_functions(url)


def _library_files() -> list[Path]:
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def _queue_functions(url: str) -> set[tuple[str, ...]]:
    return {row[:2] for row in contents(url) if row[0] == "function" and row[1].startswith("procrastinate")}
