"""What can be done with accounts: sign up, sign in and out, change the password and the profile."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Self
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.accounts import queries, sent_forms
from darsgah.accounts.models import Account, AccountSession, SignInFailure
from darsgah.accounts.passwords import NO_PASSWORD, hash_password, needs_rehash, verify_password
from darsgah.accounts.schemas import (
    AccountView,
    Contact,
    PasswordChange,
    ProfileChange,
    SessionView,
    SignIn,
    SignUp,
)
from darsgah.db.columns import now as utc_now
from darsgah.db.session import Database
from darsgah.errors import Conflict, MalformedInput, NotFound, NotSignedIn, TooMany
from darsgah.settings import Settings

FAILURE_WINDOW = timedelta(minutes=15)
ADDRESS_SHARE = 20
EXTEND_AFTER = timedelta(hours=1)
"""A session's last use is written at most this often, so that reading pages does not write rows."""


class EmailTaken(Conflict):
    """There is an account with this e-mail address already: sign in, or use another address."""

    code = "email_taken"


class NoSuchAccount(NotFound):
    """There is no account with this e-mail address."""

    code = "no_such_account"


class WrongCredentials(NotSignedIn):
    """The e-mail address and the password do not belong together."""

    code = "wrong_credentials"


class SignInPaused(TooMany):
    """Too many failed sign-ins: wait a few minutes and try again."""

    code = "sign_in_paused"


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """How long a sign-in lasts unused, and how many failures an account or an address has in 15 minutes.

    A hub's learners often share one address: what stops guessing at one account must not stop a classroom.
    """

    lifetime: timedelta
    attempts: int
    address_attempts: int

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The operator's choice."""
        return cls(
            lifetime=timedelta(days=settings.session_days),
            attempts=settings.sign_in_attempts,
            address_attempts=ADDRESS_SHARE * settings.sign_in_attempts,
        )


def hash_token(token: str) -> bytes:
    """What is stored of a session's token: its SHA-256, 32 bytes."""
    return hashlib.sha256(token.encode()).digest()


def _subject(kind: str, value: str) -> bytes:
    return hashlib.sha256(f"{kind}:{value}".encode()).digest()


def _view(account: Account) -> AccountView:
    return AccountView(
        id=account.id,
        email=account.email,
        display_name=account.display_name,
        language=account.language,
        created_at=account.created_at,
        no_ai=account.no_ai,
        no_mail=account.no_mail,
    )


def normalise_email(email: str) -> str:
    """The address in lower case, checked for form only: no mail is sent and no name is looked up.

    Raises:
        MalformedInput: it is no e-mail address.
    """
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise MalformedInput(fields={"email": str(error)}) from error


async def free_email(session: AsyncSession, email: str) -> str:
    """The address as an account would keep it, before one is made.

    Raises:
        EmailTaken: the address has one.
        MalformedInput: the address is none.
    """
    address = normalise_email(email)
    if await account_named(session, address) is not None:
        raise EmailTaken(fields={"email": EmailTaken().message})
    return address


async def create_account(session: AsyncSession, form: SignUp) -> AccountView:
    """Make an account.

    Raises:
        EmailTaken: the address has one.
        MalformedInput: the address is none, or the name is blank.
    """
    email = normalise_email(form.email)
    if not form.display_name.strip():
        raise MalformedInput(fields={"display_name": "Write the name that others shall see."})
    account = Account(
        email=email,
        display_name=form.display_name.strip(),
        password_hash=await hash_password(form.password),
        language=form.language,
    )
    session.add(account)
    try:
        await session.flush()
    except IntegrityError as error:
        raise EmailTaken(fields={"email": EmailTaken().message}) from error
    return _view(account)


async def create_without_password(session: AsyncSession, email: str, display_name: str) -> AccountView:
    """Make an account for somebody who is not there to choose a password: nobody can sign in to it yet.

    Args:
        email: in lower case; checked by the caller, since it may be a placeholder that takes no mail.

    Raises:
        EmailTaken: the address has one.
    """
    account = Account(email=email, display_name=display_name, password_hash=NO_PASSWORD)
    session.add(account)
    try:
        await session.flush()
    except IntegrityError as error:
        raise EmailTaken(fields={"email": EmailTaken().message}) from error
    return _view(account)


async def replace_email(session: AsyncSession, account_id: UUID, email: str) -> None:
    """Give an account another address; the caller has normalised it and seen that nobody has it.

    Raises:
        NotFound: the account is gone.
    """
    account = await queries.account_by_id(session, account_id)
    if account is None:
        raise NotFound
    account.email = email
    await session.flush()


async def _refuse_when_paused(session: AsyncSession, allowed: dict[bytes, int]) -> None:
    now = utc_now()
    for subject, attempts in allowed.items():
        oldest = await queries.oldest_counted_failure(session, subject, now - FAILURE_WINDOW, attempts)
        if oldest is not None:
            wait = ceil((oldest + FAILURE_WINDOW - now).total_seconds())
            raise SignInPaused(retry_after=max(1, wait))


