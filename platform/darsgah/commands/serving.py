"""`darsgah serve`, `darsgah worker` and `darsgah demo`: the processes of the platform.

Exit codes: 0 stopped as asked, 1 this machine or its settings do not allow it; the reason is one line.
Stopped as asked means by Ctrl-C, SIGTERM, or SIGHUP when the terminal goes: the database stops with the last
process that used it, whether or not anybody still reads what is said.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Annotated, Any

import structlog
import typer
import uvicorn
from rich.console import Console
from rich.table import Table

from darsgah.app import create_app
from darsgah.blobs.store import BlobStore, open_blobs
from darsgah.credentials.issuing import Issuing
from darsgah.db.embedded import open_database
from darsgah.db.schema import upgrade
from darsgah.db.session import Database
from darsgah.errors import DarsgahError, SettingsInvalid
from darsgah.hubs import service as hubs
from darsgah.logs import configure_logs
from darsgah.settings import Settings, environment_of, load_settings
from darsgah_grader.kernel_wire import LONGEST_RELAYED

WORKER_PAUSE = 2.0
"""Seconds before a worker that ended by itself is started again."""
STOP_SECONDS = 40.0
"""A worker lets running jobs end within 30 seconds; then it is ended."""


class _Voice(Console):
    """Standard error. When nobody reads it any more it falls silent, where rich would end the process."""

    def print(self, *objects: Any, **how: Any) -> None:  # noqa: ANN401 - as rich has it
        """Say it if somebody reads it. There is more to do: worker and database are still to be stopped."""
        try:
            super().print(*objects, **how)
        except OSError:  # the terminal is gone
            self.on_broken_pipe()

    def on_broken_pipe(self) -> None:
        """Say nothing more, here and in the log."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)


err = _Voice(stderr=True, highlight=False, soft_wrap=True)
logger = structlog.get_logger("darsgah.serve")


def _say(message: str) -> None:
    err.print(message, style="dim")


@contextmanager
def _one_line_errors() -> Iterator[None]:
    try:
        yield
    except DarsgahError as error:
        err.print(error.message, style="red", markup=False)
        raise typer.Exit(1) from error


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP do inside the block what Ctrl-C does: they end it, and all that it holds is let go.

    The second one changes nothing: what is being stopped is not left half-way. What the starter of this
    process has it ignore, as ``nohup`` does, stays ignored.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        # Not ignored: processes that are started now would ignore it as well.
        signal.signal(signal.SIGTERM, lambda _number, _frame: None)
        raise KeyboardInterrupt

    def hang_up(_number: int, _frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGTERM)  # whoever handles that one now: uvicorn does while it serves

    wanted = {signal.SIGTERM: stop, signal.SIGHUP: hang_up}
    before = {number: signal.getsignal(number) for number in wanted}
    for number, handler in wanted.items():
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, handler)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        for number, handler_before in before.items():
            signal.signal(number, handler_before)


def serve_command(
    worker: Annotated[
        bool, typer.Option("--worker", help="Run a worker and labs' kernels beside the web server.")
    ] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Load the demo network first.")] = False,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
) -> None:
    """Serve the platform: database, tables and hubs are brought up first. Ctrl-C stops everything."""
    with _one_line_errors():
        settings = load_settings()
    chosen = {"host": host or settings.host, "port": settings.port if port is None else port}
    settings = settings.model_copy(update=chosen)
    configure_logs(settings)
    with _one_line_errors():
        if demo and not settings.this_machine_alone:
            raise SettingsInvalid(
                f"The demo has published passwords and listens on this machine alone: leave --demo out "
                f"to serve on {settings.host}."
            )
        blobs = open_blobs(settings)
        listening = _listen(settings)
        settings = settings.model_copy(update={"port": listening.getsockname()[1]})
        with _stopped_by_signals(), listening, open_database(settings, _say) as handle:
            upgrade(handle.url)
            if demo:
                _load_demo_apart(settings)
            with _workers_beside(settings, enabled=worker), suppress(KeyboardInterrupt):
                asyncio.run(_serve(settings, handle.url, blobs, listening))
        _say("Stopped.")


