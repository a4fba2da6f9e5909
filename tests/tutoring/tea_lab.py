"""The starter lab in a course: a lab with hints and other solutions of its own."""

import asyncio
from uuid import UUID

from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import CoursePlan, ModulePlan
from darsgah.db.columns import new_id
from darsgah.publishing import package_of
from darsgah_grader.grading import Grader
from tests.labs.checked_lab import Change, changed_lab
from tests.network import Platform, open_cohort

MISCONCEPTION = "rounds-up-cups"
WRONG = """import math
def cups_from(litres, cup_ml=200):
    if litres < 0:
        raise ValueError("litres cannot be negative")
    return math.ceil(litres * 1000 / cup_ml)"""
"""An answer of who has it."""
SOLUTION = "if litres < 0: raise ValueError(text) then return int(litres * 1000 / cup_ml)"


async def publish_tea(platform: Platform, grader: Grader) -> tuple[UUID, UUID]:
    """A cohort of ``learner`` in the first hub that works on it, and the assignment."""
    made = await asyncio.to_thread(package_of, changed_lab(Change()), grader)
    network = platform.network
    async with platform.database.begin() as session:
        version = await catalog.publish_lab(session, platform.blobs, None, made)
        plan = CoursePlan("tea", "Tea", (ModulePlan("One", (version.id,)),))
        course = await catalog.publish_course(session, None, plan)
        learner = network.people["learner"]
        return await open_cohort(session, network.hub_id, course.id, learner, name=f"Tea {new_id()}")
