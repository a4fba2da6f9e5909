"""Kernels of the hub beside plain ipykernels: first output, memory of an idle one, many at once.

``python -m bench kernels``. The host of kernels is the real process (``darsgah kernels``), asked as the web
process asks it; every kernel has NumPy and pandas imported and has run a cell. Memory is the kernel's own
count of proportional shares (PSS) and of private pages; what it keeps for processes beside their pages (page
tables, namespaces) shows in the memory that is available to the machine, which on a busy machine others
change as well.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from queue import Empty
from typing import Any, cast

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from rich.console import Console
from rich.table import Table

from bench.memory import descendants, kilobytes
from darsgah_grader.kernel_wire import RELAYED, Address, Link, Opening, connect, opening_message

_SECRET = "of the benchmark alone, and of no use elsewhere"  # noqa: S105 # opens nothing
_CODE = "import numpy as np, pandas as pd\nprint(pd.Series(np.arange(3)).sum())"
_PRINTED = "3\n"
_PATIENCE = 120.0
_AT_ONCE = 8
_ATTEMPTS = 20
Figures = dict[str, float]


class _Kernel:
    """A learner's kernel over a link, as a page's."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._number = 0

    @classmethod
    async def opened(cls, address: Address, number: int) -> "_Kernel":
        """The kernel of a learner of that number."""
        link = await connect(address, _SECRET)
        opening = Opening(
            learner=f"learner-{number}",
            assignment="lab",
            hub="hub",
            lab="Lab",
            learner_name=f"Learner {number}",
            environment="data",
        )
        link.say(opening_message(opening))
        await link.control()
        return cls(link)

    async def run(self, code: str) -> str:
        """What a cell prints; returns when the first of it is there."""
        self._number += 1
        request = {"type": "execute_request", "id": str(self._number), "cell": "c", "code": code}
        self._link.send(RELAYED, json.dumps(request).encode())
        async with asyncio.timeout(_PATIENCE):
            while True:
                message = await self._heard()
                if message["type"] == "stream" and message["id"] == str(self._number):
                    return str(message["text"])

    async def _heard(self) -> dict[str, Any]:
        frame = await self._link.receive()
        if frame is None:
            raise RuntimeError("the host of kernels is gone")
        message = cast("dict[str, Any]", json.loads(frame[1]))
        if message["type"] == "ended":
            raise RuntimeError(f"a kernel was refused: {message['reason']}")
        return message

    def close(self) -> None:
        """Let go of it; it goes on until it is ended."""
        self._link.close()


@asynccontextmanager
async def _host(places: int) -> AsyncIterator[tuple[Address, int]]:
    """A host of kernels in a process of its own; where it listens and its process number."""
    with tempfile.TemporaryDirectory() as home:
        address = Address(path=Path(home) / "kernels.sock")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "darsgah", "kernels"),
            env={
                **os.environ,
                "DARSGAH_HOME": home,
                "DARSGAH_SECRET": _SECRET,
                "DARSGAH_KERNEL_PLACES": str(places),
                "DARSGAH_LOG_LEVEL": "warning",
            },
        )
        try:
            while not cast("Path", address.path).exists():
                if process.returncode is not None:
                    raise RuntimeError("the host of kernels does not start")
                await asyncio.sleep(0.05)
            yield address, process.pid
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def _shares(pids: list[int]) -> Figures:
    """Memory of processes together, in MB."""
    return {
        "pss_mb": round(sum(kilobytes(pid, "Pss") for pid in pids) / 1024, 1),
        "private_mb": round(
            sum(kilobytes(pid, "Private_Dirty") + kilobytes(pid, "Private_Clean") for pid in pids) / 1024, 1
        ),
    }


def _page_tables_mb(pids: list[int]) -> float:
    """What the kernel keeps to know where the pages of processes are: of no process's own count."""
    found = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            found += sum(int(line.split()[1]) for line in lines if line.startswith("VmPTE:"))
    return round(found / 1024, 1)


def _available_mb() -> float:
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("MemAvailable:"))


async def _first_outputs(address: Address, rounds: int) -> Figures:
    """Milliseconds from opening to the first output: the very first kernel, and those after it."""
    seconds = []
    for number in range(rounds + 1):
        began = time.monotonic()
        kernel = await _Kernel.opened(address, -1 - number)
        if await kernel.run(_CODE) != _PRINTED:
            raise RuntimeError("a kernel answers wrongly")
        seconds.append(time.monotonic() - began)
        kernel.close()
    cold, *warm = (round(1000 * each, 1) for each in seconds)
    return {"cold_ms": cold, "median_ms": statistics.median(warm), "slowest_ms": max(warm)}


