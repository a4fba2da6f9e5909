"""The tutor's nodes as a page for administrators."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.settings import Settings
from darsgah.tutor_nodes import service
from darsgah.tutor_nodes.api import administrators
from darsgah.tutor_nodes.schemas import MadeNode, NewNode
from darsgah.ui.form_data import read_form
from darsgah.ui.templating import Pages


class NodeForm(msgspec.Struct, frozen=True):
    """The form of a node to come; an empty hub is the whole network."""

    label: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"\A[^\x00-\x1f\x7f]*\Z")]
    hub: UUID | None = None


@get("/hub/tutor-nodes", guards=[administrators])
async def nodes_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Which machines run a language model for hints, and how they fare."""
    return await _page(request, session, settings, pages, None)


@post("/hub/tutor-nodes", guards=[administrators], status_code=200)
async def make_node(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Make a token for a node and show it: there is no second time."""
    values = {key: value for key, value in (await request.form()).items() if value != ""}
    form = read_form(values, NodeForm)
    made = await service.make(session, request.user, NewNode(form.label, form.hub))
    return await _page(request, session, settings, pages, made)


@post("/hub/tutor-nodes/{node_id:uuid}/delete", guards=[administrators])
async def withdraw_node(
    node_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Redirect:
    """Withdraw a node's token, and show the others."""
    await service.withdraw(session, request.user, node_id)
    return Redirect("/hub/tutor-nodes", status_code=303)


async def _page(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    settings: Settings,
    pages: Pages,
    made: MadeNode | None,
) -> Response[str]:
    view = await service.nodes(session, request.user)
    address = settings.public_url or str(request.base_url)
    return pages.respond(request, "tutor_nodes/nodes.html", view=view, made=made, address=address.rstrip("/"))


router = Router(path="/", route_handlers=[nodes_page, make_node, withdraw_node], include_in_schema=False)
