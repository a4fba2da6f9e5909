"""However `darsgah serve --worker` is told to stop, its worker, its kernels and its database stop first."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from darsgah.db.embedded import look_at_embedded
from tests.journeys.sessions import processes_of_session

pytestmark = pytest.mark.journey

SECONDS = 60.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One home folder for all: the database is made once."""
    home = tmp_path_factory.mktemp("stopping") / "a home"
    yield home
    pointer = home / "postgres.folder"
    if pointer.exists():
        shutil.rmtree(pointer.read_text().strip())


def _both_run(session: int) -> bool:
    """Whether the worker and the host of kernels have been started."""
    lines = [*processes_of_session(session).values()]
    return all(any(f" darsgah {command}" in line for line in lines) for command in ("worker", "kernels"))


@pytest.fixture
def served(home: Path) -> Iterator[subprocess.Popen[str]]:
    """The command with a worker, once both run; what it says goes into a pipe that somebody reads so far."""
    process = subprocess.Popen(
        [sys.executable, "-m", "darsgah", "serve", "--worker", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"DARSGAH_HOME": str(home)},
        start_new_session=True,
    )
    assert process.stdout
    try:
        for line in process.stdout:
            if "Darsgah is at" in line:
                break
        until = time.monotonic() + SECONDS
        while not _both_run(process.pid):
            assert time.monotonic() < until
            time.sleep(0.1)
        yield process
    finally:
        for number in processes_of_session(process.pid):
            os.kill(number, signal.SIGKILL)
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize(
    ("number", "read"), [(signal.SIGINT, False), (signal.SIGTERM, True), (signal.SIGHUP, False)]
)
def test_it_stops_all(served: subprocess.Popen[str], home: Path, number: signal.Signals, read: bool) -> None:
    assert look_at_embedded(home).url
    if not read:
        assert served.stdout
        served.stdout.close()
    served.send_signal(number)
    assert served.wait(SECONDS) == 0
    assert processes_of_session(served.pid) == {}
    assert look_at_embedded(home).url is None
