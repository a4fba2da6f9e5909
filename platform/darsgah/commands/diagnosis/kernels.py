"""The kernels of labs that run on the hub: whether their hosts answer, and whether one starts here."""

import asyncio
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from darsgah.commands.diagnosis.findings import Check, Finding, State, Value, in_bytes
from darsgah.commands.diagnosis.web import darsgah_answers
from darsgah.commands.kernels import places_of
from darsgah.db.columns import now
from darsgah.errors import SettingsInvalid
from darsgah.grading_setup import environments_of
from darsgah.kernels import hosts, service
from darsgah.settings import SECRET_LENGTH, Settings
from darsgah_grader.guest.frames import ProtocolError
from darsgah_grader.guest.kernel import EXECUTE, RESULT
from darsgah_grader.guest.kernel_watch import DIED, READY
from darsgah_grader.kernel_wire import SOCKET, Address
from darsgah_grader.sandbox.kernel_messages import json_object
from darsgah_grader.sandbox.kernel_places import KernelPlace
from darsgah_grader.sandbox.levels import probe
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import GraderError, Limits, SandboxLevel

_ENVIRONMENT = "python"
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class HostFacts:
    """One address where kernels are to run.

    Attributes:
        beside: it is the one of this machine, which a worker has beside it.
        answers: a host is there and knows the secret.
        running, waiting, memory_bytes: kernels, who waits for one, and what the kernels hold.
        places: kernels at once; of the one beside, while it does not run, as many as there would be.
        each: kernels of one learner.
        idle_seconds: after which an unused one is ended.
    """

    address: str
    beside: bool
    answers: bool = False
    running: int = 0
    waiting: int = 0
    memory_bytes: int = 0
    places: int = 0
    each: int = 0
    idle_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class KernelFacts:
    """All hosts, and a kernel that was started, or why it was not.

    Attributes:
        fault: why no address can be asked: what is set is none.
        served: Darsgah's web server runs here, so that somebody may want a kernel now.
        start_seconds: until a kernel had run a cell; None where none was tried here.
        trial_fault: why the trial failed; empty when it did not.
    """

    hosts: tuple[HostFacts, ...]
    fault: str = ""
    served: bool = False
    start_seconds: float | None = None
    trial_fault: str = ""


def look(settings: Settings) -> KernelFacts:
    """Ask each host, and where kernels are this machine's business start one and end it."""
    try:
        found = _hosts(settings)
    except SettingsInvalid as error:
        return KernelFacts((), error.message)
    served = darsgah_answers(settings.host, settings.port)
    level = SandboxLevel.NONE if settings.kernels else probe().level
    if level is SandboxLevel.NONE:
        return KernelFacts(found, served=served)
    seconds, fault = try_kernel(settings, level)
    return KernelFacts(found, served=served, start_seconds=seconds, trial_fault=fault)


def _hosts(settings: Settings) -> tuple[HostFacts, ...]:
    """What they say. Without a home folder or a secret there is nobody to ask, and none is made for it."""
    home = settings.home.expanduser().absolute()
    unasked = HostFacts(
        str(Address(path=home / SOCKET)),
        beside=True,
        places=places_of(settings),
        each=settings.kernel_places_each,
        idle_seconds=settings.kernel_idle,
    )
    asked = _knows_secret(settings, home)
    if not settings.kernels and not (asked and (home / SOCKET).exists()):
        return (unasked,)
    if not asked:
        return tuple(HostFacts(str(address), beside=False) for address in hosts.addresses(settings))
    found = []
    for address, report in asyncio.run(hosts.reports(settings)):
        read = service.read_report(str(address), report, now()) if report is not None else None
        if read is None:
            found.append(HostFacts(str(address), beside=False) if settings.kernels else unasked)
            continue
        host, running = read
        found.append(
            HostFacts(
                str(address),
                beside=not settings.kernels,
                answers=True,
                running=len(running),
                waiting=host.waiting,
                memory_bytes=sum(kernel.memory_bytes for kernel in running),
                places=host.places,
                each=host.each,
                idle_seconds=host.idle_seconds,
            )
        )
    return tuple(found)


