"""The database: embedded or of one's own, whether it answers, how fast, and whether its tables are today's.

The embedded server is looked at and never made or started: a look that started it would write to its log and
recover it after a crash, and who asks what is wrong wants to find it as it was.
"""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from darsgah.commands.diagnosis.findings import Check, Finding, State, Value
from darsgah.db.address import libpq_url, shown
from darsgah.db.embedded import look_at_embedded, open_database
from darsgah.db.schema import DatabaseNewer, pending
from darsgah.errors import DarsgahError
from darsgah.settings import Settings

SLOW_MS = 20.0
"""A page asks about ten times, one after the other."""
CLOCK_SECONDS = 5.0
_ROUNDS = 7
_ASK_OWN = ('pg_isready -d "$DARSGAH_DATABASE_URL"', "unset DARSGAH_DATABASE_URL  # for the embedded one")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server that answers said.

    Attributes:
        version: as PostgreSQL counts, 180001 for 18.1.
        round_trip_ms: the median of a few empty questions.
        ahead_seconds: how far its clock is ahead of this machine's.
        may_create: this user may make tables there.
        pending: revisions that ``darsgah db upgrade`` would apply; None when a newer program made the tables.
    """

    version: int
    encoding: str
    round_trip_ms: float
    ahead_seconds: float
    may_create: bool
    pending: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """Where the database is and how.

    Attributes:
        own: it is the server that DARSGAH_DATABASE_URL names, not the embedded one.
        where: for people; never holds a password.
        made: there are data; always so with one's own server.
        fault: why it cannot be used; empty when it answers, or can be started.
        answer: None while the embedded one does not run.
    """

    own: bool
    where: str
    made: bool = True
    fault: str = ""
    answer: Answer | None = None


def look(settings: Settings) -> DatabaseFacts:
    """Ask the server, if it runs."""
    try:
        return _own(settings) if settings.database_url else _embedded(settings)
    except (DarsgahError, psycopg.Error) as error:
        said = error.message if isinstance(error, DarsgahError) else " ".join(str(error).split())
        return DatabaseFacts(bool(settings.database_url), "", fault=said)


def _own(settings: Settings) -> DatabaseFacts:
    with open_database(settings) as handle:  # with an address this only asks for the version
        return DatabaseFacts(True, shown(handle.url), answer=_ask(handle.url))


def _embedded(settings: Settings) -> DatabaseFacts:
    state = look_at_embedded(settings.home.expanduser().absolute())
    where = f"embedded, {state.program}"
    if state.url is None:
        return DatabaseFacts(False, where, made=state.made)
    return DatabaseFacts(False, where, answer=_ask(state.url))


def _ask(url: str) -> Answer:
    with psycopg.connect(libpq_url(url), autocommit=True, connect_timeout=5) as connection:
        times = []
        for _ in range(_ROUNDS):
            began = time.perf_counter()
            connection.execute("SELECT 1").fetchone()
            times.append((time.perf_counter() - began) * 1000)
        row = connection.execute(
            "SELECT clock_timestamp(), current_setting('server_encoding'),"
            " has_schema_privilege(current_schema(), 'CREATE')"
        ).fetchone()
        now, encoding, may_create = row or (datetime.now(UTC), "", False)
        ahead = (now - datetime.now(UTC)).total_seconds()
        version = connection.info.server_version
    return Answer(version, encoding, statistics.median(times), ahead, bool(may_create), _pending(url))


def _pending(url: str) -> tuple[str, ...] | None:
    try:
        return tuple(pending(url))
    except DatabaseNewer:
        return None


def findings(facts: DatabaseFacts) -> Iterator[Finding]:
    """What the facts mean."""
    if facts.fault:
        meaning = "Nothing works without it. The data, if there are any, are untouched."
        yield Finding(Check.SERVER, State.MISSING, facts.fault, meaning, _ASK_OWN if facts.own else ())
        return
    if facts.answer is None:
        yield _at_rest(facts)
        return
    yield _server(facts, facts.answer)
    yield _tables(facts.answer)
    yield _round_trip(facts.answer)
    ahead = facts.answer.ahead_seconds
    if abs(ahead) > CLOCK_SECONDS:
        yield Finding(
            Check.DATABASE_CLOCK,
            State.LIMITED,
            f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} this machine's",
            "Times of submissions and the silence of workers are judged by both clocks.",
            ("sudo timedatectl set-ntp true  # on both machines",),
            values={"ahead_seconds": round(ahead, 1)},
        )


def _at_rest(facts: DatabaseFacts) -> Finding:
    found = f"{facts.where}: {'not running, its data are there' if facts.made else 'no data yet'}"
    meaning = (
        "darsgah serve starts it and brings its tables up to date. It was left as it is."
        if facts.made
        else "The first darsgah serve makes it, in a few seconds. Nothing was made now."
    )
    values: dict[str, Value] = {"own": False, "running": False, "made": facts.made}
    return Finding(Check.SERVER, State.OK, found, meaning, values=values)


def _server(facts: DatabaseFacts, answer: Answer) -> Finding:
    # Major and minor number since version 10: 180001 is 18.1.
    number = f"{answer.version // 10000}.{answer.version % 10000}"
    values: dict[str, Value] = {
        "own": facts.own,
        "running": True,
        "made": True,
        "version": number,
        "encoding": answer.encoding,
    }
    found = f"{facts.where}: PostgreSQL {number} answers" if facts.own else f"{facts.where}: running"
    if answer.encoding != "UTF8":
        return Finding(
            Check.SERVER,
            State.MISSING,
            f"{found}, and keeps text as {answer.encoding}",
            "Names in Urdu cannot be kept.",
            ("createdb --encoding=UTF8 --template=template0 darsgah",),
            values=values,
        )
    return Finding(Check.SERVER, State.OK, found, "Accounts, courses, grades and the queue.", values=values)


def _tables(answer: Answer) -> Finding:
    if answer.pending is None:
        return Finding(
            Check.TABLES,
            State.MISSING,
            "a newer Darsgah has upgraded them",
            "This version would misread them: run the version that made them, or a later one.",
            ("git pull && make setup",),
        )
    values: dict[str, Value] = {"pending": len(answer.pending)}
    if not answer.pending:
        return Finding(Check.TABLES, State.OK, "up to date", "They fit this version.", values=values)
    waiting = f"{len(answer.pending)} changes wait: {', '.join(answer.pending)}"
    if not answer.may_create:
        return Finding(
            Check.TABLES,
            State.MISSING,
            f"{waiting}; this user may not make tables",
            "Darsgah cannot start until they are applied.",
            ("psql -c 'GRANT CREATE ON SCHEMA public TO darsgah'  # as the server's administrator",),
            values=values,
        )
    meaning = "serve and worker apply them when they start; make a backup first."
    return Finding(Check.TABLES, State.LIMITED, waiting, meaning, ("darsgah db upgrade",), values=values)


def _round_trip(answer: Answer) -> Finding:
    found = f"{answer.round_trip_ms:.2f} ms"
    values: dict[str, Value] = {"ms": round(answer.round_trip_ms, 3)}
    if answer.round_trip_ms <= SLOW_MS:
        meaning = "A page asks about ten times, one after the other."
        return Finding(Check.ROUND_TRIP, State.OK, found, meaning, values=values)
    return Finding(
        Check.ROUND_TRIP,
        State.LIMITED,
        found,
        "A page asks about ten times, one after the other: people will wait. Keep web server and database in "
        "one place; workers may be far away.",
        values=values,
    )
