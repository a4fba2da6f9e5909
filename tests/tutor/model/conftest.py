"""Examples of one small task, made in the sandbox once, and a tiny model that has learnt from them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from darsgah.hinting.plain_questions import plain_question
from darsgah.hinting.training_tasks import TrainingTask, make_examples
from darsgah.hinting.trials import open_trials
from darsgah_grader.grading import Grader
from darsgah_tutor.examples import Example, Part, part_of
from darsgah_tutor.train import Plan, train

TINY = Plan(epochs=3, words=1024, width=32, heads=2, word_layers=1, line_layers=1, rate=2e-3)
LARGEST = """
def largest(values):
    best = None
    for value in values:
        if best is None or value > best:
            best = value
    return best
"""
COUNT = """
def count(text, sign):
    found = 0
    for one in text:
        if one == sign:
            found += 1
    return found
"""


@pytest.fixture(scope="session")
def tasks(grader: Grader) -> list[TrainingTask]:
    """Two tasks; an answer to one is no answer to the other."""
    questions = [
        plain_question(
            "largest",
            "The largest of some numbers, None of none.",
            [LARGEST],
            calls=[("largest([3, 9, 4])", "9"), ("largest([-2, -5])", "-2"), ("largest([])", "None")],
        ),
        plain_question(
            "count",
            "How often a sign is in a text.",
            [COUNT],
            calls=[("count('banana', 'a')", "3"), ("count('', 'a')", "0")],
        ),
    ]
    return [TrainingTask(one.id, one, open_trials(grader, one)) for one in questions]


@pytest.fixture(scope="session")
def examples(tasks: Sequence[TrainingTask]) -> list[Example]:
    """What is made of them."""
    return [example for some in make_examples(tasks, most=14, seed=3) for example in some]


@pytest.fixture(scope="session")
def many(examples: Sequence[Example]) -> list[Example]:
    """The same as if they were of many tasks, so that each part has some."""
    groups = {part: next(str(at) for at in range(99) if part_of(str(at)) is part) for part in Part}
    return [replace(example, group=group) for group in groups.values() for example in examples]


@pytest.fixture(scope="session")
def folder(many: Sequence[Example], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that has learnt from them."""
    made = tmp_path_factory.mktemp("model") / "tiny"
    train(many, made, TINY, torch.device("cpu"))
    return made
