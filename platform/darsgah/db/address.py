"""One form of the database's address for everything that connects: SQLAlchemy, psycopg and the queue."""

from psycopg import Error
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from darsgah.errors import SettingsInvalid

_WRONG = (
    "DARSGAH_DATABASE_URL is not the address of a PostgreSQL database: "
    "write it as postgresql://user:password@host:5432/name."
)


def libpq_url(url: str) -> str:
    """The same address as ``postgresql://…``, which libpq and therefore psycopg and the queue understand.

    Raises:
        SettingsInvalid: it is no address of a PostgreSQL database. The message never repeats it: it may
            hold a password.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() not in {"postgresql", "postgres"}:
            raise SettingsInvalid(_WRONG)
        plain = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
        # SQLAlchemy writes a space as it is, in the query as a plus as forms do; libpq wants neither.
        address, mark, query = plain.partition("?")
        plain = address.replace(" ", "%20") + mark + query.replace("+", "%20")
        conninfo_to_dict(plain)
    except (ArgumentError, Error, ValueError) as error:
        raise SettingsInvalid(_WRONG) from error
    return plain


def sqlalchemy_url(url: str) -> URL:
    """The same address for SQLAlchemy with psycopg 3; serves both its sync and its async engine."""
    return make_url(libpq_url(url)).set(drivername="postgresql+psycopg")


def shown(url: str) -> str:
    """Where the database is, without user and password: fit for logs and messages."""
    parts = conninfo_to_dict(libpq_url(url))
    return f"{parts.get('dbname', '')} on {parts.get('host', 'this machine')}"
