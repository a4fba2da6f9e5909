"""Over a thousand hints about every lab, with secrets planted where learners must not look: none comes out.

The evidence is the worst there could be: it has the hidden checks' calls, values and messages, an exception
that is named after a secret, a model that puts hidden values into every place of a hint, and a rephraser that
tells all it was ever told by somebody who should not have told it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle

import pytest

from darsgah.hinting.lab_questions import LabQuestion
from darsgah.hinting.tutors import shipped_tutor
from darsgah_grader.grading import Grader
from darsgah_tutor.engine import Study, Tutor, Wish, study, tell
from darsgah_tutor.leaks import told_runs
from darsgah_tutor.misconceptions import Misconception, general_bank
from darsgah_tutor.spectrum import code_lines
from darsgah_tutor.types import Check, Ended, Evidence, Hint, Level, Question, Raised, Test
from tests.tutor.acting import ActedTrials, Speaker, SureModel
from tests.tutor.shipped_questions import ShippedLab, shipped_labs

SECRETS = {
    "comment": "zamzama-4711",
    "name": "qillah_darwaza",
    "text": "the seventh minaret hums",
    "number": "918273",
    "hidden name": "khufia_raqam",
    "hidden value": "552331",
    "message": "the well behind the mill",
    "exception": "MinaretError",
}
PLANTED_ANSWER = """
# {comment}
{name} = "{text}"
assert {name} != {number}
""".format(**SECRETS)
PLANTED_TEST = """
{hidden name} = 552331
assert outcome({hidden name}) == {hidden value}, "{message}"
""".format(**SECRETS)


def planted(question: Question) -> Question:
    """The question with secrets in its references and in a hidden test."""
    references = tuple(reference + PLANTED_ANSWER for reference in question.references)
    return replace(
        question, references=references, tests=(*question.tests, Test("x", PLANTED_TEST, visible=False))
    )


def worst_evidence(question: Question, answer: str) -> Evidence:
    """One visible check fails plainly; a hidden one has all that it should not have."""
    lines = frozenset(code_lines(answer))
    line = max(lines, default=1)
    hidden = Check(
        "x", 3, visible=False, passed=False, lines=lines, source=PLANTED_TEST,
        call=f"outcome({SECRETS['hidden name']})", expected=SECRETS["hidden value"], got=SECRETS["text"],
        message=SECRETS["message"], raised=Raised(SECRETS["exception"], SECRETS["message"], line, (line,)),
    )  # fmt: skip
    plain = Check(question.id, 1, visible=True, passed=False, call="f(1)", expected="2", got="1", lines=lines)
    return Evidence(answer, Ended.RAN, (plain, hidden))


def answers_about(lab: ShippedLab) -> Iterator[tuple[LabQuestion, Misconception]]:
    """Each misconception of the lab with each answer it is about, and a general one for each question."""
    general = cycle(general_bank().values())
    for question in lab.questions:
        yield from ((question, one) for one in lab.bank.values() if question.question.id in one.answers)
        yield question, next(general)


def confided(question: Question) -> list[str]:
    """What a rephraser might say that had been told everything."""
    reference = question.references[0].replace(PLANTED_ANSWER, "")
    renamed = re.sub(r"\b(def\s+)\w+", r"\1solved", reference)
    return [
        f"Think of {SECRETS['text']}.",
        f"It should be {SECRETS['hidden value']}.",
        f"Look at `{SECRETS['name']}`.",
        f"Try this:\n```python\n{renamed}\n```\n",
        " ".join(reference.split()) + ".",
        f"The test says that {SECRETS['message']}.",
    ]


def assert_tells_nothing(hint: Hint, found: Study) -> None:
    shown = "\n".join([*hint.text.values(), repr(hint.evidence)])
    for secret in SECRETS.values():
        assert secret not in shown, (secret, found.question.id, hint.misconception, hint.level)
    if hint.level < Level.EXAMPLE:
        assert "```" not in shown
    told = "\n".join(hint.text.values())
    assert not told_runs(told, found.secrets)
    open_lines = (found.question.starter + found.evidence.source + found.question.setup).splitlines()
    for line in found.question.references[0].splitlines():
        if len(line.strip()) > 24 and line not in open_lines:
            assert line.strip() not in told


def hints_of(lab: ShippedLab) -> Iterator[Hint]:
    """Hints of every level: from a model that tells all, and in the words of a rephraser that does."""
    for number, (asked, entry) in enumerate(answers_about(lab)):
        question = planted(asked.question)
        answer = question.starter if code_lines(question.starter) else f"{question.starter}\nresult = None"
        trials = ActedTrials(worst_evidence(question, answer))
        lines = code_lines(answer)
        telling = {"name": SECRETS["name"], "input": SECRETS["hidden name"], "value": SECRETS["hidden value"]}
        says = confided(question)
        speaker = Speaker([says[number % len(says)]])
        tutors = [Tutor(model=SureModel(entry.name, lines), rephraser=speaker)]
        if any(place in str(entry.hints) for place in ("{name}", "{input}", "{value}")):
            tutors.append(Tutor(model=SureModel(entry.name, lines, slots=telling)))
        for tutor in tutors:
            found = study(tutor, question, trials, answer, lab=lab.bank)
            for level in Level:
                hint = tell(tutor, found, level, Wish(words="why?"))
                assert_tells_nothing(hint, found)
                yield hint


def test_no_secret_comes_out_of_a_thousand_hints() -> None:
    hints = [hint for lab in shipped_labs() for hint in hints_of(lab)]
    assert len(hints) >= 1000
    told = [hint for hint in hints if hint.level is not Level.EVIDENCE]
    assert sum(not hint.withheld for hint in told) > len(told) / 2, "who says nothing leaks nothing"
    assert any("is not the learner's to know" in reason for hint in told for reason in hint.reasons)
    assert any(reason.startswith("rephrasing: ") for hint in told for reason in hint.reasons)


@pytest.mark.parametrize("slug", ["python-functions-and-data", "hash-chain-and-consensus"])
def test_no_secret_comes_out_of_the_sandbox(slug: str, grader: Grader) -> None:
    lab = next(lab for lab in shipped_labs() if lab.slug == slug)
    asked = replace(lab.questions[0], question=planted(lab.questions[0].question))
    tutor = replace(shipped_tutor(), repair_seconds=0.3, rephraser=Speaker([confided(asked.question)[4]]))
    name = re.findall(r"def (\w+)", asked.answer)[0]
    tells_its_input = f"def {name}(*given, **named):\n    raise ValueError(repr((given, named, globals())))"
    for answer in (
        asked.answer.replace("return ", "return not ", 1),
        tells_its_input,
        asked.question.starter,
    ):
        with asked.trials(grader) as trials:
            found = study(tutor, asked.question, trials, answer, lab=lab.bank)
            assert not found.evidence.correct
            for level in Level:
                assert_tells_nothing(tell(tutor, found, level, Wish(threshold=0.0)), found)
