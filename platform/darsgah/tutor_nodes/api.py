"""The tutor's nodes as JSON: what nodes themselves say, and what administrators see and do."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from litestar import Request, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, public, requires
from darsgah.accounts.tokens import bearer_token
from darsgah.client_address import client_address
from darsgah.settings import Settings
from darsgah.tutor_nodes import service
from darsgah.tutor_nodes.schemas import MadeNode, NewNode, NodeCard, NodesView, Registered

administrators = requires(*service.ADMINISTRATORS)


# Whoever has a node's token, which the service looks up; a node has no session.
@post("/tutor/nodes", guards=[public], status_code=HTTPStatus.OK)
async def register_node(
    data: JSONBody[NodeCard],
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> Registered:
    """A node of `darsgah tutor serve` says that it is there, with its own token as the bearer.

    It says so again after each ``renew_seconds``; three of them without a word, and it is asked no more.
    """
    sender = client_address(request, settings.trusted_proxies)
    return await service.register(session, bearer_token(request), data, sender)


@delete("/tutor/nodes", guards=[public])
async def leave(request: Request[Any, Any, Any], session: NamedDependency[AsyncSession]) -> None:
    """A node says that it stops: it is asked no more, and ends what it has begun."""
    await service.leave(session, bearer_token(request))


@get("/tutor-nodes", guards=[administrators])
async def list_nodes(request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]) -> NodesView:
    """The nodes of the hubs that you administer, and how they fare."""
    return await service.nodes(session, request.user)


@post("/tutor-nodes", guards=[administrators])
async def make_node(
    data: JSONBody[NewNode], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> MadeNode:
    """Make a token for a node to come. It is in this answer and nowhere else."""
    return await service.make(session, request.user, data)


@delete("/tutor-nodes/{node_id:uuid}", guards=[administrators])
async def withdraw_node(
    node_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> None:
    """Withdraw a node's token. It is asked no more."""
    await service.withdraw(session, request.user, node_id)


router = Router(
    path="/",
    route_handlers=[register_node, leave, list_nodes, make_node, withdraw_node],
    tags=["tutor nodes"],
)
