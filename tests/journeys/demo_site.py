"""The demo as ``make run`` serves it: real processes, a real browser, on a home folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

START_SECONDS = 120.0
STOP_SECONDS = 60.0
UNCHECKED = {"DARSGAH_WORKER_LAB_CHECKS": "false"}
"""The checks of all labs would keep a core busy through every journey; they have tests of their own."""


@dataclass(frozen=True)
class Site:
    """A running demo."""

    url: str
    home: Path
    log: Path
    process: subprocess.Popen[bytes]
    _troubles: list[str] = field(default_factory=list)

    def note(self, trouble: str) -> None:
        """Remember what went wrong while a test looked elsewhere."""
        self._troubles.append(trouble)

    def troubles(self) -> list[str]:
        """What was noted since the last time it was asked for, each thing once."""
        noted = list(dict.fromkeys(self._troubles))
        self._troubles.clear()
        return noted


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def demo_site(home: Path) -> Iterator[Site]:
    """Serve the demo with a worker until the block ends."""
    port = free_port()
    home.mkdir(parents=True, exist_ok=True)
    log = home.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "darsgah", "serve", "--worker", "--demo"],
            env={**os.environ, "DARSGAH_HOME": str(home), "DARSGAH_PORT": str(port), **UNCHECKED},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    site = Site(f"http://127.0.0.1:{port}", home, log, process)
    try:
        _wait(site)
        yield site
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def _wait(site: Site) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if site.process.poll() is not None:
            raise AssertionError(f"the site ended: {site.log.read_text()}")
        try:
            if httpx.get(f"{site.url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"the site did not start: {site.log.read_text()}")