def _knows_secret(settings: Settings, home: Path) -> bool:
    if settings.secret is not None:
        return len(settings.secret) >= SECRET_LENGTH
    return os.access(home / "secret", os.R_OK)


def try_kernel(settings: Settings, level: SandboxLevel) -> tuple[float, str]:
    """Start a kernel at that level, run one cell, end it: the seconds this took, and what went wrong."""
    began = time.monotonic()
    try:
        environment = environments_of(settings).named(_ENVIRONMENT)
        with Sandbox.start(environment, level=level, interactive=True) as sandbox:
            began = time.monotonic()
            place = sandbox.open_kernel({}, Limits(), nice=0)
            try:
                fault = _run_cell(place)
                return time.monotonic() - began, fault
            finally:
                place.close()
    except (GraderError, OSError, ProtocolError) as error:
        lines = str(error).strip().splitlines()
        return time.monotonic() - began, lines[-1] if lines else type(error).__name__


def _run_cell(place: KernelPlace) -> str:
    place.channel.socket.settimeout(_PATIENCE)
    while (message := place.channel.receive()) is not None and message.kind != DIED:
        if message.kind == READY:
            place.channel.send(EXECUTE, json.dumps({"token": "", "code": "sum(range(1000))"}).encode())
        elif message.kind == RESULT:
            ended = str(json_object(message.payload).get("status"))
            return "" if ended == "ok" else f"a cell of one sum ended with {ended}"
    return "its process ended"


def findings(facts: KernelFacts) -> Iterator[Finding]:
    """What the facts mean."""
    if facts.fault:
        meaning = "Labs that need more than a browser cannot run their cells; everything else goes on."
        mend = ("unset DARSGAH_KERNELS  # for kernels beside the worker",)
        yield Finding(Check.KERNEL_HOST, State.LIMITED, facts.fault, meaning, mend)
    for host in facts.hosts:
        yield _host(host, served=facts.served)
    if facts.trial_fault:
        yield Finding(
            Check.KERNEL_TRIAL,
            State.LIMITED,
            facts.trial_fault,
            "Labs that need more than a browser cannot run their cells here; grading is another matter.",
            ("make setup",),
        )
    elif facts.start_seconds is not None:
        yield Finding(
            Check.KERNEL_TRIAL,
            State.OK,
            f"starts and runs a cell in {facts.start_seconds * 1000:.0f} ms",
            "It was forked from a warm process of its own, and ended.",
            values={"start_ms": round(facts.start_seconds * 1000, 1)},
        )


def _host(host: HostFacts, *, served: bool) -> Finding:
    subject = "" if host.beside else host.address
    values: dict[str, Value] = {"address": host.address, "answers": host.answers}
    minutes = round(host.idle_seconds / 60)
    bounds = f"{host.each} of one learner at once; an unused one is ended after {minutes} minutes"
    limits = {"places": host.places, "each": host.each, "idle_seconds": host.idle_seconds}
    if host.answers:
        now_there = {"running": host.running, "waiting": host.waiting, "memory_bytes": host.memory_bytes}
        found = f"answers: {host.running} of {host.places} kernels run, {host.waiting} wait for one"
        found += f", {in_bytes(host.memory_bytes)} held" if host.running else ""
        return Finding(
            Check.KERNEL_HOST, State.OK, found, f"{bounds}.", (), subject, {**values, **limits, **now_there}
        )
    if not host.beside:
        return Finding(
            Check.KERNEL_HOST,
            State.LIMITED,
            f"{host.address} does not answer, or not to this secret",
            "Its learners have their kernels on the next machine; without any, labs of the hub do not run.",
            (f"darsgah kernels --listen {host.address}  # on that machine, with this one's DARSGAH_SECRET",),
            subject,
            values,
        )
    found = f"does not answer now; there are {host.places} places for kernels"
    if served:
        meaning = "The web server runs without it: labs that need more than a browser do not run."
        mend = ("darsgah kernels",)
        return Finding(Check.KERNEL_HOST, State.LIMITED, found, meaning, mend, values=values | limits)
    meaning = f"darsgah serve --worker starts it. {bounds}."
    return Finding(Check.KERNEL_HOST, State.NOTE, found, meaning, values=values | limits)
