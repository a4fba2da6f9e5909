"""What others take for the same submissions, nbgrader and Otter, and what our own command takes."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.labs import BenchLab
from bench.otter_assignment import write_otter_assignment

ROOT = Path(__file__).parents[1]
OTTER = ROOT / ".otter" / "bin" / "otter"
"""Where ``make otter`` puts Otter-Grader, in an environment of its own."""


class Course:
    """An nbgrader course in ``folder`` with one lab, released, and every submission handed in.

    Attributes:
        files: the lab's source folder, with its data files.
    """

    def __init__(self, lab: BenchLab, folder: Path) -> None:
        self._folder = folder
        self.files = folder / "source" / "lab"
        for name, content in {"lab.ipynb": lab.master.content, **lab.assignment.files}.items():
            _write(self.files / name, content)
        for number, content in enumerate(lab.submissions):
            _write(folder / "submitted" / f"learner{number:04}" / "lab" / "lab.ipynb", content)
        self._step("generate")

    def batch(self) -> float:
        """Seconds of ``nbgrader autograde`` over the whole class, nbgrader's own start left out."""
        return self._step("autograde")

    def _step(self, step: str) -> float:
        program = [sys.executable, "-m", "bench.autograde", str(self._folder), "lab", step]
        return float(_ran(program, ROOT).splitlines()[-1])

    def call(self, number: int) -> float:
        """Seconds of the command ``nbgrader autograde`` for one learner."""
        learner = f"--student=learner{number:04}"
        return _seconds(
            [sys.executable, "-m", "nbgrader", "autograde", "lab", learner, "--force"], self._folder
        )


def our_call(lab: BenchLab, folder: Path, number: int) -> float:
    """Seconds of the command ``darsgah grade`` for one submission; only for labs that lie in a folder."""
    submission = folder / f"{number}.ipynb"
    submission.write_bytes(lab.submissions[number])
    return _seconds(
        [sys.executable, "-m", "darsgah", "grade", str(lab.folder), str(submission), "--json"], ROOT
    )


def otter_calls(lab: BenchLab, folder: Path, numbers: Sequence[int]) -> float | None:
    """Median seconds of the command ``otter run``; None where Otter is not installed.

    Otter has no warm batch outside a container engine, so this is what each submission costs its users.
    """
    if not OTTER.exists():
        return None
    archive = write_otter_assignment(lab.assignment, OTTER, folder / "assignment")
    results, work = folder / "results", folder / "work"
    results.mkdir()
    for name, content in lab.assignment.files.items():
        _write(work / name, content)

    def once(number: int) -> float:
        _write(work / "lab.ipynb", lab.submissions[number])
        command = [str(OTTER), "run", "-a", str(archive), "-o", str(results), "--no-logo", "lab.ipynb"]
        return _seconds(command, work, first=OTTER.parent)

    return median_of(once, numbers)


def median_of(once: Callable[[int], float], numbers: Sequence[int]) -> float:
    """The median of what ``once`` gives for each submission's number."""
    return statistics.median(once(number) for number in numbers)


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def _seconds(command: list[str], folder: Path, first: Path = Path(sys.executable).parent) -> float:
    began = time.perf_counter()
    _ran(command, folder, first)
    return time.perf_counter() - began


def _ran(command: list[str], folder: Path, first: Path = Path(sys.executable).parent) -> str:
    """What a command prints, with the programs of the folder ``first`` before all others."""
    environment = os.environ | {"PATH": os.pathsep.join([str(first), os.environ.get("PATH", "")])}
    ran = subprocess.run(  # noqa: S603 - fixed programs with the project's own arguments
        command, cwd=folder, capture_output=True, text=True, check=False, env=environment
    )
    if ran.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {ran.stderr[-2000:]}")
    return ran.stdout
