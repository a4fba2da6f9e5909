"""What lies in the database, asked in plain SQL so that no service can hide anything."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from darsgah.db.session import Database


async def rows(database: Database, statement: str, **values: Any) -> list[Any]:  # noqa: ANN401 - SQL is untyped
    """The rows that a statement gives, by attribute."""
    async with database.begin() as session:
        return list(await session.execute(sa.text(statement), values))


async def snapshot(database: Database) -> dict[str, str]:
    """A digest of every table's rows, by table."""
    tables = await rows(
        database, "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    digests = {}
    for table in tables:
        statement = f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) AS d FROM "{table.name}" t'  # noqa: S608 - names from the catalogue
        digests[table.name] = (await rows(database, statement))[0].d
    return digests


@dataclass(frozen=True)
class Recorded:
    """A submission as the tests want to see it."""

    id: Any
    email: str
    lab: str
    version: int
    attempt: int
    state: str
    received_at: Any
    late: bool
    notebooks: Any
    score: float | None


async def submissions(database: Database) -> list[Recorded]:
    """Every submission, by address, lab and attempt."""
    found = await rows(
        database,
        "SELECT s.id, a.email, l.slug AS lab, v.number AS version, s.attempt, s.state, s.received_at, s.late,"
        " s.notebooks, s.score FROM submission s JOIN account a ON a.id = s.account_id"
        " JOIN assignment g ON g.id = s.assignment_id JOIN lab_version v ON v.id = g.lab_version_id"
        " JOIN lab l ON l.id = v.lab_id ORDER BY a.email, l.slug, s.attempt",
    )
    return [Recorded(*row) for row in found]
