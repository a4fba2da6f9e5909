"""The jobs of one process 1: the first, and where it runs tests alone, those of the same lab that follow it.

A learner's code runs in one that has run nothing else and runs nothing afterwards.
"""

import json
import os
import signal
import sys
from typing import Any, NoReturn

from darsgah_grader.guest import confine
from darsgah_grader.guest.cells import CellRunner
from darsgah_grader.guest.forwarding import Forwarding
from darsgah_grader.guest.frames import Channel
from darsgah_grader.guest.processes import Processes
from darsgah_grader.guest.shell import GuestShell
from darsgah_grader.guest.supervisor import JOB, Supervisor


def supervise(
    host: Channel,
    job: dict[str, Any],
    walls: confine.Confinement,
    shell: GuestShell,
    cell_runner: CellRunner,
) -> NoReturn:
    """Run the job, and any that follow it, and end with the host; the exit status says nothing."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)  # process 1 of a namespace: not to be killed from inside
        while True:
            supervisor = Supervisor(
                host=host,
                forwarding=Forwarding(host),
                walls=walls,
                shell=shell,
                cell_runner=cell_runner,
                cells=job["cells"],
                seconds=job["cell_seconds"],
                output_bytes=job["output_bytes"],
                output_count=job["output_count"],
                processes=Processes(own=walls.namespaces),
                given=job["given"],
                naming=job["naming"],
            )
            supervisor.run()
            if job["naming"] is None:
                break  # a learner's code has run here
            supervisor.clear_away()
            message = host.receive()
            if message is None or message.kind != JOB:
                break
            job = job_header(message.payload)[0]
    except OSError:
        pass  # the host went away
    finally:
        sys.stdout = sys.stderr = None  # nothing may be flushed at the end
        os._exit(0)


def job_header(payload: bytes) -> tuple[dict[str, Any], int]:
    """The header of a job in JSON, and where the files begin that lie behind it."""
    length = int.from_bytes(payload[:8], "big")
    header: dict[str, Any] = json.loads(payload[8 : 8 + length])
    return header, 8 + length
