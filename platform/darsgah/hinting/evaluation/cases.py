"""One wrong answer to be judged, and how some are chosen from many."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from darsgah.hinting.trials import SandboxTrials
from darsgah_tutor.misconceptions import Bank
from darsgah_tutor.types import Question

One = TypeVar("One")


class Answers(StrEnum):
    """The sets of wrong answers.

    ``SLIPS`` are mutants of labs' solutions, one small change each; ``MISTAKES`` are such solutions rewritten
    as somebody writes who holds something for true that is not so; ``PROBLEMS`` are slips in problems that no
    model of the tutor was trained on; ``NUS`` are programs that learners handed in.
    """

    SLIPS = "slips"
    MISTAKES = "mistakes"
    PROBLEMS = "problems"
    NUS = "nus"


@dataclass(frozen=True, slots=True)
class Case:
    """A wrong answer.

    Attributes:
        data: the set that it is of.
        task: what stays together when data are split: a lab, or a task of a course.
        question: without the solution that the answer was made from.
        opened: the sandbox for it; every case gets a process of its own, as a learner does.
        bank: of the lab's authors.
        peers: other learners' correct answers.
        truth: lines that are wrong; empty where that has to be found out by trying.
        believed: the misconception that it was made from.
    """

    data: Answers
    task: str
    name: str
    question: Question
    opened: Callable[[], SandboxTrials]
    source: str
    bank: Bank = field(default_factory=dict)
    peers: tuple[str, ...] = ()
    truth: tuple[int, ...] = ()
    believed: str = ""


def taking_turns(groups: Mapping[str, Callable[[], Sequence[One]]], *, seed: int, each: int) -> Iterator[One]:
    """Up to so many of each group, the groups taking turns, both in an order that the seed decides.

    A group is made when its first turn comes, so that who takes few pays for few.
    """
    chance = random.Random(seed)  # noqa: S311 - it draws samples, nothing secret
    order = sorted(groups)
    chance.shuffle(order)
    made: dict[str, list[One]] = {}
    for turn in range(each):
        for name in order:
            if turn == 0:
                made[name] = list(groups[name]())
                random.Random(f"{seed} {name}").shuffle(made[name])  # noqa: S311 - likewise
            if turn < len(made[name]):
                yield made[name][turn]
