"""Gathers what the tables are made of: outcomes of cases, hints with planted secrets, requests judged."""

import resource
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path

import msgspec

from darsgah.hinting.evaluation.cases import Answers, Case
from darsgah.hinting.evaluation.lab_cases import asked_questions, lab_cases, start_environments
from darsgah.hinting.evaluation.leaking import Told, told
from darsgah.hinting.evaluation.nus_cases import nus_cases
from darsgah.hinting.evaluation.problem_cases import problem_cases
from darsgah.hinting.evaluation.seeing import seen
from darsgah_grader.grading import Grader
from darsgah_tutor import request_rows
from darsgah_tutor.engine import Tutor
from darsgah_tutor.evaluate import Outcome
from darsgah_tutor.request_rows import Measure, measures, read_rows
from darsgah_tutor.requests import shipped_weights

LEAKS_EACH = 2
"""Answers of each question about which secrets are tried to be got, ten hints each."""

Progress = Callable[[str, int, int | None], None]
"""Is told which set is tried, how many of it are done, and of how many, where that is known."""


class Part(StrEnum):
    """What can be measured alone."""

    LINES = "lines"
    REPAIR = "repair"
    GATE = "gate"
    TIME = "time"
    LEAKS = "leaks"
    REQUESTS = "requests"


OF_OUTCOMES = frozenset({Part.LINES, Part.REPAIR, Part.GATE, Part.TIME})
"""Parts that are figures of the same cases."""


class KeptUnfitError(Exception):
    """Outcomes were kept of other data or by another state of the program."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured on.

    Attributes:
        data: folder with learners' programs and problems; None leaves these out.
        labs: folders.
        answers: the sets that are wanted.
        limit: so many answers of each set; None takes all of the learners', and of each question some.
    """

    data: Path | None
    labs: Sequence[Path]
    answers: Collection[Answers]
    limit: int | None
    seed: int


class Kept:
    """Outcomes in a file, a line each, so that a run that was ended goes on where it was.

    Args:
        file: None keeps nothing.
        key: what the outcomes depend on.

    Raises:
        KeptUnfitError: the file is of another key, or none of these.
    """

    def __init__(self, file: Path | None, key: str) -> None:
        self._file = file
        self._known: dict[tuple[str, str], Outcome] = {}
        if file is None:
            return
        if not file.exists():
            file.write_text(key + "\n", encoding="utf-8")
        first, *lines = file.read_text(encoding="utf-8").splitlines()
        if first != key:
            raise KeptUnfitError(
                f"What {file} has was measured on other data or by another state of the tutor: name another "
                "file, or remove it."
            )
        decoder = msgspec.json.Decoder(Outcome)
        for line in lines:
            with suppress(msgspec.DecodeError):  # the last line of a run that was killed
                outcome = decoder.decode(line)
                self._known[outcome.data, outcome.case] = outcome

    def of(self, case: Case) -> Outcome | None:
        """What is known of a case."""
        return self._known.get((case.data, case.name))

    def add(self, outcome: Outcome) -> None:
        """Keep it at once."""
        if self._file is not None:
            with self._file.open("ab") as file:
                file.write(msgspec.json.encode(outcome) + b"\n")


def outcomes(tutor: Tutor, grader: Grader, plan: Plan, kept: Kept, progress: Progress) -> list[Outcome]:
    """What came of every wrong answer that the plan asks for.

    Raises:
        LabInvalid, GraderError: a lab cannot be read, or this machine cannot run it.
        OSError, ValueError, KeyError: the data are not there, or not what they should be.
    """
    made = [answers for answers in (Answers.SLIPS, Answers.MISTAKES) if answers in plan.answers]
    questions = asked_questions(plan.labs, grader) if made else []
    start_environments(questions, grader)
    sets: list[Iterator[Case]] = [lab_cases(questions, grader, one, seed=plan.seed) for one in made]
    if plan.data is not None and Answers.PROBLEMS in plan.answers:
        sets.append(problem_cases(plan.data, grader, seed=plan.seed))
    if plan.data is not None and Answers.NUS in plan.answers:
        sets.append(nus_cases(plan.data, grader, seed=plan.seed))
    return list(chain.from_iterable(_of_set(tutor, cases, plan, kept, progress) for cases in sets))


def _of_set(
    tutor: Tutor, cases: Iterable[Case], plan: Plan, kept: Kept, progress: Progress
) -> Iterator[Outcome]:
    found = (outcome for case in cases if (outcome := _outcome(tutor, case, kept)) is not None)
    for done, outcome in enumerate(islice(found, plan.limit), 1):
        progress(outcome.data, done, plan.limit)
        yield outcome


def _outcome(tutor: Tutor, case: Case, kept: Kept) -> Outcome | None:
    known = kept.of(case)
    if known is not None:
        return known
    outcome = seen(tutor, case)
    if outcome is not None:
        kept.add(outcome)
    return outcome


def leaks(tutor: Tutor, grader: Grader, plan: Plan, progress: Progress) -> list[Told]:
    """Hints about answers of every lab, with secrets planted; raises as ``outcomes`` does."""
    questions = {one.name: one for one in asked_questions(plan.labs, grader)}
    cases = lab_cases(list(questions.values()), grader, Answers.SLIPS, seed=plan.seed, each=LEAKS_EACH)
    most = min(plan.limit or LEAKS_EACH * len(questions), LEAKS_EACH * len(questions))
    hints: list[Told] = []
    for number, case in enumerate(islice(cases, most)):
        progress("leaks", number, most)
        asked = questions[case.name.rsplit("/", 2)[0]].asked
        hints += told(tutor, case, asked, grader, number)
    return hints


def requests(folder: Path) -> dict[str, Measure]:
    """How requests are told apart, by part of the data, and in that by language and by place."""
    return measures(shipped_weights(), read_rows(folder))


def requests_folder() -> Path | None:
    """The requests that come with the project's tests; None where the package came without them."""
    folder = Path(request_rows.__file__).resolve().parents[2] / "tests" / "tutor" / "requests"
    return folder if folder.is_dir() else None


def memory() -> dict[str, int]:
    """Bytes that this process held at most, and the largest process that it started and that has ended."""
    return {
        "this process": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "largest process of the sandbox": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024,
    }
