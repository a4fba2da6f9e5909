"""Runs steps of stock nbgrader when asked: ``python -m bench.nbgrader_steps COURSE SECONDS``.

Reads lines of ``STEP ASSIGNMENT STUDENT`` and answers each with one line, ``done`` or ``failed``. Steps are
those of the commands ``nbgrader generate_assignment``, ``autograde`` and ``generate_feedback``, all with
``--force``; a STUDENT of ``*`` is the whole class, as where the command names none. SECONDS is
``Execute.timeout``, for a cell. nbgrader takes four seconds to start, so one process serves many cases.
"""

import os
import sys
from pathlib import Path

from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from bench.nbgrader_class import enter_class

STEPS = {"generate": GenerateAssignment, "autograde": Autograde, "feedback": GenerateFeedback}


def main(course: Path, cell_seconds: int) -> None:
    """Answer until there are no more lines; what nbgrader itself prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    config = enter_class(course, cell_seconds)
    for line in sys.stdin:
        step, assignment, student = line.split()
        directory = CourseDirectory(config=config)
        directory.assignment_id, directory.student_id = assignment, student
        try:
            STEPS[step](coursedir=directory, config=config, force=True).start()
            said = "done"
        except (Exception, SystemExit):  # noqa: BLE001 - nbgrader ends a step in many ways; all are a failure
            said = "failed"
        answers.write(f"{said}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), int(sys.argv[2]))
