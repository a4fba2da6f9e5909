"""What people send to the accounts slice, and what they are shown of it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from darsgah.ui.plain_text import NAME

Email = Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
SHORTEST_PASSWORD = 10
NewPassword = Annotated[str, msgspec.Meta(min_length=SHORTEST_PASSWORD, max_length=200)]
Password = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
DisplayName = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=NAME)]
Language = Annotated[str, msgspec.Meta(pattern="^(en|ur)$")]


class SignIn(msgspec.Struct, frozen=True):
    """Proof of who somebody is."""

    email: Email
    password: Password


class SignUp(msgspec.Struct, frozen=True):
    """A new account; ``hub`` is the code of the hub to join as a learner."""

    email: Email
    password: NewPassword
    display_name: DisplayName
    hub: Annotated[str, msgspec.Meta(max_length=60)] = ""
    language: Language = "en"


class PasswordChange(msgspec.Struct, frozen=True):
    """The old password proves who asks; every other session of the account ends."""

    current_password: Password
    new_password: NewPassword


class ProfileChange(msgspec.Struct, frozen=True):
    """What a person may change about themselves.

    ``no_ai`` asks for hints that only say what the tests saw, ``no_mail`` for no letters; left out,
    each stays as it is.
    """

    display_name: DisplayName
    language: Language
    no_ai: bool | None = None
    no_mail: bool | None = None


class AccountView(msgspec.Struct, frozen=True):
    """An account as its owner sees it."""

    id: UUID
    email: str
    display_name: str
    language: str
    created_at: datetime
    no_ai: bool = False
    no_mail: bool = False


class SessionView(msgspec.Struct, frozen=True):
    """A fresh session: ``token`` goes into ``Authorization: Bearer …`` and is shown this once."""

    token: str
    expires_at: datetime
    account: AccountView


class Contact(msgspec.Struct, frozen=True):
    """Where and how somebody is written to."""

    email: str
    display_name: str
    language: str
    no_mail: bool
