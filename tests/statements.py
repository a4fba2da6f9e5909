"""What a session asks of the database while something is done with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

Statement = tuple[str, Any]
"""SQL with places for parameters, and these."""


@contextmanager
def statements(session: AsyncSession) -> Iterator[list[Statement]]:
    """The statements that are executed meanwhile, in order."""
    found: list[Statement] = []
    connection = session.sync_session.connection()

    def look(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        found.append((statement, parameters))

    sa.event.listen(connection, "before_cursor_execute", look)
    try:
        yield found
    finally:
        sa.event.remove(connection, "before_cursor_execute", look)
