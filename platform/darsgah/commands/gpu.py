"""`darsgah gpu run`: a project's work on a hub's machine with a GPU, as long as the project has hours.

The command runs in a process group of its own, with a lease that the platform gives and renews. When the
lease is refused further, or the platform is away for longer than it was paid for, the group gets SIGTERM and
then SIGKILL. What the command leaves behind in its group ends with it; what makes itself a session of its own
is not seen. Exit codes: the command's own, 1 wrong settings or no platform, 3 no lease was given, 4 the lease
ended before the command.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Annotated, Any, Final, NoReturn
from uuid import UUID

import httpx
import msgspec
import typer
from rich.console import Console

from darsgah.errors import SettingsInvalid
from darsgah.projects.gpu import LeaseGrant
from darsgah.settings import load_settings

NOT_GIVEN, ENDED = 3, 4
GRACE_SECONDS: Final = 10.0
_PATIENCE: Final = 10.0
_OVER = frozenset({401, 404, 409})
err = Console(stderr=True, highlight=False, soft_wrap=True)
gpu_commands = typer.Typer(no_args_is_help=True)


class LeaseRefused(Exception):  # noqa: N818 - says what is wrong
    """The platform gives no lease, or none any more, and says why."""


@dataclass
class Lease:
    """A lease, and until when its work may go on.

    Attributes:
        until: a moment of the monotonic clock; counted from before the platform was asked.
    """

    client: httpx.Client
    address: str
    id: UUID
    until: float
    renew_seconds: float

    def renew(self) -> None:
        """Say that the work goes on; while the platform is away, what is paid for goes on.

        Raises:
            LeaseRefused: it does not go on.
        """
        asked = time.monotonic()
        try:
            answer = self.client.post(f"{self.address}/{self.id}/renewal", timeout=self._patience(asked))
        except httpx.HTTPError as error:
            if time.monotonic() >= self.until:
                raise LeaseRefused(f"the platform cannot be reached ({error})") from error
            return
        if answer.status_code in _OVER:
            raise LeaseRefused(_reason(answer))
        if answer.is_success:
            grant = msgspec.json.decode(answer.content, type=LeaseGrant)
            if grant.granted_seconds <= 0:
                raise LeaseRefused("the project's GPU hours are used up, or its work was stopped")
            self.until, self.renew_seconds = asked + grant.granted_seconds, grant.renew_seconds
        elif time.monotonic() >= self.until:
            raise LeaseRefused(f"the platform answers {answer.status_code}")

    def _patience(self, moment: float) -> float:
        return max(0.5, min(_PATIENCE, self.until - moment))

    def end(self) -> None:
        """Say that the work is over; where nobody hears it, what was not renewed is not counted either."""
        with suppress(httpx.HTTPError):
            self.client.delete(f"{self.address}/{self.id}")


@gpu_commands.callback()
def _gpu() -> None:
    """Work of projects on machines with a GPU."""


@gpu_commands.command("run", context_settings={"allow_interspersed_args": False})
def gpu_run_command(
    command: Annotated[list[str], typer.Argument(help="The command, after --.")],
    project: Annotated[UUID, typer.Option(help="The project's id, as in the address of its room.")],
    platform: Annotated[
        str | None, typer.Option(help="The platform's address; else DARSGAH_PUBLIC_URL.")
    ] = None,
    gpus: Annotated[int, typer.Option(min=1, max=64, help="How many GPUs it uses.")] = 1,
) -> None:
    """Run a command on the GPU hours of a project, with a token of it in DARSGAH_PROJECT_TOKEN."""
    try:
        settings = load_settings()
    except SettingsInvalid as error:
        _leave(1, error.message)
    address = platform or settings.public_url
    if not address or not settings.project_token:
        _leave(
            1, "Set DARSGAH_PROJECT_TOKEN to a token of the project, and name the platform with --platform."
        )
    headers = {"X-Project-Token": settings.project_token}
    with httpx.Client(headers=headers, timeout=_PATIENCE, trust_env=False) as client:
        url = f"{address.rstrip('/')}/api/v1/projects/{project}/gpu-leases"
        try:
            lease = _take(client, url, gpus)
        except LeaseRefused as error:
            _leave(NOT_GIVEN, f"No GPU time: {error}. Nothing was started.")
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, msgspec.MsgspecError) as error:
            _leave(1, f"What answers at {address} is no platform ({error}). Nothing was started.")
        try:
            status = _run(command, lease)
        finally:
            lease.end()
    raise typer.Exit(status)


def _take(client: httpx.Client, url: str, gpus: int) -> Lease:
    asked = time.monotonic()
    answer = client.post(url, json={"machine": socket.gethostname()[:100], "gpus": gpus})
    if answer.status_code in _OVER:
        raise LeaseRefused(_reason(answer))
    answer.raise_for_status()
    grant = msgspec.json.decode(answer.content, type=LeaseGrant)
    return Lease(client, url, grant.id, asked + grant.granted_seconds, grant.renew_seconds)


def _run(command: list[str], lease: Lease) -> int:
    """The command's exit status, or ``ENDED``."""
    try:
        process = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - what the user asks to run
    except OSError as error:
        _leave(127, f"{command[0]} cannot be started: {error.strerror}.")
    try:
        with _told_of_signals(process):
            return _watch(process, lease)
    except LeaseRefused as error:
        err.print(f"The GPU time of this project has ended: {error}. The command is ended.", style="red")
        return ENDED
    finally:
        _end_group(process)


def _watch(process: subprocess.Popen[Any], lease: Lease) -> int:
    while True:
        left = lease.until - time.monotonic()
        with suppress(subprocess.TimeoutExpired):
            status = process.wait(timeout=max(0.05, min(lease.renew_seconds, left)))
            return status if status >= 0 else 128 - status
        lease.renew()


@contextmanager
def _told_of_signals(process: subprocess.Popen[Any]) -> Iterator[None]:
    """What stops this command is passed on to the group, whose end is then waited for."""

    def pass_on(number: int, _frame: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, pass_on) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_group(process: subprocess.Popen[Any]) -> None:
    """End what is left of the group: nothing of it goes on without a lease."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=GRACE_SECONDS)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _reason(answer: httpx.Response) -> str:
    """What the platform's problem details say."""
    try:
        detail = answer.json().get("detail")
    except ValueError:
        detail = None
    return str(detail or f"the platform answers {answer.status_code}").rstrip(".")


def _leave(status: int, message: str) -> NoReturn:
    err.print(message, style="red", markup=False)
    raise typer.Exit(status)
