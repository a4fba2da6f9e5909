"""Who can sign in to the demo: an account of every role, and learners whose work fills the lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.accounts.schemas import SignUp
from darsgah.enrolments import service as enrolments
from darsgah.hubs import service as hubs

PASSWORD = "darsgah-demo"  # noqa: S105 # published on purpose; see the package's docstring
HUB, OTHER_HUB = "khi-saddar", "khi-korangi"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody who can sign in to the demo; ``hub`` is a hub's code, None for the whole network."""

    email: str
    display_name: str
    role: Role
    hub: str | None
    language: str = "en"


ACCOUNTS = (
    DemoAccount("learner@demo.example", "Demo Learner", Role.LEARNER, HUB),
    DemoAccount("talib@demo.example", "نمونہ طالبِ علم", Role.LEARNER, HUB, "ur"),
    DemoAccount("instructor@demo.example", "Demo Instructor", Role.INSTRUCTOR, HUB),
    DemoAccount("instructor.korangi@demo.example", "Demo Instructor Korangi", Role.INSTRUCTOR, OTHER_HUB),
    DemoAccount("mentor@demo.example", "Demo Mentor", Role.MENTOR, HUB),
    DemoAccount("mentor2@demo.example", "Demo Mentor 2", Role.MENTOR, HUB),
    DemoAccount("hub@demo.example", "Demo Hub Administrator", Role.HUB_ADMIN, HUB),
    DemoAccount("network@demo.example", "Demo Network Administrator", Role.NETWORK_ADMIN, None),
    DemoAccount("auditor@demo.example", "Demo Auditor", Role.AUDITOR, None),
)
LEARNER = ACCOUNTS[0]
"""Who has a credential."""
CLASSMATES = tuple(
    DemoAccount(f"learner{number}@demo.example", f"Demo Learner {number}", Role.LEARNER, HUB)
    for number in range(2, 8)
)
"""Learners whose work fills the instructor's list; the share of questions they solved differs."""


async def account_of(session: AsyncSession, account: DemoAccount, cohorts: Sequence[UUID]) -> Actor:
    """The account with its role, and for a learner a place in each cohort; made where it is not there yet."""
    known = await accounts.account_named(session, account.email)
    if known is None:
        form = SignUp(account.email, PASSWORD, account.display_name, language=account.language)
        known = await accounts.create_account(session, form)
    hub = await hubs.hub_by_code(session, account.hub) if account.hub else None
    await hubs.grant(session, known.id, account.role, hub.id if hub else None)
    for cohort_id in cohorts if account.role is Role.LEARNER else ():
        await enrolments.enrol(session, cohort_id, known.id)
    return Actor(known.id, known.display_name, known.language, await hubs.grants(session, known.id))
