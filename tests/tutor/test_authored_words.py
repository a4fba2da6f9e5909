"""What labs' authors and the general bank say at levels 1 to 3 can be said: the gate never holds it back."""

from collections.abc import Iterator

import pytest

from darsgah_tutor.constructs import construct_on_line, text_of
from darsgah_tutor.leaks import Secrets, secrets_of, told_code, told_runs
from darsgah_tutor.misconceptions import Misconception, general_bank
from darsgah_tutor.types import Ended, Evidence, Level
from tests.tutor.shipped_questions import ShippedLab, shipped_labs

TOLD = (Level.WHERE, Level.QUESTION, Level.CONCEPT)


def said_with(lab: ShippedLab) -> Iterator[tuple[Misconception, Secrets]]:
    """Each misconception with what must not be told of each answer that it is about."""
    for entry in lab.bank.values():
        for held in lab.questions:
            if held.question.id in entry.answers:
                unanswered = Evidence(held.question.starter, Ended.RAN)
                yield entry, secrets_of(held.question, unanswered, None)


@pytest.mark.parametrize("lab", shipped_labs(), ids=lambda lab: lab.slug)
def test_words_of_a_lab_are_no_code_and_no_part_of_its_solutions(lab: ShippedLab) -> None:
    held_back = [
        (entry.name, level.name, told_code(text, secrets), told_runs(text, secrets))
        for entry, secrets in said_with(lab)
        for level in TOLD
        if level in entry.hints
        for text in ["\n".join(entry.hints[level].values())]
        if told_code(text, secrets) or told_runs(text, secrets)
    ]
    assert not held_back


def test_words_of_the_general_bank_are_no_code() -> None:
    nothing = Secrets((), (), "")
    for entry in general_bank().values():
        for level in TOLD:
            assert not told_code("\n".join(entry.hints[level].values()), nothing), (entry.name, level)


@pytest.mark.parametrize(
    ("line", "construct"),
    [
        ("x = (a < 3) & (b > 4)", "mask"),
        ("return labels[~left]", "mask"),
        ("flags = a & 3", "name"),
        ("e = scores - scores.max()", "reduction"),
        ("p = np.log(x)", "array"),
        ("if first_problem(chain): pass", "truth"),
        ("if not seen: pass", "truth"),
        ("if a < 3: pass", "condition"),
        ("if a == 1 or 2: pass", "logic"),
    ],
)
def test_a_line_without_a_misconception_is_explained_by_what_tells_most_of_it(
    line: str, construct: str
) -> None:
    assert construct_on_line(f"def f(a):\n    {line}", 2) == construct
    for kind in ("ask", "concept"):
        assert not told_code("\n".join(text_of(construct, kind).values()), Secrets((), (), ""))


def test_no_example_of_a_shipped_lab_has_a_run_of_a_correct_answer() -> None:
    """What the gate would refuse each time; ``darsgah lab check`` tries them in the sandbox besides."""
    told = [
        (lab.slug, entry.name)
        for lab in shipped_labs()
        for entry, secrets in said_with(lab)
        if told_runs("\n".join(entry.hints.get(Level.EXAMPLE, {}).values()), secrets)
    ]
    assert told == []
