"""Makes a course as a school keeps it: ``python -m tests.importing.nbgrader_school COURSE``.

Real nbgrader generates and grades what lies in COURSE; then its gradebook gets what people put there: names,
addresses, a due date, marks by hand, extra credit and comments. A process of its own, for nbgrader's sake.
"""

import sys
from datetime import datetime
from pathlib import Path

from nbgrader.api import Gradebook

from tests.grading.nbgrader_batch import run

DUE = datetime(2015, 2, 2)  # noqa: DTZ001 - nbgrader keeps UTC without saying so
HACKER = "hacker@example.org"
TASK_COMMENT = "The sum is right, the words are not."
ANSWER_COMMENT = "Mind the empty list."


def fill(course: Path) -> None:
    """Put into the gradebook what nbgrader's own pages and commands put there."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate=DUE)
        gradebook.update_or_create_student("hacker", first_name="Alyssa", last_name="Hacker", email=HACKER)
        gradebook.update_or_create_student("absent", first_name="Never", last_name="There")
        grades = gradebook.find_submission("ps1", "hacker").notebooks
        by_hand = [grade for book in grades for grade in book.grades if grade.needs_manual_grade]
        by_hand[0].manual_score = 0.5
        by_hand[0].extra_credit = 0.25
        by_hand[0].needs_manual_grade = False
        commented = {comment.name: comment for book in grades for comment in book.comments}
        commented[by_hand[0].name].manual_comment = TASK_COMMENT
        commented["squares"].manual_comment = ANSWER_COMMENT
        gradebook.db.commit()


if __name__ == "__main__":
    folder = Path(sys.argv[1]).resolve()
    run(folder, 30)
    fill(folder)
