"""Whether pages can be served: the port, how people reach it, and the files that pages need."""

import errno
import http.client
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from darsgah.commands.diagnosis.findings import Check, Finding, State, Value
from darsgah.settings import Settings
from darsgah.ui.assets import VENDOR

_PATIENCE = 1.5
_PORTS_TRIED = 50


@dataclass(frozen=True, slots=True)
class WebFacts:
    """The address the server would listen on.

    Attributes:
        fault: the errno of trying to listen there; 0 when it went well.
        fault_text: the same in words.
        darsgah_answers: what listens there already is Darsgah.
        free_port: a port near it that is free; 0 where none was sought or found.
        exposed: other machines can reach it.
        https: the public address is https.
        trusted_proxies: as set.
        assets: scripts and fonts have been built.
    """

    host: str
    port: int
    fault: int = 0
    fault_text: str = ""
    darsgah_answers: bool = False
    free_port: int = 0
    exposed: bool = False
    https: bool = False
    trusted_proxies: int = 0
    assets: bool = True


def look(settings: Settings) -> WebFacts:
    """Bind the port for a moment, without listening; where that fails, ask who is there."""
    fault, text = _bind_fault(settings.host, settings.port)
    taken = fault == errno.EADDRINUSE
    answers = taken and darsgah_answers(settings.host, settings.port)
    return WebFacts(
        settings.host,
        settings.port,
        fault,
        text,
        darsgah_answers=answers,
        free_port=_free_port(settings) if fault and not answers else 0,
        exposed=not settings.this_machine_alone,
        https=settings.secure_cookies,
        trusted_proxies=settings.trusted_proxies,
        assets=VENDOR.is_dir() and any(VENDOR.iterdir()),
    )


def _bind_fault(host: str, port: int) -> tuple[int, str]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except OSError as error:
        return error.errno or errno.EINVAL, str(error.strerror or error)
    return 0, ""


def _free_port(settings: Settings) -> int:
    first = max(settings.port, 8000) + 1
    tried = range(first, min(first + _PORTS_TRIED, 65536))
    return next((port for port in tried if not _bind_fault(settings.host, port)[0]), 0)


def darsgah_answers(host: str, port: int) -> bool:
    """Whether a web server of ours listens there."""
    asked = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened on
    connection = http.client.HTTPConnection(asked, port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/healthz")
        return bool(json.loads(connection.getresponse().read(1000)) == {"status": "ok"})
    except (OSError, ValueError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def findings(facts: WebFacts) -> Iterator[Finding]:
    """What the facts mean."""
    yield _port(facts)
    yield _address(facts)
    if facts.assets:
        yield Finding(Check.ASSETS, State.OK, "built", "Scripts and fonts come from this machine alone.")
    else:
        meaning = "Pages cannot be served without their scripts and fonts."
        yield Finding(Check.ASSETS, State.MISSING, "not built", meaning, ("make setup",))


def _port(facts: WebFacts) -> Finding:
    place = f"{facts.host} port {facts.port}"
    values: dict[str, Value] = {"host": facts.host, "port": facts.port, "free": not facts.fault}
    if not facts.fault:
        return Finding(Check.PORT, State.OK, f"{place} is free", "darsgah serve listens here.", values=values)
    if facts.darsgah_answers:
        meaning = "It is being served; a second serve needs another port."
        return Finding(Check.PORT, State.OK, f"Darsgah answers at {place}", meaning, values=values)
    other = (f"export DARSGAH_PORT={facts.free_port}",) if facts.free_port else ()
    match facts.fault:
        case errno.EADDRINUSE:
            found, mend = "is taken by another program", (f"ss -ltnp 'sport = :{facts.port}'", *other)
        case errno.EACCES:
            switch = f"sudo sysctl -w net.ipv4.ip_unprivileged_port_start={facts.port}"
            found, mend = "is for root alone", (switch, *other)
        case errno.EADDRNOTAVAIL:
            found, mend = (
                "is no address of this machine",
                ("ip -brief address", "export DARSGAH_HOST=127.0.0.1"),
            )
        case _:
            found, mend = f"cannot be used: {facts.fault_text}", ("unset DARSGAH_HOST DARSGAH_PORT",)
    return Finding(
        Check.PORT, State.MISSING, f"{place} {found}", "darsgah serve does not start.", mend, values=values
    )


def _address(facts: WebFacts) -> Finding:
    values: dict[str, Value] = {
        "exposed": facts.exposed,
        "https": facts.https,
        "trusted_proxies": facts.trusted_proxies,
    }
    if facts.https and not facts.trusted_proxies:
        return Finding(
            Check.ADDRESS,
            State.LIMITED,
            "https, through a proxy that is not trusted",
            "Everyone seems to come from the proxy: ten wrong passwords of one person stop sign-in for all.",
            ("export DARSGAH_TRUSTED_PROXIES=1",),
            values=values,
        )
    if facts.https:
        found, meaning = "https, behind a trusted proxy", "Cookies travel encrypted alone."
        return Finding(Check.ADDRESS, State.OK, found, meaning, values=values)
    if facts.exposed:
        return Finding(
            Check.ADDRESS,
            State.LIMITED,
            "other machines can reach it, without https",
            "Passwords travel where others in the network can read them.",
            (
                "sudo apt-get install caddy  # docs/operations.md has its few lines",
                "export DARSGAH_HOST=127.0.0.1 DARSGAH_TRUSTED_PROXIES=1",
                "export DARSGAH_PUBLIC_URL=https://learn.example.org",
            ),
            values=values,
        )
    meaning = "Nobody else can reach it: right for a trial; for others put a proxy with https in front."
    return Finding(Check.ADDRESS, State.OK, "this machine alone", meaning, values=values)
