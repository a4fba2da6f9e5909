"""The cases that need no sandbox, graded by nbgrader, by Otter, and by Darsgah in both modes.

The table goes into ``docs/security.md`` between its markers, with the counts above it. What is right for a
case is what its folder demands of split grading; for an attack on split tests, no points for the attacked
question and all for the other.
"""

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bench.attacked import NOTEBOOK, Graded, Nbgrader, otter_graded
from bench.rivals import OTTER
from darsgah_grader.feedback import learner_notebook
from darsgah_grader.grading import Grader
from darsgah_grader.master import read_master
from darsgah_grader.types import Assignment, Assurance
from tests.grading import recipes
from tests.grading.cases import Case, all_cases
from tests.grading.security_document import between, replace
from tests.grading.split.attacks import Attack, all_attacks

MARK = "comparison"
FULL, SOME, UNREAD = (
    "full marks for a wrong answer",
    "points for a wrong answer",
    "full marks, and nobody reads it",
)
LOST, CLASS_LOST = "submission lost", "submission lost, and the class with it"
LESS, LEAK = "a right answer gets less", "hidden test shown to the learner"
RIGHT, NOT_APPLICABLE = "right", "not applicable"
TOOLS = ("nbgrader", "Otter", "in-process", "split")

_NBGRADERS_ROWS = {61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 87, 89}
"""About nbgrader's metadata, or about points that are a test's value."""
_NBGRADERS_OWN = {
    "manual_answered",
    "manual_unchanged",
    "partial_credit",
    "partial_fraction",
    "partial_nothing",
    "partial_lying_repr",
}
"""Answers for a person and points that are a test's value, which Otter's test files do not have."""
_OWN_LIMITS = {"many_slow_cells"}
"""About a limit on the whole submission, which each grader sets as it likes."""
_NOT_REACHED = {"died", "not_run"}


@dataclass(frozen=True)
class Subject:
    """One notebook for all graders.

    Attributes:
        wanted: the right score by grade_id, None for what a person reads; None altogether for a refusal.
        excused: grade_ids of answers that are right and whose test a case ends: any score is right.
        otter: whether Otter has what the case is about.
        hidden: texts that the learner must not be shown.
    """

    name: str
    about: str
    rows: tuple[int, ...]
    lab: Assignment
    content: bytes
    honest: bytes
    wanted: Mapping[str, float | None] | None
    excused: frozenset[str] = frozenset()
    otter: bool = True
    before: bool = False
    hidden: tuple[str, ...] = ()
    beside: Mapping[str, str] | None = None


def subjects() -> list[Subject]:
    """Everything that may be graded without a sandbox, cases first."""
    cases = [case for case in all_cases() if case.safe_outside and case.name not in _OWN_LIMITS]
    return [
        *map(_of_case, cases),
        *(_of_attack(attack) for attack in all_attacks() if attack.row is not None),
    ]


def _of_case(case: Case) -> Subject:
    expected = case.expected()
    return Subject(
        name=case.name,
        about=str(case.written["about"]).rstrip("."),
        rows=case.rows,
        lab=case.assignment,
        content=case.submission,
        honest=_honest(case),
        wanted=None if case.error else {key: _number(cell["score"]) for key, cell in expected.items()},
        excused=frozenset(
            key for key, cell in expected.items() if _NOT_REACHED.issuperset(_verdicts(cell["verdict"]))
        ),
        otter=not (case.name in _NBGRADERS_OWN or _NBGRADERS_ROWS.intersection(case.rows)),
        before=72 in case.rows,
        hidden=tuple(case.written.get("never_shown", ())),
        beside=case.beside,
    )


def _honest(case: Case) -> bytes:
    """A right notebook for the same lab: the reference itself where the case is stored."""
    if case.stored:
        return case.assignment.masters[0].content
    return recipes.submission({}, case.written.get("tests", {}))


def _of_attack(attack: Attack) -> Subject:
    return Subject(
        name=f"split_{attack.name}",  # some cases bear the same name
        about=attack.name.replace("_", " ").capitalize(),
        rows=(attack.row or 0,),
        lab=attack.assignment,
        content=attack.submission,
        honest=attack.honest,
        wanted={"test_solve": 0.0, "test_half": 1.0},
        otter=attack.row not in _NBGRADERS_ROWS,
    )


def _verdicts(verdict: str | Sequence[str]) -> set[str]:
    return {verdict} if isinstance(verdict, str) else set(verdict)


def _number(score: float | str) -> float | None:
    return None if isinstance(score, str) else score


def judged(subject: Subject, graded: Graded) -> str:
    """What came of a notebook, in words."""
    if graded.scores is None:
        if graded.class_lost:
            return CLASS_LOST
        return RIGHT if subject.wanted is None else LOST
    points = {cell.grade_id: cell.points for cell in read_master(subject.lab.masters[0]).cells}
    found = set()
    for grade_id, wanted in (subject.wanted or {}).items():
        score = graded.scores.get(grade_id)
        if grade_id in subject.excused or score == wanted or (score is None and not wanted):
            continue
        if wanted is None:
            found.add(UNREAD if score else RIGHT)
        elif score is None or score < wanted:
            found.add(LESS)
        else:
            found.add(FULL if score >= points[grade_id] else SOME)
    if any(text in graded.shown for text in subject.hidden):
        found.add(LEAK)
    words = [word for word in (FULL, SOME, UNREAD, LESS, LEAK) if word in found]
    return "; ".join(words) or RIGHT


