"""What both sides mark: the criteria that come with Darsgah, and hubs' own versions of them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.errors import MalformedInput, NotFound
from darsgah.evaluations import queries
from darsgah.evaluations.errors import RubricChanged
from darsgah.evaluations.models import EvaluationRubric
from darsgah.evaluations.schemas import Criterion, NewRubric, RubricView, Side
from darsgah.hubs import service as hubs
from darsgah.ui.language import Message

SHIPPED: Final = Path(__file__).parent / "rubrics.toml"
"""Version 0, of every hub that has not written its own."""


@cache
def shipped() -> Mapping[Side, tuple[Criterion, ...]]:
    """What comes with Darsgah, by side."""
    return msgspec.toml.decode(SHIPPED.read_bytes(), type=dict[Side, tuple[Criterion, ...]])


async def rubric(session: AsyncSession, hub_id: UUID, side: Side) -> tuple[int, tuple[Criterion, ...]]:
    """The number and the criteria that are used in a hub now."""
    row = await queries.rubric(session, hub_id, side)
    if row is None:
        return 0, shipped()[side]
    return row.number, msgspec.convert(row.criteria, tuple[Criterion, ...])


async def read(session: AsyncSession, actor: Actor, hub_id: UUID, side: Side) -> RubricView:
    """A hub's rubric, for those who run the hub.

    Raises:
        NotFound: the actor does not, or there is no such hub.
    """
    hub = (await hubs.hubs_by_id(session, [hub_id])).get(hub_id)
    if hub is None or not actor.holds(Role.HUB_ADMIN, Role.NETWORK_ADMIN, hub_id=hub_id):
        raise NotFound
    number, criteria = await rubric(session, hub_id, side)
    return RubricView(hub, side, number, criteria)


async def change(session: AsyncSession, actor: Actor, hub_id: UUID, side: Side, new: NewRubric) -> RubricView:
    """Write another version; evaluations that have begun keep theirs.

    Raises:
        NotFound: as for reading.
        RubricChanged: another version was written meanwhile.
        MalformedInput: two criteria have one name.
    """
    await read(session, actor, hub_id, side)
    await queries.lock_rubric(session, hub_id, side)
    number, _ = await rubric(session, hub_id, side)
    if number != new.number:
        raise RubricChanged(number=number)
    if len({one.name.strip() for one in new.criteria}) < len(new.criteria):
        raise MalformedInput(fields={"criteria": Message("Each criterion has a name of its own.")})
    session.add(
        EvaluationRubric(
            hub_id=hub_id,
            side=side.value,
            number=number + 1,
            criteria=msgspec.to_builtins(new.criteria),
            made_by=actor.account_id,
        )
    )
    await session.flush()
    return await read(session, actor, hub_id, side)
