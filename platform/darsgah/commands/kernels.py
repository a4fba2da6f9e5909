"""`darsgah kernels`: the interactive kernels of the hub's labs on this machine.

Exit codes: 0 stopped as asked, 1 this machine or its settings do not allow it; the reason is one line.
"""

import asyncio
import os
import resource
from typing import Annotated

import typer
from rich.console import Console

from darsgah.errors import DarsgahError, SettingsInvalid
from darsgah.grading_setup import environments_of
from darsgah.jobs.worker import stopped_by_signals
from darsgah.logs import configure_logs
from darsgah.settings import Settings, load_settings
from darsgah_grader.kernel_wire import SOCKET, Address
from darsgah_grader.sandbox.kernel_host import Bounds, KernelHost
from darsgah_grader.sandbox.kernel_server import KernelServer
from darsgah_grader.sandbox.levels import probe
from darsgah_grader.types import SandboxLevel
from darsgah_grader.warm_processes import Keeping, WarmProcesses, machine_share

_TYPICAL_BYTES = 64 * 1024 * 1024
"""What a kernel in use holds of its own; an idle one a fifth of that."""


def kernels_command(
    listen: Annotated[
        str | None,
        typer.Option(help="Where to listen, unix:/path or host:port; else a socket in the home folder."),
    ] = None,
) -> None:
    """Run the kernels of labs that need more than a browser. `serve --worker` starts it too."""
    try:
        settings = load_settings()
        configure_logs(settings)
        asyncio.run(_serve(settings, _address(settings, listen)))
    except DarsgahError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(error.message, style="red", markup=False)
        raise typer.Exit(1) from error


def _address(settings: Settings, listen: str | None) -> Address:
    if listen is None:
        return Address(path=settings.home_folder / SOCKET)
    try:
        return Address.parse(listen)
    except ValueError as error:
        raise SettingsInvalid(f"Kernels cannot listen there: {error}.") from error


def places_of(settings: Settings) -> int:
    """Kernels at once: as set, or what half of the machine's memory holds."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return settings.kernel_places or max(4, memory // 2 // _TYPICAL_BYTES)


async def _serve(settings: Settings, address: Address) -> None:
    report = probe()
    if report.level is SandboxLevel.NONE:
        raise SettingsInvalid(
            f"This machine cannot contain a learner's code ({'; '.join(report.reasons)}), so it runs no "
            "kernels: darsgah doctor says what mends it."
        )
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, hard), hard))  # each kernel takes a few
    keeping = Keeping(
        idle_seconds=settings.warm_idle,
        uses=settings.warm_uses,
        memory_bytes=settings.warm_memory or machine_share(),
        retry_seconds=settings.warm_retry,
    )
    bounds = Bounds(
        places=places_of(settings),
        each=settings.kernel_places_each,
        idle_seconds=settings.kernel_idle,
        cell_seconds=settings.kernel_cell_seconds,
    )
    warm = WarmProcesses(report.level, keeping, interactive=True)
    server = KernelServer(KernelHost(environments_of(settings), warm, bounds), settings.cookie_key)
    with stopped_by_signals() as stop:
        try:
            await server.serve(address, stop)
        except OSError as error:
            raise SettingsInvalid(
                f"Kernels cannot be served at {address} ({error.strerror}): "
                "stop what uses it, or name another."
            ) from error
