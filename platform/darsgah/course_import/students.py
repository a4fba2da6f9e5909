"""Who the students of an nbgrader course are here: their address from the gradebook, else a placeholder.

A placeholder lies in the domain ``invalid``, which RFC 6761 keeps free of mail for ever. It names student,
course and hub, so that the same student of the same course is found again and no two courses share one.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.accounts import service as accounts
from darsgah.accounts.schemas import AccountView
from darsgah.course_import.report import Outcome
from darsgah.errors import MalformedInput
from darsgah_grader.nbgrader_gradebook import Student
from darsgah_labs.lab_folder import slug_of

PLACEHOLDER_DOMAIN = "nbgrader.invalid"
NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Identity:
    """How a student is known here.

    Attributes:
        email: None when the gradebook has none that can be used; ``why`` says why.
    """

    student: str
    name: str
    email: str | None
    placeholder: str
    why: str = ""


def identities(students: Sequence[Student], course: str, hub: str) -> tuple[list[Identity], list[str]]:
    """Everybody, and a sentence for each student whose id cannot be written.

    An address that two students give belongs to nobody: their work must not end up in one account.
    """
    addresses = {student.id: _address(student.email) for student in students}
    shared = {address for address, number in Counter(addresses.values()).items() if number > 1}
    found: list[Identity] = []
    problems: list[str] = []
    for student in students:
        if not student.id or not student.id.isprintable():
            shown = student.id.encode("ascii", "backslashreplace").decode()
            problems.append(f"The student id {shown!r} cannot be written; the student was left out.")
            continue
        address, why = addresses[student.id], ""
        if address is None:
            why = "its address cannot be used" if student.email.strip() else "no address in the gradebook"
        elif address in shared:
            address, why = None, f"{address} is given for several students"
        name = _printable(f"{student.first_name} {student.last_name}") or student.id[:NAME_LENGTH]
        found.append(Identity(student.id, name, address, _placeholder(student.id, course, hub), why))
    return found, problems


async def account_of(session: AsyncSession, identity: Identity) -> tuple[AccountView, Outcome, str]:
    """The student's account, made if there is none, with what was done and how to say it.

    An account that began with a placeholder takes the address once the gradebook has one.
    """
    placeholder = await accounts.account_named(session, identity.placeholder)
    known = await accounts.account_named(session, identity.email) if identity.email else None
    if placeholder is not None:
        if identity.email is None:
            return placeholder, Outcome.SAME, placeholder.email
        if known is not None:
            text = f"stays with {placeholder.email}: {identity.email} is another account's"
            return placeholder, Outcome.NOTE, text
        await accounts.replace_email(session, placeholder.id, identity.email)
        return placeholder, Outcome.CHANGED, f"{identity.email} in the place of {placeholder.email}"
    if known is not None:
        return known, Outcome.SAME, f"has the account {known.email}"
    email = identity.email or identity.placeholder
    made = await accounts.create_without_password(session, email, identity.name)
    return made, Outcome.NEW, f"account {email}" + (f" ({identity.why})" if identity.why else "")


def _address(email: str) -> str | None:
    try:
        return accounts.normalise_email(email) if email.strip() else None
    except MalformedInput:
        return None


def _placeholder(student: str, course: str, hub: str) -> str:
    plain = re.fullmatch(r"[a-z0-9]([a-z0-9._-]{0,38}[a-z0-9])?", student)
    mark = "" if plain else "-" + hashlib.sha256(student.encode()).hexdigest()[:12]
    return f"{student if plain else slug_of(student)[:40]}{mark}@{course}.{hub}.{PLACEHOLDER_DOMAIN}"


def _printable(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:NAME_LENGTH]
