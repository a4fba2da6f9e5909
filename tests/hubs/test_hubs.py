"""The network's plan, and roles in hubs."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Role
from darsgah.accounts.schemas import SignUp
from darsgah.errors import MalformedInput, NotFound
from darsgah.hubs import service
from tests.network import HUB, PASSWORD, person


async def test_the_plan_has_twelve_hubs_in_karachi_and_is_loaded_twice_unchanged(
    session: AsyncSession,
) -> None:
    assert await service.load_plan(session) == await service.load_plan(session)
    hubs = await service.list_hubs(session)
    assert len([hub for hub in hubs if hub.city == "Karachi" and hub.state == "open"]) == 12
    assert len(hubs) == len({hub.code for hub in hubs}) >= 100
    assert all(hub.name and hub.name_ur for hub in hubs)


async def test_loading_the_plan_leaves_the_state_of_hubs_alone(session: AsyncSession) -> None:
    await service.load_plan(session)
    await session.execute(
        sa.text("UPDATE hub SET state = 'closed', name = 'old' WHERE code = :code"), {"code": HUB}
    )
    await service.load_plan(session)
    session.expire_all()
    hub = await service.hub_by_code(session, HUB)
    assert (hub.state, hub.name) == ("closed", "Karachi Saddar")
    with pytest.raises(MalformedInput):
        await service.sign_up(session, SignUp("a@example.org", PASSWORD, "A", hub=HUB))
    with pytest.raises(NotFound):
        await service.hub_by_code(session, "no-such-hub")


async def test_a_role_is_held_where_it_was_granted(session: AsyncSession) -> None:
    await service.load_plan(session)
    actor = await person(session, "somebody", (Role.INSTRUCTOR, HUB))
    hub, other = await service.hub_by_code(session, HUB), await service.hub_by_code(session, "khi-korangi")
    await service.grant(session, actor.account_id, Role.INSTRUCTOR, hub.id)
    assert await service.grants(session, actor.account_id) == {(Role.INSTRUCTOR, hub.id)}
    assert actor.holds(Role.INSTRUCTOR, hub_id=hub.id)
    assert not actor.holds(Role.INSTRUCTOR, hub_id=other.id)
    assert not actor.holds(Role.HUB_ADMIN)


@pytest.mark.parametrize(("role", "in_a_hub"), [(Role.AUDITOR, True), (Role.LEARNER, False)])
async def test_a_role_has_the_scope_that_it_has(session: AsyncSession, role: Role, in_a_hub: bool) -> None:
    await service.load_plan(session)
    actor = await person(session, "somebody")
    hub = await service.hub_by_code(session, HUB)
    with pytest.raises(IntegrityError):
        await service.grant(session, actor.account_id, role, hub.id if in_a_hub else None)
