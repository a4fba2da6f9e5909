"""A job as the sandbox is told of it: a header in JSON, and its data files behind one another.

The header holds the cells that learners have anyhow; tests are handed out one by one, when their turn comes.
"""

import json
from collections.abc import Mapping
from typing import Any

from darsgah_grader.sandbox.types import CellSource, Job, Part
from darsgah_grader.types import Limits


def job_message(
    job: Job, files: Mapping[str, bytes], *, polled: bool, work: str, user: int | None, more: int = 0
) -> bytes:
    """The bytes of a job.

    Args:
        job: the job.
        files: those of its data files that the run is to mount.
        polled: no cgroup limits the run's memory: its supervisor measures it.
        work: the work folder.
        user: the user number to become, in the reduced level under root.
        more: how many cells may follow the job's own.
    """
    limits = job.limits
    header = json.dumps(
        {
            "cells": len(job.cells) + more,
            "given": {
                index: cell_message(cell)
                for index, cell in enumerate(job.cells)
                if not cell.graded and cell.part is Part.WHOLE
            },
            "cell_seconds": limits.cell_seconds,
            "output_bytes": limits.output_bytes,
            "output_count": limits.output_count,
            "files": [[name, len(content)] for name, content in files.items()],
            "walls": _walls(limits, polled=polled, work=work, user=user),
            "naming": _naming(job),
        }
    ).encode()
    return _joined(header, files)


def kernel_message(
    limits: Limits, files: Mapping[str, bytes], *, polled: bool, work: str, user: int | None, nice: int
) -> bytes:
    """The bytes that open an interactive kernel; ``nice`` is added to its priority, the rest as above."""
    header = json.dumps(
        {
            "interactive": True,
            "nice": nice,
            "output_bytes": limits.output_bytes,
            "output_count": limits.output_count,
            "files": [[name, len(content)] for name, content in files.items()],
            "walls": _walls(limits, polled=polled, work=work, user=user),
        }
    ).encode()
    return _joined(header, files)


def _joined(header: bytes, files: Mapping[str, bytes]) -> bytes:
    return b"".join((len(header).to_bytes(8, "big"), header, *files.values()))


def _walls(limits: Limits, *, polled: bool, work: str, user: int | None) -> dict[str, Any]:
    return {
        "work": work,
        "user": user,
        "poll_memory": polled,
        "memory_bytes": limits.memory_bytes,
        "work_bytes": limits.work_bytes,
        "work_inodes": limits.work_inodes,
        "file_bytes": limits.file_bytes,
        "processes": limits.processes,
        "open_files": limits.open_files,
        "total_seconds": limits.total_seconds,
    }


def cell_message(cell: CellSource) -> dict[str, Any]:
    """A cell as the sandbox is told of it."""
    return {
        "source": cell.source,
        "graded": cell.graded,
        "seconds": cell.seconds,
        "lab": cell.lab,
        "keeps": cell.keeps,
        "needs": cell.needs,
        "part": cell.part,
        "trial": cell.trial,
        "reaches": None if cell.reaches is None else sorted(cell.reaches),
        "controls": [
            {"ways": control.ways, "raises": control.raises, "costly": control.costly}
            for control in cell.controls
        ],
    }


def _naming(job: Job) -> dict[str, object] | None:
    naming = job.naming
    if naming is None:
        return None
    return {
        "imports": {name: list(source) for name, source in naming.imports.items()},
        "stars": list(naming.stars),
        "own": sorted(naming.own),
        "answers": sorted(naming.answers),
        "shared": sorted(naming.shared),
    }
