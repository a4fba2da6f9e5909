"""The tasks that the tutor's model learns from: labs' questions, a file of problems; tried in the sandbox."""

import gzip
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec

from darsgah.hinting.lab_questions import lab_questions, reference_submission
from darsgah.hinting.plain_questions import plain_question
from darsgah.hinting.trials import SandboxTrials, open_trials
from darsgah.lab_assignments import assignment_of
from darsgah_grader.environments import Environments
from darsgah_grader.grading import Grader
from darsgah_grader.types import GraderError
from darsgah_labs.errors import LabInvalid
from darsgah_labs.lab_folder import load
from darsgah_labs.mutation.mutants import mutants
from darsgah_tutor.examples import Example, examples_of
from darsgah_tutor.types import Question


class TasksUnreadableError(Exception):
    """A file of problems or a folder of labs cannot be read; says why."""


@dataclass(frozen=True, slots=True)
class TrainingTask:
    """One question, and how answers to it are tried.

    Attributes:
        group: the lab or the problem: what is held out as a whole.
    """

    group: str
    question: Question
    trials: SandboxTrials


class _Problem(msgspec.Struct):
    id: int
    description: str
    solutions: list[str]
    unit_tests: str


def problem_tasks(file: Path, grader: Grader) -> list[TrainingTask]:
    """The tasks of a file of problems: a JSON list with id, description, solutions and unit_tests.

    Raises:
        TasksUnreadableError: it is missing or of another shape.
    """
    try:
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        problems = msgspec.convert(json.loads(content), list[_Problem])
    except (OSError, EOFError, ValueError, msgspec.ValidationError) as error:
        raise TasksUnreadableError(f"The problems in {file} cannot be read: {error}") from error
    tasks = []
    for problem in problems:
        name = f"problem-{problem.id}"
        question = plain_question(name, problem.description, problem.solutions, asserts=problem.unit_tests)
        tasks.append(TrainingTask(name, question, open_trials(grader, question)))
    return tasks


def lab_tasks(folder: Path, grader: Grader) -> list[TrainingTask]:
    """The questions of every lab in a folder of labs.

    Raises:
        TasksUnreadableError: there are none, one of them is no lab, or its environment is not there.
    """
    tasks: list[TrainingTask] = []
    found = sorted(path.parent for path in folder.glob("*/lab.toml"))
    if not found:
        raise TasksUnreadableError(f"There are no labs in {folder}: name the folder that holds lab folders.")
    for lab_folder in found:
        try:
            lab = load(lab_folder)
            assignment = assignment_of(lab, Environments())
            questions = lab_questions(assignment, lab.alternatives, reference_submission(assignment))
            tasks += [
                TrainingTask(lab_folder.name, asked.question, asked.trials(grader))
                for asked in questions
                if asked.question.references
            ]
        except (LabInvalid, GraderError) as error:
            raise TasksUnreadableError(f"The lab in {lab_folder} cannot be learnt from: {error}") from error
    return tasks


def make_examples(tasks: Sequence[TrainingTask], *, most: int, seed: int) -> Iterator[list[Example]]:
    """The examples of each task in turn, at most so many of each; as many tasks at once as there are cores.

    Raises:
        EnvironmentBroken, SandboxUnavailable: this machine cannot run the answers.
    """

    def of_task(task: TrainingTask) -> list[Example]:
        others = [other.question.references[0] for other in tasks if other.group != task.group]
        with task.trials as trials:
            return list(examples_of(task.group, task.question, trials, _mutate, others, most=most, seed=seed))

    with ThreadPoolExecutor(os.cpu_count()) as at_once:
        yield from at_once.map(of_task, tasks)


def _mutate(source: str) -> list[tuple[str, str]]:
    try:
        return [(mutant.id, mutant.source) for mutant in mutants(source, most=None)]
    except SyntaxError:
        return []