async def _many(address: Address, host: int, count: int) -> dict[str, Any]:
    """``count`` kernels open together, each of which has run a cell and then answers once more."""
    warm = [pid for pid in descendants(host) if kilobytes(pid, "Pss")]
    before, available = _shares([host, *warm]), _available_mb()
    gate = asyncio.Semaphore(_AT_ONCE)

    async def opened(number: int) -> _Kernel:
        async with gate:
            kernel = await _Kernel.opened(address, number)
            await kernel.run(_CODE)
            return kernel

    began = time.monotonic()
    kernels = await asyncio.gather(*(opened(number) for number in range(count)))
    opening = time.monotonic() - began
    idle = _shares([host, *descendants(host)])
    tables = _page_tables_mb([host, *descendants(host)])
    used = available - _available_mb()
    began = time.monotonic()
    answers = await asyncio.gather(*(kernel.run(f"print({n})") for n, kernel in enumerate(kernels)))
    answering = time.monotonic() - began
    for kernel in kernels:
        kernel.close()
    return {
        "kernels": count,
        "answered": sum(answer == f"{n}\n" for n, answer in enumerate(answers)),
        "opened_in_s": round(opening, 1),
        "all_answer_in_s": round(answering, 2),
        "total_pss_mb": idle["pss_mb"],
        "page_tables_mb": tables,
        "available_less_by_mb": round(used),
        "private_each_mb": round((idle["private_mb"] - before["private_mb"]) / count, 2),
        "pss_each_mb": round((idle["pss_mb"] - before["pss_mb"]) / count, 2),
    }


async def _ours(rounds: int, count: int) -> dict[str, Any]:
    async with _host(count + rounds + 8) as (address, host):
        first = await _first_outputs(address, rounds)
    async with _host(count + 8) as (address, host):
        await (await _Kernel.opened(address, -1)).run(_CODE)  # the warm process is there
        return {"first_output": first, "at_once": await _many(address, host, count)}


def _ipykernels(started: int, count: int) -> dict[str, Any]:
    """Plain ipykernels; what ``count`` of them would take is said as that, and not measured."""
    seconds: list[float] = []
    processes: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            for number in range(started):
                began = time.monotonic()
                file, _ = write_connection_file(f"{folder}/{number}.json")
                command = [sys.executable, "-m", "ipykernel_launcher", "-f", file]
                processes.append(
                    subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 # ipykernel
                )
                _run_in(file)
                seconds.append(round(1000 * (time.monotonic() - began), 1))
            pids = [process.pid for process in processes]
            each = {name: value / started for name, value in _shares(pids).items()}
        finally:
            for process in processes:
                process.kill()
                process.wait()
    return {
        "started": started,
        "median_ms": statistics.median(seconds),
        "private_each_mb": round(each["private_mb"], 1),
        "pss_each_mb": round(each["pss_mb"], 1),
        "extrapolated_kernels": count,
        "extrapolated_total_mb": round(each["pss_mb"] * count),
    }


def _run_in(file: str) -> None:
    """Wait for the first output of the same cell."""
    client = BlockingKernelClient(connection_file=file)
    client.load_connection_file()
    client.start_channels()
    try:
        for attempt in range(_ATTEMPTS):
            try:
                client.wait_for_ready(timeout=_PATIENCE)
                break
            except RuntimeError:  # a machine that is busy: it takes a kernel that starts for a dead one
                if attempt + 1 == _ATTEMPTS:
                    raise
        client.execute(_CODE)
        while True:
            message = client.get_iopub_msg(timeout=_PATIENCE)
            if message["msg_type"] == "stream":
                return
    except Empty:
        raise RuntimeError("an ipykernel does not answer") from None
    finally:
        client.stop_channels()


def kernels(arguments: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Measure both, print a table, and give the figures."""
    load = round(os.getloadavg()[0], 1)
    ours = asyncio.run(_ours(arguments.rounds, arguments.kernels))
    plain = _ipykernels(arguments.ipykernels, arguments.kernels)
    found = {"load_before": load, "processors": os.cpu_count(), "darsgah": ours, "ipykernel": plain}
    console.print(_table(found))
    return found


def _table(found: dict[str, Any]) -> Table:
    first, many, plain = found["darsgah"]["first_output"], found["darsgah"]["at_once"], found["ipykernel"]
    table = Table(title=f"Kernels with NumPy and pandas; load before: {found['load_before']}")
    for column in ("", "Darsgah", f"ipykernel ({plain['started']} started)"):
        table.add_column(column)
    rows = [
        ("first output, median", f"{first['median_ms']:.0f} ms", f"{plain['median_ms']:.0f} ms"),
        ("first output, the very first", f"{first['cold_ms']:.0f} ms", ""),
        ("private memory of an idle one", f"{many['private_each_mb']} MB", f"{plain['private_each_mb']} MB"),
        ("its proportional share", f"{many['pss_each_mb']} MB", f"{plain['pss_each_mb']} MB"),
        (
            f"{many['kernels']} at once, in all",
            f"{many['total_pss_mb'] / 1024:.2f} GB, {many['answered']} answer",
            f"{plain['extrapolated_total_mb'] / 1024:.1f} GB extrapolated",
        ),
        ("their page tables", f"{many['page_tables_mb'] / 1024:.2f} GB", ""),
        ("the machine's available memory, less by", f"{many['available_less_by_mb'] / 1024:.2f} GB", ""),
        ("all opened in", f"{many['opened_in_s']} s", ""),
        ("all answer once more in", f"{many['all_answer_in_s']} s", ""),
    ]
    for row in rows:
        table.add_row(*row)
    return table
