"""What the tutor says of answers as learners get them wrong: a sample, in the real sandbox."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from darsgah.hinting.lab_questions import LabQuestion
from darsgah_grader.grading import Grader
from darsgah_tutor.detectors import detect
from darsgah_tutor.engine import Study, Tutor, study, tell
from darsgah_tutor.misconceptions import Bank
from darsgah_tutor.repair import repair
from darsgah_tutor.types import Hint, Level
from tests.tutor.shipped_questions import shipped_labs
from tests.tutor.wrong_answers import WrongAnswer, wrong_answers

TUTOR = Tutor(detectors=(detect,), repairer=repair)
"""Without the trained model: what is tried here has to be right without one."""
PATIENT = replace(TUTOR, repair_seconds=8.0, seconds=9.0)
"""Finds what it can find on a busy machine too."""
PYTHON_ALONE = [one for one in wrong_answers() if one.lab == "python-functions-and-data"]


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    grader = Grader()
    yield grader
    grader.close()


def question_of(answer: WrongAnswer) -> tuple[LabQuestion, Bank]:
    (lab,) = (lab for lab in shipped_labs() if lab.slug == answer.lab)
    (question,) = (held for held in lab.questions if held.question.id == answer.question)
    return question, lab.bank


def studied(grader: Grader, answer: WrongAnswer, tutor: Tutor = TUTOR) -> tuple[Study, Hint]:
    held, bank = question_of(answer)
    with held.trials(grader) as trials:
        found = study(tutor, held.question, trials, answer.source, lab=bank)
        return found, tell(tutor, found, Level.WHERE)


def test_a_fare_that_is_printed_and_cut_off(grader: Grader) -> None:
    found, hint = studied(grader, PYTHON_ALONE[0], PATIENT)
    assert (hint.lines[0], hint.misconception) == (6, "prints-instead-of-returning")
    assert not hint.withheld
    assert found.repair is not None
    assert (found.repair.lines, found.repair.edits) == ((5, 6), 2)


def test_a_state_that_is_turned_where_it_stands_has_its_mean_in_time(grader: Grader) -> None:
    """Its mean is right: what is wrong is whose list the signs are turned in."""
    (answer,) = (
        one for one in wrong_answers() if one.lab.startswith("quantum") and "place] = -state" in one.source
    )
    _found, hint = studied(grader, answer, PATIENT)
    assert answer.is_told_right(hint)
    assert hint.misconception == "argument-is-changed"


def test_most_hints_are_right_and_most_are_given(grader: Grader) -> None:
    sample = [answer for answer in PYTHON_ALONE if not answer.seen][::3]
    hints = [(answer, studied(grader, answer)[1]) for answer in sample]
    given = [(answer, hint) for answer, hint in hints if not hint.withheld]
    wrong = [answer.question for answer, hint in given if not answer.is_told_right(hint)]
    assert len(given) >= 0.6 * len(sample)
    assert len(wrong) <= 1, wrong


def test_every_answer_is_about_a_question_and_has_its_lines() -> None:
    for answer in wrong_answers():
        held, bank = question_of(answer)
        rows = answer.source.splitlines()
        assert all(rows[line - 1].strip() for line in answer.lines), (answer.question, answer.lines)
        assert held.question.references
        assert answer.lines
        assert bank
