"""The tables of Procrastinate, the queue, inside our migrations.

The library ships its whole schema and a file for each change since. A revision of ours installs the schema of
the version then at hand and records how far it goes; every upgrade applies the library's newer files. So the
queue's tables always fit the installed library and nothing of it is copied here.
"""

from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

TABLE = "queue_schema"


def install(connection: Connection) -> None:
    """Creates the queue's tables, functions and types, and the record of their version."""
    _run(connection, SchemaManager.get_schema())
    connection.execute(
        text(f"CREATE TABLE {TABLE} (version text NOT NULL CONSTRAINT pk_{TABLE} PRIMARY KEY)")
    )
    _record(connection, _files()[-1].stem)


def upgrade(connection: Connection) -> None:
    """Applies the library's files newer than the recorded version; nothing without the queue's tables."""
    if connection.scalar(text("SELECT to_regclass(:table)"), {"table": TABLE}) is None:
        return
    installed = connection.scalar(text(f"SELECT version FROM {TABLE}"))  # noqa: S608 # a constant of this module
    newer = [file for file in _files() if file.stem > str(installed)]
    for file in newer:
        _run(connection, file.read_text(encoding="utf-8"))
    if newer:
        _record(connection, newer[-1].stem)


def remove(connection: Connection) -> None:
    """Drops everything that the library made, waiting jobs included."""
    connection.execute(text(f"DROP TABLE {TABLE}"))
    found = connection.execute(
        text(
            "SELECT 'TABLE ' || oid::regclass FROM pg_class WHERE relname LIKE 'procrastinate%'"
            " AND relkind = 'r' AND relnamespace = current_schema()::regnamespace"
            " UNION ALL SELECT 'FUNCTION ' || oid::regprocedure FROM pg_proc"
            " WHERE proname LIKE 'procrastinate%' AND pronamespace = current_schema()::regnamespace"
            " UNION ALL SELECT 'TYPE ' || oid::regtype FROM pg_type WHERE typname LIKE 'procrastinate%'"
            " AND typnamespace = current_schema()::regnamespace AND typelem = 0"
        )
    ).scalars()
    for thing in list(found):
        kind, name = thing.split(" ", 1)
        connection.execute(text(f"DROP {kind} IF EXISTS {name} CASCADE"))


def _files() -> list[Path]:
    """The library's changes, oldest first: their names begin with the version."""
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def _record(connection: Connection, version: str) -> None:
    connection.execute(text(f"DELETE FROM {TABLE}"))  # noqa: S608 # a constant of this module
    connection.execute(text(f"INSERT INTO {TABLE} VALUES (:version)"), {"version": version})  # noqa: S608 # the same


def _run(connection: Connection, script: str) -> None:
    """Several statements at once, which only the driver's own cursor takes."""
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection has no driver behind it")
    driver.execute(script)
