"""Whether an authored example could be told to learners: what the tutor's gate asks of it, without a learner.

In the place of a learner's answer stands the one that is given out. What the gate refuses for that, it
refuses for nearly every answer, and a plainer example is told each time.
"""

from collections.abc import Callable

from darsgah.hinting.lab_questions import LabQuestion, lab_questions, reference_submission
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assignment
from darsgah_labs.format import Lab
from darsgah_tutor.leaks import secrets_of, solves, told_runs
from darsgah_tutor.spectrum import ranking

SECONDS = 5.0
"""What trying one example in one answer may take."""


def example_judge(lab: Lab, assignment: Assignment, grader: Grader) -> Callable[[str, str], str]:
    """What says of an example about an answer why the gate would refuse it; empty where it would not.

    Args:
        assignment: the same lab as it is graded, its AUTOTEST lines written out.
    """
    questions: dict[str, LabQuestion] = {}

    def refusal(answer: str, example: str) -> str:
        if not questions:
            asked = lab_questions(assignment, lab.alternatives, reference_submission(assignment))
            questions.update({held.question.id: held for held in asked})
        return _refusal(questions[answer], grader, example) if answer in questions else ""

    return refusal


def _refusal(held: LabQuestion, grader: Grader, example: str) -> str:
    question = held.question
    with held.trials(grader) as trials:
        evidence = trials.observe(question.starter)
        secrets = secrets_of(question, evidence, None)
        if runs := told_runs(example, secrets):
            return f"a correct answer has this, whatever its names are: {runs[0]}"
        if solves(example, evidence, ranking(evidence), trials, seconds=SECONDS):
            return "put into the answer it makes a test pass"
    return ""
