"""One warm process for all tests of this folder, at the best level of this machine."""

import os
from collections.abc import Iterator

import pytest

from darsgah_grader.sandbox.types import CellRun, CellSource, Job
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Environment, Limits, SandboxLevel
from tests.grading.sandbox.as_user import closed_folders

QUICK = Limits(cell_seconds=10, total_seconds=60, memory_bytes=256 * 1024 * 1024)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with namespaces; the machines this project is developed on have them."""
    with Sandbox.start(Environment("python"), level=SandboxLevel.NAMESPACES) as started:
        yield started


@pytest.fixture(scope="session")
def reduced() -> Iterator[Sandbox]:
    """A sandbox of the reduced level; as root only where other users can read this Python."""
    if os.geteuid() == 0 and closed_folders([os.__file__]):
        pytest.skip("this Python is root's alone; test_users runs these tests where it is open to all")
    with Sandbox.start(Environment("python"), level=SandboxLevel.REDUCED) as started:
        yield started


def cells(*sources: str, graded: bool = False) -> list[CellSource]:
    """Cells without limits of their own."""
    return [CellSource(source, graded=graded) for source in sources]


def run_one(sandbox: Sandbox, source: str, limits: Limits = QUICK, *, graded: bool = False) -> CellRun:
    """Run one cell."""
    (cell,) = sandbox.run(Job(cells(source, graded=graded), limits=limits)).cells
    return cell


def text(cell: CellRun) -> str:
    """All that a cell printed or showed as plain text."""
    parts = []
    for output in cell.outputs:
        if output["output_type"] == "stream":
            parts.append(output["text"])
        elif output["output_type"] == "error":
            parts.append(f"{output['ename']}: {output['evalue']}\n")
        else:
            parts.append(output["data"].get("text/plain", "") + "\n")
    return "".join(parts)
