"""A verified organisation with its mentor, briefs that have nothing wrong with them, and teams."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.briefs import reviewing, writing
from darsgah.briefs.content import (
    AiPolicy,
    BriefContent,
    DataKind,
    IpChoice,
    Milestone,
    Mode,
    Place,
)
from darsgah.briefs.moving import Standing, move_brief
from darsgah.briefs.schemas import ApprovalForm, NewBrief, ReviewForm
from darsgah.db.columns import now
from darsgah.hubs import service as hubs
from darsgah.organisations.models import Mentor, Organisation, OrganisationMember
from darsgah.teams import service as teams
from tests.network import HUB, Network, person

PROBLEM = (
    "Growers send photos of leaves and wait days for an answer. We want a model that names the disease from "
    "a photo taken in the field, says how sure it is, and says so when it does not know. It must run on an "
    "old phone without a network, since most fields have none."
)


def content(**changes: Any) -> BriefContent:  # noqa: ANN401 # whatever a brief holds
    """A brief that passes the automatic check; keyword arguments replace its fields."""
    today = now().date()
    starts_on = today + timedelta(days=30)
    whole: dict[str, Any] = {
        "title": "Leaf diseases on an old phone",
        "title_ur": "پرانے فون پر پتوں کی بیماریاں",
        "problem": PROBLEM,
        "deliverables": "A model, its card, and an app that a grower tries.",
        "skills": ("python", "computer vision"),
        "data_kind": DataKind.PROVIDED,
        "data": "4,000 labelled photos.",
        "data_licence": "CC BY-NC 4.0",
        "hours_total": 180,
        "hours_week": 8,
        "milestones": (
            Milestone("Baseline", 20, starts_on + timedelta(days=20)),
            Milestone("Field test", 40, starts_on + timedelta(days=50)),
        ),
        "team_least": 2,
        "team_most": 3,
        "capacity": 2,
        "mode": Mode.APPLYING,
        "place": Place.MIXED,
        "apply_until": today + timedelta(days=14),
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=70),
        "mentor_hours_week": 2,
        "availability": "An hour on Saturdays, and messages within two days.",
        "ip_choice": IpChoice.SHARED,
        "ai_policy": AiPolicy.DECLARED,
        "gpu_hours": 0,
        "trl_in": 3,
        "trl_target": 5,
    }
    return BriefContent(**(whole | changes))


async def verified_mentor(
    session: AsyncSession,
    name: str,
    *,
    organisation_id: UUID | None = None,
    hub: str = HUB,
    state: str = "verified",
) -> Actor:
    """A mentor who acts for a verified organisation: a new one, or the one that is given."""
    actor = await person(session, name, (Role.MENTOR, hub))
    hub_id = (await hubs.hub_by_code(session, hub)).id
    if organisation_id is None:
        organisation = Organisation(
            hub_id=hub_id,
            name=f"{name} Works",
            name_key=f"{name}works",
            country="PK",
            state="verified",
            founded_by=actor.account_id,
        )
        session.add(organisation)
        await session.flush()
        organisation_id = organisation.id
    session.add(
        Mentor(
            account_id=actor.account_id, hub_id=hub_id, timezone="Europe/Berlin", country="DE", state=state
        )
    )
    session.add(
        OrganisationMember(
            organisation_id=organisation_id, account_id=actor.account_id, role="owner", state="active"
        )
    )
    await session.flush()
    return actor


async def begun(session: AsyncSession, mentor: Actor, hub_id: UUID, **changes: Any) -> UUID:  # noqa: ANN401 # as above
    """A draft of the mentor's."""
    return (await writing.begin(session, mentor, NewBrief(hub_id, content(**changes)))).id


async def published(
    session: AsyncSession,
    mentor: Actor,
    network: Network,
    **changes: Any,  # noqa: ANN401 # as above
) -> UUID:
    """A brief that went all the way to where learners find it."""
    brief_id = await begun(session, mentor, network.hub_id, **changes)
    admin = network.people["hub_admin"]
    await move_brief(session, mentor, brief_id, "submit")
    await approved(session, admin, brief_id)
    await move_brief(session, admin, brief_id, "publish")
    return brief_id


async def approved(session: AsyncSession, admin: Actor, brief_id: UUID) -> None:
    """Score the brief well and give both approvals."""
    await reviewing.review(session, admin, brief_id, ReviewForm(4, 4, 4))
    for kind in ("brief", "hub"):
        await reviewing.approve(session, admin, brief_id, ApprovalForm(kind))


async def applying(session: AsyncSession, mentor: Actor, network: Network, **changes: Any) -> UUID:  # noqa: ANN401 # as above
    """A brief that takes applications."""
    brief_id = await published(session, mentor, network, **changes)
    await move_brief(session, network.people["hub_admin"], brief_id, "open_applications")
    return brief_id


async def team_of(session: AsyncSession, network: Network, *names: str) -> UUID:
    """A team of learners of the first hub."""
    ids = [network.people[name].account_id for name in names]
    return await teams.assemble(session, network.hub_id, "A team", ids, by=ids[0])


def day(days: int) -> date:
    """A day that is so far from today."""
    return now().date() + timedelta(days=days)


def stage(standing: Standing) -> str:
    """The stage after a move."""
    return standing.stage.value


def as_json(written: BriefContent) -> dict[str, Any]:
    """A brief as programs send it."""
    return dict(msgspec.to_builtins(written))
