"""Kernels as programs and pages have them: a WebSocket for those who run cells, JSON for administrators."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from litestar import Request, Router, WebSocket, delete, get, websocket
from litestar.di import NamedDependency
from litestar.params import FromPath

from darsgah.access import Actor, public, requires
from darsgah.accounts.tokens import bearer_token
from darsgah.blobs.store import BlobStore
from darsgah.db.session import Database
from darsgah.errors import DarsgahError, Forbidden, MalformedInput, NotSignedIn
from darsgah.kernels import hosts, service
from darsgah.kernels.open_pages import OpenPages
from darsgah.kernels.relay import HOST_AWAY, Socket, open_kernel, relay
from darsgah.kernels.schemas import KernelsView
from darsgah.settings import Settings
from darsgah_grader.kernel_wire import WireError

administrators = requires(*service.ADMINISTRATORS)
logger = structlog.get_logger("darsgah.kernels")
_LONGEST_ID = 32
_MOST_DIGITS = 15


class AnotherSite(Forbidden):
    """A page of another site may not run code here."""

    code = "another_site"


# Whoever may not is told so after the handshake: of a refused one a browser shows its page nothing.
@websocket("/assignments/{assignment_id:uuid}/kernel", guards=[public])
async def kernel(
    *,
    socket: WebSocket[Actor | None, str | None, Any],
    assignment_id: FromPath[UUID],
    settings: NamedDependency[Settings],
    database: NamedDependency[Database],
    blobs: NamedDependency[BlobStore],
    open_pages: NamedDependency[OpenPages],
) -> None:
    """Run a lab's cells. ``session`` and ``after`` say which kernel the page had, and its last event."""
    await socket.accept()
    link = None
    try:
        _require_own_page(socket, settings)
        if socket.user is None or socket.auth is None:
            raise NotSignedIn
        token = socket.auth
        with open_pages.one_more(socket.user.account_id) as page:
            async with database.begin() as session:
                opening, material = await service.opening(
                    session, socket.user, assignment_id, *_resumed(socket)
                )
            link = await hosts.link_for(settings, opening.learner)
            await open_kernel(link, opening, material, blobs)

            async def still_may() -> None:
                async with database.begin() as session:
                    await service.still_may(session, token, assignment_id)

            logger.info("kernel_page", account=opening.learner, assignment=opening.assignment)
            await relay(socket, link, still_may, page.stays)
    except DarsgahError as error:
        await socket.close(4000 + error.status, error.code)
    except (OSError, WireError):
        await socket.close(HOST_AWAY, hosts.KernelsAway.code)
    finally:
        if link is not None:
            link.close()


def _resumed(socket: Socket) -> tuple[str, int]:
    """The kernel that the page had, and the number of its last event.

    Raises:
        MalformedInput: they are none.
    """
    name, after = socket.query_params.get("session", ""), socket.query_params.get("after", "0")
    if len(name) > _LONGEST_ID or len(after) > _MOST_DIGITS or not (after.isascii() and after.isdigit()):
        raise MalformedInput
    return name, int(after)


def _require_own_page(socket: Socket, settings: Settings) -> None:
    """Browsers send cookies from any site's page to a WebSocket, so the page's origin has to be this one.

    Raises:
        AnotherSite: it is not.
    """
    if bearer_token(socket):
        return  # no page can make a browser send that header
    origin = urlsplit(socket.headers.get("origin", ""))
    ours = urlsplit(settings.public_url).netloc if settings.public_url else socket.headers.get("host", "")
    if not origin.netloc or origin.netloc.lower() != ours.lower():
        raise AnotherSite


@get("/kernels", guards=[administrators])
async def list_kernels(request: Request[Actor, str, Any], settings: NamedDependency[Settings]) -> KernelsView:
    """Who has a kernel and what it uses, in the hubs that you administer."""
    return await service.kernels(settings, request.user)


@delete("/kernels/{learner_id:uuid}/{assignment_id:uuid}", guards=[administrators])
async def stop_kernel(
    learner_id: FromPath[UUID],
    assignment_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    settings: NamedDependency[Settings],
) -> None:
    """End a learner's kernel. Its values are lost, the notebook is kept."""
    await service.stop(settings, request.user, learner_id, assignment_id)


router = Router(path="/", route_handlers=[kernel, list_kernels, stop_kernel], tags=["kernels"])
