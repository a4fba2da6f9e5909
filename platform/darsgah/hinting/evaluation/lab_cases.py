"""Wrong answers made from labs' solutions: slips, and what comes of misconceptions.

Each is made from one of a question's solutions, and that one is taken from what the tutor knows: it has the
other solutions, as it has for a learner's answer that is built its own way.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from darsgah.hinting.evaluation.cases import Answers, Case, taking_turns
from darsgah.hinting.lab_hints import lab_bank
from darsgah.hinting.lab_questions import LabQuestion, lab_questions, reference_submission
from darsgah.lab_assignments import assignment_of
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assignment
from darsgah_labs.format import Lab
from darsgah_labs.lab_folder import load
from darsgah_labs.mutation.mutants import mutants
from darsgah_tutor.line_differences import statement_line, written_difference
from darsgah_tutor.misconceptions import Bank
from darsgah_tutor.mistakes import mistakes

_STARTING = 60.0
"""Seconds that starting an environment may take."""
EACH = 6
"""Answers of a kind that are made for one question, where no other number is asked for."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of a lab with what its authors wrote for learners."""

    lab: str
    asked: LabQuestion
    bank: Bank

    @property
    def name(self) -> str:
        """Unique among all labs."""
        return f"{self.lab}/{self.asked.question.id}"


def asked_questions(folders: Sequence[Path], grader: Grader) -> list[AskedQuestion]:
    """Every question of some labs that tests decide about and that has two solutions or more.

    Raises:
        LabInvalid, AssignmentInvalid, EnvironmentBroken: a lab cannot be read, or not be graded here.
    """
    found = []
    for folder in folders:
        lab = load(folder)
        found += questions_of(folder.name, lab, assignment_of(lab, grader.environments))
    return found


def questions_of(name: str, lab: Lab, assignment: Assignment) -> list[AskedQuestion]:
    """The same of one lab that has been read.

    Raises:
        AssignmentInvalid: it cannot be graded.
    """
    bank = lab_bank(lab)
    questions = lab_questions(assignment, lab.alternatives, reference_submission(assignment))
    return [AskedQuestion(name, one, bank) for one in questions if len(one.question.references) > 1]


def start_environments(questions: Sequence[AskedQuestion], grader: Grader) -> None:
    """Start what the answers run in, so that the first of them does not wait for it.

    Raises:
        EnvironmentBroken, SandboxUnavailable: this machine cannot run them.
    """
    for question in {one.asked.question.environment: one.asked for one in questions}.values():
        with question.trials(grader) as trials:
            trials.passed([question.answer], seconds=_STARTING)


def lab_cases(
    questions: Sequence[AskedQuestion], grader: Grader, data: Answers, *, seed: int, each: int = EACH
) -> Iterator[Case]:
    """Slips or mistakes, the questions taking turns; some of them may turn out to be correct."""
    groups = {one.name: partial(_made, one, grader, data) for one in questions}
    return taking_turns(groups, seed=seed, each=each)


def _made(asked: AskedQuestion, grader: Grader, data: Answers) -> list[Case]:
    make = {Answers.SLIPS: _slips, Answers.MISTAKES: _mistakes}[data]
    references = asked.asked.question.references
    found: dict[str, Case] = {}
    for number, solution in enumerate(references):
        others = references[:number] + references[number + 1 :]
        question = replace(asked.asked.question, references=others)
        opened = partial(LabQuestion.trials, replace(asked.asked, question=question), grader)
        for source, truth, believed in make(solution):
            name = f"{asked.name}/{number}/{len(found)}"
            case = Case(
                data, asked.lab, name, question, opened, source, asked.bank, truth=truth, believed=believed
            )
            found.setdefault(source, case)
    return list(found.values())


_Made = Iterator[tuple[str, tuple[int, ...], str]]


def _slips(solution: str) -> _Made:
    for mutant in mutants(solution):
        yield mutant.source, (statement_line(mutant.source, mutant.line),), ""


def _mistakes(solution: str) -> _Made:
    """The lines are those in which the rewritten solution differs from the solution itself."""
    written = ast.unparse(ast.parse(solution))
    for mistake in mistakes(solution):
        lines = written_difference(mistake.source, written).lines
        truth = tuple(sorted({statement_line(mistake.source, line) for line in lines}))
        yield mistake.source, truth, mistake.misconception