def _ours(subject: Subject, grader: Grader, insisted: Assurance | None) -> Graded:
    if subject.before:
        grader.grade(subject.lab, {NOTEBOOK: subject.honest}, insisted)
    grade = grader.grade(subject.lab, {NOTEBOOK: subject.content}, insisted)
    if grade.error is not None:
        return Graded(None)
    shown = learner_notebook(grade.executed[NOTEBOOK]).decode() + "".join(
        cell.message for cell in grade.cells
    )
    return Graded({cell.grade_id: cell.score for cell in grade.cells}, shown)


def compare(chosen: Sequence[Subject], console: Console) -> dict[str, dict[str, str]]:
    """Outcomes by subject and tool; Otter and nbgrader run side by side, Otter only where it is installed."""
    found: dict[str, dict[str, str]] = {subject.name: {} for subject in chosen}
    with tempfile.TemporaryDirectory(prefix="darsgah-attacks-") as name, ThreadPoolExecutor(1) as beside:
        folder = Path(name)

        def otter(subject: Subject) -> str:
            if not subject.otter:
                return NOT_APPLICABLE
            place = folder / "otter" / subject.name
            return judged(subject, otter_graded(place, subject.lab, subject.content, subject.beside or {}))

        def every(tool: str, outcome: Callable[[Subject], str]) -> None:
            for number, subject in enumerate(chosen, 1):
                found[subject.name][tool] = outcome(subject)
                console.print(f"{tool} {number}/{len(chosen)} {subject.name}", style="dim")

        with_otter = beside.submit(every, "Otter", otter) if OTTER.exists() else None
        with Grader() as grader:
            every("in-process", lambda each: judged(each, _ours(each, grader, Assurance.IN_PROCESS)))
            every("split", lambda each: judged(each, _ours(each, grader, None)))
        with Nbgrader(folder / "course") as nbgrader:
            every("nbgrader", lambda each: judged(each, _nbgrader(each, nbgrader)))
        if with_otter is not None:
            with_otter.result()
    return found


def _nbgrader(subject: Subject, nbgrader: Nbgrader) -> Graded:
    return nbgrader.graded(
        subject.name,
        subject.lab,
        subject.content,
        honest=subject.honest,
        before=subject.before,
        beside=subject.beside or {},
    )


def counts(found: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The summary: how often each word came, a line each."""
    lines = [
        "| | nbgrader 0.9.6 | Otter 7.0.0 | Darsgah in-process | Darsgah split |",
        "|---|---|---|---|---|",
    ]
    questions: dict[str, Callable[[str], bool]] = {
        "notebooks graded": lambda said: said != NOT_APPLICABLE,
        "wrong notebooks that get full marks for it": lambda said: FULL in said or UNREAD in said,
        "submissions lost": lambda said: said in {LOST, CLASS_LOST},
        "of these with the class": lambda said: said == CLASS_LOST,
        "right answers that get less": lambda said: LESS in said,
        "hidden tests shown to the learner": lambda said: LEAK in said,
        "the right outcome": lambda said: said == RIGHT,
    }
    for words, counted in questions.items():
        numbers = [sum(counted(row[tool]) for row in found.values() if tool in row) for tool in TOOLS]
        lines.append(f"| {words} | " + " | ".join(map(str, numbers)) + " |")
    return lines


def rows(chosen: Sequence[Subject], found: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The table, a line for each notebook."""
    lines = [
        "| case | what it does | row | nbgrader | Otter | in-process | split |",
        "|---|---|---|---|---|---|---|",
    ]
    for subject in chosen:
        outcomes = " | ".join(found[subject.name].get(tool, "not installed") for tool in TOOLS)
        numbers = ", ".join(map(str, subject.rows)) or "none"
        lines.append(f"| `{subject.name}` | {subject.about.replace('|', '/')} | {numbers} | {outcomes} |")
    return lines


def documented() -> dict[str, dict[str, str]]:
    """Outcomes by subject and tool as the document has them."""
    found = {}
    for line in between(MARK).splitlines():
        if line.startswith("| `"):
            name, _, _, *outcomes = line.strip("| ").split(" | ")
            found[name.strip("`")] = dict(zip(TOOLS, outcomes, strict=True))
    return found


def attacks(arguments: argparse.Namespace, console: Console) -> None:
    """Run the comparison, all of it or the cases named, and bring the document up to date."""
    everything = subjects()
    chosen = [each for each in everything if not arguments.cases or each.name in arguments.cases]
    fresh = compare(chosen, console)
    found = {**documented(), **fresh}
    if not OTTER.exists() or any(each.name not in found for each in everything):
        console.print("\n".join(rows(chosen, fresh)), markup=False, soft_wrap=True)
        return
    kept = {each.name: found[each.name] for each in everything}
    replace(MARK, "\n".join([*counts(kept), "", *rows(everything, kept)]))
    console.print("Written to docs/security.md")