def worker_command() -> None:
    """Grade what is handed in. Any number of workers, on any machine that reaches database and files."""
    from darsgah.worker import run_worker  # noqa: PLC0415 # the web process must not load the grader

    with _one_line_errors():
        settings = load_settings()
    configure_logs(settings)
    with _one_line_errors(), _stopped_by_signals(), open_database(settings, _say) as handle:
        upgrade(handle.url)
        run_worker(settings, handle.url)


def demo_command() -> None:
    """Load the demo network into the database, and say who can sign in."""
    from darsgah.demo.loading import load_demo  # noqa: PLC0415 # the web process must not load the grader
    from darsgah.demo.people import ACCOUNTS, PASSWORD  # noqa: PLC0415 # the web process must not load the grader

    async def load(url: str) -> None:
        database = Database(url, pool=2)
        try:
            await load_demo(database, open_blobs(settings), Issuing.of(settings), _say)
        finally:
            await database.dispose()

    with _one_line_errors():
        settings = load_settings()
        with open_database(settings, _say) as handle:
            upgrade(handle.url)
            asyncio.run(load(handle.url))
    table = Table(title=f"Who can sign in, all with the password {PASSWORD}", title_justify="left")
    for column in ("e-mail", "role", "hub"):
        table.add_column(column)
    for account in ACCOUNTS:
        table.add_row(account.email, account.role.value.replace("_", " "), account.hub or "the network")
    err.print(table)


def _load_demo_apart(settings: Settings) -> None:
    """Load the demo in a process of its own: making labs ready needs nbgrader, which is not for the web."""
    done = subprocess.run(
        [sys.executable, "-m", "darsgah", "demo"], check=False, env=environment_of(settings)
    )
    if done.returncode:
        raise typer.Exit(done.returncode)


def _listen(settings: Settings) -> socket.socket:
    """The listening socket, taken before anything slow happens, so that a taken port is told at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        # Listening at once: two that only bind may both have the port, and early visitors wait a moment.
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise SettingsInvalid(
            f"Cannot listen on {settings.host} port {settings.port} ({error.strerror}): "
            "stop what uses it, or choose another with DARSGAH_PORT."
        ) from error
    return listening


async def _serve(settings: Settings, url: str, blobs: BlobStore, listening: socket.socket) -> None:
    database = Database(url, pool=settings.database_pool)
    async with database.begin() as session:
        await hubs.load_plan(session)
    config = uvicorn.Config(
        create_app(settings, database, blobs),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_max_size=LONGEST_RELAYED,
        ws_per_message_deflate=False,  # a third of a megabyte for each open lab
        timeout_graceful_shutdown=5,
    )
    err.print(f"\nDarsgah is at [bold]{settings.site}[/bold]. Ctrl-C stops it; the data stay.\n")
    await uvicorn.Server(config).serve(sockets=[listening])


@contextmanager
def _workers_beside(settings: Settings, *, enabled: bool) -> Iterator[None]:
    """A worker and a host of kernels while the block lasts; what ends by itself is started again."""
    if not enabled:
        yield
        return
    stopping = threading.Event()
    keepers = [
        threading.Thread(
            target=_keep, args=(command, stopping, environment_of(settings)), name=f"keeper of {command}"
        )
        for command in ("worker", "kernels")
    ]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        stopping.set()
        for keeper in keepers:
            keeper.join()


def _keep(command: str, stopping: threading.Event, environment: Mapping[str, str]) -> None:
    while not stopping.is_set():
        process = subprocess.Popen(  # noqa: S603 -- this program itself
            [sys.executable, "-m", "darsgah", command], env=environment
        )
        while process.poll() is None and not stopping.wait(0.2):
            pass
        if stopping.is_set():
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        else:
            if process.returncode:  # 0 is Ctrl-C, which reaches both processes
                logger.warning(
                    "ended_by_itself", command=command, exit_code=process.returncode, again_in=WORKER_PAUSE
                )
            stopping.wait(WORKER_PAUSE)
