"""Reports of labs for the gallery: one that passes, one with everything that a report may say."""

from datetime import datetime
from typing import Any

from darsgah.catalog.schemas import LabVersionView
from darsgah.lab_checks.schemas import CheckState, CheckSummary, LabLine, Override
from darsgah.lab_checks.wording import CODES, WORDS
from darsgah_labs.check.report import (
    LabReport,
    Part,
    PartReport,
    Problem,
    QuestionReport,
    Survivor,
)
from darsgah_labs.mutation.kinds import Kind

LONG_LINE = "+" + 4 * " " + "total = " + " + ".join(f"reading_of_station_{number}" for number in range(12))


def question(number: int, caught: int, mutants: int, survivors: int) -> QuestionReport:
    """A question with a long title and some survivors."""
    kinds = list(Kind)
    return QuestionReport(
        notebook="lab",
        grade_id=f"question-{number}",
        title=f"Question {number} · The wettest stations of the monsoon, and the driest ones (4 points)",
        tests=(f"test-question-{number}",),
        mutants=mutants,
        caught=caught,
        equivalent=1,
        survivors=tuple(
            Survivor(
                id=f"{number}{place}",
                kind=kinds[place].value,
                line=place + 3,
                diff="-    total = 0\n" + (LONG_LINE if place else "+    total = 1"),
                before="total = 0",
                after="total = 1",
                advice="Test it.",
            )
            for place in range(survivors)
        ),
    )


def report(*, ok: bool) -> LabReport:
    """A report; one that is not ok has every code as a problem."""
    problems = (
        ()
        if ok
        else tuple(
            Problem(
                code,
                f"{code}: lab.ipynb, cell 7: what was found, with `code_of_the_author` in it.",
                Part.TEXT,
            )
            for code in CODES
        )
    )
    return LabReport(
        lab="monsoon",
        ok=ok,
        points=20.0,
        mutation_score=0.938,
        questions=(question(1, 29, 30, 0), question(2, 30, 40, 0 if ok else len(Kind)), question(3, 0, 0, 0)),
        problems=problems,
        warnings=(Problem("few_misconceptions", "hints.toml has 3 misconceptions.", Part.TEXT),),
        parts=tuple(
            PartReport(part, None if part is Part.ALTERNATIVES else ok, "What the check says in a sentence.")
            for part in Part
        ),
        reading_minutes=24,
        digest="9f" * 32,
        seconds=8.4,
    )


def summary(state: CheckState, at: datetime, *, overridden: bool = False) -> CheckSummary:
    """How a lab stands."""
    checked = state in {CheckState.PASSED, CheckState.FAILED}
    reason = "The tests of question 3 are being written; the cohort begins on Monday."
    return CheckSummary(
        state=state,
        checked_at=at if checked else None,
        mutation_score=0.938 if checked else None,
        override=Override(reason, "operator, with darsgah lab publish", at) if overridden else None,
    )


def list_of(labs: list[LabVersionView], at: datetime) -> dict[str, Any]:
    """The page of labs: one in each state."""
    states = list(CheckState)
    return {
        "lines": [
            LabLine(lab, summary(states[number % len(states)], at, overridden=number == 1))
            for number, lab in enumerate(labs)
        ]
    }


def page_of(lab: LabVersionView, found: LabReport | None, at: datetime) -> dict[str, Any]:
    """The page of one lab."""
    state = CheckState.WAITING if found is None else CheckState.PASSED if found.ok else CheckState.FAILED
    return {
        "lab": lab,
        "check": summary(state, at, overridden=state is CheckState.FAILED),
        "report": found,
        "under_way": found is None,
        "may_ask": True,
        "words": WORDS,
    }
