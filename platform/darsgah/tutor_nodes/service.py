"""Who may make and withdraw a node's token, what becomes of a node's words, and whom workers may ask."""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.hubs import service as hubs
from darsgah.tutor_nodes import queries
from darsgah.tutor_nodes.addresses import checked_address
from darsgah.tutor_nodes.errors import NodeUnknown
from darsgah.tutor_nodes.models import TutorNode
from darsgah.tutor_nodes.schemas import (
    ListedNode,
    MadeNode,
    NewNode,
    NodeCard,
    NodeState,
    NodesView,
    NodeView,
    Registered,
)
from darsgah.ui.language import Message

ADMINISTRATORS = (Role.HUB_ADMIN, Role.NETWORK_ADMIN)
RENEW_SECONDS: Final = 30.0
"""A node says so often that it is there; after three times as long without a word it is asked no more."""
_SILENCE = timedelta(seconds=3 * RENEW_SECONDS)
logger = structlog.get_logger("darsgah.tutor_nodes")


async def register(session: AsyncSession, token: str | None, card: NodeCard, sender: str) -> Registered:
    """Keep what a node says of itself; the same token is the same node.

    Args:
        token: the one that an administrator made for it.
        sender: the address that its request came from.

    Raises:
        NodeUnknown: nobody made that token, or it was withdrawn.
        NodeOutOfReach: workers could not ask it at its address.
    """
    node = await _known(session, token)
    url = checked_address(card.url, sender)
    if _state(node) not in {NodeState.READY, NodeState.UNREACHED} or node.url != url:
        logger.info("tutor_node_registered", node=str(node.id), name=card.name, url=url, model=card.model)
        node.answered_at = node.unanswered_at = None
    node.name, node.url, node.secret, node.model = card.name, url, card.token, card.model
    node.device, node.places, node.version = card.device, card.places, card.version
    node.renewed_at, node.left_at = now(), None
    return Registered(node.id, RENEW_SECONDS)


async def leave(session: AsyncSession, token: str | None) -> None:
    """Ask a node no more, since it says that it goes; doing so again changes nothing.

    Raises:
        NodeUnknown: nobody made that token, or it was withdrawn.
    """
    node = await _known(session, token)
    node.secret = ""
    if node.left_at is None:
        logger.info("tutor_node_left", node=str(node.id), name=node.name)
        node.left_at = now()


async def nodes(session: AsyncSession, actor: Actor) -> NodesView:
    """The nodes of the actor's hubs; all of them for the network's administrators."""
    own = _hubs_of(actor)
    rows = await queries.of_hubs(session, own)
    places = [hub for hub in await hubs.list_hubs(session) if own is None or hub.id in own]
    return NodesView(tuple(map(_view, rows)), tuple(places), own is None)


async def make(session: AsyncSession, actor: Actor, new: NewNode) -> MadeNode:
    """Make a place for a node, with a token that only this answer has.

    Raises:
        NotFound: there is no such hub, or the actor does not administer it.
        MalformedInput: the label is blank.
    """
    if not new.label.strip():
        raise MalformedInput(fields={"label": Message("This is needed.")})
    own = _hubs_of(actor)
    if new.hub_id is None:
        allowed = own is None
    elif own is None:
        allowed = new.hub_id in await hubs.hubs_by_id(session, [new.hub_id])
    else:
        allowed = new.hub_id in own
    if not allowed:
        raise NotFound
    token = secrets.token_urlsafe(32)
    node = TutorNode(hub_id=new.hub_id, label=new.label.strip(), token_hash=_hash(token))
    session.add(node)
    await session.flush()
    logger.info("tutor_node_made", node=str(node.id), hub=str(new.hub_id), by=str(actor.account_id))
    return MadeNode(_view(node), token)


async def withdraw(session: AsyncSession, actor: Actor, node_id: UUID) -> None:
    """Forget a node and its token; workers ask it no more within seconds.

    Raises:
        NotFound: there is none that the actor may see.
    """
    gone = await queries.delete(session, node_id, _hubs_of(actor))
    if gone is None:
        raise NotFound
    logger.info("tutor_node_withdrawn", node=str(node_id), by=str(actor.account_id))


async def listed(session: AsyncSession) -> list[ListedNode]:
    """The nodes that workers may ask now."""
    rows = await queries.renewed_since(session, now() - _SILENCE)
    return [ListedNode(row.id, row.hub_id, row.url, row.secret, row.model) for row in rows]


async def note(session: AsyncSession, answers: Mapping[UUID, bool]) -> None:
    """Keep which nodes answer a worker and which do not, for their administrators to see."""
    moment = now()
    for answering in (True, False):
        chosen = [node_id for node_id, answered in answers.items() if answered is answering]
        if chosen:
            await queries.note(session, chosen, moment, answers=answering)


async def _known(session: AsyncSession, token: str | None) -> TutorNode:
    node = await queries.by_token(session, _hash(token)) if token else None
    if node is None:
        raise NodeUnknown
    return node


def _hash(token: str) -> bytes:
    """What is kept of a node's token: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


def _hubs_of(actor: Actor) -> Collection[UUID] | None:
    """The hubs whose nodes are the actor's to see; None for all."""
    return None if actor.holds(Role.NETWORK_ADMIN) else actor.hubs(Role.HUB_ADMIN)


def _state(node: TutorNode) -> NodeState:
    if node.left_at is not None:
        return NodeState.LEFT
    if node.renewed_at is None:
        return NodeState.EXPECTED
    if node.renewed_at < now() - _SILENCE:
        return NodeState.SILENT
    return NodeState.UNREACHED if _later(node.unanswered_at, node.answered_at) else NodeState.READY


def _later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one > other)


def _view(node: TutorNode) -> NodeView:
    return NodeView(
        id=node.id,
        hub_id=node.hub_id,
        label=node.label,
        state=_state(node),
        made_at=node.made_at,
        name=node.name,
        url=node.url,
        model=node.model,
        device=node.device,
        places=node.places,
        version=node.version,
        seen_at=node.left_at or node.renewed_at,
    )
