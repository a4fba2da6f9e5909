"""Runs the real nbgrader over a course: ``python -m tests.grading.nbgrader_batch COURSE [SECONDS_A_CELL]``.

In a process of its own: nbgrader's import is slow and not free of warnings. The sources go through what
``nbgrader update`` does, each assignment is generated and every submission to it graded, as ``nbgrader
generate_assignment`` and ``nbgrader autograde`` do, in one batch. A submission that nbgrader gives up on is
named in ``failed.json``; scores are in ``gradebook.db``, seconds of each autograding in ``seconds.json``.
"""

import json
import sys
import time
from pathlib import Path

import nbformat
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import MetadataValidator
from traitlets.config import Config

from bench.nbgrader_class import enter_class


def run(course: Path, cell_seconds: int) -> None:
    """Generate and grade everything; what fails is written down and the batch goes on."""
    config = enter_class(course, cell_seconds)
    failed: dict[str, str] = {}
    seconds: dict[str, float] = {}
    for source in sorted((course / "source").iterdir()):
        _update(source)
        if not _converted(GenerateAssignment, config, source.name, "."):
            failed[f"source/{source.name}"] = "not generated"
            continue
        for place in sorted((course / "submitted").glob(f"*/{source.name}")):
            student = place.parent.name
            started = time.perf_counter()
            if not _converted(Autograde, config, source.name, student):
                failed[f"{student}/{source.name}"] = "not graded"
            seconds[f"{student}/{source.name}"] = time.perf_counter() - started
    (course / "failed.json").write_text(json.dumps(failed))
    (course / "seconds.json").write_text(json.dumps(seconds))


def _update(source: Path) -> None:
    """What ``nbgrader update`` does: the metadata of every notebook in the newest schema."""
    for path in source.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call] # untyped package
        nbformat.write(MetadataValidator().upgrade_notebook_metadata(notebook), path)  # type: ignore[no-untyped-call] # same


def _converted(
    converter: type[GenerateAssignment] | type[Autograde], config: Config, name: str, student: str
) -> bool:
    directory = CourseDirectory(config=config)
    directory.assignment_id, directory.student_id = name, student
    try:
        converter(coursedir=directory, config=config).start()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - nbgrader ends a batch in many ways; all are a failure
        print(f"{student}/{name}: {error!r}", file=sys.stderr)  # noqa: T201 - this is a program
        return False
    return True


if __name__ == "__main__":
    run(Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 30)
