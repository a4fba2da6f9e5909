"""The demo's mentors: one abroad whose organisation is verified, and one who waits to be verified."""

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.organisations import joining, people, service, verifying
from darsgah.organisations.schemas import (
    BecomeMentor,
    LookedAt,
    MentorProfile,
    NewDecision,
    VerificationDecision,
)

ABROAD, WAITING = "mentor@demo.example", "mentor2@demo.example"
NOTE = "A demo organisation: nobody looked at anything."


async def are_loaded(session: AsyncSession) -> bool:
    """Whether a run before went through to its last step."""
    last = await accounts.account_named(session, WAITING)
    return last is not None and await service.standing(session, last.id) is not None


async def load_mentors(
    session: AsyncSession, abroad: Actor, waiting: Actor, administrator: Actor, hub: str
) -> None:
    """Make the mentors of that hub, each with an organisation; what is there stays as it is.

    Args:
        administrator: verifies the first.
        hub: its code.
    """
    if await people.mine(session, abroad) is None:
        await joining.become_mentor(session, abroad, _abroad(hub))
        place = await people.place_of(session, abroad)
        decision = NewDecision(
            decision=VerificationDecision.VERIFIED, version=1, looked_at=(LookedAt.OTHER,), note=NOTE
        )
        if place is not None:
            await verifying.decide_organisation(session, administrator, place.id, decision)
        await verifying.decide_mentor(session, administrator, abroad.account_id, decision)
    if await people.mine(session, waiting) is None:
        await joining.become_mentor(session, waiting, _waiting(hub))


def _abroad(hub: str) -> BecomeMentor:
    return BecomeMentor(
        hub=hub,
        profile=MentorProfile(
            timezone="Europe/London",
            country="GB",
            headline="Forecasts for ports and ships",
            expertise="Time series, data pipelines, reading sensors",
            availability="Saturdays from 14:00 in Karachi, and messages in the week",
        ),
        organisation="Demo Port Analytics",
        organisation_name_ur="نمونہ پورٹ اینالیٹکس",
        organisation_country="GB",
        organisation_website="https://port-analytics.demo.example",
        organisation_about=(
            "An organisation of the demo. It would **forecast when ships arrive**, so that lorries wait "
            "less.\n\n"
            "- what it has: arrival times of three years\n- what it lacks: people with time"
        ),
    )


def _waiting(hub: str) -> BecomeMentor:
    return BecomeMentor(
        hub=hub,
        profile=MentorProfile(timezone="Asia/Karachi", country="PK", headline="Quality control in weaving"),
        organisation="Demo Weaving Works",
        organisation_name_ur="نمونہ ویونگ ورکس",
        organisation_country="PK",
        organisation_about="An organisation of the demo that waits to be verified.",
    )
