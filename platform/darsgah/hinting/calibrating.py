"""Measures the tutor on one lab: what it makes of wrong answers made from the lab's own solutions.

Slips and mistakes take turns (``evaluation.lab_cases``); each is judged as the evaluation judges it. The
solution that an answer was made from is taken from the tutor, so that a question needs a second one.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from time import perf_counter

import darsgah_tutor
from darsgah import __version__
from darsgah.hinting.evaluation.cases import Answers, Case
from darsgah.hinting.evaluation.lab_cases import AskedQuestion, lab_cases, start_environments
from darsgah.hinting.evaluation.seeing import seen
from darsgah.tutoring.gate_figures import Measured, MeasuredAnswer
from darsgah_grader.grading import Grader
from darsgah_tutor.engine import THRESHOLD, Tutor
from darsgah_tutor.evaluate import Outcome

MOST = 60
"""Wrong answers that one measurement rests on at most."""
SECONDS = 600.0
"""What trying them may take, waiting for others left aside."""

Progress = Callable[[int, int], None]
"""Is told how many answers were judged, of how many at most."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a measurement goes; ``seed`` decides which answers are drawn."""

    most: int = MOST
    seconds: float = SECONDS
    seed: int = 0


def _at_once() -> None:
    """For a measurement that nothing is waiting for."""


def _unheard(_done: int, _most: int) -> None:
    """For one that nobody watches."""


def measure(
    tutor: Tutor,
    grader: Grader,
    questions: Sequence[AskedQuestion],
    extent: Extent,
    *,
    give_way: Callable[[], None] = _at_once,
    progress: Progress = _unheard,
) -> Measured:
    """What the tutor makes of a lab's wrong answers.

    Args:
        give_way: called before each answer; returns when nothing more urgent is to be done.

    Raises:
        EnvironmentBroken, SandboxUnavailable: this machine cannot run the answers.
    """
    start_environments(questions, grader)
    found: list[MeasuredAnswer] = []
    spent = 0.0
    for tried, case in enumerate(_cases(questions, grader, extent)):
        if len(found) >= extent.most or tried >= 2 * extent.most or spent > extent.seconds:
            break
        give_way()
        began = perf_counter()
        outcome = seen(tutor, case)
        spent += perf_counter() - began
        if outcome is not None:
            found.append(MeasuredAnswer(outcome.confidence, outcome.told, points_right(outcome, case)))
            progress(len(found), extent.most)
    return Measured(tutor_name(tutor), THRESHOLD, len(questions), tuple(found))


def tutor_name(tutor: Tutor) -> str:
    """Which tutor it is: Darsgah's version, what diagnoses, and a digest of its code, words and weights."""
    package = Path(darsgah_tutor.__file__).parent
    files = chain(package.rglob("*"), (package.parent / "weights").rglob("*"))
    digest = hashlib.sha256()
    for file in sorted(file for file in files if file.is_file() and file.suffix != ".pyc"):
        digest.update(file.read_bytes())
    return f"{__version__} {type(tutor.model).__name__} {digest.hexdigest()[:12]}"


def points_right(outcome: Outcome, case: Case) -> bool:
    """As in the evaluation; but a misconception of the lab's own is judged by its line.

    Mistakes are made from general misconceptions, which a lab's authors may call and tell otherwise.
    """
    return outcome.line in outcome.truth if outcome.misconception in case.bank else outcome.right


def _cases(questions: Sequence[AskedQuestion], grader: Grader, extent: Extent) -> Iterator[Case]:
    sets = [
        lab_cases(questions, grader, answers, seed=extent.seed, each=extent.most)
        for answers in (Answers.SLIPS, Answers.MISTAKES)
    ]
    return (case for case in chain.from_iterable(zip_longest(*sets)) if case is not None)
