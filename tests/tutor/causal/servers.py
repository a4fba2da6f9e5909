"""Servers of tiny models: in a thread of the test, or as the process that an operator starts."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from litestar import Litestar

from darsgah_tutor.causal.chat import Generator
from darsgah_tutor.causal.server import Serving, create_server


@contextmanager
def listening(application: Litestar) -> Iterator[str]:
    """The application at a free port of this machine; gives its address."""
    server = uvicorn.Server(uvicorn.Config(application, port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def served(generator: Generator, token: str = "") -> Iterator[tuple[str, Serving]]:
    """A model's server in this process."""
    serving = Serving(generator, token, "0.0", lost=lambda: None)
    with listening(create_server(serving)) as url:
        yield url, serving


@contextmanager
def process(
    folder: Path, home: Path, *options: str, **settings: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """``darsgah tutor serve`` on this folder; gives its address."""
    command = [sys.executable, "-m", "darsgah", "tutor", "serve", str(folder), "--port", "0", *options]
    environment = {**os.environ, "DARSGAH_HOME": str(home), "DARSGAH_LOG_FORMAT": "json", **settings}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as started:
        try:
            assert started.stderr is not None
            said = ""
            for line in started.stderr:  # a library may have something to say first
                said += line
                address = re.search(r"http://127\.0\.0\.1:(?!0\b)\d+", line)
                if address is not None:
                    yield address[0], started
                    return
            raise AssertionError(said)
        finally:
            started.kill()
