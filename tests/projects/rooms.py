"""A project for tests: a verified mentor abroad, a team of two, and the match, with nothing accepted yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.briefs import moving
from darsgah.briefs.lifecycle import Stage
from darsgah.briefs.models import Brief, Project
from darsgah.db.columns import now
from darsgah.hubs import service as hubs
from darsgah.organisations.models import Mentor, Organisation, OrganisationMember
from darsgah.projects import agreements
from darsgah.teams.models import Team, TeamMember
from darsgah.ui.language import Languages
from tests.network import HUB, OTHER_HUB, person

LANGUAGES = Languages.load()
PEOPLE: Mapping[str, tuple[tuple[Role, str | None], ...]] = {
    "amna": ((Role.LEARNER, HUB),),
    "bilal": ((Role.LEARNER, HUB),),
    "stranger": ((Role.LEARNER, HUB),),
    "guide": ((Role.MENTOR, HUB),),
    "other_guide": ((Role.MENTOR, HUB),),
    "coordinator": ((Role.INSTRUCTOR, HUB),),
    "administrator": ((Role.HUB_ADMIN, HUB),),
    "elsewhere": ((Role.HUB_ADMIN, OTHER_HUB),),
    "auditing": ((Role.AUDITOR, None),),
}
"""``amna`` and ``bilal`` are the team, ``guide`` is the mentor."""


@dataclass(frozen=True)
class Match:
    """The project and who is in it."""

    id: UUID
    hub_id: UUID
    brief_id: UUID
    team_id: UUID
    organisation_id: UUID
    people: Mapping[str, Actor]

    def __getattr__(self, name: str) -> Actor:
        return self.people[name]


async def build_match(session: AsyncSession, **brief: Any) -> Match:  # noqa: ANN401 - columns of a brief
    """Makes it in the session's transaction, in a database without hubs."""
    await hubs.load_plan(session)
    people = {name: await person(session, name, *grants) for name, grants in PEOPLE.items()}
    hub_id = (await hubs.hub_by_code(session, HUB)).id
    guide, amna = people["guide"].account_id, people["amna"].account_id
    organisation = Organisation(
        hub_id=hub_id,
        name="Indus Works",
        name_key="indus works",
        country="GB",
        state="verified",
        founded_by=guide,
    )
    session.add(organisation)
    await session.flush()
    for name in ("guide", "other_guide"):
        who = people[name].account_id
        session.add(
            Mentor(account_id=who, hub_id=hub_id, timezone="Europe/London", country="GB", state="verified")
        )
        await session.flush()
        session.add(OrganisationMember(organisation_id=organisation.id, account_id=who, state="active"))
    today = now().date()
    values: dict[str, Any] = {
        "title": "Count cars at a junction",
        "stage": Stage.MATCHED.value,
        "starts_on": today,
        "ends_on": today + timedelta(days=60),
        "capacity": 2,
        "ip_choice": "shared",
        "ai_policy": "declared",
        "ai_policy_note": "No *secret* data in any tool.",
        "data_licence": "CC BY 4.0",
        "gpu_hours": 1,
        "milestones": [{"title": "Plan", "hours": 10, "due_on": None}, {"title": "Report", "hours": 20}],
    }
    row = Brief(
        hub_id=hub_id, organisation_id=organisation.id, mentor_id=guide, created_by=guide, **(values | brief)
    )
    team = Team(hub_id=hub_id, name="Sitara", purpose="brief", created_by=amna)
    session.add_all([row, team])
    await session.flush()
    session.add_all(
        TeamMember(team_id=team.id, account_id=people[name].account_id) for name in ("amna", "bilal")
    )
    project = Project(
        brief_id=row.id,
        hub_id=hub_id,
        team_id=team.id,
        matched_at=now(),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )
    session.add(project)
    await session.flush()
    return Match(project.id, hub_id, row.id, team.id, organisation.id, people)


async def accept(session: AsyncSession, match: Match, *names: str) -> None:
    """Have those accept the agreement as it is."""
    for name in names:
        view = await agreements.agreement(session, LANGUAGES, match.people[name], match.id)
        await agreements.accept(session, LANGUAGES, match.people[name], match.id, view.sha256)


async def open_room(session: AsyncSession, match: Match, *, at_work: bool = True) -> None:
    """Have everybody accept; and kick off, so that milestones are handed in."""
    await accept(session, match, "amna", "bilal", "guide", "coordinator")
    if at_work:
        await moving.move_project(session, match.guide, match.id, "kick_off")
        await moving.move_project(session, match.guide, match.id, "start_milestones")
