"""The demo's hackathon: of the whole network, open for teams, with a judge who was asked."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.db.columns import now
from darsgah.hackathons import reading, service
from darsgah.hackathons.schemas import Criterion, HackathonPlan, JudgeRequest, TrackPlan

NAME = "Water for the city"
ABOUT = """Half of the water is lost on its way, and nobody can say where.

- Data: flow and pressure of three districts, made up for this demo
- An entry may be a notebook, a map, or a plan with numbers
"""
RULES = """1. The work is your own, from the start on.
2. Say which AI tools you used, and for what.
3. Judges must be able to open your links without an account.
"""


async def load_hackathon(session: AsyncSession, administrator: Actor, judge_email: str) -> None:
    """Publish it, unless it is there.

    Args:
        administrator: of the network.
        judge_email: of the account that is asked to judge its first track.
    """
    present = await reading.hackathons(session, administrator)
    if any(one.name == NAME for one in present.hackathons):
        return
    begin = now().replace(minute=0, second=0, microsecond=0)
    plan = HackathonPlan(
        name=NAME,
        name_ur="شہر کے لیے پانی",
        about=ABOUT,
        rules=RULES,
        sign_up_until=begin + timedelta(days=10),
        starts_at=begin,
        ends_at=begin + timedelta(days=14),
        tracks=[TrackPlan("Leaks", "رساؤ"), TrackPlan("Demand in summer", "گرمیوں کی طلب")],
        criteria=[
            Criterion("Usefulness", "افادیت", weight=2),
            Criterion("Craft", "ہنر"),
            Criterion("Clarity", "وضاحت"),
        ],
        judges_each=1,
    )
    made = await service.create(session, administrator, plan)
    await service.publish(session, administrator, made.id)
    await service.ask_judge(session, administrator, made.id, JudgeRequest(judge_email, made.tracks[0].id))
