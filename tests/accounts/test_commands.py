"""`darsgah account`: an operator makes the first administrator and gives imported people a password."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from darsgah.access import Role
from darsgah.accounts import service as accounts
from darsgah.accounts.schemas import SignIn
from darsgah.accounts.service import SignInPolicy, WrongCredentials
from darsgah.db.session import Database
from darsgah.hubs import service as hubs
from darsgah.settings import Settings

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def account(database: Database) -> Command:
    """Runs ``darsgah account ...`` against the test's database, typing a password twice."""

    def run(*arguments: str, password: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "darsgah", "account", *arguments],
            input=f"{password}\n{password}\n",
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "DARSGAH_DATABASE_URL": database.url},
        )

    return run


async def _sign_in(database: Database, email: str, password: str) -> None:
    await accounts.sign_in(database, SignIn(email, password), address="", policy=SignInPolicy.of(Settings()))


async def test_an_operator_makes_the_first_administrator(account: Command, database: Database) -> None:
    made = account(
        "create", "admin@demo.example", "Admin", "--role", "network_admin", password="long enough 1"
    )
    assert made.returncode == 0, made.stderr
    assert "network admin of the network" in made.stdout
    await _sign_in(database, "admin@demo.example", "long enough 1")
    again = account(
        "create", "admin@demo.example", "Admin", "--role", "network_admin", password="long enough 1"
    )
    assert again.returncode == 1
    assert "already" in again.stderr
    assert "Password" not in again.stdout + again.stderr

    granted = account("grant", "admin@demo.example", "instructor", "--hub", "khi-saddar")
    assert granted.returncode == 0, granted.stderr
    async with database.begin() as session:
        person = await accounts.existing_account(session, "admin@demo.example")
        saddar = await hubs.hub_by_code(session, "khi-saddar")
        assert await hubs.grants(session, person.id) == {
            (Role.NETWORK_ADMIN, None),
            (Role.INSTRUCTOR, saddar.id),
        }


async def test_a_password_is_set_for_who_has_none(account: Command, database: Database) -> None:
    async with database.begin() as session:
        await accounts.create_without_password(session, "student@demo.example", "Student")
    with pytest.raises(WrongCredentials):
        await _sign_in(database, "student@demo.example", "long enough 2")
    done = account("password", "student@demo.example", password="long enough 2")
    assert done.returncode == 0, done.stderr
    await _sign_in(database, "student@demo.example", "long enough 2")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("grant", "nobody@demo.example", "auditor"), 1, "no account"),
        (("grant", "nobody@demo.example", "auditor", "--hub", "khi-saddar"), 2, "network-wide"),
        (("grant", "nobody@demo.example", "learner"), 2, "--hub"),
        (("password", "nobody@demo.example"), 1, "no account"),
        (("create", "not an address", "X", "--role", "learner", "--hub", "khi-saddar"), 1, "@-sign"),
        (("create", "x@demo.example", "X", "--role", "learner", "--hub", "nowhere"), 1, "no hub 'nowhere'"),
        (("create", "x@demo.example", "X", "--role", "network_admin"), 2, "10 characters"),
        (("create", "x@demo.example", "network_admin", "--hub", "khi-saddar"), 2, "'--role'"),
    ],
)
def test_wrong_use_is_said_in_words(
    account: Command, arguments: tuple[str, ...], code: int, said: str
) -> None:
    answer = account(*arguments, password="short")
    assert answer.returncode == code
    assert said in " ".join((answer.stderr + answer.stdout).replace("│", " ").split())
    assert "Traceback" not in answer.stderr
    asked = "Password" in answer.stdout + answer.stderr
    assert asked == (said == "10 characters")
