"""A hint about a learner's notebook, made on the spot: what `darsgah hint` prints and a worker stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from darsgah.hinting.lab_questions import LabQuestion
from darsgah_grader.grading import Grader
from darsgah_labs.format import Lab
from darsgah_tutor.engine import Tutor, Wish, study, tell
from darsgah_tutor.misconceptions import Bank, BankError, parse_bank
from darsgah_tutor.types import Hint, Level

_HINTS = "hints.toml"
Words = Mapping[str, Mapping[Level, Mapping[str, str]]]
"""By misconception, level and language, with places to fill."""


@dataclass(frozen=True, slots=True)
class GivenHint:
    """A hint and the question that it is about."""

    question: LabQuestion
    hint: Hint


def lab_bank(lab: Lab) -> Bank:
    """The misconceptions that a lab's authors describe; none where it has no bank of its own."""
    content = lab.authored.get(_HINTS)
    try:
        return parse_bank(content.decode(), _HINTS) if content is not None else {}
    except (BankError, UnicodeDecodeError):
        return {}  # a lab's hints are checked when it is read; what the tutor cannot use it does without


def with_words(bank: Bank, words: Words) -> Bank:
    """A bank with other words for some of its misconceptions; those that it does not have are left aside."""
    return {
        name: replace(entry, hints=words[name]) if name in words else entry for name, entry in bank.items()
    }


def give_hint(
    tutor: Tutor,
    grader: Grader,
    lab: Lab,
    questions: Sequence[LabQuestion],
    level: Level,
    *,
    language: str = "en",
) -> GivenHint:
    """A hint about the first of some questions that is not answered right, or about the first if all are.

    It has both languages; a rephraser, where the tutor has one, says it in ``language``.

    Raises:
        AssignmentInvalid, EnvironmentBroken, SandboxUnavailable: this machine cannot run the answers.
    """
    bank = lab_bank(lab)
    first: GivenHint | None = None
    for question in questions:
        with question.trials(grader) as trials:
            found = study(tutor, question.question, trials, question.answer, lab=bank)
            if found.evidence.correct and first is not None:
                continue
            given = GivenHint(question, tell(tutor, found, level, Wish(language=language)))
        if not found.evidence.correct:
            return given
        first = given
    if first is None:
        raise ValueError("a hint needs a question")
    return first
