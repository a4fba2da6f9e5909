"""Runs a step of nbgrader over a class: ``python -m bench.autograde COURSE ASSIGNMENT generate|autograde``.

Prints the seconds of the batch without nbgrader's own start, which a batch pays once.
"""

import sys
import time
from pathlib import Path

from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory

from bench.nbgrader_class import enter_class


def main(course: Path, assignment: str, step: str) -> None:
    """Run the step for every student."""
    config = enter_class(course)
    config.CourseDirectory.assignment_id = assignment
    converter = {"generate": GenerateAssignment, "autograde": Autograde}[step]
    started = time.perf_counter()
    converter(coursedir=CourseDirectory(config=config), config=config, force=True).start()
    sys.stdout.write(f"{time.perf_counter() - started}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3])
