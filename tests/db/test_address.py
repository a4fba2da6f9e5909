"""Addresses of databases mean the same to everyone who reads them."""

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from darsgah.db.address import libpq_url, sqlalchemy_url
from darsgah.db.embedded import _url


@pytest.mark.parametrize("folder", ["/plain", "/a b", "/a+b", "/100% sure", "/a&b=c#d?e", "/سلام دنیا"])
def test_the_sockets_folder_is_the_same_to_libpq_and_sqlalchemy(folder: str) -> None:
    url = libpq_url(_url("password", Path(folder), "name"))
    assert conninfo_to_dict(url)["host"] == folder
    assert libpq_url(url) == url
    assert sqlalchemy_url(url).query["host"] == folder


def test_a_password_may_hold_anything() -> None:
    url = libpq_url("postgresql://user:a%20b+c%3F%40@host/name?application_name=a+b")
    assert conninfo_to_dict(url)["password"] == "a b+c?@"
