"""Slips in answers to problems of which no model of the tutor was trained: tasks that it has not seen."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from darsgah.hinting.evaluation.cases import Answers, Case, taking_turns
from darsgah.hinting.training_tasks import problem_tasks
from darsgah.hinting.trials import open_trials
from darsgah_grader.grading import Grader
from darsgah_labs.mutation.mutants import mutants
from darsgah_tutor.examples import Part, part_of
from darsgah_tutor.line_differences import statement_line
from darsgah_tutor.types import Question

FILE = "problems.json.gz"
EACH = 3
"""Answers that are made for one problem, where no other number is asked for."""


def problem_cases(folder: Path, grader: Grader, *, seed: int, each: int = EACH) -> Iterator[Case]:
    """Slips in the solutions of problems that are held out of training, the problems taking turns.

    Problems that thresholds are calibrated on are left out as well.

    Raises:
        TasksUnreadableError: the file is not there, or not what it should be.
    """
    tasks = problem_tasks(folder / FILE, grader)
    groups = {
        task.group: partial(_cases, task.question, grader)
        for task in tasks
        if part_of(task.group) is Part.HELD_OUT
    }
    return taking_turns(groups, seed=seed, each=each)


def _cases(question: Question, grader: Grader) -> list[Case]:
    """The solution that a slip was made from stays known, as most problems have no other."""
    opened = partial(open_trials, grader, question)
    return [
        Case(
            Answers.PROBLEMS,
            question.id,
            f"{question.id}/{mutant.id}",
            question,
            opened,
            mutant.source,
            truth=(statement_line(mutant.source, mutant.line),),
        )
        for mutant in mutants(question.references[0])
    ]
