"""`darsgah tutor serve`: one causal model for a whole hub, on the machine that has the GPU.

Exit codes: 0 stopped as asked, 1 the model, this machine or its settings do not allow it, or the GPU was lost
while it served: the reason is one line, and a service manager may start it again.
"""

import asyncio
import ipaddress
import os
import secrets
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Literal

import structlog
import typer
import uvicorn
from rich.console import Console

from darsgah import __version__
from darsgah.errors import DarsgahError, SettingsInvalid
from darsgah.logs import configure_logs
from darsgah.settings import Settings, load_settings
from darsgah_tutor.causal.errors import CausalError
from darsgah_tutor.causal.registration import NodeCard, stay_registered
from darsgah_tutor.causal.server import Serving, create_server

if TYPE_CHECKING:
    from darsgah_tutor.causal.chat import Generator

PORT = 8100
_DRAIN_SECONDS = 30
"""What runs when the server is stopped may take so long to end; a hint takes two seconds."""
logger = structlog.get_logger("darsgah.tutor.serve")


class _Server(uvicorn.Server):
    """Stops by draining: nothing new is taken from the moment of the signal, and the platform is told."""

    def __init__(self, config: uvicorn.Config, serving: Serving, stop: asyncio.Event) -> None:
        super().__init__(config)
        self._serving, self._stop_event, self._loop = serving, stop, asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by uvicorn in the main thread, for SIGTERM and Ctrl-C."""
        self.drain()
        super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at the first signal and end normally: uvicorn's own would raise it again afterwards."""
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def drain(self) -> None:
        """Take nothing new."""
        self._serving.draining = True
        self._loop.call_soon_threadsafe(self._stop_event.set)


def tutor_serve_command(
    model: Annotated[
        Path | None, typer.Argument(help="The model's folder; unset: the one of DARSGAH_TUTOR_MODEL.")
    ] = None,
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.")] = PORT,
    url: Annotated[
        str | None, typer.Option(help="Where the platform's workers reach this; unset: host and port.")
    ] = None,
    platform: Annotated[
        str | None,
        typer.Option(
            help="The platform to register with, https://learn.example.org; needs DARSGAH_NODE_TOKEN."
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="What the node is called there; unset: the machine.")
    ] = None,
    device: Annotated[
        Literal["auto", "cpu", "cuda"],
        typer.Option(help="Where to compute; auto takes a GPU if there is one."),
    ] = "auto",
    places: Annotated[int, typer.Option(min=0, help="Answers at once on a GPU; 0 takes 64.")] = 0,
    waiting: Annotated[
        int, typer.Option(min=0, help="Requests that may wait; 0 takes 64, on a processor 4.")
    ] = 0,
) -> None:
    """Serve a model in OpenAI's protocol: /v1/chat/completions, /v1/models, /health. Needs no database."""
    voice = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        settings = load_settings()
        configure_logs(settings)
        folder = _folder(settings, model)
        token = _token(settings, host, registers=platform is not None)
        with _listen(host, port) as listening:
            generator = _open(folder, device, places, waiting)
            address = url or f"http://{host}:{listening.getsockname()[1]}"
            card = NodeCard(
                name=name or socket.gethostname(),
                url=address,
                token=token,
                model=generator.name,
                device=generator.device,
                places=generator.load().places,
                version=__version__,
            )
            listening.listen(2048)  # who reads the next line may come at once
            voice.print(f"{card.model} ({card.device}) is at {address}. Ctrl-C stops it.", markup=False)
            asyncio.run(_serve(generator, card, listening, (platform, settings.node_token or "")))
            if generator.fault:
                voice.print(generator.fault, style="red", markup=False)
                os._exit(1)  # a thread that waits for a lost GPU never ends, and would hold the process
    except (DarsgahError, CausalError) as error:
        voice.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error


def _folder(settings: Settings, model: Path | None) -> Path:
    folder = model or (Path(settings.tutor_model) if settings.tutor_model else None)
    if folder is None or str(folder).startswith(("http:", "https:")):
        raise SettingsInvalid(
            "There is no model to serve: name its folder, or set DARSGAH_TUTOR_MODEL to one."
        )
    return folder.expanduser()


def _token(settings: Settings, host: str, *, registers: bool) -> str:
    """What is asked of whoever wants an answer: as set, or made for this run where the platform learns it."""
    if registers and not settings.node_token:
        raise SettingsInvalid(
            "To register with the platform DARSGAH_NODE_TOKEN must be set: the hub's administrator makes it."
        )
    if settings.tutor_token:
        return settings.tutor_token
    if registers:
        return secrets.token_urlsafe(32)
    try:
        alone = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        alone = False
    if not alone:
        raise SettingsInvalid(
            f"Whoever reaches {host} could use the model: set DARSGAH_TUTOR_TOKEN to what they must send."
        )
    return ""


def _listen(host: str, port: int) -> socket.socket:
    """The listening socket, taken before the model is loaded, so that a taken port is told at once."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise SettingsInvalid(
            f"Cannot listen on {host} port {port} ({error.strerror}): choose another with --port."
        ) from error
    return listening


def _open(folder: Path, device: str, places: int, waiting: int) -> "Generator":
    from darsgah_tutor.causal.generators import open_generator  # noqa: PLC0415 - help needs no torch

    return open_generator(folder, device=device, places=places, may_wait=waiting)


async def _serve(
    generator: "Generator", card: NodeCard, listening: socket.socket, platform: tuple[str | None, str]
) -> None:
    stop = asyncio.Event()
    serving = Serving(generator, card.token, card.version, lost=lambda: None)
    config = uvicorn.Config(
        create_server(serving),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
    server = _Server(config, serving, stop)

    def lost() -> None:
        logger.error("gpu_lost", reason=generator.fault)
        server.drain()
        server.should_exit = True

    serving.lost = lost
    where, node_token = platform
    async with asyncio.TaskGroup() as tasks:
        if where:
            tasks.create_task(stay_registered(where, node_token, card, stop, logger.info))
        tasks.create_task(_watch(serving, stop))
        await server.serve(sockets=[listening])
        stop.set()
    await asyncio.to_thread(generator.close, seconds=1.0)


async def _watch(serving: Serving, stop: asyncio.Event) -> None:
    """Notice a lost GPU also while nobody asks."""
    while not stop.is_set():
        try:
            serving.check()
        except CausalError:
            return
        try:
            await asyncio.wait_for(stop.wait(), 1.0)
        except TimeoutError:
            continue
