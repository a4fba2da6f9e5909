"""What the other graders make of a notebook that attacks them: stock nbgrader and Otter, each as documented.

They run learners' code without a sandbox, so only cases marked as harmless may come here. Every step has a
time limit, and after it what still works below our folder is ended, kernels included.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.otter_assignment import write_otter_assignment
from bench.rivals import OTTER, ROOT
from darsgah_grader.nbgrader_course import read_course
from darsgah_grader.types import Assignment

CELL_SECONDS = 10
"""nbgrader's ``Execute.timeout`` here; it has no limit for a whole submission."""
SUBMISSION_SECONDS = 60
"""What a whole submission gets from outside, as ``otter grade --timeout`` gives it to a container."""
NOTEBOOK = "nb"


@dataclass(frozen=True, slots=True)
class Graded:
    """What a grader made of a notebook.

    Attributes:
        scores: by grade_id, None for what waits for a person; None altogether where nothing was graded.
        shown: all that the learner is given of it.
        class_lost: a class that holds this notebook and an honest one after it gets no score for either.
        told: grade_ids for which a person is told that something is wrong.
    """

    scores: Mapping[str, float | None] | None
    shown: str = ""
    class_lost: bool = False
    told: frozenset[str] = frozenset()


class Nbgrader:
    """Stock nbgrader over a course in ``folder``, one assignment for each case; use it in a ``with``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        folder.mkdir(parents=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def graded(
        self,
        name: str,
        lab: Assignment,
        content: bytes,
        *,
        honest: bytes,
        before: bool,
        beside: Mapping[str, str],
    ) -> Graded:
        """Grade one notebook; with ``before`` the same learner's honest one was graded first."""
        source = self._folder / "source" / name
        _write(source / f"{NOTEBOOK}.ipynb", lab.masters[0].content)
        for path, data in lab.files.items():
            _write(source / path, data)
        if not self._step("generate", name, "."):
            raise RuntimeError(f"nbgrader does not release {name}")
        if before:
            self._hand_in(name, "learner", honest, {})
            self._step("autograde", name, "learner")
        self._hand_in(name, "learner", content, beside)
        done = self._step("autograde", name, "learner")
        shown = ""
        if done and self._step("feedback", name, "learner"):
            shown = (self._folder / "feedback" / "learner" / name / f"{NOTEBOOK}.html").read_text(
                encoding="utf-8"
            )
        if done:
            return Graded(self._marks(name, "learner"), shown)
        self._hand_in(name, "next-learner", honest, {})
        self._step("autograde", name, "*")
        return Graded(None, class_lost=not self._marks(name, "next-learner"))

    def _hand_in(self, name: str, student: str, content: bytes, beside: Mapping[str, str]) -> None:
        place = self._folder / "submitted" / student / name
        shutil.rmtree(place, ignore_errors=True)
        _write(place / f"{NOTEBOOK}.ipynb", content)
        for path, text in beside.items():
            _write(place / path, text.encode())

    def _marks(self, name: str, student: str) -> dict[str, float | None]:
        marks = read_course(self._folder).gradebook.marks.get((student, name), ())
        if not (self._folder / "autograded" / student / name).exists():
            return {}
        return {mark.grade_id: mark.auto for mark in marks}

    def _step(self, step: str, name: str, student: str) -> bool:
        if self._process is None:
            program = [sys.executable, "-m", "bench.nbgrader_steps", str(self._folder), str(CELL_SECONDS)]
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                program,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,
            )
        questions, answers = self._process.stdin, self._process.stdout
        if questions is None or answers is None:
            raise RuntimeError("nbgrader's process has no pipes")
        questions.write(f"{step} {name} {student}\n")
        questions.flush()
        said = ""
        if select.select([answers], [], [], 2 * SUBMISSION_SECONDS)[0]:
            said = answers.readline().strip()
        if not said:
            self._end()
            return False
        end_processes_below(self._folder, spare=self._process.pid)
        return said == "done"

    def _end(self) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        process.kill()
        process.communicate()
        end_processes_below(self._folder)


def otter_graded(folder: Path, lab: Assignment, content: bytes, beside: Mapping[str, str]) -> Graded:
    """Grade one notebook with ``otter run``; its learner sees the entries that are visible."""
    archive = write_otter_assignment(lab, OTTER, folder / "assignment")
    work, results = folder / "work", folder / "results"
    results.mkdir()
    _write(work / f"{NOTEBOOK}.ipynb", content)
    submission = f"{NOTEBOOK}.ipynb"
    if beside:
        submission = "submission.zip"
        with zipfile.ZipFile(work / submission, "w") as packed:
            packed.write(work / f"{NOTEBOOK}.ipynb", f"{NOTEBOOK}.ipynb")
            for path, text in beside.items():
                packed.writestr(path, text)
    command = [str(OTTER), "run", "-a", str(archive), "-o", str(results), "--no-logo", submission]
    environment = os.environ | {
        "PATH": os.pathsep.join([str(OTTER.parent), os.environ.get("PATH", "")]),
        "TMPDIR": str(folder),
    }
    with subprocess.Popen(  # noqa: S603 - the command of make otter
        command,
        cwd=work,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SUBMISSION_SECONDS)
        process.kill()
        end_processes_below(folder)
    written = results / "results.json"
    if not written.exists():
        return Graded(None)
    entries = json.loads(written.read_text(encoding="utf-8"))["tests"]
    scores = {entry["name"]: entry["score"] for entry in entries if "score" in entry}
    shown = "\n".join(entry["output"] for entry in entries if entry["visibility"] == "visible")
    return Graded(scores or None, shown)


def end_processes_below(folder: Path, spare: int | None = None) -> None:
    """End every process whose working folder lies in ``folder``, but the one to ``spare``."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) in {spare, os.getpid()}:
            continue
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink().is_relative_to(folder):
                os.kill(int(entry.name), signal.SIGKILL)


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
