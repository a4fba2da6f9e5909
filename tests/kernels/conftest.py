"""A network whose labs run on a host of kernels of the test's own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

import pytest
import uvicorn
from litestar import Litestar

from darsgah.accounts.tokens import SESSION_COOKIE
from darsgah.blobs.store import memory_blobs
from darsgah.db.session import Database
from darsgah.grading_setup import environments_of
from darsgah.settings import Settings
from darsgah_grader.kernel_wire import SOCKET, Address
from darsgah_grader.sandbox.kernel_host import Bounds, KernelHost
from darsgah_grader.sandbox.kernel_server import KernelServer
from darsgah_grader.warm_processes import WarmProcesses
from tests.database import DatabaseServer
from tests.journeys.demo_site import free_port
from tests.kernels.page import Page
from tests.network import Platform, build_network, package, running

BOUNDS = Bounds(places=8, each=3)


@dataclass
class Kernels:
    """A host of kernels that is started and stopped at will, at its socket in a home folder."""

    settings: Settings
    address: Address
    host: KernelHost | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _serving: asyncio.Task[None] | None = None

    async def start(self, bounds: Bounds = BOUNDS) -> KernelHost:
        """Start it, in place of one that runs."""
        await self.stop()
        self._stop = asyncio.Event()
        host = self.host = KernelHost(environments_of(self.settings), WarmProcesses(interactive=True), bounds)
        server = KernelServer(host, self.settings.cookie_key)
        self._serving = asyncio.create_task(server.serve(self.address, self._stop))
        while not await self._answers():
            assert not self._serving.done(), self._serving.exception()
            await asyncio.sleep(0.01)
        return host

    async def _answers(self) -> bool:
        assert self.address.path is not None
        return self.address.path.exists()

    async def stop(self) -> None:
        """Stop it, with all its kernels."""
        if self._serving is not None:
            self._stop.set()
            await self._serving
            self._serving = self.host = None


@dataclass
class Site(Platform):
    """A platform that is served, with its kernels."""

    url: str = ""
    kernels: Kernels = None  # type: ignore[assignment] # always given; a dataclass's fields after defaults need one

    def page(
        self,
        who: str | None = "learner",
        *,
        assignment: UUID | None = None,
        session: str = "",
        after: int = 0,
        origin: str | None = "",
        token: str = "",
    ) -> AbstractAsyncContextManager[Page]:
        """A page of somebody with the kernel of an assignment, or what is left of that when it opens."""
        return self._page(who, assignment or self.network.assignment_id, session, after, origin, token)

    @asynccontextmanager
    async def _page(
        self, who: str | None, assignment: UUID, session: str, after: int, origin: str | None, token: str
    ) -> AsyncIterator[Page]:
        address = f"{self.url.replace('http', 'ws')}/api/v1/assignments/{assignment}/kernel"
        if session:
            address += "?" + urlencode({"session": session, "after": after})
        headers = {} if origin is None else {"Origin": origin or self.url}
        if who is not None:
            headers["Cookie"] = f"{SESSION_COOKIE}={token or await self.token(who)}"
        async with Page.opened(address, headers) as page:
            yield page


@asynccontextmanager
async def serving(app: Litestar) -> AsyncIterator[str]:
    """The application behind a real server; its address."""
    port = free_port()
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_config=None, lifespan="off", ws_per_message_deflate=False
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 # uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


@pytest.fixture(scope="module")
async def site(
    request: pytest.FixtureRequest, server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """A served platform with a host of kernels, shared by a module's tests.

    The lab's environment is what the module names as ``ENVIRONMENT``.
    """
    lab = package(environment=getattr(request.module, "ENVIRONMENT", "python"), runtime="hub")
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=None)
    kernels = Kernels(settings, Address(path=settings.home_folder / SOCKET))
    with server.new_database() as url:
        database, blobs = Database(url, pool=5, application="tests"), memory_blobs()
        async with database.begin() as session:
            network = await build_network(session, blobs, lab)
        async with running(settings, database, blobs) as app, serving(app) as address:
            await kernels.start()
            yield Site(app, database, blobs, settings, network, url=address, kernels=kernels)
            await kernels.stop()


@pytest.fixture(autouse=True)
async def none_left(site: Site) -> AsyncIterator[None]:
    """Each test begins without a kernel, and with a host that has the usual bounds."""
    yield
    if site.kernels.host is None or site.kernels.host.bounds is not BOUNDS:
        await site.kernels.start()
        return
    for held in site.kernels.host.held:
        held.kernel.end("ended")
    for held in site.kernels.host.held:
        await held.over.wait()
