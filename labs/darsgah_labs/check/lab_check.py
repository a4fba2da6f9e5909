"""A lab's whole check, in the order in which an author wants to hear of things."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from darsgah_labs.check.browser import check_browser, for_browser
from darsgah_labs.check.findings import Findings, listed
from darsgah_labs.check.grading import Grading
from darsgah_labs.check.mutation_score import MutatedAnswer, graded_mutants, is_python, names
from darsgah_labs.check.report import ENOUGH, LabReport, Part, QuestionReport
from darsgah_labs.check.solutions import TIMES, check_alternatives, check_reference, check_release
from darsgah_labs.check.text import check_text
from darsgah_labs.errors import LabInvalid
from darsgah_labs.format import Lab
from darsgah_labs.mutation.mutants import MOST_PER_ANSWER

Progress = Callable[[Part, int, int], None]
"""Told which part is under way, and how many of its steps are done, of how many (0 of 0 as it begins)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What to leave out of a check.

    Attributes:
        times: gradings of the reference solution at each assurance level.
        mutants: whether mutants are graded.
        question: grade_id of an answer or test: mutants of that question alone.
        browser: whether labs for the browser are run in the browser's Python too.
        threads: mutants graded at once; None takes one for each core.
        most: mutants of one answer at most; None grades all.
    """

    times: int = TIMES
    mutants: bool = True
    question: str = ""
    browser: bool = True
    threads: int | None = None
    most: int | None = MOST_PER_ANSWER


def check_lab(
    lab: Lab, grading: Grading, choice: Choice | None = None, progress: Progress | None = None
) -> LabReport:
    """Check a lab.

    Raises:
        LabInvalid: ``choice.question`` names no question of the lab.
    """
    chosen = choice or Choice()
    began = time.monotonic()
    findings = Findings()
    tell = progress or _nobody
    tell(Part.REFERENCE, 0, 0)
    passed = _reference(lab, grading, chosen, findings)
    tell(Part.RELEASE, 0, 0)
    check_release(lab, grading, findings)
    findings.conclude(Part.RELEASE, "Without answers there are no points, and no syntax error.")
    answers = _mutated(lab, grading, chosen, findings, tell) if chosen.mutants and passed else []
    questions = tuple(answer.report() for answer in answers)
    score = _score(questions)
    findings.conclude(Part.MUTATION, _mutation_summary(questions, score), ran=chosen.mutants and passed)
    tell(Part.ALTERNATIVES, 0, 0)
    check_alternatives(lab, grading, findings)
    findings.conclude(Part.ALTERNATIVES, _alternatives_summary(lab))
    tell(Part.TEXT, 0, 0)
    reading = check_text(lab, grading, findings)
    findings.conclude(Part.TEXT, f"The text is in order; reading it takes about {reading} minutes.")
    return LabReport(
        lab=lab.slug,
        ok=not findings.problems,
        points=lab.points,
        mutation_score=score,
        questions=questions,
        problems=tuple(findings.problems),
        warnings=tuple(findings.warnings),
        parts=tuple(findings.parts),
        reading_minutes=reading,
        digest=lab.digest,
        seconds=round(time.monotonic() - began, 2),
    )


def _nobody(_part: Part, _done: int, _of: int) -> None:
    """For a check that nobody watches."""


def _reference(lab: Lab, grading: Grading, choice: Choice, findings: Findings) -> bool:
    """Whether the reference solution passes on the server, where the mutants are graded."""
    passed = check_reference(lab, grading, findings, choice.times)
    summary = "The reference solution gets full marks each time."
    if for_browser(lab) and not choice.browser:
        summary += " It was not tried in the browser's Python."
    elif for_browser(lab) and passed:
        check_browser(lab, grading, findings)
    findings.conclude(Part.REFERENCE, summary)
    return passed


def _mutated(
    lab: Lab, grading: Grading, choice: Choice, findings: Findings, tell: Progress
) -> list[MutatedAnswer]:
    """The answers with their mutants, and the problems that they show."""
    tell(Part.MUTATION, 0, 0)
    answers = graded_mutants(
        lab,
        grading,
        only=choice.question,
        most=choice.most,
        threads=choice.threads,
        progress=lambda done, of: tell(Part.MUTATION, done, of),
    )
    unread = [answer.answer.grade_id for answer in answers if not is_python(answer.answer)]
    if unread:
        message = f"Not Python alone, so that no mutants can be made of it: {listed(unread)}."
        findings.warning(Part.MUTATION, "solution_syntax", message)
    if choice.question and not answers:
        mend = "Name the grade_id of an answer or of a test."
        raise LabInvalid(lab.slug, choice.question, "The lab has no such question.", mend)
    _judge_marks(lab, answers, findings, whole=not choice.question)
    reports = [answer.report() for answer in answers]
    score = _score(reports)
    if score is not None and score < ENOUGH:
        weak = [report.grade_id for report in reports if (report.score or 0.0) < ENOUGH]
        message = (
            f"The tests catch {score:.0%} of the mutants; {ENOUGH:.0%} is needed. Weakest: {listed(weak)}."
        )
        findings.problem(Part.MUTATION, "mutation_score", message)
    for report in reports:
        if score is not None and score >= ENOUGH and report.score is not None and report.score < ENOUGH:
            message = f"The tests of {report.grade_id} catch {report.caught} of {report.mutants} mutants."
            findings.warning(Part.MUTATION, "weak_question", message)
    return answers


def _judge_marks(lab: Lab, answers: Sequence[MutatedAnswer], findings: Findings, *, whole: bool) -> None:
    """Every ``[[equivalent]]`` entry has to name one mutant."""
    for index, mark in enumerate(lab.manifest.equivalent if lab.manifest else ()):
        of_answer = [answer for answer in answers if answer.answer.grade_id == mark.answer]
        if not of_answer and not whole:
            continue
        fitting = [mutant for answer in of_answer for mutant in answer.every_mutant() if names(mark, mutant)]
        place = f"lab.toml, equivalent[{index}]: "
        if not fitting:
            message = (
                f"{place}no mutant of {mark.answer} reads {mark.mutant!r}. Take the entry out, or mend it."
            )
            findings.problem(Part.MUTATION, "equivalent_unknown", message)
        elif len({mutant.before for mutant in fitting}) > 1:
            message = (
                f"{place}{len(fitting)} mutants of {mark.answer} read {mark.mutant!r}. Say which with `was`."
            )
            findings.problem(Part.MUTATION, "equivalent_unclear", message)


def _score(questions: Sequence[QuestionReport]) -> float | None:
    graded = sum(question.mutants for question in questions)
    return sum(question.caught for question in questions) / graded if graded else None


def _mutation_summary(questions: Sequence[QuestionReport], score: float | None) -> str:
    if score is None:
        return "No mutants were graded."
    caught, graded = (sum(getattr(each, name) for each in questions) for name in ("caught", "mutants"))
    return f"The tests catch {caught} of {graded} mutants ({score:.0%})."


def _alternatives_summary(lab: Lab) -> str:
    if not lab.alternatives:
        return "There are no other solutions."
    if len(lab.alternatives) == 1:
        return "One other solution gets full marks."
    return f"{len(lab.alternatives)} other solutions get full marks."