async def sign_in(database: Database, form: SignIn, *, address: str, policy: SignInPolicy) -> SessionView:
    """Start a session.

    Takes the database, not a session: a failure is recorded in a transaction of its own, which the error that
    follows must not roll back.

    Raises:
        WrongCredentials: no such account, or another password; the answer does not tell which.
        SignInPaused: too many failures for this account or from this address lately.
    """
    email = form.email.strip().lower()
    subject = _subject("account", email)
    allowed = {subject: policy.attempts, _subject("address", address): policy.address_attempts}
    async with database.begin() as session:
        await _refuse_when_paused(session, allowed)
        account = await queries.account_by_email(session, email)
        known_hash = account.password_hash if account is not None and account.is_active else None
        if known_hash == NO_PASSWORD:
            known_hash = None  # answered like no account, also in time
        account_id = account.id if account is not None else None
    right = await verify_password(known_hash, form.password)
    async with database.begin() as session:
        if not right or account_id is None or known_hash is None:
            session.add_all(SignInFailure(subject=counted) for counted in allowed)
        else:
            await queries.forget_failures(session, subject)
            if needs_rehash(known_hash):
                await _replace_password(session, account_id, form.password)
            return await start_session(session, account_id, lifetime=policy.lifetime)
    raise WrongCredentials


async def start_session(session: AsyncSession, account_id: UUID, *, lifetime: timedelta) -> SessionView:
    """Start a session for an account whose owner is known to be there, as after signing up.

    Raises:
        NotFound: the account is gone.
    """
    account = await queries.account_by_id(session, account_id)
    if account is None:
        raise NotFound
    token = secrets.token_urlsafe(32)
    expires_at = utc_now() + lifetime
    session.add(AccountSession(token_hash=hash_token(token), account_id=account_id, expires_at=expires_at))
    return SessionView(token=token, expires_at=expires_at, account=_view(account))


async def resume(session: AsyncSession, token: str, lifetime: timedelta) -> AccountView | None:
    """The account behind a session's token, or None when the session is over; pushes the session's end."""
    now = utc_now()
    found = await queries.live_session(session, hash_token(token), now)
    if found is None:
        return None
    row, account = found
    if now - row.seen_at > EXTEND_AFTER:
        await queries.extend_session(session, row.token_hash, now, now + lifetime)
    return _view(account)


async def signed_in(session: AsyncSession, token: str) -> AccountView | None:
    """The account behind a session's token, or None when the session is over; asking is no use of it."""
    found = await queries.live_session(session, hash_token(token), utc_now())
    return None if found is None else _view(found[1])


async def sign_out(session: AsyncSession, token: str) -> None:
    """End the session; ending it twice is no error."""
    await queries.end_session(session, hash_token(token))


async def _replace_password(session: AsyncSession, account_id: UUID, password: str) -> None:
    account = await queries.account_by_id(session, account_id)
    if account is not None:
        account.password_hash = await hash_password(password)


async def change_password(
    session: AsyncSession, account_id: UUID, form: PasswordChange, *, token: str
) -> None:
    """Change the password and end every other session of the account.

    Raises:
        MalformedInput: the current password is wrong.
    """
    account = await queries.account_by_id(session, account_id)
    if account is None:
        raise NotFound
    if not await verify_password(account.password_hash, form.current_password):
        raise MalformedInput(fields={"current_password": "This is not your current password."})
    await _replace_password(session, account_id, form.new_password)
    await queries.end_other_sessions(session, account_id, hash_token(token))


async def set_password(session: AsyncSession, account_id: UUID, password: str) -> None:
    """Set the password of somebody who does not know theirs, for an operator; every session ends."""
    await _replace_password(session, account_id, password)
    await queries.end_other_sessions(session, account_id, b"")


async def profile(session: AsyncSession, account_id: UUID) -> AccountView:
    """The account as its owner sees it."""
    account = await queries.account_by_id(session, account_id)
    if account is None:
        raise NotFound
    return _view(account)


async def account_named(session: AsyncSession, email: str) -> AccountView | None:
    """The account with that address, if there is one."""
    account = await queries.account_by_email(session, email.strip().lower())
    return None if account is None else _view(account)


async def existing_account(session: AsyncSession, email: str) -> AccountView:
    """The account with that address.

    Raises:
        NoSuchAccount: there is none.
    """
    found = await account_named(session, email)
    if found is None:
        raise NoSuchAccount
    return found


async def change_profile(session: AsyncSession, account_id: UUID, form: ProfileChange) -> AccountView:
    """Change name, language, whether hints may be the tutor's, and whether letters are sent."""
    account = await queries.account_by_id(session, account_id)
    if account is None:
        raise NotFound
    if not form.display_name.strip():
        raise MalformedInput(fields={"display_name": "Write the name that others shall see."})
    account.display_name = form.display_name.strip()
    account.language = form.language
    if form.no_ai is not None:
        account.no_ai = form.no_ai
    if form.no_mail is not None:
        account.no_mail = form.no_mail
    return _view(account)


async def change_language(session: AsyncSession, account_id: UUID, language: str) -> None:
    """Keep the language that somebody switched to; the caller has checked that there is one of that code."""
    account = await queries.account_by_id(session, account_id)
    if account is not None:
        account.language = language


async def display_names(session: AsyncSession, account_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names of accounts, by id."""
    return await queries.display_names(session, account_ids)


async def contacts(session: AsyncSession, account_ids: Collection[UUID]) -> dict[UUID, Contact]:
    """How to write to people, by id; accounts that are closed are left out."""
    return {
        account.id: Contact(account.email, account.display_name, account.language, account.no_mail)
        for account in await queries.contacts(session, account_ids)
    }


async def delete_expired(session: AsyncSession, now: datetime) -> None:
    """Housekeeping: forget ended sessions, failures that no longer count and forms of days past."""
    await queries.delete_expired(session, now, now - FAILURE_WINDOW)
    await sent_forms.forget(session, now)
